"""Many callers at once, on one server and on two that share a file: nothing is lost, doubled or paid for twice."""

from __future__ import annotations

import os
import subprocess
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from threading import Barrier, BrokenBarrierError
from typing import Any, TypeVar
from uuid import uuid4

import httpx
import pytest

from memorybank.ports.documents import Order, Query, Where
from memorybank.ports.models import Decision, DecisionRequest, ExtractedFact, ExtractionRequest
from memorybank.resources.names import path_of
from memorybank.resources.scopes import scope_key
from memorybank.testing.forking import fork_process
from memorybank.testing.scripted import ScriptedModel, nothing, sentences
from tests.conftest import Serve, Served
from tests.journeys.conftest import Models
from tests.journeys.killing_server import moves
from tests.waiting import PATIENCE, finished, until

_PROGRAM = Path(__file__).with_name("killing_server.py")
_MANY = 32

T = TypeVar("T")


def _at_once(call: Callable[[int], T], count: int = _MANY) -> list[T]:
    """Call with 0, 1, 2, ... from as many threads, all at the same moment."""
    start = Barrier(count, timeout=PATIENCE)

    def run(number: int) -> T:
        start.wait()
        return call(number)

    with ThreadPoolExecutor(count) as threads:
        return list(threads.map(run, range(count)))


class _Client:
    """Calls banks at one or more addresses, each call by its number at one of them."""

    def __init__(self, *banks: httpx.Client) -> None:
        self._banks = banks
        self.parent = f"projects/p-{uuid4().hex[:12]}/locations/us-central1"
        created = self.call("POST", f"{self.parent}/reasoningEngines")
        self.engine = str(created["response"]["name"])

    def send(self, method: str, path: str, *, number: int = 0, **options: Any) -> httpx.Response:
        return self._banks[number % len(self._banks)].request(method, f"/v1beta1/{path}", **options)

    def call(self, method: str, path: str, *, number: int = 0, **options: Any) -> dict[str, Any]:
        answer = self.send(method, path, number=number, **options)
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    def generate(self, *facts: str, user: str = "ada", number: int = 0, **fields: Any) -> dict[str, Any]:
        """Generate, wait for the operation, and return it."""
        event = {"content": {"role": "user", "parts": [{"text": "\n".join(facts)}]}}
        body = {"scope": {"user_id": user}, "directContentsSource": {"events": [event]}, **fields}
        operation = self.call("POST", f"{self.engine}/memories:generate", number=number, json=body)
        operation = finished(self._banks[number % len(self._banks)], operation)
        assert "error" not in operation, operation
        return operation

    def memories(self) -> list[dict[str, Any]]:
        return list(self.call("GET", f"{self.engine}/memories", params={"pageSize": 100}).get("memories", []))

    def revisions(self, memory: str) -> list[dict[str, Any]]:
        return list(self.call("GET", f"{memory}/revisions", params={"pageSize": 100})["memoryRevisions"])


Connect = Callable[..., _Client]


@pytest.fixture
def connect() -> Iterator[Connect]:
    """Make a function that connects to banks by their URLs; threads share the connections."""
    with ExitStack() as stack:

        def open_client(*urls: str) -> _Client:
            limits = httpx.Limits(max_connections=2 * _MANY)
            banks = [httpx.Client(base_url=url, timeout=PATIENCE, limits=limits) for url in urls]
            return _Client(*map(stack.enter_context, banks))

        yield open_client


@pytest.fixture
def two_processes(tmp_path: Path, connect: Connect, models: Models) -> Iterator[_Client]:
    """Serve one database by two processes."""
    models.think_as(ScriptedModel(decide=moves))
    data, environment = str(tmp_path / "shared.db"), {**os.environ, **models.environment}
    with ExitStack() as stack:
        urls = []
        for _ in range(2):
            arguments = [str(_PROGRAM), data]
            process = stack.enter_context(fork_process(arguments, stdout=subprocess.PIPE, env=environment))
            assert process.stdout is not None
            urls.append(process.stdout.readline().strip())
        yield connect(*urls)


def _generate_the_same(client: _Client) -> None:
    facts = ("I like tea", "I have a dog", "I paint")

    def generate(number: int) -> dict[str, Any]:
        return client.generate(*facts, number=number, revisionLabels={"by": str(number)})

    operations = _at_once(generate)
    found = client.memories()
    assert sorted(memory["fact"] for memory in found) == sorted(facts)
    names = sorted(memory["name"] for memory in found)
    actions: Counter[str] = Counter()
    for operation in operations:
        changes = operation["response"]["generatedMemories"]
        assert sorted(change["memory"]["name"] for change in changes) == names
        actions.update(change["action"] for change in changes)
    assert actions == {"CREATED": 3, "UPDATED": 3 * (_MANY - 1)}
    for name in names:
        revisions = client.revisions(name)
        assert Counter(revision["labels"]["by"] for revision in revisions) == Counter(map(str, range(_MANY)))
        _check_that_changes_form_a_chain(name, revisions, operations)


def _check_that_changes_form_a_chain(
    memory: str, revisions: list[dict[str, Any]], operations: list[dict[str, Any]]
) -> None:
    """Check that every revision but the newest is what exactly one change says it started from."""
    previous = [
        change.get("previousRevision")
        for operation in operations
        for change in operation["response"]["generatedMemories"]
        if change["memory"]["name"] == memory
    ]
    assert Counter(previous) == Counter([None, *(revision["name"] for revision in revisions[1:])])


def test_the_same_facts_from_many_callers_become_one_memory_each(
    serve: Serve, models: Models, connect: Connect
) -> None:
    _generate_the_same(connect(serve(**models.think_as(ScriptedModel())).url))


def test_the_same_facts_from_many_callers_of_two_processes_become_one_memory_each(two_processes: _Client) -> None:
    _generate_the_same(two_processes)


def test_many_generations_of_one_scope_share_their_decisions(serve: Serve, models: Models, connect: Connect) -> None:
    """While one of them is at its first decision, all others come to wait beside the lease."""
    served: list[Served] = []

    def decide(request: DecisionRequest) -> list[Decision]:
        if model.decisions == 1:
            until(lambda: _waiting(served[0]) == _MANY, state=lambda: _waiting(served[0]))
        return nothing(request)

    model = ScriptedModel(decide=decide)
    served.append(serve(**models.think_as(model)))
    client = connect(served[0].url)
    for fact in ("I live in Paris", "I like tea"):
        body = {"fact": fact, "scope": {"user_id": "ada"}}
        client.call("POST", f"{client.engine}/memories", json=body)
    _at_once(lambda number: client.generate(f"I have seen film {number}", f"I have read book {number}", number=number))
    assert len(client.memories()) == 2 + 2 * _MANY
    assert model.extractions == _MANY
    assert model.decisions <= 4  # one for the first, and those who wait fit into two rounds


def _waiting(served: Served) -> int:
    """Count the generations whose facts lie beside a lease, or are being settled under it."""
    query = Query(
        "operations", group=True, where=(Where("waiting_scope", "==", scope_key({"user_id": "ada"})),), limit=1000
    )
    return len(served.bank.adapters.store.query(query))


def test_generations_of_different_scopes_run_side_by_side(serve: Serve, models: Models, connect: Connect) -> None:
    """Every model call waits for those of all other scopes; were any two in line, none would come back."""
    scopes = 8
    meeting = Barrier(scopes, timeout=PATIENCE)

    def extract(request: ExtractionRequest) -> list[ExtractedFact]:
        _meet(meeting)
        return sentences(request)

    def decide(request: DecisionRequest) -> list[Decision]:
        del request
        _meet(meeting)
        return []

    client = connect(serve(**models.think_as(ScriptedModel(extract=extract, decide=decide))).url)
    for user in range(scopes):
        body = {"fact": "I live in Paris", "scope": {"user_id": str(user)}}
        client.call("POST", f"{client.engine}/memories", json=body)
    _at_once(lambda number: client.generate("I like tea", user=str(number)), scopes)
    assert not meeting.broken
    assert Counter(memory["fact"] for memory in client.memories()) == {"I live in Paris": scopes, "I like tea": scopes}


def _meet(meeting: Barrier) -> None:
    try:
        meeting.wait()
    except BrokenBarrierError:
        raise AssertionError("the scopes do not run side by side") from None


_FIELDS = ("fact", "displayName", "description", "metadata")


def _change(number: int) -> dict[str, Any]:
    field = _FIELDS[number % len(_FIELDS)]
    return {field: {"n": {"doubleValue": float(number)}} if field == "metadata" else f"{field} {number}"}


def test_simultaneous_updates_of_different_fields_of_one_memory_lose_nothing(
    serve: Serve, models: Models, connect: Connect
) -> None:
    served = serve(**models.think_as(ScriptedModel()))
    client = connect(served.url)
    body = {"fact": "I like tea", "scope": {"user_id": "ada"}}
    memory = client.call("POST", f"{client.engine}/memories", json=body)["response"]["name"]

    def update(number: int) -> dict[str, Any]:
        body = {**_change(number), "revisionLabels": {"by": str(number)}}
        return client.call("PATCH", memory, params={"updateMask": _FIELDS[number % len(_FIELDS)]}, json=body)

    _at_once(update)
    query = Query(f"{path_of(memory)}/revisions", order=(Order("sequence"),))
    [created, *changed] = served.bank.adapters.store.query(query)
    assert Counter(revision.data["labels"]["by"] for revision in changed) == Counter(map(str, range(_MANY)))
    expected = _shown(created.data["snapshot"])
    for revision in changed:
        expected |= _change(int(revision.data["labels"]["by"]))
        assert _shown(revision.data["snapshot"]) == expected
    now = client.call("GET", memory)
    assert {field: now[field] for field in _FIELDS if now.get(field)} == {k: v for k, v in expected.items() if v}


def _shown(snapshot: dict[str, Any]) -> dict[str, Any]:
    metadata = {key: {"doubleValue": value["double_value"]} for key, value in (snapshot["metadata"] or {}).items()}
    names = {"fact": snapshot["fact"], "displayName": snapshot["display_name"], "description": snapshot["description"]}
    return {**names, "metadata": metadata}


@pytest.mark.parametrize("processes", [1, 2])
def test_of_many_memories_created_under_one_id_exactly_one_is(
    processes: int, serve: Serve, connect: Connect, request: pytest.FixtureRequest
) -> None:
    client = request.getfixturevalue("two_processes") if processes == 2 else connect(serve().url)

    def create(number: int) -> httpx.Response:
        body = {"fact": f"I am number {number}", "scope": {"user_id": "ada"}}
        path = f"{client.engine}/memories"
        return client.send("POST", path, number=number, params={"memoryId": "only-one"}, json=body)

    answers = _at_once(create)
    assert Counter(answer.status_code for answer in answers) == {200: 1, 409: _MANY - 1}
    [winner] = [answer.json()["response"] for answer in answers if answer.status_code == 200]
    [memory] = client.memories()
    assert memory["fact"] == winner["fact"]
    assert len(client.revisions(memory["name"])) == 1


def test_generations_that_race_with_direct_changes_keep_both(serve: Serve, models: Models, connect: Connect) -> None:
    """While some callers say a fact again and again, others rename its memory: every change leaves its revision."""
    client = connect(serve(**models.think_as(ScriptedModel())).url)
    client.generate("I like tea")
    [memory] = client.memories()

    def change(number: int) -> object:
        if number % 2:
            return client.generate("I like tea", number=number)
        body = {"displayName": f"name {number}"}
        return client.call("PATCH", memory["name"], params={"updateMask": "displayName"}, json=body)

    _at_once(change)
    assert len(client.memories()) == 1
    assert len(client.revisions(memory["name"])) == 1 + _MANY

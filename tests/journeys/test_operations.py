"""Operations over plain HTTP: where they lie, what they tell, how long they stay, how they end."""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from memorybank.ports.models import ExtractedFact, ExtractionRequest
from memorybank.testing.frozen import FrozenClock
from memorybank.testing.scripted import ScriptedModel
from tests.waiting import LONG, PATIENCE, until

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import httpx

    from tests.journeys.conftest import Begin, Journey

SCOPE = {"user_id": "ada"}
TYPES = "type.googleapis.com/google.cloud.aiplatform.v1beta1."
DIRECT = {"scope": SCOPE, "directMemoriesSource": {"directMemories": [{"fact": "I like tea"}]}}
SAID = {"scope": SCOPE, "directContentsSource": {"events": [{"content": {"parts": [{"text": "I like tea"}]}}]}}


class _Gate:
    """A model's extraction that stands still until it is opened."""

    def __init__(self) -> None:
        self.reached, self.opened = threading.Event(), threading.Event()

    def __call__(self, request: ExtractionRequest) -> Sequence[ExtractedFact]:
        del request
        self.reached.set()
        assert self.opened.wait(PATIENCE)
        return [ExtractedFact("I like tea")]


@pytest.fixture
def gate() -> Iterator[_Gate]:
    gate = _Gate()
    yield gate
    gate.opened.set()


def _call(journey: Journey, method: str, path: str, **arguments: Any) -> httpx.Response:
    with journey.served.http() as http:
        return http.request(method, f"/v1beta1/{path}", **arguments)


def _listed(journey: Journey, parent: str, **params: Any) -> list[str]:
    answer = _call(journey, "GET", f"{parent}/operations", params=params).json()
    return [operation["name"] for operation in answer.get("operations", [])]


def _finish(journey: Journey) -> None:
    assert journey.served.bank.adapters.queue.wait_idle(LONG)


def _wait(journey: Journey, operation: str) -> dict[str, Any]:
    """Wait for an operation as clients do, again and again until it is done, and return it."""

    def waited() -> dict[str, Any] | None:
        answer = _call(journey, "POST", f"{operation}:wait", json={"timeout": "20s"})
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found if found.get("done") else None

    return until(waited)


def test_every_method_names_its_operation_below_its_resource_and_tells_its_kind(begin: Begin) -> None:
    journey = begin()
    engine = journey.engine
    created = journey.post("memories", {"fact": "I like tea", "scope": SCOPE})
    memory = created["response"]["name"]
    [revision] = journey.history(memory)
    target = revision.name.rpartition("/")[2]
    updated = _call(journey, "PATCH", memory, json={"displayName": "d"}).json()
    rolled = _call(journey, "POST", f"{memory}:rollback", json={"targetRevisionId": target}).json()
    deleted = _call(journey, "DELETE", memory).json()
    generated = journey.finish("memories:generate", DIRECT)
    patched = _call(journey, "PATCH", engine, json={"displayName": "d"}).json()
    kinds = (
        "CreateMemory",
        "UpdateMemory",
        "RollbackMemory",
        "DeleteMemory",
        "GenerateMemories",
        "UpdateReasoningEngine",
    )
    told = [
        (created, memory, "CreateMemoryOperationMetadata", "Memory"),
        (updated, memory, "UpdateMemoryOperationMetadata", "Memory"),
        (rolled, memory, "UpdateMemoryOperationMetadata", "Memory"),
        (deleted, memory, "DeleteMemoryOperationMetadata", None),
        (generated, engine, "GenerateMemoriesOperationMetadata", "GenerateMemoriesResponse"),
        (patched, engine, "UpdateReasoningEngineOperationMetadata", "ReasoningEngine"),
    ]
    assert rolled["response"]["fact"] == "I like tea"
    for kind, (operation, parent, metadata, response) in zip(kinds, told, strict=True):
        head, _, identifier = operation["name"].rpartition("/operations/")
        assert (head, identifier.isdecimal(), operation["done"]) == (parent, True, True)
        assert operation["metadata"]["@type"] == TYPES + metadata
        assert operation["metadata"]["type"] == kind
        assert set(operation["metadata"]["genericMetadata"]) == {"createTime", "updateTime"}
        expected = TYPES + response if response else "type.googleapis.com/google.protobuf.Empty"
        assert operation["response"]["@type"] == expected
        if parent == memory and response:  # it is deleted by now: nothing of it is left but its name
            operation["response"] = {key: operation["response"][key] for key in ("@type", "name")}
        known = _call(journey, "GET", operation["name"]).json()
        assert known["metadata"].get("scope") == (None if operation is patched else SCOPE)
        assert known == operation
    assert deleted["response"] == {"@type": "type.googleapis.com/google.protobuf.Empty"}
    gone = _call(journey, "DELETE", engine, params={"force": "true"}).json()
    assert gone["name"].startswith(f"{engine}/operations/")
    assert gone["metadata"]["@type"] == TYPES + "DeleteOperationMetadata"


def test_operations_are_listed_under_their_own_resource_newest_first(begin: Begin) -> None:
    clock = FrozenClock()
    journey = begin(clock=clock)
    [engine_create] = _listed(journey, journey.engine)
    clock.advance(timedelta(seconds=1))
    memory = journey.remember("I like tea").name
    [memory_create] = _listed(journey, memory)
    clock.advance(timedelta(seconds=1))
    delete = journey.memories.delete(name=memory).name
    generate = _call(journey, "POST", f"{journey.engine}/memories:generate", json=DIRECT).json()["name"]
    assert _listed(journey, memory) == [delete, memory_create]
    assert _listed(journey, journey.engine) == [generate, engine_create]
    first = _call(journey, "GET", f"{memory}/operations", params={"pageSize": 1}).json()
    assert [operation["name"] for operation in first["operations"]] == [delete]
    assert _listed(journey, memory, pageSize=1, pageToken=first["nextPageToken"]) == [memory_create]


def test_an_operation_is_found_only_under_the_resource_that_it_belongs_to(begin: Begin) -> None:
    journey = begin()
    memory = journey.remember("I like tea").name
    [operation] = _listed(journey, memory)
    identifier = operation.rpartition("/")[2]
    answer = _call(journey, "GET", f"{journey.engine}/operations/{identifier}")
    assert (answer.status_code, answer.json()["error"]["status"]) == (404, "NOT_FOUND")


def test_operations_outlive_their_memory_and_their_engine(begin: Begin) -> None:
    clock = FrozenClock()
    journey = begin(clock=clock)
    memory = journey.remember("I like tea").name
    deleted = journey.memories.delete(name=memory).name
    clock.advance(timedelta(hours=49))
    assert _call(journey, "GET", deleted).json()["done"] is True
    gone = _call(journey, "DELETE", journey.engine, params={"force": "true"}).json()["name"]
    done = _wait(journey, gone)
    assert done["response"] == {"@type": "type.googleapis.com/google.protobuf.Empty"}
    clock.advance(timedelta(days=30))
    assert _call(journey, "GET", gone).status_code == 404


def test_a_finished_operation_can_be_deleted_and_a_running_one_cannot(begin: Begin, gate: _Gate) -> None:
    journey = begin(model=ScriptedModel(extract=gate))
    running = _call(journey, "POST", f"{journey.engine}/memories:generate", json=SAID).json()["name"]
    refused = _call(journey, "DELETE", running)
    assert (refused.status_code, refused.json()["error"]["status"]) == (400, "FAILED_PRECONDITION")
    gate.opened.set()
    _wait(journey, running)
    deleted = _call(journey, "DELETE", running)
    assert (deleted.status_code, deleted.json()) == (200, {})
    assert _call(journey, "GET", running).status_code == 404
    assert journey.facts() == ["I like tea"]


def test_a_wait_ends_with_its_time_out_and_with_the_operation(begin: Begin, gate: _Gate) -> None:
    journey = begin(model=ScriptedModel(extract=gate))
    running = _call(journey, "POST", f"{journey.engine}/memories:generate", json=SAID).json()
    assert "done" not in running
    assert "done" not in _call(journey, "POST", f"{running['name']}:wait", params={"timeout": "0.05s"}).json()
    threading.Timer(0.1, gate.opened.set).start()
    done = _wait(journey, running["name"])
    assert [change["action"] for change in done["response"]["generatedMemories"]] == ["CREATED"]


@pytest.mark.parametrize("timeout", ["soon", "-1s", 5])
def test_a_wait_refuses_a_time_out_that_is_none(begin: Begin, timeout: Any) -> None:
    journey = begin()
    [operation] = _listed(journey, journey.engine)
    answer = _call(journey, "POST", f"{operation}:wait", json={"timeout": timeout})
    assert (answer.status_code, answer.json()["error"]["status"]) == (400, "INVALID_ARGUMENT")


def test_a_cancelled_generation_ends_as_cancelled_and_leaves_nothing(begin: Begin, gate: _Gate) -> None:
    journey = begin(model=ScriptedModel(extract=gate))
    running = _call(journey, "POST", f"{journey.engine}/memories:generate", json=SAID).json()["name"]
    assert gate.reached.wait(PATIENCE)
    cancelled = _call(journey, "POST", f"{running}:cancel")
    assert (cancelled.status_code, cancelled.json()) == (200, {})
    operation = _call(journey, "GET", running).json()
    assert (operation["done"], operation["error"]["code"]) == (True, 1)
    gate.opened.set()
    _finish(journey)
    assert _call(journey, "GET", running).json() == operation
    assert journey.facts() == []
    assert [change.action.value for change in journey.say("I like tea")] == ["CREATED"]


def test_cancelling_what_is_done_changes_nothing(begin: Begin) -> None:
    journey = begin()
    done = journey.finish("memories:generate", DIRECT)
    assert _call(journey, "POST", f"{done['name']}:cancel").status_code == 200
    assert _call(journey, "GET", done["name"]).json() == done
    assert journey.facts() == ["I like tea"]


@pytest.mark.parametrize(("method", "suffix"), [("GET", ""), ("DELETE", ""), ("POST", ":cancel"), ("POST", ":wait")])
def test_an_operation_that_does_not_exist_is_not_found(begin: Begin, method: str, suffix: str) -> None:
    journey = begin()
    answer = _call(journey, method, f"{journey.engine}/operations/123{suffix}")
    assert (answer.status_code, answer.json()["error"]["status"]) == (404, "NOT_FOUND")

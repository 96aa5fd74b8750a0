"""What a caller may not see costs exactly what does not exist: every method asks the store the same of both.

A clock would tell no more and fail on a busy machine: what is compared are the calls of the store, and how much of a
document they read. Ids that people choose can be guessed; a difference would confirm the guess.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from threading import get_ident
from typing import Any

import pytest

from memorybank.handlers.rpcs import Rpc, all_rpcs
from memorybank.ports.documents import Document, Query
from memorybank.storage.sqlite import SqliteStore
from memorybank.testing.scripted import ScriptedModel
from tests.functions.callers import ADA, EVE, Calling, bank_with_rules, new_engine

OPERATIONS = 12
"""More operations of one memory or session than fit on the pages that are asked for."""

EVENT = {"author": "user", "invocationId": "1", "timestamp": "2026-11-28T10:00:00Z"}
BODIES: Mapping[str, Any] = {
    "UpdateMemory": {"fact": "I like coffee"},
    "UpdateSession": {"displayName": "mine"},
    "UpdateReasoningEngine": {"displayName": "mine"},
    "AppendEvent": EVENT,
    "RollbackMemory": {"targetRevisionId": "1"},
    "CreateMemory": {"fact": "I like coffee", "scope": {"user_id": EVE}},
    "CreateSession": {"userId": EVE},
    "GenerateMemories": {
        "scope": {"user_id": EVE},
        "directMemoriesSource": {"directMemories": [{"fact": "I like coffee"}]},
    },
    "IngestEvents": {"scope": {"user_id": EVE}},
    "RetrieveMemories": {"scope": {"user_id": EVE}},
    "RetrieveProfiles": {"scope": {"user_id": EVE}},
    "PurgeMemories": {"filter": 'scope.user_id="e"'},
    "EraseMemories": {"scope": {"user_id": EVE}},
}
QUERIES = {"pageSize": "?pageSize=5", "scope": f"?scope=%7B%22user_id%22:%22{EVE}%22%7D"}


class Recording(SqliteStore):
    """A store that writes down what each thread asks of it, and what it is answered."""

    def __init__(self) -> None:
        super().__init__(":memory:")
        self.calls: dict[int, list[str]] = defaultdict(list)
        self.scopes_only: dict[int, bool] = defaultdict(lambda: True)

    def get_many(self, paths: Sequence[str], *, fields: Sequence[str] | None = None) -> list[Document | None]:
        """Count the read, and look whether more than a scope was read of something with an id that can be guessed."""
        found = super().get_many(paths, fields=fields)
        self.calls[get_ident()].append(f"get {len(paths)} {fields}")
        there = [path for path, document in zip(paths, found, strict=True) if document]
        theirs = [path for path in there if path.split("/")[-2] in ("memories", "sessions")]
        self.scopes_only[get_ident()] &= not theirs or list(fields or ()) == ["scope"]
        return found

    def query(self, query: Query) -> list[Document]:
        """Count the query; what it finds is its index's business."""
        self.calls[get_ident()].append(f"query {query.collection.rpartition('/')[2]} {query.limit} {query.fields}")
        return super().query(query)

    def below(self, path: str, *, limit: int) -> list[str]:
        """Count the listing."""
        self.calls[get_ident()].append("below")
        return super().below(path, limit=limit)

    def commit(self, writes: Any) -> Any:
        """Count the commit."""
        self.calls[get_ident()].append("commit")
        return super().commit(writes)


@dataclass(frozen=True)
class Hidden:
    """What Ada has, by the variable of a path, and Eve, who must not learn that she has it."""

    eve: Calling
    store: Recording
    ids: Mapping[str, str]

    def costs(self, method: str, path: str, body: Any) -> tuple[int, str, list[str], bool]:
        """Send a request; return its status and answer, and what it asked of the store."""
        me = get_ident()
        self.store.calls[me], self.store.scopes_only[me] = [], True
        answer = self.eve.send(method, path, body)
        return answer.status, json.dumps(answer.body), self.store.calls[me], self.store.scopes_only[me]


@pytest.fixture(scope="module")
def hidden() -> Iterator[Hidden]:
    """Let Ada have a memory and a session under ids of her own, large, and each with a history."""
    store = Recording()
    with bank_with_rules(store=store, model=ScriptedModel()) as bank:
        root = new_engine(bank)
        scope = {"user_id": ADA}
        memory = root.ok("POST", "/memories?memoryId=ada-tea", {"fact": "I like tea", "scope": scope})
        root.ok("POST", "/sessions?sessionId=ada-talk", {"userId": ADA, "sessionState": {"text": "x" * 800_000}})
        for number in range(OPERATIONS):
            root.ok("PATCH", "/memories/ada-tea", {"fact": f"I like tea number {number}"})
            root.ok("POST", "/sessions/ada-talk:appendEvent", EVENT)
        revisions = root.ok("GET", "/memories/ada-tea/revisions")["memoryRevisions"]
        yield Hidden(
            replace(root, email=EVE),
            store,
            {
                "project": "p",
                "location": "l",
                "engine": root.engine.rpartition("/")[2],
                "memory": "ada-tea",
                "session": "ada-talk",
                "revision": revisions[0]["name"].rpartition("/")[2],
                "operation": memory["name"].rpartition("/")[2],
            },
        )


def _rows(variable: str) -> list[Any]:
    """Return the methods whose path has the variable; operations by location are found by their random id alone."""
    named = {"{engine}", f"{{{variable}}}"}
    found = [rpc for rpc in all_rpcs() if rpc.public and all(name in rpc.template for name in named)]
    assert len(found) > 5
    return [pytest.param(rpc, id=f"{rpc.method} {rpc.template}") for rpc in found]


def _path(rpc: Rpc, ids: Mapping[str, str]) -> str:
    place = "" if rpc.template.startswith("projects") else "projects/{project}/locations/{location}/"
    query = "".join(text for name, text in QUERIES.items() if name in (rpc.query or ()))
    return f"/v1beta1/{place}{rpc.template}".format(**ids) + query


def _guessed(identifier: str) -> str:
    """Return another id of the same length and kind."""
    return "".join("9" if letter.isdigit() else "x" for letter in identifier)


@pytest.mark.parametrize("rpc", _rows("memory"))
def test_a_hidden_memory_costs_what_an_absent_one_costs(hidden: Hidden, rpc: Rpc) -> None:
    _compare(hidden, rpc, "memory")


@pytest.mark.parametrize("rpc", _rows("session"))
def test_a_hidden_session_costs_what_an_absent_one_costs(hidden: Hidden, rpc: Rpc) -> None:
    _compare(hidden, rpc, "session")


@pytest.mark.parametrize("rpc", _rows("operation"))
def test_a_hidden_operation_costs_what_an_absent_one_costs(hidden: Hidden, rpc: Rpc) -> None:
    _compare(hidden, rpc, "operation")


@pytest.mark.parametrize("rpc", _rows("engine"))
def test_an_engine_costs_a_stranger_what_an_absent_one_costs(hidden: Hidden, rpc: Rpc) -> None:
    stranger = replace(hidden, eve=replace(hidden.eve, email="nobody@elsewhere.com"))
    _compare(stranger, rpc, "engine")


def test_a_session_that_a_generation_names_costs_what_an_absent_one_costs(hidden: Hidden) -> None:
    path = f"/v1beta1/{hidden.eve.engine}/memories:generate"
    found = []
    for session in (hidden.ids["session"], _guessed(hidden.ids["session"])):
        source = {"session": f"{hidden.eve.engine}/sessions/{session}"}
        found.append(hidden.costs("POST", path, {"scope": {"user_id": EVE}, "vertexSessionSource": source}))
        assert found[-1][0] == 404
    assert found[0][2:] == found[1][2:]


def _compare(hidden: Hidden, rpc: Rpc, variable: str) -> None:
    real = hidden.ids[variable]
    absent = _guessed(real)
    body = BODIES.get(rpc.name, None if rpc.method in ("GET", "DELETE") else {})
    status, answer, calls, scopes_only = hidden.costs(rpc.method, _path(rpc, hidden.ids), body)
    path = _path(rpc, {**hidden.ids, variable: absent})
    other_status, other_answer, other_calls, _ = hidden.costs(rpc.method, path, body)
    assert (status, answer.replace(real, absent)) == (other_status, other_answer)
    assert status in (403, 404) or answer == "{}"
    assert calls == other_calls
    assert scopes_only

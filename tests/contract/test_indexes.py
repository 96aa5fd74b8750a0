"""The indexes that are deployed are those that the bank's queries use, all of them and no others."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest
import yaml

from memorybank.bank import sessions, sweep
from memorybank.bank.ingestion import ingest
from memorybank.ports.collections import INDEXES, VECTOR_INDEXES
from memorybank.ports.documents import Hit, Nearest, Query
from memorybank.resources.ingestion import IngestEventsRequest
from memorybank.resources.session import Session
from memorybank.resources.wire import parse
from memorybank.storage.firestore import FirestoreStore
from memorybank.testing.frozen import FrozenClock
from tests.conftest import Serve
from tests.functions.refusals import Caller
from tests.unit.policy import open_policy
from tests.waiting import LONG, PATIENCE, until

DECLARED: dict[str, list[dict[str, Any]]] = yaml.safe_load(
    (Path(__file__).parents[2] / "infra/firestore_indexes.yaml").read_text()
)
SCOPE = {"user_id": "u"}
TURN = {"content": {"role": "user", "parts": [{"text": "I live in Rome and I like cheese"}]}}
YEAR = timedelta(days=366)


@dataclass(frozen=True)
class Used:
    """An index that a query needs, with the direction of each field."""

    collection: str
    group: bool
    fields: frozenset[tuple[str, str]]


class RecordingStore(FirestoreStore):
    """Keeps the searches that were made: the emulator reports only their conditions.

    With `company`, the next search goes on only when another generation waits beside the one that makes it.
    """

    def __init__(self, project: str) -> None:
        super().__init__(project)
        self.project = project
        self.searches: list[Nearest] = []
        self.company = False

    def nearest(self, search: Nearest) -> list[Hit]:
        self.searches.append(search)
        if self.company:
            self.company = False
            self._wait(Query(search.collection.replace("/memories", "/scopes"), fields=("waiters",)))
        return super().nearest(search)

    def _wait(self, scopes: Query) -> None:
        until(lambda: any(scope.data["waiters"] for scope in self.query(scopes)))


@pytest.fixture
def recording(firestore_emulator: str) -> Iterator[RecordingStore]:
    store = RecordingStore(f"p-{uuid4().hex[:12]}")
    yield store
    store.close()


def composites() -> set[Used]:
    """Return the declared indexes of several fields."""
    return {
        Used(
            each["collection"],
            group=each.get("group", False),
            fields=frozenset((at["field"], at["order"]) for at in each["fields"]),
        )
        for each in DECLARED["composite"]
    }


def groups() -> set[Used]:
    """Return the declared indexes of one field of a collection group."""
    return {
        Used(each["collection"], group=True, fields=frozenset({(each["field"], "ASCENDING")}))
        for each in DECLARED["fields"]
        if each.get("group")
    }


def vectors() -> set[tuple[str, frozenset[str], str]]:
    """Return the declared vector indexes: collection, equality fields and vector field."""
    return {(each["collection"], frozenset(each["equality"]), each["field"]) for each in DECLARED["vector"]}


def reported(host: str, project: str) -> set[Used]:
    """Return the indexes that the emulator says the queries of a project needed."""
    database = f"projects/{project}/databases/(default)"
    answer = httpx.get(
        f"http://{host}/emulator/v1/projects/{project}:indexUsage", params={"database": database}, timeout=PATIENCE
    )
    assert answer.status_code == 200, answer.text
    indexes = [report["index"] for report in answer.json()["reports"]]
    return {
        Used(
            index["name"].split("/collectionGroups/")[1].partition("/")[0],
            group=index["queryScope"] == "COLLECTION_GROUP",
            fields=frozenset((at["fieldPath"], at["order"]) for at in index["fields"] if at["fieldPath"] != "__name__"),
        )
        for index in indexes
    }


def test_the_port_and_the_deployment_declare_the_same_indexes() -> None:
    several = {(index.collection, index.group, index.fields) for index in INDEXES if len(index.fields) > 1}
    declared = [
        (each["collection"], each.get("group", False), tuple(at["field"] for at in each["fields"]))
        for each in DECLARED["composite"]
    ]
    grouped = {(index.collection, *index.fields) for index in INDEXES if index.group and len(index.fields) == 1}

    assert set(declared) == several
    assert {(used.collection, *(name for name, _ in used.fields)) for used in groups()} == grouped
    assert vectors() == {(index.collection, frozenset(index.equality), index.field) for index in VECTOR_INDEXES}
    assert len(composites()) == len(declared), "no index is declared twice"


def test_no_field_of_an_automatic_index_is_exempt() -> None:
    settings = [(each["collection"], each["field"]) for each in DECLARED["fields"]]
    queried = {(index.collection, name) for index in INDEXES if not index.group for name in index.fields}
    queried |= {(index.collection, name) for index in VECTOR_INDEXES for name in index.equality}

    assert len(set(settings)) == len(settings), "a field has one setting"
    assert not queried & set(settings)


def test_nothing_that_grows_with_time_is_indexed_unless_a_query_asks_for_it() -> None:
    """Firestore takes about 500 writes a second of growing values, in each collection of an engine and index."""
    policy = open_policy()
    policy.remember("I like tea")
    policy.deliver(policy.accept("I like milk"))
    sessions.create(policy.ports, policy.engine, parse(Session, {"userId": "ada"}), session_id=None)
    said = {"events": [{"content": {"role": "user", "parts": [{"text": "I like cake"}]}}]}
    ingest.ingest(
        policy.ports, policy.engine, parse(IngestEventsRequest, {"scope": SCOPE, "directContentsSource": said})
    )
    queried = {(index.collection, name) for index in INDEXES for name in index.fields}
    exempt = {(each["collection"], each["field"]) for each in DECLARED["fields"]}
    for collection in ("memories", "operations", "scopes", "sessions", "streams"):
        found = policy.ports.store.query(Query(f"{policy.engine.path}/{collection}"))
        assert found, collection
        grows = {(collection, name) for each in found for name, value in each.data.items() if _grows(value)}
        assert grows <= queried | exempt


def _grows(value: Any) -> bool:
    """Tell whether a value is a time, or the number of a revision."""
    return isinstance(value, datetime) or (isinstance(value, int) and value > 2**50)


def test_a_collection_has_one_ttl_field_and_only_where_nothing_below_is_left_behind() -> None:
    ttl = [(each["collection"], each["field"]) for each in DECLARED["fields"] if each.get("ttl")]

    assert sorted(ttl) == [
        ("batches", "expire_time"),
        ("operations", "expire_time"),
        ("parts", "expire_time"),
        ("revisions", "delete_after"),
        ("seen", "expire_time"),
    ]


def test_a_whole_journey_uses_every_declared_index_and_no_other(
    serve: Serve, recording: RecordingStore, firestore_emulator: str
) -> None:
    clock = FrozenClock()
    served = serve(store=recording, clock=clock)
    engine = served.create_engine({"ttlConfig": {"defaultTtl": "3600s"}})
    with served.http() as http:
        caller = Caller(served, engine, http)
        live(caller, recording)
        http.get(f"/v1beta1/{served.parent}/reasoningEngines").raise_for_status()
        assert sweep.sweep(served.bank.adapters) == 0
        clock.advance(YEAR)
        assert sweep.sweep(served.bank.adapters) > 0
        caller.ok("DELETE", params={"force": "true"})
        assert served.bank.adapters.queue.wait_idle(LONG)

    searched = {
        (search.collection.rpartition("/")[2], frozenset(each.field for each in search.where), search.field)
        for search in recording.searches
    }
    conditions = {
        Used(collection, group=False, fields=frozenset((name, "ASCENDING") for name in equality))
        for collection, equality, _ in searched
    }
    assert searched == vectors()
    assert reported(firestore_emulator, recording.project) - conditions == composites() | groups()


def live(caller: Caller, recording: RecordingStore) -> None:
    """Make every kind of request that reads more than one document."""
    caller.memory("m")
    caller.memory("n", fact="I like figs")
    generate_together(caller, recording)
    for condition in ({}, {"filter": f"scope={json.dumps(json.dumps(SCOPE))}"}):
        for order in ("create_time", "create_time desc", "update_time", "update_time desc"):
            found = caller.ok("GET", "/memories", params={**condition, "orderBy": order, "pageSize": 3})
            rest = caller.ok(
                "GET", "/memories", params={**condition, "orderBy": order, "pageToken": found["nextPageToken"]}
            )
            assert len(found["memories"]) == 3
            assert rest["memories"]
    assert caller.ok("GET", "/scopes")["scopes"]
    caller.ok("GET", "/scopes:waiting", params={"scope": json.dumps(SCOPE)})
    caller.ok("POST", "/memories:retrieve", json={"scope": SCOPE})
    caller.ok("POST", "/memories:retrieve", json={"scope": SCOPE, "similaritySearchParams": {"searchQuery": "tea"}})
    caller.ok("PATCH", "/memories/m", params={"updateMask": "fact"}, json={"fact": "I like green tea"})
    revisions = caller.ok("GET", "/memories/m/revisions")["memoryRevisions"]
    first = revisions[-1]["name"].rpartition("/")[2]
    caller.ok("POST", "/memories/m:rollback", json={"targetRevisionId": first})
    caller.ok("DELETE", "/memories/m")
    caller.ok("POST", "/memories/m:rollback", json={"targetRevisionId": first})
    then = caller.ok("GET", "/memories/m")["createTime"]
    assert caller.ok("POST", "/memories:retrieve", json={"scope": SCOPE, "readTime": then})["retrievedMemories"]
    caller.ok("GET", "/operations")
    [made, *_] = caller.ok("GET", "/memories/m/operations")["operations"]
    for path in ("/operations", f"/operations/{made['name'].rpartition('/')[2]}"):
        caller.http.get(f"/v1beta1/{caller.served.parent}{path}").raise_for_status()
    assert caller.ok("POST", "/memories:erase", json={"scope": {"user_id": "nobody"}})["finished"]
    assert caller.finished("POST", "/memories:reembed")["metadata"]["value"]["reembeddedCount"] == 0
    converse(caller)


def converse(caller: Caller) -> None:
    """Make every kind of request that reads several sessions or events."""
    made = caller.ok("POST", "/sessions", json={"userId": "ada"})["response"]["name"]
    session = "/sessions/" + made.rpartition("/")[2]
    event = {"author": "user", "invocationId": "i", "timestamp": "2031-01-02T03:04:05Z", "content": TURN["content"]}
    caller.ok("POST", f"{session}:appendEvent", json=event)
    for condition in ({}, {"filter": 'user_id="ada"'}):
        for order in ("create_time", "create_time desc", "update_time", "update_time desc"):
            assert caller.ok("GET", "/sessions", params={**condition, "orderBy": order})["sessions"]
    for order in ("timestamp", "timestamp desc"):
        since = {"filter": 'timestamp>="2031-01-01T00:00:00Z"', "orderBy": order}
        assert caller.ok("GET", f"{session}/events", params=since)["sessionEvents"]
    source = {"session": made, "startTime": "2031-01-01T00:00:00Z", "endTime": "2032-01-01T00:00:00Z"}
    caller.ok("POST", "/memories:generate", json={"vertexSessionSource": source})
    caller.ok("DELETE", session)


def generate_together(caller: Caller, recording: RecordingStore) -> None:
    """Generate twice in one scope, so that the second waits beside the first, which takes its facts along."""
    recording.company = True
    request = {"scope": SCOPE, "directContentsSource": {"events": [TURN]}}
    started = [caller.ok("POST", "/memories:generate", json=request) for _ in range(2)]
    assert caller.served.bank.adapters.queue.wait_idle(LONG)
    assert not recording.company
    for operation in started:
        done = caller.http.get(f"/v1beta1/{operation['name']}").json()
        assert "response" in done, done

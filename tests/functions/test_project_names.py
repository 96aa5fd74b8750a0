"""A local bank finds an engine by the number or by the id of its project, whichever a client knows."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from uuid import uuid4

import pytest

from memorybank.config import Settings
from memorybank.local.bank import Bank
from memorybank.local.server import LocalServer
from memorybank.ports.documents import Create, Document, Query
from memorybank.resources.names import engine_of, path_of
from memorybank.storage.sqlite import SqliteStore
from tests.conftest import LOCATION, Served, patient_adapters
from tests.functions.callers import Calling, bank_with_rules, new_engine
from tests.functions.refusals import Caller

SCOPE = {"user_id": "u"}
TEA = {"fact": "I like tea", "scope": SCOPE}


class CountingStore(SqliteStore):
    """A store in memory that counts the reads of single documents and the queries for engines."""

    def __init__(self) -> None:
        super().__init__(":memory:")
        self.reads = 0

    def get(self, path: str, **options: Any) -> Document | None:
        self.reads += path.count("/") == 1
        return super().get(path, **options)

    def query(self, query: Query) -> list[Document]:
        self.reads += query.collection == "engines"
        return super().query(query)


@pytest.fixture(scope="module")
def server() -> Iterator[LocalServer]:
    """Serve a bank in memory."""
    settings = Settings(data=":memory:", embeddings="offline")
    with LocalServer(Bank(settings, patient_adapters(settings, store=CountingStore()))) as serving:
        yield serving


@pytest.fixture(params=["created by id", "created by number"])
def callers(server: LocalServer, request: pytest.FixtureRequest) -> Iterator[tuple[Caller, Caller]]:
    """Call one engine by the name of its project that it was created under, and by the other."""
    names = f"p-{uuid4().hex[:12]}", str(uuid4().int)[:12]
    created, other = names if request.param == "created by id" else names[::-1]
    served = Served(server.bank, server.url, created)
    engine = served.create_engine()
    with served.http() as http:
        yield (
            Caller(served, engine, http),
            Caller(replace(served, project=other), engine.replace(f"projects/{created}/", f"projects/{other}/"), http),
        )


def test_a_memory_is_found_by_either_name_of_its_project(callers: tuple[Caller, Caller]) -> None:
    created, other = callers
    name = created.ok("POST", "/memories?memoryId=tea", json=TEA)["response"]["name"]
    assert other.ok("GET", "/memories/tea")["name"] == name
    assert [each["name"] for each in other.ok("GET", "/memories")["memories"]] == [name]
    found = other.ok("POST", "/memories:retrieve", json={"scope": SCOPE, "simpleRetrievalParams": {}})
    assert [each["memory"]["name"] for each in found["retrievedMemories"]] == [name]
    assert other.ok("PATCH", "/memories/tea?updateMask=fact", json={"fact": "I like coffee"})["done"]
    assert created.ok("GET", "/memories/tea")["fact"] == "I like coffee"
    assert other.ok("DELETE", "/memories/tea")["done"]
    assert created.call("GET", "/memories/tea").status_code == 404


def test_what_is_written_by_the_other_name_is_the_same_engines(callers: tuple[Caller, Caller]) -> None:
    created, other = callers
    made = other.ok("POST", "/memories?memoryId=tea", json=TEA)["response"]["name"]
    assert made == f"{created.engine}/memories/tea"
    assert other.ok("GET")["name"] == created.engine
    assert other.ok("PATCH", "?updateMask=displayName", json={"displayName": "mine"})["done"]
    assert created.ok("GET")["displayName"] == "mine"
    assert other.finished("DELETE", "?force=true")["done"]
    assert created.call("GET").status_code == 404


def test_a_session_of_either_name_is_read_by_a_generation_of_either(callers: tuple[Caller, Caller]) -> None:
    for first, second in (callers, callers[::-1]):
        session = first.ok("POST", "/sessions", json={"userId": "u"})["response"]["name"].rpartition("/")[2]
        event = {"author": "user", "invocationId": "1", "timestamp": "2026-11-28T10:00:00Z"}
        said = {"role": "user", "parts": [{"text": "I like figs"}]}
        first.ok("POST", f"/sessions/{session}:appendEvent", json={**event, "content": said})
        for named in (first, second):
            source = {"vertexSessionSource": {"session": f"{named.engine}/sessions/{session}"}}
            done = second.finished("POST", "/memories:generate", json={**source, "scope": SCOPE})
            assert "error" not in done
    assert [each["fact"] for each in callers[0].ok("GET", "/memories")["memories"]] == ["I like figs"]


def test_an_operation_is_polled_by_either_name_of_the_location(callers: tuple[Caller, Caller]) -> None:
    created, other = callers
    operation = created.ok("POST", "/sessions", json={"userId": "u"})["name"].rpartition("/")[2]
    answer = other.http.get(f"/v1beta1/{other.served.parent}/operations/{operation}")
    assert answer.json()["done"] is True
    for place in (f"projects/{_stranger(created)}/locations/{LOCATION}", f"{other.served.parent}-2"):
        assert other.http.get(f"/v1beta1/{place}/operations/{operation}").status_code == 404


def test_googles_client_reaches_the_engine_by_either_name(callers: tuple[Caller, Caller]) -> None:
    for caller in callers:
        memories = caller.served.client().memory_banks.memories
        memories.create(name=caller.engine, fact="I like tea", scope=SCOPE)
    assert len(callers[1].ok("GET", "/memories")["memories"]) == 2


def test_another_project_stays_another(callers: tuple[Caller, Caller]) -> None:
    created, _ = callers
    engine = created.engine.replace(created.served.project, _stranger(created))
    assert replace(created, engine=engine).call("GET").status_code == 404
    elsewhere = created.engine.replace(LOCATION, "europe-west1").replace(created.served.project, "7")
    assert replace(created, engine=elsewhere).call("GET").status_code == 404


def _stranger(caller: Caller) -> str:
    """Return a project that cannot be the caller's: another number for a number, another id for an id."""
    return "999" if caller.served.project.isdecimal() else "another"


def test_an_id_that_two_projects_have_is_neither_ones_by_a_number(server: LocalServer) -> None:
    store = server.bank.adapters.store
    served = Served(server.bank, server.url, f"p-{uuid4().hex[:12]}")
    engine = served.create_engine()
    _copy_engine(store, engine, project="q")
    with served.http() as http:
        caller = Caller(served, engine.replace(served.project, "123"), http)
        assert caller.call("GET").status_code == 404
        assert replace(caller, engine=engine.replace(served.project, "q")).call("GET").status_code == 200


def test_an_engine_of_both_names_is_two(callers: tuple[Caller, Caller], server: LocalServer) -> None:
    created, other = callers
    _copy_engine(server.bank.adapters.store, created.engine, project=other.served.project)
    other.ok("POST", "/memories?memoryId=tea", json=TEA)
    assert created.call("GET", "/memories/tea").status_code == 404


def _copy_engine(store: Any, engine: str, *, project: str) -> None:
    path = path_of(engine)
    copy = replace(engine_of(path), project=project)
    store.commit([Create(copy.path, {**store.get(path).data, "parent": copy.parent})])


def test_the_name_of_an_engine_is_looked_up_once(callers: tuple[Caller, Caller], server: LocalServer) -> None:
    store: Any = server.bank.adapters.store
    for caller in callers:
        caller.call("GET", "/memories/none")
        before = store.reads
        caller.call("GET", "/memories/none")
        assert store.reads == before


def test_where_rules_say_who_may_do_what_only_the_name_itself_counts() -> None:
    with bank_with_rules() as bank:
        root: Calling = new_engine(bank)
        assert root.call("GET").status == 200
        assert replace(root, engine=root.engine.replace("projects/p/", "projects/123/")).call("GET").status == 404

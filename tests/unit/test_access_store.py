"""The store that a caller is given: a handler that forgets to ask still shows and changes nothing of others."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from memorybank.access.narrow_ports import narrowed
from memorybank.access.narrow_store import NarrowStore
from memorybank.access.rights import Rights
from memorybank.access.rules import read_rules
from memorybank.adapters import Adapters
from memorybank.config import Settings
from memorybank.errors import NotFound, PermissionDenied
from memorybank.ports.clock import SystemClock
from memorybank.ports.documents import Create, Delete, Nearest, Order, Patch, Put, Query, Vector, Where
from memorybank.ports.screens import Condition
from memorybank.resources.config import MemoryBankConfig
from memorybank.resources.names import EngineName
from memorybank.resources.scopes import scope_key
from memorybank.storage.sqlite import SqliteStore

ENGINE = "engines/p:l:1"
MEMORIES = f"{ENGINE}/memories"
ADA, EVE = {"user_id": "ada@a.com"}, {"user_id": "eve@a.com"}
START = datetime(2026, 1, 1, tzinfo=UTC)
OWN = "{callers: ['*@a.com'], scopes: [{user_id: '${caller}'}], access: write}"
NEWEST = (Order("create_time", descending=True),)


def rights(*rules: str, caller: str = "eve@a.com") -> Rights:
    return read_rules(f"[{', '.join(rules or [OWN])}]").rights(caller)


def memory(scope: dict[str, str], number: int = 0) -> dict[str, Any]:
    return {
        "scope": scope,
        "scope_key": scope_key(scope),
        "create_time": START + timedelta(seconds=number),
        "embedding": Vector((1.0, 0.0)),
        "embedding_model": "m",
        "memory_type": "t",
    }


class Watched(SqliteStore):
    """A store that remembers which documents it has handed out."""

    def __init__(self) -> None:
        super().__init__(":memory:")
        self.read: list[str] = []

    def query(self, query: Query) -> Any:
        found = super().query(query)
        self.read += [document.path for document in found]
        return found


@pytest.fixture
def whole() -> Iterator[Watched]:
    store = Watched()
    store.commit([Create(ENGINE, {"parent": "projects/p/locations/l"})])
    for number in range(5):
        store.commit(
            [
                Create(f"{MEMORIES}/a{number}", memory(ADA, 2 * number)),
                Create(f"{MEMORIES}/e{number}", memory(EVE, 2 * number + 1)),
            ]
        )
    store.commit([Create(f"{ENGINE}/scopes/x", {"scope_key": scope_key(EVE)})])
    yield store
    store.close()


def test_documents_of_others_are_not_there(whole: Watched) -> None:
    store = NarrowStore(whole, rights(), write=True)
    assert store.get(f"{MEMORIES}/a0") is None
    assert store.get(f"{MEMORIES}/a0", fields=("create_time",)) is None
    assert store.get(f"{ENGINE}/scopes/x") is None
    mine, others = store.get_many([f"{MEMORIES}/e0", f"{MEMORIES}/a0"], fields=("create_time",))
    assert mine is not None
    assert others is None
    assert store.get_many([]) == []


@pytest.mark.parametrize("limit", [1, 2, 5, 6, 100])
def test_a_page_is_full_unless_there_is_no_more(whole: Watched, limit: int) -> None:
    everybody = rights("{callers: ['*'], scopes: [{user_id: 'e*'}]}")
    store = NarrowStore(whole, everybody, write=False)
    found = store.query(Query(MEMORIES, order=NEWEST, limit=limit, fields=("memory_type",)))
    assert [document.id for document in found] == ["e4", "e3", "e2", "e1", "e0"][:limit]


def test_documents_of_others_are_not_even_read_where_the_scopes_are_known(whole: Watched) -> None:
    two = rights(OWN, "{callers: ['*'], scopes: [{user_id: nobody}]}")
    for mine in (rights(), two):
        store = NarrowStore(whole, mine, write=False)
        assert len(store.query(Query(MEMORIES, order=NEWEST))) == 5
        assert store.query(Query(MEMORIES, order=NEWEST, where=(Where("scope_key", "==", scope_key(ADA)),))) == []
        assert len(store.query(Query(MEMORIES, where=(Where("scope_key", "==", scope_key(EVE)),)))) == 5
    assert not [path for path in whole.read if path.startswith(f"{MEMORIES}/a")]


def test_a_caller_with_more_scopes_than_a_query_can_name_still_sees_them_only(whole: Watched) -> None:
    scopes = ", ".join(f"{{user_id: u{number}}}" for number in range(40))
    many = rights(OWN, f"{{callers: ['*'], scopes: [{scopes}]}}")
    found = NarrowStore(whole, many, write=False).query(Query(MEMORIES, order=NEWEST))
    assert {document.id[0] for document in found} == {"e"}


def test_a_search_finds_nothing_of_others(whole: Watched) -> None:
    def search(scope: dict[str, str]) -> Nearest:
        where = (
            Where("scope_key", "==", scope_key(scope)),
            Where("embedding_model", "==", "m"),
            Where("memory_type", "==", "t"),
        )
        return Nearest(MEMORIES, "embedding", Vector((1.0, 0.0)), where=where, limit=10, fields=("create_time",))

    for mine in (rights(), rights("{callers: ['*'], scopes: [{user_id: 'e*'}]}")):
        store = NarrowStore(whole, mine, write=False)
        assert len(store.nearest(search(EVE))) == 5
        assert store.nearest(search(ADA)) == []


@pytest.mark.parametrize(
    "write",
    [
        Patch(f"{MEMORIES}/a0", {"fact": "x"}),
        Put(f"{MEMORIES}/a0", memory(EVE)),
        Put(f"{MEMORIES}/a0", {}),
        Delete(f"{MEMORIES}/a0"),
        Delete(f"{MEMORIES}/e0"),  # Eve's own, but this request has not looked at it
        Create(f"{MEMORIES}/new", memory(ADA)),
        Create(f"{MEMORIES}/new", {"fact": "of no scope"}),
        Create(f"{MEMORIES}/new/revisions/1", {"scope": ADA}),
        Create(f"{ENGINE}/operations/new", {"kind": "Purge"}),
        Create("engines/p:l:2", {"scope": EVE}),
        Put(ENGINE, {"parent": "x"}),
        Patch(ENGINE, {"deletion": "1"}),
        Delete(ENGINE),
    ],
)
def test_a_handler_that_forgot_to_ask_changes_nothing_of_others(whole: Watched, write: Any) -> None:
    store = NarrowStore(whole, rights(), write=True)
    store.get(ENGINE)
    store.get(f"{MEMORIES}/a0")
    mine = Create(f"{MEMORIES}/mine", memory(EVE))
    with pytest.raises(PermissionDenied):
        store.commit([mine, write])
    assert whole.get(mine.path) is None


def test_what_was_read_can_be_changed_but_not_given_to_others(whole: Watched) -> None:
    store = NarrowStore(whole, rights(), write=True)
    path = f"{MEMORIES}/e0"
    assert store.get(path) is not None
    with pytest.raises(PermissionDenied):
        store.commit([Patch(path, {"scope": ADA})])
    with pytest.raises(PermissionDenied):
        store.commit([Put(path, memory(ADA))])
    store.commit([Patch(path, {"fact": "x"}), Create(f"{path}/revisions/1", {"scope": EVE})])
    store.commit([Delete(path)])
    assert whole.get(path) is None


def test_a_request_that_reads_writes_nothing(whole: Watched) -> None:
    store = NarrowStore(whole, rights(), write=False)
    with pytest.raises(PermissionDenied):
        store.commit([Create(f"{MEMORIES}/new", memory(EVE))])


def test_who_may_only_read_something_is_refused_when_it_is_read_to_be_changed(whole: Watched) -> None:
    reader = rights("{callers: ['*']}")
    assert NarrowStore(whole, reader, write=False).get(f"{MEMORIES}/a0") is not None
    with pytest.raises(PermissionDenied):
        NarrowStore(whole, reader, write=True).get(f"{MEMORIES}/a0")


def test_whatever_would_tell_of_all_is_for_those_who_may_see_all(whole: Watched) -> None:
    store = NarrowStore(whole, rights(), write=False)
    with pytest.raises(PermissionDenied):
        store.count(Query(MEMORIES))
    with pytest.raises(PermissionDenied):
        store.below(ENGINE, limit=1)
    with pytest.raises(PermissionDenied):
        store.query(Query("memories", group=True))
    with pytest.raises(PermissionDenied):
        store.query(Query("revisions", group=True, where=(Where("scope_key", "==", scope_key(EVE)),)))
    everything = NarrowStore(whole, rights("{callers: ['*']}"), write=False)
    assert everything.count(Query(MEMORIES)) == 10
    assert len(everything.below(ENGINE, limit=20)) == 11


def test_what_was_deleted_is_found_only_by_those_who_may_read_the_scope(whole: Watched) -> None:
    elsewhere = "engines/p:l:2"
    for engine, scope in ((ENGINE, ADA), (ENGINE, EVE), (elsewhere, EVE)):
        deletion = {"scope": scope, "deleted_from": f"{engine}/scopes/{scope_key(scope)}", "memory_create_time": START}
        whole.commit([Create(f"{engine}/memories/{scope['user_id'][0]}/revisions/1", deletion)])

    def found(caller: Rights, engine: str, scope: dict[str, str]) -> list[str]:
        where = (Where("deleted_from", "==", f"{engine}/scopes/{scope_key(scope)}"),)
        order = (Order("memory_create_time", descending=True),)
        query = Query("revisions", group=True, where=where, order=order, fields=("memory_create_time",))
        return [document.path for document in NarrowStore(whole, caller, write=False).query(query)]

    assert found(rights(), ENGINE, EVE) == [f"{MEMORIES}/e/revisions/1"]
    assert found(rights(), ENGINE, ADA) == []
    assert found(rights("{callers: ['*'], scopes: [{user_id: 'e*'}]}"), ENGINE, ADA) == []
    assert found(rights("{callers: ['*'], engines: ['1']}"), ENGINE, ADA) == [f"{MEMORIES}/a/revisions/1"]
    assert found(rights("{callers: ['*'], engines: ['1']}"), elsewhere, EVE) == []
    assert [path for path in whole.read if path.startswith((f"{MEMORIES}/a/", elsewhere))] == [
        f"{MEMORIES}/a/revisions/1",  # what a pattern may cover is read, and hidden
        f"{MEMORIES}/a/revisions/1",
    ]


def test_a_remembered_configuration_is_not_handed_to_whom_the_engine_is_hidden_from() -> None:
    now, name, ports = SystemClock().now(), EngineName("p", "l", "1"), Adapters(Settings())
    remembered = ports.configs.get(name, MemoryBankConfig, now=now)

    def absent() -> MemoryBankConfig:
        raise NotFound("engine does not exist")

    assert narrowed(ports, rights(), write=False).configs.get(name, MemoryBankConfig, now=now) == remembered
    stranger = rights(caller="eve@elsewhere.com")
    with pytest.raises(NotFound):
        narrowed(ports, stranger, write=False).configs.get(name, absent, now=now)


def test_the_store_stays_open_for_others(whole: Watched) -> None:
    NarrowStore(whole, rights(), write=False).close()
    assert whole.get(ENGINE) is not None


def test_what_a_request_has_written_it_may_take_back_and_no_other_may(whole: Watched) -> None:
    mine, part = f"{ENGINE}/operations/1", f"{ENGINE}/operations/1/parts/0"
    store = NarrowStore(whole, rights(), write=True)
    store.commit([Put(part, {"bytes": b"x"})])
    store.commit([Create(mine, {"scope": EVE})])
    for path in (part, mine):
        with pytest.raises(PermissionDenied):
            NarrowStore(whole, rights(), write=True).commit([Delete(path)])
    store.commit([Delete(mine), Delete(part)])
    assert whole.get_many([mine, part]) == [None, None]


TEAM = "{callers: ['*@a.com'], scopes: [{user_id: '*@a.com', team: blue}], access: write}"
NOTHING = Condition(("fact",), "==", "nothing has this")


def test_a_screen_saves_nothing_where_hidden_documents_would_be_told_by_it(whole: Watched) -> None:
    query = Query(MEMORIES, order=NEWEST, limit=3, screen=NOTHING)
    assert NarrowStore(whole, rights(TEAM), write=False).query(query) == []
    assert len(whole.read) == 10, "what is hidden is read whether the screen fits it or not"


def test_a_screen_is_used_in_a_scope_that_the_caller_may_read(whole: Watched) -> None:
    own = (Where("scope_key", "==", scope_key(EVE)),)
    store = NarrowStore(whole, rights(), write=False)
    assert store.query(Query(MEMORIES, where=own, order=NEWEST, limit=3, screen=NOTHING)) == []
    assert whole.read == []
    where = (*own, Where("embedding_model", "==", "m"), Where("memory_type", "==", "t"))
    search = Nearest(MEMORIES, "embedding", Vector((1.0, 0.0)), where=where, limit=3, screen=NOTHING)
    assert store.nearest(search) == []


def test_a_screen_is_used_in_a_scope_that_the_request_had_to_name(whole: Watched) -> None:
    scope = {"user_id": "eve@a.com", "team": "blue"}
    asked = rights(TEAM)
    asked.require_scope(EngineName("p", "l", "1"), scope, write=False)
    query = Query(MEMORIES, where=(Where("scope_key", "==", scope_key(scope)),), order=NEWEST, screen=NOTHING)
    whole.commit([Create(f"{MEMORIES}/b", memory(scope))])
    assert NarrowStore(whole, asked, write=False).query(query) == []
    assert whole.read == []

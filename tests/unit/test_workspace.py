"""Changes on their way to one commit: one write per memory, one revision per change."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta

import pytest

from memorybank.bank.memories.lifetimes import REVISION_LIFE
from memorybank.bank.memories.origin import Origin
from memorybank.bank.memories.records import NATURAL, MemoryRecord, record_of
from memorybank.bank.memories.workspace import Workspace
from memorybank.errors import Aborted, AlreadyExists
from memorybank.ports.documents import Create, Patch, Put, Vector, Write
from memorybank.resources.config import MemoryBankConfig
from memorybank.resources.memory import Memory, RevisionOptions
from memorybank.storage.sqlite import SqliteStore
from memorybank.testing.frozen import START

PATH = "engines/p:l:1/memories/m"
ORIGIN, QUIET = Origin(RevisionOptions()), Origin(RevisionOptions(disable_memory_revisions=True))
VECTOR = Vector((1.0, 0.0))
RETENTION = timedelta(hours=3)


def _workspace(minutes: int = 0, **config: object) -> Workspace:
    return Workspace(MemoryBankConfig.model_validate(config), START + timedelta(minutes=minutes), RETENTION)


def _create(workspace: Workspace, fact: str = "I like tea", *, origin: Origin = ORIGIN) -> MemoryRecord:
    memory = Memory(fact=fact, scope={"user_id": "ada"}, memory_type=NATURAL)
    return workspace.create(PATH, memory, vector=VECTOR, model="m", origin=origin)


def _kinds(writes: Sequence[Write]) -> list[tuple[type, str]]:
    return [(type(write), "revision" if "/revisions/" in write.path else "memory") for write in writes]


@pytest.fixture
def store() -> Iterator[SqliteStore]:
    store = SqliteStore(":memory:")
    yield store
    store.close()


def _stored(store: SqliteStore) -> MemoryRecord:
    """Store a memory and return it as it is read: without its vector."""
    workspace = _workspace()
    _create(workspace)
    store.commit(workspace.writes())
    document = store.get(PATH, fields=[field for field in store.get(PATH).data if field != "embedding"])  # type: ignore[union-attr]  # just stored
    assert document is not None
    return record_of(document)


def test_an_empty_workspace_writes_nothing() -> None:
    assert _workspace().writes() == []


def test_a_creation_is_one_revision_and_one_memory_that_must_not_exist(store: SqliteStore) -> None:
    workspace = _workspace()
    record = _create(workspace)
    assert _kinds(workspace.writes()) == [(Create, "revision"), (Create, "memory")]
    assert record.first_sequence == record.sequence == int(START.timestamp() * 1_000_000) << 11
    assert record.memory.create_time == record.memory.update_time == START
    store.commit(workspace.writes())
    with pytest.raises(AlreadyExists):
        store.commit(workspace.writes())


def test_a_creation_and_its_updates_are_one_write_of_the_memory_and_a_revision_each(store: SqliteStore) -> None:
    workspace = _workspace()
    record = _create(workspace)
    for fact in ("I like green tea", "I like black tea"):
        record = workspace.update(record, ORIGIN, changes={"fact": fact}, vector=(VECTOR, "m"))
    writes = workspace.writes()
    assert _kinds(writes) == [(Create, "revision")] * 3 + [(Create, "memory")]
    store.commit(writes)
    document = store.get(PATH)
    assert document is not None
    assert document.data["fact"] == "I like black tea"
    assert document.data["latest_revision"] == record.latest_revision == str(record.sequence)


def test_revisions_made_at_one_moment_are_numbered_upwards() -> None:
    workspace = _workspace()
    first = _create(workspace)
    second = workspace.update(first, ORIGIN, changes={"display_name": "a"})
    assert second.sequence == first.sequence + 1


def test_a_clock_that_goes_backwards_does_not_turn_the_order_of_revisions_round(store: SqliteStore) -> None:
    record = _stored(store)
    changed = _workspace(minutes=-5).update(record, ORIGIN, changes={"display_name": "a"})
    assert changed.sequence == record.sequence + 1


def test_a_change_that_leaves_the_fact_alone_leaves_the_vector_alone(store: SqliteStore) -> None:
    record = _stored(store)
    workspace = _workspace(minutes=1)
    workspace.update(record, ORIGIN, changes={"display_name": "drinks"})
    assert _kinds(workspace.writes()) == [(Create, "revision"), (Patch, "memory")]
    store.commit(workspace.writes())
    document = store.get(PATH)
    assert document is not None
    assert (document.data["display_name"], document.data["embedding"]) == ("drinks", VECTOR)


def test_a_new_fact_replaces_the_whole_document_with_its_hash_and_vector(store: SqliteStore) -> None:
    record = _stored(store)
    workspace = _workspace(minutes=1)
    workspace.update(record, ORIGIN, changes={"fact": "I like milk"}, vector=(Vector((0.0, 1.0)), "n"))
    assert _kinds(workspace.writes()) == [(Create, "revision"), (Put, "memory")]
    before = store.get(PATH)
    store.commit(workspace.writes())
    after = store.get(PATH)
    assert before is not None
    assert after is not None
    assert after.data["fact_hash"] != before.data["fact_hash"]
    assert (after.data["embedding"], after.data["embedding_model"]) == (Vector((0.0, 1.0)), "n")
    assert after.data.keys() == before.data.keys()


@pytest.mark.parametrize("change", ["patch", "put", "delete"])
def test_every_change_of_a_stored_memory_fails_if_somebody_else_changed_it_first(
    change: str, store: SqliteStore
) -> None:
    record = _stored(store)
    workspace = _workspace(minutes=1)
    if change == "delete":
        workspace.delete(record, ORIGIN, revisions=[])
    else:
        vector = (VECTOR, "m") if change == "put" else None
        workspace.update(record, ORIGIN, changes={"fact": "I like milk"}, vector=vector)
    store.commit([Patch(PATH, {"display_name": "first"})])
    before = store.below("engines", limit=100)
    with pytest.raises(Aborted):
        store.commit(workspace.writes())
    assert store.below("engines", limit=100) == before


def test_a_deletion_leaves_a_mark_and_cuts_the_life_of_the_revisions(store: SqliteStore) -> None:
    record = _stored(store)
    revision = store.get(f"{PATH}/revisions/{record.sequence}")
    assert revision is not None
    workspace = _workspace(minutes=1)
    workspace.delete(record, ORIGIN, revisions=[revision])
    store.commit(workspace.writes())
    assert store.get(PATH) is None
    end = START + timedelta(minutes=1) + RETENTION
    kept, mark = (store.get(path) for path in sorted(store.below(PATH, limit=10)))
    assert kept is not None
    assert mark is not None
    assert (kept.data["expire_time"], kept.data["kept_until"]) == (end, START + REVISION_LIFE)
    assert (mark.data["deleted"], mark.data["expire_time"]) == (True, end)
    assert "snapshot" not in mark.data
    assert kept.data["delete_after"] == end
    assert "delete_after" not in mark.data, "Firestore must not delete what leads the sweep to older revisions"


def test_firestore_may_delete_a_revision_by_itself_when_its_life_ends(store: SqliteStore) -> None:
    record = _stored(store)
    path = f"{PATH}/revisions/{record.sequence}"
    deleting, restoring = _workspace(minutes=1), _workspace(minutes=2)
    for workspace in (deleting, restoring):
        revision = store.get(path)
        assert revision is not None
        assert revision.data["delete_after"] == revision.data["expire_time"]
        if workspace is deleting:
            workspace.delete(record, ORIGIN, revisions=[revision])
        else:
            workspace.lengthen([revision])
        store.commit(workspace.writes())
    restored = store.get(path)
    assert restored is not None
    assert restored.data["delete_after"] == restored.data["expire_time"] == START + REVISION_LIFE


def test_a_revision_that_ends_sooner_is_not_lengthened_by_a_deletion(store: SqliteStore) -> None:
    record = _stored(store)
    path = f"{PATH}/revisions/{record.sequence}"
    store.commit([Patch(path, {"expire_time": START + timedelta(hours=1)})])
    revision = store.get(path)
    assert revision is not None
    workspace = _workspace(minutes=1)
    workspace.delete(record, ORIGIN, revisions=[revision])
    store.commit(workspace.writes())
    cut = store.get(path)
    assert cut is not None
    assert cut.data["expire_time"] == START + timedelta(hours=1)


def test_what_is_made_and_deleted_in_one_workspace_leaves_revisions_of_a_short_life_only() -> None:
    workspace = _workspace()
    record = _create(workspace)
    workspace.delete(record, ORIGIN, revisions=[])
    writes = workspace.writes()
    assert _kinds(writes) == [(Create, "revision"), (Create, "revision")]
    assert {write.data["expire_time"] for write in writes if isinstance(write, Create)} == {START + RETENTION}
    assert workspace.living() == []


def test_without_revisions_only_the_memory_is_written() -> None:
    for workspace, origin in ((_workspace(), QUIET), (_workspace(disableMemoryRevisions=True), ORIGIN)):
        record = _create(workspace, origin=origin)
        assert _kinds(workspace.writes()) == [(Create, "memory")]
        assert record.latest_revision is None


def test_the_changed_memories_are_told_oldest_change_first() -> None:
    workspace = _workspace()
    first = _create(workspace)
    other = Memory(fact="I paint", scope={"user_id": "ada"}, memory_type=NATURAL)
    second = workspace.create(f"{PATH}2", other, vector=VECTOR, model="m", origin=ORIGIN)
    first = workspace.update(first, ORIGIN, changes={"display_name": "a"})
    assert [record.path for record in workspace.living()] == [second.path, first.path]

"""The part of the store contract about commits: all or nothing, each write on its own condition."""
# ruff: noqa: D102 (these are tests: names are sentences, numbers are literal)
# ruff: noqa: ARG002 (fixtures are taken for their effect)

from __future__ import annotations

import pytest

from memorybank.errors import Aborted, AlreadyExists, InvalidArgument, MemoryBankError, NotFound
from memorybank.ports.documents import Create, Delete, DocumentStore, Patch, Put, Vector, Version, Write
from memorybank.testing.contracts.store_values import Somewhere, read


class CommitContract(Somewhere):
    """Writes, versions and preconditions."""

    @pytest.fixture
    def versions(self, store: DocumentStore, engine: str) -> tuple[Version, Version]:
        """Return a stale and the current version of `engine`."""
        (stale,) = store.commit([Create(engine, {"a": 1, "b": {"x": 1, "y": 2}})])
        (current,) = store.commit([Patch(engine, {"a": 2})])
        return stale, current

    def test_create_writes_what_is_not_there(self, store: DocumentStore, engine: str) -> None:
        (version,) = store.commit([Create(engine, {"a": 1})])

        assert read(store, engine).data == {"a": 1}
        assert read(store, engine).version == version

    def test_create_fails_where_something_is(
        self, store: DocumentStore, engine: str, versions: tuple[Version, Version]
    ) -> None:
        with pytest.raises(AlreadyExists):
            store.commit([Create(engine, {"a": 9})])

        assert read(store, engine).data["a"] == 2

    def test_put_replaces_the_whole_document(
        self, store: DocumentStore, engine: str, versions: tuple[Version, Version]
    ) -> None:
        store.commit([Put(engine, {"c": 3}), Put(f"{engine}/memories/new", {"d": 4})])

        assert read(store, engine).data == {"c": 3}
        assert read(store, f"{engine}/memories/new").data == {"d": 4}

    def test_patch_replaces_only_the_fields_given_and_those_whole(
        self, store: DocumentStore, engine: str, versions: tuple[Version, Version]
    ) -> None:
        store.commit([Patch(engine, {"b": {"z": 3}, "c": None})])

        assert read(store, engine).data == {"a": 2, "b": {"z": 3}, "c": None}

    def test_patch_fails_where_there_is_nothing(self, store: DocumentStore, engine: str) -> None:
        with pytest.raises(NotFound):
            store.commit([Patch(engine, {"a": 1})])

        assert store.get(engine) is None

    def test_delete_removes_a_document_and_not_those_below(
        self, store: DocumentStore, engine: str, versions: tuple[Version, Version]
    ) -> None:
        store.commit([Create(f"{engine}/memories/m", {"a": 1})])

        store.commit([Delete(engine)])

        assert store.get(engine) is None
        assert read(store, f"{engine}/memories/m").data == {"a": 1}

    def test_to_delete_what_is_not_there_is_fine(self, store: DocumentStore, engine: str) -> None:
        store.commit([Delete(engine), Create(f"{engine}/memories/m", {})])

        assert store.get(engine) is None
        assert store.get(f"{engine}/memories/m") is not None

    def test_the_current_version_lets_a_write_pass(
        self, store: DocumentStore, engine: str, versions: tuple[Version, Version]
    ) -> None:
        _, current = versions
        assert read(store, engine).version == current

        (current,) = store.commit([Put(engine, {"a": 3}, current)])
        (current,) = store.commit([Patch(engine, {"b": 4}, current)])
        assert read(store, engine).data == {"a": 3, "b": 4}

        store.commit([Delete(engine, current)])
        assert store.get(engine) is None

    def test_a_stale_version_aborts_a_write(
        self, store: DocumentStore, engine: str, versions: tuple[Version, Version]
    ) -> None:
        stale, current = versions
        writes: list[Write] = [Put(engine, {"a": 9}, stale), Patch(engine, {"a": 9}, stale), Delete(engine, stale)]

        for write in writes:
            with pytest.raises(Aborted):
                store.commit([write])

        assert read(store, engine).version == current

    def test_the_version_of_a_deleted_document_is_stale(
        self, store: DocumentStore, engine: str, versions: tuple[Version, Version]
    ) -> None:
        _, gone = versions
        store.commit([Delete(engine)])

        with pytest.raises(Aborted):
            store.commit([Put(engine, {"a": 9}, gone)])
        with pytest.raises(Aborted):
            store.commit([Delete(engine, gone)])
        with pytest.raises(NotFound):
            store.commit([Patch(engine, {"a": 9}, gone)])
        assert store.get(engine) is None

    def test_a_version_does_not_come_back_with_a_new_document_of_the_same_path(
        self, store: DocumentStore, engine: str, versions: tuple[Version, Version]
    ) -> None:
        store.commit([Delete(engine)])
        store.commit([Create(engine, {"a": 1, "b": {"x": 1, "y": 2}})])

        for version in versions:
            with pytest.raises(Aborted):
                store.commit([Patch(engine, {"a": 9}, version)])

    def test_every_change_gives_a_version_never_seen(self, store: DocumentStore, engine: str) -> None:
        seen = [store.commit([Put(engine, {"n": n})])[0] for n in range(5)]

        assert all(one != other for n, one in enumerate(seen) for other in seen[:n])
        assert read(store, engine).version == seen[-1]

    def test_versions_come_in_the_order_of_the_writes(self, store: DocumentStore, engine: str) -> None:
        paths = [f"{engine}/memories/{n}" for n in (2, 0, 1)]
        store.commit([Create(paths[1], {"n": 0})])

        versions = store.commit([Create(paths[0], {}), Delete(paths[1]), Create(paths[2], {})])

        assert len(versions) == len(paths)
        assert read(store, paths[0]).version == versions[0]
        assert read(store, paths[2]).version == versions[2]
        assert store.commit([]) == []

    @pytest.mark.parametrize("position", [0, 1, 4])
    @pytest.mark.parametrize(
        "failing", ["create", "patch", "put", "delete"], ids=["exists", "missing", "stale put", "stale delete"]
    )
    def test_a_failed_precondition_leaves_nothing_written(
        self, store: DocumentStore, engine: str, failing: str, position: int
    ) -> None:
        old, other = f"{engine}/memories/old", f"{engine}/memories/other"
        (stale,) = store.commit([Create(old, {"n": 0})])
        store.commit([Put(old, {"n": 1}), Create(other, {"n": 1, "embedding": Vector((1.0,))})])
        failure: dict[str, Write] = {
            "create": Create(old, {}),
            "patch": Patch(f"{engine}/memories/none", {}),
            "put": Put(old, {}, stale),
            "delete": Delete(old, stale),
        }
        writes: list[Write] = [
            Create(f"{engine}/memories/new", {}),
            Put(f"{engine}/memories/put", {}),
            Patch(other, {"n": 2, "embedding": Vector((2.0,))}),
            Delete(f"{engine}/memories/absent"),
        ]
        writes.insert(position, failure[failing])

        with pytest.raises(MemoryBankError) as caught:
            store.commit(writes)

        assert type(caught.value) is {"create": AlreadyExists, "patch": NotFound}.get(failing, Aborted)
        assert store.below(engine, limit=10) in ([old, other], [other, old])
        assert read(store, old).data == {"n": 1}
        assert read(store, other).data == {"n": 1, "embedding": Vector((1.0,))}

    def test_a_path_twice_in_a_commit_is_refused(self, store: DocumentStore, engine: str) -> None:
        with pytest.raises(InvalidArgument):
            store.commit([Put(engine, {"a": 1}), Put(f"{engine}/memories/m", {}), Delete(engine)])

        assert store.get(engine) is None
        assert store.get(f"{engine}/memories/m") is None

    def test_below_finds_documents_at_any_depth(self, store: DocumentStore, engine: str) -> None:
        inside = {f"{engine}/memories/m{n}" for n in range(3)} | {f"{engine}/memories/none/revisions/r"}
        beside = [engine, f"{engine}x/memories/m", f"{engine}-/memories/m", f"{engine}/memories2/m"]
        store.commit([Create(path, {}) for path in [*inside, *beside]])

        assert set(store.below(f"{engine}/memories", limit=10)) == inside
        assert set(store.below(engine, limit=10)) == {*inside, f"{engine}/memories2/m"}
        assert store.below(f"{engine}/memories/none", limit=10) == [f"{engine}/memories/none/revisions/r"]
        assert store.below(f"{engine}/memories/m0", limit=10) == []

    def test_below_finds_no_more_than_its_limit(self, store: DocumentStore, engine: str) -> None:
        paths = {f"{engine}/memories/m{n}" for n in range(5)}
        store.commit([Create(path, {}) for path in paths])

        found = store.below(engine, limit=3)

        assert len(set(found)) == 3
        assert paths.issuperset(found)

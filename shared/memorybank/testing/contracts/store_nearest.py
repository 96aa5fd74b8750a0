"""The part of the store contract about searching by vector."""
# ruff: noqa: D102 (these are tests: their names are sentences)

from __future__ import annotations

import math
from typing import Any

import pytest

from memorybank.errors import InvalidArgument
from memorybank.ports.documents import (
    MAX_NEAREST,
    Create,
    Data,
    Delete,
    Document,
    DocumentStore,
    Hit,
    Nearest,
    Patch,
    Put,
    Vector,
    Where,
)
from memorybank.testing.contracts.store_values import Somewhere

PARTITION = {"scope_key": "s", "embedding_model": "e", "memory_type": "t"}
"""A value for each equality field of the declared index of memories."""


def at(*values: float, **fields: Any) -> Data:
    """Return a memory with that embedding, in `PARTITION` but for what `fields` says."""
    return {**PARTITION, "embedding": Vector(values), **fields}


def near(collection: str, *values: float, limit: int = 10, **partition: Any) -> Nearest:
    """Return a search in `PARTITION` but for what `partition` says."""
    where = tuple(Where(field, "==", value) for field, value in {**PARTITION, **partition}.items())
    return Nearest(collection, "embedding", Vector(values), where, limit, ("fact",))


def found(hits: list[Hit]) -> dict[str, float]:
    """Return distances by id, in order."""
    return {hit.document.id: hit.distance for hit in hits}


class NearestContract(Somewhere):
    """Finding documents by the distance of their vectors."""

    @pytest.fixture
    def plane(self, store: DocumentStore, engine: str) -> str:
        """Return the path of a collection with memories at (n, 0), n = 0..4."""
        collection = f"{engine}/memories"
        store.commit([Create(f"{collection}/m{n}", at(float(n), 0.0, fact=f"f{n}")) for n in (3, 1, 0, 4, 2)])
        return collection

    def test_the_nearest_come_first_with_their_euclidean_distance(self, store: DocumentStore, plane: str) -> None:
        hits = store.nearest(near(plane, 2.25, 1.0, limit=3))

        distances = {"m2": math.hypot(0.25, 1), "m3": math.hypot(0.75, 1), "m1": math.hypot(1.25, 1)}
        assert found(hits) == pytest.approx(distances, rel=1e-6)
        assert list(found(hits)) == list(distances)
        assert hits[0].document.data == {"fact": "f2"}

    def test_vectors_close_together_are_told_apart(self, store: DocumentStore, engine: str) -> None:
        far = 100.0
        store.commit([Create(f"{engine}/memories/m{n}", at(far, far + n / 64)) for n in (2, 0, 3, 1)])

        hits = store.nearest(near(f"{engine}/memories", far, far, limit=2))

        assert found(hits) == pytest.approx({"m0": 0.0, "m1": 1 / 64}, abs=1e-9)
        assert list(found(hits)) == ["m0", "m1"]

    def test_fewer_than_the_limit_are_all(self, store: DocumentStore, engine: str, plane: str) -> None:
        assert list(found(store.nearest(near(plane, -1.0, 0.0, limit=MAX_NEAREST)))) == [
            "m0",
            "m1",
            "m2",
            "m3",
            "m4",
        ]
        assert store.nearest(near(f"{engine}/nothing/m/memories", 0.0, 0.0)) == []

    def test_other_partitions_and_collections_never_leak(self, store: DocumentStore, engine: str, plane: str) -> None:
        for field in PARTITION:
            store.commit([Create(f"{plane}/{field}", at(0.0, 0.0, **{field: "other"}))])
            store.commit([Create(f"{plane}/no-{field}", at(0.0, 0.0, **{field: None}))])
        store.commit([Create(f"{engine}x/memories/elsewhere", at(0.0, 0.0))])
        store.commit([Create(f"{plane}/m0/memories/below", at(0.0, 0.0))])

        assert list(found(store.nearest(near(plane, 0.0, 0.0)))) == ["m0", "m1", "m2", "m3", "m4"]
        for field in PARTITION:
            other: dict[str, Any] = {field: "other"}
            assert list(found(store.nearest(near(plane, 0.0, 0.0, **other)))) == [field]

    def test_vectors_of_another_length_are_passed_over(self, store: DocumentStore, plane: str) -> None:
        store.commit([Create(f"{plane}/short", at(0.0)), Create(f"{plane}/long", at(0.0, 0.0, 0.0))])

        assert list(found(store.nearest(near(plane, 0.0, 0.0, limit=2)))) == ["m0", "m1"]
        assert list(found(store.nearest(near(plane, 0.0)))) == ["short"]
        assert list(found(store.nearest(near(plane, 0.0, 0.0, 0.0)))) == ["long"]
        assert store.nearest(near(plane, 0.0, 0.0, 0.0, 0.0)) == []

    def test_documents_without_a_vector_are_passed_over(self, store: DocumentStore, plane: str) -> None:
        store.commit([Create(f"{plane}/none", {**PARTITION}), Create(f"{plane}/null", at(embedding=None))])

        assert list(found(store.nearest(near(plane, 0.0, 0.0)))) == ["m0", "m1", "m2", "m3", "m4"]

    def test_a_search_sees_every_write_before_it(self, store: DocumentStore, plane: str) -> None:
        def seen() -> dict[str, float]:
            return found(store.nearest(near(plane, 0.0, 0.0)))

        assert list(seen()) == ["m0", "m1", "m2", "m3", "m4"]
        store.commit([Create(f"{plane}/new", at(0.5, 0.0))])
        assert list(seen()) == ["m0", "new", "m1", "m2", "m3", "m4"]
        store.commit([Patch(f"{plane}/m1", {"embedding": Vector((9.0, 0.0))})])
        assert list(seen()) == ["m0", "new", "m2", "m3", "m4", "m1"]
        store.commit([Delete(f"{plane}/m0"), Create(f"{plane}/newer", at(0.0, 0.25))])
        assert list(seen()) == ["newer", "new", "m2", "m3", "m4", "m1"]
        store.commit([Patch(f"{plane}/m2", {"embedding": None}), Put(f"{plane}/m3", {"fact": "no vector"})])
        assert seen() == pytest.approx({"newer": 0.25, "new": 0.5, "m4": 4.0, "m1": 9.0})

    def test_a_document_that_moves_is_found_where_it_went(self, store: DocumentStore, plane: str) -> None:
        assert store.nearest(near(plane, 0.0, 0.0, scope_key="other")) == []

        store.commit([Patch(f"{plane}/m1", {"scope_key": "other"})])
        assert list(found(store.nearest(near(plane, 0.0, 0.0)))) == ["m0", "m2", "m3", "m4"]
        assert found(store.nearest(near(plane, 0.0, 0.0, scope_key="other"))) == pytest.approx({"m1": 1.0})

        store.commit([Patch(f"{plane}/m1", {"scope_key": "s"})])
        assert list(found(store.nearest(near(plane, 0.0, 0.0)))) == ["m0", "m1", "m2", "m3", "m4"]
        assert store.nearest(near(plane, 0.0, 0.0, scope_key="other")) == []

    def test_a_patch_of_another_field_keeps_the_vector_and_is_seen(self, store: DocumentStore, plane: str) -> None:
        store.nearest(near(plane, 0.0, 0.0))

        (version,) = store.commit([Patch(f"{plane}/m1", {"fact": "new"})])

        (hit,) = store.nearest(near(plane, 1.0, 0.0, limit=1))
        assert hit.document == Document(f"{plane}/m1", {"fact": "new"}, version)

    def test_an_emptied_partition_can_fill_again(self, store: DocumentStore, plane: str) -> None:
        store.nearest(near(plane, 0.0, 0.0))
        store.commit([*(Delete(f"{plane}/m{n}") for n in range(5)), Create(f"{plane}/new", at(5.0, 0.0))])
        assert found(store.nearest(near(plane, 0.0, 0.0))) == pytest.approx({"new": 5.0})

        store.commit([Delete(f"{plane}/new")])
        assert store.nearest(near(plane, 0.0, 0.0)) == []

        store.commit([Create(f"{plane}/new", at(6.0, 0.0))])
        assert found(store.nearest(near(plane, 0.0, 0.0))) == pytest.approx({"new": 6.0})

    def test_a_projection_may_ask_for_the_vector_or_for_all(self, store: DocumentStore, plane: str) -> None:
        where = near(plane).where
        vector = Vector((0.0, 0.0))

        (named,) = store.nearest(Nearest(plane, "embedding", vector, where, 1, ("embedding", "fact")))
        (everything,) = store.nearest(Nearest(plane, "embedding", vector, where, 1))
        (nothing,) = store.nearest(Nearest(plane, "embedding", vector, where, 1, ()))

        assert named.document.data == {"embedding": vector, "fact": "f0"}
        assert everything.document.data == at(0.0, 0.0, fact="f0")
        assert nothing.document.data == {}

    @pytest.mark.parametrize("limit", [-1, 0, MAX_NEAREST + 1])
    def test_a_limit_out_of_bounds_is_refused(self, store: DocumentStore, plane: str, limit: int) -> None:
        with pytest.raises(InvalidArgument):
            store.nearest(near(plane, 0.0, 0.0, limit=limit))

    def test_a_search_without_its_declared_index_is_refused(self, store: DocumentStore, plane: str) -> None:
        good = near(plane, 0.0, 0.0)
        for where in (
            good.where[:-1],
            (*good.where, Where("fact", "==", "f")),
            (*good.where[:-1], Where("a", "==", 1)),
        ):
            with pytest.raises(InvalidArgument):
                store.nearest(Nearest(plane, "embedding", good.vector, where, 1))

"""The part of the store contract about a driver that fails: callers get `Unavailable`, and lose no data.

A subclass provides the fixture `outage`, a context manager inside which the driver fails. If an outage does not stop
all calls, the subclass lists those that it stops in `STOPPED`.
"""
# ruff: noqa: D102 (these are tests: their names are sentences)

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import ClassVar, TypeAlias

import pytest

from memorybank.errors import MemoryBankError, Unavailable
from memorybank.ports.documents import Create, DocumentStore, Patch, Put, Query
from memorybank.testing.contracts.store_nearest import at, near
from memorybank.testing.contracts.store_values import Somewhere, read

Outage: TypeAlias = Callable[[], AbstractContextManager[None]]

CALLS: dict[str, Callable[[DocumentStore, str], object]] = {
    "get": lambda store, engine: store.get(engine),
    "get_many": lambda store, engine: store.get_many([engine, f"{engine}/memories/m"]),
    "query": lambda store, engine: store.query(Query(f"{engine}/memories")),
    "count": lambda store, engine: store.count(Query(f"{engine}/memories")),
    "nearest": lambda store, engine: store.nearest(near(f"{engine}/memories", 0.0)),
    "below": lambda store, engine: store.below(engine, limit=10),
    "commit": lambda store, engine: store.commit([Put(engine, {"n": 2}), Create(f"{engine}/memories/n", {})]),
}
"""Every call of the port that reaches the driver."""


class FaultContract(Somewhere):
    """Outages of the driver."""

    STOPPED: ClassVar[frozenset[str]] = frozenset(CALLS)
    """The calls that an outage of this store stops; others may go on."""

    @pytest.mark.parametrize("name", CALLS)
    def test_a_driver_that_fails_is_unavailable_and_its_error_is_the_cause(
        self, store: DocumentStore, engine: str, outage: Outage, name: str
    ) -> None:
        store.commit([Create(engine, {"n": 1}), Create(f"{engine}/memories/m", at(1.0))])
        before = CALLS[name](store, engine) if name != "commit" else None

        with outage():
            if name not in self.STOPPED:
                assert CALLS[name](store, engine) == before
                return
            with pytest.raises(Unavailable) as caught:
                CALLS[name](store, engine)

        assert type(caught.value) is Unavailable
        assert caught.value.__cause__ is not None
        assert not isinstance(caught.value.__cause__, MemoryBankError)
        assert caught.value.message

    def test_a_commit_that_was_refused_has_left_nothing(
        self, store: DocumentStore, engine: str, outage: Outage
    ) -> None:
        (version,) = store.commit([Create(engine, {"n": 1})])

        with outage(), pytest.raises(Unavailable):
            CALLS["commit"](store, engine)

        assert (read(store, engine).data, read(store, engine).version) == ({"n": 1}, version)
        assert store.get(f"{engine}/memories/n") is None

    def test_a_store_serves_again_when_the_outage_is_over(
        self, store: DocumentStore, engine: str, outage: Outage
    ) -> None:
        (version,) = store.commit([Create(engine, {"n": 1})])

        for _ in range(2):
            with outage(), pytest.raises(Unavailable):
                CALLS["commit"](store, engine)

        store.commit([Patch(engine, {"n": 3}, version)])
        assert read(store, engine).data == {"n": 3}
        assert store.query(Query(f"{engine}/memories")) == []

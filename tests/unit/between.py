"""A store that lets something happen just before one of its calls."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any, cast

from memorybank.ports.documents import DocumentStore
from tests.unit.policy import Policy


class Between:
    """A store that calls `then` before its call number `at`, once; `at` is -1 when that has happened."""

    def __init__(self, store: DocumentStore, *, at: int = -1, then: Callable[[], object] = lambda: None) -> None:
        self._store, self.calls, self.at, self.then = store, 0, at, then

    def __getattr__(self, method: str) -> Any:
        found = getattr(self._store, method)

        def call(*arguments: Any, **options: Any) -> Any:
            self.calls += 1
            if self.calls == self.at:
                self.at = -1
                self.then()
            return found(*arguments, **options)

        return call


def seen_through(policy: Policy, *, at: int = -1, then: Callable[[], object] = lambda: None) -> tuple[Between, Policy]:
    """Return the bank as somebody sees it before whose call number `at` of the store something happens."""
    between = Between(policy.ports.store, at=at, then=then)
    return between, replace(policy, ports=replace(policy.ports, store=cast("DocumentStore", between)))

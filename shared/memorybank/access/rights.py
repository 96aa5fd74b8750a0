"""What one caller may do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from memorybank.access.patterns import Pattern
from memorybank.errors import NotFound, PermissionDenied
from memorybank.resources.names import EngineName
from memorybank.resources.scopes import scope_key

ScopePattern = Mapping[str, Pattern]
"""Matches the scopes that have exactly its keys, each with a value that matches."""


@dataclass(frozen=True)
class Grant:
    """A right to read, and to write if `write`, in the engines that match one of the patterns.

    `scopes` is None for everything in an engine and for the engine itself.
    """

    engines: tuple[Pattern, ...]
    scopes: tuple[ScopePattern, ...] | None
    write: bool

    def covers(self, engine: EngineName) -> bool:
        """Tell whether the grant covers an engine: by its id, or by its full name if the pattern has a slash."""
        name = str(engine)
        return any(
            pattern.matches(name if any("/" in part for part in pattern.parts) else engine.engine)
            for pattern in self.engines
        )

    def allows(self, scope: Mapping[str, str]) -> bool:
        """Tell whether the grant covers a scope."""
        return self.scopes is None or any(
            pattern.keys() == scope.keys() and all(pattern[key].matches(value) for key, value in scope.items())
            for pattern in self.scopes
        )

    def scope_keys(self) -> frozenset[str] | None:
        """Return the keys of all scopes that the grant covers, or None if they cannot be listed."""
        found = set()
        for pattern in self.scopes or ({},):
            scope = {key: value.exact for key, value in pattern.items()}
            if not scope or None in scope.values():
                return None
            found.add(scope_key({key: value or "" for key, value in scope.items()}))
        return frozenset(found)


class Rights:
    """The sum of one caller's grants, created for one request; without any grants, nothing is allowed.

    Decisions are cached: grants are compared with an engine once, and with a scope once for reading and once for
    writing, however often handlers and the store ask.
    """

    def __init__(self, grants: Sequence[Grant], *, caller: str = "the caller") -> None:
        self.caller = caller
        self._grants = tuple(grants)
        self._covering: dict[EngineName, tuple[Grant, ...]] = {}
        self._decided: dict[tuple[EngineName, frozenset[tuple[str, str]], bool], bool] = {}
        self._required: set[tuple[EngineName, str]] = set()

    def knows(self, engine: EngineName) -> bool:
        """Tell whether the caller may learn that an engine exists."""
        return bool(self._of(engine, write=False))

    def unlimited(self, engine: EngineName, *, write: bool) -> bool:
        """Tell whether the caller may read, or also write, all of an engine regardless of scope."""
        return any(grant.scopes is None for grant in self._of(engine, write=write))

    def allows(self, engine: EngineName, scope: Mapping[str, str], *, write: bool) -> bool:
        """Tell whether the caller may read, or also write, what belongs to a scope."""
        decision = engine, frozenset(scope.items()), write
        if decision not in self._decided:
            self._decided[decision] = any(grant.allows(scope) for grant in self._of(engine, write=write))
        return self._decided[decision]

    def scope_keys(self, engine: EngineName) -> frozenset[str] | None:
        """Return the keys of all scopes that the caller may read, or None if they cannot be listed."""
        found: set[str] = set()
        for grant in self._of(engine, write=False):
            keys = grant.scope_keys()
            if keys is None:
                return None
            found |= keys
        return frozenset(found)

    def includes(self, engine: EngineName, keys: AbstractSet[str]) -> bool:
        """Tell whether all of these keys are certain to belong to scopes that the caller may read."""
        others = {key for key in keys if (engine, key) not in self._required}
        return not others or others <= (self.scope_keys(engine) or frozenset())

    def excludes(self, engine: EngineName, keys: AbstractSet[str]) -> bool:
        """Tell whether one of these keys is certain to belong to a scope that the caller may not read."""
        if all((engine, key) in self._required for key in keys):
            return False
        known = self.scope_keys(engine)
        return known is not None and not keys <= known

    def require_scope(self, engine: EngineName, scope: Mapping[str, str] | None, *, write: bool) -> None:
        """Refuse a request for a scope that the caller may not use; a request without a scope is refused elsewhere."""
        self.require_known(engine)
        if scope is None:
            return
        if not self.allows(engine, scope, write=write):
            raise PermissionDenied(f"{self.caller} may not {'write' if write else 'read'} memories of this scope.")
        self._required.add((engine, scope_key(scope)))

    def require_engine(self, engine: EngineName) -> None:
        """Refuse a request to change or delete an engine, which requires the right to write regardless of scope."""
        self.require_known(engine)
        self.require_new_engine(engine)

    def require_new_engine(self, engine: EngineName) -> None:
        """Refuse a request to create an engine; its id is new, so only patterns that match any id allow it."""
        if not self.unlimited(engine, write=True):
            raise PermissionDenied(f"{self.caller} may not create, change or delete this engine.")

    def require_chosen_id(self, engine: EngineName) -> None:
        """Refuse an id chosen by a caller limited to scopes: a conflict would reveal others' memories."""
        if not self.unlimited(engine, write=True):
            raise PermissionDenied(
                f"{self.caller} is limited to scopes and may not choose the ids of memories: leave memoryId out."
            )

    def require_known(self, engine: EngineName) -> None:
        """Refuse a request about an engine that the caller may not know of, as if it did not exist."""
        if not self.knows(engine):
            raise NotFound(f"engine {engine} does not exist")

    def _of(self, engine: EngineName, *, write: bool) -> list[Grant]:
        if engine not in self._covering:
            self._covering[engine] = tuple(grant for grant in self._grants if grant.covers(engine))
        return [grant for grant in self._covering[engine] if grant.write or not write]


class _Unlimited(Rights):
    """Allows everything. It is shared by all requests, so it caches nothing."""

    def knows(self, engine: EngineName) -> bool:
        del engine
        return True

    def unlimited(self, engine: EngineName, *, write: bool) -> bool:
        del engine, write
        return True

    def require_scope(self, engine: EngineName, scope: Mapping[str, str] | None, *, write: bool) -> None:
        del engine, scope, write

    def allows(self, engine: EngineName, scope: Mapping[str, str], *, write: bool) -> bool:
        del engine, scope, write
        return True

    def scope_keys(self, engine: EngineName) -> frozenset[str] | None:
        del engine
        return None


UNLIMITED: Rights = _Unlimited([Grant((Pattern.of("*"),), None, write=True)])
"""Everybody's rights in a deployment without rules."""

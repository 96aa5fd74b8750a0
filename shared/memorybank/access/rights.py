"""What one caller may do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
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
        """Tell whether it is about an engine: by its id, or by its whole name if the pattern has a slash."""
        name = str(engine)
        return any(
            pattern.matches(name if any("/" in part for part in pattern.parts) else engine.engine)
            for pattern in self.engines
        )

    def allows(self, scope: Mapping[str, str]) -> bool:
        """Tell whether it is about a scope."""
        return self.scopes is None or any(
            pattern.keys() == scope.keys() and all(pattern[key].matches(value) for key, value in scope.items())
            for pattern in self.scopes
        )


class Rights:
    """The sum of one caller's grants; without any, nothing is allowed."""

    def __init__(self, grants: Sequence[Grant], *, caller: str = "the caller") -> None:
        self.caller = caller
        self._grants = tuple(grants)

    def knows(self, engine: EngineName) -> bool:
        """Tell whether the caller may know that an engine exists."""
        return any(grant.covers(engine) for grant in self._grants)

    def unlimited(self, engine: EngineName, *, write: bool) -> bool:
        """Tell whether the caller may read, or also write, all of an engine whatever the scope."""
        return any(grant.scopes is None for grant in self._of(engine, write=write))

    def allows(self, engine: EngineName, scope: Mapping[str, str], *, write: bool) -> bool:
        """Tell whether the caller may read, or also write, what belongs to a scope."""
        return any(grant.allows(scope) for grant in self._of(engine, write=write))

    def scope_keys(self, engine: EngineName) -> frozenset[str] | None:
        """Return the keys of the only scopes that the caller may read, None if they cannot be told one by one."""
        found = set()
        for grant in self._of(engine, write=False):
            for pattern in grant.scopes or ({},):
                scope = {key: value.exact for key, value in pattern.items()}
                if not scope or None in scope.values():
                    return None
                found.add(scope_key({key: value or "" for key, value in scope.items()}))
        return frozenset(found)

    def require_scope(self, engine: EngineName, scope: Mapping[str, str] | None, *, write: bool) -> None:
        """Refuse a request about a scope; one that names none is somebody else's to refuse."""
        self._require_known(engine)
        if scope is not None and not self.allows(engine, scope, write=write):
            raise PermissionDenied(f"{self.caller} may not {'write' if write else 'read'} memories of this scope.")

    def require_engine(self, engine: EngineName) -> None:
        """Refuse a request to change or delete an engine, which takes the right to write whatever the scope."""
        self._require_known(engine)
        self.require_new_engine(engine)

    def require_new_engine(self, engine: EngineName) -> None:
        """Refuse a request to create an engine; its id is new, so only patterns that match any id allow it."""
        if not self.unlimited(engine, write=True):
            raise PermissionDenied(f"{self.caller} may not create, change or delete this engine.")

    def require_chosen_id(self, engine: EngineName) -> None:
        """Refuse an id of the caller's choice to one who is limited to scopes: a taken one would tell of others'."""
        if not self.unlimited(engine, write=True):
            raise PermissionDenied(
                f"{self.caller} is limited to scopes and may not choose the ids of memories: leave memoryId out."
            )

    def _require_known(self, engine: EngineName) -> None:
        if not self.knows(engine):
            raise NotFound(f"engine {engine} does not exist")

    def _of(self, engine: EngineName, *, write: bool) -> list[Grant]:
        return [grant for grant in self._grants if (grant.write or not write) and grant.covers(engine)]


UNLIMITED = Rights([Grant((Pattern.of("*"),), None, write=True)])
"""The rights of everybody where there are no rules."""

"""Routes of resource-oriented APIs: collections and ids by turns, custom methods after a colon (AIP-122, AIP-136).

A template such as `reasoningEngines/{engine}/memories/{memory}:rollback` alternates literal collections with variables.
It is served below `/v1/` and `/v1beta1/`, each with and without `projects/{project}/locations/{location}/`. Because
literals and variables alternate, the literals of a path together with its verb are a dict key, and no pattern matching
is needed.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

from memorybank.errors import NotFound, Unimplemented

VERSIONS = ("v1", "v1beta1")
"""The version segments that paths may begin with."""

_PREFIX = 3  # "", version, first segment of the template
_LOCATION = 4  # projects, {project}, locations, {location}

_MOST_KEPT, _LONGEST_KEPT = 250, 500
"""How many paths a router remembers, and the characters of the longest: a server is asked for the same ones a lot.

A path takes 550 bytes, and most that are asked for once, such as those of memories that are deleted, never come again.
"""

Need: TypeAlias = Literal["read", "write", "task", "nothing"]
"""The permission that a caller needs: to read, to write too, to deliver the deployment's own work, or none."""

_Key: TypeAlias = tuple[tuple[str, ...], int, str | None]


class MethodNotAllowed(Unimplemented):
    """The path is known but not for this HTTP method; rendered as 405, with the methods that are in `Allow`.

    No code of google.rpc maps to 405; UNIMPLEMENTED is the one that says that a resource lacks a method.
    """

    def __init__(self, message: str, *, allowed: Sequence[str]) -> None:
        super().__init__(message)
        self.allowed = tuple(allowed)


@dataclass(frozen=True)
class Route:
    """One method of the API: how it is called, and its handler, which the router itself never calls.

    With `absolute`, `template` is a whole path without variables, such as `/health`. `needs` is "write" for all methods
    but GET unless it says otherwise. `query` holds the camelCase names of the query parameters that it takes; None is
    for a route that does not look at them.
    """

    method: str
    template: str
    handler: Callable[..., Any]
    name: str
    absolute: bool = False
    needs: Need | None = None
    query: tuple[str, ...] | None = ()

    def __post_init__(self) -> None:
        """Set the default of `needs`."""
        if self.needs is None:
            object.__setattr__(self, "needs", "read" if self.method == "GET" else "write")


@dataclass(frozen=True)
class Match:
    """A route found for a path; `version` is empty for an absolute route.

    `params` holds the template's variables, and `project` and `location` where the path names them.
    """

    route: Route
    params: Mapping[str, str]
    version: str


@dataclass(frozen=True)
class _Place:
    """The routes of one path: its variables in order, and a route for each HTTP method."""

    variables: tuple[str, ...]
    routes: dict[str, Route]


class Router:
    """Finds the route of a request in a few dict lookups, whatever the number of routes."""

    def __init__(self, routes: Iterable[Route]) -> None:
        self._absolute: dict[str, _Place] = {}
        self._found: dict[tuple[str, str], Match] = {}
        self._places: dict[_Key, _Place] = {}
        for route in routes:
            place = self._place(route)
            if route.method in place.routes:
                raise ValueError(f"two routes for {route.method} {route.template}")
            place.routes[route.method] = route

    def match(self, method: str, path: str) -> Match:
        """Return the route for a percent-decoded path, or raise `NotFound` or `MethodNotAllowed`."""
        found = self._found.get((method, path))
        if found is None:
            found = self._matched(method, path)
            if len(path) <= _LONGEST_KEPT:
                if len(self._found) >= _MOST_KEPT:
                    self._found.clear()
                self._found[method, path] = found
        return found

    def _matched(self, method: str, path: str) -> Match:
        place = self._absolute.get(path)
        if place is not None:
            return Match(_route_for(place, method, path=path), {}, "")
        version, params, segments = _split_prefix(path)
        last, colon, verb = segments[-1].rpartition(":")
        if colon:
            segments[-1] = last
        place = self._places.get((tuple(segments[::2]), len(segments), verb if colon else None))
        values = segments[1::2]
        if place is None or not all(values):
            raise _unknown(path, known=self._verbs(segments) if colon else ())
        params.update(zip(place.variables, values, strict=True))
        return Match(_route_for(place, method, path=path), params, version)

    def _verbs(self, segments: Sequence[str]) -> list[str]:
        """Return the custom methods of a resource."""
        literals, length = tuple(segments[::2]), len(segments)
        return sorted(verb for others, count, verb in self._places if verb and (others, count) == (literals, length))

    def _place(self, route: Route) -> _Place:
        if route.absolute:
            return self._absolute.setdefault(route.template, _Place((), {}))
        template, colon, verb = route.template.partition(":")
        segments = template.split("/")
        literals, variables = segments[::2], segments[1::2]
        if any("{" in literal or not literal for literal in literals) or any(
            not (variable.startswith("{") and variable.endswith("}")) for variable in variables
        ):
            raise ValueError(f"{route.template}: literals and {{variables}} must alternate, beginning with a literal")
        names = tuple(variable[1:-1] for variable in variables)
        place = self._places.setdefault((tuple(literals), len(segments), verb if colon else None), _Place(names, {}))
        if place.variables != names:
            raise ValueError(f"{route.template}: another route of this path names its variables {place.variables}")
        return place


def _split_prefix(path: str) -> tuple[str, dict[str, str], list[str]]:
    """Split a path into its version, its project and location if any, and the segments that templates match."""
    segments = path.split("/")
    if len(segments) < _PREFIX or segments[0] or segments[1] not in VERSIONS:
        raise _unknown(path)
    version, segments = segments[1], segments[2:]
    if segments[0] != "projects":
        return version, {}, segments
    if len(segments) <= _LOCATION:
        return version, {}, segments  # the template of a location itself begins with the project
    if segments[2] != "locations" or not (segments[1] and segments[3]):
        raise _unknown(path)
    return version, {"project": segments[1], "location": segments[3]}, segments[_LOCATION:]


def _route_for(place: _Place, method: str, *, path: str) -> Route:
    route = place.routes.get(method)
    if route is None:
        allowed = sorted(place.routes)
        raise MethodNotAllowed(f"{path[:200]} takes {', '.join(allowed)}, not {method[:20]}.", allowed=allowed)
    return route


def _unknown(path: str, *, known: Sequence[str] = ()) -> NotFound:
    """Return the error for a path that no route has; `known` are the custom methods that its resource has instead."""
    hint = ""
    first, second = [*path.split("/", 3)[1:3], "", ""][:2]
    if known:
        hint = f" It has {', '.join(f':{verb}' for verb in known)}."
    elif path.startswith("/projects/"):
        hint = f" Paths begin with a version, such as /v1beta1{path[:200]}."
    elif re.match("v[0-9]", first) and first not in VERSIONS:
        hint = f" The versions are {' and '.join(VERSIONS)}."
    elif first in VERSIONS and second in VERSIONS:
        hint = " It has two versions: leave the one of the base URL out."
    return NotFound(f"There is no method at {path[:200]}.{hint}")

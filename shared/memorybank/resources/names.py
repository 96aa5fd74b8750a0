"""Resource names and the document paths that correspond to them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property, lru_cache

from memorybank.errors import InvalidArgument, Violation

SEGMENT = r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}"
"""The pattern of the ids in resource names."""

_SEGMENT = re.compile(SEGMENT)
_PROJECT = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:-]{0,99}")
_CHOSEN_ID = re.compile(r"[a-z]([a-z0-9-]{0,61}[a-z0-9])?")
_CHOSEN_ID_OR_NUMBER = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")


@dataclass(frozen=True)
class EngineName:
    """One reasoning engine: `projects/{project}/locations/{location}/reasoningEngines/{engine}`."""

    project: str
    location: str
    engine: str

    def __str__(self) -> str:
        """Return the resource name."""
        return f"{self.parent}/reasoningEngines/{self.engine}"

    @property
    def parent(self) -> str:
        """The resource name of the location: `projects/{project}/locations/{location}`."""
        return f"projects/{self.project}/locations/{self.location}"

    @cached_property
    def path(self) -> str:
        """The path of the engine's document: `engines/{project}:{location}:{engine}`."""
        return f"engines/{self.project}:{self.location}:{self.engine}"

    def child(self, collection: str, identifier: str) -> str:
        """Return the path of a document under the engine, such as one of `memories`."""
        return f"{self.path}/{collection}/{identifier}"


def engine_of(path: str) -> EngineName:
    """Return the engine whose document is at `path`, or above it."""
    project, location, engine = path.split("/")[1].rsplit(":", 2)
    return EngineName(project, location, engine)


def name_of(path: str) -> str:
    """Return the resource name of a document, such as that of an engine, a memory or a revision."""
    _, engine, *rest = path.split("/", 2)
    return "/".join((_engine_name(engine), *rest))


@lru_cache(maxsize=256)
def _engine_name(identifier: str) -> str:
    return str(engine_of(f"engines/{identifier}"))


def check_segment(value: str, *, field: str) -> str:
    """Return a segment of a request's path if it may be part of a document path, or refuse it."""
    # Only a project (example.com:p) may have colons: elsewhere they would give one document two names.
    if (_PROJECT if field == "project" else _SEGMENT).fullmatch(value) is None:
        right = "1 to 100 letters, digits, '.', '_' or '-', the first a letter or digit"
        raise InvalidArgument.of(Violation(field, f"must have {right}"))
    return value


def check_chosen_id(value: str, *, field: str, digit_first: bool = False) -> str:
    """Return an id that the caller chose for a new resource, or refuse it."""
    if (_CHOSEN_ID_OR_NUMBER if digit_first else _CHOSEN_ID).fullmatch(value) is None:
        first = "a letter or digit" if digit_first else "a letter"
        right = f"1 to 63 lower-case letters, digits or '-', beginning with {first} and not ending with '-'"
        raise InvalidArgument.of(Violation(field, f"must have {right}"))
    return value


def path_of(name: str) -> str:
    """Return the document path for the resource name of an engine, or of a resource below one."""
    _, project, _, location, _, engine, *rest = name.split("/")
    return "/".join([EngineName(project, location, engine).path, *rest])

"""Conditions beyond those of queries, by which a store may leave out documents before it reads them.

A screen is a hint. A store may apply all of it, some of it or none: it must keep every document that meets the
screen, and may keep others. So whoever sends one still checks each document that comes back.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

Comparator: TypeAlias = Literal["==", "<", "<=", ">", ">=", "starts", "ends", "contains", "present"]


@dataclass(frozen=True)
class Condition:
    """One comparison of the value at `path`: the name of a top-level field, then keys of the maps inside.

    Values are text, aware datetimes, bools and floats, compared with stored values of the same type. A missing value
    or null never meets a test. With `each`, the field is a list of maps, and one of them must meet the test. With
    `folded`, the stored text is case-folded first, and `value` already is.
    """

    path: tuple[str, ...]
    op: Comparator
    value: Any = None
    each: bool = False
    folded: bool = False


@dataclass(frozen=True)
class AllOf:
    """Met if every part is; always, if there are none."""

    parts: tuple[Screen, ...]


@dataclass(frozen=True)
class AnyOf:
    """Met if some part is; never, if there are none."""

    parts: tuple[Screen, ...]


@dataclass(frozen=True)
class NotOf:
    """Met if the part is not."""

    part: Screen


@dataclass(frozen=True)
class Unknown:
    """A test that no store can make. Whether a document meets it is open, and so is the opposite."""


Screen: TypeAlias = Condition | AllOf | AnyOf | NotOf | Unknown


def conditions_of(screen: Screen) -> Iterator[Condition]:
    """Yield every comparison in a screen."""
    match screen:
        case Condition():
            yield screen
        case AllOf(parts) | AnyOf(parts):
            for part in parts:
                yield from conditions_of(part)
        case NotOf(part):
            yield from conditions_of(part)

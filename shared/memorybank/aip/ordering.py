"""The requested order of a list (AIP-132): `create_time desc, update_time`."""

from __future__ import annotations

from collections.abc import Mapping

from memorybank.aip.casing import to_snake
from memorybank.errors import InvalidArgument, Violation

_DESCENDING = {(): False, ("asc",): False, ("desc",): True}
_SHOWN = 60


def parse_order_by(text: str | None, *, allowed: Mapping[str, str]) -> tuple[tuple[str, bool], ...]:
    """Return (stored field, descending) for each field in the text; a blank text gives nothing.

    `allowed` maps the snake_case names that a caller may use, or spell in camelCase, to the stored fields.
    """
    if text is None or not text.strip():
        return ()
    orders: dict[str, bool] = {}
    for part in text.split(","):
        name, direction = _words(part, allowed)
        if name in orders:
            raise _violation(f"names {name!r} twice", allowed)
        orders[name] = direction
    return tuple(orders.items())


def _words(part: str, allowed: Mapping[str, str]) -> tuple[str, bool]:
    name, *direction = part.split() or [""]
    field = allowed.get(to_snake(name))
    if field is None:
        raise _violation(f"cannot order by {name[:_SHOWN]!r}", allowed)
    descending = _DESCENDING.get(tuple(word.lower() for word in direction))
    if descending is None:
        raise _violation(f"{' '.join(direction)[:_SHOWN]!r} is not a direction", allowed)
    return field, descending


def _violation(problem: str, allowed: Mapping[str, str]) -> InvalidArgument:
    names = ", ".join(allowed)
    return InvalidArgument.of(
        Violation("orderBy", f"{problem}; give fields out of {names}, separated by commas, each alone or with desc")
    )

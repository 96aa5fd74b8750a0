"""The fields that an update changes (AIP-134, AIP-161): `displayName,contextSpec.memoryBankConfig`."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from memorybank.aip.casing import to_camel, to_snake
from memorybank.aip.json_body import MAX_DEPTH
from memorybank.errors import InvalidArgument, Violation

_SHOWN = 60
_FREE = ".*"


class WholeMask(tuple[str, ...]):
    """The mask `*`: all fields, so that whatever the body holds is read."""

    __slots__ = ()


def parse_mask(text: str | None, *, allowed: Collection[str]) -> tuple[str, ...] | None:
    """Return the snake_case paths of a mask in the order given, without repeats, or None for a blank mask.

    `allowed` holds snake_case names of top-level fields; whatever lies below one of them is allowed too and stays a
    dotted path. A name that ends in `.*`, as in `labels.*`, is a free map whose keys keep the spelling they came in.
    A mask of `*` names every allowed field.
    """
    names = {name.removesuffix(_FREE): name.endswith(_FREE) for name in allowed}
    paths = [path for part in (text or "").split(",") if (path := part.strip())]
    if not paths:
        return None
    if "*" in paths:
        return WholeMask(names)
    if any(path.count(".") >= MAX_DEPTH for path in paths):
        raise InvalidArgument.of(Violation("updateMask", f"names a field deeper than {MAX_DEPTH} levels"))
    unknown = [path for path in paths if to_snake(path.partition(".")[0]) not in names or "" in path.split(".")]
    if unknown:
        known = ", ".join(names)
        raise InvalidArgument.of(
            *(
                Violation("updateMask", f"{path[:_SHOWN]!r} is not among the fields that can be updated: {known}")
                for path in unknown
            )
        )
    return tuple(dict.fromkeys(_spell(path, names) for path in paths))


def require_reachable(mask: Sequence[str] | None, *, maps: Collection[str]) -> None:
    """Refuse a mask that names a part of a field; only of the free maps in `maps` may single keys be named."""
    for path in mask or ():
        field, dot, key = path.partition(".")
        if dot and (field not in maps or not key):
            right = f"name whole fields, or keys of {', '.join(to_camel(name) for name in sorted(maps))}"
            raise InvalidArgument.of(Violation("updateMask", f"{path[:_SHOWN]}: {right}"))


def masked_body(
    body: Mapping[str, Any], mask: Sequence[str] | None, *, maps: Collection[str] = (), beside: Collection[str] = ()
) -> dict[str, Any]:
    """Return what of a body an update is about, so that nothing else is read.

    With a mask, those are its fields, of `maps` only the keys that it names, and the fields in `beside`, which say how
    to update. Without one, they are all fields that hold something: an empty map, list or message is an unset field.
    """
    if mask is None:
        return {name: value for name, value in body.items() if value not in ({}, [])}
    if isinstance(mask, WholeMask):
        return dict(body)
    fields = {path.partition(".")[0] for path in mask}
    found = {name: value for name, value in body.items() if to_snake(name) in fields or to_snake(name) in beside}
    for name, value in found.items():
        field = to_snake(name)
        if field in maps and field not in mask and isinstance(value, Mapping):
            found[name] = {key: item for key, item in value.items() if f"{field}.{key}" in mask}
    return found


def _spell(path: str, free: dict[str, bool]) -> str:
    top, dot, rest = path.partition(".")
    name = to_snake(top)
    below = rest if free[name] else ".".join(to_snake(segment) for segment in rest.split("."))
    return f"{name}{dot}{below}"

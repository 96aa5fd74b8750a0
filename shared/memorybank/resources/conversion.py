"""Converts values by their annotated types: inside lists, maps, optional fields and annotations."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Annotated, Any, TypeAlias, get_args, get_origin

Convert: TypeAlias = Callable[[Any], Any]


def converter_of(kind: Any, plain: Callable[[Any], Convert | None]) -> Convert | None:
    """Return what converts values of a type, None if they stay as they are; `plain` says so of a type without parts."""
    origin, inner = get_origin(kind), get_args(kind)
    if origin is Annotated:
        return converter_of(inner[0], plain)
    if origin in (list, dict):
        convert = converter_of(inner[-1], plain)
        return convert and partial(_items if origin is list else _values, convert)
    if inner:  # the member of a union that is not None
        return next(filter(None, (converter_of(each, plain) for each in inner)), None)
    return plain(kind)


def _items(convert: Convert, items: list[Any]) -> list[Any]:
    return [convert(item) for item in items]


def _values(convert: Convert, items: Mapping[str, Any]) -> dict[str, Any]:
    return {key: convert(item) for key, item in items.items()}

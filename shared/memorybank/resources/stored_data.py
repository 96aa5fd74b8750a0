"""Messages read from the bank's own stored data.

A caller's input is validated field by field by `wire.parse`. The output of `WireModel.to_data` has already passed that:
it is used as it is, and only nested messages and durations, which are stored as maps and text, are converted back.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import cache, partial
from typing import Any, TypeVar

from memorybank.resources.conversion import Convert, converter_of
from memorybank.resources.wire import WireModel, parse_duration

MessageT = TypeVar("MessageT", bound=WireModel)

_NO_MORE = {"__pydantic_extra__": None, "__pydantic_private__": None}


def read_stored(message: type[MessageT], data: Mapping[str, Any]) -> MessageT:
    """Return the message whose `to_data` gave `data`, unvalidated. None means unset; unknown names are ignored."""
    if message.model_config.get("extra") == "allow":  # only a parse can tell which of its values are messages
        return message.model_validate(data)
    plan = _plan_of(message)
    given = {name: value for name, value in data.items() if value is not None and name in plan.names}
    for name, read in plan.readers:
        if name in given:
            given[name] = read(given[name])
    values = {**plan.unset, **{name: kind() for name, kind in plan.containers}, **given}
    made = message.__new__(message)
    # What `model_construct` does, without its search for aliases and defaults: that takes three times as long.
    made.__setstate__({"__dict__": values, "__pydantic_fields_set__": set(given), **_NO_MORE})
    return made


@dataclass(frozen=True)
class _Plan:
    """How messages of one class are read: the values of `unset` fields, and the fields that need conversion.

    `readers` convert nested values back; `containers` are lists and maps that default to empty and are never shared.
    """

    unset: dict[str, Any]
    names: frozenset[str]
    readers: tuple[tuple[str, Convert], ...]
    containers: tuple[tuple[str, type], ...]


@cache
def _plan_of(message: type[WireModel]) -> _Plan:
    unset = vars(message.model_construct())
    readers = {name: converter_of(info.annotation, _reader_of) for name, info in message.model_fields.items()}
    return _Plan(
        unset=unset,
        names=frozenset(message.model_fields),
        readers=tuple((name, read) for name, read in readers.items() if read is not None),
        containers=tuple((name, type(value)) for name, value in unset.items() if value in ([], {})),
    )


def _reader_of(kind: Any) -> Convert | None:
    if kind is timedelta:
        return parse_duration
    return partial(read_stored, kind) if isinstance(kind, type) and issubclass(kind, WireModel) else None

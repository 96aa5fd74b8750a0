"""Converts typed values to protobuf and back.

Firestore refuses some map keys: the empty one, and those of the form `__this__`, which marks vectors too. Such a key,
and one that begins with a tilde, is written with a tilde in front.
"""

from __future__ import annotations

import math
import re
import struct
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any

from memorybank.errors import InvalidArgument
from memorybank.ports.documents import MAX_DIMENSIONS, Data, Vector
from memorybank.storage.firestore.messages import Message, Value

_ESCAPE = "~"
_TO_ESCAPE = ("__", _ESCAPE)
_TYPE, _VECTOR, _VECTOR_VALUES = "__type__", "__vector__", "value"  # how Firestore writes a vector as a map
_DOUBLE = 8
_DOUBLE_HEAD = bytes([1 << 3 | 2, 1 + _DOUBLE, 3 << 3 | 1])  # `ArrayValue.values`, its length, `Value.double_value`
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_SECOND, _MICROSECOND = timedelta(seconds=1), timedelta(microseconds=1)
_NANOS = 1000  # in a microsecond
_INT64 = range(-(2**63), 2**63)
_FIELD = re.compile(r"[a-z_]+")


@lru_cache(maxsize=1024)
def check_field(name: str) -> str:
    """Return the name of a top-level field, which needs no quotes in a field path, or raise `InvalidArgument`."""
    if not _FIELD.fullmatch(name):
        raise InvalidArgument(f"{name!r} is not a field name: it must match [a-z_]+")
    return name


def fill(fields: Message, data: Data) -> None:
    """Encode the top-level fields of a document into the map of a protobuf document."""
    for name, value in data.items():
        target = fields[check_field(name)]
        if isinstance(value, Vector):
            _put_vector(target, value)
        else:
            _put(target, value)


def encode(value: Any) -> Message:
    """Return the protobuf value of a typed value or a vector; raise `InvalidArgument` for any other type."""
    target = Value()
    if isinstance(value, Vector):
        _put_vector(target, value)
    else:
        _put(target, value)
    return target


def decode_fields(fields: Mapping[str, Message]) -> Data:
    """Return the typed values of a protobuf document's fields."""
    return {name: decode(value) for name, value in fields.items()}


def decode(value: Message) -> Any:
    """Return the typed value of a protobuf value."""
    kind = value.WhichOneof("value_type")
    if kind == "null_value":
        return None
    content = getattr(value, kind)
    if kind == "timestamp_value":
        return _EPOCH + timedelta(seconds=content.seconds, microseconds=content.nanos // _NANOS)
    if kind == "array_value":
        return [decode(item) for item in content.values]
    if kind == "map_value":
        return _decode_map(content.fields)
    return content


def _put(target: Message, value: Any) -> None:
    match value:
        case list() | tuple():
            _put_list(target.array_value, value)
        case Mapping():
            _put_map(target.map_value, value)
        case datetime():
            _put_time(target.timestamp_value, value)
        case str():
            target.string_value = _checked(value)
        case _:
            _put_plain(target, value)


def _put_plain(target: Message, value: Any) -> None:
    match value:
        case None:
            target.null_value = 0
        case bool():
            target.boolean_value = value
        case int() if value in _INT64:
            target.integer_value = value
        case int():
            raise InvalidArgument(f"a number does not fit 64 bits: it has {value.bit_length()}")
        case float():
            target.double_value = value
        case bytes():
            target.bytes_value = value
        case _:
            raise InvalidArgument(f"a value of type {type(value).__name__} is not allowed here")


def _checked(text: str) -> str:
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise InvalidArgument("text with half a surrogate pair cannot be stored") from error
    return text


def _put_time(target: Message, time: datetime) -> None:
    if time.tzinfo is None:
        raise InvalidArgument(f"a time needs its time zone: {time}")
    since = time - _EPOCH
    target.seconds = since // _SECOND
    target.nanos = since % _SECOND // _MICROSECOND * _NANOS


def _put_list(target: Message, items: Sequence[Any]) -> None:
    target.SetInParent()  # or an empty one would not be set at all
    for item in items:
        _put(target.values.add(), item)


def _put_map(target: Message, items: Mapping[Any, Any]) -> None:
    target.SetInParent()
    for key, item in items.items():
        _put(target.fields[_escaped(key)], item)


def _put_vector(target: Message, vector: Vector) -> None:
    count = len(vector.values)
    if not 1 <= count <= MAX_DIMENSIONS:
        raise InvalidArgument(f"a vector has 1 to {MAX_DIMENSIONS} values, this one has {count}")
    if not all(map(math.isfinite, vector.values)):
        raise InvalidArgument("a vector's values must be finite")
    target.map_value.fields[_TYPE].string_value = _VECTOR
    target.map_value.fields[_VECTOR_VALUES].array_value.MergeFromString(_packed(vector.values))


def _packed(numbers: Sequence[float]) -> bytes:
    """Return an `ArrayValue` of doubles in protobuf's encoding: a tenth of the time of making a message for each."""
    doubles = struct.pack(f"<{len(numbers)}d", *numbers)
    size = len(_DOUBLE_HEAD) + _DOUBLE
    packed = bytearray(_DOUBLE_HEAD + bytes(_DOUBLE)) * len(numbers)
    for place in range(_DOUBLE):
        packed[len(_DOUBLE_HEAD) + place :: size] = doubles[place::_DOUBLE]
    return bytes(packed)


def _decode_map(fields: Mapping[str, Message]) -> Any:
    if _TYPE in fields:
        return Vector(tuple(item.double_value for item in fields[_VECTOR_VALUES].array_value.values))
    return {key.removeprefix(_ESCAPE): decode(item) for key, item in fields.items()}


def _escaped(key: Any) -> str:
    if not isinstance(key, str):
        raise InvalidArgument(f"the keys of a map are strings, not {type(key).__name__}")
    return _ESCAPE + _checked(key) if not key or key.startswith(_TO_ESCAPE) else _checked(key)

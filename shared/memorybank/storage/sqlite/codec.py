"""Encodes typed values as JSON that SQL can compare.

Numbers and null are stored as they are. Everything else is text. A string is escaped so that it contains neither NUL
(where SQLite's JSON functions stop reading) nor a bare tag; the escaping preserves order. Times, bytes, booleans and
floats that JSON does not know are text behind a tag. Times have a fixed width, so that text order is time order.
"""

from __future__ import annotations

import base64
import json
import math
import re
import struct
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from memorybank.errors import InvalidArgument
from memorybank.ports.documents import MAX_DIMENSIONS, Data, Vector

_TAG = "\x01"
_ONE, _NUL = "\x01\x02", "\x01\x01"  # what U+0001 and U+0000 become: sorts as they do, and is never a tag
_BOOL, _BYTES, _FLOAT, _TIME = "\x01b", "\x01x", "\x01f", "\x01t"
_INT64 = range(-(2**63), 2**63)
_TIME_WIDTH = len("2026-01-31T23:59:59.000000")
_FIELD = re.compile(r"[a-z_]+")
_ABSENT = object()
_write = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode

VECTOR = "\x01v"
"""A placeholder in a document's JSON for a field whose value is in the vector table."""


@dataclass(frozen=True, slots=True)
class Encoded:
    """The fields of a document as JSON values, with `VECTOR` for each vector, and the vectors' float32 bytes."""

    fields: dict[str, Any]
    vectors: dict[str, bytes]


@lru_cache(maxsize=1024)
def check_field(name: str) -> str:
    """Return the name of a top-level field if it is safe to use in SQL, or raise `InvalidArgument`."""
    if not _FIELD.fullmatch(name):
        raise InvalidArgument(f"{name!r} is not a field name: it must match [a-z_]+")
    return name


def encode_data(data: Data) -> Encoded:
    """Encode the top-level fields of a document."""
    fields: dict[str, Any] = {}
    vectors: dict[str, bytes] = {}
    for name, value in data.items():
        if isinstance(value, Vector):
            vectors[check_field(name)] = encode_vector(value)
            fields[name] = VECTOR
        else:
            fields[check_field(name)] = encode(value)
    return Encoded(fields, vectors)


def dump(encoded: Any) -> str:
    """Return an encoded value as compact JSON."""
    return _write(encoded)


def encode(value: Any) -> Any:
    """Return the JSON value for a typed value; raise `InvalidArgument` for types that documents cannot hold."""
    encoder = _ENCODERS.get(type(value))  # all that is written passes here
    if encoder is not None:
        return encoder(value)
    return _encode_map(value) if isinstance(value, Mapping) else encode_scalar(value)


def encode_scalar(value: Any) -> Any:
    """As `encode`, for a value that SQL can compare: no list, map or vector."""
    if isinstance(value, str):  # most are
        return _encode_text(value)
    match value:
        case None:
            return None
        case int() if not isinstance(value, bool) and value in _INT64:
            return int(value)
        case float() if math.isfinite(value):
            return float(value)
        case _:
            return _tagged(value)


def decode(value: Any) -> Any:
    """Return the typed value that `encode` was given."""
    kind = type(value)  # called for every field of every document read; JSON values are never of a subclass
    if kind is str:
        return _decode_text(value) if _TAG in value else value
    if kind is dict:
        return {key: decode(item) for key, item in value.items()}
    if kind is list:
        return [decode(item) for item in value]
    return value


def decode_fields(stored: dict[str, Any], *, names: Sequence[str] | None) -> dict[str, Any]:
    """Return the typed values of a document's fields, as `decode` does of each; with `names`, only of these."""
    # Most are plain text, numbers or nothing: a call for each would take longer than the rest of a read.
    return {
        name: value
        if value is None or (type(value) is str and _TAG not in value) or type(value) is int
        else decode(value)
        for name in (stored if names is None else names)
        if (value := stored.get(name, _ABSENT)) is not _ABSENT
    }


def encode_vector(vector: Vector) -> bytes:
    """Return a vector's values as little-endian float32; `InvalidArgument` unless it is finite and 1 to 2048 long."""
    count = len(vector.values)
    if not 1 <= count <= MAX_DIMENSIONS:
        raise InvalidArgument(f"a vector has 1 to {MAX_DIMENSIONS} values, this one has {count}")
    try:
        packed = vector.packed or struct.pack(f"<{count}f", *vector.values)
    except OverflowError as error:
        raise InvalidArgument("a vector's values must fit single precision") from error
    if not math.isfinite(sum(vector.values)):  # cheap: so few floats of that size do not overflow
        raise InvalidArgument("a vector's values must be finite")
    return packed


def decode_vector(packed: bytes) -> Vector:
    """Return the vector of which these are the float32 bytes."""
    return Vector(struct.unpack(f"<{len(packed) // 4}f", packed), packed=packed)


def _encode_text(text: str) -> str:
    return text.replace(_TAG, _ONE).replace("\x00", _NUL)


def _encode_time(time: datetime) -> str:
    return _TIME + _utc(time).isoformat(timespec="microseconds")[:_TIME_WIDTH]


def _encode_list(items: Sequence[Any]) -> list[Any]:
    return [encode(item) for item in items]


def _encode_map(items: Mapping[Any, Any]) -> dict[str, Any]:
    return {_key(key): encode(item) for key, item in items.items()}


def _tagged(value: Any) -> str:
    match value:
        case bool():
            return _BOOL + str(int(value))
        case bytes():
            return _BYTES + base64.b64encode(value).decode()
        case datetime():
            return _encode_time(value)
        case float():
            return f"{_FLOAT}{value}"
        case int():
            raise InvalidArgument(f"a number does not fit 64 bits: it has {value.bit_length()}")
        case _:
            raise InvalidArgument(f"a value of type {type(value).__name__} is not allowed here")


def _key(key: Any) -> str:
    if not isinstance(key, str):
        raise InvalidArgument(f"the keys of a map are strings, not {type(key).__name__}")
    return key


def _utc(time: datetime) -> datetime:
    if time.tzinfo is UTC:
        return time
    if time.tzinfo is None:
        raise InvalidArgument(f"a time needs its time zone: {time}")
    try:
        return time.astimezone(UTC)
    except OverflowError as error:
        raise InvalidArgument(f"a time lies outside the years 1 to 9999 in UTC: {time}") from error


def _decode_text(text: str) -> Any:
    tag, rest = text[:2], text[2:]
    if tag == _TIME:
        return datetime.fromisoformat(f"{rest}+00:00")
    if tag == _BYTES:
        return base64.b64decode(rest)
    if tag == _BOOL:
        return rest == "1"
    if tag == _FLOAT:
        return float(rest)
    return text.replace(_NUL, "\x00").replace(_ONE, "\x01")


_ENCODERS: Mapping[type, Callable[[Any], Any]] = {
    str: _encode_text,
    datetime: _encode_time,
    dict: _encode_map,
    list: _encode_list,
    tuple: _encode_list,
    **dict.fromkeys((type(None), bool, int, float, bytes), encode_scalar),
}

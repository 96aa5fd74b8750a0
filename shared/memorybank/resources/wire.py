"""Parsing and encoding of messages: camelCase or snake_case in, camelCase out, all violations reported at once.

Source of the encoding: https://protobuf.dev/programming-guides/json/
"""

from __future__ import annotations

import base64
import binascii
import math
import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from enum import IntEnum
from typing import Annotated, Any, NoReturn, TypeVar, get_args

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    StrictBool,
    ValidationError,
    model_validator,
)
from pydantic.alias_generators import to_camel
from pydantic_core import PydanticCustomError

from memorybank.errors import InvalidArgument, Violation
from memorybank.resources.violations import violations_of

_MAX_FIELDS = 200
"""The most fields of a message, known and unknown: our limit."""

_MAX_VALUES = 100_000
"""The most values in a whole request: reporting a million invalid ones would take gigabytes."""


class WireModel(BaseModel):
    """A message of the API. Unknown fields are refused by name; null means unset, as in proto3 JSON."""

    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True, extra="forbid")

    @model_validator(mode="before")
    @classmethod
    def _null_is_unset(cls, value: Any) -> Any:
        if isinstance(value, Mapping):
            if len(value) > _MAX_FIELDS:
                raise ValueError(f"must have at most {_MAX_FIELDS} fields")
            if None in value.values():
                return {key: item for key, item in value.items() if item is not None}
        return value

    def to_wire(self) -> dict[str, Any]:
        """Return the message as JSON-ready data: camelCase, without unset and default values."""
        return self.model_dump(mode="json", by_alias=True, exclude_defaults=True)

    def to_data(self) -> dict[str, Any]:
        """Return the message as a stored map: snake_case, typed values, without unset and default values."""
        return self.model_dump(exclude_defaults=True)


_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_NANOS = 10**9
_TIMESTAMP = re.compile(r"(\d{4}-\d\d-\d\d)[Tt ](\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?([Zz]|[+-]\d\d:\d\d)?", re.ASCII)


def parse_timestamp(value: Any) -> datetime:
    """Read an RFC 3339 time; one without an offset is UTC, digits beyond the microsecond are cut.

    A map of seconds and nanos, as adk-java writes a protobuf Timestamp, is read too.
    """
    if isinstance(value, datetime):
        return value.astimezone(UTC) if value.tzinfo else value.replace(tzinfo=UTC)
    if isinstance(value, Mapping):
        return _parse_seconds(value)
    match = _TIMESTAMP.fullmatch(value) if isinstance(value, str) else None
    if match is None:
        raise ValueError("must be an RFC 3339 time such as 2031-01-02T03:04:05Z")
    day, time, fraction, offset = match.groups()
    try:
        parsed = datetime.fromisoformat(f"{day}T{time}.{(fraction or '0')[:6]:0<6}{(offset or 'Z').upper()}")
        return parsed.astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise ValueError("must be an RFC 3339 time such as 2031-01-02T03:04:05Z") from error


def _parse_seconds(value: Mapping[str, Any]) -> datetime:
    if not value or value.keys() - {"seconds", "nanos"}:
        raise ValueError("must be an RFC 3339 time such as 2031-01-02T03:04:05Z")
    try:
        seconds, nanos = (parse_int64(value.get(name) or 0) for name in ("seconds", "nanos"))
        if not 0 <= nanos < _NANOS:
            raise ValueError("nanos must be from 0 to 999999999")
        return _EPOCH + timedelta(seconds=seconds, microseconds=nanos // 1000)
    except OverflowError as error:
        raise ValueError("seconds must give a year from 1 to 9999") from error


def format_timestamp(value: datetime) -> str:
    """Write a time as RFC 3339 in UTC with 0, 3 or 6 fraction digits."""
    if value.tzinfo is not UTC:
        value = value.astimezone(UTC)
    text = value.isoformat().removesuffix("+00:00")  # with no fraction digits, or with 6
    micros = value.microsecond
    return f"{text[:-3]}Z" if micros and micros % 1000 == 0 else f"{text}Z"


_DURATION = re.compile(r"(\d{1,12})(?:\.(\d{1,9}))?s", re.ASCII)
_LONGEST = timedelta(days=36500)


def parse_duration(value: Any) -> timedelta:
    """Read a duration such as "3600s" or "1.5s": not negative, at most 100 years."""
    if isinstance(value, timedelta):
        return value
    match = _DURATION.fullmatch(value) if isinstance(value, str) else None
    if match is None:
        raise ValueError('must be a duration in seconds, such as "3600s"')
    seconds, fraction = int(match[1]), int(f"{(match[2] or '0')[:6]:0<6}")
    if seconds > _LONGEST.total_seconds():
        raise ValueError("must be at most 100 years")
    return timedelta(seconds=seconds, microseconds=fraction)


def format_duration(value: timedelta) -> str:
    """Write a duration as seconds, such as "3600s"."""
    seconds = value // timedelta(seconds=1)
    micros = value.microseconds
    return f"{seconds}s" if not micros else f"{seconds}.{micros:06d}".rstrip("0") + "s"


def _parse_positive_duration(value: Any) -> timedelta:
    parsed = parse_duration(value)
    if not parsed:
        raise ValueError("must be longer than 0 seconds")
    return parsed


def parse_int64(value: Any) -> int:
    """Read a 64-bit integer, given as a number or, as in proto3 JSON, as text."""
    if isinstance(value, str) and re.fullmatch(r"-?\d{1,19}", value, re.ASCII):
        value = int(value)
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int) or not -(2**63) <= value < 2**63:
        raise ValueError("must be a whole number")
    return value


def _parse_double(value: Any) -> float:
    try:
        number = float(value) if isinstance(value, int | float | str) and not isinstance(value, bool) else math.nan
    except (ValueError, OverflowError):
        number = math.nan
    if not math.isfinite(number):
        raise ValueError("must be a finite number")
    return number


def _parse_bytes(value: Any) -> bytes:
    if isinstance(value, bytes):
        return value
    if not isinstance(value, str):
        raise ValueError("must be base64 text")  # noqa: TRY004 - pydantic collects ValueError only
    text = value.replace("-", "+").replace("_", "/").rstrip("=")
    try:
        return binascii.a2b_base64(text + "=" * (-len(text) % 4), strict_mode=True)
    except (binascii.Error, ValueError) as error:
        raise ValueError("must be base64 text, in the standard or the url-safe alphabet") from error


_serialize_timestamp = PlainSerializer(format_timestamp, return_type=str, when_used="json")
# Stores support times but not durations, so durations are text in stored maps, too.
_serialize_duration = PlainSerializer(format_duration, return_type=str)

_DurationText = Annotated[str, Field(pattern=rf"^{_DURATION.pattern}$", examples=["3600s"])]
_Int64Text = Annotated[str, Field(pattern=r"^-?\d{1,19}$")]
_Base64Text = Annotated[str, Field(json_schema_extra={"format": "byte"})]

# The types after `json_schema_input_type` are what the description of the API says.
Timestamp = Annotated[datetime, BeforeValidator(parse_timestamp), _serialize_timestamp]
PositiveDuration = Annotated[
    timedelta, BeforeValidator(_parse_positive_duration, json_schema_input_type=_DurationText), _serialize_duration
]
Int64 = Annotated[int, BeforeValidator(parse_int64, json_schema_input_type=int | _Int64Text)]
Double = Annotated[float, BeforeValidator(_parse_double)]
Base64 = Annotated[
    bytes,
    BeforeValidator(_parse_bytes, json_schema_input_type=_Base64Text),
    PlainSerializer(lambda value: base64.b64encode(value).decode(), return_type=str, when_used="json"),
]
Bool = StrictBool

EnumT = TypeVar("EnumT", bound=IntEnum)


def named_enum(enum: type[EnumT]) -> BeforeValidator:
    """Make a validator that reads an enum by name or by number; anything else is refused with the choices."""

    def parse(value: Any) -> str:
        if isinstance(value, str) and value in enum.__members__:
            return value
        if isinstance(value, int) and not isinstance(value, bool) and value in {item.value for item in enum}:
            return enum(value).name
        raise ValueError(f"must be one of {', '.join(enum.__members__)}")

    names = Field(json_schema_extra={"enum": list(enum.__members__)})
    return BeforeValidator(parse, json_schema_input_type=Annotated[str, names])


def at_most(count: int) -> BeforeValidator:
    """Make a validator that refuses a map with more than `count` entries before it checks any of them."""

    def check(value: Any) -> Any:
        if isinstance(value, Mapping) and len(value) > count:
            raise ValueError(f"must have at most {count} entries")
        return value

    return BeforeValidator(check)


def refuse(*violations: tuple[str, str]) -> NoReturn:
    """Fail the validation of a message with violations of its fields, given as (field, description)."""
    raise PydanticCustomError("violations", "{summary}", {"summary": str(violations), "violations": violations})


def refuse_any(violations: Iterable[tuple[str, str]]) -> None:
    """Fail like `refuse` if there is any violation."""
    found = tuple(violations)
    if found:
        refuse(*found)


def at_most_one(message: BaseModel, *fields: str) -> list[tuple[str, str]]:
    """Return the violation if more than one field of a oneof is set."""
    present = [field for field in fields if getattr(message, field) is not None]
    if len(present) <= 1:
        return []
    names = " and ".join(to_camel(field) for field in present)
    return [(to_camel(present[1]), f"only one of {names} may be given")]


def has_path(message: type[BaseModel], path: str) -> bool:
    """Tell whether a dotted path of snake_case names is the path of a field; below a free map every path is."""
    name, _, rest = path.partition(".")
    if name not in message.model_fields:
        return False
    kinds = get_args(message.model_fields[name].annotation)
    inner = next((kind for kind in kinds if isinstance(kind, type) and issubclass(kind, BaseModel)), None)
    return inner is None or not rest or has_path(inner, rest)


MessageT = TypeVar("MessageT", bound=BaseModel)


def parse(message: type[MessageT], payload: Any, *, prefix: str = "") -> MessageT:
    """Read a message, or raise `InvalidArgument` with all its violations; `prefix` is put before field names."""
    if _has_more_values_than(_MAX_VALUES, payload):
        raise InvalidArgument.of(Violation("body", f"must hold at most {_MAX_VALUES} values"))
    try:
        return message.model_validate(payload)
    except ValidationError as error:
        raise InvalidArgument.of(*violations_of(error, prefix=prefix, message=message)) from None


def _has_more_values_than(limit: int, payload: Any) -> bool:
    level: list[dict[Any, Any] | list[Any]] = [[payload]]
    count = 0
    while level and count <= limit:
        count += sum(map(len, level))
        level = [
            child
            for node in level
            for child in (node.values() if isinstance(node, dict) else node)
            if isinstance(child, dict | list)
        ]
    return count > limit

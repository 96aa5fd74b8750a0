"""How values of the wire are read and written: times, durations, numbers, bytes, enums, casing and null."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from enum import IntEnum
from typing import Annotated, Any

import pytest
from pydantic import BeforeValidator, Field

from memorybank.errors import InvalidArgument
from memorybank.resources.generation import GenerateMemoriesRequest
from memorybank.resources.retrieval import RetrieveMemoriesRequest
from memorybank.resources.wire import (
    Base64,
    Bool,
    Double,
    Int64,
    PositiveDuration,
    Timestamp,
    WireModel,
    at_most,
    format_duration,
    format_timestamp,
    has_path,
    named_enum,
    parse,
    parse_duration,
    parse_timestamp,
)


class Colour(IntEnum):
    RED = 1
    DARK_BLUE = 3


class Inner(WireModel):
    inner_name: str | None = None


class Message(WireModel):
    some_text: str | None = None
    some_time: Timestamp | None = None
    life: PositiveDuration | None = None
    pause: Annotated[timedelta, BeforeValidator(parse_duration)] | None = None
    count: Int64 | None = None
    size: Double | None = None
    blob: Base64 | None = None
    colour: Annotated[str, named_enum(Colour)] | None = None
    flag: Bool = False
    one: Inner | None = None
    many: Annotated[list[Inner], Field(max_length=3, default_factory=list)]
    labels: Annotated[dict[str, str], at_most(3), Field(default_factory=dict)]
    free: dict[str, Any] | None = None


def violations(payload: Any, message: type[WireModel] = Message, *, prefix: str = "") -> dict[str, str]:
    """Return what is wrong with a message, by field."""
    with pytest.raises(InvalidArgument) as caught:
        parse(message, payload, prefix=prefix)
    return {violation.field: violation.description for violation in caught.value.violations}


def read(field: str, value: Any) -> Any:
    """Return what a field is read as."""
    return getattr(parse(Message, {field: value}), field)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2031-01-02T03:04:05Z", datetime(2031, 1, 2, 3, 4, 5, tzinfo=UTC)),
        ("2031-01-02t03:04:05z", datetime(2031, 1, 2, 3, 4, 5, tzinfo=UTC)),
        ("2031-01-02 03:04:05Z", datetime(2031, 1, 2, 3, 4, 5, tzinfo=UTC)),
        ("2031-01-02T03:04:05", datetime(2031, 1, 2, 3, 4, 5, tzinfo=UTC)),
        ("2031-01-02T03:04:05+02:00", datetime(2031, 1, 2, 1, 4, 5, tzinfo=UTC)),
        ("2031-01-01T23:30:00-01:00", datetime(2031, 1, 2, 0, 30, tzinfo=UTC)),
        ("2031-01-02T03:04:05.5Z", datetime(2031, 1, 2, 3, 4, 5, 500_000, tzinfo=UTC)),
        ("2031-01-02T03:04:05.678901+00:00", datetime(2031, 1, 2, 3, 4, 5, 678_901, tzinfo=UTC)),
        ("2031-01-02T03:04:05.123456789Z", datetime(2031, 1, 2, 3, 4, 5, 123_456, tzinfo=UTC)),
        ("2031-01-02T03:04:05.000000999Z", datetime(2031, 1, 2, 3, 4, 5, tzinfo=UTC)),
        ("2032-02-29T00:00:00Z", datetime(2032, 2, 29, tzinfo=UTC)),
    ],
)
def test_a_time_is_read_in_every_spelling_that_clients_send(text: str, expected: datetime) -> None:
    found = read("some_time", text)
    assert found == expected
    assert found.tzinfo is UTC


@pytest.mark.parametrize(
    "value",
    [
        "",
        "now",
        "2031-01-02",
        "2031-01-02T03:04Z",
        "2031-02-30T00:00:00Z",
        "2031-01-02T24:00:01Z",
        "2031-01-02T03:04:60Z",
        "2031-01-02T03:04:05.1234567890Z",
        "2031-01-02T03:04:05+2:00",
        "2031-01-02T03:04:05Z\n",
        "٢٠٣١-01-02T03:04:05Z",
        "0000-01-01T00:00:00Z",
        "10000-01-01T00:00:00Z",
        "0001-01-01T00:00:00+01:00",
        "9999-12-31T23:59:59-01:00",
        1924992000,
        True,
        {},
        [],
    ],
)
def test_what_is_no_time_is_refused_with_an_example(value: Any) -> None:
    assert violations({"someTime": value}) == {"someTime": "must be an RFC 3339 time such as 2031-01-02T03:04:05Z"}


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (datetime(2031, 1, 2, 3, 4, 5, tzinfo=UTC), "2031-01-02T03:04:05Z"),
        (datetime(2031, 1, 2, 3, 4, 5, 600_000, tzinfo=UTC), "2031-01-02T03:04:05.600Z"),
        (datetime(2031, 1, 2, 3, 4, 5, 7, tzinfo=UTC), "2031-01-02T03:04:05.000007Z"),
        (datetime(2031, 1, 2, 3, 4, 5, tzinfo=timezone(timedelta(hours=2))), "2031-01-02T01:04:05Z"),
        (datetime(1, 1, 1, tzinfo=UTC), "0001-01-01T00:00:00Z"),
        (datetime(987, 6, 5, tzinfo=UTC), "0987-06-05T00:00:00Z"),
        (datetime.max.replace(tzinfo=UTC), "9999-12-31T23:59:59.999999Z"),
    ],
)
def test_a_time_is_written_in_utc_with_zero_three_or_six_digits_and_read_back(value: datetime, expected: str) -> None:
    assert format_timestamp(value) == expected
    assert parse_timestamp(expected) == value


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ({"seconds": 1_700_000_000, "nanos": 0}, "2023-11-14T22:13:20Z"),
        ({"seconds": "1700000000", "nanos": 5_000_999}, "2023-11-14T22:13:20.005Z"),
        ({"seconds": 1_700_000_000}, "2023-11-14T22:13:20Z"),
        ({"seconds": -1, "nanos": 500_000_000}, "1969-12-31T23:59:59.500Z"),
        ({"nanos": 1000}, "1970-01-01T00:00:00.000001Z"),
    ],
)
def test_a_time_is_read_from_seconds_and_nanos_as_adk_java_sends_it(value: Any, expected: str) -> None:
    assert format_timestamp(parse_timestamp(value)) == expected


@pytest.mark.parametrize(
    "value",
    [
        {},
        {"second": 1},
        {"seconds": 1, "micros": 2},
        {"seconds": "x"},
        {"seconds": 1.5},
        {"seconds": True},
        {"seconds": 10**18},
        {"seconds": 1, "nanos": 10**9},
        {"seconds": 1, "nanos": -1},
        {"seconds": [1]},
    ],
)
def test_seconds_and_nanos_that_are_no_time_are_refused(value: Any) -> None:
    with pytest.raises(ValueError, match=r"must|nanos"):
        parse_timestamp(value)


@pytest.mark.parametrize(
    ("text", "expected", "written"),
    [
        ("3600s", timedelta(hours=1), "3600s"),
        ("0s", timedelta(0), "0s"),
        ("1.5s", timedelta(seconds=1.5), "1.5s"),
        ("0.000001s", timedelta(microseconds=1), "0.000001s"),
        ("1.123456789s", timedelta(seconds=1, microseconds=123_456), "1.123456s"),
        ("007s", timedelta(seconds=7), "7s"),
        ("3153600000s", timedelta(days=36500), "3153600000s"),
    ],
)
def test_a_duration_is_read_and_written_in_seconds(text: str, expected: timedelta, written: str) -> None:
    assert parse_duration(text) == expected
    assert format_duration(expected) == written
    assert read("pause", text) == expected


@pytest.mark.parametrize(
    "value", ["", "60", "60m", "1h", "-1s", "+1s", " 1s", "1s ", "1e3s", ".5s", "1.s", "٣s", 60, 1.5]
)
def test_what_is_no_duration_is_refused_with_an_example(value: Any) -> None:
    assert violations({"pause": value}) == {"pause": 'must be a duration in seconds, such as "3600s"'}


def test_a_duration_has_an_end_and_a_life_is_longer_than_nothing() -> None:
    assert violations({"pause": "3153600001s"}) == {"pause": "must be at most 100 years"}
    for nothing in ("0s", "0.0s", "0.0000001s"):
        assert violations({"life": nothing}) == {"life": "must be longer than 0 seconds"}


@pytest.mark.parametrize(
    ("value", "expected"),
    [(5, 5), ("5", 5), ("-5", -5), (5.0, 5), (2**63 - 1, 2**63 - 1), (str(-(2**63)), -(2**63)), ("007", 7)],
)
def test_an_int64_is_read_from_numbers_and_strings(value: Any, expected: int) -> None:
    found = read("count", value)
    assert found == expected
    assert type(found) is int


@pytest.mark.parametrize(
    "value", ["", "five", "5.0", "1e3", " 5", "٣", "--5", 5.5, 2**63, str(2**63), "9" * 5000, True, [5]]
)
def test_what_is_no_int64_is_refused(value: Any) -> None:
    assert violations({"count": value}) == {"count": "must be a whole number"}


@pytest.mark.parametrize(
    ("value", "expected"), [(1, 1.0), (1.5, 1.5), ("1.5", 1.5), ("-1e3", -1000.0), (2**70, 2.0**70)]
)
def test_a_double_is_read_from_numbers_and_strings(value: Any, expected: float) -> None:
    assert read("size", value) == expected


@pytest.mark.parametrize(
    "value", ["", "NaN", "Infinity", "-inf", "1e999", 10**400, float("nan"), float("inf"), True, []]
)
def test_a_double_that_json_cannot_say_is_refused(value: Any) -> None:
    assert violations({"size": value}) == {"size": "must be a finite number"}


@pytest.mark.parametrize("text", ["+/8=", "+/8", "-_8=", "-_8"])
def test_bytes_are_read_from_both_alphabets_padded_or_not(text: str) -> None:
    message = parse(Message, {"blob": text})
    assert message.blob == b"\xfb\xff"
    assert message.to_wire() == {"blob": "+/8="}


@pytest.mark.parametrize("value", ["no base64!", "A", "AAAAA", "AA AA", "ä", 5, [65]])
def test_what_is_no_base64_is_refused(value: Any) -> None:
    assert violations({"blob": value})["blob"].startswith("must be base64 text")


@pytest.mark.parametrize("value", ["DARK_BLUE", 3])
def test_an_enum_is_read_by_name_or_number_and_written_by_name(value: Any) -> None:
    assert parse(Message, {"colour": value}).to_wire() == {"colour": "DARK_BLUE"}


@pytest.mark.parametrize("value", ["dark_blue", "darkBlue", "", 0, 2, "3", 3.5, True, [], {}])
def test_an_unknown_enum_is_refused_with_the_choices(value: Any) -> None:
    assert violations({"colour": value}) == {"colour": "must be one of RED, DARK_BLUE"}


@pytest.mark.parametrize("value", ["true", "", 0, 1, 1.0, []])
def test_a_flag_is_true_or_false_and_nothing_like_it(value: Any) -> None:
    assert violations({"flag": value})["flag"].startswith("must be true or false, not ")


def test_both_spellings_are_read_at_every_depth_and_mixed() -> None:
    snake = {"some_text": "a", "one": {"inner_name": "b"}, "many": [{"innerName": "c"}, {"inner_name": "d"}]}
    camel = {"someText": "a", "one": {"innerName": "b"}, "many": [{"inner_name": "c"}, {"innerName": "d"}]}
    assert parse(Message, snake) == parse(Message, camel)
    assert parse(Message, snake).to_wire() == {
        "someText": "a",
        "one": {"innerName": "b"},
        "many": [{"innerName": "c"}, {"innerName": "d"}],
    }


def test_the_keys_of_free_maps_are_never_folded() -> None:
    free = {"some_key": {"inner_key": 1}, "someKey": {"innerKey": None}}
    message = parse(Message, {"free": free, "labels": {"my_key": "a", "myKey": "b"}})
    assert message.to_wire() == {"free": free, "labels": {"my_key": "a", "myKey": "b"}}
    assert message.to_data()["free"] == free


def test_null_is_unset_wherever_a_field_may_be_unset() -> None:
    nothing = {"someText": None, "flag": None, "one": None, "many": None, "labels": None, "colour": None}
    assert parse(Message, nothing) == Message()
    assert parse(Message, {"one": {"innerName": None}}).one == Inner()
    assert violations({"many": [None], "labels": {"k": None}}) == {
        "many[0]": "must be an object, not null",
        "labels.k": "must be a string, not null",
    }


def test_defaults_are_left_out_of_answers_and_of_storage() -> None:
    message = parse(Message, {"flag": False, "many": [], "labels": {}, "one": {}})
    assert message.to_wire() == {"one": {}}
    assert message.to_data() == {"one": {}}


def test_unknown_fields_are_refused_by_name_at_every_depth() -> None:
    found = violations({"someTxt": 1, "one": {"name": 1}, "many": [{}, {"x_y": 1}]})
    assert set(found) == {"someTxt", "one.name", "many[1].xY"}
    assert all(text.startswith("is not a field of this message") for text in found.values())


def test_a_field_in_both_spellings_is_refused() -> None:
    assert "given in both spellings" in next(iter(violations({"someText": "a", "some_text": "b"}).values()))


def test_every_violation_is_told_at_once_with_its_path() -> None:
    found = violations({"someText": 1, "one": {"innerName": []}, "many": [{}, {"innerName": {}}], "labels": {"a_b": 1}})
    assert found == {
        "someText": "must be a string, not a number",
        "one.innerName": "must be a string, not a list",
        "many[1].innerName": "must be a string, not an object",
        "labels.a_b": "must be a string, not a number",
    }


@pytest.mark.parametrize(("payload", "kind"), [([], "a list"), ("a", "a string"), (5, "a number"), (True, "a boolean")])
def test_a_message_must_be_an_object(payload: Any, kind: str) -> None:
    assert violations(payload) == {"body": f"must be an object, not {kind}"}
    assert violations({"one": payload}) == {"one": f"must be an object, not {kind}"}
    assert violations(payload, prefix="memory") == {"memory": f"must be an object, not {kind}"}


def test_a_prefix_stands_before_every_field() -> None:
    assert set(violations({"someText": 1, "many": [5]}, prefix="requests[0]")) == {
        "requests[0].someText",
        "requests[0].many[0]",
    }


def test_what_is_wrong_in_bulk_is_told_in_brief() -> None:
    assert violations({"labels": dict.fromkeys(map(str, range(4)), 1)}) == {"labels": "must have at most 3 entries"}
    assert violations({"many": [5] * 1000}) == {"many": "must have at most 3 entries"}
    assert violations({f"f{number}": 1 for number in range(201)}) == {"body": "must have at most 200 fields"}
    assert len(violations({f"f{number}": 1 for number in range(200)})) == 100
    assert list(violations({"k" * 10_000: 1})) == ["k" * 128]
    assert violations({"free": {"a": [0] * 100_001}}) == {"body": "must hold at most 100000 values"}


def test_only_what_is_told_is_described(monkeypatch: pytest.MonkeyPatch) -> None:
    described = []

    def nothing_near(name: str, known: list[str], n: int) -> list[str]:
        described.append((name, known, n))
        return []

    monkeypatch.setattr("memorybank.resources.violations.get_close_matches", nothing_near)
    violations({f"f{number}": 1 for number in range(200)})
    assert len(described) == 100, "each takes time, and a body may have 100,000"


@pytest.mark.parametrize(
    ("path", "leads"),
    [
        ("some_text", True),
        ("one", True),
        ("one.inner_name", True),
        ("labels.any.thing", True),
        ("free.x", True),
        ("nope", False),
        ("one.nope", False),
        ("one.inner_name.deeper", True),
        ("many.nope", False),
    ],
)
def test_a_path_leads_to_a_field_or_below_what_is_no_message(path: str, leads: bool) -> None:  # noqa: FBT001 - a table
    assert has_path(Message, path) is leads


@pytest.mark.parametrize(
    ("message", "field", "says"),
    [
        (GenerateMemoriesRequest, "messages", "do you mean directContentsSource.events, each"),
        (GenerateMemoriesRequest, "user_id", "do you mean scope, such as"),
        (GenerateMemoriesRequest, "disableConsolidations", "do you mean disableConsolidation?"),
        (RetrieveMemoriesRequest, "query", "do you mean similaritySearchParams.searchQuery?"),
        (Inner, "messages", "which has innerName"),
    ],
)
def test_an_unknown_field_is_answered_with_what_would_be_right(message: type[WireModel], field: str, says: str) -> None:
    with pytest.raises(InvalidArgument) as caught:
        parse(message, {field: [], "scope": {"user_id": "1"}})
    assert any(says in each.description for each in caught.value.violations)

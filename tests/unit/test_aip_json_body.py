import json

import pytest

from memorybank.aip.json_body import MAX_DEPTH, parse_json
from memorybank.errors import InvalidArgument
from tests.growth import LINEAR, growth


def nested(depth: int, opening: str, closing: str) -> bytes:
    """Write an object that holds `depth - 1` more levels."""
    return ('{"a":' + opening * (depth - 1) + "1" + closing * (depth - 1) + "}").encode()


@pytest.mark.parametrize("body", [b"", b" \n"])
def test_no_body_is_an_empty_object(body: bytes) -> None:
    assert parse_json(body) == {}


def test_a_body_is_read() -> None:
    body = {"a": [1, -2.5, True, None, "\u00e9\U0001f600"], "b": {"c": {}}}
    assert parse_json(json.dumps(body).encode()) == body
    assert parse_json(json.dumps(body, ensure_ascii=False).encode()) == body


@pytest.mark.parametrize("body", [b"[]", b'"x"', b"1", b"null", b"true"])
def test_only_an_object_is_a_body(body: bytes) -> None:
    with pytest.raises(InvalidArgument, match="must be a JSON object"):
        parse_json(body)


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b'{"a":\n  x}', "line 2, column 3"),
        (b'{"a":1', "line 1, column 7"),
        (b'{"a":1}}', "line 1, column 8"),
        (b"{'a':1}", "line 1, column 2"),
        (b'{"a":"\x00"}', "line 1, column 7"),
        (b'{"a":01}', "line 1"),
        (b'{"a":"\\x"}', "line 1"),
        (b'\xef\xbb\xbf{"a":1}', "byte order mark"),
        (b'{"a":"\xff"}', "byte 6"),
        (b'{"a":"\xed\xa0\x80"}', "UTF-8"),
        (b'{"a":NaN}', "NaN"),
        (b'{"a":[-Infinity]}', "-Infinity"),
        (b'{"a":1e999}', "1e999"),
        (b'{"a":' + b"9" * 5000 + b"}", "too many digits"),
    ],
)
def test_what_is_not_json_is_refused_with_its_place(body: bytes, message: str) -> None:
    with pytest.raises(InvalidArgument, match=message):
        parse_json(body)


@pytest.mark.parametrize(("opening", "closing"), [("[", "]"), ('{"a":', "}")])
def test_nesting_is_bounded(opening: str, closing: str) -> None:
    assert parse_json(nested(MAX_DEPTH, opening, closing))
    for depth in (MAX_DEPTH + 1, 900, 100_000):
        with pytest.raises(InvalidArgument, match="nested deeper"):
            parse_json(nested(depth, opening, closing))


@pytest.mark.parametrize("body", [b"[" * 100_000, b'{"a":' * 100_000, b'{"a":' + b"[" * 100_000])
def test_a_hundred_thousand_open_brackets_do_no_harm(body: bytes) -> None:
    with pytest.raises(InvalidArgument):
        parse_json(body)


def test_brackets_inside_text_are_not_nesting() -> None:
    assert parse_json(json.dumps({"a": "[{" * 500}).encode()) == {"a": "[{" * 500}


@pytest.mark.parametrize("bad", ["\\u0000", "\\ud800", "\\uDFFF", "x\\udc00\\ud800"])
def test_characters_that_are_not_text_are_named_by_their_path(bad: str) -> None:
    body = '{"events":[{"content":{"parts":[{"text":"ok"},{"text":"aBAD"}]}}],"kBAD":1}'.replace("BAD", bad)
    with pytest.raises(InvalidArgument) as caught:
        parse_json(body.encode())
    first, second = caught.value.violations
    assert first.field == "events[0].content.parts[1].text"
    assert first.description.startswith("holds U+")
    assert second.field.startswith("k")


@pytest.mark.parametrize("text", ["\\\\u0000", "\\ud83d\\ude00", "\\\\ud800"])
def test_what_only_looks_like_such_a_character_is_fine(text: str) -> None:
    body = f'{{"a":"{text}"}}'
    assert parse_json(body.encode()) == json.loads(body)


def test_violations_are_not_listed_without_end() -> None:
    with pytest.raises(InvalidArgument) as caught:
        parse_json(json.dumps({"a": ["\0"] * 5000}).encode())
    assert 1 < len(caught.value.violations) < 100


@pytest.mark.parametrize("body", [b'{"scope":{"a":1,"b":2,"a":1}}', b'{"a":1,"\\u0061":2}'])
def test_a_key_given_twice_is_refused_by_name(body: bytes) -> None:
    with pytest.raises(InvalidArgument) as caught:
        parse_json(body)
    assert caught.value.violations[0].field == "a"


def test_reading_costs_in_proportion_to_the_size_up_to_eight_megabytes() -> None:
    def body(events: int) -> bytes:
        return json.dumps({"events": [{"content": {"parts": [{"text": "x" * 60}]}}] * events}).encode()

    assert len(body(80_000)) > 8_000_000
    assert growth(parse_json, body, 10_000) < LINEAR

import base64
import json
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest

from memorybank.aip import pagination
from memorybank.aip.pagination import decode_token, encode_token, page_size
from memorybank.errors import InvalidArgument

CURSOR = (
    "caf\u00e9 \U0001f600",
    7,
    2**70,
    -1.5,
    True,
    None,
    datetime(2031, 1, 2, 3, 4, 5, 678901, tzinfo=UTC),
    datetime(2031, 1, 2, tzinfo=timezone(timedelta(hours=2))),
)
TOKEN = encode_token(CURSOR, binding="memories?filter=")


def refused(token: str, binding: str = "memories?filter=") -> InvalidArgument:
    with pytest.raises(InvalidArgument) as caught:
        decode_token(token, binding=binding)
    (violation,) = caught.value.violations
    assert violation.field == "pageToken"
    assert "start again without" in violation.description
    return caught.value


@pytest.mark.parametrize("cursor", [CURSOR, (), ("",), (float(3),)])
def test_a_cursor_comes_back_with_its_types(cursor: tuple[Any, ...]) -> None:
    token = encode_token(cursor, binding="b")
    back = decode_token(token, binding="b")
    assert back == cursor
    assert [type(value) for value in back] == [type(value) for value in cursor]


def test_a_token_can_stand_in_a_url() -> None:
    assert set(TOKEN) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")


def test_a_token_is_bound_to_its_request() -> None:
    for binding in ("", "memories?filter=x", "sessions?filter="):
        refused(TOKEN, binding)


def test_a_binding_may_be_any_text() -> None:
    binding = "\ud800" + "x" * 10_000
    assert decode_token(encode_token((1,), binding=binding), binding=binding) == (1,)


def test_a_token_with_any_one_character_changed_is_refused() -> None:
    for index, character in enumerate(TOKEN):
        for other in {"A", "B", "_", "~"} - {character}:
            refused(TOKEN[:index] + other + TOKEN[index + 1 :])


def test_a_token_with_anything_cut_off_or_put_in_is_refused() -> None:
    for index in range(len(TOKEN)):
        refused(TOKEN[:index])
        refused(TOKEN[:index] + "!" + TOKEN[index:])
    refused(TOKEN + "=")
    refused(TOKEN + "\n")


@pytest.mark.parametrize("token", ["", "x", "garbage", "\u00e9", "\ud800", "A" * 1_000_000, "====", "a b"])
def test_garbage_is_refused(token: str) -> None:
    refused(token)


@pytest.mark.parametrize(
    "payload",
    [
        b"",
        b"{",
        b"{}",
        b'"x"',
        b"[[1]]",
        b"[NaN]",
        b"[1e999]",
        b'[{"t":"x"}]',
        b'[{"t":"2031-01-02"}]',
        b'[{"u":1}]',
        b"[" * 10_000,
        b"[" + b"9" * 5000 + b"]",
        b"\xff",
    ],
)
def test_a_forged_token_is_refused_unless_it_could_be_a_cursor(payload: bytes) -> None:
    checksum = pagination._checksum(payload, "b")  # noqa: SLF001 - a forger knows how the checksum is made
    refused(base64.urlsafe_b64encode(checksum + payload).rstrip(b"=").decode(), "b")


@pytest.mark.parametrize("value", [datetime(2031, 1, 2), float("nan"), float("inf")])  # noqa: DTZ001 - naive is the point
def test_a_cursor_of_what_cannot_be_kept_is_our_mistake(value: object) -> None:
    with pytest.raises(ValueError, match=r"time zone|JSON"):
        encode_token((value,), binding="b")


def test_a_cursor_holds_plain_values_only() -> None:
    with pytest.raises(TypeError, match="bytes"):
        encode_token((b"x",), binding="b")


def test_a_token_hides_nothing() -> None:
    """Whoever reads this expecting secrecy shall see that there is none."""
    raw = base64.urlsafe_b64decode(encode_token(("m1",), binding="b") + "==")
    assert json.loads(raw[8:]) == ["m1"]


@pytest.mark.parametrize(
    ("value", "size"),
    [(None, 3), ("", 3), (0, 3), ("0", 3), (1, 1), ("7", 7), (100, 100), (101, 100), ("9" * 40, 100), (10**30, 100)],
)
def test_a_page_size_has_a_default_and_a_maximum(value: int | str | None, size: int) -> None:
    assert page_size(value, default=3, maximum=100) == size


@pytest.mark.parametrize("value", [-1, "-1", "x", "1.5", " 1", "\u0663", "1_0", "9" * 5000, True, 1.5])
def test_what_is_no_page_size_is_refused(value: Any) -> None:
    with pytest.raises(InvalidArgument) as caught:
        page_size(value, default=3, maximum=100)
    assert caught.value.violations[0].field == "pageSize"

"""Request bodies: strict JSON, so that nothing gets through that a store or a model cannot handle."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator
from functools import cache
from itertools import islice
from typing import Any, NoReturn

from memorybank.errors import InvalidArgument, Violation

MAX_DEPTH = 40
"""How deep objects and arrays may be nested."""

_SUSPICIOUS_ESCAPE = re.compile(r"\\u(?:0000|[dD][89a-fA-F])")
_FORBIDDEN = re.compile("[\0\ud800-\udfff]")
_BLANK = " \t\r\n"
_MAX_VIOLATIONS = 20
_SHOWN = 128


def parse_json(body: bytes) -> Any:
    """Read a request body, which must be one JSON object; an empty body counts as an empty object.

    Raises `InvalidArgument` for anything that `parse_value` refuses.
    """
    text = _text(body)
    if not text.strip(_BLANK):
        return {}
    value = _checked(text)
    if not isinstance(value, dict):
        raise InvalidArgument("The body must be a JSON object.")
    return value


def parse_value(body: bytes) -> Any:
    """Read a body that holds one JSON value of any kind.

    Raises `InvalidArgument` for anything that RFC 8259 does not allow, and also for duplicate keys, nesting deeper than
    `MAX_DEPTH`, numbers that are too large, and NUL characters or lone surrogates in strings or keys.
    """
    text = _text(body)
    if not text.strip(_BLANK):
        raise InvalidArgument("The body is empty.")
    return _checked(text)


def _text(body: bytes) -> str:
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError as error:
        raise InvalidArgument(f"The body must be UTF-8; byte {error.start} is not.") from error
    if text.startswith("\ufeff"):
        raise InvalidArgument("The body is not JSON: line 1, column 1: a byte order mark, send UTF-8 without one.")
    return text


def _checked(text: str) -> Any:
    value = _load(text)
    if isinstance(value, dict | list):
        _check_depth(value)
    # Such characters can only come from escapes, so most bodies need no walk over their strings.
    if _SUSPICIOUS_ESCAPE.search(text):
        _check_characters(value)
    return value


def _load(text: str) -> Any:
    try:
        return _decoder().decode(text)
    except json.JSONDecodeError as error:
        raise InvalidArgument(
            f"The body is not JSON: line {error.lineno}, column {error.colno}: {error.msg}."
        ) from error
    except RecursionError as error:
        raise _too_deep() from error
    except ValueError as error:
        # The only other ValueError: an integer longer than sys.get_int_max_str_digits().
        raise InvalidArgument("The body holds a number with too many digits.") from error


@cache
def _decoder() -> json.JSONDecoder:
    return json.JSONDecoder(object_pairs_hook=_object, parse_float=_float, parse_constant=_constant)


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    value = dict(pairs)
    if len(value) != len(pairs):
        seen: set[str] = set()
        key = next(key for key, _ in pairs if key in seen or seen.add(key))  # type: ignore[func-returns-value]
        raise InvalidArgument.of(Violation(key[:_SHOWN], "occurs twice in one object"))
    return value


def _float(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        raise InvalidArgument(f"The body holds a number too large to hold: {text[:40]}.")
    return value


def _constant(name: str) -> NoReturn:
    raise InvalidArgument(f"The body is not JSON: {name} is not a JSON value.")


def _check_depth(value: Any) -> None:
    level = [value]
    for _ in range(MAX_DEPTH):
        level = [
            child
            for node in level
            for child in (node.values() if type(node) is dict else node)
            if type(child) is dict or type(child) is list
        ]
        if not level:
            return
    raise _too_deep()


def _too_deep() -> InvalidArgument:
    return InvalidArgument(f"The body is nested deeper than {MAX_DEPTH} levels.")


def _check_characters(value: Any) -> None:
    violations = [
        Violation(path or "body", f"holds U+{ord(character):04X}, which is not text")
        for path, character in islice(_forbidden_characters(value, ""), _MAX_VIOLATIONS)
    ]
    if violations:
        raise InvalidArgument.of(*violations)


def _forbidden_characters(value: Any, path: str) -> Iterator[tuple[str, str]]:
    """Yield the dotted path of every string or key that holds a forbidden character, and that character."""
    if isinstance(value, str):
        if found := _FORBIDDEN.search(value):
            yield path, found.group()
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _forbidden_characters(item, f"{path}[{index}]")
    elif isinstance(value, dict):
        for key, item in value.items():
            inner = f"{path}.{key[:_SHOWN]}" if path else key[:_SHOWN]
            if found := _FORBIDDEN.search(key):
                yield inner, found.group()
            yield from _forbidden_characters(item, inner)

"""The SQL of screens: what leaves out documents inside SQLite, without decoding them.

Every piece of SQL here is 0 or 1, never NULL, so that NOT means what it says.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, NamedTuple

from memorybank.errors import InvalidArgument
from memorybank.ports.screens import AllOf, AnyOf, Condition, NotOf, Screen, conditions_of
from memorybank.storage.sqlite.codec import check_field, dump, encode_scalar

FOLD = "fold_case"
"""The SQL function of `fold`; connections register it."""

_MOST_CONDITIONS = 100  # far below the limits of SQLite for the depth of an expression (1,000) and for bound values
_PLAIN_KEY = re.compile(r'[^"\\\x00-\x1f]+')
_PLAIN_TEXT = re.compile(r"[^\x00-\x02]*")
_VERBATIM = re.compile(r'[^"\\\x00-\x1f\x7f]+')
_AND, _OR = " AND ", " OR "
_VALUE = "json_extract(data, ?)"
_ITEM_VALUE = "CASE WHEN type = 'object' THEN json_extract(value, ?) END"  # of an item of `json_each`
_TEMPLATES = {
    "present": "({} IS NOT NULL)",
    "==": "({} IS ?)",
    "starts": "coalesce(substr({}, 1, ?) = ?, 0)",
    "ends": "coalesce(substr({}, ?) = ?, 0)",
    "contains": "coalesce(instr({}, ?) > 0, 0)",
    **{op: f"coalesce({{}} {op} ?, 0)" for op in ("<", "<=", ">", ">=")},
}
_SLACK, _LEAST = 1e-12, 1e-300  # SQLite's conversion of decimals may be off by some last bits


class _Sql(NamedTuple):
    """SQL that is 1 for every document that meets a screen; if `exact`, for no other one."""

    text: str
    values: tuple[Any, ...] = ()
    exact: bool = True


_OPEN = _Sql("1", exact=False)


def fold(value: Any) -> Any:
    """Return text case-folded, and anything else as it is."""
    return value.casefold() if isinstance(value, str) else value


def screened(screen: Screen | None) -> tuple[str, Sequence[Any]]:
    """Return the SQL that a screen adds to a condition on `documents`, and its values."""
    if screen is None or sum(1 for _ in conditions_of(screen)) > _MOST_CONDITIONS:
        return "", ()
    sql = _sql(screen)
    return ("", ()) if sql is _OPEN else (f" AND {sql.text}", sql.values)


def _sql(screen: Screen) -> _Sql:
    match screen:
        case Condition():
            return _test(screen)
        case AllOf(parts):
            return _joined(_AND, [_sql(part) for part in parts], empty="1")
        case AnyOf(parts):
            return _joined(_OR, [_sql(part) for part in parts], empty="0")
        case NotOf(part):
            inner = _sql(part)
            return _Sql(f"NOT {inner.text}", inner.values) if inner.exact else _OPEN
        case _:
            return _OPEN


def _joined(word: str, parts: Sequence[_Sql], *, empty: str) -> _Sql:
    if not parts:
        return _Sql(empty)
    known = [part for part in parts if part is not _OPEN]
    if not known or (word == _OR and len(known) < len(parts)):
        return _OPEN
    values = tuple(value for part in known for value in part.values)
    return _Sql(f"({word.join(part.text for part in known)})", values, all(part.exact for part in parts))


def _test(test: Condition) -> _Sql:
    if not all(map(_PLAIN_KEY.fullmatch, test.path[1:])):
        return _OPEN  # versions of SQLite differ in how they compare such keys
    if isinstance(test.value, str) and not _is_plain(test.value):
        return _OPEN
    try:
        encoded = replace(test, value=encode_scalar(test.value))
    except InvalidArgument:  # such as a time that only fits its own zone
        return _OPEN
    field, keys = check_field(test.path[0]), "".join(f'."{key}"' for key in test.path[1:])
    if not test.each:
        return _told_by_text(test, _compared(_VALUE, f"$.{field}{keys}", encoded))
    inner = _compared(_ITEM_VALUE, f"${keys}", encoded)
    text = f"EXISTS (SELECT 1 FROM json_each(data, ?) WHERE {inner.text})"  # noqa: S608 - of constants
    return _told_by_text(test, _Sql(text, (f"$.{field}", *inner.values), inner.exact))


def _compared(stored: str, path: str, test: Condition) -> _Sql:
    """Return the comparison of the value at a path; `stored` is its SQL, with a placeholder for the path."""
    if isinstance(test.value, float):
        return _number(stored, path, test)
    held = f"{FOLD}({stored})" if test.folded else stored
    op = "contains" if test.value == "" and test.op in ("starts", "ends") else test.op
    lengths = {"starts": (len(test.value),), "ends": (-len(test.value),)} if isinstance(test.value, str) else {}
    values = () if op == "present" else (*lengths.get(op, ()), test.value)
    return _Sql(_TEMPLATES[op].format(held), (path, *values))


def _number(stored: str, path: str, test: Condition) -> _Sql:
    """Compare with a number, a little too generously."""
    slack = abs(test.value) * _SLACK + _LEAST
    low, high = test.value - slack, test.value + slack
    if test.op == "==":
        return _Sql(f"coalesce({stored} BETWEEN ? AND ?, 0)", (path, low, high), exact=False)
    return _Sql(_TEMPLATES[test.op].format(stored), (path, high if test.op.startswith("<") else low), exact=False)


def _told_by_text(test: Condition, sql: _Sql) -> _Sql:
    """Add the test whether a text occurs anywhere in the document: that is quickly seen, without parsing it."""
    if test.op != "==" or test.folded or not isinstance(test.value, str) or not _VERBATIM.fullmatch(test.value):
        return sql
    return _Sql(f"(instr(data, ?) > 0 AND {sql.text})", (dump(test.value), *sql.values), sql.exact)


def _is_plain(text: str) -> bool:
    """Tell whether the stored form of a text is the text itself, so that its parts are parts of that form."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return bool(_PLAIN_TEXT.fullmatch(text))

"""How an item of a LangGraph store is kept in a memory: its text is the fact, and its value stands in the metadata."""

from __future__ import annotations

import hashlib
import json
import operator
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from langgraph.store.base import PutOp

from memorybank.errors import InvalidArgument, Violation

_KEY = "langgraph_key"
_PART = "langgraph_value_{}"
_FIELD = "langgraph_field"
"""Names the field of a value whose text is the memory's fact: if the bank changes the fact, the value changes, too."""

_PART_SIZE, _MOST_PARTS = 1000, 60
_MOST_TEXT = 2000
"""The most characters of a fact that an item gets; its value may be longer."""

_TEXTS = ("fact", "text", "content", "memory", "data")
"""Fields of values that usually hold the text to search for."""

_OPERATORS: Mapping[str, Callable[[Any, Any], Any]] = {
    "$eq": operator.eq,
    "$ne": operator.ne,
    "$gt": operator.gt,
    "$gte": operator.ge,
    "$lt": operator.lt,
    "$lte": operator.le,
}


def memory_id(namespace: tuple[str, ...], key: str) -> str:
    """Return the id of an item's memory: ids are unique in an engine, keys only in a namespace."""
    named = json.dumps([*namespace, key], ensure_ascii=False)
    return f"lg{hashlib.sha256(named.encode('utf-8', 'surrogatepass')).hexdigest()[:40]}"


def memory_of(op: PutOp) -> dict[str, Any]:
    """Return the fact and the metadata of an item."""
    value = dict(op.value or {})
    text = json.dumps(value, ensure_ascii=False)
    parts = [text[start : start + _PART_SIZE] for start in range(0, len(text), _PART_SIZE)]
    if len(parts) > _MOST_PARTS:
        most = _PART_SIZE * _MOST_PARTS
        raise InvalidArgument.of(Violation("value", f"must be at most {most} characters as JSON, not {len(text)}"))
    metadata = {_PART.format(number): {"stringValue": part} for number, part in enumerate(parts)}
    fields = _searched(op, value)
    fact = "\n".join(_as_text(value[name]) for name in fields).strip() or text
    if len(fields) == 1 and value[fields[0]] == fact[:_MOST_TEXT]:
        metadata[_FIELD] = {"stringValue": fields[0]}
    return {"fact": fact[:_MOST_TEXT], "metadata": {_KEY: {"stringValue": op.key}, **metadata}}


def read_item(memory: Mapping[str, Any]) -> dict[str, Any]:
    """Return key, value and times of the item that a memory is; one that no store wrote is its fact."""
    metadata = memory.get("metadata", {})
    parts: list[str] = []
    while (part := metadata.get(_PART.format(len(parts)))) is not None:
        parts.append(part["stringValue"])
    own = _KEY in metadata and parts
    value = json.loads("".join(parts)) if own else {}
    if not own or _FIELD in metadata:
        value[metadata[_FIELD]["stringValue"] if own else "fact"] = memory.get("fact", "")
    return {
        "key": metadata[_KEY]["stringValue"] if own else memory["name"].rpartition("/")[2],
        "value": value,
        "created_at": datetime.fromisoformat(memory["createTime"]),
        "updated_at": datetime.fromisoformat(memory["updateTime"]),
    }


def fits(value: Mapping[str, Any], field: str, wanted: Any) -> bool:
    """Tell whether a field of a value is as a filter wants it: equal, or by operators such as `{"$gt": 3}`."""
    found = value.get(field)
    if not (isinstance(wanted, Mapping) and wanted and all(name in _OPERATORS for name in wanted)):
        return bool(found == wanted)
    try:
        return all(_OPERATORS[name](found, bound) for name, bound in wanted.items())
    except TypeError:  # values that cannot be compared
        return False


def _searched(op: PutOp, value: Mapping[str, Any]) -> list[str]:
    """Return the fields by whose text an item is found."""
    if isinstance(op.index, list):
        return [name for name in op.index if name in value]
    return [name for name in _TEXTS if name in value][:1]


def _as_text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)

"""Memories of mem0: the JSON that its `get_all` returns, of the platform or of the library."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from memorybank.client.transfer import Record
from memorybank.commands.importers.files import Readable, json_of, utc_time
from memorybank.errors import InvalidArgument, Violation

_SCOPE = ("user_id", "agent_id", "app_id", "run_id")
_LISTS = ("results", "memories")


def records(file: Readable, scope: dict[str, str]) -> Iterator[Record]:
    """Yield its memories; those that name nobody get the scope that was given."""
    found = json_of(file)
    if isinstance(found, dict):
        found = next((found[name] for name in _LISTS if isinstance(found.get(name), list)), None)
    if not isinstance(found, list):
        raise InvalidArgument.of(
            Violation(str(file), "has no list of memories: give the JSON that mem0's get_all returns")
        )
    for number, each in enumerate(found, start=1):
        yield Record("memory", {"memory": _memory(each, number=number, scope=scope)}, number)


def _memory(each: Any, *, number: int, scope: dict[str, str]) -> dict[str, Any]:
    fact = each.get("memory") if isinstance(each, dict) else None
    if not isinstance(fact, str) or not fact.strip():
        raise InvalidArgument.of(Violation(f"entry {number}", "has no text in its field memory"))
    own = {key: str(each[key]) for key in _SCOPE if each.get(key)} or scope
    if not own:
        raise InvalidArgument.of(Violation(f"entry {number}", "names no user_id: say whose it is by --scope"))
    memory: dict[str, Any] = {"fact": fact.strip(), "scope": own}
    if (told := each.get("created_at")) is not None:
        memory["createTime"] = utc_time(told)
        if memory["createTime"] is None:
            right = "created_at must be a time such as 2025-01-02T03:04:05Z"
            raise InvalidArgument.of(Violation(f"entry {number}", right))
    metadata = each.get("metadata")
    if (end := _end(each.get("expiration_date"), number=number)) is not None:
        memory["expireTime"] = end
    if isinstance(metadata, dict):
        memory["metadata"] = {str(key): _value(value) for key, value in metadata.items() if value is not None}
    return memory


def _end(told: Any, *, number: int) -> str | None:
    """Return when a memory expires: mem0 shows it to the end of the day that it names, in UTC.

    https://docs.mem0.ai/platform/features/memory-expiration
    """
    if told is None:
        return None
    try:
        return f"{date.fromisoformat(str(told)) + timedelta(days=1)}T00:00:00Z"
    except OverflowError:  # the last day of the calendar stands for never
        return None
    except ValueError as error:
        right = f"expiration_date must be a date such as 2030-01-31, not {str(told)[:40]!r}"
        raise InvalidArgument.of(Violation(f"entry {number}", right)) from error


def _value(value: Any) -> dict[str, Any]:
    if isinstance(value, bool):
        return {"boolValue": value}
    return {"doubleValue": value} if isinstance(value, int | float) else {"stringValue": str(value)[:1024]}

"""Files that people name: read line by line or as a whole, with errors that say what is wrong and where."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from memorybank.client.transfer import MAX_LINE
from memorybank.errors import FailedPrecondition, InvalidArgument, NotFound, Violation


def lines_of(path: Path) -> Iterator[tuple[int, str]]:
    """Yield the lines of a text file with their numbers, without blank ones."""
    try:
        with path.open("rb") as file:
            number = 0
            while raw := file.readline(MAX_LINE + 1):
                number += 1
                if len(raw) > MAX_LINE:
                    raise InvalidArgument.of(Violation(f"line {number}", f"is longer than {MAX_LINE:,} bytes"))
                try:
                    text = raw.decode("utf-8-sig" if number == 1 else "utf-8")
                except UnicodeDecodeError as error:
                    raise InvalidArgument.of(Violation(f"line {number}", "is not UTF-8 text")) from error
                if text.strip():
                    yield number, text
    except OSError as error:
        raise _unreadable(path, error) from error


def json_of(path: Path) -> Any:
    """Return what a JSON file holds."""
    try:
        return json.loads(path.read_bytes())
    except (ValueError, RecursionError) as error:
        raise InvalidArgument.of(Violation(str(path), f"is not a JSON file: {_short(error)}")) from error
    except OSError as error:
        raise _unreadable(path, error) from error


def objects_of(path: Path, *, holding: str, service: str) -> list[dict[str, Any]]:
    """Return the conversations of a service's `conversations.json`, each of which has the field `holding`."""
    found = json_of(path)
    if not isinstance(found, list) or not all(isinstance(each, dict) and holding in each for each in found):
        right = f"is not {service}'s conversations.json: a list of conversations, each with the field {holding}"
        raise InvalidArgument.of(Violation(str(path), right))
    return found


def utc_time(text: Any) -> str | None:
    """Return a time of ISO 8601 in UTC, which it is in if it names no zone; None if it is none."""
    try:
        moment = datetime.fromisoformat(str(text))
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC).isoformat()
    except (ValueError, OverflowError):  # the latter at both ends of the calendar
        return None


def object_in(text: str, *, line: int) -> dict[str, Any]:
    """Return the JSON object on a line."""
    try:
        found = json.loads(text)
    except (ValueError, RecursionError) as error:
        right = "is the file complete?" if not text.endswith("\n") else "each line must be one JSON object"
        raise InvalidArgument.of(Violation(f"line {line}", f"is not JSON ({_short(error)}): {right}")) from error
    if not isinstance(found, dict):
        raise InvalidArgument.of(Violation(f"line {line}", "must be a JSON object"))
    return found


def _short(error: Exception) -> str:
    if isinstance(error, json.JSONDecodeError):
        return f"{error.msg} at character {error.pos + 1}"
    return str(error)[:100] or "nested too deeply"


def _unreadable(path: Path, error: OSError) -> Exception:
    if isinstance(error, FileNotFoundError):
        return NotFound(f"there is no file {path}: name the file to read")
    return FailedPrecondition(f"{path} cannot be read: {error.strerror or error}")

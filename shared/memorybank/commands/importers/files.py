"""Files that people name: read line by line or as a whole, with errors that say what is wrong and where."""

from __future__ import annotations

import io
import itertools
import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any, BinaryIO, Literal, Protocol

from memorybank.client.transfer import MAX_LINE
from memorybank.errors import FailedPrecondition, InvalidArgument, MemoryBankError, NotFound, Violation

_UTF16_MARKS = (b"\xff\xfe", b"\xfe\xff")
_PACKED = {
    b"\x1f\x8b": "is compressed: unpack it by gunzip, and name what it holds",
    b"PK\x03\x04": "is a zip archive: unpack it, and name the file in it, such as conversations.json",
    b"BZh": "is compressed: unpack it by bunzip2, and name what it holds",
    b"\xfd7zXZ": "is compressed: unpack it by unxz, and name what it holds",
    b"(\xb5/\xfd": "is compressed: unpack it by unzstd, and name what it holds",
}
_MARK = max(map(len, _PACKED))
_CARRIAGE_RETURN = re.compile(r"\r(?!\n)")
_MILLISECONDS = 100_000_000_000
"""A number of seconds that is larger than this, in the year 5138, counts milliseconds."""


class Readable(Protocol):
    """A file that can be read more than once, and whose text is what errors call it; a `Path` is one."""

    def open(self, mode: Literal["rb"]) -> BinaryIO:
        """Return its content."""
        ...

    def __str__(self) -> str:
        """Return its name."""
        ...


def lines_of(path: Readable) -> Iterator[tuple[int, str]]:
    """Yield the lines of a text file with their numbers, without blank ones.

    They may end as on any system. The text is UTF-8, or UTF-16 that begins with a byte order mark, as on Windows.
    """
    try:
        with path.open("rb") as file:
            start = file.read(_MARK)
            _refuse_packed(path, start)
            file.seek(0)
            number = 0
            for text in _utf16_lines(file) if start.startswith(_UTF16_MARKS) else _utf8_lines(file):
                for line in _CARRIAGE_RETURN.split(text):
                    number += 1
                    if line.strip():
                        yield number, line
    except OSError as error:
        raise unreadable(str(path), error) from error


def _utf8_lines(file: BinaryIO) -> Iterator[str]:
    for number in itertools.count(1):
        raw = file.readline(MAX_LINE + 1)
        if not raw:
            return
        _check_length(len(raw), number)
        try:
            yield raw.decode("utf-8-sig" if number == 1 else "utf-8")
        except UnicodeDecodeError as error:
            raise _wrong_text(number) from error


def _utf16_lines(file: BinaryIO) -> Iterator[str]:
    with io.TextIOWrapper(file, encoding="utf-16", newline="\n") as text:
        for number in itertools.count(1):
            try:
                line = text.readline(MAX_LINE + 1)
            except UnicodeError as error:
                raise _wrong_text(number) from error
            if not line:
                return
            _check_length(len(line.encode(errors="replace")), number)
            yield line


def _check_length(length: int, number: int) -> None:
    if length > MAX_LINE:
        raise InvalidArgument.of(Violation(f"line {number}", f"is longer than {MAX_LINE:,} bytes"))


def _wrong_text(number: int) -> InvalidArgument:
    return InvalidArgument.of(Violation(f"line {number}", "is not UTF-8 text: save the file as UTF-8"))


def json_of(path: Readable) -> Any:
    """Return what a JSON file holds, in UTF-8, UTF-16 or UTF-32."""
    try:
        with path.open("rb") as file:
            content = file.read()
        _refuse_packed(path, content)
        return json.loads(content)
    except UnicodeDecodeError as error:
        raise InvalidArgument.of(Violation(str(path), "is not UTF-8 text: save the file as UTF-8")) from error
    except (ValueError, RecursionError) as error:
        raise InvalidArgument.of(Violation(str(path), f"is not a JSON file: {_short(error)}")) from error
    except OSError as error:
        raise unreadable(str(path), error) from error


def _refuse_packed(path: Readable, start: bytes) -> None:
    """Refuse what is packed, by a way to unpack it: services send their exports like that."""
    for mark, right in _PACKED.items():
        if start.startswith(mark):
            raise InvalidArgument.of(Violation(str(path), right))


def objects_of(path: Readable, *, holding: str, service: str) -> list[dict[str, Any]]:
    """Return the conversations of a service's `conversations.json`, each of which has the field `holding`."""
    found = json_of(path)
    if not isinstance(found, list) or not all(isinstance(each, dict) and holding in each for each in found):
        right = f"is not {service}'s conversations.json: a list of conversations, each with the field {holding}"
        raise InvalidArgument.of(Violation(str(path), right))
    return found


def utc_time(text: Any) -> str | None:
    """Return a time in UTC, which it is in if it names no zone: of ISO 8601, or seconds or milliseconds since 1970.

    None stands for anything else.
    """
    try:
        if isinstance(text, int | float) and not isinstance(text, bool):
            return datetime.fromtimestamp(text / 1000 if abs(text) > _MILLISECONDS else text, UTC).isoformat()
        moment = datetime.fromisoformat(str(text))
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC).isoformat()
    except (ValueError, OverflowError, OSError):  # the latter two at both ends of the calendar
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


def unreadable(path: str, error: OSError) -> MemoryBankError:
    """Return the error for a file that the system does not let be read."""
    if isinstance(error, FileNotFoundError):
        return NotFound(f"there is no file {path}: name the file to read")
    if isinstance(error, IsADirectoryError):
        return FailedPrecondition(f"{path} is a directory: name a file in it")
    return FailedPrecondition(f"{path} cannot be read: {error.strerror or error}")

"""What a benchmark consists of, whichever file it comes from: histories of sessions, and questions about them."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import file_digest
from pathlib import Path
from typing import Any, TypeVar

from memorybank.errors import InvalidArgument, Violation

MOST_CHARACTERS = 2048
"""Longer texts are cut: no fact may be longer."""

_T = TypeVar("_T")


@dataclass(frozen=True)
class Note:
    """A text that becomes a memory as it is. `ref` names the turn that it comes from: its session, a colon, a number.

    A note on several turns names them all, with spaces between.
    """

    ref: str
    text: str


@dataclass(frozen=True)
class Turn:
    """What somebody said."""

    ref: str
    speaker: str
    text: str

    def note(self, time: datetime | None, *, alone: bool = False) -> Note:
        """Return the turn as one text, with when and by whom it was said, unless it stands `alone`."""
        if alone:
            return Note(self.ref, self.text[:MOST_CHARACTERS])
        when = f"{time:%d %B %Y}, " if time else ""
        return Note(self.ref, f"{when}{self.speaker}: {self.text}"[:MOST_CHARACTERS])


@dataclass(frozen=True)
class Session:
    """A conversation. Its `ref` is what the refs of its turns begin with."""

    ref: str
    turns: tuple[Turn, ...]
    time: datetime | None = None


@dataclass(frozen=True)
class Question:
    """A question with its right answer, and the refs of the turns or sessions that show it.

    `counted` is False for questions that cannot be answered, which totals leave out. `rule` says how an answer is
    judged (`prompts/benchmark.py`).
    """

    id: str
    kind: str
    text: str
    answer: str
    evidence: frozenset[str]
    counted: bool = True
    rule: str = "plain"
    asked: str = ""


@dataclass(frozen=True)
class History:
    """The sessions of some people, and questions about them. `users` are those whose memories a bank would keep.

    `dated` are the observations with when and about whom they were made.
    """

    id: str
    sessions: tuple[Session, ...]
    questions: tuple[Question, ...]
    users: tuple[str, ...]
    observations: tuple[Note, ...] = field(default=())
    dated: tuple[Note, ...] = field(default=())

    def notes(self) -> list[Note]:
        """Return every turn as a note."""
        return [turn.note(session.time) for session in self.sessions for turn in session.turns]


def session_of(ref: str) -> str:
    """Return the session of a turn, or of the first of several."""
    ref = ref.partition(" ")[0]
    return ref.rpartition(":")[0] or ref


def read_file(path: Path, read: Callable[[Any], _T], *, limit: int | None) -> list[_T]:
    """Read the first entries of a JSON file that is an array; `InvalidArgument` says which entry is wrong, and how."""
    try:
        entries = json.loads(path.read_text("utf-8"))
    except OSError as error:
        raise _wrong(f"{path} cannot be read: {error.strerror}") from error
    except (ValueError, RecursionError) as error:
        raise _wrong(f"{path} is not JSON") from error
    if not isinstance(entries, list):
        raise _wrong(f"{path} must hold an array")
    found = []
    for number, entry in enumerate(entries[:limit]):
        try:
            found.append(read(entry))
        except KeyError as error:
            raise _wrong(f"entry {number} of {path} has no {error.args[0]}") from error
        except (AttributeError, TypeError, ValueError, IndexError) as error:
            raise _wrong(f"entry {number} of {path} is not of this benchmark's form: {error}") from error
    return found


def digest_of(path: Path) -> str:
    """Return a short digest of a file."""
    with path.open("rb") as opened:
        return file_digest(opened, "sha256").hexdigest()[:16]


def moment(text: Any, form: str) -> datetime | None:
    """Return the time that a text tells, or None."""
    try:
        return datetime.strptime(str(text), form)  # noqa: DTZ007 - these files have no time zones
    except ValueError:
        return None


def refs(values: Iterable[Any], known: Sequence[str]) -> frozenset[str]:
    """Return those refs that exist; files have some that do not."""
    return frozenset(map(str, values)) & frozenset(known)


def _wrong(says: str) -> InvalidArgument:
    return InvalidArgument.of(Violation("path", says))

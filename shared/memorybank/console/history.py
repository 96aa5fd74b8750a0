"""The history of a memory, newest first, as the bank explains it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from memorybank.client.bank import BankClient
from memorybank.console.differences import Piece, differences

_QUOTED = re.compile(r'\(event (\d{1,9})(?:: "(.*)")?\)', re.DOTALL)
_PAGE = 50


@dataclass(frozen=True)
class Quote:
    """Words of a conversation; `event` counts its events from 1."""

    event: int | None
    text: str


@dataclass(frozen=True)
class Revision:
    """One change: what the memory said after it, and why. `fact` is None where the memory was deleted."""

    name: str
    action: str
    fact: str | None
    create_time: str
    pieces: Sequence[Piece]
    details: Mapping[str, str]
    quotes: Sequence[Quote] = ()
    refused: Sequence[Mapping[str, Any]] = ()

    @property
    def id(self) -> str:
        """The last part of the name."""
        return self.name.rpartition("/")[2]


@dataclass(frozen=True)
class History:
    """A memory, None if it has been deleted, and the newest of its revisions; `more` says that there are others.

    `explanation` is the answer of `:explain`.
    """

    memory: Mapping[str, Any] | None
    revisions: Sequence[Revision]
    more: bool
    explanation: Mapping[str, Any]


def history_of(bank: BankClient, name: str) -> History:
    """Return the history of a memory; a deleted one has one, too, as long as it can be restored."""
    told = bank.call("GET", f"{name}:explain", query={"pageSize": _PAGE})
    memory = None if "deleteTime" in told else told["memory"]
    return History(memory, tuple(_revisions(told.get("revisions", []))), bool(told.get("nextPageToken")), told)


def quotes_of(revision: Mapping[str, Any]) -> list[Quote]:
    """Return the words that a revision was taken from: as it names them, or as its extracted memories quote them."""
    if "quotes" in revision:
        return [Quote(_counted(quote.get("event")), quote.get("text", "")) for quote in revision["quotes"]]
    contexts = [str(each.get("context", "")) for each in revision.get("extractedMemories", [])]
    # Each is looked at in one place: a quote may contain what looks like the beginning of another one.
    found = [_QUOTED.match(text, max(0, text.find("(event "))) for text in contexts]
    return [Quote(int(each[1]), each[2] or "") for each in found if each]


def _counted(event: Any) -> int | None:
    return event + 1 if isinstance(event, int) else None


def _revisions(found: Sequence[Mapping[str, Any]]) -> Iterator[Revision]:
    facts = [each.get("fact") or "" for each in found]
    for each, older in zip(found, [*facts, ""][1:], strict=True):
        fact = each.get("fact")
        yield Revision(
            name=each["name"],
            action=each["action"],
            fact=fact,
            create_time=each["createTime"],
            pieces=differences(older, fact or ""),
            details=dict(_details(each)),
            quotes=quotes_of(each),
            refused=each.get("refused", ()),
        )


def _details(revision: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    produced = revision.get("producedBy", {})
    rows = (
        ("Relation", revision.get("relation")),
        ("Reason", revision.get("reason")),
        ("Said", _time(revision.get("eventTime"))),
        ("Since", revision.get("since")),
        ("Until", revision.get("until")),
        ("Held until", _time(revision.get("endTime"))),
        ("Extracted by", produced.get("extraction")),
        ("Decided by", produced.get("consolidation")),
    )
    return ((label, value) for label, value in rows if value)


def _time(value: str | None) -> str | None:
    return f"{value[:19].replace('T', ' ')} UTC" if value else None

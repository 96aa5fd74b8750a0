"""Scores what a bank remembers of conversations against the expected outcome.

A case is one or more conversations of one person, in order, and what the bank should hold afterwards. Facts are
recognised by words that every wording must contain, so that models of any style are scored alike.
"""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from pydantic import Field

from memorybank.resources.wire import WireModel

BILLED = ("calls", "inputTokens", "outputTokens", "cachedTokens")
"""The usage that an operation reports for each billed step; cached tokens are part of the input."""


class Expectation(WireModel):
    """An expected memory: it contains all of `words`, one of `any`, and none of `absent`, in any letter case.

    `kept` means that it was known before the last conversation and must have survived it.
    """

    words: list[str] = Field(default_factory=list)
    any: list[str] = Field(default_factory=list)
    absent: list[str] = Field(default_factory=list)
    kept: bool = False

    def fits(self, fact: str) -> bool:
        """Tell whether a memory is the expected one."""
        text = _plain(fact)
        return (
            all(_plain(word) in text for word in self.words)
            and (not self.any or any(_plain(word) in text for word in self.any))
            and not any(_plain(word) in text for word in self.absent)
        )


class Turn(WireModel):
    """What somebody said, and when, if that matters."""

    role: str
    text: str
    time: str | None = None


class Conversation(WireModel):
    """The turns of one generation."""

    turns: list[Turn]
    time_zone: str | None = None


class Case(WireModel):
    """Conversations, and what should be remembered of them.

    `forbid` lists what no memory may say (all words of an entry together); `apart` lists pairs of expectations that
    must not end up in one memory; `bank` is the bank's configuration; `language` that of the memories if not English.
    """

    id: str
    conversations: list[Conversation]
    expect: list[Expectation] = Field(default_factory=list)
    forbid: list[list[str]] = Field(default_factory=list)
    apart: list[tuple[int, int]] = Field(default_factory=list)
    bank: dict[str, Any] = Field(default_factory=dict)
    language: str | None = None


@dataclass
class Score:
    """Counts over some cases; `wrong` describes each mistake.

    `billed` has the calls and tokens of each step, under the names that operations use: the kinds are `BILLED`.
    """

    cases: int = 0
    expected: int = 0
    found: int = 0
    memories: int = 0
    right: int = 0
    forbidden: int = 0
    false_merges: int = 0
    missed_duplicates: int = 0
    kept: int = 0
    wrong_deletions: int = 0
    foreign: int = 0
    language_kept: int = 0
    failed: int = 0
    billed: Counter[tuple[str, str]] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)

    def add(self, other: Score) -> None:
        """Add other counts."""
        for name, value in vars(other).items():
            setattr(self, name, getattr(self, name) + value)


def score_of(case: Case, facts: Sequence[str]) -> Score:
    """Score the memories at the end of a case."""
    fitting = [[fact for fact in facts if expectation.fits(fact)] for expectation in case.expect]
    right = {fact for fits in fitting for fact in fits}
    score = Score(cases=1, expected=len(case.expect), memories=len(facts), right=sum(fact in right for fact in facts))
    for expectation, fits in zip(case.expect, fitting, strict=True):
        said = " + ".join([*expectation.words, *expectation.any])
        score.found += bool(fits)
        score.kept += expectation.kept
        score.missed_duplicates += max(0, len(fits) - 1)
        if len(fits) > 1:
            score.wrong.append(f"{case.id}: {len(fits)} memories say {said!r}")
        if not fits:
            score.wrong_deletions += expectation.kept
            score.wrong.append(f"{case.id}: nothing says {said!r}")
    for one, other in case.apart:
        if fitting[one] and set(fitting[one]) == set(fitting[other]):
            score.false_merges += 1
            score.wrong.append(f"{case.id}: two facts became one")
    for words in case.forbid:
        for fact in facts:
            if all(_plain(word) in _plain(fact) for word in words):
                score.forbidden += 1
                score.wrong.append(f"{case.id}: {fact!r} should not be there")
    score.wrong += [f"{case.id}: {fact!r} was not expected" for fact in facts if fact not in right]
    if case.language is not None:
        score.foreign += len(case.expect)
        score.language_kept += sum(map(bool, fitting))
    return score


def report(scores: Mapping[str, Score], calls: Mapping[str, int]) -> str:
    """Return a table with a line per group and one for the total."""
    total = Score()
    for score in scores.values():
        total.add(score)
    rows: list[tuple[str, ...]] = [
        ("", "cases", "recall", "precision", "forbidden", "doubled", "merged", "lost", "failed")
    ]
    rows += [_row(group, score) for group, score in {**scores, "all": total}.items()]
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    lines = ["  ".join(cell.rjust(width) for cell, width in zip(row, widths, strict=True)) for row in rows]
    lines += [
        "",
        f"language kept: {_share(total.language_kept, total.foreign)}",
        f"calls per case: {', '.join(f'{count / total.cases:.2f} {kind}' for kind, count in calls.items())}",
        *_billed(total),
    ]
    return "\n".join(lines)


def _billed(total: Score) -> Iterator[str]:
    """Yield what was billed, by step. Local models bill nothing; some providers do not report tokens."""
    for step in dict.fromkeys(step for step, _ in total.billed):
        calls, into, out, cached = (total.billed[step, kind] for kind in BILLED)
        each = f"{into / total.cases:.1f} in ({cached / total.cases:.1f} cached), {out / total.cases:.1f} out per case"
        told = f"{each}; {into} in ({cached} cached), {out} out in all" if into or out else "not told by the provider"
        yield f"tokens: {step}: {told}; {calls} calls billed"
    if not total.billed:
        yield "tokens: none, nothing was billed"


def _row(group: str, score: Score) -> tuple[str, ...]:
    counts = (score.forbidden, score.missed_duplicates, score.false_merges, score.wrong_deletions, score.failed)
    shares = (_share(score.found, score.expected), _share(score.right, score.memories))
    return (group, str(score.cases), *shares, *map(str, counts))


def _share(part: int, whole: int) -> str:
    return f"{part}/{whole}" + (f" {part / whole:.0%}" if whole else "")


def _plain(text: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())

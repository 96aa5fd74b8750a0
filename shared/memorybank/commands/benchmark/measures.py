"""What `memorybank bench` measures, and the table of it.

All measures look at the refs of the memories that were found, the nearest first. `recall` is the share of a question's
evidence among the first k, `hit` whether any of it is there, `all` whether all is, and `mrr` one divided by the rank of
the first. Questions without evidence, and those that cannot be answered, do not count.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from statistics import fmean, median, stdev
from typing import Any

from memorybank.commands.benchmark.data import session_of

FEW = 5
"""Recall is told at this rank, too."""

_NORMAL = 1.96  # standard errors on either side of a mean hold 95 % of a normal distribution


@dataclass(frozen=True)
class Outcome:
    """What came of one question. `correct` is None if it was not answered."""

    id: str
    kind: str
    evidence: frozenset[str]
    found: tuple[str, ...]
    counted: bool = True
    correct: bool | None = None
    seconds: float = 0.0
    usage: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)

    def recall(self, most: int) -> float:
        """Return the share of the evidence among the first `most`."""
        found = frozenset[str]().union(*map(_refs_of, self.found[:most]))
        return len(self.evidence & found) / len(self.evidence)

    @property
    def reciprocal_rank(self) -> float:
        """One divided by the rank of the first evidence; 0 if none was found."""
        return next((1 / rank for rank, ref in enumerate(self.found, 1) if _refs_of(ref) & self.evidence), 0.0)

    def by_session(self) -> Outcome:
        """Return the same measured by sessions: each counts once, at the place of its first memory."""
        found = tuple(dict.fromkeys(map(session_of, self.found)))
        return replace(self, found=found, evidence=frozenset(map(session_of, self.evidence)))


def _refs_of(found: str) -> frozenset[str]:
    """Return the turns that a memory comes from, and their session."""
    return frozenset((*found.split(), session_of(found)))


def table(outcomes: Sequence[Outcome], *, most: int) -> Iterator[str]:
    """Yield the lines of a table with a row per kind of question and one for all that count."""
    kinds = sorted({each.kind for each in outcomes if each.counted})
    groups = {kind: [each for each in outcomes if each.kind == kind] for kind in kinds}
    groups["all"] = [each for each in outcomes if each.counted]
    for each in outcomes:
        if not each.counted:
            groups.setdefault(f"({each.kind})", []).append(each)
    few = [FEW] if most > FEW else []
    head = ["", "questions", *(f"recall@{k}" for k in few), f"recall@{most}", f"hit@{most}", f"all@{most}", "mrr"]
    rows = [[*head, "answered", "correct"]]
    rows += [_row(kind, found, few=few, most=most) for kind, found in groups.items()]
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    for row in rows:
        yield "  ".join(cell.rjust(width) for cell, width in zip(row, widths, strict=True))


def intervals(outcomes: Sequence[Outcome], *, most: int) -> Iterator[str]:
    """Yield a line that tells how far recall and mrr of all questions may be off, in 95 of 100 samples of so many."""
    shown = [each for each in outcomes if each.evidence and each.counted]
    if len(shown) >= FEW:
        recall = _half_width([each.recall(most) for each in shown])
        rank = _half_width([each.reciprocal_rank for each in shown])
        yield f"95 % interval of all: recall@{most} \u00b1{recall:.3f}, mrr \u00b1{rank:.3f}"


def _half_width(values: Sequence[float]) -> float:
    return _NORMAL * stdev(values) / math.sqrt(len(values))


def _row(kind: str, outcomes: Sequence[Outcome], *, few: Sequence[int], most: int) -> list[str]:
    shown = [each for each in outcomes if each.evidence and each.counted]
    answered = [each.correct for each in outcomes if each.correct is not None]
    measures: list[list[float]] = [
        *([each.recall(k) for each in shown] for k in (*few, most)),
        [each.recall(most) > 0 for each in shown],
        [each.recall(most) == 1 for each in shown],
        [each.reciprocal_rank for each in shown],
    ]
    return [kind, str(len(outcomes)), *map(_mean, measures), str(len(answered)), _mean(answered)]


def _mean(values: Iterable[float]) -> str:
    found = [float(value) for value in values]
    return f"{fmean(found):.3f}" if found else "-"


@dataclass(frozen=True, kw_only=True)
class Prices:
    """What a million tokens cost, in any currency; None if it is not known."""

    input: float | None = None
    output: float | None = None
    embedding: float | None = None

    def cost(self, step: str, told: Mapping[str, int]) -> float | None:
        """Return what a step has cost, or None if a price is missing."""
        if step == "embed":
            return None if self.embedding is None else told["inputTokens"] * self.embedding / 1e6
        if self.input is None or self.output is None:
            return None
        return (told["inputTokens"] * self.input + told["outputTokens"] * self.output) / 1e6


def costs(usages: Iterable[Mapping[str, Mapping[str, Any]]], prices: Prices) -> Iterator[str]:
    """Yield what was billed, by step, and what it cost if prices are known."""
    total: dict[str, dict[str, int]] = {}
    for usage in usages:
        for step, told in usage.items():
            counts = total.setdefault(step, {"calls": 0, "inputTokens": 0, "outputTokens": 0})
            for kind in counts:
                counts[kind] += int(told.get(kind, 0))
    if not total:
        yield "billed: nothing"
        return
    paid = []
    for step, counts in total.items():
        cost = prices.cost(step, counts)
        paid.append(cost)
        said = "" if cost is None else f", {cost:.4f}"
        yield (
            f"billed: {step}: {counts['calls']} calls, {counts['inputTokens']} tokens in, "
            f"{counts['outputTokens']} out{said}"
        )
    known = [cost for cost in paid if cost is not None]
    yield f"cost: {sum(known):.4f}" if len(known) == len(paid) else "cost: unknown; --price-input and others set prices"


def speed(outcomes: Sequence[Outcome]) -> str:
    """Return how long a search took."""
    return f"search: {1000 * median(each.seconds for each in outcomes):.1f} ms in the median"

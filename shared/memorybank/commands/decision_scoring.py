"""Scores the guards on pairs of facts with decisions that a model might make, each labelled good or bad."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from memorybank.bank.guards.judge import judge_decision
from memorybank.ports.models import Action, Decision, ExtractedFact, Intent

FOLDER = Path(__file__).with_name("decision_pairs")


@dataclass(frozen=True)
class Labelled:
    """A decision on a known fact because of a new one, and whether it is good."""

    language: str
    relation: str
    known: str
    fact: ExtractedFact
    decision: Decision
    good: bool

    @property
    def passes(self) -> bool:
        """Whether the guards let it pass."""
        return judge_decision(self.fact, self.known, self.decision) is None


@dataclass
class Confusion:
    """Counts by any name: bad decisions that pass, good ones that are refused, and how many there are of each."""

    passed: Counter[str] = field(default_factory=Counter)
    bad: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)
    good: Counter[str] = field(default_factory=Counter)

    def add(self, name: str, *, good: bool, passes: bool) -> None:
        """Count a decision."""
        (self.good if good else self.bad)[name] += 1
        if good != passes:
            (self.refused if good else self.passed)[name] += 1

    def lines(self) -> Iterator[str]:
        """Return a line per name."""
        for name in sorted({*self.good, *self.bad}):
            passed = f"{self.passed[name]:>3}/{self.bad[name]:<4}"
            yield f"{name:>10}  {passed}  {self.refused[name]:>3}/{self.good[name]:<4}"


def labelled(folder: Path = FOLDER) -> Iterator[Labelled]:
    """Read the labelled decisions: a file per language, whose pairs have a relation and decisions."""
    for file in sorted(folder.glob("*.json")):
        for pair in json.loads(file.read_text(encoding="utf-8")):
            fact = ExtractedFact(pair["new"], intent=Intent[pair.get("intent", "REMEMBER")])
            for made in pair["decisions"]:
                decision = Decision(0, Action[made["action"]], 0, made.get("text"))
                yield Labelled(file.stem, pair["relation"], pair["known"], fact, decision, made["good"])


def report(folder: Path = FOLDER) -> Iterator[str]:
    """Return the confusion table by relation, by action and by language, and the mistakes."""
    tables = {"relation": Confusion(), "action": Confusion(), "language": Confusion()}
    mistakes = []
    for each in labelled(folder):
        passes = each.passes
        names = {"relation": each.relation, "action": each.decision.action.value, "language": each.language}
        for table, name in names.items():
            tables[table].add(name, good=each.good, passes=passes)
        if passes != each.good:
            why = "passed" if passes else "refused"
            mistakes.append(f"{why}: {each.decision.action.value} {each.known!r}, {each.fact.fact!r}")
    for title, confusion in tables.items():
        yield f"{title:>10}  bad passed  good refused"
        yield from confusion.lines()
    yield from mistakes

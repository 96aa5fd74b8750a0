"""What rules cost that read all text, on plain conversation: the offline extractor, and two of the guards."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from pathlib import Path

from memorybank.bank.guards.prompt_injection import drop_injections
from memorybank.bank.guards.refusals import FactGuard
from memorybank.bank.guards.secrets import drop_secrets
from memorybank.models.offline.extraction import extract
from memorybank.ports.models import Event, ExtractedFact, ExtractionRequest, Topic
from memorybank.resources.topics import ManagedTopic
from memorybank.text.kept import forget
from tests.benchmarks.measuring import Row, Side, duration, interleaved

TITLE = "Rules that read all text (CPU on plain conversation, the least of several rounds)"

_ROUNDS = 25
_KB = 1024
_WORD = re.compile(r"\w+")

_CONVERSATIONS = {
    path.stem.capitalize(): path.read_text(encoding="utf-8")
    for path in (Path(__file__).parent / "conversations" / f"{name}.txt" for name in ("english", "german", "chinese"))
}


def measure() -> list[Row]:
    """Return the lines of this chapter."""
    return [
        _row(f"{what}, {language}", rule(text), text, goal=goal)
        for what, (rule, goals) in _RULES.items()
        for (language, text), goal in zip(_CONVERSATIONS.items(), goals, strict=True)
    ]


def _extractor(text: str) -> Side:
    topics = tuple(Topic(key=topic.name, managed=True) for topic in ManagedTopic)
    request = ExtractionRequest(tuple(Event("user", line) for line in text.strip().splitlines()), topics=topics)

    def side(_: int) -> object:
        forget()  # a conversation is new when it is read
        return extract(request)

    return side


def _guarded(guard: FactGuard) -> Callable[[str], Side]:
    """Return what has a guard read each line of a text as a fact."""

    def side(text: str) -> Side:
        facts = [ExtractedFact(line, context="Said.") for line in text.strip().splitlines()]
        return lambda _: guard(ExtractionRequest((), ()), facts)

    return side


_RULES = {
    "offline extractor": (_extractor, (70, 70, 179)),
    "filter of secrets": (_guarded(drop_secrets), (4.9, 6, 24)),
    "filter of prompt injections": (_guarded(drop_injections), (1, 1.7, 7.6)),
}
"""Each rule, and how often a text's words could be found meanwhile at most: half of what it was in November 2026."""


def _row(what: str, rule: Side, text: str, *, goal: float) -> Row:
    seconds, floor = interleaved(_ROUNDS, rule, lambda _: _WORD.findall(text), clock=time.thread_time)
    size = len(text.encode()) / _KB
    ratio = min(seconds) / min(floor)
    return Row(
        what,
        f"{duration(min(seconds) / size)} per KB",
        against="finding its words",
        floor=f"{duration(min(floor) / size)} per KB",
        ratio=f"{ratio:.1f}x",
        goal=f"<= {goal:g}x",
        met=ratio <= goal,
    )

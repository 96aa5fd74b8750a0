"""LoCoMo (https://github.com/snap-research/locomo): ten conversations of two friends over months, in locomo10.json."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from memorybank.commands.benchmark.data import History, Question, Session, Turn, moment, refs, session_of

_KINDS = {1: "multi-hop", 2: "temporal", 3: "open-domain", 4: "single-hop", 5: "adversarial"}
_ADVERSARIAL = 5
_SESSION = re.compile(r"session_(\d+)")
_REF = re.compile(r"D\d+:\d+")
_TIME = "%I:%M %p on %d %B, %Y"


def history_of(entry: Mapping[str, Any]) -> History:
    """Read one conversation."""
    told = entry["conversation"]
    numbers = sorted(int(match[1]) for key in told if (match := _SESSION.fullmatch(key)))
    sessions = tuple(_session(told, number) for number in numbers)
    known = [turn.ref for session in sessions for turn in session.turns]
    noted = entry.get("observation") or {}
    times = {session.ref: session.time for session in sessions}
    name = str(entry["sample_id"])
    return History(
        id=name,
        sessions=sessions,
        questions=tuple(_question(f"{name}/{number}", each, known) for number, each in enumerate(entry["qa"])),
        users=(str(told["speaker_a"]), str(told["speaker_b"])),
        observations=tuple(turn.note(None, alone=True) for turn in _observations(noted, known)),
        dated=tuple(turn.note(times.get(session_of(turn.ref))) for turn in _observations(noted, known)),
    )


def _session(told: Mapping[str, Any], number: int) -> Session:
    turns = tuple(Turn(str(each["dia_id"]), str(each["speaker"]), _text(each)) for each in told[f"session_{number}"])
    return Session(f"D{number}", turns, moment(told.get(f"session_{number}_date_time"), _TIME))


def _text(turn: Mapping[str, Any]) -> str:
    caption = turn.get("blip_caption")
    return f"{turn['text']} [shares {caption}]" if caption else str(turn["text"])


def _question(name: str, told: Mapping[str, Any], known: list[str]) -> Question:
    category = int(told["category"])
    counted = category != _ADVERSARIAL
    tempting = told.get("adversarial_answer")
    misleading = f"This was not said, or not of this person. The tempting wrong answer: {tempting}"
    return Question(
        id=name,
        kind=_KINDS[category],
        text=str(told["question"]),
        answer=str(told["answer"]) if counted else misleading,
        evidence=refs(_REF.findall(" ".join(map(str, told.get("evidence") or []))), known),
        counted=counted,
        rule="plain" if counted else "unanswerable",
    )


def _observations(told: Mapping[str, Any], known: list[str]) -> Iterator[Turn]:
    """Yield the notes that the file's authors made of each session, with the turns that each is about."""
    for speakers in told.values():
        for speaker, notes in speakers.items():
            for text, evidence in notes:
                if found := [ref for ref in _REF.findall(str(evidence)) if ref in known]:
                    yield Turn(" ".join(found), str(speaker), str(text))

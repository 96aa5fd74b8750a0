"""LongMemEval (https://github.com/xiaowu0162/LongMemEval): questions about a user's chats with an assistant."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from memorybank.commands.benchmark.data import History, Question, Session, Turn, moment

_RULES = {"temporal-reasoning": "time", "knowledge-update": "update", "single-session-preference": "preference"}
_UNANSWERABLE = "_abs"
_TIME = "%Y/%m/%d (%a) %H:%M"


def history_of(entry: Mapping[str, Any]) -> History:
    """Read one question with the chats that it is about."""
    name, kind = str(entry["question_id"]), str(entry["question_type"])
    told = zip(entry["haystack_session_ids"], entry["haystack_dates"], entry["haystack_sessions"], strict=True)
    sessions: list[Session] = []
    evidence: set[str] = set()
    answers = frozenset(map(str, entry["answer_session_ids"]))
    for number, (ref, date, turns) in enumerate(told):
        place = f"{number}-{ref}"  # a session may stand in a history twice
        sessions.append(Session(place, _turns(place, turns), moment(date, _TIME)))
        marked = {f"{place}:{at}" for at, turn in enumerate(turns) if turn.get("has_answer")}
        evidence |= marked or ({place} if str(ref) in answers else set())
    counted = not name.endswith(_UNANSWERABLE)
    question = Question(
        id=name,
        kind=kind if counted else "abstention",
        text=str(entry["question"]),
        answer=str(entry["answer"]),
        evidence=frozenset(evidence),
        counted=counted,
        rule=_RULES.get(kind, "plain") if counted else "unanswerable",
        asked=str(entry.get("question_date", "")),
    )
    return History(name, tuple(sessions), (question,), users=("user",))


def _turns(place: str, turns: list[Mapping[str, Any]]) -> tuple[Turn, ...]:
    return tuple(
        Turn(f"{place}:{at}", str(turn["role"]), str(turn["content"]))
        for at, turn in enumerate(turns)
        if str(turn["content"]).strip()
    )

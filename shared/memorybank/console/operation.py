"""What pages show of an operation."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from memorybank.client import operations

_WORD = re.compile("(?<=[a-z])(?=[A-Z])")
REASONS: Mapping[str, str] = {
    "SECRET": "it contains what looks like a card or account number, a key or a password",
    "PROMPT_INJECTION": "it reads as an instruction to the model",
    "NOT_FROM_USER": "it is not about what the user said",
    "UNSUPPORTED": "the words that it quotes were not said",
    "UNSAID_NUMBER": "it has a number or a date that was not said",
    "UNSAID_NAME": "it has a name that was not said",
    "UNSAID_NEGATION": "it denies what was said, or says what was denied",
    "UNSAID_CONTENT": "it is about something that was not said",
    "COPIED": "it is taken from known memories, not from the conversation",
    "INVALID_PROFILE_FIELD": "the field or its value does not fit a profile schema",
    "UNSAFE_KEEP": "a memory was not to be kept as it is, because the new fact says more or ends it",
    "UNSAFE_UPDATE": "the new text lost or added something that nobody said",
    "UNSAFE_REMAINDER": "what was to remain of a memory lost or added too much",
    "UNSAFE_DELETE": "a memory was not deleted, because the new fact does not end it",
    "CONTRADICTION": "the model's reasons did not fit its decision",
    "WORDS_NOT_SAID": "the words that were to change are not those of the facts",
    "UNKNOWN_CANDIDATE": "the model chose a memory that was not offered",
    "SECOND_OPINION": "the model did not agree when it was asked again",
    "SECOND_DECISION": "another decision on the fact was accepted",
    "OLDER": "what was to be forgotten was said again after that",
}
"""What was wrong with what a generation left out, by its kind."""

ACTIONS = ("CREATED", "UPDATED", "DELETED")


@dataclass(frozen=True)
class Summary:
    """An operation in a list: what it is, how it stands, and what it changed, as counts by action."""

    name: str
    kind: str
    state: str
    create_time: str
    update_time: str
    changes: Mapping[str, int]
    left_out: int
    tokens: int
    reason: str


def summary_of(operation: Mapping[str, Any]) -> Summary:
    """Return what a list shows of an operation."""
    metadata, times = operation["metadata"], operations.times_of(operation)
    waiting = metadata.get("waiting", {})
    return Summary(
        name=operation["name"],
        kind=kind_of(operation),
        state=state_of(operation),
        create_time=times["createTime"],
        update_time=times["updateTime"],
        changes=changes_of(operation),
        left_out=sum(each.get("count", 1) for each in metadata.get("leftOut", [])),
        tokens=tokens_of(operation),
        reason=operation.get("error", {}).get("message", "") or waiting.get("reason", ""),
    )


def kind_of(operation: Mapping[str, Any]) -> str:
    """Return what an operation does, in words: `Generate memories`."""
    return in_words(operations.kind_of(operation))


def in_words(name: str) -> str:
    """Return a name of the API as words: `createdCount` is `Created count`."""
    return _WORD.sub(" ", name).capitalize()


def state_of(operation: Mapping[str, Any]) -> str:
    """Return `running`, `waiting` (to be tried again), `failed` or `done`."""
    if not operation.get("done"):
        return "waiting" if "waiting" in operation["metadata"] else "running"
    return "failed" if "error" in operation else "done"


def changes_of(operation: Mapping[str, Any]) -> dict[str, int]:
    """Return how many memories a generation created, updated and deleted, without those that are none."""
    changes = operation.get("response", {}).get("generatedMemories", [])
    found = {action: sum(change.get("action") == action for change in changes) for action in ACTIONS}
    return {action: count for action, count in found.items() if count}


def seconds_of(operation: Mapping[str, Any]) -> float:
    """Return how long an operation has taken up to now, from its request to its last change."""
    times = operations.times_of(operation)
    begun, changed = (datetime.fromisoformat(times[name]) for name in ("createTime", "updateTime"))
    return round((changed - begun).total_seconds(), 3)


def tokens_of(operation: Mapping[str, Any]) -> int:
    """Return the tokens that an operation was billed."""
    usage = operation["metadata"].get("usage", {})
    return sum(map(tokens_of_step, usage.values()))


def tokens_of_step(step: Mapping[str, Any]) -> int:
    """Return the tokens that one step of an operation was billed."""
    return int(step.get("inputTokens", 0)) + int(step.get("outputTokens", 0))

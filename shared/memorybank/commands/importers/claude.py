"""Conversations of Claude: `conversations.json` of an export of one's data."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from memorybank.commands.importers.conversations import Conversation, Turn
from memorybank.commands.importers.files import json_of
from memorybank.errors import InvalidArgument, Violation

_ROLES = {"human": "user", "assistant": "model"}


def conversations(path: Path) -> list[Conversation]:
    """Return the conversations of an export."""
    found = json_of(path)
    if not isinstance(found, list) or not all(isinstance(each, dict) and "chat_messages" in each for each in found):
        right = "is not Claude's conversations.json: a list of conversations with chat_messages each"
        raise InvalidArgument.of(Violation(str(path), right))
    return [_conversation(each, number) for number, each in enumerate(found)]


def _conversation(each: dict[str, Any], number: int) -> Conversation:
    messages = each["chat_messages"] if isinstance(each["chat_messages"], list) else []
    turns = [turn for message in messages if isinstance(message, dict) and (turn := _turn(message)) is not None]
    return Conversation(str(each.get("uuid") or number), _time(each.get("created_at")) or "", turns)


def _turn(message: dict[str, Any]) -> Turn | None:
    role, text = _ROLES.get(str(message.get("sender"))), message.get("text")
    if not text:
        parts = message.get("content") if isinstance(message.get("content"), list) else []
        text = "\n".join(str(part.get("text")) for part in parts or () if isinstance(part, dict) and part.get("text"))
    return Turn(role, str(text).strip(), _time(message.get("created_at"))) if role and str(text).strip() else None


def _time(text: Any) -> str | None:
    try:
        moment = datetime.fromisoformat(str(text))
    except ValueError:
        return None
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC).isoformat()

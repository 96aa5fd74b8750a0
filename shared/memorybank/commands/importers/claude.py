"""Conversations of Claude: `conversations.json` of an export of one's data."""

from __future__ import annotations

from typing import Any

from memorybank.commands.importers.conversations import Conversation, Turn
from memorybank.commands.importers.files import Readable, objects_of, utc_time

_ROLES = {"human": "user", "assistant": "model"}


def conversations(path: Readable) -> list[Conversation]:
    """Return the conversations of an export."""
    found = objects_of(path, holding="chat_messages", service="Claude")
    return [_conversation(each, number) for number, each in enumerate(found)]


def _conversation(each: dict[str, Any], number: int) -> Conversation:
    messages = each["chat_messages"] if isinstance(each["chat_messages"], list) else []
    turns = [turn for message in messages if isinstance(message, dict) and (turn := _turn(message)) is not None]
    return Conversation(str(each.get("uuid") or number), utc_time(each.get("created_at")) or "", turns)


def _turn(message: dict[str, Any]) -> Turn | None:
    role, text = _ROLES.get(str(message.get("sender"))), message.get("text")
    if not text:
        parts = message.get("content") if isinstance(message.get("content"), list) else []
        text = "\n".join(str(part.get("text")) for part in parts or () if isinstance(part, dict) and part.get("text"))
    return Turn(role, str(text).strip(), utc_time(message.get("created_at"))) if role and str(text).strip() else None

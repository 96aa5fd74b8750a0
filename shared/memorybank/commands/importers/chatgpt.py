"""Conversations of ChatGPT: `conversations.json` of an export of one's data."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from memorybank.commands.importers.conversations import Conversation, Turn
from memorybank.commands.importers.files import Readable, objects_of

_ROLES = {"user": "user", "assistant": "model"}


def conversations(path: Readable) -> list[Conversation]:
    """Return the conversations of an export; of those that were edited, the branch that was seen last."""
    found = objects_of(path, holding="mapping", service="ChatGPT")
    return [_conversation(each, number) for number, each in enumerate(found)]


def _conversation(each: dict[str, Any], number: int) -> Conversation:
    mapping = each["mapping"] if isinstance(each["mapping"], dict) else {}
    identifier = str(each.get("conversation_id") or each.get("id") or number)
    turns = [turn for node in _branch(mapping, each.get("current_node")) if (turn := _turn(node)) is not None]
    return Conversation(identifier, _time(each.get("create_time")) or "", turns)


def _branch(mapping: dict[str, Any], leaf: Any) -> list[dict[str, Any]]:
    """Return the nodes from the root to a leaf."""
    nodes: list[dict[str, Any]] = []
    seen: set[str] = set()
    while isinstance(leaf, str) and leaf not in seen and isinstance(mapping.get(leaf), dict):
        seen.add(leaf)
        nodes.append(mapping[leaf])
        leaf = mapping[leaf].get("parent")
    return nodes[::-1]


def _turn(node: dict[str, Any]) -> Turn | None:
    message = node.get("message")
    if not isinstance(message, dict):
        return None
    role = _ROLES.get(str((message.get("author") or {}).get("role")))
    text = "\n".join(_texts(message.get("content"))).strip()
    return Turn(role, text, _time(message.get("create_time"))) if role and text else None


def _texts(content: Any) -> Iterator[str]:
    parts = content.get("parts") if isinstance(content, dict) and content.get("content_type") == "text" else None
    yield from (part for part in parts or () if isinstance(part, str))


def _time(seconds: Any) -> str | None:
    try:
        return datetime.fromtimestamp(float(seconds), UTC).isoformat()
    except (TypeError, ValueError, OverflowError, OSError):
        return None

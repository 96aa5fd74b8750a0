"""A session of the Agents SDK in a bank: its items are events, from which the bank can make memories."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar, cast

from agents.items import TResponseInputItem
from agents.memory import SessionSettings

from memorybank.client.bank import Engine
from memorybank.client.connect import connect
from memorybank.errors import InvalidArgument, NotFound, Violation

_ITEM, _REMOVED = "openaiAgentsItem", "openaiAgentsRemoved"
_ID = re.compile("[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")
_PAGE = 100
_AnswerT = TypeVar("_AnswerT")


class MemoryBankSession:
    """The history of one conversation. Without `engine` it is kept in the one that the environment names.

    Events of a bank cannot be changed: an item that is taken back (`pop_item`) is marked so by another event.
    `clear_session` deletes the session with all of them.
    """

    session_settings: SessionSettings | None = None

    def __init__(self, session_id: str, *, user_id: str, engine: Engine | None = None) -> None:
        if _ID.fullmatch(session_id) is None:
            right = "must have 1 to 63 lower-case letters, digits or '-', and neither begin nor end with '-'"
            raise InvalidArgument.of(Violation("session_id", right))
        self.session_id, self.user_id = session_id, user_id
        self._engine = engine or connect()
        self._newest = datetime.min.replace(tzinfo=UTC)

    async def get_items(self, limit: int | None = None) -> list[TResponseInputItem]:
        """Return the items in their order, only the last `limit` of them if that is given."""
        if limit is None and self.session_settings is not None:
            limit = self.session_settings.limit
        items = await _in_thread(self._items)
        return items if limit is None else items[max(0, len(items) - limit) :]

    async def add_items(self, items: list[TResponseInputItem]) -> None:
        """Append items; the session is created with its first one."""
        await _in_thread(lambda: self._append(_event(item) for item in items))

    async def pop_item(self) -> TResponseInputItem | None:
        """Take back the last item and return it, or None if there is none."""

        def pop() -> TResponseInputItem | None:
            items = self._items()
            if items:
                self._append([{"rawEvent": {_REMOVED: True}}])
            return items[-1] if items else None

        return await _in_thread(pop)

    async def clear_session(self) -> None:
        """Delete the session with all its items. Memories that were made from it stay."""

        def clear() -> None:
            try:
                self._engine.bank.wait(self._engine.call("DELETE", self._path))
            except NotFound:
                return

        await _in_thread(clear)

    async def remember(self, scope: Mapping[str, str] | None = None) -> list[str]:
        """Make memories from the conversation and return their names; the scope is the user's by default."""

        def generate() -> list[str]:
            source = {"session": f"{self._engine.name}/{self._path}"}
            body: dict[str, Any] = {"vertexSessionSource": source, **({"scope": dict(scope)} if scope else {})}
            made = self._engine.bank.wait(self._engine.call("POST", "memories:generate", body))
            return [each["memory"]["name"] for each in made.get("generatedMemories", [])]

        return await _in_thread(generate)

    @property
    def _path(self) -> str:
        return f"sessions/{self.session_id}"

    def _items(self) -> list[TResponseInputItem]:
        items: list[TResponseInputItem] = []
        try:
            events = list(self._engine.list_all(f"{self._path}/events", query={"pageSize": _PAGE}))
        except NotFound:
            return items
        for event in events:
            raw = event.get("rawEvent", {})
            if _ITEM in raw:
                items.append(cast(TResponseInputItem, raw[_ITEM]))
            elif raw.get(_REMOVED) and items:
                items.pop()
        return items

    def _append(self, events: Iterable[Mapping[str, Any]]) -> None:
        for event in self._dated(events):
            try:
                self._engine.call("POST", f"{self._path}:appendEvent", event)
            except NotFound:
                self._create()
                self._engine.call("POST", f"{self._path}:appendEvent", event)

    def _create(self) -> None:
        query = {"sessionId": self.session_id}
        self._engine.bank.wait(self._engine.call("POST", "sessions", {"userId": self.user_id}, query=query))

    def _dated(self, events: Iterable[Mapping[str, Any]]) -> Iterator[dict[str, Any]]:
        """Give events times that differ, for the bank returns them in the order of these."""
        for event in events:
            self._newest = max(datetime.now(UTC), self._newest + timedelta(microseconds=1))
            yield {"author": "agent", "invocationId": "openai-agents", "timestamp": self._newest.isoformat(), **event}


def _event(item: TResponseInputItem) -> dict[str, Any]:
    event: dict[str, Any] = {"rawEvent": {_ITEM: item}}
    fields = cast(Mapping[str, Any], item)
    role, text = fields.get("role"), _text(fields.get("content"))
    if role in ("user", "assistant") and text:
        speaker = "user" if role == "user" else "model"
        event |= {"author": role, "content": {"role": speaker, "parts": [{"text": text}]}}
    return event


def _text(content: Any) -> str:
    """Return what was said in a message, whose content is text or a list of parts."""
    if isinstance(content, str):
        return content
    parts = content if isinstance(content, list) else []
    return "\n".join(str(part["text"]) for part in parts if isinstance(part, Mapping) and "text" in part)


async def _in_thread(call: Callable[[], _AnswerT]) -> _AnswerT:
    return await asyncio.to_thread(call)

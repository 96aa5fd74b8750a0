"""Memories of google-adk, stored in a bank."""

from __future__ import annotations

import asyncio
import json
import logging
import re
from collections import Counter, deque
from collections.abc import Awaitable, Mapping, Sequence
from typing import Any, Unpack

from google.adk.events.event import Event
from google.adk.memory import VertexAiMemoryBankService
from google.adk.memory.base_memory_service import SearchMemoryResponse
from google.adk.memory.memory_entry import MemoryEntry
from google.adk.sessions import Session
from google.genai.errors import ClientError
from google.genai.types import Content, Part

from memorybank.adk.connection import Connected, Options, sent

FOUND = "memorybank"
"""The key in a result's `custom_metadata` that holds its `name`, `distance` and `similarity`."""

_LONGEST_QUERY = 8192
_ID = re.compile("[A-Za-z0-9_-]+")
_NOT_FOUND = 404
_log = logging.getLogger(__name__)


class MemoryBankService(Connected, VertexAiMemoryBankService):  # type: ignore[misc]  # Google's packages carry no types
    """google-adk's own memory service, connected to a bank, with features that it lacks.

    `engine` is the full name or the id of an engine; it defaults to `MEMORYBANK_ENGINE`. `top_k` and `min_similarity`
    are the defaults of every search, including those of agents' tools. Adding events returns when the bank has them,
    and raises errors; with `background` it returns at once, and `flush` or `close` raises the errors.
    """

    def __init__(
        self,
        engine: str | None = None,
        *,
        top_k: int | None = None,
        min_similarity: float | None = None,
        background: bool = False,
        **options: Unpack[Options],
    ) -> None:
        super().__init__(engine, options)
        self.top_k, self.min_similarity, self.background = top_k, min_similarity, background
        self._pending: set[asyncio.Task[Any]] = set()
        self._failures: deque[BaseException] = deque(maxlen=100)

    async def add_session_to_memory(self, session: Session) -> None:
        """Send all events of a session to the bank; those that it already knows are ignored."""
        await self._settle(super().add_session_to_memory(session))

    async def add_events_to_memory(
        self,
        *,
        app_name: str,
        user_id: str,
        events: Sequence[Event],
        session_id: str | None = None,
        custom_metadata: Mapping[str, object] | None = None,
    ) -> None:
        """Send events to the bank; `custom_metadata` is as documented by google-adk."""
        adding = super().add_events_to_memory(
            app_name=app_name, user_id=user_id, events=events, session_id=session_id, custom_metadata=custom_metadata
        )
        await self._settle(adding)

    async def search_memory(
        self,
        *,
        app_name: str,
        user_id: str,
        query: str,
        top_k: int | None = None,
        min_similarity: float | None = None,
        filter: str | None = None,  # noqa: A002 - as the API calls it
        filter_groups: Sequence[Mapping[str, Any]] | None = None,
    ) -> SearchMemoryResponse:
        """Return the memories of a user that are most like the query, the most similar first.

        Returns at most `top_k` (default 3, at most 100), none below `min_similarity`: the cosine, from -1 to 1. Vectors
        have length 1, so it is equivalent to the bank's Euclidean distance: similarity = 1 - distance²/2, distance =
        sqrt(2 - 2 · similarity). `filter` and `filter_groups` are those of RetrieveMemories. `delete_memory` takes an
        entry's `id`; `custom_metadata["memorybank"]` has its `name`, `distance` and `similarity`.
        """
        params = {"search_query": query[:_LONGEST_QUERY], "top_k": top_k or self.top_k}
        config = {"filter": filter, "filter_groups": filter_groups}
        hits = await self._door().memory_banks.memories.retrieve(
            name=self.engine,
            scope=_scope(app_name, user_id),
            similarity_search_params={name: value for name, value in params.items() if value is not None},
            config={name: value for name, value in config.items() if value is not None},
        )
        entries = [_entry(hit) async for hit in hits if hit.memory.fact]
        least = self.min_similarity if min_similarity is None else min_similarity
        if least is not None:
            entries = [entry for entry in entries if entry.custom_metadata[FOUND]["similarity"] >= least]
        return SearchMemoryResponse(memories=entries)

    async def delete_memory(self, *, app_name: str, user_id: str, memory_id: str | None = None) -> None:
        """Delete a memory of a user by the id of its entry. Nothing happens if it does not exist or is another user's.

        It can be rolled back as long as the bank keeps its revisions: 48 hours by default.
        """
        if memory_id is None:
            return
        if not _ID.fullmatch(memory_id):
            raise ValueError(f"{memory_id!r} is not the id of a memory: give the id of an entry from a search")
        memories, name = self._door().memory_banks.memories, f"{self.engine}/memories/{memory_id}"
        try:
            memory = await memories.get(name=name)
            if memory.scope == _scope(app_name, user_id):
                await memories.delete(name=name)
        except ClientError as error:
            if error.code != _NOT_FOUND:
                raise

    async def delete_memories(self, *, app_name: str, user_id: str) -> None:
        """Delete all memories of a user; each can be rolled back for 48 hours by default."""
        scope = json.dumps(_scope(app_name, user_id), ensure_ascii=False)
        quoted = scope.replace("\\", "\\\\").replace('"', '\\"')
        await self._door().memory_banks.memories.purge(
            name=self.engine, filter=f'scope="{quoted}"', force=True, config={"wait_for_completion": True}
        )

    async def erase_user(self, *, app_name: str, user_id: str, include_sessions: bool = True) -> dict[str, Any]:
        """Remove every trace of a user for good, without a way back, and return a receipt with counts.

        Sessions belong to a user whatever the app. Deleting them also deletes memories of the user without an app.
        """
        asked: list[dict[str, Any]] = [{"scope": _scope(app_name, user_id)}]
        if include_sessions:
            asked.insert(0, {"scope": {"user_id": user_id}, "includeSessions": True})
        client = self._door()._api_client  # noqa: SLF001 - the SDK has no such call: it is this bank's own
        counts: Counter[str] = Counter()
        receipt: dict[str, Any] = {}
        for body in asked:
            receipt = {"finished": False}
            while not receipt["finished"]:
                answer = await client.async_request("post", f"{self.engine}/memories:erase", body)
                receipt = json.loads(answer.body)
                counts.update(receipt["erased"])
        return {**receipt, "erased": dict(counts)}

    async def flush(self) -> None:
        """Wait for events that are being added in the background, and raise the errors since the last call."""
        while waiting := {task for task in set(self._pending) if task.get_loop() is asyncio.get_running_loop()}:
            await asyncio.wait(waiting)
        failures = [self._failures.popleft() for _ in range(len(self._failures))]
        if failures:
            raise BaseExceptionGroup("events did not reach the bank", failures)

    async def close(self) -> None:
        """Wait for events that are being added in the background, close the connections, and raise any errors."""
        try:
            await self.flush()
        finally:
            await super().close()

    async def _settle(self, adding: Awaitable[None]) -> None:
        """Wait for the ingestions that google-adk does not wait for, or keep them for later."""
        begun: list[asyncio.Task[Any]] = []
        token = sent.set(begun)
        try:
            await adding
        finally:
            sent.reset(token)
        if not self.background:
            await asyncio.gather(*begun)
            return
        for task in begun:
            self._pending.add(task)
            task.add_done_callback(self._done)

    def _done(self, task: asyncio.Task[Any]) -> None:
        self._pending.discard(task)
        if task.cancelled():
            _log.error("events did not reach the bank: the event loop ended; await flush() or close() before it does")
        elif (error := task.exception()) is not None:
            self._failures.append(error)


def _scope(app_name: str, user_id: str) -> dict[str, str]:
    return {"app_name": app_name, "user_id": user_id}


def _entry(hit: Any) -> MemoryEntry:
    memory, distance = hit.memory, hit.distance or 0.0
    found = {"name": memory.name, "distance": distance, "similarity": 1 - distance**2 / 2}
    metadata = {name: _plain(value) for name, value in (memory.metadata or {}).items()}
    return MemoryEntry(
        id=memory.name.rpartition("/")[2],
        author="user",
        content=Content(role="user", parts=[Part(text=memory.fact)]),
        timestamp=memory.update_time.isoformat(),
        custom_metadata={**metadata, FOUND: found},
    )


def _plain(value: Any) -> Any:
    """Return the value of a typed metadata value."""
    return next(iter(value.model_dump(exclude_none=True).values()), None)

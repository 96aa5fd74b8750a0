"""Memories of google-adk, kept by a bank."""

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
"""The key of a found entry's `custom_metadata` under which its `name`, `distance` and `similarity` stand."""

_LONGEST_QUERY = 8192
_ID = re.compile("[A-Za-z0-9_-]+")
_NOT_FOUND = 404
_log = logging.getLogger(__name__)


class MemoryBankService(Connected, VertexAiMemoryBankService):  # type: ignore[misc]  # Google's packages carry no types
    """google-adk's own service for memories, connected to a bank, with what that one lacks.

    `engine` is the full name or the id of an engine; else `MEMORYBANK_ENGINE` tells. `top_k` and `min_similarity` hold
    for every search that does not say otherwise, so also for the tools of agents. Adding events returns when the bank
    has them and raises what went wrong; with `background` it returns at once, and `flush` or `close` raises.
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
        """Let the bank learn from all events of a session; those that it knows already are passed over."""
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
        """Let the bank learn from events; `custom_metadata` is what google-adk says it is."""
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

        At most `top_k` (3 unless set, at most 100), none of less than `min_similarity`: the cosine, from -1 to 1. As
        vectors have the length 1, it tells the same as the bank's Euclidean distance: similarity = 1 - distance²/2,
        distance = sqrt(2 - 2 · similarity). `filter` and `filter_groups` are those of RetrieveMemories. An entry's `id`
        is what `delete_memory` takes; `custom_metadata["memorybank"]` has its `name`, `distance` and `similarity`.
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
        """Delete a memory of a user by the id of its entry; one that is not there, or another's, is left alone.

        It can be rolled back for 48 hours.
        """
        if memory_id is None:
            return
        if not _ID.fullmatch(memory_id):
            raise ValueError(f"{memory_id!r} is not the id of a memory: give the id of an entry that was found")
        memories, name = self._door().memory_banks.memories, f"{self.engine}/memories/{memory_id}"
        try:
            memory = await memories.get(name=name)
            if memory.scope == _scope(app_name, user_id):
                await memories.delete(name=name)
        except ClientError as error:
            if error.code != _NOT_FOUND:
                raise

    async def delete_memories(self, *, app_name: str, user_id: str) -> None:
        """Delete all memories of a user; each can be rolled back for 48 hours."""
        scope = json.dumps(_scope(app_name, user_id), ensure_ascii=False)
        quoted = scope.replace("\\", "\\\\").replace('"', '\\"')
        await self._door().memory_banks.memories.purge(
            name=self.engine, filter=f'scope="{quoted}"', force=True, config={"wait_for_completion": True}
        )

    async def erase_user(self, *, app_name: str, user_id: str, include_sessions: bool = True) -> dict[str, Any]:
        """Remove every trace of a user for good, nothing of which can be rolled back, and return a receipt with counts.

        With the sessions, which belong to a user whatever the app, goes what was learnt of the user without an app.
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
        """Wait for what is being added in the background, and raise what has gone wrong since the last time."""
        while waiting := {task for task in set(self._pending) if task.get_loop() is asyncio.get_running_loop()}:
            await asyncio.wait(waiting)
        failures = [self._failures.popleft() for _ in range(len(self._failures))]
        if failures:
            raise BaseExceptionGroup("events did not reach the bank", failures)

    async def close(self) -> None:
        """Wait for what is being added in the background, close the connections, and raise what has gone wrong."""
        try:
            await self.flush()
        finally:
            await super().close()

    async def _settle(self, adding: Awaitable[None]) -> None:
        """Wait for the ingestions that google-adk leaves to themselves, or keep them for later."""
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
    """Return what a typed value of metadata holds."""
    return next(iter(value.model_dump(exclude_none=True).values()), None)

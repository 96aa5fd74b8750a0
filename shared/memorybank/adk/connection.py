"""The connection from a google-adk service to a bank: its URL, credentials, and an SDK client per event loop."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncGenerator, Callable
from contextlib import suppress
from contextvars import ContextVar
from types import TracebackType
from typing import Any, Self, TypedDict

from memorybank.client import BankClient
from memorybank.client.bearer import Token
from memorybank.client.google_credentials import credentials_for
from memorybank.client.settings import read_client_settings
from memorybank.config import variable
from memorybank.errors import MemoryBankError

_RETRIES = {"retry_options": {"attempts": 3, "initial_delay": 0.3, "max_delay": 2.0, "jitter": 0.3}}
"""For events only: the bank recognises each by its id, so sending one twice is safe."""

sent: ContextVar[list[asyncio.Task[Any]] | None] = ContextVar("sent", default=None)
"""The ingestions that a call has started; the caller sets a list."""


class Options(TypedDict, total=False):
    """Where the bank is, if the environment does not say, and how to authenticate.

    `project` and `location` are used for an engine's bare id only, which is looked for everywhere without them. `token`
    is a bearer token or a function that returns one, and `audience` the audience of ID tokens if it is not the URL
    itself.
    """

    url: str
    project: str
    location: str
    token: Token
    audience: str


class Connected:
    """What a service that is connected to a bank adds to google-adk's own.

    `async with` closes it; so does the end of `asyncio.run`. A closed service reopens when it is called.
    """

    def __init__(self, engine: str | None, options: Options) -> None:
        """Read the settings and pass the rest to google-adk's own service; do not connect yet."""
        settings = read_client_settings(
            os.environ,
            engine=engine,
            url=options.get("url"),
            project=options.get("project"),
            location=options.get("location"),
        )
        self.url, self.engine = settings.url, settings.engine_name
        placed = options.get("project") or os.environ.get(variable("project"))
        self._looked_for = None if placed or settings.engine.startswith("projects/") else settings
        self._bank = BankClient(self.url, token=options.get("token"), audience=options.get("audience"))
        self._bearer = credentials_for(self.url, token=options.get("token"), audience=options.get("audience"))
        _, project, _, location, _, engine_id = self.engine.split("/")
        super().__init__(project=project, location=location, agent_engine_id=engine_id)  # type: ignore[call-arg]  # a mixin

    async def close(self) -> None:
        """Close the connections of the running event loop."""
        await self._door().close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    def _door(self) -> Any:
        return self._get_api_client()  # type: ignore[attr-defined]  # google-adk's: one for each event loop

    def _build_api_client(self) -> LazyClient:
        return LazyClient(self._open)

    def find(self) -> None:
        """Find the engine now, in any project if its id was given without one; raise `NotFound` if there is none."""
        _, project, _, location, _, identifier = self.engine.split("/")
        name = self.engine if self._looked_for is None else identifier
        self.engine = self._bank.find_engine(name, project=project, location=location).name
        _, self._project, _, self._location, _, _ = self.engine.split("/")
        self._looked_for = None

    def _open(self) -> Any:
        import agentplatform  # noqa: PLC0415 - takes seconds, and an agent may start without

        if self._looked_for is not None:
            with suppress(MemoryBankError):  # the call itself says what is wrong
                self.find()
        return agentplatform.Client(
            project=self._project,
            location=self._location,
            credentials=self._bearer,
            http_options={"base_url": self.url},
        )


class LazyClient:
    """The SDK's asynchronous client for one event loop, opened on demand together with the client that owns it.

    It also records the ingestions that are started, because google-adk does not wait for them.
    """

    def __init__(self, open_client: Callable[[], Any]) -> None:
        self._open = open_client
        self._client: Any = None
        self._guard: AsyncGenerator[None, None] | None = None

    def __getattr__(self, name: str) -> Any:
        return getattr(self._opened().aio, name)

    @property
    def memory_banks(self) -> Any:
        """The client's memory banks, with their ingestions recorded."""
        return _MemoryBanks(self._opened().aio.memory_banks)

    async def close(self) -> None:
        """Close the connections, if there are any."""
        if self._guard is not None:
            await self._guard.aclose()

    def _opened(self) -> Any:
        if self._client is None:
            self._client = self._open()
            # A service is not told that its event loop is about to end, but loops do close the asynchronous
            # generators that they know, so one of them closes the client. It must be started to be known.
            self._guard = self._guarding()
            with suppress(StopIteration):
                self._guard.__anext__().send(None)
        return self._client

    async def _guarding(self) -> AsyncGenerator[None, None]:
        try:
            yield
        finally:
            client, self._client, self._guard = self._client, None, None
            await client.aio.aclose()
            client._api_client.close()  # noqa: SLF001 - the SDK's client has no way of its own


class _MemoryBanks:
    def __init__(self, banks: Any) -> None:
        self._banks = banks

    def __getattr__(self, name: str) -> Any:
        return getattr(self._banks, name)

    def ingest_events(self, *, config: dict[str, Any] | None = None, **request: Any) -> Any:
        """Start an ingestion, record it, and return the awaitable for its end."""
        begun = asyncio.create_task(
            self._banks.ingest_events(config={"http_options": _RETRIES, **(config or {})}, **request)
        )
        noted = sent.get()
        if noted is not None:
            noted.append(begun)
        return _ended(begun)


async def _ended(task: asyncio.Task[Any]) -> Any:
    return await task

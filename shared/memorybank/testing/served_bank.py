"""A bank for tests of agents: on a free local port, in memory, with the offline model."""

from __future__ import annotations

import json
import warnings
from functools import cached_property
from http.client import HTTPConnection
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlsplit

from memorybank.config import Settings
from memorybank.local.bank import Bank, embedded_adapters
from memorybank.local.server import LocalServer
from memorybank.ports.models import LanguageModel

_TOKEN = "any"  # noqa: S105 - the local server asks for none, the SDK insists on one


class ServedBank:
    """Serves inside a `with` block; `model` replaces the offline model.

    `url` is its base URL; `project` and `location` are those of `client` and of `engine`, the full name of an engine
    with the default configuration.
    """

    project = "test"
    location = "us-central1"
    engine: str

    def __init__(self, model: LanguageModel | None = None) -> None:
        settings = Settings(data=":memory:", embeddings="offline")
        self._server = LocalServer(Bank(settings, embedded_adapters(settings, model=model)))
        self.url = self._server.url

    def __enter__(self) -> Self:
        self._server.__enter__()
        self.engine = self.create_engine()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if client := self.__dict__.get("client"):
            client._api_client.close()  # noqa: SLF001 - the SDK's client has no way of its own
        self._server.__exit__(kind, error, trace)

    @cached_property
    def client(self) -> Any:
        """Google's client for this bank, `agentplatform.Client` (extra `sdk`).

        Its asynchronous side must be closed before its event loop ends: `async with memory_bank.client.aio as client`.
        """
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # warnings of the SDK's own import: they should fail nobody's test
            import agentplatform  # noqa: PLC0415 - takes seconds, and who calls otherwise need not have it
            from google.oauth2.credentials import Credentials  # noqa: PLC0415 - as above

            client = agentplatform.Client(
                project=self.project,
                location=self.location,
                credentials=Credentials(token=_TOKEN),
                http_options={"base_url": self.url},
            )
            _ = client.memory_banks, client.sessions  # imported now, with what they warn of
            return client

    def create_engine(self, config: dict[str, Any] | None = None) -> str:
        """Create an engine with a MemoryBankConfig and return its full name."""
        connection = HTTPConnection(urlsplit(self.url).netloc)
        try:
            path = f"/v1beta1/projects/{self.project}/locations/{self.location}/reasoningEngines"
            connection.request("POST", path, json.dumps({"contextSpec": {"memoryBankConfig": config or {}}}))
            answer = json.load(connection.getresponse())
        finally:
            connection.close()
        if "error" in answer:
            raise ValueError(answer["error"]["message"])
        return str(answer["response"]["name"])

"""What tests of the adapters for OpenAI's API share: models on a scripted server, and the bench of the contract."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from typing import Any

from memorybank.models.openai_compatible.embedder import OpenAIEmbedder
from memorybank.models.openai_compatible.model import OpenAIModel
from memorybank.models.openai_compatible.service import Service
from memorybank.ports.models import LanguageModel
from memorybank.testing.contracts.model_bench import Fault
from memorybank.testing.openai import server as openai
from memorybank.testing.openai.server import OpenAIServer
from tests.contract.gemini import Waits
from tests.waiting import PATIENCE

NOTHING: dict[str, list[Any]] = {"facts": [], "fields": [], "decisions": []}


def service(server: OpenAIServer) -> Service:
    """Return the server as settings name it."""
    return Service(server.url, server.key)


@contextmanager
def model(server: OpenAIServer, **options: Any) -> Iterator[OpenAIModel]:
    """Open a language model on the server, which waits for nothing when it tries again."""
    options = {"default_model": "small-1", "retry": Waits().retry(), **options}
    with closing(OpenAIModel(service(server), **options)) as made:
        yield made


@contextmanager
def embedder(server: OpenAIServer, **options: Any) -> Iterator[OpenAIEmbedder]:
    """Open an embedder on the server in the same way."""
    options = {"default_model": "vectors-1", "retry": Waits().retry(), **options}
    with closing(OpenAIEmbedder(service(server), **options)) as made:
        yield made


class OpenAIBench:
    """A `ModelBench`: requests that the server refuses because of their form are no calls of it."""

    attempts = 3

    def __init__(self, server: OpenAIServer, stack: ExitStack) -> None:
        self._server, self._stack, self._clock = server, stack, Waits()
        self._timeout = PATIENCE
        self.takes_pictures = server.kind.pictures
        server.brain = lambda _: NOTHING

    def model(self, *, max_tokens: int = 0) -> LanguageModel:
        """Return a model with the bench's clock."""
        retry = self._clock.retry(attempts=self.attempts)
        return self._stack.enter_context(model(self._server, max_tokens=max_tokens, timeout=self._timeout, retry=retry))

    def answer(self, text: str, *, cut_off: bool = False) -> None:
        """Script one answer."""
        self._server.script.append(openai.said(text, finish="length" if cut_off else "stop", cached=40))

    def refuse(self) -> None:
        """Script a refusal by a content filter."""
        self._server.script.append(openai.said("", finish="content_filter"))

    def fail(self, fault: Fault, *, retry_after: float | None = None) -> None:
        """Script a failure."""
        if fault is Fault.SILENT:
            self._timeout = 1.0
        after = {} if retry_after is None else {"retry_after": f"{retry_after:g}"}
        replies = {
            Fault.DOWN: openai.failing(503, **after),
            Fault.EXHAUSTED: openai.failing(429, code="rate_limit_exceeded", **after),
            Fault.SILENT: openai.said(NOTHING, delay=60),
            Fault.GARBLED: openai.Reply("<html>busy</html>"),
            Fault.DENIED: openai.failing(403),
            Fault.MISSING: openai.failing(404, code="model_not_found"),
        }
        self._server.script.append(replies[fault])

    @property
    def asked(self) -> list[str]:
        """The texts of all calls."""
        return [asked.system + asked.text for asked in self._server.accepted]

    @property
    def pictures(self) -> list[int]:
        """How many images each call had."""
        return [sum(part["type"] == "image_url" for part in asked.parts) for asked in self._server.accepted]

    @property
    def waits(self) -> list[float]:
        """The waits between calls."""
        return self._clock.waits

"""The bench of the contract of providers for those that have a scripted server."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from contextlib import ExitStack, closing
from typing import Any

from memorybank.models.prompted import PromptedModel
from memorybank.ports.models import LanguageModel
from memorybank.testing.contracts.model_bench import Fault
from memorybank.testing.scripted_server import Reply, ScriptedServer
from tests.contract.gemini import Waits
from tests.waiting import PATIENCE

NOTHING: dict[str, list[Any]] = {"facts": [], "fields": [], "decisions": []}


class ServerBench(ABC):
    """A `ModelBench`: requests that the server refuses because of their form are no calls of it."""

    attempts = 3
    takes_pictures = True

    def __init__(self, server: ScriptedServer[Any], stack: ExitStack) -> None:
        self._server, self._stack, self._clock = server, stack, Waits()
        self._timeout = PATIENCE
        server.brain = lambda _: NOTHING

    def model(self, *, max_tokens: int = 0) -> LanguageModel:
        """Return a model with the bench's clock."""
        retry = self._clock.retry(attempts=self.attempts)
        made = self._open(max_tokens=max_tokens, timeout=self._timeout, retry=retry)
        return self._stack.enter_context(closing(made))

    def answer(self, text: str, *, cut_off: bool = False) -> None:
        """Script one answer."""
        self._server.script.append(self._said(text, cut_off=cut_off))

    def refuse(self) -> None:
        """Script a refusal by a content filter."""
        self._server.script.append(self._refused())

    def fail(self, fault: Fault, *, retry_after: float | None = None) -> None:
        """Script a failure."""
        if fault is Fault.SILENT:
            self._timeout = 1.0
        replies = {
            Fault.SILENT: Reply("", delay=60),
            Fault.GARBLED: Reply("<html>busy</html>"),
            **self._failures(retry_after),
        }
        self._server.script.append(replies[fault])

    @property
    def asked(self) -> list[str]:
        """The texts of all calls."""
        return [asked.system + asked.text for asked in self._server.accepted]

    @property
    def pictures(self) -> list[int]:
        """How many images each call had."""
        return [sum(map(self._is_picture, asked.parts)) for asked in self._server.accepted]

    @property
    def waits(self) -> list[float]:
        """The waits between calls."""
        return self._clock.waits

    @abstractmethod
    def _open(self, **options: Any) -> PromptedModel:
        """Return a model on the server."""

    @abstractmethod
    def _said(self, text: str, *, cut_off: bool) -> Reply:
        """Return an answer with 100 tokens in, 40 of them from a cache, and 20 out."""

    @abstractmethod
    def _refused(self) -> Reply:
        """Return a refusal by a content filter."""

    @abstractmethod
    def _failures(self, retry_after: float | None) -> Mapping[Fault, Reply]:
        """Return the failures that the provider reports in a form of its own."""

    @abstractmethod
    def _is_picture(self, part: Mapping[str, Any]) -> bool:
        """Tell whether a part of a request is an image."""


def seconds(retry_after: float | None) -> dict[str, str]:
    """Return the header that says how long to wait."""
    return {} if retry_after is None else {"retry_after": f"{retry_after:g}"}

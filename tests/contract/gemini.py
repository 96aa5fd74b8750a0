"""What tests of the Gemini adapters share: both APIs of a scripted server, and a clock for what is tried again."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from typing import Any

from memorybank.models.gemini.embedder import GeminiEmbedder
from memorybank.models.gemini.model import GeminiModel
from memorybank.models.gemini.provider import Developer, Provider, Vertex
from memorybank.models.retry import Retry
from memorybank.ports.models import Event, ExtractionRequest, Topic
from memorybank.resources.topics import ManagedTopic
from memorybank.testing.gemini.server import GeminiServer

TOPICS = tuple(Topic(topic.name, managed=True) for topic in ManagedTopic)


class Token:
    """An access token that is always the same."""

    quota_project: str | None = "billed"

    def __call__(self) -> str:
        return "token"


@dataclass
class Waits:
    """Time that passes only by sleeping; `waits` are the seconds of each sleep."""

    waits: list[float] = field(default_factory=list)

    def retry(self, **limits: Any) -> Retry:
        """Return a retry that goes by this clock, without jitter."""
        return Retry(sleep=self.waits.append, now=lambda: sum(self.waits), chance=lambda: 1.0, **limits)


def provider(server: GeminiServer, api: str, *, anywhere: bool = False) -> Provider:
    """Return one of the APIs as the server serves it."""
    if api == "developer":
        return Developer("the-key", server.url)
    return Vertex("p", "europe-west1", Token(), server.url, anywhere=anywhere)


@contextmanager
def model(server: GeminiServer, api: str = "developer", **options: Any) -> Iterator[GeminiModel]:
    """Open a language model on the server, which waits for nothing when it tries again."""
    anywhere = options.pop("anywhere", False)
    options.setdefault("retry", Waits().retry())
    with closing(GeminiModel(provider(server, api, anywhere=anywhere), **options)) as made:
        yield made


@contextmanager
def embedder(server: GeminiServer, api: str = "developer", **options: Any) -> Iterator[GeminiEmbedder]:
    """Open an embedder on the server in the same way."""
    anywhere = options.pop("anywhere", False)
    options.setdefault("retry", Waits().retry())
    with closing(GeminiEmbedder(provider(server, api, anywhere=anywhere), **options)) as made:
        yield made


def saying(*texts: str, **more: Any) -> ExtractionRequest:
    """Return a request about what a user says, one event each."""
    return ExtractionRequest(tuple(Event("user", text) for text in texts), TOPICS, **more)


def fact(text: str, *, event: int = 0, quote: str | None = None, **more: Any) -> dict[str, Any]:
    """Return a fact as the model answers it."""
    usual = {"reason": "it was said", "topics": ["USER_PREFERENCES"], "intent": "REMEMBER"}
    return {"event": event, "quote": text if quote is None else quote, "fact": text, **usual, **more}


def facts(*found: dict[str, Any]) -> dict[str, Any]:
    """Return an answer of facts."""
    return {"facts": list(found)}


def camel(data: dict[str, str]) -> dict[str, str]:
    """Return a part as the API names its fields; google-genai writes either spelling, and the API reads both."""
    return {key.replace("_t", "T").replace("_u", "U"): value for key, value in data.items()}

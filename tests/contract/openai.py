"""What tests of the adapters for OpenAI's API share: models on a scripted server, and the bench of the contract."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager
from typing import Any

from memorybank.models.openai_compatible.embedder import OpenAIEmbedder
from memorybank.models.openai_compatible.model import OpenAIModel
from memorybank.models.openai_compatible.service import Service
from memorybank.testing.contracts.model_bench import Fault
from memorybank.testing.openai import server as openai
from memorybank.testing.openai.server import OpenAIServer
from memorybank.testing.scripted_server import Reply
from tests.contract.gemini import Waits
from tests.contract.server_bench import ServerBench, seconds


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


class OpenAIBench(ServerBench):
    """The bench of models behind OpenAI's API."""

    def __init__(self, server: OpenAIServer, stack: ExitStack) -> None:
        super().__init__(server, stack)
        self._service = service(server)
        self.takes_pictures = server.kind.pictures

    def _open(self, **options: Any) -> OpenAIModel:
        return OpenAIModel(self._service, default_model="small-1", **options)

    def _said(self, text: str, *, cut_off: bool) -> Reply:
        return openai.said(text, finish="length" if cut_off else "stop", cached=40)

    def _refused(self) -> Reply:
        return openai.said("", finish="content_filter")

    def _failures(self, retry_after: float | None) -> Mapping[Fault, Reply]:
        after = seconds(retry_after)
        return {
            Fault.DOWN: openai.failing(503, **after),
            Fault.EXHAUSTED: openai.failing(429, code="rate_limit_exceeded", **after),
            Fault.DENIED: openai.failing(403),
            Fault.MISSING: openai.failing(404, code="model_not_found"),
        }

    def _is_picture(self, part: Mapping[str, Any]) -> bool:
        return str(part["type"]) == "image_url"

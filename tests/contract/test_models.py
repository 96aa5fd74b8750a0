"""Every language model and every embedder keeps its contract."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import ExitStack, closing
from typing import Any

import pytest

from memorybank.errors import DeadlineExceeded, FailedPrecondition, MemoryBankError, ResourceExhausted, Unavailable
from memorybank.models.answers import End, Reply
from memorybank.models.embedding import Limits, TransportEmbedder, Vectors
from memorybank.models.gemini.embedder import GeminiEmbedder
from memorybank.models.gemini.model import GeminiModel
from memorybank.models.media import MediaRules
from memorybank.models.offline import OfflineEmbedder, OfflineModel
from memorybank.models.prompted import PromptedModel
from memorybank.ports.models import Embedder, LanguageModel, Purpose
from memorybank.testing.contracts.embedder import EmbedderContract
from memorybank.testing.contracts.model import LanguageModelContract
from memorybank.testing.contracts.model_bench import Fault, ModelBench
from memorybank.testing.contracts.prompted_model import PromptedModelContract
from memorybank.testing.gemini import server as gemini
from memorybank.testing.gemini.server import GeminiServer
from memorybank.testing.openai.kinds import KINDS
from memorybank.testing.openai.server import OpenAIServer
from memorybank.testing.scripted import ScriptedModel
from memorybank.testing.scripted_server import Reply as Scripted
from memorybank.testing.transport import EMPTY, ScriptedTransport
from tests.contract import openai
from tests.contract.gemini import Waits, provider
from tests.contract.server_bench import ServerBench

BILLED = {"promptTokenCount": 100, "candidatesTokenCount": 20, "cachedContentTokenCount": 40}


class TestOfflineModel(LanguageModelContract):
    @pytest.fixture
    def model(self) -> LanguageModel:
        return OfflineModel()


class TestScriptedModel(LanguageModelContract):
    @pytest.fixture
    def model(self) -> LanguageModel:
        return ScriptedModel()


@pytest.mark.parametrize("api", ["developer", "vertex"])
class TestGeminiModel(LanguageModelContract):
    @pytest.fixture
    def model(self, server: GeminiServer, api: str) -> Iterator[LanguageModel]:
        with closing(GeminiModel(provider(server, api))) as model:
            yield model


class GeminiBench(ServerBench):
    def __init__(self, server: GeminiServer, api: str, stack: ExitStack) -> None:
        super().__init__(server, stack)
        self._provider = provider(server, api)

    def _open(self, **options: Any) -> GeminiModel:
        return GeminiModel(self._provider, **options)

    def _said(self, text: str, *, cut_off: bool) -> Scripted:
        return gemini.said(text, finish="MAX_TOKENS" if cut_off else "STOP", **BILLED)

    def _refused(self) -> Scripted:
        return gemini.blocked()

    def _failures(self, retry_after: float | None) -> Mapping[Fault, Scripted]:
        wait = None if retry_after is None else f"{retry_after}s"
        return {
            Fault.DOWN: gemini.failing(503, retry_info=wait),
            Fault.EXHAUSTED: gemini.failing(429, retry_info=wait),
            Fault.DENIED: gemini.failing(403),
            Fault.MISSING: gemini.failing(404),
        }

    def _is_picture(self, part: Mapping[str, Any]) -> bool:
        return "inlineData" in part


@pytest.mark.parametrize("api", ["developer", "vertex"])
class TestGeminiAsAProvider(PromptedModelContract):
    @pytest.fixture
    def bench(self, server: GeminiServer, api: str) -> Iterator[ModelBench]:
        with ExitStack() as stack:
            yield GeminiBench(server, api, stack)


@pytest.fixture
def openai_server(kind: str) -> Iterator[OpenAIServer]:
    with OpenAIServer(KINDS[kind]) as running:
        yield running


@pytest.mark.parametrize("kind", KINDS)
class TestOpenAIModel(LanguageModelContract):
    @pytest.fixture
    def model(self, openai_server: OpenAIServer) -> Iterator[LanguageModel]:
        with openai.model(openai_server) as model:
            yield model


# The others count no tokens, or differ in what has a test of its own.
@pytest.mark.parametrize("kind", ["openai", "ollama", "vllm"])
class TestOpenAIAsAProvider(PromptedModelContract):
    @pytest.fixture
    def bench(self, openai_server: OpenAIServer) -> Iterator[ModelBench]:
        with ExitStack() as stack:
            yield openai.OpenAIBench(openai_server, stack)


@pytest.mark.parametrize("kind", ["openai", "azure", "vllm", "lm-studio"])
class TestOpenAIEmbedder(EmbedderContract):
    @pytest.fixture
    def embedder(self, openai_server: OpenAIServer) -> Iterator[Embedder]:
        with openai.embedder(openai_server) as embedder:
            yield embedder


class TransportBench:
    attempts = 3

    def __init__(self, *, takes_pictures: bool) -> None:
        self.takes_pictures, self._clock = takes_pictures, Waits()
        media = MediaRules(frozenset({"image/png"})) if takes_pictures else None
        self._transport = ScriptedTransport(media=media)

    def model(self, *, max_tokens: int = 0) -> LanguageModel:
        retry = self._clock.retry(attempts=self.attempts)
        return PromptedModel(self._transport, default_model="toy-1", max_tokens=max_tokens, retry=retry)

    def answer(self, text: str, *, cut_off: bool = False) -> None:
        end = End.CUT_OFF if cut_off else End.COMPLETE
        self._transport.script.append(Reply(text, end, input=100, output=20, cached=40))

    def refuse(self) -> None:
        self._transport.script.append(Reply("", End.REFUSED, "content_filter"))

    def fail(self, fault: Fault, *, retry_after: float | None = None) -> None:
        kinds: dict[Fault, type[MemoryBankError]] = {
            Fault.DOWN: Unavailable,
            Fault.EXHAUSTED: ResourceExhausted,
            Fault.SILENT: DeadlineExceeded,
            Fault.GARBLED: Unavailable,
            Fault.DENIED: FailedPrecondition,
            Fault.MISSING: FailedPrecondition,
        }
        error = kinds[fault](fault.value, retry_after=retry_after)
        error.__cause__ = OSError("the driver's")
        self._transport.script.append(error)

    @property
    def asked(self) -> list[str]:
        return [sent.system + "\n".join(sent.texts) for sent in self._transport.sent]

    @property
    def pictures(self) -> list[int]:
        return [len(sent.media) for sent in self._transport.sent]

    @property
    def waits(self) -> list[float]:
        return self._clock.waits


@pytest.mark.parametrize("takes_pictures", [True, False], ids=["pictures", "text"])
class TestAnyTransport(PromptedModelContract):
    @pytest.fixture
    def bench(self, takes_pictures: bool) -> ModelBench:  # noqa: FBT001 - pytest's way
        return TransportBench(takes_pictures=takes_pictures)


class TestOfflineEmbedder(EmbedderContract):
    @pytest.fixture
    def embedder(self) -> Embedder:
        return OfflineEmbedder()


@pytest.mark.parametrize(
    ("api", "name"),
    [
        *[(api, name) for api in ("developer", "vertex") for name in (None, "gemini-embedding-2")],
        ("vertex", "gemini-embedding-001"),
    ],
)
class TestGeminiEmbedder(EmbedderContract):
    @pytest.fixture
    def embedder(self, server: GeminiServer, api: str, name: str | None) -> Iterator[Embedder]:
        with closing(GeminiEmbedder(provider(server, api), default_model=name)) as embedder:
            yield embedder


class ToyEmbeddings:
    """Takes three texts at once, and gives vectors of any length."""

    def model_id(self, model: str | None) -> str:
        return model or "toy"

    def limits(self, model: str | None) -> Limits:
        del model
        return Limits(most=3)

    def send(self, model: str | None, texts: Any, *, purpose: Purpose, dimensions: int) -> Vectors:
        del model
        assert len(texts) <= 3
        found = OfflineEmbedder(dimensions=dimensions).embed(list(texts), purpose=purpose)
        return Vectors([[5 * value for value in vector.values] for vector in found], tokens=7)

    def close(self) -> None:
        """Hold nothing."""


class TestAnyEmbeddingTransport(EmbedderContract):
    @pytest.fixture
    def embedder(self) -> Embedder:
        return TransportEmbedder(ToyEmbeddings())


def test_a_transport_that_finds_nothing_answers_every_prompt() -> None:
    assert EMPTY.end is End.COMPLETE

"""Anthropic's models: the contract of providers, over its own API, and what is particular about that."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import ExitStack, closing
from typing import Any

import pytest

from memorybank.config import read_settings
from memorybank.errors import FailedPrecondition, InvalidArgument, Unavailable
from memorybank.models.anthropic import URL, AnthropicModel, Service
from memorybank.plugins import LOCAL, MODELS, OFFLINE, embeddings_of, models_of
from memorybank.ports.models import Event, ExtractionRequest, LanguageModel, Media
from memorybank.testing.anthropic import server as anthropic
from memorybank.testing.anthropic.server import KEY, AnthropicServer
from memorybank.testing.contracts.model import TOPICS, LanguageModelContract, saying
from memorybank.testing.contracts.model_bench import Fault, ModelBench
from memorybank.testing.contracts.prompted_model import PromptedModelContract
from memorybank.testing.scripted_server import Reply
from tests.contract.gemini import Waits
from tests.contract.server_bench import NOTHING, ServerBench, seconds


@pytest.fixture(params=[True, False], ids=["structured", "by tool"])
def server(request: pytest.FixtureRequest) -> Iterator[AnthropicServer]:
    with AnthropicServer(structured=request.param) as running:
        yield running


def _model(server: AnthropicServer, **options: Any) -> AnthropicModel:
    options = {"default_model": "small-1", "retry": Waits().retry(), **options}
    return AnthropicModel(Service(KEY, server.url), **options)


class TestAnthropicModel(LanguageModelContract):
    @pytest.fixture
    def model(self, server: AnthropicServer) -> Iterator[LanguageModel]:
        with closing(_model(server)) as model:
            yield model


class AnthropicBench(ServerBench):
    def _open(self, **options: Any) -> AnthropicModel:
        return AnthropicModel(Service(KEY, self._server.url), default_model="small-1", **options)

    def _said(self, text: str, *, cut_off: bool) -> Reply:
        return anthropic.said(text, stop="max_tokens" if cut_off else "end_turn", cached=40)

    def _refused(self) -> Reply:
        return anthropic.said("", stop="refusal")

    def _failures(self, retry_after: float | None) -> Mapping[Fault, Reply]:
        after = seconds(retry_after)
        return {
            Fault.DOWN: anthropic.failing(529, "overloaded_error", **after),
            Fault.EXHAUSTED: anthropic.failing(429, "rate_limit_error", **after),
            Fault.DENIED: anthropic.failing(403, "permission_error"),
            Fault.MISSING: anthropic.failing(404, "not_found_error", "model: small-1"),
        }

    def _is_picture(self, part: Mapping[str, Any]) -> bool:
        return str(part["type"]) == "image"


class TestAnthropicAsAProvider(PromptedModelContract):
    @pytest.fixture
    def bench(self, server: AnthropicServer) -> Iterator[ModelBench]:
        with ExitStack() as stack:
            yield AnthropicBench(server, stack)


def _facts(server: AnthropicServer, *events: Event) -> list[str]:
    with closing(_model(server)) as model:
        request = ExtractionRequest(events, TOPICS) if events else saying("I like tea")
        return [found.fact for found in model.extract(request)]


def test_a_model_without_structured_outputs_is_asked_by_a_tool_from_then_on() -> None:
    with AnthropicServer(structured=False) as server, closing(_model(server)) as model:
        for _ in range(2):
            assert [found.fact for found in model.extract(saying("I like tea"))] == ["I like tea"]
        assert [asked.by_tool for asked in server.asked] == [False, True, True]
        assert server.asked[-1].body["tool_choice"] == {"type": "tool", "name": "answer"}


def test_another_refusal_of_the_request_is_not_asked_again() -> None:
    with AnthropicServer() as server:
        server.script.append(anthropic.failing(400, "invalid_request_error", "prompt is too long: quotes the-key"))
        with pytest.raises(FailedPrecondition, match="invalid_request_error") as caught:
            _facts(server)
        assert len(server.asked) == 1
        assert "the-key" not in caught.value.message
    assert "the-key" not in repr(Service("the-key"))


def test_documents_and_addresses_go_along_as_what_they_are() -> None:
    sent = (Media("application/pdf", data=b"%PDF"), Media("image/png", uri="https://example.com/a.png"))
    with AnthropicServer(brain=lambda _: NOTHING) as server:
        _facts(server, Event("user", "Look at this", sent))
        [asked] = server.accepted
    blocks = [part for part in asked.parts if part["type"] != "text"]
    assert [(block["type"], block["source"]["type"]) for block in blocks] == [("document", "base64"), ("image", "url")]


def test_thoughts_are_no_part_of_the_answer_and_half_an_answer_is_none() -> None:
    thinking = anthropic.said({"facts": []})
    thinking.body["content"].insert(0, {"type": "thinking", "thinking": "Hm.", "signature": "x"})
    broken = anthropic.said({"facts": []})
    del broken.body["usage"]
    with AnthropicServer() as server, closing(_model(server, retry=Waits().retry(attempts=1))) as model:
        server.script += [thinking, broken]
        assert model.extract(saying("I like tea")) == []
        with pytest.raises(Unavailable, match="unreadable answer"):
            model.extract(saying("I like tea"))


@pytest.mark.parametrize("url", [URL, f"{URL}/", f"{URL}/v1", f"{URL}/v1/"])
def test_the_address_is_made_of_the_url_as_people_write_it(url: str) -> None:
    assert Service(KEY, url).address == f"{URL}/v1/messages"


def test_the_settings_take_the_key_of_anthropics_library_and_vectors_from_this_process() -> None:
    chosen = {"MEMORYBANK_MODELS": "anthropic", "MEMORYBANK_GENERATION_MODEL": "claude-haiku-4-5"}
    settings = read_settings({**chosen, "ANTHROPIC_API_KEY": "k"})
    assert (settings.model_key, models_of(settings).label(settings)) == ("k", "anthropic")
    assert embeddings_of(settings) is MODELS.find(LOCAL)
    assert "claude-haiku-4-5 of Anthropic" in models_of(settings).greeting(settings)
    hashed = read_settings({**chosen, "ANTHROPIC_API_KEY": "k", "MEMORYBANK_EMBEDDINGS": "offline"})
    assert embeddings_of(hashed) is MODELS.find(OFFLINE)
    gateway = read_settings({**chosen, "ANTHROPIC_API_KEY": "k", "ANTHROPIC_BASE_URL": "https://gateway.example.com"})
    assert "claude-haiku-4-5 of gateway.example.com" in models_of(gateway).greeting(gateway)
    elsewhere = {**chosen, "ANTHROPIC_API_KEY": "k", "MEMORYBANK_MODEL_URL": "https://gateway.example.com"}
    with pytest.raises(InvalidArgument, match="needs a key in ANTHROPIC_API_KEY or MEMORYBANK_MODEL_KEY"):
        read_settings(elsewhere)


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"MEMORYBANK_GENERATION_MODEL": ""}, "MEMORYBANK_GENERATION_MODEL"),
        ({"MEMORYBANK_EMBEDDINGS": "openai"}, "MEMORYBANK_EMBEDDINGS: must be local or offline: anthropic has no"),
        ({"MEMORYBANK_EMBEDDINGS": "gemini"}, "MEMORYBANK_EMBEDDINGS: must be local or offline: anthropic has no"),
        ({"MEMORYBANK_EMBEDDINGS": "anthropic"}, "MEMORYBANK_EMBEDDINGS: must be local or offline: anthropic has no"),
        ({"ANTHROPIC_BASE_URL": "https://gateway.example.com?v=1"}, "MEMORYBANK_MODEL_URL: must have no query"),
        ({"MEMORYBANK_STORE": "firestore", "MEMORYBANK_PROJECT": "p-12345"}, "MEMORYBANK_EMBEDDINGS: must be local"),
    ],
)
def test_what_cannot_be_is_told_by_its_setting(wrong: dict[str, str], says: str) -> None:
    chosen = {"MEMORYBANK_MODELS": "anthropic", "MEMORYBANK_GENERATION_MODEL": "m", "ANTHROPIC_API_KEY": "k"}
    with pytest.raises(InvalidArgument, match=says):
        read_settings({**chosen, **wrong})

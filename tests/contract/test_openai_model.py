"""The language model on OpenAI's API: the differences of servers, learned once; what only one of them does."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from memorybank.errors import FailedPrecondition, InvalidArgument, Unavailable
from memorybank.models.openai_compatible.service import OPENAI, Service, model_id
from memorybank.models.strict_schema import strict_schema
from memorybank.models.usage import Meter, metered
from memorybank.ports.models import Event, ExtractionRequest, Media
from memorybank.prompts.decision import Decided
from memorybank.prompts.extraction import FoundWithFields
from memorybank.testing.contracts.prompted_model import fact, facts
from memorybank.testing.openai import kinds
from memorybank.testing.openai.kinds import KINDS, Kind
from memorybank.testing.openai.refusals import error, strictness_problem
from memorybank.testing.openai.server import OpenAIServer, Reply, failing, said
from tests.contract.gemini import TOPICS, Waits, saying
from tests.contract.openai import model

TEA = facts(fact("I like tea"))
PICTURE = Media("image/png", data=b"\x89PNG")


@pytest.fixture
def server() -> Iterator[OpenAIServer]:
    with OpenAIServer() as running:
        yield running


def said_of(server: OpenAIServer, text: str = "I like tea", **options: Any) -> list[str]:
    with model(server, **options) as asked:
        return [found.fact for found in asked.extract(saying(text))]


@pytest.mark.parametrize(
    ("kind", "refused", "form", "limit"),
    [
        ("openai", 0, "json_schema", "max_completion_tokens"),
        ("azure", 1, "json_schema", "max_completion_tokens"),
        ("ollama", 0, "json_schema", "max_completion_tokens"),
        ("vllm", 3, "json_schema", None),
        ("lm-studio", 1, None, "max_completion_tokens"),
        ("litellm", 2, "json_object", "max_tokens"),
        ("plain", 4, None, None),
    ],
)
def test_what_a_server_refuses_is_learned_once(kind: str, refused: int, form: str | None, limit: str | None) -> None:
    with OpenAIServer(KINDS[kind]) as server, model(server) as asked:
        for text in ("I like tea", "I live in Oslo", "My dog is called Rex"):
            assert asked.extract(saying(text))
        assert len(server.asked) - len(server.accepted) == refused
        last = server.asked[-1].body
        assert last.get("response_format", {}).get("type") == form
        assert [name for name in ("max_tokens", "max_completion_tokens") if name in last] == ([limit] if limit else [])
        assert last["stream"] is False


def test_a_server_that_ignores_the_schema_is_told_it_in_the_prompt() -> None:
    with OpenAIServer(kinds.LM_STUDIO) as server:
        assert said_of(server) == ["I like tea"]
        first, second = server.accepted
        assert "# Schema" not in first.system
        assert '"additionalProperties": false' in second.system
        assert "could not be used" in second.text, "the model sees what was wrong with its first answer"


def test_one_odd_answer_of_a_model_is_no_reason_to_forget_the_schema_of_another(server: OpenAIServer) -> None:
    with model(server) as asked:
        server.script.append(said("Sure!"))
        asked.extract(saying("I like tea"))
        asked.extract(saying("I like tea", model="other-1"))
    assert [each.body.get("response_format", {}).get("type") for each in server.asked] == [
        "json_schema",
        "json_object",
        "json_schema",
    ]


def test_an_answer_that_follows_the_schema_and_says_too_much_leaves_it_in_place(
    server: OpenAIServer,
) -> None:
    server.script.append(said("<think>\nTea {or not}?\n</think>\n" + facts(fact("x" * 5000))))
    server.script.append(said(facts(fact("</think> is a tag that I like"))))
    said_of(server)
    assert [each.body["response_format"]["type"] for each in server.asked] == ["json_schema"] * 2


@pytest.mark.parametrize("odd", ["Sure!", {"note": "I like tea"}, "[]"])
def test_an_answer_in_another_form_shows_that_the_schema_is_ignored(server: OpenAIServer, odd: Any) -> None:
    server.script.append(said(odd))
    assert said_of(server) == ["I like tea"]
    strict, plain = (each.body["response_format"] for each in server.asked)
    assert strict["json_schema"]["strict"] is True
    assert plain == {"type": "json_object"}


@pytest.mark.parametrize("answer", [FoundWithFields, Decided])
def test_the_schemas_are_those_of_strict_mode(answer: Any) -> None:
    assert strictness_problem(strict_schema(answer)) is None
    assert strictness_problem(answer.model_json_schema()) is not None, "otherwise the check proves nothing"


@pytest.mark.parametrize(
    "text",
    [
        f"<think>\nTea? {{perhaps}}\n</think>\n\n{TEA}",
        f"Tea, they said.\n</think>\n{TEA}",
        f"Here it is:\n```json\n{TEA}\n```\nAnything else?",
        TEA.replace("it was said", "they wrote </think> and ```json"),
    ],
)
def test_thoughts_and_words_around_an_answer_are_left_out(server: OpenAIServer, text: str) -> None:
    server.script.append(said(text))
    assert said_of(server) == ["I like tea"]
    assert len(server.asked) == 1


def test_an_answer_in_parts_is_read_without_its_thoughts(server: OpenAIServer) -> None:
    parts = [{"type": "thinking", "thinking": [{"type": "text", "text": "Tea?"}]}, {"type": "text", "text": TEA}]
    server.script.append(said("", content=parts, reasoning_content="Tea?"))
    assert said_of(server) == ["I like tea"]
    assert len(server.asked) == 1


def test_a_stream_is_put_together_and_a_broken_one_is_asked_for_again(server: OpenAIServer) -> None:
    server.script.append(Reply('data: {"choices": [{"delta": {"content": "{"}}]}\n\n'))
    server.kind = kinds.PLAIN
    waits = Waits()
    assert said_of(server, retry=waits.retry()) == ["I like tea"]
    assert len(waits.waits) == 1, "half a stream is an outage and no answer"


def test_an_error_inside_a_stream_or_an_answer_is_an_error(server: OpenAIServer) -> None:
    for body in ('data: {"error": {"message": "overloaded"}}\n\n', {"error": {"code": 503, "message": "overloaded"}}):
        server.script.append(Reply(body))
        with pytest.raises(Unavailable):
            said_of(server, retry=Waits().retry(attempts=1))


@pytest.mark.parametrize("status", [200, 500])
@pytest.mark.parametrize("lead", ["", "data: "])
def test_a_body_that_is_nested_too_deeply_to_be_read_is_the_servers_fault(
    server: OpenAIServer, status: int, lead: str
) -> None:
    server.script.append(Reply(f'{lead}{{"choices": {"[" * 100_000}{"]" * 100_000}}}\n\n', status))
    with pytest.raises(Unavailable):
        said_of(server, retry=Waits().retry(attempts=1))


def test_tokens_that_a_server_does_not_count_are_none() -> None:
    with OpenAIServer(kinds.PLAIN) as server, metered(Meter()) as meter:
        said_of(server)
    assert meter.summary()["extract"] | {"prompt": ""} == {
        "calls": 1,
        "inputTokens": 0,
        "outputTokens": 0,
        "cachedTokens": 0,
        "model": "small-1",
        "prompt": "",
    }


@pytest.mark.parametrize(
    "reply",
    [
        said("", finish="content_filter"),
        said("", content=None, refusal="I'm sorry, I can't help with that."),
        failing(400, "The response was filtered", code="content_filter"),
        Reply({"error": {"code": "400", "innererror": {"code": "ResponsibleAIPolicyViolation"}}}, 400),
    ],
)
def test_every_form_of_a_refusal_is_told_as_one(server: OpenAIServer, reply: Reply) -> None:
    server.script.append(reply)
    with pytest.raises(InvalidArgument, match="safety filter"):
        said_of(server)
    assert len(server.asked) == 1


def test_pictures_go_inline_or_by_their_address(server: OpenAIServer) -> None:
    there = Media("image/jpeg", uri="https://files.example.com/a.jpg")
    bucket = Media("image/jpeg", uri="gs://b/a.jpg")
    with model(server) as asked:
        asked.extract(ExtractionRequest((Event("user", "Look", (PICTURE, there, bucket)),), TOPICS))
    [sent] = server.asked
    urls = [part["image_url"]["url"] for part in sent.parts if part["type"] == "image_url"]
    assert urls == ["data:image/png;base64,iVBORw==", "https://files.example.com/a.jpg"]


def test_a_model_that_takes_no_pictures_is_asked_without_them_each_time(server: OpenAIServer) -> None:
    server.kind = kinds.OLLAMA
    with model(server) as asked:
        for kind, refusals in ((kinds.OLLAMA, 1), (kinds.OPENAI, 0)):
            server.kind = Kind(pictures=kind.pictures)
            server.asked.clear()
            asked.extract(ExtractionRequest((Event("user", "I like tea", (PICTURE,)),), TOPICS))
            assert len(server.asked) == refusals + 1, "a picture that was broken says nothing about the next one"
            assert ("cannot be shown" in server.asked[-1].text) is bool(refusals)


def test_a_prompt_that_is_too_long_for_a_model_is_an_error_that_names_the_setting() -> None:
    with OpenAIServer(Kind(context=500)) as server, pytest.raises(FailedPrecondition, match="GENERATION_MODEL"):
        said_of(server)
    assert len(server.asked) == 3


def test_a_refusal_of_a_single_request_is_not_learned(server: OpenAIServer) -> None:
    server.kind = Kind()
    with model(server) as asked:
        server.script.extend(failing(400, "max_tokens: context length exceeded") for _ in range(3))
        with pytest.raises(FailedPrecondition):
            asked.extract(saying("I like tea"))
        asked.extract(saying("I like tea"))
    assert server.asked[-1].body["max_completion_tokens"]


def test_a_model_that_is_not_there_is_named_with_what_to_do() -> None:
    with OpenAIServer(kinds.OLLAMA) as server:
        server.missing.add("small-1")
        with pytest.raises(FailedPrecondition) as caught:
            said_of(server)
    for words in ("small-1", "ollama pull small-1", "MEMORYBANK_GENERATION_MODEL", "MEMORYBANK_MODEL_URL"):
        assert words in caught.value.message


def test_a_wrong_key_is_told_without_it(server: OpenAIServer) -> None:
    server.script.append(Reply(error("Incorrect API key provided: the-key", code="invalid_api_key"), 401))
    with pytest.raises(FailedPrecondition, match="MEMORYBANK_MODEL_KEY") as caught:
        said_of(server)
    assert "the-key" not in caught.value.message
    assert "the-key" not in repr(Service(OPENAI, "the-key"))


def test_form_errors_of_fastapi_are_understood(server: OpenAIServer) -> None:
    server.kind = Kind()
    detail = [{"loc": ["body", "max_completion_tokens"], "msg": "extra forbidden", "input": "the response_format"}]
    server.script.append(Reply({"detail": detail}, 422))
    assert said_of(server) == ["I like tea"]
    assert server.asked[-1].body["max_tokens"]
    assert server.asked[-1].body["response_format"]["type"] == "json_schema", "the request is repeated, not blamed"


@pytest.mark.parametrize(
    ("url", "address"),
    [
        (OPENAI, "https://api.openai.com/v1/chat/completions"),
        ("http://localhost:11434", "http://localhost:11434/v1/chat/completions"),
        ("http://localhost:11434/v1/", "http://localhost:11434/v1/chat/completions"),
        ("http://gateway/llm/v1/chat/completions", "http://gateway/llm/v1/chat/completions"),
        ("https://r.openai.azure.com/openai/v1", "https://r.openai.azure.com/openai/v1/chat/completions"),
        (
            "https://r.openai.azure.com/openai/deployments?api-version=2024-10-21",
            "https://r.openai.azure.com/openai/deployments/m%2F1/chat/completions?api-version=2024-10-21",
        ),
    ],
)
def test_addresses_are_made_of_the_url_as_people_write_it(url: str, address: str) -> None:
    assert Service(url).address("m/1", "chat/completions") == address


def test_a_key_goes_where_the_server_looks_for_it() -> None:
    assert Service("http://localhost:1234/v1").headers() == {}
    assert Service(OPENAI, "k").headers() == {"authorization": "Bearer k"}
    assert Service("https://r.openai.azure.com/openai/v1", "k").headers() == {"api-key": "k"}
    assert Service("https://gateway/openai/deployments?api-version=1", "k").headers() == {"api-key": "k"}


def test_a_model_may_be_named_as_googles_sdk_does() -> None:
    assert model_id("projects/p/locations/l/publishers/google/models/qwen3:8b") == "qwen3:8b"
    assert model_id("openai/gpt-oss-20b") == "openai/gpt-oss-20b"

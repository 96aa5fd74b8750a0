"""The embedder on OpenAI's API: lengths of vectors, texts, and the settings that errors name."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from memorybank.errors import FailedPrecondition, Unavailable
from memorybank.models.usage import Meter, metered
from memorybank.ports.models import Purpose
from memorybank.testing.openai import kinds
from memorybank.testing.openai.server import OpenAIServer, Reply
from tests.contract.gemini import Waits
from tests.contract.openai import embedder


@pytest.fixture
def server() -> Iterator[OpenAIServer]:
    with OpenAIServer() as running:
        yield running


def test_a_length_is_asked_for_until_a_model_refuses_it(server: OpenAIServer) -> None:
    with embedder(server, dimensions=64) as asked:
        asked.embed(["tea"], purpose=Purpose.DOCUMENT)
        assert server.asked[0].body["dimensions"] == 64
    server.kind = kinds.VLLM
    server.asked.clear()
    with embedder(server) as asked:
        for _ in range(2):
            [vector] = asked.embed(["tea"], purpose=Purpose.QUERY)
            assert len(vector.values) == 768
    assert ["dimensions" in each.body for each in server.asked] == [True, False, False]


@pytest.mark.parametrize("length", [384, 1024])
def test_a_model_of_another_length_is_told_with_the_setting(server: OpenAIServer, length: int) -> None:
    server.kind = replace(kinds.VLLM, dimensions=length)
    with embedder(server) as asked, pytest.raises(FailedPrecondition) as caught:
        asked.embed(["tea"], purpose=Purpose.QUERY)
    assert str(length) in caught.value.message
    assert "MEMORYBANK_EMBEDDING_DIMENSIONS" in caught.value.message


def test_a_model_that_is_not_there_is_named_with_its_setting(server: OpenAIServer) -> None:
    server.missing.add("vectors-1")
    with embedder(server) as asked, pytest.raises(FailedPrecondition, match="MEMORYBANK_EMBEDDING_MODEL"):
        asked.embed(["tea"], purpose=Purpose.QUERY)


def test_vectors_are_named_by_their_model_and_tokens_are_counted(server: OpenAIServer) -> None:
    with embedder(server) as asked, metered(Meter()) as meter:
        assert asked.resolve(None) == "vectors-1@768"
        assert asked.resolve("other-1") == "other-1@768"
        asked.embed(["tea"], purpose=Purpose.DOCUMENT, model="other-1")
    assert meter.summary()["embed"]["model"] == "other-1"
    assert meter.summary()["embed"]["inputTokens"] == 7


def test_texts_are_sent_in_batches_and_never_empty(server: OpenAIServer) -> None:
    with embedder(server) as asked:
        asked.embed(["", *["tea"] * 100, "long " * 10_000], purpose=Purpose.DOCUMENT)
    sent = [each.body["input"] for each in server.asked]
    assert [len(batch) for batch in sent] == [64, 38]
    assert all(0 < len(text) <= 8_000 for batch in sent for text in batch)


@pytest.mark.parametrize(
    "body", ["<html>", {"data": [{"index": 0}]}, {"data": [{"index": 0, "embedding": "AAAA"}]}, []]
)
def test_what_is_no_answer_of_the_api_is_an_outage(server: OpenAIServer, body: object) -> None:
    server.script.append(Reply(body))
    with embedder(server, retry=Waits().retry(attempts=1)) as asked, pytest.raises(Unavailable, match="unreadable"):
        asked.embed(["tea"], purpose=Purpose.QUERY)

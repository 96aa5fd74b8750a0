"""Search by meaning without a key, through HTTP: the real encoder, which this file alone loads."""

from __future__ import annotations

import json
from collections import defaultdict
from pathlib import Path
from typing import Any

import httpx
import pytest

from memorybank.adapters import make_embedder
from memorybank.config import Settings
from memorybank.ports.models import Embedder
from memorybank.testing.contracts.embedder import EmbedderContract
from tests.conftest import Serve, Served
from tests.waiting import until

pytestmark = pytest.mark.encoder

SCOPE = {"user_id": "ada"}
QUERIES = Path(__file__).parents[1] / "data" / "search" / "queries.json"
WANTED = {"cross-language": 0.85, "typo": 0.9, "paraphrase": 0.8}
"""The least share of queries whose memory is among the first three."""


@pytest.fixture(scope="module")
def local() -> Embedder:
    return make_embedder(Settings(embeddings="local"))


class TestTheEncoder(EmbedderContract):
    @pytest.fixture
    def embedder(self, local: Embedder) -> Embedder:
        return local


def _remember(http: httpx.Client, engine: str, *facts: str) -> None:
    for fact in facts:
        http.post(f"/v1beta1/{engine}/memories", json={"fact": fact, "scope": SCOPE}).raise_for_status()


def _found(http: httpx.Client, engine: str, query: str, *, most: int = 3) -> list[str]:
    body = {"scope": SCOPE, "similaritySearchParams": {"searchQuery": query, "topK": most}}
    answer: dict[str, Any] = http.post(f"/v1beta1/{engine}/memories:retrieve", json=body).raise_for_status().json()
    return [hit["memory"]["fact"] for hit in answer.get("retrievedMemories", [])]


def test_a_question_finds_what_answers_it_in_other_words(serve: Serve, local: Embedder) -> None:
    served = serve(embedder=local)
    engine = served.create_engine()
    with served.http() as http:
        _remember(http, engine, "My car is a blue estate", "I prefer aisle seats", "I like to read on Sundays")
        assert _found(http, engine, "Where does she like to sit?", most=1) == ["I prefer aisle seats"]
        assert _found(http, engine, "Welche Farbe hat mein Auto?", most=1) == ["My car is a blue estate"]


def test_a_hundred_questions_in_other_words_languages_and_spellings(serve: Serve, local: Embedder) -> None:
    data = json.loads(QUERIES.read_text("utf-8"))
    served = serve(embedder=local)
    engine = served.create_engine()
    hits: defaultdict[str, list[bool]] = defaultdict(list)
    with served.http() as http:
        _remember(http, engine, *data["memories"])
        for query in data["queries"]:
            found = _found(http, engine, query["query"])
            hits[query["kind"]].append(data["memories"][query["memory"]] in found)
    shares = {kind: sum(found) / len(found) for kind, found in hits.items()}
    assert sum(map(len, hits.values())) == 100
    assert {kind: share for kind, share in shares.items() if share < WANTED[kind]} == {}, shares


def test_a_bank_with_hashed_words_is_re_embedded_and_keeps_everything(
    serve: Serve, local: Embedder, tmp_path: Path
) -> None:
    data = str(tmp_path / "bank.db")
    before = serve(data=data)
    engine = before.create_engine()
    with before.http() as http:
        _remember(http, engine, "I prefer aisle seats", "My brother lives in Tallinn")
        assert _found(http, engine, "Where does she like to sit?", most=1) != ["I prefer aisle seats"]
    before.bank.stop()
    after: Served = serve(data=data, embedder=local)
    assert after.bank.embed_anew() == 1
    with after.http() as http:
        until(lambda: len(_found(http, engine, "family")) == 2)
        assert _found(http, engine, "Where does she like to sit?", most=1) == ["I prefer aisle seats"]
    assert after.bank.embed_anew() == 0

"""A query that was embedded lately is not embedded again; everything else is."""

from __future__ import annotations

import pytest

from memorybank.errors import Unavailable
from memorybank.models.offline import OfflineEmbedder
from memorybank.models.query_cache import QueryCache
from memorybank.ports.documents import Vector
from memorybank.ports.models import Purpose
from memorybank.testing.contracts.embedder import EmbedderContract


class Counted(OfflineEmbedder):
    """Notes what it is asked for, and fails when told to."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[tuple[str, ...]] = []
        self.fails = False

    def resolve(self, model: str | None) -> str:
        return f"{model}-{super().resolve(model)}"

    def embed(self, texts: list[str], *, purpose: Purpose, model: str | None = None) -> list[Vector]:
        self.asked.append(tuple(texts))
        if self.fails:
            raise Unavailable("not now")
        return super().embed(texts, purpose=purpose, model=model)


class TestItIsAnEmbedder(EmbedderContract):
    @pytest.fixture
    def embedder(self) -> QueryCache:
        return QueryCache(OfflineEmbedder())


def test_a_query_is_embedded_once_for_each_model() -> None:
    behind = Counted()
    cache = QueryCache(behind)
    first = cache.embed(["tea?"], purpose=Purpose.QUERY, model="a")
    assert cache.embed(["tea?"], purpose=Purpose.QUERY, model="a") == first
    cache.embed(["tea?"], purpose=Purpose.QUERY, model="b")
    cache.embed(["Tea?"], purpose=Purpose.QUERY, model="a")
    assert behind.asked == [("tea?",), ("tea?",), ("Tea?",)]
    assert "tea?" not in repr(vars(cache)).replace(repr(behind), "")


def test_facts_and_lists_are_always_embedded() -> None:
    behind = Counted()
    cache = QueryCache(behind)
    for _ in range(2):
        cache.embed(["I like tea"], purpose=Purpose.DOCUMENT)
        cache.embed(["a", "b"], purpose=Purpose.QUERY)
    assert len(behind.asked) == 4


def test_the_queries_asked_last_are_kept_and_no_more() -> None:
    behind = Counted()
    cache = QueryCache(behind, most=2)
    for text in ("a", "b", "a", "c", "a", "b"):
        cache.embed([text], purpose=Purpose.QUERY)
    assert behind.asked == [("a",), ("b",), ("c",), ("b",)]


def test_a_failure_is_not_kept_and_text_of_any_kind_is_taken() -> None:
    behind = Counted()
    cache = QueryCache(behind)
    behind.fails = True
    with pytest.raises(Unavailable):
        cache.embed(["half a \ud800 pair"], purpose=Purpose.QUERY)
    behind.fails = False
    assert cache.embed(["half a \ud800 pair"], purpose=Purpose.QUERY)

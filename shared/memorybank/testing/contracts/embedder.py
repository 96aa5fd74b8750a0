"""What every embedder must do, as tests: subclass `EmbedderContract` beside a fixture `embedder`.

class TestMyEmbedder(EmbedderContract):
@pytest.fixture
def embedder(self) -> Embedder: ...
"""

from __future__ import annotations

import math
import operator
from concurrent.futures import ThreadPoolExecutor

import pytest

from memorybank.ports.documents import Vector
from memorybank.ports.models import Embedder, Purpose

MANY = 300
THREADS = 8
TEXTS = ["I like green tea", "I live in Oslo", "my dog is called Rex"]


class EmbedderContract:
    """The promises of an embedder; a subclass brings the fixture `embedder`."""

    def test_nothing_is_embedded_for_an_empty_list(self, embedder: Embedder) -> None:
        """Neither a vector nor an error."""
        assert embedder.embed([], purpose=Purpose.DOCUMENT) == []

    @pytest.mark.parametrize("purpose", list(Purpose))
    def test_vectors_have_the_length_of_one_and_all_the_same_dimensions(
        self, embedder: Embedder, purpose: Purpose
    ) -> None:
        """Distances of the store are those of the model."""
        vectors = embedder.embed(TEXTS, purpose=purpose)
        assert len({len(vector.values) for vector in vectors}) == 1
        for vector in vectors:
            assert math.isclose(math.fsum(value**2 for value in vector.values), 1, rel_tol=1e-6)

    def test_vectors_come_in_the_order_of_their_texts(self, embedder: Embedder) -> None:
        """Also of more texts than fit one call, and of texts that repeat."""
        texts = [f"I own {number} books" for number in range(MANY)]
        vectors = embedder.embed([*texts, texts[0]], purpose=Purpose.DOCUMENT)
        assert len(vectors) == MANY + 1
        assert alike(vectors[0], vectors[-1])
        for number in (0, 1, MANY // 2, MANY - 1):
            [alone] = embedder.embed([texts[number]], purpose=Purpose.DOCUMENT)
            assert alike(alone, vectors[number])

    def test_vectors_of_a_model_have_one_name_and_are_made_again_alike(self, embedder: Embedder) -> None:
        """The name says which vectors may be compared, whatever they are for."""
        name = embedder.resolve(None)
        assert name.strip()
        assert embedder.resolve(None) == name
        first, again = (embedder.embed(TEXTS, purpose=Purpose.QUERY) for _ in range(2))
        assert all(map(alike, first, again))

    def test_a_text_is_nearer_to_itself_than_to_others(self, embedder: Embedder) -> None:
        """Queries and documents lie in one space."""
        documents = embedder.embed(TEXTS, purpose=Purpose.DOCUMENT)
        for number, query in enumerate(embedder.embed(TEXTS, purpose=Purpose.QUERY)):
            products = [math.fsum(map(operator.mul, query.values, each.values)) for each in documents]
            assert max(range(len(TEXTS)), key=products.__getitem__) == number

    @pytest.mark.parametrize("text", ["half \ud83d", "x " * 50_000, "\u200b", "私は紅茶が好き"])
    def test_odd_texts_do_no_harm(self, embedder: Embedder, text: str) -> None:
        """Half a character, an endless text, nothing to see, another script: one vector each."""
        assert len(embedder.embed([text], purpose=Purpose.DOCUMENT)) == 1

    def test_threads_get_the_vectors_of_their_own_texts(self, embedder: Embedder) -> None:
        """Many texts are embedded at the same time by one embedder."""
        alone = [embedder.embed([text], purpose=Purpose.DOCUMENT)[0] for text in TEXTS]
        with ThreadPoolExecutor(THREADS) as pool:
            found = list(pool.map(lambda text: embedder.embed([text], purpose=Purpose.DOCUMENT)[0], TEXTS * THREADS))
        assert all(map(alike, found, alone * THREADS))


def alike(one: Vector, other: Vector) -> bool:
    """Tell whether two vectors are the same but for rounding: which texts share a call may change the last digits."""
    pairs = zip(one.values, other.values, strict=True)
    return all(math.isclose(mine, yours, abs_tol=1e-5) for mine, yours in pairs)

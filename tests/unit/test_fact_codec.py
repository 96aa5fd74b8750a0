"""A fact that an operation keeps comes back as it was, whatever version of the bank kept it."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

import pytest

from memorybank.bank.generation.checkpoint import fact_data, fact_of
from memorybank.ports.documents import Put
from memorybank.ports.models import ExtractedFact, Intent, ProfileField
from memorybank.storage.sqlite import SqliteStore

_ALPHABET = "aZ9 \n\t\"'\\{}[]é\u200b\u3042漢🙂\x01\u0301"


def _facts(seed: int) -> Iterator[ExtractedFact]:
    chance = random.Random(seed)  # noqa: S311 - a table of facts, no secret

    def text(longest: int = 40) -> str:
        return "".join(chance.choices(_ALPHABET, k=chance.randrange(longest)))

    def value(depth: int = 0) -> Any:
        simple = [None, True, False, chance.randrange(-(2**53), 2**53), chance.uniform(-9, 9), text()]
        nested = [[value(depth + 1), [text()]], {text(): value(depth + 1), "b": None}] if depth < 3 else []
        return chance.choice([*simple, *nested])

    for _ in range(100):
        yield ExtractedFact(
            fact=text() or "x",
            topics=tuple(text() for _ in range(chance.randrange(3))),
            intent=chance.choice(list(Intent)),
            context=text(),
            event=chance.choice([None, 0, chance.randrange(1000)]),
            quote=text(),
            profile=chance.choice([None, ProfileField(text(), text(), value())]),
            chunk=chance.randrange(50),
        )


@pytest.mark.parametrize("seed", range(5))
def test_a_fact_comes_back_from_json_as_it_was(seed: int) -> None:
    for fact in _facts(seed):
        assert fact_of(json.loads(json.dumps(fact_data(fact)))) == fact


def test_facts_come_back_from_a_store_as_they_were() -> None:
    facts = list(_facts(5))
    store = SqliteStore(":memory:")
    store.commit([Put("engines/1/operations/1", {"facts": [fact_data(fact) for fact in facts]})])
    document = store.get("engines/1/operations/1")
    assert document is not None
    assert list(map(fact_of, document.data["facts"])) == facts
    store.close()


def test_a_fact_that_an_earlier_version_kept_has_defaults_for_what_that_left_out() -> None:
    kept = {"fact": "I like tea", "topics": ["a"], "intent": "forget", "context": "said", "profile": None}
    assert fact_of(kept) == ExtractedFact("I like tea", ("a",), Intent.FORGET, "said")
    assert fact_of({"fact": "I like tea"}) == ExtractedFact("I like tea")


def test_a_chunk_that_an_earlier_version_kept_is_read() -> None:
    """It kept a field of a profile as a map, not as text."""
    fact = ExtractedFact("age: 42", profile=ProfileField("p", "age", {"years": [42, None]}))
    assert fact_of(json.loads(json.dumps(asdict(fact)))) == fact


def test_what_a_later_version_keeps_beside_is_ignored() -> None:
    assert fact_of({**fact_data(ExtractedFact("I like tea")), "mood": "calm"}) == ExtractedFact("I like tea")

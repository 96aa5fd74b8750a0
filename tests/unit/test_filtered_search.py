"""A filtered search finds the nearest of what it may show, however rare that is."""

from __future__ import annotations

import math
import random
from datetime import UTC, datetime
from typing import Any

import pytest

from memorybank.bank.retrieve import retrieve_similar
from memorybank.models.offline import OfflineEmbedder
from memorybank.models.port import Purpose
from memorybank.resources.filter_groups import FilterGroup, any_group_holds
from memorybank.resources.retrieval import RetrieveMemoriesRequest
from memorybank.storage.documents import Create
from tests.unit.policy import SCOPE, open_policy

WORDS = [
    "tea",
    "figs",
    "rain",
    "snow",
    "sun",
    "book",
    "song",
    "lake",
    "hill",
    "road",
    "bird",
    "fish",
    "moon",
    "star",
    "wind",
]


def _group(**fields: Any) -> FilterGroup:
    return FilterGroup.model_validate({"filters": [{"key": "k", **fields}]})


@pytest.mark.parametrize(
    ("fields", "metadata", "holds"),
    [
        ({"value": {"stringValue": "a"}}, {"k": {"string_value": "a"}}, True),
        ({"value": {"stringValue": "a"}}, {"k": {"string_value": "A"}}, False),
        ({"value": {"stringValue": "a"}}, {}, False),
        ({"value": {"stringValue": "a"}, "negate": True}, {}, True),
        ({"value": {"stringValue": "a"}, "negate": True}, {"k": {"string_value": "a"}}, False),
        ({"value": {"boolValue": False}}, {"k": {"bool_value": False}}, True),
        ({"value": {"boolValue": True}}, {"k": {"double_value": 1.0}}, False),
        ({"value": {"doubleValue": 0}, "op": "GREATER_THAN"}, {"k": {"double_value": 0.1}}, True),
        ({"value": {"doubleValue": 0}, "op": "GREATER_THAN"}, {"k": {"double_value": 0.0}}, False),
        ({"value": {"stringValue": "b"}, "op": "LESS_THAN"}, {"k": {"string_value": "a"}}, True),
        ({"value": {"stringValue": "b"}, "op": "LESS_THAN", "negate": True}, {"k": {"string_value": "a"}}, False),
        (
            {"value": {"timestampValue": "2031-01-02T03:04:05.9Z"}},
            {"k": {"timestamp_value": datetime(2031, 1, 2, 3, 4, 5, 1, tzinfo=UTC)}},
            True,
        ),
    ],
)
def test_one_filter(fields: dict[str, Any], metadata: dict[str, Any], holds: bool) -> None:  # noqa: FBT001 - a column
    assert any_group_holds([_group(**fields)], metadata) is holds


def test_what_matches_beyond_the_thousand_nearest_is_found_in_its_order() -> None:
    chance = random.Random(3)  # noqa: S311 - no secret; the same run every time
    policy = open_policy()
    embedder = OfflineEmbedder()
    facts = [f"{number} {' '.join(chance.choices(WORDS, k=4))}" for number in range(1400)]
    vectors = embedder.embed(facts, purpose=Purpose.DOCUMENT)
    like = policy.ports.store.get(policy.remember("a memory to copy"))
    assert like is not None
    rare = set(chance.sample(facts, 12))
    for start in range(0, len(facts), 200):
        policy.ports.store.commit(
            [
                Create(
                    policy.engine.child("memories", f"m{number}"),
                    {
                        **like.data,
                        "fact": facts[number],
                        "embedding": vectors[number],
                        "metadata": {"rare": {"bool_value": facts[number] in rare}},
                    },
                )
                for number in range(start, start + 200)
            ]
        )
    [query] = embedder.embed(["tea and figs"], purpose=Purpose.QUERY)
    nearest = sorted(rare, key=lambda fact: math.dist(query.values, vectors[facts.index(fact)].values))
    request = RetrieveMemoriesRequest.model_validate(
        {"scope": SCOPE, "similaritySearchParams": {"searchQuery": "tea and figs", "topK": 5}}
    )
    found = retrieve_similar(
        policy.ports,
        policy.engine,
        request,
        accept=lambda data: data.get("metadata", {}).get("rare") == {"bool_value": True},
    )
    assert [hit.memory.fact for hit in found] == nearest[:5]

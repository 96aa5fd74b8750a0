"""A filtered search finds the nearest of what it may show, however rare that is."""

from __future__ import annotations

import math
import random
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import permutations
from typing import Any

import pytest

from memorybank.bank.listing import Filter
from memorybank.bank.memories import searching
from memorybank.bank.memories.records import NATURAL
from memorybank.bank.memories.retrieve import retrieve_similar
from memorybank.handlers.filters import RETRIEVE, memory_filter
from memorybank.models.offline import OfflineEmbedder
from memorybank.ports.documents import Create, Delete, Document, Nearest, Query, Vector, Where
from memorybank.ports.models import Purpose
from memorybank.ports.screens import Unknown
from memorybank.resources.filter_groups import FilterGroup, any_group_holds
from memorybank.resources.retrieval import RetrieveMemoriesRequest
from memorybank.resources.scopes import scope_key
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
    nearest = sorted(math.dist(query.values, vectors[facts.index(fact)].values) for fact in rare)
    request = RetrieveMemoriesRequest.model_validate(
        {"scope": SCOPE, "similaritySearchParams": {"searchQuery": "tea and figs", "topK": 5}}
    )
    found = retrieve_similar(
        policy.ports,
        policy.engine,
        request,
        accept=lambda data: (data["metadata"] or {}).get("rare") == {"bool_value": True},
    )
    assert {hit.memory.fact for hit in found} <= rare
    assert [hit.distance for hit in found] == pytest.approx(nearest[:5], rel=1e-6)


def _conditions(dice: random.Random) -> list[FilterGroup]:
    """Return random groups: some hold for nearly everything, some for nearly nothing."""

    def condition() -> dict[str, Any]:
        op = dice.choice(["EQUAL", "LESS_THAN", "GREATER_THAN"])
        return {"key": "k", "op": op, "value": {"doubleValue": dice.randrange(60)}, "negate": dice.random() < 0.3}

    groups = [{"filters": [condition() for _ in range(dice.randint(1, 3))]} for _ in range(dice.randint(1, 2))]
    return [FilterGroup.model_validate(group) for group in groups]


@pytest.mark.parametrize("widest", [16, 1000])
def test_a_search_finds_what_comparing_everything_finds(widest: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever metadata ask for, how much has ended, and how little the widest search takes in."""
    monkeypatch.setattr("memorybank.bank.memories.searching.MAX_NEAREST", widest)
    dice = random.Random(7)  # noqa: S311 - the same dice every time
    policy = open_policy()
    now, [query] = policy.clock.now(), policy.ports.embedder.embed(["tea and figs"], purpose=Purpose.QUERY)
    first = policy.remember("a memory to copy")
    like = policy.ports.store.get(first)
    assert like is not None
    documents = [
        {
            **like.data,
            "create_time": now + timedelta(seconds=dice.randrange(20)),
            "expire_time": dice.choice([None, None, now, now + timedelta(seconds=1)]),
            # A vector of another length is one that no search can compare.
            "embedding": Vector(tuple(dice.gauss(0, 1) for _ in query.values[dice.random() < 0.1 :])),
            "memory_type": dice.choice([*["NATURAL_LANGUAGE_COLLECTION"] * 9, "STRUCTURED_PROFILE"]),
            "metadata": {"k": {"double_value": float(dice.randrange(60))}},
        }
        for _ in range(250)
    ]
    for start in range(0, len(documents), 50):
        paths = [policy.engine.child("memories", f"m{number}") for number in range(start, start + 50)]
        policy.ports.store.commit(list(map(Create, paths, documents[start : start + 50])))
    policy.ports.store.commit([Delete(first)])
    comparable = [
        (math.dist(query.values, each["embedding"].values), each["metadata"])
        for each in documents
        if each["expire_time"] != now
        and len(each["embedding"].values) == len(query.values)
        and each["memory_type"] == "NATURAL_LANGUAGE_COLLECTION"
    ]
    for top_k in [1, 3, 10, 100] * 6:
        groups = _conditions(dice)
        params = {"searchQuery": "tea and figs", "topK": top_k}
        request = RetrieveMemoriesRequest.model_validate({"scope": SCOPE, "similaritySearchParams": params})
        test = partial(_accepts, groups)
        accept = dice.choice([test, Filter(test, Unknown()), memory_filter(None, RETRIEVE, groups=groups)])
        found = retrieve_similar(policy.ports, policy.engine, request, accept=accept)
        best = sorted(distance for distance, metadata in comparable if any_group_holds(groups, metadata))
        assert [hit.distance for hit in found] == pytest.approx(best[:top_k], rel=1e-6)


def _accepts(groups: list[FilterGroup], memory: Mapping[str, Any]) -> bool:
    return any_group_holds(groups, memory["metadata"])


@pytest.mark.parametrize("order", list(permutations(range(3))), ids=str)
def test_a_search_that_compares_everything_takes_its_conditions_in_any_order(
    order: tuple[int, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("memorybank.bank.memories.searching.MAX_NEAREST", 1)
    policy = open_policy()
    for fact in ("I like tea", "I like figs", "I like rain", "I hike"):
        policy.remember(fact)
    policy.remember("I hike", scope={"user_id": "eve"})
    [vector] = policy.ports.embedder.embed(["tea"], purpose=Purpose.QUERY)
    conditions = (
        Where("scope_key", "==", scope_key(SCOPE)),
        Where("embedding_model", "==", policy.ports.embedder.resolve(None)),
        Where("memory_type", "==", NATURAL),
    )
    where = tuple(conditions[place] for place in order)
    search = Nearest(f"{policy.engine.path}/memories", "embedding", vector, where=where, limit=1)
    listed: list[Query] = []
    query = policy.ports.store.query

    def record(asked: Query) -> list[Document]:
        listed.append(asked)
        return query(asked)

    monkeypatch.setattr(policy.ports.store, "query", record)
    hits = searching.nearest(policy.ports, search, may=lambda found: found.data["fact"] == "I hike", exhaustive=True)
    assert [(document.data["fact"], document.data["scope"]) for _, document in hits] == [("I hike", SCOPE)]
    assert [asked.where for asked in listed] == [conditions[:1]], "only the listing of a scope has an index"

"""Retrieval: how much is found, of which kinds, and of nothing but the scope."""

from __future__ import annotations

from typing import Any

import pytest

from memorybank.bank.listing import Room
from memorybank.bank.memories import profiles, retrieve
from memorybank.errors import FailedPrecondition
from memorybank.ports.models import ExtractedFact, ProfileField
from memorybank.resources.retrieval import RetrievedMemory, RetrieveMemoriesRequest
from memorybank.resources.wire import parse
from memorybank.testing.scripted import ScriptedModel
from tests.unit.policy import SCOPE, Policy, open_policy
from tests.unit.test_match import PROFILES

BOTH = ["NATURAL_LANGUAGE_COLLECTION", "STRUCTURED_PROFILE"]


def _both_kinds() -> Policy:
    """Open a bank that knows three facts and a field of a profile."""

    def extract(request: Any) -> list[ExtractedFact]:
        field = ProfileField("user-profile", "drink", "tea")
        return [ExtractedFact("I like tea", event=0, quote=request.events[0].text, profile=field)]

    policy = open_policy(ScriptedModel(extract=extract), config=PROFILES)
    for fact in ("I like green tea", "I like figs", "I live in Paris"):
        policy.remember(fact)
    policy.generate("I like tea")
    policy.remember("I like tea", scope={"user_id": "bob"})
    return policy


def _similar(policy: Policy, **asked: Any) -> list[str | None]:
    request = parse(RetrieveMemoriesRequest, {"scope": SCOPE, **asked})
    return [hit.memory.fact for hit in retrieve.retrieve_similar(policy.ports, policy.engine, request, accept=None)]


@pytest.mark.parametrize("top", [1, 2, 3])
def test_of_several_kinds_no_more_is_found_than_asked_for(top: int) -> None:
    found = _similar(_both_kinds(), memoryTypes=BOTH, similaritySearchParams={"searchQuery": "I like tea", "topK": top})
    assert len(found) == top
    assert found[0] == "I like tea"


def test_without_a_kind_facts_are_found_and_no_fields_of_profiles() -> None:
    found = _similar(_both_kinds(), similaritySearchParams={"searchQuery": "I like tea"})
    assert sorted(map(str, found)) == ["I like figs", "I like green tea", "I live in Paris"]
    assert found[0] == "I like green tea"


@pytest.mark.parametrize("explain", [False, True])
@pytest.mark.parametrize("kind", [{}, {"similaritySearchParams": {"searchQuery": "I like tea", "topK": 9}}])
def test_what_is_found_is_answered_as_the_valid_message_that_it_is(kind: dict[str, Any], *, explain: bool) -> None:
    policy = _both_kinds()
    policy.remember(
        "I drink milk", metadata={"cups": {"doubleValue": 2.5}}, topics=[{"customMemoryTopicLabel": "milk"}]
    )
    request = parse(RetrieveMemoriesRequest, {"scope": SCOPE, "memoryTypes": BOTH, "explain": explain, **kind})
    if kind:
        found = retrieve.retrieve_similar(policy.ports, policy.engine, request, accept=None)
    else:
        found, _ = retrieve.retrieve_page(policy.ports, policy.engine, request, accept=None, limit=9, after=None)
    assert len(found) == 5
    for hit in found:
        message = RetrievedMemory(memory=hit.memory, distance=hit.distance, explanation=hit.explanation)
        assert hit.to_wire() == message.to_wire()
        assert parse(RetrievedMemory, hit.to_wire()) == message


def test_pages_are_of_the_kinds_that_are_asked_for() -> None:
    policy = _both_kinds()
    for kinds, expected in (([], 3), (BOTH[:1], 3), (BOTH[1:], 1), (BOTH, 4)):
        request = parse(RetrieveMemoriesRequest, {"scope": SCOPE, "memoryTypes": kinds})
        page, after = retrieve.retrieve_page(policy.ports, policy.engine, request, accept=None, limit=10, after=None)
        assert (len(page), after) == (expected, None)


def test_a_similarity_search_finds_fewer_large_memories_so_that_its_answer_stays_below_eight_megabytes() -> None:
    policy = open_policy()
    metadata = {f"{number:02}": {"stringValue": "\U0001f600" * 1024} for number in range(64)}
    for number in range(40):
        policy.remember(f"I like tea number {number}", metadata=metadata)
    found = _similar(policy, similaritySearchParams={"searchQuery": "I like tea number 7", "topK": 100})
    assert found[0] == "I like tea number 7"
    assert 7_500_000 < len(found) * 64 * 4096 <= 8_000_000


def test_profiles_that_are_too_large_for_one_answer_are_refused_with_the_way_to_page_through_them(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    policy = _both_kinds()
    assert profiles.retrieve(policy.ports, policy.engine, SCOPE)["user-profile"].profile == {"drink": "tea"}
    room = Room(10)
    room.take(5)
    monkeypatch.setattr(profiles, "Room", lambda: room)
    with pytest.raises(FailedPrecondition, match="page through them with memories:retrieve"):
        profiles.retrieve(policy.ports, policy.engine, SCOPE)

"""Known memories that are shown beside a conversation: few, of the same scope, and nothing is taken from them."""

from __future__ import annotations

from typing import Any

import pytest

from memorybank.bank.guards.judge import judge_facts
from memorybank.bank.ports import BankRules
from memorybank.models.offline import OfflineEmbedder
from memorybank.ports.documents import Vector
from memorybank.ports.models import Event, ExtractedFact, ExtractionRequest, Purpose, Topic
from memorybank.testing.scripted import ScriptedModel
from tests.unit.policy import Policy, open_policy

ANNA, TEA, OSLO = "My sister Anna is a nurse", "I like green tea", "I live in Oslo"
NEWS = "My sister got the job!"


class _Counting(OfflineEmbedder):
    """An embedder that notes the purpose of each call."""

    def __init__(self) -> None:
        super().__init__()
        self.purposes: list[Purpose] = []

    def embed(self, texts: list[str], *, purpose: Purpose, model: str | None = None) -> list[Vector]:
        """Embed the texts."""
        self.purposes.append(purpose)
        return super().embed(texts, purpose=purpose, model=model)


def _shown(shown: int, *, facts: tuple[str, ...] = (ANNA, TEA, OSLO), **fields: Any) -> tuple[str, ...]:
    model = ScriptedModel()
    policy = open_policy(model, rules=BankRules(memories_shown=shown))
    for fact in facts:
        policy.remember(fact, **fields)
    policy.generate(NEWS)
    [request] = [each for each in model.requests if isinstance(each, ExtractionRequest)]
    return request.known


def test_no_memory_is_shown_unless_that_is_wanted() -> None:
    assert _shown(0) == ()


def test_the_nearest_memories_are_shown_and_no_more_than_so_many() -> None:
    assert _shown(1) == (ANNA,)
    assert sorted(_shown(20)) == sorted((ANNA, TEA, OSLO))


def test_long_memories_are_cut() -> None:
    long = "My sister " + "x" * 1000
    assert _shown(3, facts=(long,)) == (long[:200],)


def test_memories_of_other_people_are_never_shown() -> None:
    assert _shown(20, scope={"user_id": "eve"}) == ()


def test_memories_that_a_strict_request_may_not_touch_are_not_shown() -> None:
    model = ScriptedModel()
    policy = open_policy(model, rules=BankRules(memories_shown=5))
    policy.remember(ANNA, metadata={"source": {"stringValue": "crm"}})
    policy.remember(TEA)
    policy.generate(NEWS, metadataMergeStrategy="REQUIRE_EXACT_MATCH")
    [request] = [each for each in model.requests if isinstance(each, ExtractionRequest)]
    assert request.known == (TEA,)


@pytest.mark.parametrize(("shown", "queries"), [(0, 0), (5, 1)])
def test_what_is_shown_costs_one_embedding_more(shown: int, queries: int) -> None:
    embedder = _Counting()
    policy: Policy = open_policy(ScriptedModel(), embedder=embedder, rules=BankRules(memories_shown=shown))
    policy.generate(NEWS, "And I like opera")
    assert embedder.purposes.count(Purpose.QUERY) == queries


def _kinds(said: str, *facts: str, known: tuple[str, ...] = (ANNA, TEA)) -> list[str]:
    request = ExtractionRequest((Event("user", said),), (Topic("USER_PERSONAL_INFO", managed=True),), known=known)
    found = [ExtractedFact(fact, ("USER_PERSONAL_INFO",), event=0, quote=said) for fact in facts]
    return [each.kind for each in judge_facts(request, found).refused]


@pytest.mark.parametrize("fact", ["My sister Anna got the job", "Anna got the job at the hospital that she wanted"])
def test_a_fact_may_name_whom_a_known_memory_names(fact: str) -> None:
    assert _kinds("She got the job at the hospital!", fact) == []


@pytest.mark.parametrize("fact", [ANNA, TEA, "Anna is a nurse", "My sister is called Anna"])
def test_a_fact_that_is_taken_from_a_known_memory_is_refused_whatever_it_quotes(fact: str) -> None:
    assert _kinds("She got the job!", fact) == ["COPIED"]


def test_what_is_said_again_is_not_taken_from_a_known_memory() -> None:
    assert _kinds("I like green tea, as you know.", TEA) == []


def test_a_new_number_is_news_even_if_all_else_is_known() -> None:
    assert _kinds("No more than 300 please", "My budget is 300", known=("My budget is 200",)) == []
    assert _kinds("No more than 200 please", "My budget is 200", known=("My budget is 200",)) == ["COPIED"]


def test_numbers_come_from_the_conversation_only() -> None:
    assert _kinds("She got the job!", "Anna, 32, got the job", known=("My sister Anna is 32",)) == ["UNSAID_NUMBER"]

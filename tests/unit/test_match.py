"""What is found of that which new facts may bear on: how much of it, and of which kind."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from memorybank.bank.generation.match import Matcher, Pending
from memorybank.bank.memories.records import PROFILE
from memorybank.ports.models import Action, DecisionRequest, ExtractedFact, ProfileField
from memorybank.resources.config import MemoryBankConfig
from memorybank.resources.generation import GenerationOptions
from memorybank.resources.scopes import scope_key
from memorybank.testing.scripted import ScriptedModel
from tests.unit.policy import SCOPE, Policy, Says, decides, open_policy

SCHEMA = {"type": "OBJECT", "properties": {"drink": {"type": "STRING"}}}
PROFILES = {
    "structuredMemoryConfigs": [{"scopeKeys": ["user_id"], "schemaConfigs": [{"id": "user-profile", "schema": SCHEMA}]}]
}
TEA = "I like tea"


def _matcher(policy: Policy) -> Matcher:
    return Matcher(policy.ports, policy.engine, MemoryBankConfig(), scope_key(SCOPE))


def _pending(policy: Policy, fact: str, **options: Any) -> Pending:
    path = policy.engine.child("memories", "new")
    return Pending("operation", path, GenerationOptions(scope=SCOPE, **options), ExtractedFact(fact))


def _bank_with_a_profile(policy: Policy) -> str:
    """Have a conversation fill the only field of the profile with a fact that reads like any other; return its path."""
    assert policy.generate(TEA) == ["CREATED"]
    [record] = policy.records()
    assert record.memory.memory_type == PROFILE
    return record.path


def _of_a_profile(request: Any) -> list[ExtractedFact]:
    field = ProfileField("user-profile", "drink", "tea")
    return [ExtractedFact(TEA, event=0, quote=request.events[0].text, profile=field)]


def test_the_ten_nearest_are_found_and_no_more() -> None:
    policy = open_policy()
    for number in range(14):
        policy.remember(f"I own {number} bicycles" if number else TEA)
    found = _matcher(policy).nearest(_pending(policy, "I like green tea"))
    assert len(found) == 10
    assert found[0].fact == TEA


def test_of_what_has_just_been_changed_no_more_than_ten_are_shown_beside_those() -> None:
    """All are facts of operations that wait for the same scope, so each may bear on those before it."""
    model = ScriptedModel()
    policy = open_policy(model)
    names = [policy.accept(f"I have seen film {number}") for number in range(14)]
    policy.wait(*names)
    policy.deliver(names[0])
    [request] = [asked for asked in model.requests if isinstance(asked, DecisionRequest)][:1]
    assert max(len(new.candidates) for new in request.facts) == 10


def test_repeats_are_found_whatever_their_case_and_full_stop_and_expired_ones_are_not() -> None:
    policy = open_policy()
    path = policy.remember("I LIKE  tea.", ttl="3600s")
    matcher = _matcher(policy)
    assert [record.path for record in matcher.repeats([_pending(policy, TEA)])] == [path]
    policy.clock.advance(timedelta(hours=1))
    assert matcher.repeats([_pending(policy, TEA)]) == []


def test_a_field_of_a_profile_is_neither_a_repeat_nor_near() -> None:
    """What a profile says of a user is said by its field alone, however alike a new fact reads."""
    model = ScriptedModel(extract=_of_a_profile, decide=decides(Says(TEA, Action.UPDATE, TEA, TEA)))
    policy = open_policy(model, config=PROFILES)
    path = _bank_with_a_profile(policy)
    matcher = _matcher(policy)
    assert matcher.repeats([_pending(policy, TEA)]) == []
    assert matcher.nearest(_pending(policy, TEA)) == []
    source = {"directMemories": [{"fact": TEA}]}
    name = policy.accept_source(directMemoriesSource=source)
    policy.deliver(name)
    assert policy.actions(name) == ["CREATED"]
    assert len(policy.revisions(path)) == 1


def test_a_fact_that_is_not_to_be_consolidated_has_no_repeats() -> None:
    policy = open_policy()
    policy.remember(TEA)
    assert _matcher(policy).repeats([_pending(policy, TEA, disable_consolidation=True)]) == []


def test_what_has_been_embedded_is_not_embedded_again() -> None:
    policy = open_policy()
    matcher = _matcher(policy)
    matcher.embed([TEA, TEA, "I like figs"])
    made = matcher.vector(TEA)[0]
    assert matcher.vector(TEA)[0] is made
    assert matcher.distance(TEA, TEA) == 0
    assert matcher.distance(TEA, "I like figs") > 0

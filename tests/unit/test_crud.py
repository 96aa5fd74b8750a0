"""Memories one at a time: what may be created and changed, and whose place is free."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from memorybank.bank.memories import crud
from memorybank.bank.memories.stored import load
from memorybank.errors import AlreadyExists, InvalidArgument, NotFound
from memorybank.ports.models import ExtractedFact, ProfileField
from memorybank.resources.memory import Memory
from memorybank.resources.wire import parse
from memorybank.testing.frozen import START
from memorybank.testing.scripted import ScriptedModel
from tests.unit.policy import SCOPE, Policy, open_policy
from tests.unit.test_match import PROFILES

HOUR = timedelta(hours=1)


@pytest.fixture
def policy() -> Policy:
    return open_policy(config={"ttlConfig": {"granularTtlConfig": {"createTtl": "7200s"}}})


def _create(policy: Policy, identifier: str, **fields: Any) -> str:
    memory = parse(Memory, {"fact": "I like tea", "scope": SCOPE, **fields})
    crud.create(policy.ports, policy.engine, memory, memory_id=identifier)
    return policy.engine.child("memories", identifier)


def _update(policy: Policy, path: str, *, mask: list[str] | None = None, **fields: Any) -> Memory:
    crud.update(policy.ports, path, parse(Memory, fields), mask=mask)
    return load(policy.ports, path).memory


def test_an_id_is_taken_until_its_memory_has_expired(policy: Policy) -> None:
    path = _create(policy, "m", ttl="3600s")
    policy.clock.advance(HOUR - timedelta(microseconds=1))
    with pytest.raises(AlreadyExists):
        _create(policy, "m", fact="I like figs")
    assert load(policy.ports, path).memory.fact == "I like tea"
    policy.clock.advance(timedelta(microseconds=1))
    with pytest.raises(NotFound):
        crud.get(policy.ports, path)
    _create(policy, "m", fact="I like figs")
    assert load(policy.ports, path).memory.fact == "I like figs"


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"fact": ""}, "fact"),
        ({"fact": " \n"}, "fact"),
        ({"scope": None}, "scope"),
        ({"memoryType": "STRUCTURED_PROFILE"}, "memoryType"),
    ],
)
def test_what_is_no_memory_is_refused_by_name(policy: Policy, fields: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidArgument) as refused:
        _create(policy, "m", **fields)
    assert field in [violation.field for violation in refused.value.violations]
    assert policy.records() == []


def test_a_granular_ttl_counts_from_its_own_cause_only(policy: Policy) -> None:
    path = _create(policy, "m")
    assert load(policy.ports, path).memory.expire_time == START + 2 * HOUR
    policy.clock.advance(HOUR)
    assert _update(policy, path, displayName="d").expire_time == START + 2 * HOUR


def test_an_update_changes_what_it_names_and_leaves_the_rest(policy: Policy) -> None:
    path = _create(policy, "m", displayName="d", description="e")
    assert _update(policy, path, displayName="n").description == "e"
    assert _update(policy, path, displayName="x", description="y", mask=["description"]).display_name == "n"
    assert _update(policy, path, ttl="60s").expire_time == START + timedelta(seconds=60)
    assert _update(policy, path, mask=["expire_time"]).expire_time is None


def test_the_scope_of_a_memory_never_changes(policy: Policy) -> None:
    path = _create(policy, "m")
    assert _update(policy, path, scope=SCOPE, displayName="d").display_name == "d"
    with pytest.raises(InvalidArgument, match="immutable"):
        _update(policy, path, scope={"user_id": "eve"}, displayName="e")
    assert load(policy.ports, path).memory.display_name == "d"


@pytest.mark.parametrize(("fields", "mask"), [({}, None), ({"fact": " "}, None), ({}, ["fact"])])
def test_an_update_of_nothing_or_to_nothing_is_refused(
    policy: Policy, fields: dict[str, Any], mask: list[str] | None
) -> None:
    path = _create(policy, "m")
    with pytest.raises(InvalidArgument):
        _update(policy, path, mask=mask, **fields)
    assert load(policy.ports, path).memory.fact == "I like tea"


def test_the_fact_of_a_profile_changes_with_the_profile_only() -> None:
    def extract(request: Any) -> list[ExtractedFact]:
        field = ProfileField("user-profile", "drink", "tea")
        return [ExtractedFact("I like tea", event=0, quote=request.events[0].text, profile=field)]

    policy = open_policy(ScriptedModel(extract=extract), config=PROFILES)
    policy.generate("I like tea")
    [record] = policy.records()
    with pytest.raises(InvalidArgument, match="profile"):
        _update(policy, record.path, fact="I like figs")
    assert _update(policy, record.path, displayName="d").fact == "I like tea"
    crud.delete(policy.ports, record.path)
    assert policy.records() == []

"""What the bank knew at an earlier time: what is gone by now, what cannot be known, and pages."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from memorybank.bank import sweep
from memorybank.bank.memories import as_of, crud, erase, retrieve, revisions
from memorybank.errors import FailedPrecondition, InvalidArgument, MemoryBankError
from memorybank.handlers.filters import RETRIEVE, acceptance
from memorybank.resources.erasure import EraseMemoriesRequest
from memorybank.resources.memory import Memory
from memorybank.resources.retrieval import RetrieveMemoriesRequest
from memorybank.resources.wire import parse
from memorybank.testing.scripted import ScriptedModel
from tests.unit.policy import SCOPE, Policy, open_policy
from tests.unit.test_match import PROFILES

HOUR = timedelta(hours=1)
TEA, FIGS = "I like tea", "I like figs"


def _later(policy: Policy, by: timedelta = HOUR) -> datetime:
    """Let time go by, and return what it was before."""
    before = policy.clock.now()
    policy.clock.advance(by)
    return before


def _request(time: datetime, **fields: Any) -> RetrieveMemoriesRequest:
    return parse(RetrieveMemoriesRequest, {"scope": SCOPE, "readTime": time, **fields})


def _listed(policy: Policy, time: datetime, **fields: Any) -> list[str | None]:
    found, _ = retrieve.retrieve_page(
        policy.ports, policy.engine, _request(time, **fields), accept=None, limit=100, after=None
    )
    return [hit.memory.fact for hit in found]


def _similar(policy: Policy, time: datetime, query: str, *, top: int = 3, text: str | None = None) -> list[str | None]:
    request = _request(time, similaritySearchParams={"searchQuery": query, "topK": top})
    found = retrieve.retrieve_similar(policy.ports, policy.engine, request, accept=acceptance(text, RETRIEVE))
    return [hit.memory.fact for hit in found]


def _update(policy: Policy, path: str, fact: str) -> None:
    crud.update(policy.ports, path, Memory(fact=fact), mask=None)


@pytest.fixture
def policy() -> Policy:
    return open_policy(ScriptedModel())


@pytest.mark.parametrize(
    ("config", "ago", "error", "says"),
    [
        ({}, -timedelta(microseconds=1), InvalidArgument, "must not be in the future: it is 2030-01-01T00:00:00Z now"),
        ({}, timedelta(days=366), FailedPrecondition, "revisions are kept since 2029-01-01T00:00:00Z"),
        (
            {"ttlConfig": {"memoryRevisionDefaultTtl": "3600s"}},
            2 * HOUR,
            FailedPrecondition,
            "kept since 2029-12-31T23:00:00Z",
        ),
        ({"disableMemoryRevisions": True}, HOUR, FailedPrecondition, "the bank keeps none"),
    ],
)
def test_a_time_of_which_the_bank_cannot_know_is_refused(
    config: dict[str, Any], ago: timedelta, error: type[MemoryBankError], says: str
) -> None:
    policy = open_policy(config=config)
    time = policy.clock.now() - ago
    with pytest.raises(error) as listing:
        _listed(policy, time)
    with pytest.raises(error) as searching:
        _similar(policy, time, "tea")
    assert says in listing.value.message
    assert says in searching.value.message


def test_the_time_may_be_now_and_before_the_first_memory_there_was_none(policy: Policy) -> None:
    before = _later(policy)
    policy.remember(TEA)
    assert (_listed(policy, before), _listed(policy, policy.clock.now())) == ([], [TEA])
    assert (_similar(policy, before, "tea"), _similar(policy, policy.clock.now(), "tea")) == ([], [TEA])


def test_a_change_at_the_time_itself_counts_and_one_a_microsecond_later_does_not(policy: Policy) -> None:
    # Times whose seconds a float cannot hold to the microsecond, so that rounding would show.
    policy.clock.advance(timedelta(microseconds=123_457))
    path = policy.remember("Fact 0")
    for number in range(1, 30):
        time = _later(policy, timedelta(microseconds=1))
        _update(policy, path, f"Fact {number}")
        assert _listed(policy, time) == [f"Fact {number - 1}"]
        assert _listed(policy, policy.clock.now()) == [f"Fact {number}"]


def test_a_deleted_memory_is_known_for_48_hours(policy: Policy) -> None:
    path = policy.remember(TEA)
    then = _later(policy)
    crud.delete(policy.ports, path)
    policy.clock.advance(timedelta(hours=48) - timedelta(microseconds=1))
    assert (_listed(policy, then), _similar(policy, then, "tea")) == ([TEA], [TEA])
    policy.clock.advance(timedelta(microseconds=1))
    assert (_listed(policy, then), _similar(policy, then, "tea")) == ([], [])


def _expire(policy: Policy, path: str) -> None:
    crud.update(policy.ports, path, parse(Memory, {"ttl": "60s"}), mask=("ttl",))
    policy.clock.advance(timedelta(seconds=60))


def _expire_and_sweep(policy: Policy, path: str) -> None:
    _expire(policy, path)
    sweep.sweep(policy.ports)


def _delete_restore_expire(policy: Policy, path: str) -> None:
    first = policy.revisions(path)[0].id
    crud.delete(policy.ports, path)
    revisions.rollback(policy.ports, path, first)
    _expire(policy, path)


def _erase(policy: Policy, path: str) -> None:
    crud.delete(policy.ports, path)
    erase.erase(policy.ports, policy.engine, parse(EraseMemoriesRequest, {"scope": SCOPE}))


def _forget_revisions(policy: Policy, path: str) -> None:
    changes = parse(Memory, {"fact": FIGS, "revisionTtl": "1s"})
    crud.update(policy.ports, path, changes, mask=None)
    policy.clock.advance(timedelta(seconds=1))
    _update(policy, path, "I like plums")


@pytest.mark.parametrize("goes", [_expire, _expire_and_sweep, _delete_restore_expire, _erase])
def test_what_has_expired_or_was_erased_is_gone_from_the_past_too(
    policy: Policy, goes: Callable[[Policy, str], None]
) -> None:
    path = policy.remember(TEA)
    then = _later(policy)
    goes(policy, path)
    assert (_listed(policy, then), _similar(policy, then, "tea")) == ([], [])


def test_a_state_whose_revision_has_expired_is_left_out(policy: Policy) -> None:
    path = policy.remember(TEA, revisionTtl="60s")
    other = policy.remember("I like pears")
    then = _later(policy, timedelta(seconds=60))
    _update(policy, path, FIGS)
    assert _listed(policy, then) == ["I like pears"]
    assert _similar(policy, then, "tea") == ["I like pears"]
    assert sorted(map(str, _listed(policy, policy.clock.now()))) == [FIGS, "I like pears"]
    crud.delete(policy.ports, other)
    assert _listed(policy, then) == ["I like pears"]


def test_a_search_ranks_by_what_was_said_then(policy: Policy) -> None:
    path = policy.remember("I live in Paris")
    policy.remember("I work in Rome")
    then = _later(policy)
    _update(policy, path, "I work in Oslo")
    assert _similar(policy, then, "live in Paris", top=1) == ["I live in Paris"]
    assert _similar(policy, policy.clock.now(), "live in Paris", top=1) != ["I live in Paris"]


def test_a_filter_looks_at_what_was_said_then(policy: Policy) -> None:
    path = policy.remember(TEA)
    gone = policy.remember("I like tea with milk")
    policy.remember(FIGS)
    then = _later(policy)
    _update(policy, path, "I like plums")
    crud.delete(policy.ports, gone)
    assert _similar(policy, then, "plums", text="fact:tea") == [TEA, "I like tea with milk"]
    assert _similar(policy, then, "plums", text="fact:plums") == []


def test_a_rare_match_is_found_among_many_that_changed_since(policy: Policy) -> None:
    paths = [policy.remember(f"I like tea number {number}") for number in range(70)]
    rare = policy.remember("Rome")
    then = _later(policy)
    _update(policy, rare, "Oslo")
    _update(policy, paths[0], "I like tea number 70")
    policy.remember("Rome again")
    assert _similar(policy, then, "tea number", text="fact:Rome") == ["Rome"]
    assert len(_similar(policy, then, "tea number", top=100)) == 71


def test_a_search_for_facts_finds_no_fields_of_profiles_that_were_there() -> None:
    policy = open_policy(config=PROFILES)
    path = policy.remember(TEA)
    then = _later(policy)
    crud.delete(policy.ports, path)
    assert _listed(policy, then, memoryTypes=["STRUCTURED_PROFILE"]) == []
    assert _listed(policy, then, memoryTypes=["STRUCTURED_PROFILE", "NATURAL_LANGUAGE_COLLECTION"]) == [TEA]


@pytest.mark.parametrize("size", [1, 2, 3, 5])
def test_pages_hold_each_memory_once_also_while_the_bank_changes(policy: Policy, size: int) -> None:
    policy.generate(*(f"Fact {number}" for number in range(6)))  # all created at one time
    _later(policy)
    for number in range(6, 9):
        policy.remember(f"Fact {number}")
    then = _later(policy)
    expected = {f"Fact {number}" for number in range(9)}
    for number in (0, 3, 7):
        crud.delete(policy.ports, policy.record(f"Fact {number}").path)
    seen: list[str | None] = []
    after = None
    while True:
        page, after = as_of.list_page(
            policy.ports, policy.engine, scope=SCOPE, time=then, accept=None, limit=size, after=after
        )
        seen += [memory.fact for memory in page]
        if after is None:
            break
        # In between, what was seen and what is to come is changed, deleted and added.
        policy.clock.advance(HOUR)
        here = policy.records()
        crud.delete(policy.ports, here[0].path)
        _update(policy, here[-1].path, f"Changed at {policy.clock.now()}")
        policy.remember(f"New at {policy.clock.now()}")
    assert (len(seen), set(seen)) == (9, expected)

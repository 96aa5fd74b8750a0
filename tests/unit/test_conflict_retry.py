"""Changes of one memory at one and the same moment: each counts, none is told of the other."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

import pytest

from memorybank.bank.memories import crud, revisions
from memorybank.errors import NotFound
from memorybank.ports.documents import Write
from memorybank.resources.memory import Memory
from memorybank.resources.wire import parse
from tests.unit.policy import Interfering, Policy, open_policy


def _update(policy: Policy, path: str, **fields: str) -> None:
    crud.update(policy.ports, path, parse(Memory, fields), mask=list(fields))


def _meanwhile(policy: Policy, change: Callable[[], object]) -> None:
    """Have `change` made just before the next commit."""

    def before(_: Sequence[Write]) -> None:
        policy.interfere(lambda _: None)
        change()

    policy.interfere(before)


@pytest.fixture
def policy() -> Policy:
    """Open a bank whose clock stands still: revisions of one moment would have one number."""
    return open_policy(wrap=Interfering)


def test_two_updates_at_one_moment_both_count(policy: Policy) -> None:
    path = policy.remember("I like tea")
    _meanwhile(policy, partial(_update, policy, path, fact="I like coffee"))
    _update(policy, path, display_name="drink")
    assert policy.record("I like coffee").memory.display_name == "drink"
    assert len(policy.revisions(path)) == 3


def test_a_deletion_at_the_moment_of_an_update_deletes(policy: Policy) -> None:
    path = policy.remember("I like tea")
    _meanwhile(policy, partial(_update, policy, path, fact="I like coffee"))
    crud.delete(policy.ports, path)
    assert policy.facts() == []


def test_an_update_at_the_moment_of_a_deletion_is_told_that_there_is_nothing_to_update(policy: Policy) -> None:
    path = policy.remember("I like tea")
    _meanwhile(policy, partial(crud.delete, policy.ports, path))
    with pytest.raises(NotFound, match="does not exist"):
        _update(policy, path, fact="I like coffee")


def test_a_rollback_at_the_moment_of_an_update_comes_after_it(policy: Policy) -> None:
    path = policy.remember("I like tea")
    [first] = policy.revisions(path)
    _meanwhile(policy, partial(_update, policy, path, fact="I like coffee"))
    revisions.rollback(policy.ports, path, first.id)
    assert policy.facts() == ["I like tea"]
    assert len(policy.revisions(path)) == 3

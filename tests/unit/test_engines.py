"""Engines: what an update changes, who is listed, and how one goes with all that hangs on it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest

from memorybank.bank import engines, sessions
from memorybank.bank.memories import crud
from memorybank.errors import AlreadyExists, FailedPrecondition, InvalidArgument, NotFound, Unavailable
from memorybank.ports.documents import Write
from memorybank.resources.engine import ReasoningEngine
from memorybank.resources.names import EngineName
from memorybank.resources.session import Session
from tests.unit.policy import Interfering, Policy, open_policy

OTHERS = tuple(EngineName("p", "us-central1", name) for name in ("2", "3"))


@pytest.fixture
def policy() -> Policy:
    return open_policy(wrap=Interfering)


def _engine(**fields: Any) -> ReasoningEngine:
    return ReasoningEngine.model_validate(fields)


def _finish_delete(policy: Policy) -> str:
    """Delete the engine and do the worker's part; return the path of the operation."""
    operation = engines.delete(policy.ports, policy.engine, force=True)
    policy.deliver(operation.name)
    assert policy.operation(operation.name).done
    return policy.engine.child("operations", operation.name.rpartition("/")[2])


def test_an_engine_is_created_once_with_its_times(policy: Policy) -> None:
    now = policy.clock.now()
    found = engines.get(policy.ports, policy.engine)
    assert (found.name, found.create_time, found.update_time) == (str(policy.engine), now, now)
    with pytest.raises(AlreadyExists):
        engines.create(policy.ports, policy.engine, _engine())


def test_an_update_without_a_mask_changes_what_is_given_and_with_one_what_it_names(policy: Policy) -> None:
    engines.update(policy.ports, policy.engine, _engine(displayName="one", labels={"a": "1"}), mask=None)
    policy.clock.advance(timedelta(minutes=1))
    engines.update(policy.ports, policy.engine, _engine(displayName="two", labels={"b": "2"}), mask=["labels"])
    found = engines.get(policy.ports, policy.engine)
    assert (found.display_name, found.labels) == ("one", {"b": "2"})
    assert found.update_time == policy.clock.now()
    assert found.create_time == policy.clock.now() - timedelta(minutes=1)


@pytest.mark.parametrize(
    ("old", "new", "paths", "expected"),
    [
        ({"a": 1, "b": 2}, {"a": 3}, ["a"], {"a": 3, "b": 2}),
        ({"a": 1, "b": 2}, {}, ["a"], {"b": 2}),
        ({"a": {"x": 1, "y": 2}}, {"a": {"x": 5}}, ["a.x"], {"a": {"x": 5, "y": 2}}),
        ({"a": {"x": 1, "y": 2}}, {}, ["a.x"], {"a": {"y": 2}}),
        ({}, {"a": {"x": {"y": 1}}}, ["a.x.y"], {"a": {"x": {"y": 1}}}),
        ({"b": 1}, {}, ["a.x"], {"b": 1}),
    ],
)
def test_a_mask_takes_from_the_new_what_it_names_and_removes_what_is_not_there(
    old: dict[str, Any], new: dict[str, Any], paths: list[str], expected: dict[str, Any]
) -> None:
    before = repr(old)
    assert engines.masked(old, new, paths) == expected
    assert repr(old) == before


def test_a_mask_into_what_has_no_fields_is_refused() -> None:
    with pytest.raises(InvalidArgument) as refused:
        engines.masked({"a": 1}, {"a": {"x": 1}}, ["a.x"])
    assert refused.value.violations[0].field == "updateMask"


def test_a_mask_that_leads_nowhere_is_refused_and_changes_nothing(policy: Policy) -> None:
    before = engines.get(policy.ports, policy.engine)
    with pytest.raises(InvalidArgument, match="is not a field path"):
        engines.update(policy.ports, policy.engine, _engine(displayName="d"), mask=["display_name", "nonsense"])
    assert engines.get(policy.ports, policy.engine) == before


def test_an_update_that_meets_another_keeps_both(policy: Policy) -> None:
    def another(writes: Sequence[Write]) -> None:
        del writes
        policy.interfere(lambda _: None)
        engines.update(policy.ports, policy.engine, _engine(description="another"), mask=None)

    policy.interfere(another)
    engines.update(policy.ports, policy.engine, _engine(displayName="one"), mask=None)
    found = engines.get(policy.ports, policy.engine)
    assert (found.display_name, found.description) == ("one", "another")


def test_a_page_holds_engines_newest_first_and_none_that_is_being_deleted(policy: Policy) -> None:
    for name in OTHERS:
        policy.clock.advance(timedelta(seconds=1))
        engines.create(policy.ports, name, _engine())
    elsewhere = EngineName("p", "europe-west1", "9")
    engines.create(policy.ports, elsewhere, _engine())

    def listed(limit: int, after: Any = None) -> tuple[list[str], Any]:
        page, cursor = engines.list_page(policy.ports, policy.engine.parent, accept=None, limit=limit, after=after)
        return [str(engine.name).rpartition("/")[2] for engine in page], cursor

    first, cursor = listed(2)
    assert first == ["3", "2"]
    assert listed(2, cursor) == (["1"], None)
    engines.delete(policy.ports, OTHERS[1], force=False)
    assert listed(10) == (["2", "1"], None)


def test_an_engine_that_is_not_empty_goes_only_by_force(policy: Policy) -> None:
    policy.remember("I like tea")
    with pytest.raises(FailedPrecondition, match="still has memories"):
        engines.delete(policy.ports, policy.engine, force=False)
    assert engines.get(policy.ports, policy.engine)
    _finish_delete(policy)
    with pytest.raises(NotFound):
        engines.get(policy.ports, policy.engine)


def test_one_with_sessions_is_not_empty_either(policy: Policy) -> None:
    sessions.create(policy.ports, policy.engine, Session(user_id="ada"), session_id=None)
    with pytest.raises(FailedPrecondition, match="still has sessions"):
        engines.delete(policy.ports, policy.engine, force=False)


def test_what_has_expired_does_not_keep_an_engine(policy: Policy) -> None:
    policy.remember("I like tea", ttl="60s")
    policy.clock.advance(timedelta(seconds=60))
    assert engines.delete(policy.ports, policy.engine, force=False).name


def test_a_deletion_that_is_asked_for_again_is_the_same_operation(policy: Policy) -> None:
    first = engines.delete(policy.ports, policy.engine, force=True)
    assert engines.delete(policy.ports, policy.engine, force=True) == first
    assert [task.data["body"] for task in policy.tasks()] == [first.name]


def test_a_deleted_engine_leaves_its_operation_and_nothing_else(policy: Policy) -> None:
    crud.delete(policy.ports, policy.remember("I like tea"))
    policy.accept("I like figs")
    kept = _finish_delete(policy)
    assert policy.ports.store.below(policy.engine.path, limit=1000) == [kept]
    assert policy.ports.store.get(policy.engine.path) is None


def test_operations_go_before_all_else_so_that_what_runs_cannot_bring_anything_back(policy: Policy) -> None:
    """A generation cannot commit without its own operation, so nothing may be removed that it could still write."""
    policy.remember("I like tea")
    policy.accept("I like figs")
    commits: list[set[str]] = []
    operation = engines.delete(policy.ports, policy.engine, force=True)
    policy.interfere(lambda writes: commits.append({w.path.split("/")[2] for w in writes if "/" in w.path[8:]}))
    policy.deliver(operation.name)
    assert commits[0] == {"operations"}
    assert "memories" in commits[1]


def test_a_deletion_that_fails_half_way_is_taken_up_where_it_was(policy: Policy) -> None:
    policy.remember("I like tea")
    operation = engines.delete(policy.ports, policy.engine, force=True)
    commits: list[Sequence[Write]] = []

    def fail(writes: Sequence[Write]) -> None:
        commits.append(writes)
        if len(commits) == 2:
            raise Unavailable("away")

    policy.interfere(fail)
    policy.deliver(operation.name)
    assert not policy.operation(operation.name).done
    policy.interfere(lambda _: None)
    policy.deliver(operation.name, number=2)
    assert policy.operation(operation.name).done
    assert policy.records() == []

"""Sessions and their events: what changes a session, whom it is shown to, and what is left when it goes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest

from memorybank.bank import session_events, sessions
from memorybank.errors import AlreadyExists, InvalidArgument, NotFound, Unavailable
from memorybank.ports.documents import Create, Order, Write
from memorybank.resources.session import Session, SessionEvent
from memorybank.resources.wire import parse
from memorybank.testing.frozen import START
from tests.unit.policy import Interfering, Policy, open_policy

NEWEST = Order("create_time", descending=True)
DAY = timedelta(days=1)
LARGE = ["x" * 250_000] * 4
"""The texts of an event that is kept in parts."""


@pytest.fixture
def policy() -> Policy:
    return open_policy(wrap=Interfering)


def _create(policy: Policy, identifier: str, *, user: str = "ada", **fields: Any) -> str:
    session = parse(Session, {"userId": user, **fields})
    sessions.create(policy.ports, policy.engine, session, session_id=identifier)
    return policy.engine.child("sessions", identifier)


def _append(policy: Policy, path: str, text: str = "hello", *more: str, **fields: Any) -> None:
    body = {"author": "user", "invocationId": "i", "timestamp": "2030-01-01T00:00:00Z", **fields}
    body["content"] = {"role": "user", "parts": [{"text": part} for part in (text, *more)]}
    session_events.append(policy.ports, path, parse(SessionEvent, body))


def _listed(policy: Policy, *, user: str | None = None) -> list[str]:
    found, _ = sessions.list_page(
        policy.ports, policy.engine, user=user, accept=None, order=NEWEST, limit=10, after=None
    )
    return [str(session.name).rpartition("/")[2] for session in found]


def _texts(policy: Policy, path: str) -> list[str]:
    found, _ = session_events.list_page(
        policy.ports, path, accept=None, bounds=(), descending=False, limit=100, after=None
    )
    return [str(event.to_wire()["content"]["parts"][0]["text"]) for event in found]


def test_a_session_is_created_once_and_lives_for_a_year_unless_it_says_otherwise(policy: Policy) -> None:
    path = _create(policy, "a", displayName="d", labels={"k": "v"}, sessionState={"a_b": 1})
    found = sessions.get(policy.ports, path)
    assert (found.user_id, found.display_name, found.labels) == ("ada", "d", {"k": "v"})
    assert found.session_state == {"a_b": 1}
    assert found.expire_time == START + timedelta(days=365)
    with pytest.raises(AlreadyExists):
        _create(policy, "a")
    assert sessions.get(policy.ports, _create(policy, "b", ttl="86400s")).expire_time == START + DAY


def test_a_session_needs_a_user_and_an_end_to_come(policy: Policy) -> None:
    with pytest.raises(InvalidArgument, match="userId"):
        sessions.create(policy.ports, policy.engine, Session(), session_id=None)
    with pytest.raises(InvalidArgument, match="future"):
        _create(policy, "a", expireTime="2029-12-31T00:00:00Z")


def test_the_place_of_a_session_that_has_expired_is_free(policy: Policy) -> None:
    path = _create(policy, "a", ttl="86400s")
    _append(policy, path, "of before")
    policy.clock.advance(DAY)
    with pytest.raises(NotFound):
        sessions.get(policy.ports, path)
    _create(policy, "a", user="bob")
    assert sessions.get(policy.ports, path).user_id == "bob"
    assert _texts(policy, path) == []


def test_a_place_is_not_free_as_long_as_its_session_lives(policy: Policy) -> None:
    path = _create(policy, "a", ttl="86400s")
    policy.clock.advance(DAY - timedelta(microseconds=1))
    assert not sessions.remove_expired(policy.ports, path)
    policy.clock.advance(timedelta(microseconds=1))
    assert sessions.remove_expired(policy.ports, path)
    assert policy.ports.store.get(path) is None


def test_lists_show_living_sessions_of_everybody_or_of_one_user(policy: Policy) -> None:
    _create(policy, "old", ttl="86400s")
    for number, (identifier, user) in enumerate([("a", "ada"), ("b", "bob"), ("c", "ada")]):
        policy.clock.set(START + timedelta(minutes=number + 1))
        _create(policy, identifier, user=user)
    assert _listed(policy) == ["c", "b", "a", "old"]
    assert _listed(policy, user="ada") == ["c", "a", "old"]
    policy.clock.set(START + DAY)
    assert _listed(policy) == ["c", "b", "a"]
    assert _listed(policy, user="eve") == []


def test_an_update_changes_what_is_named_and_never_the_user(policy: Policy) -> None:
    path = _create(policy, "a", displayName="d", sessionState={"k": 1})
    changed = sessions.update(policy.ports, path, Session(display_name="e", session_state={"n": 2}), mask=None)
    assert (changed.display_name, changed.session_state) == ("e", {"n": 2})
    changed = sessions.update(policy.ports, path, Session(display_name="f", session_state={}), mask=["display_name"])
    assert (changed.display_name, changed.session_state) == ("f", {"n": 2})
    assert sessions.update(policy.ports, path, Session(user_id="ada", display_name="g"), mask=None).user_id == "ada"
    with pytest.raises(InvalidArgument, match="userId"):
        sessions.update(policy.ports, path, Session(user_id="eve", display_name="h"), mask=None)
    with pytest.raises(InvalidArgument, match="nothing to change"):
        sessions.update(policy.ports, path, Session(), mask=None)
    assert sessions.get(policy.ports, path).display_name == "g"


def test_an_update_that_names_the_time_to_live_without_one_gives_a_year(policy: Policy) -> None:
    path = _create(policy, "a", ttl="86400s")
    sessions.update(policy.ports, path, Session(), mask=["ttl"])
    assert sessions.get(policy.ports, path).expire_time == START + sessions.LIFE


def _once(policy: Policy, act: Any) -> None:
    """Do something just before the next commit, and nothing before those after it."""

    def before(writes: Sequence[Write]) -> None:
        del writes
        policy.interfere(lambda _: None)
        act()

    policy.interfere(before)


def test_an_update_does_not_go_over_a_deletion_that_was_quicker(policy: Policy) -> None:
    path = _create(policy, "a")
    _once(policy, lambda: sessions.delete(policy.ports, path))
    with pytest.raises(NotFound):
        sessions.update(policy.ports, path, Session(display_name="d"), mask=None)
    assert policy.ports.store.get(path) is None


def test_an_update_does_not_reach_the_next_session_of_the_same_id(policy: Policy) -> None:
    path = _create(policy, "a")

    def begin_anew() -> None:
        sessions.delete(policy.ports, path)
        _create(policy, "a", user="bob")

    _once(policy, begin_anew)
    with pytest.raises(InvalidArgument, match="userId"):
        sessions.update(policy.ports, path, Session(user_id="ada", display_name="of ada"), mask=None)
    assert sessions.get(policy.ports, path).display_name is None


def test_an_update_and_an_event_at_once_are_both_kept(policy: Policy) -> None:
    path = _create(policy, "a", sessionState={"k": 1})
    longer = Session(ttl=10 * DAY)
    _once(policy, lambda: sessions.update(policy.ports, path, longer, mask=None))
    sessions.update(policy.ports, path, Session(expire_time=START + 2 * DAY, session_state={"n": 1}), mask=None)
    assert sessions.get(policy.ports, path).expire_time == START + 2 * DAY
    _once(policy, lambda: _append(policy, path, "first", actions={"stateDelta": {"a": 1}}))
    _append(policy, path, "second", actions={"stateDelta": {"b": 2}})
    assert sessions.get(policy.ports, path).session_state == {"n": 1, "a": 1, "b": 2}
    assert sorted(_texts(policy, path)) == ["first", "second"]


def test_events_of_one_moment_come_in_the_order_of_their_appending(policy: Policy) -> None:
    path = _create(policy, "a")
    for text in ("b", "a", "c"):
        _append(policy, path, text)
    _append(policy, path, "before", timestamp="2029-12-31T23:59:59Z")
    assert _texts(policy, path) == ["before", "b", "a", "c"]


def test_a_state_that_has_grown_too_large_is_refused_with_its_event(policy: Policy) -> None:
    path = _create(policy, "a", sessionState={"large": "x" * 500_000})
    with pytest.raises(InvalidArgument, match="sessionState"):
        _append(policy, path, actions={"stateDelta": {"more": "x" * 500_000}})
    assert _texts(policy, path) == []
    assert sessions.get(policy.ports, path).session_state.keys() == {"large"}


def test_a_large_event_that_fails_leaves_none_of_its_parts(policy: Policy) -> None:
    path = _create(policy, "a")

    def fail(writes: Sequence[Write]) -> None:
        if any(isinstance(write, Create) and "/events/" in write.path for write in writes):
            raise Unavailable("away")

    policy.interfere(fail)
    with pytest.raises(Unavailable):
        _append(policy, path, *LARGE)
    assert policy.ports.store.below(path, limit=10) == []


def test_a_deleted_session_takes_its_events_along(policy: Policy) -> None:
    path = _create(policy, "a")
    _append(policy, path, *LARGE)
    operation = sessions.delete(policy.ports, path)
    assert operation.done
    assert policy.ports.store.below(path, limit=10) == []
    with pytest.raises(NotFound):
        sessions.delete(policy.ports, path)


def test_a_deletion_that_dies_half_way_has_hidden_the_session_for_good(policy: Policy) -> None:
    path = _create(policy, "a")
    _append(policy, path)
    commits: list[Sequence[Write]] = []

    def fail(writes: Sequence[Write]) -> None:
        commits.append(writes)
        if len(commits) == 2:
            raise Unavailable("away")

    policy.interfere(fail)
    with pytest.raises(Unavailable):
        sessions.delete(policy.ports, path)
    with pytest.raises(NotFound):
        sessions.get(policy.ports, path)
    assert _listed(policy) == []


def test_an_event_that_is_appended_again_because_the_answer_was_lost_is_there_once(policy: Policy) -> None:
    path = _create(policy, "s")
    _append(policy, path, "hello", actions={"state_delta": {"a": 1}})
    _append(policy, path, "hello", actions={"stateDelta": {"b": 2}})
    _append(policy, path, "hello", actions={"state_delta": {"a": 1}})  # as Google's SDK repeats it, byte by byte
    assert _texts(policy, path) == ["hello", "hello"]
    assert sessions.get(policy.ports, path).session_state == {"a": 1, "b": 2}


def test_a_large_event_that_is_appended_again_keeps_its_parts(policy: Policy) -> None:
    path = _create(policy, "s")
    for _ in range(2):
        _append(policy, path, *["x" * 200_000] * 8)
    assert _texts(policy, path) == ["x" * 200_000]


def test_events_that_differ_in_their_time_or_invocation_are_different_events(policy: Policy) -> None:
    path = _create(policy, "s")
    _append(policy, path)
    _append(policy, path, timestamp="2030-01-01T00:00:00.000001Z")
    _append(policy, path, invocationId="j")
    assert _texts(policy, path) == ["hello"] * 3

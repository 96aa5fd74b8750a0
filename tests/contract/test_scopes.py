"""The list of an engine's scopes, on either store: complete, paged, filtered, and cheap however much they hold."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest

from memorybank.bank.listing import Cursor
from memorybank.bank.memories import crud, scopes
from memorybank.bank.memories.scopes import Readable, list_page
from memorybank.errors import InvalidArgument
from memorybank.resources.memory import Memory
from memorybank.resources.scopes import scope_key
from tests.unit.policy import Policy, open_policy

EVERYTHING = Readable(None, bool)
MINUTE = timedelta(minutes=1)


@pytest.fixture(params=["sqlite", "firestore"])
def policy(request: pytest.FixtureRequest) -> Policy:
    store = request.getfixturevalue("firestore_store") if request.param == "firestore" else None
    return open_policy(store=store)


def _page(
    policy: Policy,
    *,
    readable: Readable = EVERYTHING,
    prefix: str = "",
    limit: int = 100,
    after: Cursor | None = None,
) -> tuple[list[dict[str, Any]], Cursor | None]:
    found, cursor = list_page(policy.ports, policy.engine, readable=readable, prefix=prefix, limit=limit, after=after)
    return [each.to_wire() for each in found], cursor


def _users(listed: list[dict[str, Any]]) -> set[str]:
    return {each["scope"]["user_id"] for each in listed}


def _only(*scope: Mapping[str, str]) -> Readable:
    return Readable({scope_key(each) for each in scope}, lambda asked: asked in scope)


def test_a_scope_is_listed_with_its_memories_counted_and_its_last_change(policy: Policy) -> None:
    path = policy.remember("I like tea", scope={"user_id": "ada"})
    policy.remember("I like jam", scope={"user_id": "ada"})
    policy.remember("I like jam", scope={"user_id": "bob", "team": "x"})
    policy.clock.advance(MINUTE)
    crud.update(policy.ports, path, Memory.model_validate({"fact": "I like mint tea"}), mask=None)
    listed, cursor = _page(policy)
    assert cursor is None
    assert sorted(listed, key=lambda each: len(each["scope"])) == [
        {"scope": {"user_id": "ada"}, "memoryCount": 2, "updateTime": "2030-01-01T00:01:00Z"},
        {"scope": {"user_id": "bob", "team": "x"}, "memoryCount": 1, "updateTime": "2030-01-01T00:00:00Z"},
    ]


def test_pages_together_hold_each_scope_once(policy: Policy) -> None:
    for number in range(7):
        for fact in ("I like tea", "I like jam"):
            policy.remember(fact, scope={"user_id": f"u{number}"})
    seen: list[str] = []
    cursor: Cursor | None = None
    for size in (3, 3, 1):
        listed, cursor = _page(policy, limit=3, after=cursor)
        assert len(listed) == size
        seen += _users(listed)
    assert cursor is None
    assert sorted(seen) == [f"u{number}" for number in range(7)]


def test_a_prefix_selects_scopes_by_a_value_or_by_key_and_value(policy: Policy) -> None:
    for user, team in (("ada", "red"), ("adam", "blue"), ("bob", "adapters")):
        policy.remember("I like tea", scope={"user_id": user, "team": team})
    assert _users(_page(policy, prefix="ada")[0]) == {"ada", "adam", "bob"}
    assert _users(_page(policy, prefix="user_id=ada")[0]) == {"ada", "adam"}
    assert _users(_page(policy, prefix="team=b")[0]) == {"adam"}
    assert _page(policy, prefix="Ada") == ([], None)


def test_a_scope_whose_memories_have_all_expired_is_not_listed(policy: Policy) -> None:
    policy.remember("I like tea", scope={"user_id": "ada"}, ttl="60s")
    policy.remember("I like jam", scope={"user_id": "bob"})
    policy.clock.advance(MINUTE)
    policy.remember("I like jam", scope={"user_id": "cleo"}, ttl="60s")
    policy.clock.advance(MINUTE / 2)
    assert _users(_page(policy)[0]) == {"bob", "cleo"}


def test_only_scopes_that_a_caller_may_read_are_listed(policy: Policy) -> None:
    for user in ("ada", "bob", "cleo"):
        policy.remember("I like tea", scope={"user_id": user})
    assert _users(_page(policy, readable=_only({"user_id": "bob"}, {"user_id": "nobody"}))[0]) == {"bob"}
    by_pattern = Readable(None, lambda scope: scope["user_id"] > "b")
    assert _users(_page(policy, readable=by_pattern)[0]) == {"bob", "cleo"}
    assert _page(policy, readable=_only()) == ([], None)


def test_the_cursor_never_names_a_scope_that_is_hidden(policy: Policy) -> None:
    for number in range(9):
        policy.remember("I like tea", scope={"user_id": f"u{number}"})
    mine = [{"user_id": "u1"}, {"user_id": "u4"}]
    listed, cursor = _page(policy, readable=Readable(None, lambda scope: scope in mine), limit=1)
    assert cursor == (scope_key(listed[0]["scope"]),)


def test_a_page_without_matches_ends_early_and_goes_on(policy: Policy, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scopes, "MOST_SKIPPED", 3)
    for number in range(8):
        policy.remember("I like tea", scope={"user_id": f"u{number}"})
    seen: set[str] = set()
    cursor: Cursor | None = None
    for _ in range(4):
        listed, cursor = _page(policy, prefix="u5", after=cursor)
        seen |= _users(listed)
        if cursor is None:
            break
    assert cursor is None
    assert seen == {"u5"}


@pytest.mark.parametrize("after", [(), ("a",), (1,), ("a" * 40, "b"), (None,)])
def test_a_cursor_of_another_list_is_refused(policy: Policy, after: Cursor) -> None:
    with pytest.raises(InvalidArgument, match="pageToken"):
        _page(policy, after=after)

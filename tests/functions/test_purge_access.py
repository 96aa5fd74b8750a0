"""Purges by callers who may not see everything: no memory, count or operation of others is within their reach."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from memorybank.bank.memories import purge_search
from memorybank.ports.documents import Document, Query
from memorybank.storage.sqlite import SqliteStore
from memorybank.testing.frozen import FrozenClock
from tests.functions.callers import ADA, EVE, READER, Calling, bank_with_rules, new_engine

TEAMS = "teams@example.com"
EVERYTHING = {"filter": "fact:*", "force": True}


class Slow(SqliteStore):
    """A store whose commits, and whose pages of memories, take so long by its clock."""

    def __init__(self, clock: FrozenClock) -> None:
        super().__init__(":memory:")
        self.clock, self.seconds, self.page_seconds = clock, 0, 0

    def commit(self, writes: Any) -> Any:
        """Commit, and take time."""
        self.clock.advance(timedelta(seconds=self.seconds))
        return super().commit(writes)

    def query(self, query: Query) -> list[Document]:
        """Query, and take time for memories."""
        if query.collection.endswith("/memories"):
            self.clock.advance(timedelta(seconds=self.page_seconds))
        return super().query(query)


@pytest.fixture
def store() -> Slow:
    return Slow(FrozenClock())


@pytest.fixture
def root(store: Slow) -> Iterator[Calling]:
    """Call a new engine, in which Ada has 30 memories and Eve has one, as somebody who may do everything."""
    with bank_with_rules(store=store, clock=store.clock) as bank:
        root = new_engine(bank)
        for number in range(30):
            root.ok("POST", "/memories", {"fact": f"Ada {number}", "scope": {"user_id": ADA}})
        root.ok("POST", "/memories", {"fact": "Eve", "scope": {"user_id": EVE}})
        yield root


def _purged(caller: Calling, **asked: Any) -> int:
    return int(caller.done("POST", "/memories:purge", {**EVERYTHING, **asked})["purgeCount"])


def _left(root: Calling) -> list[str]:
    return [memory["fact"] for memory in root.ok("GET", "/memories").get("memories", [])]


@pytest.mark.parametrize(
    "text",
    [
        "fact:*",
        'NOT fact="x"',
        f'scope.user_id="{EVE}" OR scope.user_id="{ADA}"',
        'create_time > "2000-01-01T00:00:00Z"',
        f"scope={json.dumps(json.dumps({'user_id': EVE}))}",
    ],
)
def test_a_broad_condition_reaches_ones_own_memories_and_can_be_repeated(root: Calling, text: str) -> None:
    eve = replace(root, email=EVE)
    assert _purged(eve, filter=text, force=False) == 1
    assert [_purged(eve, filter=text) for _ in range(3)] == [1, 0, 0]
    assert len(_left(root)) == 30


@pytest.mark.parametrize("scope", [{"user_id": ADA}, {"user_id": "nobody@agents.com"}])
def test_anothers_scope_is_as_empty_as_one_that_does_not_exist(root: Calling, scope: dict[str, str]) -> None:
    text = f"scope={json.dumps(json.dumps(scope))}"
    assert _purged(replace(root, email=EVE), filter=text, force=False) == 0
    assert _purged(replace(root, email=EVE), filter=text) == 0
    assert len(_left(root)) == 31


def test_who_may_read_more_than_write_must_name_what_they_may_write(root: Calling) -> None:
    answer = replace(root, email=READER).call("POST", "/memories:purge", EVERYTHING)
    assert answer.status == 403
    assert 'name a scope that you may write as a whole, as in scope="{' in answer.message
    assert len(_left(root)) == 31


def test_the_owner_of_a_purge_that_takes_long_sees_it_and_nobody_else_does(root: Calling, store: Slow) -> None:
    ada, eve = replace(root, email=ADA), replace(root, email=EVE)
    store.seconds = 15
    begun = ada.ok("POST", "/memories:purge", EVERYTHING)
    store.seconds = 0
    assert "done" not in begun
    name = begun["name"].removeprefix(root.engine)
    assert eve.call("GET", name).status == 404
    assert eve.call("POST", f"{name}:cancel").status == 404
    assert ada.finished(begun)["response"]["purgeCount"] == 30
    assert eve.ok("GET", "/operations") == {}
    assert _left(root) == ["Eve"]


def test_a_long_purge_of_several_scopes_is_cut_short_for_who_could_not_be_shown_it(root: Calling, store: Slow) -> None:
    for number in range(35):
        root.ok("POST", "/memories", {"fact": "of a team", "scope": {"team": f"t{number}"}})
    teams = replace(root, email=TEAMS)
    assert _purged(teams, force=False) == 35
    store.seconds = 15
    answer = teams.call("POST", "/memories:purge", EVERYTHING)
    assert (answer.status, answer.body["error"]["status"]) == (504, "DEADLINE_EXCEEDED")
    assert answer.message.startswith("20 memories of several scopes were deleted and 15 are left: call again")
    store.seconds = 0
    assert _purged(teams) == 15
    assert len(_left(root)) == 31


def test_only_for_who_may_see_all_of_it_a_worker_goes_on_looking(
    root: Calling, store: Slow, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A worker may see everything, so the condition of others must name a scope that is theirs."""
    monkeypatch.setattr(purge_search, "PAGE", 10)
    ada, own = replace(root, email=ADA), f"fact:Ada AND scope={json.dumps(json.dumps({'user_id': ADA}))}"
    store.page_seconds = 15
    refused = ada.call("POST", "/memories:purge", EVERYTHING)
    assert (refused.status, refused.body["error"]["status"]) == (504, "DEADLINE_EXCEEDED")
    begun = ada.ok("POST", "/memories:purge", {"filter": own, "force": True})
    store.page_seconds = 0
    assert "done" not in begun
    assert ada.finished(begun)["response"]["purgeCount"] == 30
    assert _left(root) == ["Eve"]
    store.page_seconds = 15
    assert root.done("POST", "/memories:purge", EVERYTHING)["purgeCount"] == 1

"""One language of filters, whichever call it is in: lists, retrievals, purges and revisions."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from memorybank.testing.frozen import FrozenClock
from tests.conftest import Serve
from tests.functions.refusals import Caller
from tests.waiting import LONG

START = datetime(2031, 1, 2, 3, 4, 5, 678901, tzinfo=UTC)
ONE, TWO = {"user_id": "1"}, {"user_id": "1", "app": "my app"}

OF_MEMORIES: dict[str, set[str]] = {
    'fact="I like tea"': {"tea"},
    "fact:TEA": {"tea"},
    'fact =~ "^I like (tea|figs)$"': {"tea", "figs"},
    'NOT fact =~ "s$"': {"tea"},
    "-fact:tea AND (fact:figs OR fact:dates)": {"figs", "dates"},
    "topics.managed_memory_topic: USER_PREFERENCES": {"tea"},
    'topics.managedMemoryTopic = "USER_PREFERENCES"': {"tea"},
    'topics.custom_memory_topic_label: "my topic"': {"figs"},
    "topics.customMemoryTopicLabel:*": {"figs"},
    'topics.custom_memory_topic_label: "my topic" OR topics.managed_memory_topic: USER_PREFERENCES': {"tea", "figs"},
    'create_time >= "2031-01-02T03:05:05Z"': {"figs", "dates"},
    "createTime < 2031-01-02T03:05:05Z": {"tea"},
    "update_time = '2031-01-02T04:05:05.678901+01:00'": {"figs"},
    "updateTime > 2031-01-02T03:05:05Z AND update_time < 2031-01-02T03:06:05Z": {"figs"},
    "": {"tea", "figs", "dates"},
}
OF_SCOPES: dict[str, set[str]] = {
    "scope.user_id=1": {"tea", "figs", "dates"},
    'scope.user_id = "1" AND NOT scope:app': {"tea", "figs"},
    'scope.app="my app"': {"dates"},
    "scope.userId=1": set(),
    'scope="{\\"user_id\\": \\"1\\"}"': {"tea", "figs"},
    'scope=\'{"app":"my app","user_id":"1"}\'': {"dates"},
    'scope != "{\\"user_id\\": \\"1\\"}"': {"dates"},
    'scope="{\\"user_id\\": 1}"': set(),
    'scope="{\\"user_id\\": \\"1\\"}" AND fact:tea': {"tea"},
    'scope="{\\"user_id\\": \\"1\\"}" OR fact:dates': {"tea", "figs", "dates"},
}


@pytest.fixture
def caller(serve: Serve) -> Iterator[Caller]:
    """Call an engine in which three memories were made, one a minute."""
    clock = FrozenClock(START)
    served = serve(clock=clock)
    with served.http() as http:
        caller = Caller(served, served.create_engine(), http)
        caller.memory("tea", scope=ONE, topics=[{"managedMemoryTopic": "USER_PREFERENCES"}])
        clock.advance(timedelta(minutes=1))
        caller.memory("figs", fact="I like figs", scope=ONE, topics=[{"customMemoryTopicLabel": "my topic"}])
        clock.advance(timedelta(minutes=1))
        caller.memory("dates", fact="I like dates", scope=TWO)
        yield caller


def _ids(memories: list[dict[str, Any]]) -> set[str]:
    return {memory["name"].rpartition("/")[2] for memory in memories}


def _all_mean(filters: dict[str, set[str]], find: Callable[[str], set[str]]) -> None:
    assert {text: find(text) for text in filters} == filters


def test_lists_take_every_field_in_every_spelling(caller: Caller) -> None:
    def listed(text: str) -> set[str]:
        return _ids(caller.ok("GET", "/memories", params={"filter": text}).get("memories", []))

    _all_mean(OF_MEMORIES | OF_SCOPES, listed)


@pytest.mark.parametrize("params", [{}, {"similaritySearchParams": {"searchQuery": "I like", "topK": 100}}])
def test_retrievals_take_all_but_the_scope(caller: Caller, params: dict[str, Any]) -> None:
    def retrieved(text: str) -> set[str]:
        bodies = [{"scope": scope, "filter": text, **params} for scope in (ONE, TWO)]
        answers = [caller.ok("POST", "/memories:retrieve", json=body) for body in bodies]
        return _ids([hit["memory"] for answer in answers for hit in answer.get("retrievedMemories", [])])

    _all_mean(OF_MEMORIES, retrieved)


def test_purges_take_what_lists_take(caller: Caller) -> None:
    filters = {text: len(found) for text, found in (OF_MEMORIES | OF_SCOPES).items() if text}
    answers = {text: caller.finished("POST", "/memories:purge", json={"filter": text})["response"] for text in filters}
    assert {text: answer["purgeCount"] for text, answer in answers.items()} == filters


def test_a_purge_before_a_time_takes_what_was_there_before(caller: Caller) -> None:
    asked = {"filter": 'create_time < "2031-01-02T03:06:05.678901Z" AND NOT fact:tea', "force": True}
    assert caller.finished("POST", "/memories:purge", json=asked)["response"]["purgeCount"] == 1
    assert _ids(caller.ok("GET", "/memories")["memories"]) == {"tea", "dates"}


def test_revisions_are_found_by_their_labels(caller: Caller) -> None:
    source = {"directMemories": [{"fact": "I like tea"}]}
    labels = {"run": "1", "camelCase": "a b"}
    caller.ok(
        "POST", "/memories:generate", json={"scope": ONE, "directMemoriesSource": source, "revisionLabels": labels}
    )
    assert caller.served.bank.adapters.queue.wait_idle(LONG)
    for text, count in {
        'labels.run="1"': 1,
        "labels.run=1": 1,
        "labels.camelCase='a b'": 1,
        "labels:run": 1,
        "labels.run=2": 0,
        "NOT labels:run": 1,
    }.items():
        found = caller.ok("GET", "/memories/tea/revisions", params={"filter": text})
        assert len(found.get("memoryRevisions", [])) == count, text


@pytest.mark.parametrize(
    ("method", "path"), [("GET", "/memories"), ("POST", "/memories:retrieve"), ("POST", "/memories:purge")]
)
def test_a_filter_that_cannot_be_read_is_refused_with_its_column(caller: Caller, method: str, path: str) -> None:
    def sent(text: str) -> dict[str, Any]:
        return {"params": {"filter": text}} if method == "GET" else {"json": {"scope": ONE, "filter": text}}

    for text, says in {
        'fact="a" AND': "column 13: the filter ends",
        'fact="a" AND colour=red': "column 14: 'colour' cannot be filtered on",
        "fact:a OR create_time>soon": "column 11: create_time must be compared with a time",
        "metadata.k=v": "column 1: 'metadata.k' cannot be filtered on",
    }.items():
        request = sent(text)
        if path.endswith("purge"):
            request["json"].pop("scope")
        [violation] = caller.refused(400, method, path, **request)["details"][0]["fieldViolations"]
        assert violation["field"] == "filter"
        assert violation["description"].startswith(says)

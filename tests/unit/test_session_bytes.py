"""Sessions of large events: pages and generations read no more of them than they can use."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from memorybank.bank import session_events, sessions
from memorybank.config import MAX_BODY
from memorybank.errors import InvalidArgument
from memorybank.ports.documents import Document, DocumentStore, Query
from memorybank.resources.content import MAX_EVENTS
from memorybank.resources.generation import GenerateMemoriesRequest
from memorybank.resources.session import Session, SessionEvent
from memorybank.resources.wire import parse
from tests.unit.policy import Policy, open_policy

LARGE = 3_000_000


class _Measuring:
    """A store that counts the parts that are read of payloads, and the events of each query."""

    def __init__(self, store: DocumentStore) -> None:
        self._store, self.parts = store, 0
        self.limits: list[int] = []
        self.get, self.commit, self.count, self.nearest = store.get, store.commit, store.count, store.nearest
        self.below, self.close, self.scrub = store.below, store.close, store.scrub

    def get_many(self, paths: Sequence[str], *, fields: Sequence[str] | None = None) -> list[Document | None]:
        self.parts += sum("/parts/" in path for path in paths)
        return self._store.get_many(paths, fields=fields)

    def query(self, query: Query) -> list[Document]:
        if query.collection.endswith("/events"):
            self.limits.append(query.limit)
        return self._store.query(query)


@pytest.fixture
def policy() -> Policy:
    return open_policy(wrap=_Measuring)


def _session(policy: Policy, *sizes: int, text: str = "x") -> str:
    session = parse(Session, {"userId": "ada"})
    sessions.create(policy.ports, policy.engine, session, session_id="s")
    path = policy.engine.child("sessions", "s")
    for number, size in enumerate(sizes):
        parts = [{"text": text * min(size - start, 60_000)} for start in range(0, size, 60_000)]
        body = {"author": "user", "invocationId": f"i{number}", "timestamp": "2030-01-01T00:00:00Z"}
        event = parse(SessionEvent, {**body, "content": {"role": "user", "parts": parts}})
        session_events.append(policy.ports, path, event)
    return path


def _pages(policy: Policy, path: str) -> list[list[str]]:
    pages: list[list[str]] = []
    after = None
    while True:
        found, after = session_events.list_page(
            policy.ports, path, accept=None, bounds=(), descending=False, limit=40, after=after
        )
        pages.append([str(event.invocation_id) for event in found])
        if after is None:
            return pages


def _resolve(policy: Policy) -> GenerateMemoriesRequest:
    request = parse(GenerateMemoriesRequest, {"vertexSessionSource": {"session": f"{policy.engine}/sessions/s"}})
    return session_events.resolved(policy.ports, policy.engine, request, session_id="s", readable=list)


def _refusal(policy: Policy) -> str:
    with pytest.raises(InvalidArgument) as refused:
        _resolve(policy)
    [violation] = refused.value.violations
    assert violation.field == "vertexSessionSource"
    return violation.description


def test_a_page_of_large_events_ends_at_about_eight_megabytes_whatever_its_page_size(policy: Policy) -> None:
    path = _session(policy, *[LARGE] * 7)
    assert [len(page) for page in _pages(policy, path)] == [2, 2, 2, 1]
    assert [each for page in _pages(policy, path) for each in page] == [f"i{number}" for number in range(7)]


def test_a_page_reads_the_payload_of_one_event_more_than_it_shows_at_most(policy: Policy) -> None:
    path = _session(policy, *[LARGE] * 7)
    store: Any = policy.ports.store
    store.parts = 0
    session_events.list_page(policy.ports, path, accept=None, bounds=(), descending=False, limit=40, after=None)
    assert store.parts == 3 * 4
    assert max(store.limits) <= 20


def test_a_generation_from_a_session_reads_no_further_than_the_event_that_is_too_much(policy: Policy) -> None:
    _session(policy, *[LARGE] * 7)
    store: Any = policy.ports.store
    store.parts = 0
    assert _refusal(policy).startswith(f"holds more than {MAX_BODY} bytes")
    assert store.parts == 3 * 4
    assert max(store.limits) <= 20


def test_the_limit_of_a_generation_is_of_bytes_and_not_of_characters(policy: Policy) -> None:
    _session(policy, *[1_500_000] * 2, text="語")
    assert _refusal(policy).startswith(f"holds more than {MAX_BODY} bytes")


def test_a_generation_takes_as_many_events_as_it_may_and_refuses_one_more(policy: Policy) -> None:
    path = _session(policy, *[1] * MAX_EVENTS)
    source = _resolve(policy).direct_contents_source
    assert source is not None
    assert len(source.events) == MAX_EVENTS
    event = parse(SessionEvent, {"author": "user", "invocationId": "x", "timestamp": "2030-01-01T00:00:00Z"})
    session_events.append(policy.ports, path, event)
    assert _refusal(policy).startswith(f"has more than {MAX_EVENTS} events")

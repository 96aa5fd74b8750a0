"""Pages of what a store cannot select by itself, and cursors that somebody may have made up."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest

from memorybank.bank.listing import MAX_PAGE, Room, check_cursor, page_of
from memorybank.errors import InvalidArgument
from memorybank.ports.documents import Create, Document, Order, Query
from memorybank.storage.sqlite import SqliteStore
from memorybank.testing.frozen import START

COLLECTION = "engines/p:l:1/memories"
QUERY = Query(COLLECTION, order=(Order("create_time"),))
BY_SEQUENCE = Query(COLLECTION, order=(Order("sequence", descending=True),))


class _Counting(SqliteStore):
    """A store that counts its queries."""

    def __init__(self) -> None:
        super().__init__(":memory:")
        self.limits: list[int] = []

    def query(self, query: Query) -> list[Document]:
        self.limits.append(query.limit)
        return super().query(query)


@pytest.fixture
def store() -> Iterator[_Counting]:
    store = _Counting()
    for start in range(0, 450, 150):
        numbers = range(start, start + 150)
        data = {number: {"n": number, "create_time": START + timedelta(seconds=number)} for number in numbers}
        store.commit([Create(f"{COLLECTION}/m{number:03}", data[number]) for number in numbers])
    yield store
    store.close()


def _every(step: int) -> Any:
    return lambda document: document.data["n"] if document.data["n"] % step == 0 else None


def _walk(store: SqliteStore, *, limit: int, step: int) -> list[list[int]]:
    pages: list[list[int]] = []
    after = None
    while True:
        page, after = page_of(store, replace(QUERY, after=after), limit=limit, read=_every(step))
        pages.append(page)
        if after is None:
            return pages


@pytest.mark.parametrize(("limit", "step"), [(1, 100), (4, 100), (5, 100), (7, 1), (450, 1), (449, 1), (150, 3)])
def test_pages_hold_as_many_as_they_may_and_all_together_everything_once(
    store: _Counting, limit: int, step: int
) -> None:
    pages = _walk(store, limit=limit, step=step)
    assert [number for page in pages for number in page] == list(range(0, 450, step))
    assert [len(page) for page in pages[:-1]] == [limit] * (len(pages) - 1)
    assert len(pages) == -(-(450 // step + bool(450 % step)) // limit)


def test_a_last_page_that_is_full_leads_nowhere(store: _Counting) -> None:
    page, after = page_of(store, QUERY, limit=450, read=_every(1))
    assert (len(page), after) == (450, None)


def test_where_nothing_is_to_be_seen_the_page_is_empty_and_the_last(store: _Counting) -> None:
    assert page_of(store, QUERY, limit=10, read=lambda _: None) == ([], None)
    assert sum(store.limits) >= 450


def test_no_more_is_read_at_once_than_a_page_needs_or_a_hundred(store: _Counting) -> None:
    page_of(store, QUERY, limit=3, read=_every(1))
    assert store.limits == [4]
    store.limits.clear()
    page_of(store, QUERY, limit=400, read=_every(1))
    assert max(store.limits) == 100


def test_a_page_ends_before_the_thing_that_would_make_it_too_large_and_the_next_begins_with_it(
    store: _Counting,
) -> None:
    sizes = {0: MAX_PAGE + 1, 1: MAX_PAGE - 1, 2: 1, 3: 1}
    pages: list[list[int]] = []
    query: Query | None = QUERY
    while query is not None and len(pages) < 4:
        page, after = page_of(
            store, query, limit=40, read=_every(1), weigh=lambda document: sizes.get(document.data["n"], 0)
        )
        pages.append(page)
        query = replace(query, after=after) if after else None
    assert pages[:3] == [[0], [1, 2], list(range(3, 43))]


def test_large_documents_end_a_page_by_the_bytes_of_their_text() -> None:
    store = _Counting()
    for number in range(12):
        data = {"n": number, "text": "é" * 450_000, "create_time": START + timedelta(seconds=number)}
        store.commit([Create(f"{COLLECTION}/m{number:03}", data)])
    page, after = page_of(store, QUERY, limit=12, read=_every(1))
    assert page == list(range(8))
    assert page_of(store, replace(QUERY, after=after), limit=12, read=_every(1)) == ([8, 9, 10, 11], None)
    store.close()


def test_pages_that_share_a_room_are_full_together(store: _Counting) -> None:
    room = Room(10)
    read = {"limit": 40, "read": _every(1), "weigh": lambda _: 4, "room": room}
    assert page_of(store, QUERY, **read)[0] == [0, 1]
    assert page_of(store, QUERY, **read)[0] == []
    assert room.full


@pytest.mark.parametrize(
    ("query", "after"),
    [
        (QUERY, (START, f"{COLLECTION}/m001")),
        (QUERY, (START.astimezone(timezone(timedelta(hours=9))), f"{COLLECTION}/m001")),
        (BY_SEQUENCE, (2**63 - 1, f"{COLLECTION}/1")),
        (BY_SEQUENCE, (-(2**63), f"{COLLECTION}/1")),
        (QUERY, None),
    ],
)
def test_what_a_list_has_given_out_is_taken(query: Query, after: Any) -> None:
    check_cursor(replace(query, after=after))


@pytest.mark.parametrize(
    ("query", "after"),
    [
        (QUERY, ()),
        (QUERY, (START,)),
        (QUERY, (START, None)),
        (QUERY, (START, 5)),
        (QUERY, (START, "m001")),
        (QUERY, (START, f"{COLLECTION}/")),
        (QUERY, (START, f"{COLLECTION}/a b")),
        (QUERY, (START, "engines/p:l:2/memories/m001")),
        (QUERY, (START, f"{COLLECTION}/m001/revisions/1")),
        (QUERY, (START, START, f"{COLLECTION}/m001")),
        (QUERY, (1, f"{COLLECTION}/m001")),
        (QUERY, ("2030-01-01", f"{COLLECTION}/m001")),
        (QUERY, (datetime.max.replace(tzinfo=timezone(timedelta(hours=-9))), f"{COLLECTION}/m001")),
        (QUERY, (datetime.min.replace(tzinfo=timezone(timedelta(hours=9))), f"{COLLECTION}/m001")),
        (BY_SEQUENCE, (2**63, f"{COLLECTION}/1")),
        (BY_SEQUENCE, (-(2**63) - 1, f"{COLLECTION}/1")),
        (BY_SEQUENCE, (True, f"{COLLECTION}/1")),
        (BY_SEQUENCE, (datetime(2030, 1, 1, tzinfo=UTC), f"{COLLECTION}/1")),
    ],
)
def test_what_no_list_of_this_kind_has_given_out_is_refused_by_name(query: Query, after: Any) -> None:
    with pytest.raises(InvalidArgument) as refused:
        check_cursor(replace(query, after=after))
    assert [violation.field for violation in refused.value.violations] == ["pageToken"]

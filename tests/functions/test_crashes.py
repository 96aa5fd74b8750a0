"""Defects and outages behind the handlers: the caller is told that, and nothing else; the log is told everything."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from memorybank.errors import ResourceExhausted, Unavailable
from memorybank.models.offline import OfflineEmbedder
from memorybank.ports.documents import Document, Hit, Nearest, Query, Vector, Version, Write
from memorybank.ports.models import Purpose
from memorybank.storage.sqlite import SqliteStore
from tests.conftest import Serve
from tests.functions.refusals import Caller, error_of

SECRET = "the fact was: I like tea"


class FailingEmbedder(OfflineEmbedder):
    """An embedder that fails once it is told to."""

    def __init__(self) -> None:
        super().__init__()
        self.error: BaseException | None = None

    def embed(self, texts: list[str], *, purpose: Purpose, model: str | None = None) -> list[Vector]:
        """Fail, or embed."""
        if self.error is not None:
            raise self.error
        return super().embed(texts, purpose=purpose, model=model)


class FailingStore:
    """A store that fails in every method once it is told to."""

    def __init__(self, path: Path) -> None:
        self._store = SqliteStore(str(path))
        self.error: BaseException | None = None

    def _working(self) -> SqliteStore:
        if self.error is not None:
            raise self.error
        return self._store

    def get(self, path: str, *, fields: Sequence[str] | None = None) -> Document | None:
        """Fail, or pass on."""
        return self._working().get(path, fields=fields)

    def get_many(self, paths: Sequence[str], *, fields: Sequence[str] | None = None) -> list[Document | None]:
        """Fail, or pass on."""
        return self._working().get_many(paths, fields=fields)

    def query(self, query: Query) -> list[Document]:
        """Fail, or pass on."""
        return self._working().query(query)

    def count(self, query: Query) -> int:
        """Fail, or pass on."""
        return self._working().count(query)

    def nearest(self, search: Nearest) -> list[Hit]:
        """Fail, or pass on."""
        return self._working().nearest(search)

    def below(self, path: str, *, limit: int) -> list[str]:
        """Fail, or pass on."""
        return self._working().below(path, limit=limit)

    def commit(self, writes: Sequence[Write]) -> list[Version]:
        """Fail, or pass on."""
        return self._working().commit(writes)

    def close(self) -> None:
        """Pass on."""
        self._store.close()


@pytest.fixture
def embedder() -> FailingEmbedder:
    """Make an embedder that works until it is told to fail."""
    return FailingEmbedder()


@pytest.fixture
def store(tmp_path: Path) -> FailingStore:
    """Make a store that works until it is told to fail."""
    return FailingStore(tmp_path / "bank.db")


@pytest.fixture
def caller(serve: Serve, embedder: FailingEmbedder, store: FailingStore) -> Iterator[Caller]:
    """Call a bank on both."""
    served = serve(embedder=embedder, store=store)
    with served.http() as http:
        yield Caller(served, served.create_engine(), http)


CREATE: dict[str, Any] = {"fact": "I like tea", "scope": {"user_id": "u"}}
SEARCH = {"scope": {"user_id": "u"}, "similaritySearchParams": {"searchQuery": "tea"}}

CRASHES = [
    RuntimeError(SECRET),
    KeyError(SECRET),
    ValueError(SECRET),
    MemoryError(SECRET),
    RecursionError(SECRET),
    TimeoutError(SECRET),
    UnicodeDecodeError("utf-8", SECRET.encode(), 0, 1, SECRET),
]


@pytest.mark.parametrize("crash", CRASHES, ids=lambda crash: type(crash).__name__)
def test_a_crash_is_an_internal_error_whose_text_stays_in_the_log(
    caller: Caller, embedder: FailingEmbedder, caplog: pytest.LogCaptureFixture, crash: Exception
) -> None:
    embedder.error = crash
    for path, body in (("/memories", CREATE), ("/memories:retrieve", SEARCH)):
        caplog.clear()
        with caplog.at_level(logging.ERROR):
            error = caller.refused(500, "POST", path, json=body)
        assert error["message"] == "An internal error occurred."
        assert error["details"] == []
        [record] = [each for each in caplog.records if each.name == "memorybank.aip.entry"]
        assert record.exc_info is not None
        assert record.exc_info[1] is crash
        assert "tea" not in record.getMessage()
    embedder.error = None
    assert caller.ok("POST", "/memories", json=CREATE)["response"]["fact"] == "I like tea"


@pytest.mark.parametrize(
    ("error", "code", "status"),
    [
        (Unavailable("the model cannot be reached"), 503, "UNAVAILABLE"),
        (ResourceExhausted("the model's quota is used up"), 429, "RESOURCE_EXHAUSTED"),
    ],
    ids=["unavailable", "exhausted"],
)
def test_an_outage_of_the_embedder_is_told_as_what_it_is(
    caller: Caller, embedder: FailingEmbedder, error: Exception, code: int, status: str
) -> None:
    embedder.error = error
    before = caller.state()
    answer = caller.call("POST", "/memories", json=CREATE)
    assert answer.status_code == code
    assert answer.json()["error"] == {"code": code, "message": str(error), "status": status, "details": []}
    assert caller.state() == before


CALLS = [
    ("GET", "", None),
    ("PATCH", "", {"displayName": "d"}),
    ("DELETE", "", {"force": True}),
    ("POST", "/memories", CREATE),
    ("GET", "/memories", None),
    ("GET", "/memories/m", None),
    ("PATCH", "/memories/m", {"fact": "I like coffee"}),
    ("DELETE", "/memories/m", None),
    ("POST", "/memories:retrieve", SEARCH),
    ("POST", "/memories:retrieve", {"scope": {"user_id": "u"}}),
    (
        "POST",
        "/memories:generate",
        {**CREATE, "fact": None, "directMemoriesSource": {"directMemories": [{"fact": "a"}]}},
    ),
    ("GET", "/memories/m/revisions", None),
    ("GET", "/memories/m/revisions/1", None),
    ("POST", "/memories/m:rollback", {"targetRevisionId": "1"}),
    ("GET", "/operations", None),
    ("GET", "/operations/o", None),
    ("POST", "/operations/o:wait", None),
    ("POST", "/operations/o:cancel", None),
    ("DELETE", "/operations/o", None),
]


@pytest.mark.parametrize(
    ("failure", "code", "message"),
    [
        (Unavailable("the store is locked"), 503, "the store is locked"),
        (RuntimeError(SECRET), 500, "An internal error occurred."),
    ],
    ids=["unavailable", "crash"],
)
def test_a_store_that_fails_is_told_by_every_method_and_nothing_is_lost(
    caller: Caller, store: FailingStore, failure: Exception, code: int, message: str
) -> None:
    caller.memory("m")
    before = caller.state()
    for method, path, body in CALLS:
        store.error = failure
        answer = caller.call(method, path, json=body)
        store.error = None
        assert error_of(answer, code)["message"] == message, (method, path)
    assert caller.state() == before
    assert caller.ok("GET", "/memories/m")["fact"] == "I like tea"

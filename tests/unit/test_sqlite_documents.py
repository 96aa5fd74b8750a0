"""Documents that searches have found are kept, and nobody notices but the clock."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from memorybank.ports.documents import Create, Data, Delete, Document, Nearest, Put, Vector, Where
from memorybank.storage.sqlite import SqliteStore
from memorybank.storage.sqlite.connections import Connections
from memorybank.storage.sqlite.documents import DocumentCache, Row

_FIELDS = ("fact", "scope")
_PATH = "engines/e/memories/m"


def _read(row: Row) -> Document:
    path, version, text = row
    return Document(path, json.loads(text), version)


def _unread(row: Row) -> Document:
    raise AssertionError(f"{row} is kept")


def _row(version: int, text: str = '{"fact":"a","scope":{"user_id":"ada"}}', path: str = _PATH) -> Row:
    return (path, version, text)


def test_a_document_is_read_once_for_each_version_and_choice_of_fields() -> None:
    cache = DocumentCache()
    first = cache.get(_row(1), _FIELDS, _read)
    assert cache.get(_row(1), _FIELDS, _unread) == first
    assert cache.get(_row(2, '{"fact":"b"}'), _FIELDS, _read).data == {"fact": "b"}
    assert cache.get(_row(2, '{"scope":{}}'), ("scope",), _read).data == {"scope": {}}


def test_what_a_caller_changes_is_its_own() -> None:
    cache = DocumentCache()
    text = '{"fact":"a","scope":{"user_id":"ada"},"topics":[{"label":"x"}]}'
    for _ in range(2):
        data = cache.get(_row(1, text), _FIELDS, _read).data
        assert data == json.loads(text)
        data["fact"] = "b"
        data["scope"].clear()
        data["topics"][0]["label"] = "y"


def test_the_oldest_documents_go_first() -> None:
    cache = DocumentCache(120)
    long = json.dumps({"fact": "a" * 40})
    for path in ("a", "b"):
        cache.get(_row(1, long, path), _FIELDS, _read)
    cache.get(_row(1, long, "a"), _FIELDS, _unread)
    cache.get(_row(1, long, "c"), _FIELDS, _read)
    cache.get(_row(1, long, "a"), _FIELDS, _unread)
    with pytest.raises(AssertionError, match="kept"):
        cache.get(_row(1, long, "b"), _FIELDS, _unread)
    cache.clear()
    with pytest.raises(AssertionError, match="kept"):
        cache.get(_row(1, long, "a"), _FIELDS, _unread)


_WHERE = {"scope_key": "k", "embedding_model": "m", "memory_type": "t"}


def _memory(fact: str) -> Data:
    return {"fact": fact, "scope": {"user_id": "ada"}, "embedding": Vector((1.0, 0.0)), **_WHERE}


_SEARCH = Nearest(
    "engines/e/memories",
    "embedding",
    Vector((1.0, 0.0)),
    where=tuple(Where(name, "==", value) for name, value in _WHERE.items()),
    limit=3,
    fields=_FIELDS,
)


def test_searches_find_what_is_stored_now(tmp_path: Path) -> None:
    store, other = SqliteStore(tmp_path / "bank.db"), SqliteStore(tmp_path / "bank.db")

    def found() -> list[Data]:
        return [hit.document.data for hit in store.nearest(_SEARCH)]

    store.commit([Create(_PATH, _memory("I like tea"))])
    tea = {"fact": "I like tea", "scope": {"user_id": "ada"}}
    assert found() == found() == [tea]
    other.commit([Put(_PATH, _memory("I like figs"))])
    assert found() == [{**tea, "fact": "I like figs"}]
    other.commit([Delete(_PATH)])
    other.commit([Create(_PATH, _memory("I like tea"))])
    assert found() == [tea]
    for each in (store, other):
        each.close()


def test_documents_that_were_written_are_forgotten(tmp_path: Path) -> None:
    store, paths = SqliteStore(tmp_path / "bank.db"), [f"{_PATH}{number}" for number in range(3)]
    store.commit([Create(path, _memory("I like tea")) for path in paths])
    assert len(store.nearest(_SEARCH)) == 3
    store.commit([Delete(paths[0]), Put(paths[1], _memory("I like figs"))])
    cache = store._opened.documents  # noqa: SLF001 - a test
    assert [*cache._kept] == paths[2:]  # noqa: SLF001 - a test
    assert cache._size == cache._kept[paths[2]].size  # noqa: SLF001 - a test
    store.close()


def test_what_a_search_reads_during_a_scrub_is_forgotten_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = SqliteStore(tmp_path / "bank.db")
    store.commit([Create(_PATH, _memory("I like tea"))])
    here, truncate_log = store._opened, Connections.truncate_log  # noqa: SLF001 - a test

    def search_first(connections: Connections) -> None:
        assert store.nearest(_SEARCH)
        truncate_log(connections)

    monkeypatch.setattr(Connections, "truncate_log", search_first)
    store.scrub()
    assert not here.documents._kept  # noqa: SLF001 - a test
    assert not here.matrices._held  # noqa: SLF001 - a test
    store.close()

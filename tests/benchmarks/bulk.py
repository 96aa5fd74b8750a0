"""What an import takes: the client's and the bank's work together, beside bare inserts of the rows that it makes."""

from __future__ import annotations

import json
import sqlite3
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from memorybank.client.bank import BankClient, Engine
from memorybank.client.transfer import Record, create_records, export_lines
from memorybank.config import Settings
from memorybank.local.bank import Bank, embedded_adapters
from memorybank.mcp.in_process import InProcess
from memorybank.storage.sqlite import SqliteStore
from memorybank.storage.sqlite.screens import FOLD, fold
from tests.benchmarks.measuring import Row, compared, interleaved

TITLE = "Import on SQLite (CPU of client and bank, without sockets; a revision and 768 dimensions each)"

_BATCH, _BATCHES = 500, 6
_DOCUMENTS = (
    "SELECT path, collection, collection_id, version, data FROM documents "
    "WHERE collection_id IN ('memories', 'revisions') ORDER BY path"
)
_VECTORS = "SELECT id, path, field, partition, changed, value FROM vectors ORDER BY path"
_Rows = list[tuple[Any, ...]]


def measure() -> list[Row]:
    """Return the lines of this chapter."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with _bank(folder / "source.db") as (source, _):
            written = [Record("memory", {"memory": _memory(number)}) for number in range(_BATCH * _BATCHES)]
            _create(source, written)
            exported = [(json.loads(line), len(line)) for line in export_lines(source)]
        kept = [Record(each.pop("kind"), each, size=size) for each, size in exported if each["kind"] == "memory"]
        batches = [kept[start : start + _BATCH] for start in range(0, len(kept), _BATCH)]
        with (
            _bank(folder / "copy.db") as (copy, _),
            _bank(folder / "other.db") as (other, exchange),
            _bare(folder / "bare.db") as bare,
        ):
            documents, vectors = _rows(folder / "source.db")
            bodies = [json.dumps({"memories": [record.body for record in batch]}).encode() for batch in batches]
            path, headers = f"/v1beta1/{other.name}/memories:batchCreate", {"content-type": "application/json"}

            def call(number: int) -> None:
                exchange("", "POST", path, body=bodies[number], headers=headers, timeout=1)

            def insert(number: int) -> None:
                each = len(documents) // _BATCHES
                _insert(bare, documents[number * each : (number + 1) * each], vectors[number * _BATCH :][:_BATCH])

            sides = (lambda number: _create(copy, batches[number]), call, insert)
            imported, called, inserted = interleaved(_BATCHES, *sides, warm_up=0, clock=time.process_time)
    rows = "bare inserts of the same rows"
    return [
        compared(f"batchCreate of {_BATCH} memories, as exported", called, against=rows, floor=inserted, goal=5),
        compared("the same with its client, as an import", imported, against=rows, floor=inserted, goal=5),
    ]


def _memory(number: int) -> dict[str, Any]:
    return {"fact": f"I like the tea number {number} of shop {number % 97}", "scope": {"user_id": f"u{number % 50}"}}


def _create(engine: Engine, records: list[Record]) -> None:
    created = sum(counts["createdCount"] for counts in create_records(engine, records))
    if created != len(records):
        raise RuntimeError(f"{created} of {len(records)} memories were created")


@contextmanager
def _bank(file: Path) -> Iterator[tuple[Engine, InProcess]]:
    settings = Settings(data=str(file), embeddings="offline")
    with Bank(settings, embedded_adapters(settings)) as bank:
        exchange = InProcess(bank.application.handle)
        client = BankClient("http://127.0.0.1", exchange=exchange)
        made = client.wait(client.call("POST", "projects/p/locations/us-central1/reasoningEngines", {}))
        yield client.engine(made["name"]), exchange


@contextmanager
def _bare(file: Path) -> Iterator[sqlite3.Connection]:
    SqliteStore(file).close()
    with closing(sqlite3.connect(file, isolation_level=None)) as connection:
        connection.create_function(FOLD, 1, fold, deterministic=True)
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA secure_delete = ON")
        yield connection


def _rows(file: Path) -> tuple[_Rows, _Rows]:
    with closing(sqlite3.connect(file)) as connection:
        return connection.execute(_DOCUMENTS).fetchall(), connection.execute(_VECTORS).fetchall()


def _insert(connection: sqlite3.Connection, documents: _Rows, vectors: _Rows) -> None:
    """Insert rows in one transaction, in which their indexes are made, too."""
    connection.execute("BEGIN IMMEDIATE")
    connection.executemany(
        "INSERT INTO documents (path, collection, collection_id, version, data) VALUES (?, ?, ?, ?, ?)", documents
    )
    connection.executemany(
        "INSERT INTO vectors (id, path, field, partition, changed, value) VALUES (?, ?, ?, ?, ?, ?)", vectors
    )
    connection.execute("COMMIT")

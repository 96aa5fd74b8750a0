"""One SQLite file in the hands of several processes."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from memorybank.ports.documents import Create, Query
from memorybank.storage.sqlite import SqliteStore
from memorybank.testing.contracts.store_nearest import at, found, near
from tests.waiting import PATIENCE

MEMORIES = "engines/e/memories"

PREAMBLE = """
import os, sys
from memorybank.errors import Aborted
from memorybank.ports.documents import *
from memorybank.storage.sqlite import SqliteStore
from memorybank.testing.contracts.store_nearest import at, near
from memorybank.testing.contracts.store_threads import increment
store = SqliteStore(sys.argv[1])
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "bank.sqlite"


@pytest.fixture
def store(file: Path) -> Iterator[SqliteStore]:
    store = SqliteStore(file, busy_seconds=0.05)
    yield store
    store.close()


def start(file: Path, code: str) -> subprocess.Popen[str]:
    """Run code beside an open store of another process."""
    return subprocess.Popen(
        [sys.executable, "-W", "error", "-c", f"{PREAMBLE}\n{code}\nstore.close()", str(file)],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def finish(*processes: subprocess.Popen[str]) -> None:
    for process in processes:
        output, _ = process.communicate(timeout=PATIENCE)
        assert process.returncode == 0, output


def test_many_processes_may_open_a_new_file_at_once(file: Path) -> None:
    code = "store.commit([Create(f'engines/{os.getpid()}', {})])"
    finish(*[start(file, code) for _ in range(4)])

    with closing(SqliteStore(file)) as store:
        assert store.count(Query("engines")) == 4


def test_two_processes_lose_no_increment(file: Path) -> None:
    with closing(SqliteStore(file)) as store:
        store.commit([Create("engines/e", {"n": 0})])

        finish(*[start(file, "for _ in range(40): increment(store, 'engines/e')") for _ in range(2)])

        document = store.get("engines/e")
        assert document is not None
        assert document.data == {"n": 80}


def test_a_search_sees_what_another_process_wrote(file: Path, store: SqliteStore) -> None:
    store.commit([Create(f"{MEMORIES}/m{n}", at(float(n))) for n in range(3)])
    assert list(found(store.nearest(near(MEMORIES, 0.0)))) == ["m0", "m1", "m2"]

    finish(start(file, f"store.commit([Create('{MEMORIES}/new', at(0.5))])"))
    assert list(found(store.nearest(near(MEMORIES, 0.0)))) == ["m0", "new", "m1", "m2"]

    finish(start(file, f"store.commit([Delete('{MEMORIES}/m0'), Put('{MEMORIES}/m1', at(9.0))])"))
    assert list(found(store.nearest(near(MEMORIES, 0.0)))) == ["new", "m2", "m1"]


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system does not fork")
def test_a_forked_child_opens_the_file_for_itself(file: Path) -> None:
    code = """
store.commit([Create("engines/e", {"n": 0})])
child = os.fork()
for _ in range(20): increment(store, "engines/e")
if not child:
    store.close()
    os._exit(0)
assert os.waitpid(child, 0)[1] == 0
for _ in range(20): increment(store, "engines/e")
assert store.get("engines/e").data == {"n": 60}
"""
    finish(start(file, code))


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system does not fork")
def test_an_in_memory_store_stays_with_its_process() -> None:
    code = """
from memorybank.errors import FailedPrecondition
if not os.fork():
    try:
        store.get("engines/e")
    except FailedPrecondition:
        os._exit(0)
    os._exit(1)
assert os.wait()[1] == 0
"""
    finish(start(Path(":memory:"), code))

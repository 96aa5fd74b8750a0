"""The part of the store contract about threads: nothing is lost, torn or refused when many use one store."""
# ruff: noqa: D102 (these are tests: their names are sentences)

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, Event

from memorybank.errors import Aborted, AlreadyExists
from memorybank.ports.documents import Create, Delete, DocumentStore, Patch, Put, Query, Where
from memorybank.testing.contracts.store_nearest import at, near
from memorybank.testing.contracts.store_values import Somewhere, read

_THREADS = 16
_ROUNDS = 5
_WRITES = 30


def increment(store: DocumentStore, path: str) -> None:
    """Add 1 to a counter by compare-and-set, as often as it takes."""
    while True:
        document = read(store, path)
        try:
            store.commit([Patch(path, {"n": document.data["n"] + 1}, document.version)])
        except Aborted:
            continue
        return


class ThreadContract(Somewhere):
    """Many threads on one store."""

    def test_sixteen_threads_lose_no_increment(self, store: DocumentStore, engine: str) -> None:
        store.commit([Create(engine, {"n": 0})])
        start = Barrier(_THREADS)

        def work() -> None:
            start.wait()
            for _ in range(_ROUNDS):
                increment(store, engine)

        with ThreadPoolExecutor(_THREADS) as pool:
            for done in [pool.submit(work) for _ in range(_THREADS)]:
                done.result()

        assert read(store, engine).data == {"n": _THREADS * _ROUNDS}

    def test_of_many_who_create_one_document_one_does(self, store: DocumentStore, engine: str) -> None:
        start = Barrier(_THREADS)

        def work(number: int) -> bool:
            start.wait()
            try:
                store.commit([Create(engine, {"n": number})])
            except AlreadyExists:
                return False
            return True

        with ThreadPoolExecutor(_THREADS) as pool:
            won = list(pool.map(work, range(_THREADS)))

        assert won.count(True) == 1
        assert read(store, engine).data == {"n": won.index(True)}

    def test_reads_are_whole_while_others_write(self, store: DocumentStore, engine: str) -> None:
        memories, done = f"{engine}/memories", Event()
        store.commit([Create(f"{memories}/steady", at(1.0, 0.0, a=0, b=0))])

        def watch() -> int:
            looks = 0
            while not done.is_set() or not looks:
                documents = [
                    read(store, f"{memories}/steady"),
                    *store.query(Query(memories, where=(Where("a", ">=", 0),))),
                ]
                documents += [hit.document for hit in store.nearest(near(memories, 0.0, 0.0))]
                assert all(document.data.get("a") == document.data.get("b") for document in documents)
                assert store.count(Query(memories)) in {1, 2}
                looks += 1
            return looks

        def write() -> None:
            for n in range(1, _WRITES):
                store.commit([Put(f"{memories}/steady", at(float(n), 0.0, a=n, b=n))])
                store.commit([Create(f"{memories}/fleeting", at(0.0, float(n), a=n, b=n))])
                store.commit([Delete(f"{memories}/fleeting")])

        with ThreadPoolExecutor(4) as pool:
            watchers = [pool.submit(watch) for _ in range(3)]
            try:
                write()
            finally:
                done.set()
            assert all(watcher.result() for watcher in watchers)

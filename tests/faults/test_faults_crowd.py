"""Many callers at once, four worker processes, one scope: nothing is lost, doubled or paid for twice."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor

from memorybank.testing.cloud_tasks.server import CloudTasksServer
from tests.faults.bench import Bench
from tests.faults.conftest import Workers
from tests.faults.sides import KNOWN, REPEATED, ShiftedClock
from tests.faults.worker_processes import Job

_MANY, _PROCESSES = 64, 4
_FACTS = [f"I have read book {number}" for number in range(11)] + [REPEATED]


def test_overlapping_facts_of_many_callers_become_one_memory_each(
    firestore_emulator: str, clock: ShiftedClock, tasks: CloudTasksServer, workers: Workers
) -> None:
    """Each caller says three of twelve facts; every time that a fact is said leaves one revision."""
    extractions, decisions = workers.count("extract"), workers.count("decide")
    told = [[_FACTS[(number + offset) % len(_FACTS)] for offset in (0, 1, 5)] for number in range(_MANY)]
    said = Counter(fact for facts in told for fact in facts)
    with Bench(firestore_emulator, tasks) as bench:
        url = workers.start(Job(bench.place, str(workers.calls), processes=_PROCESSES, seconds=0.05))
        side = bench.side(url)
        with ThreadPoolExecutor(_MANY) as threads:
            # Labels tell the requests apart: the same request a second later is taken for a repeated call.
            asked = [(facts, {"caller": str(number)}) for number, facts in enumerate(told)]
            accepted = set(threads.map(lambda each: bench.accept(side, *each[0], revisionLabels=each[1]), asked))
        bench.wait(bench.all_done)
        assert {document.data["name"] for document in bench.finished(clock=clock)} == accepted
        wordings = bench.known()
        bench.check_rest()
    assert len(accepted) == _MANY
    assert wordings.pop(KNOWN) == [KNOWN]
    assert {fact: len(revisions) for fact, revisions in wordings.items()} == {**said, REPEATED: said[REPEATED] + 1}
    assert workers.count("extract") - extractions == _MANY
    assert workers.count("decide") - decisions <= _MANY // 2

"""A worker process is killed at each step of a generation; the next one brings the generation to its proper end."""

from __future__ import annotations

import pytest

from memorybank.testing.cloud_tasks.server import CloudTasksServer
from tests.faults.bench import Bench
from tests.faults.conftest import Workers
from tests.faults.sides import CLEAN, TOLD
from tests.faults.worker_processes import STEPS, Job

_MOMENTS = [f"{when}-{step}" for step in STEPS for when in ("before", "after")]


@pytest.mark.parametrize("moment", _MOMENTS)
def test_a_generation_survives_the_death_of_its_worker(
    firestore_emulator: str, tasks: CloudTasksServer, workers: Workers, moment: str
) -> None:
    """What the model has answered and a commit has kept is not asked for again."""
    extractions, decisions = workers.count("extract"), workers.count("decide")
    with Bench(firestore_emulator, tasks) as bench:
        url = workers.start(Job(bench.place, str(workers.calls), moment=moment))
        bench.accept(bench.side(url), *TOLD)
        assert workers.said() == "died"
        assert len(bench.finished()) == 1
        assert bench.known() == CLEAN
        bench.check_rest()
    assert workers.count("extract") - extractions == (2 if moment in ("after-extract", "before-checkpoint") else 1)
    assert workers.count("decide") - decisions == (2 if moment in ("after-decide", "before-commit") else 1)

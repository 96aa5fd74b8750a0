"""Each RPC of a generation goes wrong once, in every way; what is left is what clean generations leave."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import grpc
import pytest

from memorybank.testing.cloud_tasks.server import CloudTasksServer
from memorybank.testing.fault_proxy import Fault, FaultProxy, doubled, hung, lost, refused
from memorybank.testing.scripted import ScriptedModel
from tests.faults.bench import Bench, receiver_of
from tests.faults.sides import CLEAN, OTHER, REPEATED, TOLD, Doors, ShiftedClock, moves

_Code = grpc.StatusCode
FEW_FAULTS = (refused(_Code.UNAVAILABLE), refused(_Code.ABORTED), lost(_Code.UNAVAILABLE), doubled(answer=2))
FAULTS = (
    *FEW_FAULTS,
    refused(_Code.RESOURCE_EXHAUSTED),
    lost(_Code.DEADLINE_EXCEEDED),
    hung(),
    doubled(answer=1),
)
_AT_ONCE = 4


@dataclass(frozen=True)
class Trouble:
    """A fault at the RPC of that index of one process."""

    process: str
    fault: Fault
    at: int


@dataclass(frozen=True)
class Run:
    """How it went: the RPCs of each process, how often the caller was told of an error, and model calls."""

    rpcs: dict[str, tuple[str, ...]]
    failures: int
    extractions: int
    decisions: int


Runner = Callable[[str, Trouble | None], Run]


def alone(firestore: str, trouble: Trouble | None) -> Run:
    """Run one generation of a caller who asks again after an error, and check what it leaves."""
    model = ScriptedModel(decide=moves)
    with CloudTasksServer() as tasks, Bench(firestore, tasks) as bench:
        worker = bench.listen()
        calling, calls = bench.troubled(worker.url, hanging=_hanging(trouble, "caller"))
        working, works = bench.troubled(worker.url, model=model, hanging=_hanging(trouble, "worker"))
        worker.receiver = receiver_of(working)
        proxies = {"caller": calls, "worker": works}
        _inject(trouble, proxies)
        name, failures = bench.accept_until_told(calling, *TOLD)
        [operation] = bench.finished()
        assert operation.data["name"] == name
        assert len(json.loads(operation.data["response"])["generatedMemories"]) == len(TOLD)
        assert bench.known() == CLEAN
        bench.check_rest()
        return Run(_rpcs(trouble, proxies), failures, model.extractions, model.decisions)


def _hanging(trouble: Trouble | None, process: str) -> int | None:
    """Return the index of the call of a process that will hang."""
    hangs = trouble is not None and trouble.fault == hung() and trouble.process == process
    return trouble.at if trouble is not None and hangs else None


def beside_another(firestore: str, trouble: Trouble | None) -> Run:
    """Run two generations, of which the second comes to wait while the first is in a model call."""
    doors, clock = Doors(1), ShiftedClock()
    model = ScriptedModel(decide=doors.before(moves))
    with CloudTasksServer(clock=clock) as tasks, Bench(firestore, tasks) as bench:
        proxies = {}
        for process, facts in (("holder", TOLD), ("waiter", (OTHER, REPEATED))):
            worker = bench.listen()
            working, proxies[process] = bench.troubled(worker.url, model=model, clock=clock)
            worker.receiver = receiver_of(working)
            if trouble and trouble.process == process:
                _inject(trouble, proxies)
            name = bench.accept(bench.side(worker.url, clock=clock), *facts)
            if process == "holder":
                doors.wait(0)
        bench.wait(lambda: any(_has_come(document.data, name) for document in bench.operations()))
        doors.open(0)
        assert len(bench.finished(clock=clock)) == 2
        assert bench.known() == {**CLEAN, REPEATED: [REPEATED] * 3, OTHER: [OTHER]}
        bench.check_rest()
        return Run(_rpcs(trouble, proxies), 0, model.extractions, model.decisions)


def _has_come(operation: dict[str, object], name: str) -> bool:
    return operation["name"] == name and (operation["waiting_scope"] is not None or operation["done"] is True)


def _inject(trouble: Trouble | None, proxies: dict[str, FaultProxy]) -> None:
    if trouble is not None:
        proxies[trouble.process].inject(trouble.fault, at=trouble.at)


def _rpcs(trouble: Trouble | None, proxies: dict[str, FaultProxy]) -> dict[str, tuple[str, ...]]:
    """Return the RPCs of each process, having checked that what was ordered has happened, and nothing else."""
    happened = [fault for proxy in proxies.values() for _, fault in proxy.happened]
    assert happened == ([trouble.fault] if trouble else [])
    return {process: proxy.calls for process, proxy in proxies.items()}


def trouble_all(firestore: str, run: Runner, clean: Run, fault: Fault) -> Iterator[tuple[str, str, Run]]:
    """Run once for each RPC of each process, with the fault at it; tell process, method and how it went."""
    steps = [
        (Trouble(process, fault, at), method)
        for process, methods in clean.rpcs.items()
        for at, method in enumerate(methods)
    ]
    with ThreadPoolExecutor(_AT_ONCE) as threads:
        futures = [threads.submit(run, firestore, trouble) for trouble, _ in steps]
    for (trouble, method), future in zip(steps, futures, strict=True):
        try:
            yield trouble.process, method, future.result()
        except AssertionError as error:
            error.add_note(f"{trouble.process}, call {trouble.at}, {method}: {fault.name}")
            raise


@pytest.fixture(scope="module")
def clean(firestore_emulator: str) -> Run:
    """Run a generation without a fault, which tells the RPCs to trouble."""
    return alone(firestore_emulator, None)


@pytest.fixture(scope="module")
def clean_pair(firestore_emulator: str) -> Run:
    """Run two generations without a fault."""
    return beside_another(firestore_emulator, None)


def test_a_generation_without_a_fault_calls_once_for_each_step(clean: Run) -> None:
    assert clean.rpcs["caller"][-2:] == ("Commit", "CreateTask")
    assert clean.rpcs["worker"].count("Commit") == 2
    assert (clean.failures, clean.extractions, clean.decisions) == (0, 1, 1)


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_a_generation_survives_a_fault_at_any_of_its_rpcs(firestore_emulator: str, clean: Run, fault: Fault) -> None:
    """The caller asks again when it is told of an error, the worker when Cloud Tasks delivers again."""
    for process, method, run in trouble_all(firestore_emulator, alone, clean, fault):
        assert run.failures <= (process == "caller"), (method, run)
        assert run.extractions <= 2, (process, method, run)
        assert run.decisions <= 2, (process, method, run)
        assert len(run.rpcs["worker"]) <= 3 * len(clean.rpcs["worker"]), (process, method, run)  # one more delivery


def test_a_generation_that_finds_the_lease_held_is_settled_by_its_holder(clean_pair: Run) -> None:
    assert "CreateTask" in clean_pair.rpcs["waiter"]
    assert clean_pair.rpcs["holder"].count("Commit") == 4  # one more is refused, because somebody has come to wait
    assert (clean_pair.extractions, clean_pair.decisions) == (2, 2)


@pytest.mark.parametrize("fault", FEW_FAULTS, ids=lambda fault: fault.name)
def test_generations_that_share_a_lease_survive_a_fault_at_any_of_their_rpcs(
    firestore_emulator: str, clean_pair: Run, fault: Fault
) -> None:
    for process, method, run in trouble_all(firestore_emulator, beside_another, clean_pair, fault):
        assert run.extractions <= 3, (process, method, run)
        assert run.decisions <= 4, (process, method, run)

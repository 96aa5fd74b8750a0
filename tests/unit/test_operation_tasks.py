"""The tasks of operations: none has a twin, none shares a name that a queue may remember, and a lost one is made up."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import timedelta

import pytest

from memorybank.bank import engines, operation_tasks, operations, retries, sweep
from memorybank.bank.memories import purge
from memorybank.errors import InvalidArgument, Unavailable
from memorybank.ports.documents import Delete, Document, Write
from memorybank.ports.models import ExtractedFact, ExtractionRequest
from memorybank.ports.tasks import lane_of
from memorybank.resources.scopes import scope_key
from memorybank.testing.scripted import ScriptedModel
from tests.unit.policy import SCOPE, Interfering, Policy, open_policy
from tests.unit.streaming import Streaming

TEA = "I like tea"


def _id(name: str) -> str:
    return name.rpartition("/")[2]


def _generate(policy: Policy) -> str:
    return policy.accept(TEA)


def _flush(policy: Policy) -> str:
    response = Streaming(policy).ingest(TEA).response
    assert response is not None
    return str(response["generateMemoriesOperation"])


def _reembed(policy: Policy) -> str:
    return engines.reembed(policy.ports, policy.engine).name


def _purge(policy: Policy) -> str:
    for number in range(11):
        policy.remember(f"fact {number}")

    def take_time(_: Sequence[Write]) -> None:
        policy.interfere(lambda _: None)
        policy.clock.advance(timedelta(seconds=20))

    policy.interfere(take_time)
    return purge.purge(policy.ports, policy.engine, scope=SCOPE, accept=lambda _: True, force=True).name


def _delete_engine(policy: Policy) -> str:
    return engines.delete(policy.ports, policy.engine, force=True).name


@pytest.mark.parametrize("begin", [_generate, _flush, _reembed, _purge, _delete_engine])
def test_a_start_gives_no_second_task_to_what_waits_for_its_first(begin: Callable[[Policy], str]) -> None:
    """Otherwise both would run, and the model be paid twice."""
    policy = open_policy(wrap=Interfering)
    name = begin(policy)
    operation_tasks.resume(policy.ports, early=operations.STALLED_AFTER)
    assert [task.data["body"] for task in policy.tasks()] == [name]


def _retry(policy: Policy) -> str:
    name = policy.accept(TEA)
    policy.deliver(name)
    assert policy.operation(name).retryable
    for task in policy.tasks():
        policy.ports.store.commit([Delete(task.path)])
    _refuse_tasks(policy)
    return retries.retry(policy.ports, policy.engine, _id(name), parent=str(policy.engine)).name


def _refuse_tasks(policy: Policy) -> None:
    def refuse(writes: Sequence[Write]) -> None:
        if any(write.path.startswith("tasks/") for write in writes):
            raise Unavailable("the queue is out of reach")

    policy.interfere(refuse)


def _reembed_unheard(policy: Policy) -> str:
    _refuse_tasks(policy)
    return _reembed(policy)


def _purge_unheard(policy: Policy) -> str:
    for number in range(11):
        policy.remember(f"fact {number}")

    def take_time(_: Sequence[Write]) -> None:
        policy.clock.advance(timedelta(seconds=20))
        _refuse_tasks(policy)

    policy.interfere(take_time)
    return purge.purge(policy.ports, policy.engine, scope=SCOPE, accept=lambda _: True, force=True).name


def _refuse(_: ExtractionRequest) -> list[ExtractedFact]:
    raise InvalidArgument("the model refuses this conversation")


@pytest.mark.parametrize("begin", [_retry, _reembed_unheard, _purge_unheard])
def test_what_has_begun_is_told_so_although_the_queue_fails_and_the_sweep_goes_on_with_it(
    begin: Callable[[Policy], str],
) -> None:
    """A caller who is told that it failed would repeat it, and both would run."""
    policy = open_policy(ScriptedModel(extract=_refuse), wrap=Interfering)
    name = begin(policy)
    assert not policy.operation(name).done
    assert policy.tasks() == []
    policy.interfere(lambda _: None)
    policy.clock.advance(operations.STALLED_AFTER)
    sweep.sweep(policy.ports)
    assert [task.data["body"] for task in policy.tasks()] == [name]


def test_no_step_of_an_operation_has_a_task_that_another_acceptance_of_its_id_may_have_had() -> None:
    def names(acceptance: str) -> set[str]:
        data = {"name": "operations/7", "acceptance": acceptance, "scope_key": None}
        operation = Document("operations/7", data, None)
        return {operation_tasks.task_of(operation, *step).name for step in [(), ("try", 1, 2), ("scope", 0, 2)]}

    assert len(names("1")) == 3
    assert not names("1") & names("2")


def test_an_operation_that_looks_back_at_its_scope_waits_in_the_lane_of_that_scope() -> None:
    policy = open_policy(wrap=Interfering)
    policy.hold_lease()
    name = policy.accept(TEA)
    policy.deliver(name)
    first, look_back = policy.tasks()
    assert look_back.data["run_at"] > first.data["run_at"]
    assert look_back.data["lane"] == lane_of(scope_key(SCOPE))

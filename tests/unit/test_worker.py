"""What a delivery of a task does: once or many times over, after failures, conflicts and lost leases."""

from __future__ import annotations

import pickle
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from types import SimpleNamespace
from typing import Any, cast

import pytest

from memorybank.bank import engines, operations, retries, sweep, worker
from memorybank.bank.memories import crud
from memorybank.errors import (
    Aborted,
    FailedPrecondition,
    Internal,
    InvalidArgument,
    PermissionDenied,
    ResourceExhausted,
    Unavailable,
    Violation,
)
from memorybank.ports.documents import Create, Delete, Patch, Write
from memorybank.ports.models import Action, Decision, DecisionRequest, ExtractedFact, ExtractionRequest
from memorybank.ports.tasks import Attempt, RunningQueue, Task
from memorybank.resources.memory import Memory
from memorybank.resources.names import path_of
from memorybank.testing.scripted import ScriptedModel, sentences
from tests.unit.policy import (
    Interfering,
    Meddler,
    Policy,
    Says,
    decides,
    deliver_until_final,
    everything,
    look_back,
    open_policy,
)

PARIS, LYON, TEA = "I live in Paris", "I live in Lyon", "I like tea"
SECRET = "quokka"


class _Failing:
    """Fails with the errors it is given, one call after the other, and then does as told."""

    def __init__(self, *errors: Exception) -> None:
        self._errors = list(errors)

    def extract(self, request: ExtractionRequest) -> list[ExtractedFact]:
        self._fail()
        return sentences(request)

    def decide(self, request: DecisionRequest) -> list[Decision]:
        del request
        self._fail()
        return []

    def _fail(self) -> None:
        if self._errors:
            raise self._errors.pop(0)


def _stored_text(policy: Policy, prefix: str) -> bytes:
    """Return all that is stored at and below a path, as bytes to be searched."""
    found = [(path, document) for path, document in everything(policy).items() if path.startswith(prefix)]
    return pickle.dumps([(path, document.data) for path, document in found])


def test_deliveries_of_a_finished_operation_change_nothing() -> None:
    model = ScriptedModel()
    policy = open_policy(model)
    name = policy.accept(TEA)
    policy.deliver(name)
    before, asked = everything(policy), len(model.requests)
    policy.clock.advance(timedelta(minutes=1))
    for number in (1, 2, 9):
        policy.deliver(name, number=number, final=number == 9)
    assert everything(policy) == before
    assert len(model.requests) == asked


def test_a_task_of_an_operation_that_is_gone_is_done() -> None:
    policy = open_policy()
    name = policy.accept(TEA)
    policy.deliver(name)
    operations.delete(policy.ports, policy.engine, name.rpartition("/")[2], parent=str(policy.engine))
    policy.deliver(name)
    assert policy.facts() == [TEA]


def test_a_conversation_without_facts_finishes_without_an_entry() -> None:
    policy = open_policy(ScriptedModel(extract=lambda _: []))
    assert policy.generate("Hello") == []


def test_a_retry_after_a_failed_extraction_extracts_again_and_gives_what_one_delivery_gives() -> None:
    model = ScriptedModel(extract=_Failing(Unavailable("down")).extract)
    policy = open_policy(model)
    name = policy.accept(TEA)
    policy.deliver(name)
    assert not policy.operation(name).done
    policy.deliver(name, number=2)
    assert policy.actions(name) == ["CREATED"]
    assert policy.facts() == [TEA]
    assert model.extractions == 2


def test_a_retry_after_a_failed_decision_does_not_extract_again() -> None:
    model = ScriptedModel(decide=_Failing(Unavailable("down")).decide)
    policy = open_policy(model)
    policy.remember(PARIS)
    name = policy.accept(TEA)
    policy.deliver(name)
    assert policy.operation(name).waiting is not None
    policy.deliver(name, number=2)
    assert policy.actions(name) == ["CREATED"]
    assert (model.extractions, model.decisions) == (1, 2)


def test_a_failure_between_steps_leaves_no_lease_behind() -> None:
    model = ScriptedModel(decide=_Failing(Unavailable("down")).decide)
    policy = open_policy(model)
    policy.remember(PARIS)
    first, second = policy.accept(TEA), policy.accept(LYON)
    policy.deliver(first)
    policy.deliver(second)
    assert (policy.actions(first), policy.actions(second)) == (["CREATED"], ["CREATED"])


def test_a_conflict_with_a_changed_candidate_is_matched_and_decided_again_but_not_extracted() -> None:
    rules = [
        Says(LYON, Action.UPDATE, PARIS, LYON),
        Says(LYON, Action.UPDATE, "I live in Nice", "Lyon, before in Nice"),
    ]
    model = ScriptedModel(decide=decides(*rules))
    policy = open_policy(model, wrap=Interfering)
    path = policy.remember(PARIS)

    def move() -> None:
        crud.update(policy.ports, path, Memory(fact="I live in Nice"), mask=None)

    policy.interfere(Meddler(move))
    assert policy.generate(LYON) == ["UPDATED"]
    assert policy.facts() == ["Lyon, before in Nice"]
    assert len(policy.revisions(path)) == 3
    assert (model.extractions, model.decisions) == (1, 2)


def test_a_conflict_that_leaves_the_candidates_as_they_were_is_not_decided_again() -> None:
    model = ScriptedModel(decide=decides(Says(LYON, Action.UPDATE, PARIS, LYON)))
    policy = open_policy(model, wrap=Interfering)
    path = policy.remember(PARIS)

    def rename() -> None:
        crud.update(policy.ports, path, Memory(display_name="home"), mask=None)

    policy.interfere(Meddler(rename))
    assert policy.generate(LYON) == ["UPDATED"]
    record = policy.record(LYON)
    assert record.memory.display_name == "home"
    assert len(policy.revisions(path)) == 3
    assert (model.extractions, model.decisions) == (1, 1)


def test_a_conflict_with_a_deleted_candidate_creates_what_was_to_be_merged() -> None:
    model = ScriptedModel(decide=decides(Says(LYON, Action.UPDATE, PARIS, LYON)))
    policy = open_policy(model, wrap=Interfering)
    path = policy.remember(PARIS)

    def delete() -> None:
        crud.delete(policy.ports, path)

    policy.interfere(Meddler(delete))
    assert policy.generate(LYON) == ["CREATED"]
    assert policy.facts() == [LYON]


def test_an_operation_cancelled_just_before_the_commit_is_left_out_and_the_others_finish() -> None:
    model = ScriptedModel()
    policy = open_policy(model, wrap=Interfering)
    policy.remember(PARIS)
    first, second = policy.accept(TEA), policy.accept(LYON)
    policy.wait(first, second)
    policy.interfere(Meddler(lambda: policy.cancel(second)))
    policy.deliver(first)
    assert policy.actions(first) == ["CREATED"]
    assert policy.facts() == [TEA, PARIS]
    assert policy.operation(second).error == {"code": 1, "message": "the operation was cancelled"}


def test_a_cancelled_operation_is_not_worked_on_any_more() -> None:
    model = ScriptedModel()
    policy = open_policy(model)
    name = policy.accept(TEA)
    policy.cancel(name)
    policy.deliver(name)
    assert policy.facts() == []
    assert model.requests == []


def test_an_operation_cancelled_during_its_extraction_stays_cancelled() -> None:
    def extract(request: ExtractionRequest) -> list[ExtractedFact]:
        policy.cancel(name)
        return sentences(request)

    policy = open_policy(ScriptedModel(extract=extract))
    name = policy.accept(TEA)
    with pytest.raises(Aborted):
        policy.deliver(name)
    policy.deliver(name, number=2)
    assert policy.facts() == []
    assert policy.operation(name).error == {"code": 1, "message": "the operation was cancelled"}


@pytest.mark.parametrize("error", [Unavailable("the model cannot be reached"), ResourceExhausted("no quota left")])
@pytest.mark.parametrize("step", ["extract", "decide"])
def test_an_outage_ends_an_operation_only_after_a_day(step: str, error: Any) -> None:
    failing = _Failing(*[error] * 3)
    model = ScriptedModel(extract=failing.extract) if step == "extract" else ScriptedModel(decide=failing.decide)
    policy = open_policy(model)
    policy.remember(PARIS)
    name = policy.accept(TEA)
    policy.deliver(name)
    policy.clock.advance(retries.RETRY_FOR - timedelta(seconds=1))
    policy.deliver(name, number=8, final=True)
    waiting = policy.operation(name).waiting
    assert waiting is not None
    assert (waiting.failed_attempts, waiting.reason) == (2, f"{error.status}: {error.message}")
    policy.clock.advance(timedelta(seconds=1))
    policy.deliver(name)
    operation = policy.operation(name)
    assert operation.error == {"code": error.code, "message": error.message}
    assert operation.retryable
    assert policy.facts() == [PARIS]


@pytest.mark.parametrize("step", ["extract", "decide"])
def test_the_last_failed_attempt_ends_the_operation_with_the_error(step: str) -> None:
    error, code, message = ZeroDivisionError(SECRET), 13, "the bank failed; see its log"
    failing = _Failing(error, error)
    model = ScriptedModel(extract=failing.extract) if step == "extract" else ScriptedModel(decide=failing.decide)
    policy = open_policy(model)
    policy.remember(PARIS)
    name = policy.accept(TEA)
    with pytest.raises(type(error)):
        policy.deliver(name)
    assert not policy.operation(name).done
    policy.deliver(name, number=2, final=True)
    operation = policy.operation(name)
    assert operation.done
    assert operation.error == {"code": code, "message": message}
    assert policy.facts() == [PARIS]


@pytest.mark.parametrize("error", [InvalidArgument("no"), PermissionDenied("no"), FailedPrecondition("no")])
@pytest.mark.parametrize("step", ["extract", "decide"])
def test_an_error_that_trying_again_cannot_mend_ends_the_operation_at_once(step: str, error: Any) -> None:
    failing = _Failing(error)
    model = ScriptedModel(extract=failing.extract) if step == "extract" else ScriptedModel(decide=failing.decide)
    policy = open_policy(model)
    policy.remember(PARIS)
    name = policy.accept(TEA)
    policy.deliver(name)
    assert policy.operation(name).error == {"code": error.code, "message": "no"}


def test_too_many_facts_end_the_operation_without_paying_for_them_again() -> None:
    model = ScriptedModel()
    policy = open_policy(model)
    name = policy.accept(*[f"Fact {number}" for number in range(201)])
    policy.deliver(name)
    error = policy.operation(name).error
    assert error is not None
    assert "split the conversation" in error["message"]
    assert model.extractions == 1


@pytest.mark.parametrize("fact", ["  ", "x" * 2049])
def test_a_fact_that_cannot_be_stored_is_no_success(fact: str) -> None:
    policy = open_policy(ScriptedModel(extract=lambda _: [ExtractedFact(TEA), ExtractedFact(fact)]))
    name = policy.accept(TEA)
    policy.deliver(name, final=True)
    error = policy.operation(name).error
    assert error is not None
    assert error["code"] == 13
    assert policy.facts() == []


def test_a_generation_into_an_engine_that_is_gone_is_not_found() -> None:
    policy = open_policy()
    name = policy.accept(TEA)
    policy.ports.store.commit([Patch(policy.engine.path, {"deletion": "1"})])
    policy.deliver(name)
    error = policy.operation(name).error
    assert error is not None
    assert error["code"] == 5


def test_an_operation_keeps_which_fields_of_its_request_were_wrong() -> None:
    wrong = InvalidArgument.of(Violation("scope", "is missing"), Violation("fact", "is blank"))
    policy = open_policy(ScriptedModel(extract=_Failing(wrong).extract))
    name = policy.accept(TEA)
    policy.deliver(name)
    assert policy.operation(name).error == {
        "code": 3,
        "message": "scope: is missing; fact: is blank",
        "details": [
            {
                "@type": "type.googleapis.com/google.rpc.BadRequest",
                "fieldViolations": [
                    {"field": "scope", "description": "is missing"},
                    {"field": "fact", "description": "is blank"},
                ],
            }
        ],
    }


def _poisonous(error: Exception) -> ScriptedModel:
    """Make a model that fails to decide whenever poison is among the facts."""

    def decide(request: DecisionRequest) -> list[Decision]:
        if any("poison" in new.fact for new in request.facts):
            raise error
        return []

    return ScriptedModel(decide=decide)


@pytest.mark.parametrize("error", [InvalidArgument("no"), ValueError("no")])
@pytest.mark.parametrize("poison", [0, 1, 2])
def test_a_poisonous_operation_does_not_take_its_batch_down(poison: int, error: Exception) -> None:
    model = _poisonous(error)
    policy = open_policy(model)
    policy.remember(PARIS)
    names = [policy.accept("poison" if number == poison else f"Fact {number}") for number in range(3)]
    policy.wait(*names)
    deliver_until_final(policy, names[0])
    look_back(policy)
    for number, name in enumerate(names):
        if number == poison:
            assert policy.operation(name).error is not None
        else:
            assert policy.actions(name) == ["CREATED"]
    assert policy.facts() == sorted([PARIS, *(f"Fact {number}" for number in range(3) if number != poison)])
    assert model.extractions == 3


def test_a_holder_that_finishes_alone_finishes_the_others_of_its_batch_without_waiting_for_their_tasks() -> None:
    policy = open_policy(_poisonous(InvalidArgument("no")))
    policy.remember(PARIS)
    names = [policy.accept(text) for text in ("poison", TEA, LYON)]
    policy.wait(*names)
    policy.deliver(names[1])
    assert [policy.operation(name).done for name in names] == [False, True, True]


def test_an_operation_behind_a_full_and_poisonous_batch_is_finished_by_its_own_task() -> None:
    policy = open_policy(_poisonous(InvalidArgument("no")))
    policy.remember(PARIS)
    names = []
    for number in range(27):
        names.append(policy.accept("poison" if number == 0 else f"Fact {number}"))
        policy.clock.advance(timedelta(milliseconds=1))
    policy.wait(*names)
    policy.deliver(names[-1])
    assert policy.actions(names[-1]) == ["CREATED"]


def test_the_holder_settles_all_that_wait_also_what_does_not_fit_one_batch() -> None:
    model = ScriptedModel()
    policy = open_policy(model)
    policy.remember(PARIS)
    names = [policy.accept(f"Fact {number}") for number in range(30)]
    policy.wait(*names)
    policy.deliver(names[-1])
    assert [policy.actions(name) for name in names] == [["CREATED"]] * 30
    assert model.decisions == 2


def test_work_that_killed_every_process_which_tried_it_is_not_begun_again_but_ends_with_an_error() -> None:
    model = ScriptedModel()
    policy = open_policy(model)
    name = policy.accept(TEA)
    worker.run(policy.ports, Attempt(Task("1", name), 9, final=True, exhausted=True))
    error = policy.operation(name).error
    assert error is not None
    assert error["code"] == Internal.code
    assert model.extractions == 0
    assert policy.facts() == []


def test_the_conversation_is_gone_as_soon_as_its_facts_are_extracted() -> None:
    policy = open_policy(ScriptedModel(extract=lambda _: [ExtractedFact(TEA)]))
    name = policy.accept(SECRET)
    assert SECRET.encode() in _stored_text(policy, path_of(name))
    policy.wait(name)
    assert SECRET.encode() not in _stored_text(policy, path_of(name))


@pytest.mark.parametrize("outcome", ["done", "cancelled"])
@pytest.mark.parametrize("large", [False, True])
def test_nothing_of_the_conversation_stays_in_an_operation_that_is_over(outcome: str, large: bool) -> None:  # noqa: FBT001 - a table
    model = ScriptedModel(extract=lambda _: [ExtractedFact(SECRET, context=SECRET)], decide=lambda _: [])
    policy = open_policy(model)
    policy.remember(PARIS)
    name = policy.accept(*[SECRET * 40_000] * (4 if large else 1), metadata={SECRET: {"boolValue": True}})
    assert SECRET.encode() in _stored_text(policy, path_of(name))
    if outcome == "cancelled":
        policy.wait(name)
        policy.cancel(name)
    policy.deliver(name, final=True)
    assert policy.operation(name).done
    assert SECRET.encode() not in _stored_text(policy, path_of(name))
    assert SECRET.encode() not in pickle.dumps([task.data for task in policy.tasks()])
    assert policy.ports.store.below(path_of(name), limit=10) == []


def test_a_late_failure_does_not_end_the_operation_that_was_accepted_anew() -> None:
    """A caller whose acceptance failed half-way withdraws it and asks again: the same id, another acceptance."""

    def read(request: ExtractionRequest) -> list[ExtractedFact]:
        del request
        policy.ports.store.commit([Delete(stored.path)])
        policy.ports.store.commit([Create(stored.path, {**stored.data, "acceptance": "anew"})])
        raise InvalidArgument("too late")

    policy = open_policy(ScriptedModel(extract=read))
    name = policy.accept(TEA)
    [task] = policy.tasks()
    found = policy.ports.store.get(path_of(name))
    assert found is not None
    stored = found
    worker.run(policy.ports, Attempt(Task(task.id, task.data["body"]), 1, final=True))
    operation = policy.operation(name)
    assert (operation.done, operation.error) == (False, None)


def test_a_task_carries_the_name_of_its_operation_and_nothing_else() -> None:
    policy = open_policy()
    name = policy.accept(SECRET)
    [task] = policy.tasks()
    stored = policy.ports.store.get(path_of(name))
    assert stored
    assert (task.id, task.data["body"]) == (f"{stored.id}-{stored.data['acceptance']}", name)


def test_a_request_of_eight_megabytes_is_split_and_put_together_again() -> None:
    model = ScriptedModel(extract=lambda _: [ExtractedFact(TEA)])
    policy = open_policy(model)
    lines = [f"{number:02}" + "é" * 250_000 for number in range(16)]
    name = policy.accept(*lines)
    parts = policy.ports.store.below(path_of(name), limit=100)
    assert len(parts) > 8
    assert all(len(pickle.dumps(policy.ports.store.get(path))) < 1_000_000 for path in parts)
    policy.deliver(name)
    assert policy.actions(name) == ["CREATED"]
    [asked] = [request for request in model.requests if isinstance(request, ExtractionRequest)]
    assert asked.events[0].text == "\n".join(lines)
    assert policy.ports.store.below(path_of(name), limit=100) == []


def test_an_operation_whose_request_has_lost_a_part_fails_instead_of_working_on_the_rest() -> None:
    policy = open_policy()
    name = policy.accept(*["x" * 250_000] * 8)
    policy.ports.store.commit([Delete(policy.ports.store.below(path_of(name), limit=1)[0])])
    policy.deliver(name)
    error = policy.operation(name).error
    assert error is not None
    assert error["code"] == 5
    assert policy.facts() == []


def test_an_engine_whose_deletion_fails_for_good_says_so_in_its_operation() -> None:
    policy = open_policy(wrap=Interfering)
    policy.remember(PARIS)
    operation = engines.delete(policy.ports, policy.engine, force=True)

    def fail(writes: Sequence[Write]) -> None:
        if any("/memories/" in write.path for write in writes):
            raise Unavailable("the store is down")

    policy.interfere(fail)
    policy.clock.advance(retries.RETRY_FOR)
    policy.deliver(operation.name)
    assert policy.operation(operation.name).error == {"code": 14, "message": "the store is down"}


def test_the_deletion_of_an_engine_cannot_be_cancelled() -> None:
    """The engine has vanished already: what is below it must not stay behind."""
    policy = open_policy()
    policy.remember(PARIS)
    operation = engines.delete(policy.ports, policy.engine, force=True)
    policy.cancel(operation.name)
    policy.deliver(operation.name)
    assert policy.operation(operation.name).error is None
    assert policy.records() == []


def test_an_operation_whose_acceptance_died_before_the_queue_had_it_is_taken_up_by_the_sweep() -> None:
    policy = open_policy()

    def die(task: Task) -> None:
        del task
        raise SystemExit

    elsewhere = cast(RunningQueue, SimpleNamespace(enqueue=die))
    with pytest.raises(SystemExit):
        replace(policy, ports=replace(policy.ports, queue=elsewhere)).accept(TEA)
    sweep.sweep(policy.ports)
    assert policy.tasks() == []
    policy.clock.advance(timedelta(minutes=10))
    sweep.sweep(policy.ports)
    [task] = policy.tasks()
    policy.deliver(task.data["body"])
    assert policy.actions(task.data["body"]) == ["CREATED"]


def test_the_sweep_takes_an_operation_up_only_once_and_leaves_alone_what_is_done() -> None:
    policy = open_policy()
    policy.generate(TEA)
    lost = policy.accept(PARIS)
    _drop_tasks(policy)
    policy.clock.advance(timedelta(minutes=10))
    sweep.sweep(policy.ports)
    assert [task.data["body"] for task in policy.tasks()] == [lost]
    _drop_tasks(policy)
    sweep.sweep(policy.ports)
    assert policy.tasks() == []


def _drop_tasks(policy: Policy) -> None:
    policy.ports.store.commit([Delete(task.path) for task in policy.tasks()])

"""Outages pass: an accepted conversation waits for a day, and what is given up is kept and can be retried by hand."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from datetime import timedelta

import pytest

from memorybank.bank import operations, retries, sweep, worker
from memorybank.bank.memories import erase
from memorybank.errors import FailedPrecondition, InvalidArgument, NotFound, ResourceExhausted, Unavailable
from memorybank.ports.documents import Delete, Patch, Write
from memorybank.ports.models import ExtractedFact, ExtractionRequest
from memorybank.ports.tasks import Attempt, Task
from memorybank.resources.erasure import EraseMemoriesRequest
from memorybank.resources.memory import MAX_FACT
from memorybank.resources.names import path_of
from memorybank.resources.operation import Operation
from memorybank.testing.scripted import ScriptedModel, sentences
from tests.unit.policy import SCOPE, Interfering, Policy, open_policy
from tests.unit.streaming import MINUTE, Streaming, event, open_streaming, rule

TEA = "I like tea"


class Model(ScriptedModel):
    """A model that fails as long as it has an error to raise."""

    def __init__(self, error: Exception | None) -> None:
        super().__init__()
        self.error = error

    def extract(self, request: ExtractionRequest) -> list[ExtractedFact]:
        """Fail, or take each line as a fact."""
        self.requests.append(request)
        if self.error is not None:
            raise self.error
        return [fact for fact in sentences(request) if len(fact.fact) < MAX_FACT]


def retry(policy: Policy, name: str) -> Operation:
    parent, _, identifier = name.rpartition("/operations/")
    return retries.retry(policy.ports, policy.engine, identifier, parent=parent)


def run_due(policy: Policy) -> int:
    """Deliver what is due now, as a queue does, and say how much that was."""
    due = [task for task in policy.tasks() if task.data["run_at"] <= policy.clock.now()]
    for task in due:
        policy.ports.store.commit([Delete(task.path)])
        worker.run(policy.ports, Attempt(Task(task.id, task.data["body"]), 1, final=False))
    return len(due)


@pytest.mark.parametrize("outage", [timedelta(seconds=79), timedelta(minutes=10), timedelta(hours=23)])
def test_a_conversation_survives_an_outage_of_the_model(outage: timedelta) -> None:
    model = Model(Unavailable("the model cannot be reached"))
    policy = open_policy(model)
    name = policy.accept(TEA)
    end = policy.clock.now() + outage
    while policy.clock.now() < end:
        run_due(policy)
        operation = policy.operation(name)
        assert operation.waiting is not None
        assert operation.waiting.reason == "UNAVAILABLE: the model cannot be reached"
        policy.clock.advance(operation.waiting.next_attempt - policy.clock.now())
    model.error = None
    run_due(policy)
    assert policy.actions(name) == ["CREATED"]
    assert policy.operation(name).waiting is None
    assert len(model.requests) <= 11 + outage / timedelta(minutes=10)  # pauses grow to ten minutes


def test_a_wait_that_the_model_asks_for_is_kept() -> None:
    policy = open_policy(Model(ResourceExhausted("quota", retry_after=600)))
    name = policy.accept(TEA)
    run_due(policy)
    waiting = policy.operation(name).waiting
    assert waiting is not None
    assert waiting.next_attempt == policy.clock.now() + timedelta(seconds=600)
    policy.clock.advance(timedelta(seconds=599))
    assert run_due(policy) == 0


def test_a_wait_of_days_is_not_kept() -> None:
    policy = open_policy(Model(ResourceExhausted("quota", retry_after=10**6)))
    name = policy.accept(TEA)
    run_due(policy)
    waiting = policy.operation(name).waiting
    assert waiting is not None
    assert waiting.next_attempt == policy.clock.now() + timedelta(hours=1)


def test_a_lost_timer_is_made_up_for_by_the_sweep() -> None:
    model = Model(Unavailable("down"))
    policy = open_policy(model)
    name = policy.accept(TEA)
    run_due(policy)
    for task in policy.tasks():  # the queue loses it
        policy.ports.store.commit([Delete(task.path)])
    model.error = None
    policy.clock.advance(operations.STALLED_AFTER + timedelta(minutes=1))
    sweep.sweep(policy.ports)
    run_due(policy)
    assert policy.actions(name) == ["CREATED"]


@pytest.mark.parametrize("large", [False, True])
def test_what_was_given_up_keeps_its_request_and_can_be_retried(large: bool) -> None:  # noqa: FBT001 - a table
    model = Model(InvalidArgument("the model refuses this conversation"))
    policy = open_policy(model)
    name = policy.accept(TEA, *["x " * 60_000] * (16 if large else 0))
    policy.deliver(name)
    assert policy.operation(name).retryable
    policy.clock.advance(timedelta(days=29))
    model.error = None
    begun = retry(policy, name)
    assert (begun.done, begun.error) == (False, None)
    run_due(policy)
    assert policy.operation(name).error is None
    assert TEA in policy.facts()
    with pytest.raises(FailedPrecondition, match="has failed"):
        retry(policy, name)


def test_facts_that_were_extracted_are_not_paid_for_again() -> None:
    def embed_fails(*_: object, **__: object) -> object:
        raise ValueError("a bug")

    policy = open_policy(ScriptedModel())
    policy.remember("I live in Paris")
    name = policy.accept(TEA)
    embed = policy.ports.embedder.embed
    policy.ports.embedder.embed = embed_fails  # type: ignore[method-assign, assignment]  # the real one follows
    with pytest.raises(ValueError, match="a bug"):
        policy.deliver(name)
    policy.deliver(name, number=8, final=True)
    assert policy.operation(name).retryable
    policy.ports.embedder.embed = embed  # type: ignore[method-assign]
    retry(policy, name)
    run_due(policy)
    assert policy.actions(name) == ["CREATED"]
    model = policy.ports.model
    assert isinstance(model, ScriptedModel)
    assert model.extractions == 1


@pytest.mark.parametrize("state", ["running", "done", "cancelled", "unknown"])
def test_only_what_has_failed_can_be_retried(state: str) -> None:
    policy = open_policy()
    name = policy.accept(TEA)
    if state == "done":
        policy.deliver(name)
    if state == "cancelled":
        policy.cancel(name)
    with pytest.raises(NotFound if state == "unknown" else FailedPrecondition):
        retry(policy, name + "0" if state == "unknown" else name)


def test_an_erased_scope_leaves_nothing_to_retry() -> None:
    policy = open_policy(Model(InvalidArgument("no")))
    name = policy.accept(TEA)
    policy.deliver(name)
    erase.erase(policy.ports, policy.engine, EraseMemoriesRequest(scope=SCOPE))
    assert policy.ports.store.get(path_of(name)) is None
    with pytest.raises(NotFound):
        retry(policy, name)


def test_events_of_a_generation_that_was_given_up_may_be_sent_again() -> None:
    model = Model(InvalidArgument("the model refuses"))
    streaming = Streaming(open_policy(model))
    events = (event("I like tea", identifier="e1"), event("I like figs", identifier="e2"))
    streaming.ingest(*events, **rule(eventCount=2))
    run_due(streaming.policy)
    [failed] = streaming.operations_of("GenerateMemories")
    assert failed.data["error"] is not None
    model.error = None
    streaming.policy.clock.advance(MINUTE)
    streaming.ingest(*events, **rule(eventCount=2))
    run_due(streaming.policy)
    assert sorted(streaming.policy.facts()) == ["I like figs", "I like tea"]


def test_no_event_stays_seen_if_the_worker_dies_right_after_it_gave_up() -> None:
    model = Model(InvalidArgument("the model refuses"))
    streaming = Streaming(open_policy(model, wrap=Interfering))
    streaming.ingest(event("I like tea", identifier="e1"), forceFlush=True)
    assert streaming.below("seen")

    def die_after_the_outcome(writes: Sequence[Write]) -> None:
        if any(isinstance(write, Patch) and write.data.get("retryable") for write in writes):
            streaming.policy.interfere(_die)

    streaming.policy.interfere(die_after_the_outcome)
    with contextlib.suppress(Unavailable):
        run_due(streaming.policy)
    assert streaming.below("seen") == []


def _die(_: Sequence[Write]) -> None:
    raise Unavailable("the worker is dead")


def test_events_that_were_learnt_stay_seen() -> None:
    streaming = open_streaming()
    for _ in range(2):
        streaming.ingest(event("a", identifier="e1"), forceFlush=True)
        run_due(streaming.policy)
    assert len(streaming.operations_of("GenerateMemories")) == 1

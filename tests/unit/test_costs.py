"""What calls cost, counted in reads and commits of the store: with Firestore each is a billed round trip."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any, cast

import pytest

from memorybank.bank import engines, operations, worker
from memorybank.bank.config_cache import ConfigCache
from memorybank.bank.memories import crud, explain, retrieve
from memorybank.errors import NotFound
from memorybank.ports.documents import DocumentStore
from memorybank.ports.tasks import RunningQueue, Task
from memorybank.resources.memory import Memory
from memorybank.resources.names import EngineName, path_of
from memorybank.resources.retrieval import RetrieveMemoriesRequest
from memorybank.tasks.in_process import InProcessQueue
from memorybank.testing.scripted import ScriptedModel
from tests.unit.policy import SCOPE, Policy, open_policy
from tests.unit.streaming import MINUTE, Streaming, event, rule
from tests.waiting import LONG

READS = ("get", "get_many", "query", "count", "nearest", "below")


class Counting:
    """A store in front of another one, that counts the calls of each method."""

    def __init__(self, store: DocumentStore) -> None:
        self.calls: Counter[str] = Counter()
        for name in (*READS, "commit"):
            setattr(self, name, self._counted(name, getattr(store, name)))
        self.close = store.close

    def _counted(self, name: str, method: Callable[..., Any]) -> Callable[..., Any]:
        def call(*arguments: Any, **named: Any) -> Any:
            self.calls[name] += 1
            return method(*arguments, **named)

        return call


def _counting(policy: Policy) -> Counter[str]:
    store = cast(object, policy.ports.store)
    assert isinstance(store, Counting)
    store.calls.clear()
    return store.calls


@pytest.fixture
def policy() -> Policy:
    return open_policy(ScriptedModel(), wrap=lambda store: cast(DocumentStore, Counting(store)))


def test_a_memory_is_got_by_one_read(policy: Policy) -> None:
    path = policy.remember("I like tea")
    calls = _counting(policy)
    crud.get(policy.ports, path)
    assert calls == {"get": 1}


def test_a_memory_is_explained_by_two_reads_and_a_later_page_by_three(policy: Policy) -> None:
    path = policy.remember("I like tea")
    policy.generate("I like tea", "I like tea.")
    calls = _counting(policy)
    _, cursor = explain.explain(policy.ports, path, limit=1, after=None)
    assert calls == {"get": 1, "query": 1}
    calls.clear()
    explain.explain(policy.ports, path, limit=9, after=cursor)
    assert calls == {"get": 2, "query": 1}


def test_a_similarity_search_is_one_search_beside_the_reading_of_the_engine(policy: Policy) -> None:
    policy.remember("I like tea")
    calls = _counting(policy)
    request = RetrieveMemoriesRequest.model_validate({"scope": SCOPE, "similaritySearchParams": {"searchQuery": "tea"}})
    assert retrieve.retrieve_similar(policy.ports, policy.engine, request, accept=None)
    assert calls == {"get": 1, "nearest": 1}


def _past(policy: Policy, time: datetime, **fields: Any) -> RetrieveMemoriesRequest:
    return RetrieveMemoriesRequest.model_validate({"scope": SCOPE, "readTime": time, **fields})


def _history(policy: Policy) -> datetime:
    """Let memories stay, change, go and come, and return the time before."""
    paths = [policy.remember(f"I like tea number {number}") for number in range(5)]
    then = policy.clock.now()
    policy.clock.advance(timedelta(hours=1))
    for path in paths[:2]:
        crud.update(policy.ports, path, Memory(fact=f"I like {path[-1]} plums"), mask=None)
    crud.delete(policy.ports, paths[2])
    policy.remember("I like figs")
    return then


def test_a_page_of_the_past_is_two_reads_and_one_for_each_memory_that_changed_since(policy: Policy) -> None:
    request = _past(policy, _history(policy))
    calls = _counting(policy)
    found, _ = retrieve.retrieve_page(policy.ports, policy.engine, request, accept=None, limit=9, after=None)
    assert len(found) == 5
    # The engine; then what is there and what is deleted, and the two that were updated and the one that was deleted.
    assert calls == {"get": 1, "query": 2 + 3}


def test_a_search_of_the_past_is_one_search_and_a_read_for_each_memory_that_changed_since(policy: Policy) -> None:
    request = _past(policy, _history(policy), similaritySearchParams={"searchQuery": "tea", "topK": 9})
    calls = _counting(policy)
    assert len(retrieve.retrieve_similar(policy.ports, policy.engine, request, accept=None)) == 5
    assert calls == {"get": 1, "nearest": 1, "query": 1 + 3}


def test_accepting_a_generation_is_one_read_one_commit_and_one_task(policy: Policy) -> None:
    calls = _counting(policy)
    policy.accept("I like tea")
    # The queue of these tests keeps its tasks in the same store: the task is in the same commit.
    assert calls == {"get": 1, "commit": 1}
    elsewhere: list[Task] = []
    ports = replace(policy.ports, queue=cast(RunningQueue, SimpleNamespace(enqueue=elsewhere.append)))
    calls.clear()
    replace(policy, ports=ports).accept("I like plums")
    assert (calls, len(elsewhere)) == ({"get": 1, "commit": 1}, 1)


@pytest.mark.parametrize("count", [1, 3])
def test_a_generation_of_new_facts_costs_two_commits_and_one_search_for_each(policy: Policy, count: int) -> None:
    policy.remember("I live in Paris")
    name = policy.accept(*(f"I like tea number {number}" for number in range(count)))
    calls = _counting(policy)
    policy.deliver(name)
    # In one call the operation and the engine; in one the scope and, as this bank remembers no configuration, the
    # engine once more after the extraction; and the exact repeats.
    assert calls == {"get_many": 2, "query": 1, "nearest": count, "commit": 2}


def test_a_generation_of_repeats_costs_two_commits_and_no_search(policy: Policy) -> None:
    policy.remember("I like tea")
    name = policy.accept("I like tea")
    calls = _counting(policy)
    policy.deliver(name)
    assert calls == {"get_many": 2, "query": 1, "commit": 2}


def test_a_generation_on_one_machine_costs_three_commits_and_five_reads(policy: Policy) -> None:
    """Its task comes with the operation and goes with the result; who waits for the answer reads that once."""
    policy.remember("I live in Paris")
    queue = InProcessQueue(policy.ports.store, clock=policy.clock, poll=LONG, visibility=LONG)
    ports = replace(policy.ports, queue=queue)
    costs: list[Counter[str]] = []
    with queue:
        queue.start(lambda attempt: worker.run(ports, attempt))
        for number in range(9):  # the first may come before the queue has looked whether something waits already
            calls = _counting(policy)
            name = replace(policy, ports=ports).accept(f"I like tea number {number}")
            identifier = name.rpartition("/")[2]
            assert queue.wait_idle(LONG)  # who comes earlier may look once before the result is there
            operation = operations.wait(ports, policy.engine, identifier, parent=str(policy.engine), timeout=LONG)
            assert operation.done
            costs.append(Counter({name: count for name, count in calls.items() if name != "count"}))
    assert Counter(get=2, get_many=2, query=1, nearest=1, commit=3) in costs
    assert policy.tasks() == []


def test_a_generation_does_not_read_an_engine_that_its_instance_remembers(policy: Policy) -> None:
    remembering = replace(policy, ports=replace(policy.ports, configs=ConfigCache(timedelta(seconds=60))))
    calls = _counting(remembering)
    remembering.deliver(remembering.accept("I like tea"))
    assert (calls["get_many"], calls["get"]) == (1, 2), "the engine when it is accepted, and the scope"
    name = remembering.accept("I like coffee")
    calls.clear()
    remembering.deliver(name)
    assert calls == {"get": 2, "query": 1, "nearest": 1, "commit": 2}


def test_work_that_needs_no_configuration_does_not_ask_whether_the_engine_lives(policy: Policy) -> None:
    policy.remember("I like tea")
    begun = engines.delete(policy.ports, policy.engine, force=True)
    policy.deliver(begun.name)
    assert policy.ports.store.below(policy.engine.path, limit=9) == [path_of(begun.name)]


def test_an_instance_reads_a_configuration_once_a_minute(policy: Policy) -> None:
    policy.remember("I like tea")
    ports = replace(policy.ports, configs=ConfigCache(timedelta(seconds=60)))
    request = RetrieveMemoriesRequest.model_validate({"scope": SCOPE, "similaritySearchParams": {"searchQuery": "tea"}})
    calls = _counting(policy)
    for _ in range(3):
        retrieve.retrieve_similar(ports, policy.engine, request, accept=None)
    assert calls == {"get": 1, "nearest": 3}
    policy.clock.advance(timedelta(seconds=60))
    retrieve.retrieve_similar(ports, policy.engine, request, accept=None)
    assert calls == {"get": 2, "nearest": 4}


def test_a_configuration_that_cannot_be_read_is_not_remembered(policy: Policy) -> None:
    ports = replace(policy.ports, configs=ConfigCache(timedelta(seconds=60)))
    unknown = EngineName("p", "us-central1", "unknown")
    for _ in range(2):
        with pytest.raises(NotFound):
            engines.recent_config(ports, unknown)


def test_an_event_that_waits_costs_two_reads_and_one_commit_and_its_stream_one_task(policy: Policy) -> None:
    streaming = Streaming(policy)
    calls = _counting(policy)
    streaming.ingest(event("a", identifier="a"), **rule(idleDuration="60s", eventCount=9))
    # The engine, and in one call the stream and the event's id. The second commit is the task.
    assert calls == {"get": 1, "get_many": 1, "commit": 2}
    calls.clear()
    streaming.ingest(event("b", identifier="b"), event("c", identifier="c"))
    assert calls == {"get": 1, "get_many": 1, "commit": 1}
    calls.clear()
    streaming.ingest(event("b", identifier="b"))
    assert calls == {"get": 1, "get_many": 1}


def test_a_flush_costs_one_commit_beside_the_reading_of_its_operation(policy: Policy) -> None:
    streaming = Streaming(policy)
    calls = _counting(policy)
    streaming.ingest("a")
    assert calls == {"get": 1, "get_many": 1, "commit": 2}
    streaming.ingest("a", **rule(idleDuration="60s"))
    calls.clear()
    streaming.ingest("b", forceFlush=True)
    assert calls == {"get": 2, "get_many": 1, "commit": 2}
    [timer] = streaming.timers()
    streaming.ingest("c")
    policy.clock.advance(MINUTE)
    calls.clear()
    streaming.deliver(timer)
    # The operation twice, by the worker (beside the engine) and for the flush, and the stream.
    assert calls == {"get_many": 1, "get": 2, "commit": 2}

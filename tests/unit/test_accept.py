"""The acceptance of a generation: what a caller is told of one that failed half-way, and what is left of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta
from types import SimpleNamespace
from typing import Any, cast

import pytest

from memorybank.bank import worker
from memorybank.bank.generation import accept
from memorybank.bank.sweep import sweep
from memorybank.errors import Unavailable
from memorybank.ports.documents import Document, DocumentStore, Version, Write
from memorybank.ports.models import ExtractedFact, ExtractionRequest
from memorybank.ports.tasks import Attempt, Task
from memorybank.resources.generation import GenerateMemoriesRequest
from memorybank.resources.names import path_of
from memorybank.resources.wire import parse
from memorybank.testing.scripted import ScriptedModel
from tests.unit.policy import SCOPE, Policy, open_policy

REQUEST = {
    "scope": SCOPE,
    "directContentsSource": {"events": [{"content": {"role": "user", "parts": [{"text": "I like tea"}]}}]},
}


class _Queue:
    """A queue that does something with a task, and then says that it could not take it."""

    def __init__(self, act: Callable[[Task], None]) -> None:
        self._act = act

    def enqueue(self, task: Task) -> None:
        """Fail."""
        self._act(task)
        raise Unavailable("the answer is lost")


def _accept(policy: Policy, act: Callable[[Task], None]) -> str:
    ports = replace(policy.ports, queue=cast(Any, _Queue(act)))
    return accept.accept(ports, policy.engine, parse(GenerateMemoriesRequest, REQUEST)).name


def test_an_acceptance_that_no_worker_has_heard_of_is_withdrawn() -> None:
    policy = open_policy()
    with pytest.raises(Unavailable):
        _accept(policy, lambda _: None)
    assert [path for path in policy.ports.store.below(policy.engine.path, limit=10) if "/scopes/" in path] == []
    assert policy.generate("I like tea") == ["CREATED"], "asking again is asking for the first time"
    assert policy.facts() == ["I like tea"]


def test_an_acceptance_whose_worker_was_quicker_than_the_error_succeeds() -> None:
    """Were its caller told to ask again, everything would be remembered twice."""
    policy = open_policy()
    name = _accept(policy, lambda task: worker.run(policy.ports, Attempt(task, 1, final=False)))
    assert policy.actions(name) == ["CREATED"]
    assert policy.facts() == ["I like tea"]


class _Down:
    """A store that does, or does not do, what it is asked to commit, and then cannot be reached any more."""

    def __init__(self, store: DocumentStore) -> None:
        self._store, self.is_down, self.commits_first = store, False, False
        self.count, self.nearest, self.below = store.count, store.nearest, store.below
        self.close, self.scrub, self.query = store.close, store.scrub, store.query

    def get(self, path: str, *, fields: Sequence[str] | None = None) -> Document | None:
        self._check()
        return self._store.get(path, fields=fields)

    def get_many(self, paths: Sequence[str], *, fields: Sequence[str] | None = None) -> list[Document | None]:
        self._check()
        return self._store.get_many(paths, fields=fields)

    def commit(self, writes: Sequence[Write]) -> list[Version]:
        self._check()
        if self.commits_first:
            self._store.commit(writes)
            self.is_down, self.commits_first = True, False
        self._check()
        return self._store.commit(writes)

    def _check(self) -> None:
        if self.is_down:
            raise Unavailable("the store is down")


def _finish(policy: Policy) -> list[str]:
    """Let the sweep find what it can, do all work, and return the operations that there were."""
    policy.clock.advance(timedelta(minutes=11))
    sweep(policy.ports)
    names = sorted({task.data["body"] for task in policy.tasks()})
    for name in names:
        policy.deliver(name)
    return names


def test_a_caller_who_repeats_a_request_that_failed_and_could_not_be_withdrawn_joins_it() -> None:
    policy = open_policy(wrap=_Down)
    store = cast(_Down, policy.ports.store)
    store.commits_first = True
    with pytest.raises(Unavailable):
        policy.accept("I like tea")
    store.is_down = False
    policy.clock.advance(timedelta(seconds=1))
    name = policy.accept("I like tea")
    assert _finish(policy) == [name]
    assert policy.actions(name) == ["CREATED"]
    assert len(policy.revisions(policy.record("I like tea").path)) == 1


def test_a_large_request_that_is_repeated_is_stored_once() -> None:
    policy = open_policy(ScriptedModel(extract=lambda _: [ExtractedFact("I like tea")]))
    lines = ["x" * 250_000] * 6
    name = policy.accept(*lines)
    parts = policy.ports.store.below(path_of(name), limit=10)
    policy.clock.advance(timedelta(seconds=1))
    assert policy.accept(*lines) == name
    assert policy.ports.store.below(path_of(name), limit=10) == parts
    assert _finish(policy) == [name]
    assert policy.actions(name) == ["CREATED"]
    assert policy.ports.store.below(path_of(name), limit=10) == []


def test_the_same_request_at_the_same_time_is_another_one() -> None:
    policy = open_policy()
    first, second = policy.accept("I like tea"), policy.accept("I like tea")
    assert _finish(policy) == sorted([first, second])
    assert len(policy.revisions(policy.record("I like tea").path)) == 2


def test_the_same_request_after_the_first_was_worked_on_is_a_new_one() -> None:
    policy = open_policy()
    first = policy.accept("I like tea")
    policy.deliver(first)
    policy.clock.advance(timedelta(seconds=1))
    second = policy.accept("I like tea")
    policy.deliver(second)
    assert first != second
    assert (policy.actions(first), policy.actions(second)) == (["CREATED"], ["UPDATED"])


def test_a_request_that_differs_in_anything_is_another_one() -> None:
    policy = open_policy()
    names = {
        policy.accept("I like tea"),
        policy.accept("I like tea."),
        policy.accept("I like tea", scope={"user_id": "bob"}),
        policy.accept("I like tea", revisionLabels={"a": "b"}),
    }
    assert len(names) == 4


def test_an_acceptance_that_fails_does_not_withdraw_the_same_request_of_another_call() -> None:
    policy = open_policy()
    first = policy.accept("I like tea")
    with pytest.raises(Unavailable):
        _accept(policy, lambda _: None)
    policy.deliver(first)
    assert policy.actions(first) == ["CREATED"]


@pytest.mark.parametrize(
    ("allowed", "asked"),
    [(["USER_PREFERENCES"], {"USER_PREFERENCES"}), (["EXPLICIT_INSTRUCTIONS"], {"EXPLICIT_INSTRUCTIONS"})],
)
def test_a_model_is_asked_for_the_topics_that_the_request_allows_only(allowed: list[str], asked: set[str]) -> None:
    model = ScriptedModel()
    policy = open_policy(model)
    policy.generate("I like tea", allowedTopics=[{"managedMemoryTopic": topic} for topic in allowed])
    [request] = model.requests
    assert isinstance(request, ExtractionRequest)
    assert {topic.key for topic in request.topics} == asked


def test_a_request_that_is_repeated_after_it_was_withdrawn_has_a_task_of_another_name() -> None:
    """A queue may know the first task although its answer was lost, and would drop a second one of that name."""
    policy = open_policy()
    names: list[tuple[str, str]] = []
    for _ in range(2):
        with pytest.raises(Unavailable):
            _accept(policy, lambda task: names.append((task.name, task.body)))
    [(first, operation), (second, again)] = names
    assert operation == again
    assert first != second


def test_the_task_of_a_withdrawn_request_does_not_carry_on_the_same_request_when_it_is_repeated() -> None:
    """The queue took the first task, although it said that it failed; both tasks would do the same work."""
    model = ScriptedModel()
    policy = open_policy(model)
    tasks: list[Task] = []
    with pytest.raises(Unavailable):
        _accept(policy, tasks.append)
    name = policy.accept("I like tea")
    [withdrawn] = tasks
    worker.run(policy.ports, Attempt(withdrawn, 1, final=False))
    assert model.requests == []
    [task] = policy.tasks()
    worker.run(policy.ports, Attempt(Task(task.id, task.data["body"]), 1, final=False))
    assert policy.actions(name) == ["CREATED"]


class _Doubling:
    """A store in which every commit that creates something arrives twice; the second answer comes back."""

    def __init__(self, store: DocumentStore) -> None:
        self._store = store

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    def commit(self, writes: Sequence[Write]) -> list[Version]:
        """Commit twice."""
        self._store.commit(writes)
        return self._store.commit(writes)


def test_an_acceptance_whose_commit_arrives_twice_is_accepted_once() -> None:
    """The second answer says that the operation exists, and it is this one."""
    policy = open_policy()
    turns = ["I like tea", *(f"{number} {'x' * 200_000}" for number in range(6))]
    events = [{"content": {"role": "user", "parts": [{"text": turn}]}} for turn in turns]
    request = parse(GenerateMemoriesRequest, {**REQUEST, "directContentsSource": {"events": events}})
    tasks: list[Task] = []
    queue = SimpleNamespace(enqueue=tasks.append)
    ports = replace(policy.ports, store=cast(Any, _Doubling(policy.ports.store)), queue=cast(Any, queue))
    name = accept.accept(ports, policy.engine, request).name
    [task] = tasks
    assert task.body == name
    stored = policy.ports.store.get(path_of(name))
    assert stored
    assert accept.request_of(policy.ports, stored) == request

"""The acceptance of a generation: what a caller is told of one that failed half-way, and what is left of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any, cast

import pytest

from memorybank.bank import worker
from memorybank.bank.generation import accept
from memorybank.errors import Unavailable
from memorybank.ports.models import ExtractionRequest
from memorybank.ports.tasks import Attempt, Task
from memorybank.resources.generation import GenerateMemoriesRequest
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

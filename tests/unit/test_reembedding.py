"""A change of the embedding model: every memory gets a vector of the new one, whatever happens meanwhile."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from memorybank.bank import engines, operation_tasks, operations
from memorybank.bank.memories import crud, reembedding, retrieve
from memorybank.errors import FailedPrecondition, Unavailable
from memorybank.models.offline import OfflineEmbedder
from memorybank.ports.documents import Query, Vector, Write
from memorybank.ports.models import ExtractedFact, ExtractionRequest, Purpose
from memorybank.resources.engine import ReasoningEngine
from memorybank.resources.memory import Memory
from memorybank.resources.operation import Operation
from memorybank.resources.operation_kinds import REEMBED_MEMORIES
from memorybank.resources.retrieval import RetrieveMemoriesRequest
from memorybank.resources.wire import parse
from memorybank.testing.scripted import ScriptedModel, sentences
from tests.unit.policy import SCOPE, Interfering, Policy, open_policy

LIFETIME = timedelta(minutes=1)


class Models(OfflineEmbedder):
    """An embedder of as many models as are named, which counts the texts it is given; `bad` ones cannot be had."""

    def __init__(self, *bad: str) -> None:
        super().__init__()
        self._bad = bad
        self.texts: list[str] = []

    def resolve(self, model: str | None) -> str:
        if model in self._bad:
            raise FailedPrecondition(f"there is no model {model}")
        return f"{model or 'usual'}@256"

    def embed(self, texts: list[str], *, purpose: Purpose, model: str | None = None) -> list[Vector]:
        self.texts += texts
        turn = len(model or "")  # vectors of different models have nothing in common
        found = super().embed(texts, purpose=purpose, model=model)
        return [Vector((*vector.values[turn:], *vector.values[:turn])) for vector in found]


def _policy(count: int, *bad: str, cached: timedelta = timedelta(0)) -> tuple[Policy, Models]:
    """Open a bank with so many memories."""
    models = Models(*bad)
    policy = open_policy(wrap=Interfering, embedder=models, cached=cached)
    for number in range(count):
        policy.remember(f"fact {number}")
    models.texts.clear()
    return policy, models


def _change(policy: Policy, model: str) -> Operation:
    """Give the engine another embedding model and return the operation that this begins."""
    before = set(_operations(policy))
    config = {"contextSpec": {"memoryBankConfig": {"similaritySearchConfig": {"embeddingModel": model}}}}
    engines.update(policy.ports, policy.engine, parse(ReasoningEngine, config), mask=None)
    [name] = [name for name in _operations(policy) if name not in before]
    return policy.operation(name)


def _operations(policy: Policy) -> list[str]:
    found = policy.ports.store.query(Query(f"{policy.engine.path}/operations", limit=1000))
    return [document.data["name"] for document in found if document.data["kind"] == REEMBED_MEMORIES.name]


def _models(policy: Policy) -> set[str]:
    return {record.embedding_model for record in policy.records()}


def _found(policy: Policy, query: str) -> list[str | None]:
    request = parse(RetrieveMemoriesRequest, {"scope": SCOPE, "similaritySearchParams": {"searchQuery": query}})
    return [hit.memory.fact for hit in retrieve.retrieve_similar(policy.ports, policy.engine, request, accept=None)]


def _told(policy: Policy, operation: Operation) -> dict[str, Any]:
    """Return what the metadata of an operation say."""
    value = policy.operation(operation.name).to_wire("v1beta1")["metadata"]["value"]
    return {key: value[key] for key in value if key != "genericMetadata"}


def test_another_model_embeds_everything_anew_and_changes_nothing_else() -> None:
    policy, models = _policy(250)
    before = {record.path: record for record in policy.records()}
    revisions = [policy.revisions(path) for path in before]
    operation = _change(policy, "other")
    assert not operation.done
    assert _found(policy, "fact 7") == [], "vectors of different models never meet"
    models.texts.clear()
    policy.deliver(operation.name)
    assert policy.operation(operation.name).done
    assert _told(policy, operation) == {"reembeddedCount": 250, "embeddingModel": "other@256"}
    assert sorted(models.texts) == sorted(record.fact for record in before.values())
    assert _found(policy, "fact 7")[0] == "fact 7"
    assert [policy.revisions(path) for path in before] == revisions
    for record in policy.records():
        old = before[record.path]
        assert record.embedding != old.embedding
        assert record.snapshot() == {**old.snapshot(), "embedding_model": "other@256"}


def test_what_has_the_vectors_of_the_model_already_is_left_alone() -> None:
    policy, models = _policy(3)
    operation = engines.reembed(policy.ports, policy.engine)
    policy.deliver(operation.name)
    assert policy.operation(operation.name).done
    assert _told(policy, operation)["reembeddedCount"] == 0
    assert models.texts == []


def test_a_change_of_anything_else_embeds_nothing() -> None:
    policy, _ = _policy(1)
    engines.update(policy.ports, policy.engine, parse(ReasoningEngine, {"displayName": "x"}), mask=["display_name"])
    assert _operations(policy) == []


def test_progress_is_told_and_a_worker_that_dies_goes_on_where_it_was() -> None:
    policy, models = _policy(250)
    operation = _change(policy, "other")
    commits: list[Sequence[Write]] = []

    def die(writes: Sequence[Write]) -> None:
        commits.append(writes)
        if len(commits) == 2:
            raise Unavailable("the store is out of reach")

    policy.interfere(die)
    policy.deliver(operation.name)
    policy.interfere(lambda _: None)
    assert not policy.operation(operation.name).done
    assert _told(policy, operation) == {"reembeddedCount": 100, "embeddingModel": "other@256"}
    assert _models(policy) == {"other@256", "usual@256"}
    assert len(_found(policy, "fact")) > 0, "what is ready is found"
    policy.deliver(operation.name)
    policy.deliver(operation.name)
    assert _models(policy) == {"other@256"}
    assert _told(policy, operation)["reembeddedCount"] == 250
    assert len(models.texts) <= 250 + 100 + 1, "only the lost step is paid for twice, and the query"


def test_memories_that_change_or_go_meanwhile_keep_what_was_done_to_them() -> None:
    policy, _ = _policy(30)
    [changed, gone, *_] = [record.path for record in policy.records()]
    operation = _change(policy, "other")

    def interfere(_: Sequence[Write]) -> None:
        policy.interfere(lambda _: None)
        crud.update(policy.ports, changed, parse(Memory, {"fact": "changed"}), mask=["fact"])
        crud.delete(policy.ports, gone)

    policy.interfere(interfere)
    policy.deliver(operation.name)
    assert policy.operation(operation.name).done
    assert _models(policy) == {"other@256"}
    assert len(policy.records()) == 29
    assert _found(policy, "changed")[0] == "changed"


def test_a_model_that_is_changed_again_meanwhile_is_the_one_that_counts() -> None:
    policy, _ = _policy(150)
    first = _change(policy, "other")

    def change_again(_: Sequence[Write]) -> None:
        policy.interfere(lambda _: None)
        _change(policy, "third")

    policy.interfere(change_again)
    policy.deliver(first.name)
    assert policy.operation(first.name).done
    for name in _operations(policy):
        policy.deliver(name)
    assert _models(policy) == {"third@256"}
    assert all(policy.operation(name).done for name in _operations(policy))


def test_who_still_believes_the_old_configuration_is_waited_for() -> None:
    policy, _ = _policy(2, cached=LIFETIME)
    engines.recent_config(policy.ports, policy.engine)
    operation = _change(policy, "other")
    policy.deliver(operation.name)
    assert _models(policy) == {"other@256"}
    assert not policy.operation(operation.name).done
    generated = policy.accept_source(directMemoriesSource={"directMemories": [{"fact": "late"}]})
    policy.deliver(generated)
    assert _models(policy) == {"other@256", "usual@256"}, "the cached configuration has the old model"
    *_, task = policy.tasks()
    assert task.data["body"] == operation.name
    policy.clock.advance(4 * LIFETIME)
    policy.deliver(operation.name)
    assert policy.operation(operation.name).done
    assert _models(policy) == {"other@256"}


def test_a_worker_whose_turn_is_over_puts_the_rest_into_the_queue() -> None:
    policy, _ = _policy(150)
    operation = _change(policy, "other")
    policy.interfere(lambda _: policy.clock.advance(timedelta(minutes=11)))
    before = {task.id for task in policy.tasks()}
    policy.deliver(operation.name)
    policy.interfere(lambda _: None)
    assert not policy.operation(operation.name).done
    [task] = [task for task in policy.tasks() if task.id not in before]
    assert task.data["body"] == operation.name
    policy.deliver(operation.name)
    assert _models(policy) == {"other@256"}


def test_expired_memories_are_removed_and_cost_nothing() -> None:
    policy, models = _policy(1)
    policy.remember("short-lived", ttl="60s")
    models.texts.clear()
    policy.clock.advance(timedelta(minutes=2))
    operation = _change(policy, "other")
    policy.deliver(operation.name)
    assert models.texts == ["fact 0"]
    assert policy.facts() == ["fact 0"]
    assert _told(policy, operation)["reembeddedCount"] == 1


def test_a_cancelled_operation_commits_nothing_more() -> None:
    policy, models = _policy(250)
    operation = _change(policy, "other")

    def cancel(_: Sequence[Write]) -> None:
        policy.interfere(lambda _: None)
        policy.cancel(operation.name)

    policy.interfere(cancel)
    policy.deliver(operation.name)
    assert len(models.texts) == 100
    assert _models(policy) == {"usual@256"}


def test_the_end_of_the_engine_ends_the_work() -> None:
    policy, models = _policy(250)
    operation = _change(policy, "other")

    def delete(_: Sequence[Write]) -> None:
        policy.interfere(lambda _: None)
        engines.delete(policy.ports, policy.engine, force=True)

    policy.interfere(delete)
    policy.deliver(operation.name)
    assert len(models.texts) == 100
    assert not policy.operation(operation.name).done


def test_a_model_that_cannot_be_had_fails_the_operation_and_says_why() -> None:
    policy, _ = _policy(2, "missing")
    operation = _change(policy, "missing")
    policy.deliver(operation.name)
    error = policy.operation(operation.name).error
    assert error is not None
    assert "there is no model missing" in error["message"]
    assert _models(policy) == {"usual@256"}


def test_engines_whose_vectors_are_of_another_model_are_named() -> None:
    policy, _ = _policy(2, "missing")
    assert list(reembedding.outdated(policy.ports)) == []
    _change(policy, "other")
    assert list(reembedding.outdated(policy.ports)) == [policy.engine]
    _change(policy, "missing")
    assert list(reembedding.outdated(policy.ports)) == []


def test_an_update_that_the_queue_does_not_hear_of_is_made_and_taken_up_by_the_sweep() -> None:
    policy, _ = _policy(1)

    def refuse_tasks(writes: Sequence[Write]) -> None:
        if any(write.path.startswith("tasks/") for write in writes):
            raise Unavailable("the queue is out of reach")

    policy.interfere(refuse_tasks)
    operation = _change(policy, "other")
    policy.interfere(lambda _: None)
    assert policy.tasks() == []
    policy.clock.advance(operations.STALLED_AFTER)
    operation_tasks.resume(policy.ports)
    assert [task.data["body"] for task in policy.tasks()] == [operation.name]


def test_a_generation_during_whose_reading_the_model_changes_has_vectors_of_the_new_one() -> None:
    """Reading a conversation may take minutes, and what has the vectors of the old model is found by nobody."""

    def extract(request: ExtractionRequest) -> list[ExtractedFact]:
        _change(policy, "another")
        return sentences(request)

    policy = open_policy(ScriptedModel(extract=extract), embedder=Models())
    assert policy.generate("I like tea") == ["CREATED"]
    assert _models(policy) == {"another@256"}

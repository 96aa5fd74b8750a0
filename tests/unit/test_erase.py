"""Erasing a scope: nothing of it is left, whatever was under way, and nothing of any other is touched."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import timedelta
from functools import partial
from typing import Any, cast

import pytest

from memorybank.bank import engines, operations, payloads
from memorybank.bank.generation import lease, undo
from memorybank.bank.memories import crud, erase, revisions
from memorybank.errors import Aborted, MemoryBankError, NotFound, Unavailable
from memorybank.ports.documents import Create, Delete, Document, DocumentStore, Put, Query, Where, Write
from memorybank.ports.models import Decision, DecisionRequest, ExtractionRequest
from memorybank.resources.engine import ReasoningEngine
from memorybank.resources.erasure import EraseMemoriesRequest, ErasureReceipt
from memorybank.resources.memory import Memory
from memorybank.resources.names import EngineName
from memorybank.resources.scopes import scope_key
from memorybank.resources.wire import parse
from memorybank.testing.scripted import ScriptedModel, nothing, sentences
from memorybank.text.kept import kept
from tests.traces import traces
from tests.unit.between import Between
from tests.unit.policy import SCOPE, Interfering, Policy, open_policy

OTHER = {"user_id": "grace"}
TEA, PARIS, WORD = "I like oolong tea", "I live in Paris", "oolong"
_MINUTE = timedelta(minutes=1)


def _policy(model: ScriptedModel | None = None) -> Policy:
    return open_policy(model, wrap=Interfering)


def _erase(policy: Policy, *, scope: dict[str, str] | None = None, sessions: bool = False) -> ErasureReceipt:
    request = EraseMemoriesRequest(scope=scope or SCOPE, include_sessions=sessions)
    return erase.erase(policy.ports, policy.engine, request)


def _live(policy: Policy, scope: dict[str, str]) -> None:
    """Leave something of every kind that a scope leaves."""
    policy.remember(TEA, scope=scope)
    policy.generate(PARIS, scope=scope)
    policy.clock.advance(_MINUTE)
    policy.generate("i like OOLONG tea", scope=scope)
    gone = policy.remember("I had oolong", scope=scope)
    crud.update(policy.ports, gone, parse(Memory, {"fact": "I had more oolong"}), mask=None)
    crud.delete(policy.ports, gone)
    policy.accept(*["oolong " * 30_000] * 6, scope=scope)  # waits in the queue, its payload in parts
    policy.cancel(policy.accept(TEA, scope=scope))
    path = policy.engine.child("streams", "-".join(["s", *scope.values()]))
    events = [{"text": WORD}]
    policy.ports.store.commit(
        [
            Create(path, {"scope": scope, "scope_key": scope_key(scope), "events": events}),
            Create(f"{path}/batches/1", {"scope": scope, "request": b"oolong"}),
            Create(f"{path}/batches/1/parts/0", {"scope_key": scope_key(scope), "bytes": b"oolong"}),
            Create(f"{path}/seen/1", {"scope": scope}),
        ]
    )


def _sessions(policy: Policy, scope: dict[str, str], count: int = 1) -> None:
    for number in range(count):
        path = policy.engine.child("sessions", f"{scope['user_id']}-{number}")
        data = {"scope": scope, "scope_key": scope_key(scope), "user_id": scope["user_id"]}
        part = {"scope": scope, "scope_key": data["scope_key"], "bytes": b"oolong"}
        event, below = Create(f"{path}/events/1", {"scope": scope}), Create(f"{path}/events/1/parts/0", part)
        policy.ports.store.commit([Create(path, data), event, below])


def _state(policy: Policy) -> dict[str, Any]:
    store = policy.ports.store
    paths = store.below("engines", limit=10_000)
    return {path: document and document.data for path, document in zip(paths, store.get_many(paths), strict=True)}


def _second_engine(policy: Policy) -> Policy:
    name = EngineName("p", "us-central1", "2")
    engines.create(policy.ports, name, ReasoningEngine())
    return Policy(policy.ports, name, policy.clock)


def test_nothing_of_the_scope_is_left_and_the_receipt_counts_what_went() -> None:
    policy = _policy()
    _live(policy, SCOPE)
    _sessions(policy, SCOPE, count=2)
    assert traces(policy.ports.store, SCOPE, WORD)
    before = len(_state(policy))
    receipt = _erase(policy, sessions=True)
    assert receipt.finished
    assert receipt.erase_time == policy.clock.now()
    assert traces(policy.ports.store, SCOPE, WORD) == []
    counts = receipt.erased.model_dump()
    assert sum(counts.values()) == before - len(_state(policy))
    kinds = {"memories": 2, "revisions": 6, "operations": 8, "streams": 1, "sessions": 2, "events": 2}
    # Parts of the large payload, a batch with its part, an event id, the scope itself, and parts of the events.
    assert counts == {**kinds, "other": 8}


def test_other_scopes_and_engines_are_left_as_they_are() -> None:
    policy = _policy()
    second = _second_engine(policy)
    _live(policy, OTHER)
    _sessions(policy, OTHER)
    _live(policy, {"user_id": "ada", "app": "x"})
    _live(second, SCOPE)
    others = _state(policy)
    _live(policy, SCOPE)
    assert _erase(policy).finished
    assert _state(policy) == others


def test_a_scope_that_nothing_is_known_of_is_erased_as_well() -> None:
    policy = _policy()
    receipt = _erase(policy)
    assert receipt.finished
    assert set(receipt.erased.model_dump().values()) == {0}


def test_sessions_are_left_unless_they_are_asked_for() -> None:
    policy = _policy()
    _sessions(policy, SCOPE)
    kept = _state(policy)
    _live(policy, SCOPE)
    _erase(policy)
    assert _state(policy) == kept


def test_the_engine_must_exist() -> None:
    policy = _policy()
    with pytest.raises(NotFound):
        erase.erase(policy.ports, EngineName("p", "us-central1", "9"), EraseMemoriesRequest(scope=SCOPE))


def test_more_documents_than_one_page_of_several_engines_are_all_found() -> None:
    policy = _policy()
    second = _second_engine(policy)
    for each in (second, policy):
        key = scope_key(SCOPE)
        for start in range(0, 450, 150):
            writes = [
                Create(each.engine.child("memories", f"gone/revisions/{start + n}"), {"scope": SCOPE, "scope_key": key})
                for n in range(150)
            ]
            policy.ports.store.commit(writes)
    assert _erase(policy).erased.revisions == 450
    group = Query("revisions", group=True, where=(Where("scope_key", "==", scope_key(SCOPE)),), limit=1000)
    assert len(policy.ports.store.query(group)) == 450


def test_parts_of_an_acceptance_that_died_are_found_too() -> None:
    policy = _policy()
    path = policy.engine.child("operations", "never-created")
    payloads.store(policy.ports, path, b"oolong" * 300_000, scope_key=scope_key(SCOPE))
    assert traces(policy.ports.store, SCOPE, WORD)
    assert _erase(policy).finished
    assert traces(policy.ports.store, SCOPE, WORD) == []


def _between(store: DocumentStore) -> DocumentStore:
    return cast("DocumentStore", Between(store))


def _alone(policy: Policy) -> list[str]:
    return [policy.accept(PARIS, "i like oolong tea")]


def _in_company(policy: Policy) -> list[str]:
    names = [policy.accept(f"I like oolong number {number}") for number in range(3)]
    policy.wait(*names)
    return names


def _fails_in_company(request: DecisionRequest) -> list[Decision]:
    if len(request.facts) > 1:
        raise Unavailable("too much at once")
    return []


@pytest.mark.parametrize("begin", [_alone, _in_company])
@pytest.mark.parametrize("decide", [nothing, _fails_in_company])
def test_an_erasure_at_any_step_of_a_generation_leaves_nothing(
    begin: Callable[[Policy], list[str]], decide: Callable[[DecisionRequest], list[Decision]]
) -> None:
    for step in itertools.count(1):
        policy = open_policy(ScriptedModel(decide=decide), wrap=_between)
        between: Any = policy.ports.store
        policy.remember(TEA)
        names = begin(policy)
        between.calls, between.at, between.then = 0, step, partial(_erase, policy)
        for name in (*names, *names):
            with suppress(MemoryBankError):
                policy.deliver(name)
        if between.at == step:
            assert step > 5, "all steps have been tried"
            return
        assert traces(policy.ports.store, SCOPE, WORD) == [], f"at step {step}"


@pytest.mark.parametrize("moment", ["extract", "decide"])
def test_an_erasure_during_a_model_call_leaves_nothing(moment: str) -> None:
    erased: list[ErasureReceipt] = []

    def extract(request: ExtractionRequest) -> Any:
        if moment == "extract":
            erased.append(_erase(policy))
        return sentences(request)

    def decide(request: DecisionRequest) -> Any:
        del request
        if moment == "decide":
            erased.append(_erase(policy))
        return []

    policy = _policy(ScriptedModel(extract=extract, decide=decide))
    policy.remember("I like green oolong")
    name = policy.accept(TEA)
    for _ in range(2):
        with suppress(MemoryBankError):
            policy.deliver(name)
    assert len(erased) == 1
    assert traces(policy.ports.store, SCOPE, WORD) == []
    with pytest.raises(NotFound):
        policy.operation(name)


def test_a_generation_that_waits_beside_the_lease_is_withdrawn_and_its_look_back_leaves_nothing() -> None:
    policy = _policy()
    policy.hold_lease()
    name = policy.accept(TEA)
    policy.deliver(name)
    document = policy.ports.store.get(policy.engine.child("operations", name.rpartition("/")[2]))
    assert document is not None
    assert document.data["waiting_scope"] == scope_key(SCOPE)
    _erase(policy)
    # Whoever took it up read the operation before: it must not bring the scope's document back.
    path = policy.engine.child("scopes", scope_key(SCOPE))
    with pytest.raises(NotFound):
        lease.acquire(policy.ports, path, owner="x", proof=(operations.require_exists(policy.ports, document.path),))
    policy.deliver(name)
    assert traces(policy.ports.store, SCOPE, WORD) == []


def _erase_once(policy: Policy, _: Sequence[Write]) -> None:
    policy.interfere(lambda _: None)
    assert _erase(policy).finished


def test_a_generation_whose_operation_is_there_goes_on_where_only_the_scopes_document_is_gone() -> None:
    policy = _policy()
    policy.hold_lease()
    name = policy.accept(TEA)
    policy.deliver(name)
    policy.ports.store.commit([Delete(policy.engine.child("scopes", scope_key(SCOPE)))])
    policy.deliver(name, number=2)
    assert policy.actions(name) == ["CREATED"]


def _generate_whole(policy: Policy) -> None:
    policy.generate("I drink oolong daily")


def _roll_back(policy: Policy) -> None:
    path = policy.engine.child("memories", "gone")
    query = Query(f"{path}/revisions", limit=1)
    for revision in policy.ports.store.query(query):
        with suppress(MemoryBankError):
            revisions.rollback(policy.ports, path, revision.id)


def _undo_all(policy: Policy) -> None:
    query = Query(f"{policy.engine.path}/operations", where=(Where("kind", "==", "GenerateMemories"),))
    for operation in policy.ports.store.query(query):
        with suppress(MemoryBankError):
            undo.undo(policy.ports, policy.engine, operation.id)


def _finish_waiting(policy: Policy) -> None:
    query = Query(f"{policy.engine.path}/operations", where=(Where("kind", "==", "GenerateMemories"),))
    for operation in policy.ports.store.query(query):
        with suppress(MemoryBankError):
            policy.deliver(operation.data["name"])


@pytest.mark.parametrize("writer", [_generate_whole, _roll_back, _undo_all, _finish_waiting])
def test_whatever_writes_between_two_steps_of_the_erasure_is_erased_too(writer: Callable[[Policy], None]) -> None:
    """At every step in turn. Only a generation after the last of them is a new request, which is left, and whole."""
    for step in itertools.count(1):
        policy = open_policy(wrap=_between)
        between: Any = policy.ports.store
        policy.generate(TEA)
        memory = parse(Memory, {"fact": "I had oolong", "scope": SCOPE})
        crud.create(policy.ports, policy.engine, memory, memory_id="gone")
        crud.delete(policy.ports, policy.engine.child("memories", "gone"))
        policy.accept("I will have oolong")
        between.calls, between.at, between.then = 0, step, partial(writer, policy)
        assert _erase(policy).finished
        if between.at == step:
            assert step > 10, "all steps have been tried"
            return
        left = traces(policy.ports.store, SCOPE, WORD)
        if writer is _generate_whole and left:
            [record] = policy.records()
            assert record.fact == "I drink oolong daily"
            assert [revision.id for revision in policy.revisions(record.path)] == [record.latest_revision]
            assert len(left) == 4, "with its operation and the scope"
        else:
            assert left == [], f"at step {step}"


def test_a_stream_that_grows_while_it_is_erased_is_looked_at_again() -> None:
    policy = _policy()
    _live(policy, SCOPE)
    path = policy.engine.child("streams", "s-ada")
    added: list[str] = []

    def interfere(writes: Sequence[Write]) -> None:
        if len(added) < 3 and any(write.path == path for write in writes):
            number = str(len(added))
            added.append(number)
            data = {"scope": SCOPE, "scope_key": scope_key(SCOPE), "events": [number]}
            policy.interfere(lambda _: None)
            policy.ports.store.commit([Create(f"{path}/seen/new-{number}", {"scope": SCOPE})])
            policy.ports.store.commit([Put(path, data)])
            policy.interfere(interfere)

    policy.interfere(interfere)
    assert _erase(policy).finished
    assert len(added) == 3
    assert traces(policy.ports.store, SCOPE, WORD) == []


def test_what_is_too_much_for_one_call_is_finished_by_the_next() -> None:
    policy = _policy()
    _live(policy, SCOPE)
    _sessions(policy, SCOPE, count=5)
    total = 0
    policy.interfere(lambda _: policy.clock.advance(timedelta(seconds=11)))
    receipts = [_erase(policy, sessions=True)]
    while not receipts[-1].finished:
        total += 1
        assert total < 20
        receipts.append(_erase(policy, sessions=True))
    assert len(receipts) > 2
    assert traces(policy.ports.store, SCOPE, WORD) == []
    assert sum(receipt.erased.sessions for receipt in receipts) == 5
    assert sum(receipt.erased.memories for receipt in receipts) == 2


def _update(policy: Policy, path: str) -> None:
    crud.update(policy.ports, path, parse(Memory, {"fact": "I like black oolong"}), mask=None)


def _delete(policy: Policy, path: str) -> None:
    crud.delete(policy.ports, path)


def _restore(policy: Policy, path: str) -> None:
    revisions.rollback(policy.ports, path, policy.revisions(path)[0].id)


@pytest.mark.parametrize("change", [_update, _delete, _restore])
@pytest.mark.parametrize("deleted", [False, True])
def test_what_a_change_under_way_has_read_is_gone_when_it_commits(
    change: Callable[[Policy, str], None], *, deleted: bool
) -> None:
    policy = _policy()
    path = policy.remember(TEA)
    if deleted:
        crud.delete(policy.ports, path)
    policy.interfere(partial(_erase_once, policy))
    with pytest.raises((NotFound, Aborted)):
        change(policy, path)
    _erase(policy)
    assert traces(policy.ports.store, SCOPE, WORD) == []


def test_what_is_remembered_afterwards_is_a_new_beginning() -> None:
    policy = _policy()
    policy.generate(TEA)
    _erase(policy)
    assert policy.generate(TEA) == ["CREATED"]
    assert policy.facts() == [TEA]


def test_tasks_name_operations_only() -> None:
    policy = _policy()
    _live(policy, SCOPE)
    tasks: list[Document] = policy.tasks()
    assert tasks
    _erase(policy)
    assert policy.tasks() == tasks
    for task in tasks:
        policy.deliver(task.data["body"])
    assert traces(policy.ports.store, SCOPE, WORD) == []


def test_what_this_process_remembers_of_texts_is_forgotten_too() -> None:
    policy, read = _policy(), list[str]()
    letters = kept(read.append)
    for _ in range(2):
        letters(TEA)
    assert read == [TEA]
    _erase(policy)
    letters(TEA)
    assert read == [TEA, TEA]

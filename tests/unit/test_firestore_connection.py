"""How the Firestore adapter connects, gives up and says so, without a Firestore."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier
from typing import Any

import grpc
import pytest
from grpc import StatusCode

from memorybank import errors
from memorybank.ports.documents import Create, Delete, Nearest, Patch, Put, Query, Vector, Where
from memorybank.storage.firestore import FirestoreStore
from tests.waiting import PATIENCE

PATH = "engines/e"
CALLS: dict[str, Callable[[FirestoreStore], object]] = {
    "get": lambda store: store.get(PATH),
    "query": lambda store: store.query(Query("engines")),
    "count": lambda store: store.count(Query("engines")),
    "below": lambda store: store.below(PATH, limit=1),
    "commit": lambda store: store.commit([Put(PATH, {})]),
}


class Failure(grpc.RpcError):  # type: ignore[misc]  # untyped
    """What gRPC raises when a call fails."""

    def __init__(self, code: grpc.StatusCode, details: str = "account 42 at 10.0.0.1") -> None:
        self.code = lambda: code
        self.details = lambda: details


class FailingChannel:
    """A channel whose calls all fail, counting them; one without failures answers nothing."""

    def __init__(self, *failures: Failure) -> None:
        self.failures = list(failures)
        self.calls = 0
        self.closed = False

    def unary_stream(self, *_: object) -> Callable[..., Any]:
        return self._fail

    unary_unary = unary_stream

    def close(self) -> None:
        """Note that it was closed."""
        self.closed = True

    def _fail(self, *_: object, **__: object) -> Iterator[Any]:
        self.calls += 1
        if len(self.failures) > 1:
            raise self.failures.pop(0)
        if self.failures:
            raise self.failures[0]
        return iter(())


def store_of(channel: FailingChannel, *, retry_seconds: float = 0.0) -> FirestoreStore:
    return FirestoreStore("p", connect=lambda: channel, retry_seconds=retry_seconds)


def never() -> Any:
    raise AssertionError("nothing should be asked of Firestore")


@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
@pytest.mark.parametrize(
    ("theirs", "ours"),
    [
        (StatusCode.UNAVAILABLE, errors.Unavailable),
        (StatusCode.DEADLINE_EXCEEDED, errors.DeadlineExceeded),
        (StatusCode.RESOURCE_EXHAUSTED, errors.ResourceExhausted),
        (StatusCode.INVALID_ARGUMENT, errors.InvalidArgument),
        (StatusCode.FAILED_PRECONDITION, errors.FailedPrecondition),
        (StatusCode.NOT_FOUND, errors.FailedPrecondition),
        (StatusCode.ABORTED, errors.Aborted),
        (StatusCode.PERMISSION_DENIED, errors.Internal),
        (StatusCode.UNAUTHENTICATED, errors.Internal),
        (StatusCode.INTERNAL, errors.Internal),
    ],
)
def test_an_error_of_firestore_becomes_ours_and_stays_the_cause(
    call: Callable[[FirestoreStore], object], theirs: grpc.StatusCode, ours: type[Exception]
) -> None:
    failure = Failure(theirs)

    with pytest.raises(errors.MemoryBankError) as caught:
        call(store_of(FailingChannel(failure)))

    assert type(caught.value) is ours
    assert theirs.name in caught.value.message
    assert "10.0.0.1" not in caught.value.message, "it may name addresses and accounts"
    assert caught.value.__cause__ is failure


def test_a_read_is_tried_again_while_nobody_is_there() -> None:
    gone = Failure(StatusCode.UNAVAILABLE)
    channel = FailingChannel(gone, gone, Failure(StatusCode.NOT_FOUND, "no database"))

    with pytest.raises(errors.FailedPrecondition, match="NOT_FOUND"):
        store_of(channel, retry_seconds=PATIENCE).get(PATH)

    assert channel.calls == 3


BLIND, CONDITIONAL = Put(PATH, {}), Create(PATH, {})
"""A write that may be repeated only if it had no effect, and one that cannot have its effect twice."""


def calls_until_the_end(code: grpc.StatusCode, call: Callable[[FirestoreStore], object], details: str = "") -> int:
    """Return how often a call is sent that fails once in this way and then for good."""
    channel = FailingChannel(Failure(code, details), Failure(StatusCode.PERMISSION_DENIED))
    with pytest.raises(errors.MemoryBankError):
        call(store_of(channel, retry_seconds=PATIENCE))
    return channel.calls


@pytest.mark.parametrize(
    ("code", "read", "conditional", "blind"),
    [
        (StatusCode.UNAVAILABLE, 2, 2, 1),
        (StatusCode.INTERNAL, 2, 2, 1),
        (StatusCode.DEADLINE_EXCEEDED, 2, 1, 1),
        (StatusCode.RESOURCE_EXHAUSTED, 1, 2, 2),
        (StatusCode.ABORTED, 1, 2, 1),
        (StatusCode.UNAUTHENTICATED, 2, 2, 2),
        (StatusCode.UNKNOWN, 1, 1, 1),
        (StatusCode.INVALID_ARGUMENT, 1, 1, 1),
    ],
)
def test_a_call_is_repeated_where_that_can_help_and_harms_nobody(
    code: grpc.StatusCode, read: int, conditional: int, blind: int
) -> None:
    for name, call in CALLS.items():
        if name != "commit":
            assert calls_until_the_end(code, call) == read
    assert calls_until_the_end(code, lambda store: store.commit([CONDITIONAL])) == conditional
    assert calls_until_the_end(code, lambda store: store.commit([Put(PATH, {}, 1), Put(f"{PATH}x", {})])) == conditional
    assert calls_until_the_end(code, lambda store: store.commit([BLIND, Delete(f"{PATH}x")])) == blind


def test_a_stream_that_was_removed_is_asked_for_again() -> None:
    assert calls_until_the_end(StatusCode.UNKNOWN, CALLS["get"], "Stream removed") == 2


def test_a_token_is_renewed_once() -> None:
    channel = FailingChannel(Failure(StatusCode.UNAUTHENTICATED))

    with pytest.raises(errors.Internal):
        store_of(channel, retry_seconds=PATIENCE).get(PATH)

    assert channel.calls == 2


@pytest.mark.parametrize("conflict", [StatusCode.ALREADY_EXISTS, StatusCode.FAILED_PRECONDITION, StatusCode.NOT_FOUND])
def test_a_conflict_after_a_lost_answer_may_be_our_own_doing(conflict: grpc.StatusCode) -> None:
    """Whether the first attempt was applied is as open as it was: the caller is told that, and not of a conflict."""
    lost = Failure(StatusCode.UNAVAILABLE)

    with pytest.raises(errors.Unavailable) as caught:
        store_of(FailingChannel(lost, Failure(conflict)), retry_seconds=PATIENCE).commit([CONDITIONAL])

    assert caught.value.__cause__ is lost


def test_a_conflict_after_a_refusal_is_somebody_elses() -> None:
    refused, exists = Failure(StatusCode.RESOURCE_EXHAUSTED), Failure(StatusCode.ALREADY_EXISTS)

    with pytest.raises(errors.AlreadyExists):
        store_of(FailingChannel(refused, exists), retry_seconds=PATIENCE).commit([CONDITIONAL])


def test_a_refused_commit_without_conditions_is_no_conflict() -> None:
    channel = FailingChannel(Failure(StatusCode.FAILED_PRECONDITION, "a database of another kind"))

    with pytest.raises(errors.FailedPrecondition, match="FAILED_PRECONDITION"):
        store_of(channel).commit([Put(PATH, {}), Create(f"{PATH}/memories/m", {}), Delete(f"{PATH}/memories/n")])

    assert channel.calls == 1


def test_an_emulator_that_is_not_there_is_unavailable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FIRESTORE_EMULATOR_HOST", "127.0.0.1:1")
    store = FirestoreStore("p", retry_seconds=0.3)

    for call in CALLS.values():
        with pytest.raises(errors.Unavailable):
            call(store)

    store.close()


def test_missing_credentials_are_a_failed_precondition(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("FIRESTORE_EMULATOR_HOST", raising=False)
    monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", str(tmp_path / "none.json"))

    with pytest.raises(errors.FailedPrecondition, match="credentials"):
        FirestoreStore("p").get(PATH)


def test_the_channel_is_made_once_on_first_use() -> None:
    made: list[FailingChannel] = []
    start = Barrier(16)

    def connect() -> FailingChannel:
        made.append(FailingChannel())
        return made[-1]

    store = FirestoreStore("p", connect=connect)
    assert not made

    def read() -> object:
        start.wait()
        return store.get(PATH)

    with ThreadPoolExecutor(16) as pool:
        assert [done.result() for done in [pool.submit(read) for _ in range(16)]] == [None] * 16
    assert [channel.calls for channel in made] == [16]


def test_a_call_that_is_not_answered_in_time_is_repeated_on_a_new_channel() -> None:
    made = [FailingChannel(Failure(StatusCode.DEADLINE_EXCEEDED)) for _ in range(2)]
    channels = [*made, FailingChannel()]
    left = iter(channels)

    store = FirestoreStore("p", connect=lambda: next(left), retry_seconds=PATIENCE)

    assert store.get(PATH) is None
    assert [channel.calls for channel in channels] == [1, 1, 1]
    assert [channel.closed for channel in channels] == [True, False, False], "calls may be under way on the second"
    store.close()
    assert all(channel.closed for channel in channels)


def test_a_call_that_is_refused_keeps_its_channel() -> None:
    made: list[FailingChannel] = []

    def connect() -> FailingChannel:
        made.append(FailingChannel(Failure(StatusCode.UNAVAILABLE), Failure(StatusCode.PERMISSION_DENIED)))
        return made[-1]

    with pytest.raises(errors.Internal):
        FirestoreStore("p", connect=connect, retry_seconds=PATIENCE).get(PATH)
    assert [channel.calls for channel in made] == [2]


def test_a_closed_store_says_so() -> None:
    store = store_of(FailingChannel())
    store.close()

    with pytest.raises(errors.FailedPrecondition, match="closed"):
        store.get(PATH)


def test_a_commit_that_is_too_large_is_refused_at_once() -> None:
    writes = [Create(f"{PATH}/memories/{number}", {"fact": "x" * 1_000_000}) for number in range(5)]

    with pytest.raises(errors.InvalidArgument, match="split it"):
        FirestoreStore("p", connect=never).commit(writes)


def test_what_can_find_nothing_is_not_asked() -> None:
    store = FirestoreStore("p", connect=never)
    null, none = Where("number", "==", None), Where("number", "in", [])
    partition = (Where("scope_key", "==", None), Where("embedding_model", "==", "e"), Where("memory_type", "==", "t"))

    assert store.query(Query("engines", where=(null,))) == store.query(Query("engines", where=(none,))) == []
    assert store.count(Query("engines", where=(null,))) == 0
    assert store.nearest(Nearest(f"{PATH}/memories", "embedding", Vector((1.0,)), partition, 1)) == []
    assert store.get_many([]) == []
    assert store.commit([]) == []


@pytest.mark.parametrize(
    "call",
    [
        lambda store: store.get("engines"),
        lambda store: store.get("engines//memories/m"),
        lambda store: store.query(Query("engines/e")),
        lambda store: store.query(Query("engines/e/memories", group=True)),
        lambda store: store.query(Query("engines", limit=0)),
        lambda store: store.query(Query("engines", limit=2**31)),
        lambda store: store.query(Query("engines", after=())),
        lambda store: store.query(Query("engines", where=(Where("number", "in", list(range(31))),))),
        lambda store: store.below("engines//", limit=1),
        lambda store: store.below("engines", limit=0),
        lambda store: store.commit([Delete("engines")]),
        lambda store: store.commit([Patch("engines/e", {}, "no version")]),
    ],
)
def test_what_the_port_forbids_is_refused_at_once(call: Callable[[FirestoreStore], object]) -> None:
    with pytest.raises(errors.InvalidArgument):
        call(FirestoreStore("p", connect=never))


def test_only_who_chooses_firestore_imports_google() -> None:
    check = (
        "import sys, memorybank.bootstrap, memorybank.adapters;"
        "sys.exit('grpc' in sys.modules or 'google.protobuf' in sys.modules)"
    )

    assert subprocess.run([sys.executable, "-c", check], check=False, env={"PYTHONPATH": "shared"}).returncode == 0

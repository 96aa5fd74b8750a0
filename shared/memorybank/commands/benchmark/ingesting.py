"""Gets the histories of a benchmark into a bank: every turn as it is, the file's own notes, or what a model reads."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, timedelta
from hashlib import sha256
from typing import Any

from memorybank.bank import engines, operations
from memorybank.bank.generation import accept
from memorybank.bank.memories import crud
from memorybank.bank.ports import Ports
from memorybank.commands.benchmark.data import History, Note, Session
from memorybank.commands.benchmark.journal import Journal
from memorybank.errors import AlreadyExists, FailedPrecondition, NotFound
from memorybank.models.usage import Meter, metered
from memorybank.resources.engine import ReasoningEngine
from memorybank.resources.generation import GenerateMemoriesRequest
from memorybank.resources.memory import Memory
from memorybank.resources.names import EngineName
from memorybank.resources.wire import parse

ENGINE = EngineName("bench", "local", "1")
REF = "ref"
"""The metadata of a memory that holds the turn or session it comes from."""

TURNS, OBSERVATIONS, DATED, GENERATED = "turns", "observations", "dated", "generated"

_SYNC_WAIT = timedelta(seconds=300)

Scope = Mapping[str, str]
Done = Callable[[], None]


def open_engine(ports: Ports, ranking: str) -> None:
    """Create the engine, which ranks what it finds in this way, unless an earlier run has."""
    try:
        engines.get(ports, ENGINE)
    except NotFound:
        config = {"similaritySearchConfig": {"ranking": ranking}}
        engines.create(ports, ENGINE, parse(ReasoningEngine, {"contextSpec": {"memoryBankConfig": config}}))


def scopes_of(history: History, memories: str) -> Sequence[Scope]:
    """Return the scopes that hold a history: one for each user where a model reads it, else one."""
    if memories != GENERATED:
        return [{"history": history.id}]
    return [{"history": history.id, "user": user} for user in history.users]


def ingest(ports: Ports, history: History, *, memories: str, journal: Journal, done: Done) -> None:
    """Store the memories of a history, as far as the journal does not have them; `done` is called for each step."""
    if memories == GENERATED:
        for user, scope in zip(history.users, scopes_of(history, memories), strict=True):
            for session in history.sessions:
                if (name := f"{history.id}/{user}/{session.ref}") not in journal.ingested:
                    journal.add_ingested(name, _generate(ports, session, user=user, scope=scope))
                done()
        return
    if history.id not in journal.ingested:
        notes = _notes_of(history, memories)
        [scope] = scopes_of(history, memories)
        with metered(Meter()) as meter:
            for number, note in enumerate(notes):
                _create(ports, note, scope=scope, number=number)
        journal.add_ingested(history.id, meter.summary())
    done()


def _notes_of(history: History, memories: str) -> Sequence[Note]:
    if memories == TURNS:
        return history.notes()
    return history.dated if memories == DATED else history.observations


def _create(ports: Ports, note: Note, *, scope: Scope, number: int) -> None:
    body = {"fact": note.text, "scope": scope, "metadata": {REF: {"stringValue": note.ref}}}
    memory_id = f"m{sha256(repr(sorted(scope.items())).encode()).hexdigest()[:16]}-{number}"
    with suppress(AlreadyExists):  # by a run that was stopped within this history
        crud.create(ports, ENGINE, parse(Memory, body), memory_id=memory_id)


def _generate(ports: Ports, session: Session, *, user: str, scope: Scope) -> Mapping[str, Any]:
    """Have the bank read a session in which one speaker is the user, and return what was billed."""
    events = list(_events(session, user))
    if not any(event["content"]["role"] == "user" for event in events):
        return {}
    body = {
        "scope": scope,
        "directContentsSource": {"events": events},
        "metadata": {REF: {"stringValue": session.ref}},
    }
    operation = accept.accept(ports, ENGINE, parse(GenerateMemoriesRequest, body))
    parent, _, identifier = operation.name.rpartition("/operations/")
    while not operation.done:
        operation = operations.wait(ports, ENGINE, identifier, parent=parent, timeout=_SYNC_WAIT)
    if operation.error is not None:
        raise FailedPrecondition(f"session {session.ref} could not be read: {operation.error['message']}")
    return operation.usage or {}


def _events(session: Session, user: str) -> Iterator[dict[str, Any]]:
    time = {} if session.time is None else {"eventTime": session.time.replace(tzinfo=UTC).isoformat()}
    for turn in session.turns:
        role = "user" if turn.speaker == user else "model"
        yield {"content": {"role": role, "parts": [{"text": turn.text}]}, **time}


def steps_of(history: History, memories: str) -> int:
    """Return how many steps the ingestion of a history has."""
    return len(history.sessions) * len(history.users) if memories == GENERATED else 1


def doubled(histories: Sequence[History]) -> list[str]:
    """Return the ids that several histories share."""
    return [name for name, count in Counter(each.id for each in histories).items() if count > 1]

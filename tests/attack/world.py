"""A bank with a victim and an attacker: what the victim has, and whether the attacker got at any of it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

from memorybank.local.bank import Bank
from memorybank.resources.scopes import scope_key
from memorybank.storage.sqlite import SqliteStore
from memorybank.testing.scripted import ScriptedModel
from tests.functions.callers import ADA, EVE, Answer, Calling, bank_with_rules, new_engine
from tests.waiting import LONG

CANARY = "CANARY"
"""Stands in every text of the victim, and in none that the attacker sends."""

_VARIABLES = {"memories": "memory", "sessions": "session", "operations": "operation", "revisions": "revision"}


@dataclass(frozen=True)
class World:
    """What there is to attack: ids by the variable of a path that they fit, and page tokens of lists."""

    bank: Bank
    root: Calling
    attacker: Calling
    ids: Mapping[str, list[str]]
    own: Mapping[str, list[str]]
    tokens: list[str]
    before: Mapping[str, Any]

    def leak(self, sent: str, answer: Answer) -> str | None:
        """Return what an answer tells of the victim that was not in the request, or None."""
        text = json.dumps(answer.body)
        if CANARY in text:
            return "a text of the victim"
        return next((one for found in self.ids.values() for one in found if one in text and one not in sent), None)

    def changes(self) -> list[str]:
        """Return the documents that the attacker must not have changed and that are not as they were."""
        assert self.bank.adapters.queue.wait_idle(LONG)
        now = state(self.bank)
        changed = [path for path, data in self.before.items() if not _is_eves(path, data) and now.get(path) != data]
        others = [
            path
            for path, data in now.items()
            if path not in self.before and data.get("scope") not in (None, {"user_id": EVE})
        ]
        stolen = [path for path, data in now.items() if _is_of(data, EVE) and CANARY in repr(data)]
        return [*changed, *others, *stolen]


def state(bank: Bank) -> dict[str, Any]:
    """Return all documents of a bank."""
    store = bank.adapters.store
    paths = store.below("engines", limit=100_000)
    return {path: found.data for path, found in zip(paths, store.get_many(paths), strict=True) if found is not None}


@contextmanager
def world(attacker: str = EVE) -> Iterator[World]:
    """Fill a bank for both, and give what the attacker may know: every id and every token of the victim."""
    with bank_with_rules(store=SqliteStore(":memory:"), model=ScriptedModel()) as bank:
        root = new_engine(bank)
        root.ok("POST", "/memories?memoryId=victims-memory", {"fact": f"{CANARY} bees", "scope": {"user_id": ADA}})
        for email, word in ((ADA, CANARY), (EVE, "nothing")):
            _fill(replace(root, email=email), email, word)
        tokens = [token for email in (ADA, EVE) for token in _tokens(replace(root, email=email))]
        assert bank.adapters.queue.wait_idle(LONG)
        before = state(bank)
        yield World(
            bank,
            root,
            replace(root, email=attacker),
            ids=_ids(before, ADA),
            own=_ids(before, EVE),
            tokens=[*tokens, *_tokens(root)],
            before=before,
        )


def _fill(caller: Calling, email: str, word: str) -> None:
    """Let a caller have memories, revisions, operations, a session, a stream, and something that is deleted."""
    scope = {"user_id": email}
    turn = {"content": {"role": "user", "parts": [{"text": f"I keep {word} bees"}]}}
    made = caller.ok("POST", "/memories", {"fact": f"I have {word}", "scope": scope, "displayName": word})
    memory = made["response"]["name"].removeprefix(caller.engine)
    caller.ok("PATCH", memory, {"fact": f"I have had {word}"})
    gone = caller.ok("POST", "/memories", {"fact": f"I lost {word}", "scope": scope})
    caller.ok("DELETE", gone["response"]["name"].removeprefix(caller.engine))
    caller.done("POST", "/memories:generate", {"scope": scope, "directContentsSource": {"events": [turn]}})
    session = caller.ok("POST", "/sessions", {"userId": email, "displayName": word, "sessionState": {"k": word}})
    path = session["response"]["name"].removeprefix(caller.engine)
    event = {"author": "user", "invocationId": "1", "timestamp": "2031-01-02T03:04:05Z", **turn}
    caller.ok("POST", f"{path}:appendEvent", event)
    waiting = {"scope": scope, "streamId": word, "directContentsSource": {"events": [turn]}}
    caller.ok("POST", "/memories:ingestEvents", waiting)


def _tokens(caller: Calling) -> list[str]:
    lists = [caller.call("GET", f"/{name}?pageSize=1") for name in ("memories", "sessions", "operations")]
    return [answer.body["nextPageToken"] for answer in lists if "nextPageToken" in answer.body]


def _ids(documents: Mapping[str, Any], email: str) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {name: [] for name in _VARIABLES.values()}
    for path, data in documents.items():
        collection, identifier = path.split("/")[-2:]
        if collection in _VARIABLES and _is_of(data, email):
            found[_VARIABLES[collection]].append(identifier)
    return found


def _is_eves(path: str, data: Mapping[str, Any]) -> bool:
    return _is_of(data, EVE) or scope_key({"user_id": EVE}) in path


def _is_of(data: Mapping[str, Any], email: str) -> bool:
    return data.get("scope") == {"user_id": email}

"""Conversations that the bank's model reads: oldest first, with an estimate before, and resumable."""

from __future__ import annotations

import argparse
import hashlib
import itertools
import json
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from memorybank.client import Engine
from memorybank.commands.calling import print_json
from memorybank.commands.terminal import Progress, agrees, counted, say
from memorybank.errors import FailedPrecondition

_CHARACTERS_PER_TOKEN = 4
_OVERHEAD = 1500
"""Tokens of the instructions, and of the answers, of the two model calls that a conversation takes."""

_MOST_TURNS, _MOST_CHARACTERS = 400, 200_000
"""How much of a conversation is read at once."""

_PATIENCE = 3600.0


@dataclass(frozen=True)
class Turn:
    """What one side said. `time` is RFC 3339, if known."""

    role: str
    text: str
    time: str | None = None


@dataclass(frozen=True)
class Conversation:
    """A conversation, by an id that stays the same in every export."""

    id: str
    begun: str
    turns: Sequence[Turn]

    @property
    def characters(self) -> int:
        """How long it is."""
        return sum(len(turn.text) for turn in self.turns)


def remember(
    engine: Engine,
    conversations: list[Conversation],
    *,
    file: Path | None,
    asked: argparse.Namespace,
    scope: dict[str, str],
) -> int:
    """Have the model read those conversations that it has not read, and return the exit code.

    What has been read is noted beside the file. Without one, what came through a pipe, all of it is read.
    """
    notes = _Notes(file and file.with_name(f"{file.name}.progress"), engine, scope)
    found = sorted((each for each in conversations if each.turns), key=lambda each: (each.begun, each.id))
    left = [each for each in found if each.id not in notes.done]
    estimate = _estimate(left, price=asked.price)
    if not asked.json:
        say(f"{counted(len(found), 'conversation')}, of which {len(found) - len(left):,} read before.")
        say(_told(estimate))
    if asked.dry_run or not left:
        if asked.json:
            print_json({**estimate, "dryRun": asked.dry_run})
        return 0
    if not (asked.yes or agrees(f"Have the model of {engine.name} read them?")):
        say("Nothing was read.")
        return 1
    notes.save()  # before a model is paid for what cannot be noted
    progress, changed = Progress("read", len(left)), 0
    try:
        for number, conversation in enumerate(left, start=1):
            changed += _read(engine, conversation, scope)
            notes.add(conversation.id)
            progress.show(number)
    finally:
        progress.end()
    if asked.json:
        print_json({**estimate, "changes": changed})
    else:
        say(f"{counted(len(left), 'conversation')} read, {counted(changed, 'memory', 'memories')} changed.")
    return 0


def _read(engine: Engine, conversation: Conversation, scope: dict[str, str]) -> int:
    changed = 0
    for turns in _chunks(conversation.turns):
        events = [
            {
                "content": {"role": turn.role, "parts": [{"text": turn.text}]},
                **({"eventTime": turn.time} if turn.time else {}),
            }
            for turn in turns
        ]
        body = {"scope": scope, "directContentsSource": {"events": events}}
        response = engine.bank.wait(engine.call("POST", "memories:generate", body), deadline=_PATIENCE)
        changed += len(response.get("generatedMemories", []))
    return changed


def _chunks(turns: Sequence[Turn]) -> Iterator[list[Turn]]:
    batch: list[Turn] = []
    size = 0
    for turn in itertools.chain.from_iterable(map(_pieces, turns)):
        if batch and (len(batch) >= _MOST_TURNS or size + len(turn.text) > _MOST_CHARACTERS):
            yield batch
            batch, size = [], 0
        batch.append(turn)
        size += len(turn.text)
    if batch:
        yield batch


def _pieces(turn: Turn) -> Iterator[Turn]:
    """Yield a turn in parts that can be read at once: of most turns all of it."""
    for start in range(0, len(turn.text), _MOST_CHARACTERS):
        yield replace(turn, text=turn.text[start : start + _MOST_CHARACTERS])


def _estimate(conversations: Sequence[Conversation], *, price: float | None) -> dict[str, Any]:
    calls = sum(2 * sum(1 for _ in _chunks(each.turns)) for each in conversations)
    tokens = sum(each.characters for each in conversations) // _CHARACTERS_PER_TOKEN + calls * _OVERHEAD
    cost = {} if price is None else {"usd": round(tokens / 1_000_000 * price, 4)}
    return {"conversations": len(conversations), "modelCalls": calls, "tokens": tokens, **cost}


def _told(estimate: dict[str, Any]) -> str:
    usd = f", {estimate['usd']:.2f} USD" if "usd" in estimate else "; --price USD per million tokens gives the cost"
    return (
        f"To read {estimate['conversations']:,}: about {estimate['modelCalls']:,} model calls and "
        f"{estimate['tokens']:,} tokens{usd}."
    )


class _Notes:
    """Which conversations have been read into which scope, in a file beside the one that is imported, if it is one."""

    def __init__(self, path: Path | None, engine: Engine, scope: dict[str, str]) -> None:
        self._path = path
        told = json.dumps([engine.bank.url, engine.name, sorted(scope.items())])
        self._all: dict[str, list[str]] = {}
        self.done = set[str]()
        self._key = hashlib.sha256(told.encode()).hexdigest()[:16]
        if path is None:
            return
        try:
            self._all = json.loads(path.read_text())
            self.done = set(self._all.get(self._key, []))
        except FileNotFoundError:  # nothing has been read yet
            return
        except (ValueError, OSError, AttributeError, TypeError) as error:
            raise FailedPrecondition(f"{path} cannot be read: delete it to read all conversations again") from error

    def add(self, identifier: str) -> None:
        """Note that a conversation has been read."""
        self.done.add(identifier)
        self.save()

    def save(self) -> None:
        """Write the file. Raise `FailedPrecondition` if that is impossible."""
        if self._path is None:
            return
        self._all[self._key] = sorted(self.done)
        part = self._path.with_name(f"{self._path.name}.part")
        try:
            part.write_text(json.dumps(self._all))
            os.replace(part, self._path)  # noqa: PTH105 - pathlib has no other name for it
        except OSError as error:
            raise FailedPrecondition(
                f"{self._path} cannot be written ({error.strerror}). It notes which conversations have been read: copy "
                "the conversations to a folder that you may write to, and import them from there"
            ) from error

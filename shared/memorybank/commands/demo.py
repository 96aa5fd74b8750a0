"""`memorybank demo`: two conversations, held through Google's own SDK, or over HTTP, with a bank on this machine."""

from __future__ import annotations

import argparse
import tempfile
import warnings
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from memorybank.commands.demo_clients import Client, Json, client_of
from memorybank.commands.terminal import require, say
from memorybank.config import Settings

_SCOPE = {"user_id": "ada"}
_FIRST = (
    "Hello there!",
    "My name is Ada and I live in Paris.",
    "I prefer aisle seats on flights.",
    "Please remember that my passport expires in 2031.",
)
_QUESTION = "Which seats do I prefer on flights?"
_SECOND = ("I moved to Lyon.", "I prefer aisle seats on flights.", "Please forget that my passport expires in 2031.")


def add_to(commands: Any) -> None:
    """Add the command, which has no arguments."""
    commands.add_parser(
        "demo", help="watch the bank at work, through Google's SDK if it is installed, on a temporary database"
    ).set_defaults(run=run)


def run(asked: argparse.Namespace) -> int:
    """Run the demonstration and return the exit code: 0 if every step gave the expected result."""
    del asked
    require("local")
    from memorybank.local.bank import Bank, embedded_adapters  # noqa: PLC0415 - other commands need not wait for it
    from memorybank.local.server import LocalServer  # noqa: PLC0415 - as above

    warnings.filterwarnings("ignore", category=FutureWarning)
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(data=str(Path(folder, "demo.db")))
        with LocalServer(Bank(settings, embedded_adapters(settings))) as server:
            say(f"A bank is serving at {server.url}, on a temporary database. No account, no key, no network.")
            return _Story(client_of(server.url), say).tell()


class _Story:
    def __init__(self, client: Client, say: Callable[[str], None]) -> None:
        self._client, self._say = client, say
        self._bank = ""

    def tell(self) -> int:
        self._say(f"It is called through {self._client.name}.")
        self._say("\n1. Create a memory bank.")
        self._bank = self._client.create()
        self._say(f"   {self._bank}")
        self._say("\n2. A first conversation. Greetings leave no trace; what is worth knowing does.")
        self._converse(_FIRST)
        self._say("\n3. A second one, days later: something changed, something repeated, something to forget.")
        changes = self._converse(_SECOND)
        self._say("\n4. What the bank knows now (the repeat has left no duplicate):")
        self._show(self._client.retrieve(self._bank, _SCOPE, None))
        self._say(f'\n5. Search by similarity: "{_QUESTION}" (the nearer, the better)')
        self._show(self._client.retrieve(self._bank, _SCOPE, _QUESTION))
        moved = next(change["memory"]["name"] for change in changes if change["action"] == "UPDATED")
        self._say("\n6. The history of where she lives, newest first. Every change is a revision, and says why:")
        revisions = self._client.revisions(moved)
        for revision in revisions:
            reasons = ", ".join(extracted["context"] for extracted in revision.get("extractedMemories", []))
            self._say(f"   {_id(revision)}  {revision['fact']}  <- {reasons}")
        self._say("\n7. Roll back to the oldest of them:")
        self._client.rollback(moved, _id(revisions[-1]))
        restored = self._client.memory(moved)["fact"]
        self._say(f"   {restored}")
        actions = [change["action"] for change in changes]
        return self._verdict(actions == ["UPDATED", "UPDATED", "DELETED"] and restored == "I live in Paris")

    def _verdict(self, good: bool) -> int:  # noqa: FBT001 - its one caller reads well
        if good:
            self._say("\nThat was the bank. `memorybank serve` starts one that stays; docs/tutorial.md goes on.")
            return 0
        self._say("\nThat did not come out as it should: please report it with the text above.")
        return 1

    def _converse(self, turns: Iterable[str]) -> list[Json]:
        events: list[Json] = []
        for turn in turns:
            self._say(f"   user: {turn}")
            events.append({"content": {"role": "user", "parts": [{"text": turn}]}})
        changes = self._client.generate(self._bank, _SCOPE, events)
        for change in changes:
            self._say(f"   -> {change['action']:8} {self._fact(change)}")
        return changes

    def _fact(self, change: Json) -> str:
        if change["action"] == "DELETED":
            return f"(was: {self._client.revision(change['previousRevision'])['fact']})"
        return str(self._client.memory(change["memory"]["name"])["fact"])

    def _show(self, found: Iterable[Json]) -> None:
        for hit in found:
            distance = f"distance {hit['distance']:.2f}  " if "distance" in hit else ""
            topics = ", ".join(str(topic["managedMemoryTopic"]) for topic in hit["memory"].get("topics", []))
            self._say(f"   {distance}{hit['memory']['fact']}" + (f"  [{topics}]" if topics else ""))


def _id(revision: Json) -> str:
    return str(revision["name"].rpartition("/")[2])

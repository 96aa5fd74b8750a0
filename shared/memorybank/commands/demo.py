"""`memorybank demo`: two conversations, held through Google's own SDK with a bank on this machine."""

from __future__ import annotations

import argparse
import tempfile
import warnings
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from memorybank.commands.terminal import require, say
from memorybank.config import Settings

_TOKEN = "any"  # noqa: S105 - the local server asks for none, the SDK insists on one
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
        "demo", help="watch the bank at work through Google's own SDK, on a temporary database"
    ).set_defaults(run=run)


def run(asked: argparse.Namespace) -> int:
    """Tell the story and return the exit code: 0 when every step came out as it should."""
    del asked
    require("local", "waitress", "numpy")
    require("sdk", "vertexai")
    from memorybank.local.bank import Bank, embedded_adapters  # noqa: PLC0415 - other commands need not wait for it
    from memorybank.local.server import LocalServer  # noqa: PLC0415 - as above

    warnings.filterwarnings("ignore", category=FutureWarning)
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(data=str(Path(folder, "demo.db")))
        with LocalServer(Bank(settings, embedded_adapters(settings))) as server:
            say(f"A bank is serving at {server.url}, on a temporary database. No account, no key, no network.")
            story = _Story(server.url, say)
            return story.tell()


class _Story:
    def __init__(self, url: str, say: Callable[[str], None]) -> None:
        import agentplatform  # noqa: PLC0415 - takes seconds
        from google.oauth2.credentials import Credentials  # noqa: PLC0415 - as above

        self._say = say
        self._client = agentplatform.Client(
            project="demo",
            location="us-central1",
            credentials=Credentials(token=_TOKEN),
            http_options={"base_url": url},
        )
        self._banks: Any = self._client.memory_banks
        self._bank = ""

    def tell(self) -> int:
        self._say("\n1. Create a memory bank.")
        self._bank = self._banks.create(config={"display_name": "demo"}).name
        self._say(f"   {self._bank}")
        self._say("\n2. A first conversation. Greetings leave no trace; what is worth knowing does.")
        self._converse(_FIRST)
        self._say("\n3. A second one, days later: something changed, something repeated, something to forget.")
        changes = self._converse(_SECOND)
        self._say("\n4. What the bank knows now (the repeat has left no duplicate):")
        self._show(self._retrieve())
        self._say(f'\n5. Search by similarity: "{_QUESTION}" (the nearer, the better)')
        self._show(self._retrieve(query=_QUESTION))
        moved = next(change.memory.name for change in changes if change.action.value == "UPDATED")
        self._say("\n6. The history of where she lives, newest first. Every change is a revision, and says why:")
        revisions = list(self._banks.memories.revisions.list(name=moved))
        for revision in revisions:
            reasons = ", ".join(extracted.context for extracted in revision.extracted_memories or [])
            self._say(f"   {revision.name.rpartition('/')[2]}  {revision.fact}  <- {reasons}")
        self._say("\n7. Roll back to the oldest of them:")
        self._banks.memories.rollback(name=moved, target_revision_id=revisions[-1].name.rpartition("/")[2])
        restored = self._banks.memories.get(name=moved).fact
        self._say(f"   {restored}")
        actions = [change.action.value for change in changes]
        return self._verdict(actions == ["UPDATED", "UPDATED", "DELETED"] and restored == "I live in Paris")

    def _verdict(self, good: bool) -> int:  # noqa: FBT001 - its one caller reads well
        if good:
            self._say("\nThat was the bank. `make serve` starts one that stays; docs/tutorial.md goes on from here.")
            return 0
        self._say("\nThat did not come out as it should: please report it with the text above.")
        return 1

    def _converse(self, turns: Iterable[str]) -> list[Any]:
        events = []
        for turn in turns:
            self._say(f"   user: {turn}")
            events.append({"content": {"role": "user", "parts": [{"text": turn}]}})
        operation = self._banks.memories.generate(
            name=self._bank, scope=_SCOPE, direct_contents_source={"events": events}
        )
        changes = list(operation.response.generated_memories)
        for change in changes:
            self._say(f"   -> {change.action.value:8} {self._fact(change)}")
        return changes

    def _fact(self, change: Any) -> str:
        if change.action.value == "DELETED":
            return f"(was: {self._banks.memories.revisions.get(name=change.previous_revision).fact})"
        return str(self._banks.memories.get(name=change.memory.name).fact)

    def _retrieve(self, query: str | None = None) -> list[Any]:
        asked: dict[str, Any] = {"simple_retrieval_params": {"page_size": 10}}
        if query is not None:
            asked = {"similarity_search_params": {"search_query": query, "top_k": 2}}
        return list(self._banks.memories.retrieve(name=self._bank, scope=_SCOPE, **asked))

    def _show(self, found: Iterable[Any]) -> None:
        for hit in found:
            distance = "" if hit.distance is None else f"distance {hit.distance:.2f}  "
            topics = ", ".join(str(topic.managed_memory_topic.value) for topic in hit.memory.topics or [])
            self._say(f"   {distance}{hit.memory.fact}" + (f"  [{topics}]" if topics else ""))

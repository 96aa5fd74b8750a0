"""What `memorybank import` reads: one module per source. Records are created as they are, conversations are read."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from memorybank.client.transfer import Record
from memorybank.commands.importers import chatgpt, claude, google, mem0, text
from memorybank.commands.importers.bank import read_export, records_of
from memorybank.commands.importers.conversations import Conversation
from memorybank.commands.importers.files import Readable
from memorybank.commands.importers.pipes import rereadable

RECORDS: Mapping[str, Callable[[Readable, dict[str, str]], Iterator[Record]]] = {
    "mem0": mem0.records,
    "text": text.records,
    "google": google.records,
}
"""Sources of memories, by name: functions of what was named and of the scope that was given."""

CONVERSATIONS: Mapping[str, Callable[[Readable], list[Conversation]]] = {
    "chatgpt": chatgpt.conversations,
    "claude": claude.conversations,
}
"""Sources of conversations, by name."""

SOURCES = ("bank", *RECORDS, *CONVERSATIONS)

__all__ = ["CONVERSATIONS", "RECORDS", "SOURCES", "read_export", "records_of", "rereadable"]

"""Plain text: each line is a fact."""

from __future__ import annotations

from collections.abc import Iterator

from memorybank.client.transfer import Record
from memorybank.commands.importers.files import Readable, lines_of
from memorybank.errors import InvalidArgument, Violation


def records(file: Readable, scope: dict[str, str]) -> Iterator[Record]:
    """Yield a memory for each line."""
    if not scope:
        raise InvalidArgument.of(Violation("--scope", "is needed: whose memories these lines are"))
    for number, line in lines_of(file):
        yield Record("memory", {"memory": {"fact": line.strip(), "scope": scope}}, number)

"""`memorybank import`: reads an export of a bank, or what other services and programs keep, into an engine."""

from __future__ import annotations

import argparse
import contextlib
import itertools
import math
import os
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from memorybank.client import Engine, read_client_settings
from memorybank.client.transfer import Record, create_records
from memorybank.commands import importers
from memorybank.commands.calling import add_address, bank_of, engine_of, print_json
from memorybank.commands.importers.conversations import remember
from memorybank.commands.importers.files import Readable
from memorybank.commands.scopes import add_scope, scope_of
from memorybank.commands.terminal import Progress, counted, inert, say
from memorybank.errors import InvalidArgument, Violation

_SHOWN = 10


def add_to(commands: Any) -> None:
    """Add the command and its arguments."""
    parser = commands.add_parser("import", help="read an export of a bank, or other services' memories, into an engine")
    parser.add_argument(
        "file",
        metavar="FILE",
        help="what to read, - for standard input; for --from google the name of the engine there",
    )
    says = "what is read: an export of a bank or of mem0, lines of text, Google's bank, or conversations (%(default)s)"
    parser.add_argument("--from", dest="source", choices=importers.SOURCES, default="bank", help=says)
    parser.add_argument("--create", action="store_true", help="create an engine with the configuration in the file")
    parser.add_argument("--dry-run", action="store_true", help="check everything and say what would happen")
    parser.add_argument("--yes", action="store_true", help="do not ask before conversations are read by the model")
    parser.add_argument("--price", type=_price, metavar="USD", help="of a million tokens, for the estimate of the cost")
    add_scope(parser, required=False, says="whose memories these are, where the file does not say; repeat it")
    add_address(parser)
    parser.set_defaults(run=run)


def _price(text: str) -> float:
    """Return the price that an argument gives."""
    with contextlib.suppress(ValueError):
        if 0 <= (price := float(text)) < math.inf:
            return price
    raise argparse.ArgumentTypeError(f"{text[:40]!r} is not a price: give USD such as 0.10")


def run(asked: argparse.Namespace) -> int:
    """Import the file and return the exit code."""
    if asked.source == "google":
        return _run(asked, Path(asked.file))
    with importers.rereadable(asked.file) as file:
        return _run(asked, file)


def _run(asked: argparse.Namespace, file: Readable) -> int:
    scope = scope_of(asked.scope or ())
    if asked.source in importers.CONVERSATIONS:
        if not scope:
            raise InvalidArgument.of(Violation("--scope", "is needed: whose memories these conversations become"))
        found = importers.CONVERSATIONS[asked.source](file)
        beside = file if isinstance(file, Path) else None
        return remember(engine_of(asked), found, file=beside, asked=asked, scope=scope)
    if asked.source != "bank":
        read = importers.RECORDS[asked.source]
        engine, total = engine_of(asked), None
        if asked.source != "google":
            total = sum(1 for _ in read(file, scope))  # all of it, before anything is written
        return _import(engine, read(file, scope), asked=asked, total=total)
    head = importers.read_export(file)  # all of it, before anything is written
    engine = _created(asked, head.engine) if asked.create else engine_of(asked)
    return _import(engine, importers.records_of(file), asked=asked, total=head.records)


def _created(asked: argparse.Namespace, config: dict[str, Any]) -> Engine:
    """Create an engine as the file describes it."""
    if asked.dry_run or asked.engine:
        raise InvalidArgument.of(Violation("--create", "is for a new engine: leave out --engine and --dry-run"))
    bank = bank_of(asked)
    settings = read_client_settings(os.environ, prefix="--", url=bank.url, engine="-")
    parent = settings.engine_name.rpartition("/")[0]
    name = bank.wait(bank.call("POST", parent, config))["name"]
    if not asked.json:
        say(f"Created {name}. If the import is interrupted, go on with --engine {name} in place of --create.")
    return bank.engine(name)


def _import(engine: Engine, records: Iterable[Record], *, asked: argparse.Namespace, total: int | None) -> int:
    progress, sums, conflicts = Progress("imported", total), Counter[str](), list[str]()
    try:
        for counts in create_records(engine, records, validate_only=asked.dry_run):
            sums.update({name: value for name, value in counts.items() if isinstance(value, int)})
            conflicts += itertools.islice(counts.get("conflicts", ()), _SHOWN - len(conflicts))
            progress.show(sums["totalCount"])
    finally:
        progress.end()
    if asked.json:
        print_json({**sums, "conflicts": conflicts, "engine": engine.name, "dryRun": asked.dry_run})
        return 0
    for line in _told(sums, conflicts, dry_run=asked.dry_run):
        say(line)
    return 0


def _told(sums: Counter[str], conflicts: list[str], *, dry_run: bool) -> Iterator[str]:
    would = "would be created" if dry_run else "were created"
    memories = counted(sums["createdCount"], "memory", "memories")
    yield f"{memories} and {counted(sums['sessionsCreatedCount'], 'session')} {would}."
    if there := sums["unchangedCount"] + sums["sessionsUnchangedCount"]:
        yield f"Already there: {there:,}."
    if sums["expiredCount"]:
        yield f"Expired already, and skipped: {sums['expiredCount']:,}."
    if sums["erasedCount"]:
        yield f"Erased before they were created: {sums['erasedCount']:,}."
    if sums["conflictCount"]:
        shown = ", ".join(map(inert, conflicts))
        yield f"There with other content, and left as they are ({sums['conflictCount']:,}): {shown}"

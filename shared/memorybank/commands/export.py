"""`memorybank export`: writes an engine with its memories, revisions and sessions as lines of JSON."""

from __future__ import annotations

import argparse
import os
import sys
from contextlib import nullcontext
from pathlib import Path
from typing import Any

from memorybank.client.transfer import export_lines
from memorybank.commands.calling import add_address, engine_of, print_json
from memorybank.commands.terminal import Progress, counted, warn
from memorybank.errors import FailedPrecondition


def add_to(commands: Any) -> None:
    """Add the command and its arguments."""
    parser = commands.add_parser("export", help="write an engine with all memories, revisions and sessions to a file")
    parser.add_argument("file", metavar="FILE", help="file to write, as JSON Lines; - for standard output")
    parser.add_argument("--no-vectors", action="store_true", help="leave the vectors out; an import embeds anew")
    parser.add_argument("--force", action="store_true", help="overwrite the file")
    add_address(parser)
    parser.set_defaults(run=run)


def run(asked: argparse.Namespace) -> int:
    """Write the export and return the exit code. A file appears under its name when it is complete."""
    engine = engine_of(asked)
    path = None if asked.file == "-" else Path(asked.file)
    if path is not None and path.exists() and not asked.force:
        raise FailedPrecondition(f"{path} exists already: choose another file, or overwrite it with --force")
    part = None if path is None else path.with_name(f"{path.name}.part")
    progress, counts = Progress("exported"), dict.fromkeys(("memory", "session"), 0)
    try:
        with nullcontext(sys.stdout) if part is None else part.open("w", encoding="utf-8", newline="\n") as file:
            for line in export_lines(engine, vectors=not asked.no_vectors):
                file.write(line)
                for kind in counts:
                    counts[kind] += line.startswith(f'{{"kind":"{kind}"')
                progress.show(sum(counts.values()))
        if part is not None and path is not None:
            os.replace(part, path)  # noqa: PTH105 - pathlib has no other name for it
    except BrokenPipeError:
        raise
    except FileNotFoundError as error:
        raise FailedPrecondition(f"{path} cannot be written: its directory does not exist") from error
    except OSError as error:
        raise FailedPrecondition(f"{path} cannot be written: {error.strerror or error}") from error
    finally:
        progress.end()
    told = {"memories": counts["memory"], "sessions": counts["session"], "engine": engine.name}
    if path is None:
        return 0
    if asked.json:
        print_json({**told, "file": str(path)})
    else:
        memories = counted(counts["memory"], "memory", "memories")
        warn(f"Written to {path}: {memories} and {counted(counts['session'], 'session')} of {engine.name}.")
    return 0

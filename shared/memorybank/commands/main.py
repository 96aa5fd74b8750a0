"""The command `memorybank`."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from importlib.metadata import version

from memorybank.commands import backup, demo, doctor, erase, mcp, serve, stack
from memorybank.commands import eval as evaluate
from memorybank.errors import MemoryBankError

_COMMANDS = (serve, stack, demo, doctor, evaluate, erase, backup, mcp)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command and return its exit code; without `arguments`, those of the process."""
    parser = argparse.ArgumentParser(prog="memorybank", description="Open Memory Bank: memory for LLM agents.")
    parser.add_argument("--version", action="version", version=f"%(prog)s {version('open-memory-bank')}")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    for command in _COMMANDS:
        command.add_to(commands)
    asked = parser.parse_args(arguments)
    try:
        return int(asked.run(asked))
    except MemoryBankError as error:
        print(f"memorybank: {error.message}", file=sys.stderr)  # noqa: T201 - what a command says
        return 1

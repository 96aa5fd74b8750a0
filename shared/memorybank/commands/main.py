"""The command `memorybank`."""

from __future__ import annotations

import argparse
import importlib
import os
import sys
from collections.abc import Iterable, Sequence
from typing import Any

from memorybank.commands.parsing import Parser
from memorybank.errors import MemoryBankError

MODULES = {
    "serve": "serve",
    "console": "console",
    "stack": "stack",
    "demo": "demo",
    "bank": "bank",
    "add": "memories",
    "search": "memories",
    "list": "memories",
    "explain": "memories",
    "history": "memories",
    "forget": "memories",
    "rollback": "memories",
    "sessions": "sessions",
    "operations": "operations",
    "export": "export",
    "import": "import_",
    "erase": "erase",
    "backup": "backup",
    "restore": "backup",
    "doctor": "doctor",
    "eval": "eval",
    "bench": "bench",
    "mcp": "mcp",
    "completion": "completion",
}
"""The module of each command. Only that of the command that is called is imported."""

_INTERRUPTED = 130
_BROKEN_PIPE = 141
"""What shells report of a program that was ended by SIGINT or SIGPIPE."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command and return its exit code; without `arguments`, those of the process."""
    given = sys.argv[1:] if arguments is None else list(arguments)
    if given[:1] == ["help"]:
        given = [*given[1:2], "--help"]
    module = MODULES.get(given[0]) if given else None
    if module is None and given and not given[0].startswith("-"):
        return _unknown(given[0])
    asked = _read(parser_of_all() if module is None else _parser([module]), given)
    try:
        return int(asked.run(asked))
    except MemoryBankError as error:
        print(f"memorybank: {error.message}", file=sys.stderr)  # noqa: T201 - what a command says
        return 1
    except KeyboardInterrupt:
        return _INTERRUPTED
    except BrokenPipeError:  # whoever read the output, such as `head`, has enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return _BROKEN_PIPE


def _read(parser: argparse.ArgumentParser, given: Sequence[str]) -> argparse.Namespace:
    """Return the arguments. What is one too many is told with the usage of the command, which argparse does not."""
    asked, more = parser.parse_known_args(given)
    if more:
        actions = parser._actions  # noqa: SLF001 - nothing else leads to the commands
        [commands] = (each for each in actions if isinstance(each, argparse._SubParsersAction))  # noqa: SLF001 - as above
        command = commands.choices.get(given[0])
        meant = _meant(command, more[0]) if command else "; options follow the command, as in memorybank list --json"
        (command or parser).error(f"unrecognized arguments: {' '.join(more)[:200]}{meant}")
    return asked


def _meant(command: argparse.ArgumentParser, argument: str) -> str:
    """Say what may be meant by an argument that a command does not have."""
    if not argument.startswith("-"):
        return "; text of several words needs quotes, and an engine is named by --engine"
    import difflib  # noqa: PLC0415 - few need it

    actions = command._actions  # noqa: SLF001 - nothing else lists them
    options = [option for action in actions for option in action.option_strings if option.startswith("--")]
    near = difflib.get_close_matches(argument.partition("=")[0], options, n=1, cutoff=0.65)
    return f"; do you mean {near[0]}?" if near else ""


def _unknown(command: str) -> int:
    """Say that there is no such command, and which one may be meant."""
    import difflib  # noqa: PLC0415 - few need it

    near = difflib.get_close_matches(command, MODULES, n=2, cutoff=0.6)
    hint = f"do you mean {' or '.join(near)}?" if near else "`memorybank --help` lists them"
    print(f"memorybank: there is no command {command[:100]!r}: {hint}", file=sys.stderr)  # noqa: T201 - as above
    return 2


def parser_of_all() -> argparse.ArgumentParser:
    """Return the parser with all commands."""
    return _parser(dict.fromkeys(MODULES.values()))


def _parser(modules: Iterable[str]) -> argparse.ArgumentParser:
    parser = Parser(prog="memorybank", description="Open Memory Bank: memory for LLM agents.")
    parser.add_argument("--version", action=_Version, nargs=0, help="show the version and exit")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    for module in modules:
        importlib.import_module(f"memorybank.commands.{module}").add_to(commands)
    return parser


class _Version(argparse.Action):
    """Prints the version, which takes a while to find out."""

    def __call__(self, parser: argparse.ArgumentParser, *_: Any) -> None:
        from importlib.metadata import version  # noqa: PLC0415 - slow to import

        print(f"{parser.prog} {version('open-memory-bank')}")  # noqa: T201 - what a command says
        parser.exit()

"""The parser of the commands, whose errors say what is missing and what would be right."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from typing import Any, NoReturn

_REQUIRED = "the following arguments are required: "


class Parser(argparse.ArgumentParser):
    """A parser of arguments; those of its commands are of the same class."""

    def error(self, message: str) -> NoReturn:
        """Print the usage and what is wrong, and exit."""
        if message.startswith(_REQUIRED):
            message = "; ".join(self._missing(message.removeprefix(_REQUIRED).split(", ")))
        super().error(message)

    def _missing(self, names: list[str]) -> Iterator[str]:
        for action in self._actions:
            name = "/".join(action.option_strings) or str(action.metavar or action.dest)
            if name in names:
                says = f"one of {', '.join(map(str, action.choices))}" if action.choices else action.help or ""
                yield f"{name} is missing: {says}"

    def _check_value(self, action: argparse.Action, value: Any) -> None:
        """Refuse a value that is none of the choices. This is the one place to say it in every version of Python."""
        if action.choices is None or value in action.choices:
            return
        known = [str(each) for each in action.choices]
        says = f"{str(value)[:60]!r} is not one of {', '.join(known)}"
        if isinstance(action, argparse._SubParsersAction):  # noqa: SLF001 - it has no other name
            raise argparse.ArgumentError(action, f"{says}: give one of them first, and options after it")
        import difflib  # noqa: PLC0415 - few need it

        near = difflib.get_close_matches(str(value), known, n=1)
        raise argparse.ArgumentError(action, says + (f": do you mean {near[0]}?" if near else ""))

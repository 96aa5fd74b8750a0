"""Terminal functions of the commands: printing, confirming, checking arguments, and requiring extras."""

from __future__ import annotations

import argparse
from collections.abc import Callable

from memorybank.extras import how_to_install, missing


def say(text: str) -> None:
    """Print a line at once."""
    print(text, flush=True)  # noqa: T201 - what a command says


def agrees(question: str) -> bool:
    """Ask a question and tell whether the answer is yes; without a terminal the answer is no."""
    try:
        return input(f"{question} [y/N] ").strip().lower() in ("y", "yes")
    except EOFError:
        return False


def argument(check: Callable[[str], str]) -> Callable[[str], str]:
    """Return `check` as the type of an argument: the text of its `ValueError` is reported with the flag."""

    def checked(text: str) -> str:
        try:
            return check(text)
        except ValueError as error:
            raise argparse.ArgumentTypeError(str(error)) from error

    return checked


def require(extra: str, *needed: str) -> None:
    """Exit with the extra to install, unless it is installed, or all of the `needed` ones that it combines."""
    modules = missing(*(needed or (extra,)))
    if modules:
        say(f"memorybank: {modules[0]} is not installed: {how_to_install(extra)}")
        raise SystemExit(1)

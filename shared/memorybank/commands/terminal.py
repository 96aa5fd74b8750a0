"""Terminal functions of the commands: printing, confirming, checking arguments, and requiring extras."""

from __future__ import annotations

import argparse
import importlib.util
from collections.abc import Callable


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


def require(extra: str, *modules: str) -> None:
    """Exit with the extra to install, unless all of these modules are installed."""
    missing = [module for module in modules if importlib.util.find_spec(module) is None]
    if missing:
        say(f"memorybank: {', '.join(missing)} is not installed: pip install 'open-memory-bank[{extra}]'")
        raise SystemExit(1)

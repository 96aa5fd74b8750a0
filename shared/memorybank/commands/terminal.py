"""What commands share of the terminal: printing, asking, and naming what has to be installed."""

from __future__ import annotations

import importlib.util


def say(text: str) -> None:
    """Print a line at once."""
    print(text, flush=True)  # noqa: T201 - what a command says


def agrees(question: str) -> bool:
    """Ask a question and tell whether the answer is yes; nobody at the terminal means no."""
    try:
        return input(f"{question} [y/N] ").strip().lower() in ("y", "yes")
    except EOFError:
        return False


def require(extra: str, *modules: str) -> None:
    """Exit, and say which extra to install, unless all of these modules are installed."""
    missing = [module for module in modules if importlib.util.find_spec(module) is None]
    if missing:
        say(f"memorybank: {', '.join(missing)} is not installed: pip install 'open-memory-bank[{extra}]'")
        raise SystemExit(1)

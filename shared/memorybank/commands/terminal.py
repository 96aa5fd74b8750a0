"""Terminal functions of the commands: printing, tables, progress, confirming, checking arguments, requiring extras."""

from __future__ import annotations

import argparse
import shutil
import sys
from collections.abc import Callable, Iterator, Sequence

from memorybank.extras import how_to_install, missing

_LEAST_WIDTH = 60
_GAP = "  "
_BAR = 20
"""Characters of a bar of progress."""


def say(text: str) -> None:
    """Print a line at once."""
    print(text, flush=True)  # noqa: T201 - what a command says


def warn(text: str) -> None:
    """Print a line to standard error, which programs that read the output do not see."""
    print(text, file=sys.stderr, flush=True)  # noqa: T201 - as above


def counted(count: int, one: str, many: str | None = None) -> str:
    """Return a number with what is counted, such as `1 memory`."""
    return f"{count:,} {one if count == 1 else many or f'{one}s'}"


def inert(value: object) -> str:
    """Return text on one line, without what a terminal would follow: facts may hold escape sequences."""
    text = " ".join(str(value).split())
    return text if text.isprintable() else "".join(each if each.isprintable() else ascii(each)[1:-1] for each in text)


def table(columns: Sequence[str], rows: Sequence[Sequence[object]]) -> Iterator[str]:
    """Yield the lines of a table. On a terminal, its last column is cut to fit."""
    cells = [[column.upper() for column in columns], *([inert(value) for value in row] for row in rows)]
    widths = [max(len(row[place]) for row in cells) for place in range(len(columns))]
    used = sum(widths[:-1]) + len(_GAP) * (len(columns) - 1)
    room = max(_LEAST_WIDTH, shutil.get_terminal_size().columns) - used if sys.stdout.isatty() else None
    for row in cells:
        head = [cell.ljust(width) for cell, width in zip(row[:-1], widths, strict=False)]
        cut = room is not None and len(row[-1]) > room > 1
        yield _GAP.join([*head, f"{row[-1][: (room or 0) - 1]}…" if cut else row[-1]]).rstrip()


class Progress:
    """A line on standard error that says how far a command has come; nothing where that is no terminal."""

    def __init__(self, what: str, total: int | None = None) -> None:
        self._what, self._total, self._shown = what, total, 0

    def show(self, done: int, *, total: int | None = None) -> None:
        """Say how much is done."""
        if not sys.stderr.isatty():
            return
        most = total or self._total
        text = f"{self._what}: {done:,}"
        if most:
            filled = min(_BAR, _BAR * done // most)
            text = f"[{'#' * filled}{'.' * (_BAR - filled)}] {text} of {most:,} ({done / most:.0%})"
        sys.stderr.write(f"\r{text.ljust(self._shown)}")
        sys.stderr.flush()
        self._shown = len(text)

    def end(self) -> None:
        """Clear the line."""
        if self._shown:
            sys.stderr.write(f"\r{' ' * self._shown}\r")
            sys.stderr.flush()
            self._shown = 0


def agrees(question: str) -> bool:
    """Ask a question and tell whether the answer is yes; without a terminal the answer is no."""
    try:
        return input(f"{question} [y/N] ").strip().lower() in ("y", "yes")
    except EOFError:
        warn("\nNobody can answer here: --yes goes on without asking.")
        return False


def argument(check: Callable[[str], str]) -> Callable[[str], str]:
    """Return `check` as the type of an argument: the text of its `ValueError` is reported with the flag."""

    def checked(text: str) -> str:
        try:
            return check(text)
        except ValueError as error:
            raise argparse.ArgumentTypeError(str(error)) from error

    return checked


def whole_number(least: int, most: int) -> Callable[[str], int]:
    """Return a type of arguments: a whole number in a range."""

    def checked(text: str) -> int:
        number = int(text) if text.isascii() and text.isdecimal() and len(text) < len(str(most)) + 1 else -1
        if not least <= number <= most:
            raise argparse.ArgumentTypeError(f"{text[:40]!r} is not a number from {least} to {most}")
        return number

    return checked


def require(extra: str, *needed: str) -> None:
    """Exit with the extra to install, unless it is installed, or all of the `needed` ones that it combines."""
    modules = missing(*(needed or (extra,)))
    if modules:
        say(f"memorybank: {modules[0]} is not installed: {how_to_install(extra)}")
        raise SystemExit(1)


def page_url(url: str) -> str:
    """Return the address at which a browser on this machine reaches a server that may listen everywhere."""
    return url.replace("//0.0.0.0", "//127.0.0.1").replace("//[::]", "//[::1]")


def open_page(url: str) -> None:
    """Open a page in the person's browser, if there is one."""
    import webbrowser  # noqa: PLC0415 - few ask for it

    if not webbrowser.open(page_url(url)):
        say(f"No browser could be started: open {page_url(url)} yourself.")

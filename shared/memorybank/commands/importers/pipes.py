"""What is read from a pipe. An import reads its file twice, first to check all of it; a pipe can be read once."""

from __future__ import annotations

import os
import shutil
import stat
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO, Literal, TypeAlias

from memorybank.commands.importers.files import unreadable
from memorybank.errors import FailedPrecondition, InvalidArgument, Violation

STANDARD_INPUT = "-"
_AT_ONCE = 1 << 20


class Piped:
    """What came through a pipe, in a temporary file that only this process can open."""

    def __init__(self, name: str, file: BinaryIO) -> None:
        self._name, self._file = name, file

    def open(self, mode: Literal["rb"]) -> BinaryIO:
        """Return a file that begins at the start; one at a time may be in use."""
        again = os.fdopen(os.dup(self._file.fileno()), mode)
        again.seek(0)
        return again

    def __str__(self) -> str:
        """Return what errors call it."""
        return self._name


Rereadable: TypeAlias = Path | Piped


@contextmanager
def rereadable(named: str) -> Iterator[Rereadable]:
    """Yield what can be read twice of a file: the file itself, or what came through it if it is a pipe or `-`."""
    if named == STANDARD_INPUT:
        if sys.stdin is None:  # as Python leaves it for a process that was started without
            raise InvalidArgument.of(Violation("FILE", "standard input is closed: name a file, or pipe something in"))
        with _kept("standard input", sys.stdin.buffer) as piped:
            yield piped
    elif _is_stream(Path(named)):
        try:
            stream = Path(named).open("rb")  # noqa: SIM115 - closed below
        except OSError as error:
            raise unreadable(named, error) from error
        with stream, _kept(named, stream) as piped:
            yield piped
    else:
        yield Path(named)


def _is_stream(path: Path) -> bool:
    try:
        mode = path.stat().st_mode
    except OSError:  # whoever reads it says why it cannot be read
        return False
    return stat.S_ISFIFO(mode) or stat.S_ISCHR(mode) or stat.S_ISSOCK(mode)


@contextmanager
def _kept(name: str, stream: BinaryIO) -> Iterator[Piped]:
    if stream.isatty():
        right = (
            "is the terminal: name a file, or pipe something into the command, as in zcat x.gz | memorybank import -"
        )
        raise InvalidArgument.of(Violation("FILE", f"{name} {right}"))
    with _copied(name, stream) as file:
        yield Piped(name, file)


def _copied(name: str, stream: BinaryIO) -> BinaryIO:
    """Return a temporary file with what came, which goes with the process and has no name where a system allows it."""
    file: BinaryIO | None = None
    try:
        file = tempfile.TemporaryFile(prefix="memorybank-import-")  # noqa: SIM115 - the caller closes it
        shutil.copyfileobj(stream, file, _AT_ONCE)
        file.flush()
    except OSError as error:
        if file is not None:
            with suppress(OSError):  # closing writes again what could not be written
                file.close()
        instead = f", not {tempfile.tempdir}" if tempfile.tempdir else ""
        right = f"set TMPDIR to a directory with room{instead}, or name a file"
        raise FailedPrecondition(f"{name} cannot be kept ({error.strerror or error}): {right}") from error
    return file

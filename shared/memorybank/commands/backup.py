"""`memorybank backup` and `memorybank restore`: copy a bank's SQLite file, even while it is being served."""

from __future__ import annotations

import argparse
import os
from contextlib import closing
from pathlib import Path
from typing import Any

from memorybank.commands.terminal import require, say
from memorybank.config import read_settings
from memorybank.errors import FailedPrecondition, NotFound


def add_to(commands: Any) -> None:
    """Add both commands and their arguments."""
    for name, act, says in (
        ("backup", _backup, "copy the bank's SQLite file into FILE, even while it is being served"),
        ("restore", _restore, "recreate the bank's SQLite file from a backup; never overwrites a file"),
    ):
        parser = commands.add_parser(name, help=says)
        parser.add_argument("file", type=Path, metavar="FILE", help="the backup")
        parser.add_argument("--data", metavar="PATH", help="the bank's file (MEMORYBANK_DATA, else memorybank.db)")
        parser.set_defaults(run=act)


def _backup(asked: argparse.Namespace) -> int:
    data = _data(asked)
    _copy(data, asked.file)
    say(f"{data} is backed up in {asked.file} ({asked.file.stat().st_size:,} bytes).")
    return 0


def _restore(asked: argparse.Namespace) -> int:
    data = _data(asked)
    _copy(asked.file, data)
    say(f"{data} is restored from {asked.file}. Start the bank with: memorybank serve --data {data}")
    return 0


def _copy(source: Path, target: Path) -> None:
    """Copy one state of a store; refuse files that are not a store of this program, and overwrite nothing."""
    require("local")
    from memorybank.storage.sqlite import SqliteStore  # noqa: PLC0415 - --help need not wait for it

    if not source.is_file():
        raise NotFound(f"there is no file {source}: name the bank's file")
    if not target.absolute().parent.is_dir():
        raise FailedPrecondition(f"{target} cannot be written: its directory does not exist")
    with closing(SqliteStore(source)) as store:
        store.backup(target)


def _data(asked: argparse.Namespace) -> Path:
    given = {} if asked.data is None else {"data": asked.data}
    return Path(read_settings(os.environ, **given).data)

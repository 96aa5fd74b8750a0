"""The argument `--scope KEY=VALUE` of commands, given once for each part of a scope."""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from memorybank.errors import InvalidArgument, Violation


def add_scope(parser: argparse.ArgumentParser, *, required: bool, says: str) -> None:
    """Add the argument; `says` is its help."""
    parser.add_argument("--scope", type=_pair, action="append", required=required, metavar="KEY=VALUE", help=says)


def scope_of(pairs: Sequence[tuple[str, str]]) -> dict[str, str]:
    """Return the scope that the arguments name, each key once."""
    scope = dict(pairs)
    if len(scope) < len(pairs):
        raise InvalidArgument.of(Violation("--scope", "names a key twice"))
    return scope


def _pair(text: str) -> tuple[str, str]:
    key, equals, value = text.partition("=")
    if not (key and equals and value):
        raise argparse.ArgumentTypeError(f"{text!r} is not part of a scope: give KEY=VALUE, such as user_id=ada")
    return key, value

"""What the commands share that serve something: the number of a port, and the end by a signal."""

from __future__ import annotations

import argparse
from types import FrameType


def port_number(text: str) -> int:
    """Return the port that an argument names."""
    number = int(text) if text.isascii() and text.isdecimal() else -1
    if not 0 <= number < 2**16:
        raise argparse.ArgumentTypeError(f"{text!r} is not a port: give a number from 0 to 65535")
    return number


def interrupt(_number: int, _frame: FrameType | None) -> None:
    """Stop as if by Ctrl-C; for a signal."""
    raise KeyboardInterrupt

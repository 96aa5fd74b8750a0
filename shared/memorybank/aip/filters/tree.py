"""The parse tree of a filter: comparisons joined by AND, OR and NOT."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from memorybank.errors import InvalidArgument, Violation

WILDCARD = "*"
"""Matches any text at the start or end of a value compared with `=`, `!=` or `:`; it cannot be escaped."""


@dataclass(frozen=True)
class Comparison:
    """One `path op value`; `column` counts from 1 and is where the path begins."""

    path: tuple[str, ...]
    op: str
    value: str
    quoted: bool
    column: int


@dataclass(frozen=True)
class And:
    """True when every operand is; there are two or more."""

    operands: tuple[Expression, ...]


@dataclass(frozen=True)
class Or:
    """True when any operand is; there are two or more."""

    operands: tuple[Expression, ...]


@dataclass(frozen=True)
class Not:
    """True when the operand is not."""

    operand: Expression


Expression: TypeAlias = Comparison | And | Or | Not


def filter_violation(problem: str, *, column: int | None = None) -> InvalidArgument:
    """Build the error that says what is wrong with a filter, and at which column."""
    place = "" if column is None else f"column {column}: "
    return InvalidArgument.of(Violation("filter", f"{place}{problem}"))

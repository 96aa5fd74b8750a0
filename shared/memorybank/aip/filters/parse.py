r"""The filter language of list methods, read into a tree: https://google.aip.dev/160.

    create_time > 2031-01-02T03:04:05Z AND (labels.env = "prod" OR NOT labels:env) topics.label: "my topic"

As in AIP-160, OR binds tighter than AND, and adjacent comparisons are joined by an implicit AND, which binds tighter
than a written one. Values are words, numbers or timestamps, bare or in single or double quotes with the escapes
`\" \' \\ \n \r \t \uXXXX`; a backslash before anything else is kept, so that patterns need no doubling. As an extension
of AIP-160, `=~` matches a regular expression. Bare words without an operator, functions, and parentheses after an
operator are not supported.
"""

from __future__ import annotations

from collections.abc import Iterator

from memorybank.aip.casing import to_snake
from memorybank.aip.filters.tree import WILDCARD, And, Comparison, Expression, Not, Or, filter_violation

MAX_FILTER_DEPTH = 50
"""How deep AND, OR and NOT may be nested in each other."""


def parse_filter(text: str | None, *, max_length: int = 4096) -> Expression | None:
    """Parse a filter; return None for a blank one.

    Raises `InvalidArgument` on field `filter`, with the column (from 1), the text found there, what would be right, and
    a caret that marks the place.
    """
    if text is None or not text.strip():
        return None
    if len(text) > max_length:
        raise filter_violation(f"is {len(text)} characters long; the most that is taken is {max_length}")
    # This loads lark, which nothing else in the package needs.
    from memorybank.aip.filters.grammar import parse  # noqa: PLC0415 - keeps the import of this module cheap

    expression = parse(text)
    if _deeper_than(MAX_FILTER_DEPTH, expression):
        raise filter_violation(f"nests AND, OR and NOT deeper than {MAX_FILTER_DEPTH} levels")
    return expression


def required_equality(expression: Expression | None, path: tuple[str, ...]) -> str | None:
    """Return a value that `path` must equal for the filter to hold, so that a store can look it up.

    Only `=` without a wildcard counts, alone or joined to the rest by AND. The first name of a path may be in
    camelCase. The filter must still be applied to the store's results.
    """
    for each in required_comparisons(expression, path):
        if each.op == "=" and not (each.value.startswith(WILDCARD) or each.value.endswith(WILDCARD)):
            return each.value
    return None


def required_comparisons(expression: Expression | None, path: tuple[str, ...]) -> list[Comparison]:
    """Return the comparisons of `path` that must all hold for the filter to hold; there may be none."""
    required = expression.operands if isinstance(expression, And) else (expression,)
    return [
        each for each in required if isinstance(each, Comparison) and (to_snake(each.path[0]), *each.path[1:]) == path
    ]


def _deeper_than(limit: int, expression: Expression) -> bool:
    """Measure without recursion, level by level: the tree may be as deep as a caller could write."""
    level = [expression]
    for _ in range(limit):
        level = [child for node in level for child in _children(node)]
        if not level:
            return False
    return True


def _children(node: Expression) -> Iterator[Expression]:
    if isinstance(node, And | Or):
        yield from node.operands
    elif isinstance(node, Not):
        yield node.operand

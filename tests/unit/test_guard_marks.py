"""What a pattern matches has a mark that is looked for first: without one, the pattern is not tried."""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from typing import Any

import pytest

from memorybank.bank.guards import passwords, prompt_injection, secrets
from memorybank.bank.guards.order_signs import may_hold_order
from memorybank.models.offline import commands
from memorybank.text.normal import lowered

TEXTS = 10_000
_OF_A_KIND = {"CATEGORY_WORD": "w", "CATEGORY_DIGIT": "7", "CATEGORY_SPACE": " ", "CATEGORY_NOT_SPACE": "k"}


def _one_of(chosen: random.Random, allowed: list[Any]) -> str:
    """Return a character of a class."""
    if str(allowed[0][0]) == "NEGATE":
        return "q"
    kind, value = chosen.choice(allowed)
    if str(kind) == "RANGE":
        return chr(chosen.randint(*value))
    return chr(value) if str(kind) == "LITERAL" else _OF_A_KIND.get(str(value), "-")


def _text(chosen: random.Random, parsed: Any) -> str:
    """Return a text for a parsed pattern, without regard to what may precede or follow: it need not match."""
    found = ""
    for operation, value in parsed:
        kind = str(operation)
        if kind == "LITERAL":
            found += chr(value)
        elif kind in ("ANY", "NOT_LITERAL"):
            found += "x"
        elif kind == "IN":
            found += _one_of(chosen, value)
        elif kind == "BRANCH":
            found += _text(chosen, chosen.choice(value[1]))
        elif kind == "SUBPATTERN":
            found += _text(chosen, value[3])
        elif kind.endswith("_REPEAT"):
            least, most, part = value
            found += "".join(_text(chosen, part) for _ in range(chosen.choice((least, min(most, least + 1)))))
    return found


@pytest.mark.parametrize(
    ("pattern", "marked"),
    [
        (prompt_injection._ORDER, prompt_injection._marked),  # noqa: SLF001
        (prompt_injection._ORDER, lambda text: may_hold_order(text, lowered(text))),  # noqa: SLF001
        (secrets._NUMBERED, lambda text: any(mark in lowered(text) for mark in secrets._NUMBERED_NAMES)),  # noqa: SLF001
        (passwords._NAMED, lambda text: any(mark in lowered(text) for mark in passwords._HINTS)),  # noqa: SLF001
        (passwords._USED, lambda text: any(mark in lowered(text) for mark in passwords._HINTS)),  # noqa: SLF001
        (passwords._LONG, lambda text: any(mark in lowered(text) for mark in passwords._HINTS)),  # noqa: SLF001
        (commands._outcomes(latin=True), lambda text: any(mark in lowered(text) for mark in commands._OUTCOME_VERBS)),  # noqa: SLF001
        (commands._outcomes(latin=False), lambda text: any(mark in text for mark in commands._OTHER_OUTCOME_WORDS)),  # noqa: SLF001
    ],
    ids=[
        *("orders", "orders at a glance", "numbers", "passwords", "used passwords", "keys"),
        *("outcomes", "outcomes in other letters"),
    ],
)
def test_every_match_has_a_mark(pattern: re.Pattern[str], marked: Callable[[str], bool]) -> None:
    chosen = random.Random(1)  # noqa: S311 - texts, no secrets
    parsed = vars(re)["_parser"].parse(pattern.pattern, re.IGNORECASE)
    texts = (" ".join(_text(chosen, parsed).split()) for _ in range(TEXTS))
    matching = [text for text in texts if pattern.search(text)]
    assert len(matching) > TEXTS // 10
    assert [text for text in matching if not marked(text)] == []

"""The README's examples run as they stand, one after the other, and print what their comments promise."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Served

README = Path(__file__).parents[2] / "README.md"
BLOCK = re.compile(r"```python\n(.*?)```", re.DOTALL)
PROMISE = re.compile(r"print\(.*\)  # (.*)$", re.MULTILINE)
ELSEWHERE = ("converse(", "langgraph", "def test_")
"""By what they contain: examples that need more than a bank. Tests of their own run them."""


def examples(containing: str) -> list[str]:
    """Return the README's examples that contain a text."""
    return [block for block in BLOCK.findall(README.read_text()) if containing in block]


def test_the_examples_of_the_readme_do_what_they_say(served: Served, capsys: pytest.CaptureFixture[str]) -> None:
    text = "\n".join(block for block in examples("") if not any(part in block for part in ELSEWHERE))
    assert text.count("http://127.0.0.1:8080") == 1
    names: dict[str, Any] = {}
    exec(text.replace("http://127.0.0.1:8080", served.url), names)  # noqa: S102 - the README is ours
    promises = PROMISE.findall(text)
    assert len(promises) == text.count("print(")
    assert capsys.readouterr().out.splitlines() == promises

"""The pages that people read, and the examples in them, for the tests that run those."""

from __future__ import annotations

import re
from pathlib import Path

REPOSITORY = Path(__file__).parents[1]
USER_PAGES = (REPOSITORY / "README.md", *sorted((REPOSITORY / "docs").glob("*.md")))
FOLDER_PAGES = tuple(
    REPOSITORY / name
    for name in (
        "CHANGELOG.md",
        "functions/README.md",
        "infra/README.md",
        "infra/deployment-checks.md",
        "shared/README.md",
        "tests/README.md",
        "tests/benchmarks/README.md",
    )
)
PROMISE = re.compile(r"print\(.*\)  # (.*)$", re.MULTILINE)
"""What a printed line of an example is said to be."""

_BLOCK = re.compile(r"^```(\w*)\n(.*?)^```$", re.DOTALL | re.MULTILINE)


def page(name: str) -> Path:
    """Return a page by its path in the repository."""
    return REPOSITORY / name


def blocks(path: Path, language: str) -> list[str]:
    """Return the blocks of a page in a language, in their order."""
    return [text for found, text in _BLOCK.findall(path.read_text()) if found == language]


def prose(path: Path) -> str:
    """Return a page without its blocks."""
    return _BLOCK.sub("", path.read_text())


def examples(name: str, containing: str) -> list[str]:
    """Return the Python examples of a page that contain a text."""
    return [block for block in blocks(page(name), "python") if containing in block]

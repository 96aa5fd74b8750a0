"""A hook of mkdocs: pages of the code's folders join the site, and links that lead out of docs/ still lead somewhere.

The pages are written for the host of the repository, where a link such as `../shared/README.md` works. Here those pages
are part of the site, and a link to any other file leads to the repository.
"""

from __future__ import annotations

import json
import posixpath
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from mkdocs.structure.files import File, Files

REPOSITORY = Path(__file__).parents[1]
PAGES = {
    "CHANGELOG.md": "changelog.md",
    "functions/README.md": "code/functions.md",
    "infra/README.md": "code/infra.md",
    "infra/deployment-checks.md": "code/deployment-checks.md",
    "shared/README.md": "code/shared.md",
    "tests/README.md": "code/tests.md",
    "tests/benchmarks/README.md": "code/benchmarks.md",
    "infra/architecture.svg": "code/architecture.svg",
    "shared/rooms.svg": "code/rooms.svg",
}
"""What the site holds besides docs/, by its path in the repository."""

_BLOCK = re.compile(r"^```.*?^```$", re.DOTALL | re.MULTILINE)
_LINK = re.compile(r"(\]\()([^)\s]+)(\))")


def on_files(files: Files, config: Any) -> Files:
    """Add the pages of folders, and the description of the API."""
    for source, target in PAGES.items():
        files.append(File.generated(config, target, abs_src_path=str(REPOSITORY / source)))
    for target, content in _described().items():
        files.append(File.generated(config, target, content=content))
    return files


def on_page_markdown(markdown: str, *, page: Any, config: Any, files: Files) -> str:
    """Rewrite the links of a page."""
    del files
    uri = str(page.file.src_uri)
    return outside_blocks(markdown, lambda text: rewritten(text, uri, repository=str(config.repo_url)))


def outside_blocks(markdown: str, change: Callable[[str], str]) -> str:
    """Return a page with its text changed, and its blocks of code as they are."""
    parts, end = [], 0
    for block in _BLOCK.finditer(markdown):
        parts += [change(markdown[end : block.start()]), block[0]]
        end = block.end()
    return "".join([*parts, change(markdown[end:])])


def rewritten(text: str, uri: str, *, repository: str) -> str:
    """Return the text of the page at `uri` in the site with its links as the site needs them."""
    written = {target: source for source, target in PAGES.items()}.get(uri, f"docs/{uri}")

    def place(found: re.Match[str]) -> str:
        link, hash_sign, anchor = found[2].partition("#")
        if not link or "://" in link or link.startswith("mailto:"):
            return found[0]
        target = posixpath.normpath(posixpath.join(posixpath.dirname(written), link))
        return f"{found[1]}{_address(target, uri, repository)}{hash_sign}{anchor}{found[3]}"

    return _LINK.sub(place, text)


def _address(target: str, uri: str, repository: str) -> str:
    """Return where a file of the repository is for the page at `uri`."""
    inside = PAGES.get(target) or (target.removeprefix("docs/") if target.startswith("docs/") else None)
    if inside is not None:
        return posixpath.relpath(inside, posixpath.dirname(uri) or ".")
    kind = "tree" if (REPOSITORY / target).is_dir() else "blob"
    return f"{repository.rstrip('/')}/{kind}/main/{target}"


def _described() -> dict[str, str]:
    """Return the description of the API, for programs and for people."""
    from memorybank.handlers.openapi import document  # noqa: PLC0415 - what reads the links needs nothing of it
    from memorybank.local.reference import page_of  # noqa: PLC0415 - as above

    return {"openapi.json": json.dumps(document()), "reference.html": page_of(document())}

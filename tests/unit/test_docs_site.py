"""The site of the docs: its navigation names every page, and its hook leads links where they lead in the repository."""

from __future__ import annotations

import re

import pytest

from infra.docs_site import PAGES, outside_blocks, rewritten
from tests.documents import FOLDER_PAGES, REPOSITORY, USER_PAGES, page

HOST = "https://example.com/bank/"


@pytest.mark.parametrize(
    ("uri", "link", "expected"),
    [
        ("search.md", "limits.md#sizes", "limits.md#sizes"),
        ("README.md", "../shared/README.md", "code/shared.md"),
        ("performance.md", "../infra/README.md#how-to", "code/infra.md#how-to"),
        ("models.md", "../shared/memorybank/bank/guards/", f"{HOST}tree/main/shared/memorybank/bank/guards"),
        ("testing.md", "../compose.yaml", f"{HOST}blob/main/compose.yaml"),
        ("code/infra.md", "../docs/search.md#ranking", "../search.md#ranking"),
        ("code/infra.md", "deployment-checks.md", "deployment-checks.md"),
        ("code/infra.md", "architecture.svg", "architecture.svg"),
        ("code/benchmarks.md", "../../docs/performance.md", "../performance.md"),
        ("changelog.md", "docs/threat-model.md", "threat-model.md"),
        ("search.md", "#anchor", "#anchor"),
        ("search.md", "https://example.org/../x", "https://example.org/../x"),
    ],
)
def test_a_link_leads_where_it_leads_in_the_repository(uri: str, link: str, expected: str) -> None:
    assert rewritten(f"see [it]({link}).", uri, repository=HOST) == f"see [it]({expected})."


def test_blocks_of_code_stay_as_they_are() -> None:
    text = "[a](../x)\n```md\n[a](../x)\n```\n[a](../x)"
    assert outside_blocks(text, lambda part: part.replace("../x", "y")) == "[a](y)\n```md\n[a](../x)\n```\n[a](y)"


def test_the_navigation_names_every_page() -> None:
    named = set(re.findall(r": ([\w/.-]+\.md)$", page("mkdocs.yml").read_text(), re.MULTILINE))
    docs = {path.name for path in USER_PAGES if path.parent.name == "docs"}
    folders = {PAGES[str(path.relative_to(REPOSITORY))] for path in FOLDER_PAGES}
    assert named == docs | folders

"""README, docs and the READMEs of folders: their links, settings, commands and names are those that there are."""

from __future__ import annotations

import pkgutil
import re
import shlex
import tomllib
from collections.abc import Iterator
from dataclasses import MISSING, fields
from pathlib import Path

import pytest
import yaml

from memorybank.client import ClientSettings
from memorybank.commands.main import main
from memorybank.config import Settings, variable
from memorybank.handlers.rpcs import all_rpcs
from memorybank.models.gemini.names import EMBED, EMBED_DEVELOPER, GENERATE
from tests.documents import FOLDER_PAGES, REPOSITORY, USER_PAGES, blocks, page, prose

PAGES = (*USER_PAGES, *FOLDER_PAGES)
ONE_SCREEN = 60
PACKAGE = REPOSITORY / "shared" / "memorybank"
SHELLS = ("console", "bash")
REFUSED = {"getIamPolicy", "setIamPolicy", "testIamPermissions", "compact"}
"""Methods that are answered with UNIMPLEMENTED and the reason."""

MADE_ELSEWHERE = {
    "conversations.json",
    "main.py",
    "function.yaml",
    "services.py",
    "terraform.tfvars",
    "backend.tf",
    ".vscode/mcp.json",
    "claude_desktop_config.json",
    "locomo10.json",
    "longmemeval_s.json",
    "longmemeval_m.json",
    "longmemeval_oracle.json",
}
"""Files that each folder of one kind has, or that a reader makes."""

_LINK = re.compile(r"\]\(([^)\s]+)\)")
_HEADING = re.compile(r"^#+ (.*)$", re.MULTILINE)
_ROW = re.compile(r"^\| (`MEMORYBANK_[A-Z_`, ]+) \| .* \| ?(.*?) ?\|$", re.MULTILINE)
_VARIABLE = re.compile(r"MEMORYBANK_[A-Z_]+[A-Z]")
_FILE = re.compile(r"`((?:[\w.-]+/)*[\w-]+\.(?:py|yaml|lock|json|toml|tf|dot|svg|sh))`")
_ROOM = re.compile(r"`([a-z_]+/(?:[a-z_]+/)*)`")
_MODULE = re.compile(r"`(memorybank(?:\.[A-Za-z_]+)+)`")


def _name(path: Path) -> str:
    return str(path.relative_to(REPOSITORY))


def _anchors(path: Path) -> set[str]:
    """Return the anchors that the host of the repository gives to the headings of a page."""
    headings = _HEADING.findall(prose(path))
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def _commands(path: Path) -> Iterator[list[str]]:
    """Yield the commands of a page's shell blocks as words, without comments and leading assignments."""
    for language in SHELLS:
        for line in "".join(blocks(path, language)).replace("\\\n", "").splitlines():
            words = shlex.split(line, comments=True) if line.startswith(("make ", "memorybank ", "pip ")) else []
            if words:
                yield words


def _by_name(word: str) -> list[list[str]]:
    return [command for path in PAGES for command in _commands(path) if command[0] == word]


@pytest.mark.parametrize("path", PAGES, ids=_name)
def test_every_link_leads_to_a_file_and_a_heading_that_are_there(path: Path) -> None:
    for link in _LINK.findall(prose(path)):
        if link.startswith(("https://", "http://")):
            continue
        place, _, anchor = link.partition("#")
        target = (path.parent / place).resolve() if place else path
        assert target.exists(), link
        assert target.is_relative_to(REPOSITORY), link
        assert not anchor or anchor in _anchors(target), link


@pytest.mark.parametrize("path", PAGES, ids=_name)
def test_every_file_folder_and_module_that_a_page_names_is_there(path: Path) -> None:
    text, roots = prose(path), (path.parent, REPOSITORY, PACKAGE, REPOSITORY / "tests")
    for name in (*_FILE.findall(text), *_ROOM.findall(text)):
        made = name in MADE_ELSEWHERE or name.startswith("dist/")
        found = made or any((root / name).exists() for root in roots) or any(PACKAGE.rglob(name))
        assert found or any(path.parent.rglob(name)), name
    for module in set(_MODULE.findall(text)) - {"memorybank.db"}:
        assert pkgutil.resolve_name(module), module


def test_readme_is_one_screen_and_leads_to_every_page() -> None:
    text = page("README.md").read_text()
    assert len(text.splitlines()) <= ONE_SCREEN
    pages = {path.name for path in USER_PAGES if path.parent.name == "docs"} - {"README.md"}
    contents = page("docs/README.md").read_text()
    for links in (_LINK.findall(text), _LINK.findall(contents)):
        assert pages <= {Path(link.partition("#")[0]).name for link in links}


def test_every_setting_is_in_the_table_with_its_default() -> None:
    rows = _ROW.findall(page("docs/configuration.md").read_text())
    told = {name for row, _ in rows for name in _VARIABLE.findall(row)}
    settings = (*fields(Settings), *fields(ClientSettings))
    assert told == {variable(each.name) for each in settings}
    defaults = {variable(each.name): each.default for each in settings if each.default not in (None, MISSING)}
    for row, default in rows:
        names = _VARIABLE.findall(row)
        if default.startswith("`") and ";" not in default and names[0] in defaults:
            assert default.replace("`", "").split(", ") == [str(defaults[name]) for name in names], row


def test_no_page_names_a_setting_that_is_not_there() -> None:
    known = {variable(each.name) for each in (*fields(Settings), *fields(ClientSettings))}
    for path in PAGES:
        assert set(_VARIABLE.findall(path.read_text())) <= known, path


def test_the_default_models_are_those_of_the_table() -> None:
    [row] = [line for line in page("docs/models.md").read_text().splitlines() if line.startswith("| language model |")]
    assert row == f"| language model | {GENERATE} | {GENERATE} |", "docs/models.md"
    [row] = [line for line in page("docs/models.md").read_text().splitlines() if line.startswith("| embedding model |")]
    assert row == f"| embedding model | {EMBED} | {EMBED_DEVELOPER} |", "docs/models.md"


def _functions_table() -> dict[str, list[str]]:
    """Return the cells of the table of functions, by function."""
    rows = re.findall(r"^\| (\w+) \|(.*)\|$", page("functions/README.md").read_text(), re.MULTILINE)
    return {name: [cell.strip() for cell in cells.split("|")] for name, cells in rows if name != "folder"}


def test_the_table_of_functions_says_what_their_folders_say() -> None:
    callers = {"clients": "clients", "tasks": "Cloud Tasks", "scheduler": "Cloud Scheduler"}
    expected = {}
    for path in (REPOSITORY / "functions").glob("*/function.yaml"):
        found = yaml.safe_load(path.read_text())
        uses = [found["uses"]["store"], *(found["uses"][key] for key in ("embed", "generate", "enqueue"))]
        told = [{True: "yes", False: "", "none": ""}.get(value, value) for value in uses]
        expected[path.parent.name] = [callers[found["callers"]], *told]
    assert {name: cells[1:] for name, cells in _functions_table().items()} == expected


def test_every_custom_method_is_on_the_pages_of_the_api_and_of_the_functions() -> None:
    custom = {(rpc.function, rpc.template.rpartition(":")[2]) for rpc in all_rpcs() if ":" in rpc.template}
    api, functions = page("docs/api.md").read_text(), _functions_table()
    assert custom
    assert not [verb for _, verb in custom if f":{verb}`" not in api and verb not in REFUSED]
    assert not [verb for function, verb in custom if verb not in functions[function][0] and verb not in REFUSED]


def test_every_make_target_of_an_example_is_there() -> None:
    targets = set(re.findall(r"^([a-z-]+):", page("Makefile").read_text(), re.MULTILINE))
    assert {command[1] for command in _by_name("make")} <= targets
    assert {name for path in PAGES for name in re.findall(r"`make ([a-z-]+)", prose(path))} <= targets


def test_every_install_line_names_what_can_be_installed() -> None:
    extras = tomllib.loads(page("pyproject.toml").read_text())["project"]["optional-dependencies"]
    lines = _by_name("pip")
    lines += [shlex.split(found) for path in PAGES for found in re.findall(r"`(pip install [^`]+)`", prose(path))]
    assert lines
    for _, install, wanted, *_ in (words for words in lines if not words[2].startswith("-")):
        assert install == "install"
        if wanted.startswith((".[", "open-memory-bank[")):
            assert set(re.findall(r"[a-z-]+", wanted.partition("[")[2])) <= set(extras), wanted
        else:
            assert f"\n{wanted}==" in page("requirements.lock").read_text(), wanted


def test_every_command_of_an_example_is_there(capsys: pytest.CaptureFixture[str]) -> None:
    lines = _by_name("memorybank")
    lines += [shlex.split(found) for path in PAGES for found in re.findall(r"`(memorybank [a-z][^`]*)`", prose(path))]
    assert lines
    for _, command, *options in lines:
        action = options[:1] if command in ("bank", "operations") else []
        with pytest.raises(SystemExit):
            main([command, *action, "--help"])
        usage = capsys.readouterr().out
        for option in (word.partition("=")[0] for word in options if word.startswith("--")):
            assert option in usage, f"{command} {option}"

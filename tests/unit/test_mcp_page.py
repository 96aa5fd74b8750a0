"""The configuration that docs/mcp.md offers for pasting is JSON and starts `memorybank mcp` with known arguments."""

from __future__ import annotations

import argparse
import json
import shlex
from collections.abc import Iterator
from typing import Any

import pytest

from memorybank.client.settings import read_client_settings
from memorybank.commands import mcp
from tests.documents import blocks, page

PAGE = page("docs/mcp.md")


def servers() -> list[dict[str, Any]]:
    """Return the description of each server on the page."""
    read = [json.loads(block) for block in blocks(PAGE, "json")]
    return [server for each in read for group in each.values() for server in group.values()]


def parsed(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(exit_on_error=False)
    mcp.add_to(parser.add_subparsers())
    return parser.parse_args(arguments)


def command_lines() -> Iterator[list[str]]:
    yield from (server["args"] for server in servers() if "command" in server)
    for line in "".join(blocks(PAGE, "console")).splitlines():
        if "memorybank mcp" in line:
            yield shlex.split(line.partition("memorybank ")[2])


def test_the_page_starts_the_command_with_arguments_that_it_takes() -> None:
    found = [parsed(arguments) for arguments in command_lines()]
    assert len(found) == 3
    assert {dict(each.scope)["user_id"] for each in found} == {"ada"}
    assert {each.data for each in found} == {"/home/ada/memories.db"}


def test_the_page_has_an_address_for_clients_that_share_a_server() -> None:
    [address] = [server["url"] for server in servers() if "url" in server]
    base, path, scope = address.partition("/mcp/4242")
    assert read_client_settings({}, url=base, engine="4242").url == base
    assert (path, scope) == ("/mcp/4242", "?user_id=ada")


@pytest.mark.parametrize(
    "arguments", [["--scope", "ada"], ["--url", "localhost"], ["--data", "x", "--url", "http://x"]]
)
def test_arguments_that_contradict_or_are_malformed_are_refused(arguments: list[str]) -> None:
    with pytest.raises((argparse.ArgumentError, SystemExit)):
        parsed(["mcp", *arguments])

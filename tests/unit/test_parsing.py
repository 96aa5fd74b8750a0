"""What is wrong with the arguments of a command is said with what would be right."""

from __future__ import annotations

import pytest

from memorybank.client.settings import base_url, engine_id
from memorybank.commands.main import main


def _said(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    with pytest.raises(SystemExit) as ended:
        main([*arguments])
    assert ended.value.code == 2
    return capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ("", "COMMAND is missing: one of serve, console"),
        ("add tea", "--scope is missing: the scope, such as user_id=ada"),
        ("erase", "--scope is missing: the scope to erase, such as user_id=ada"),
        ("search", "QUERY is missing: what to search for; --scope is missing: the scope"),
        ("rollback 1", "REVISION is missing: "),
        ("export", "FILE is missing: file to write"),
        ("operations", "ACTION is missing: one of list, show, undo, retry"),
        ("operations --json", "ACTION is missing"),
        ("operations --url http://127.0.0.1:8080", "is not one of list, show, undo, retry: give one of them first"),
        ("bank delete 9", "'delete' is not one of create, list, show"),
        ("import x --from memo", "'memo' is not one of bank, mem0, text, google, chatgpt, claude: do you mean mem0?"),
        ("completion powershell", "'powershell' is not one of bash, zsh, fish"),
        ("list --url http://127.0.0.1:8080/v1beta1", "leave out /v1beta1"),
        ("list --engine first!", "`memorybank bank list` shows them"),
    ],
)
def test_a_wrong_command_line_says_what_would_be_right(
    capsys: pytest.CaptureFixture[str], arguments: str, says: str
) -> None:
    assert says in " ".join(_said(capsys, *arguments.split()).split())


@pytest.mark.parametrize("arguments", ["help", "help add"])
def test_help_is_a_command_too(capsys: pytest.CaptureFixture[str], arguments: str) -> None:
    with pytest.raises(SystemExit) as ended:
        main(arguments.split())
    assert ended.value.code == 0
    assert f"usage: memorybank{arguments.removeprefix('help')}" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("url", "more"),
    [
        ("http://127.0.0.1:8080/v1beta1", "/v1beta1"),
        ("http://127.0.0.1:8080/v1beta1/projects/p", "/v1beta1/projects/p"),
        ("http://127.0.0.1:8080/console/", "/console/"),
        ("https://bank.example/a/mcp/5", "/mcp/5"),
    ],
)
def test_a_base_url_ends_before_the_paths_of_the_bank(url: str, more: str) -> None:
    with pytest.raises(ValueError, match=f"leave out {more}$"):
        base_url(url)


def test_a_base_url_may_have_a_path_of_a_gateway() -> None:
    for url in ("https://gateway.example/v1/bank", "https://gateway.example/consoles"):
        assert base_url(url) == url


@pytest.mark.parametrize("name", ["my first bank", "a/b", "", "-x", "a" * 101])
def test_a_display_name_is_not_an_id(name: str) -> None:
    with pytest.raises(ValueError, match="must be an engine's id"):
        engine_id(name)

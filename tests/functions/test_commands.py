"""The commands that call a bank: what they do there, what people read, and what programs get."""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import pytest

from memorybank.commands.completion import words_of
from memorybank.commands.main import MODULES, main, parser_of_all
from memorybank.testing.processes import run_program
from tests.conftest import Served

Run = Callable[..., str]


@pytest.fixture
def bank(served: Served, monkeypatch: pytest.MonkeyPatch) -> Served:
    """Serve a bank, and have the environment name it and no engine."""
    for name in ("ENGINE", "PROJECT", "LOCATION"):
        monkeypatch.delenv(f"MEMORYBANK_{name}", raising=False)
    monkeypatch.setenv("MEMORYBANK_URL", served.url)
    return served


@pytest.fixture
def run(bank: Served, capsys: pytest.CaptureFixture[str]) -> Run:
    """Return a function that runs a command, which must exit with `code`, and returns what it prints."""

    def run(line: str, *, code: int = 0) -> str:
        capsys.readouterr()
        found = main(shlex.split(line))
        said = capsys.readouterr()
        assert found == code, said
        return said.err if code else said.out

    return run


def read(run: Run, line: str) -> Any:
    """Return the JSON that a command prints."""
    return json.loads(run(f"{line} --json"))


def test_a_bank_that_is_created_prints_the_lines_that_make_the_next_commands_find_it(
    run: Run, bank: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    printed = run("bank create 'my bank' --project p")
    exports = dict(re.findall(r"^    export (\w+)=(.+)$", printed, re.MULTILINE))
    assert exports["MEMORYBANK_URL"] == bank.url
    assert exports["MEMORYBANK_ENGINE"].startswith("projects/p/locations/us-central1/reasoningEngines/")
    monkeypatch.setenv("MEMORYBANK_ENGINE", exports["MEMORYBANK_ENGINE"].rpartition("/")[2])
    assert read(run, "bank show")["displayName"] == "my bank", "a bare id means the one bank that has it"
    only = run("bank create another --export")
    assert [line.partition("=")[0] for line in only.splitlines()] == [
        "export MEMORYBANK_URL",
        "export MEMORYBANK_ENGINE",
    ]
    assert {each["displayName"] for each in read(run, "bank list")} == {"my bank", "another"}


def test_without_an_engine_the_only_one_is_taken_and_of_several_one_must_be_named(run: Run) -> None:
    assert "create one with `memorybank bank create NAME`" in run("list", code=1)
    run("bank create first")
    assert read(run, "list") == []
    run("bank create second")
    [said] = run("list", code=1).splitlines()
    assert "--engine: is needed" in said
    assert "has 2 engines: name one of `memorybank bank list`" in said


def test_a_fact_is_added_found_changed_back_and_forgotten(run: Run) -> None:
    run("bank create b")
    memory = read(run, "add 'I like tea' --scope user_id=ada")
    assert memory["fact"] == "I like tea"
    assert "Remembered as " in run("add 'I like figs' --scope user_id=bob")
    [found] = read(run, "search 'Which tea?' --scope user_id=ada --top 1")
    assert found["memory"]["name"] == memory["name"]
    assert "I like tea" in run("search tea --scope user_id=ada")
    assert [each["fact"] for each in read(run, "list --scope user_id=ada")] == ["I like tea"]
    assert len(read(run, "list")) == 2
    assert len(read(run, "list --limit 1")) == 1
    identifier = memory["name"].rpartition("/")[2]
    told = run(f"forget {identifier} --yes")
    purge = read(run, f"explain {identifier}")["purgeTime"]
    assert f"Until {purge}, `memorybank history {identifier}`" in told
    newest, first = read(run, f"history {memory['name']}")
    assert "fact" not in newest
    run(f"rollback {identifier} {first['name'].rpartition('/')[2]}")
    assert [each["fact"] for each in read(run, "list --scope user_id=ada")] == ["I like tea"]


def test_the_past_is_listed_and_searched_and_a_memory_is_explained(run: Run) -> None:
    run("bank create b")
    memory = read(run, "add 'I like tea' --scope user_id=ada")
    then, identifier = memory["updateTime"], memory["name"].rpartition("/")[2]
    run("add 'I like tea' --generate --scope user_id=ada")
    explained = read(run, f"explain {identifier}")
    assert (explained["evidenceCount"], [each["action"] for each in explained["revisions"]]) == (2, ["KEPT", "CREATED"])
    told = run(f"explain {identifier}").splitlines()
    assert told[0] == "I like tea"
    assert told[1].startswith("Said 2 times, last at ")
    assert '"I like tea"' in told[3]
    held = read(run, "add 'I have worked at Acme since March 2021' --scope user_id=ada")["name"].rpartition("/")[2]
    assert run(f"explain {held}").splitlines()[2] == "Holds since 2021-03."
    run(f"forget {identifier} --yes")
    assert "Said 2 times" in run(f"explain {identifier}")
    for line in ("list", "search tea"):
        assert "I like tea" in run(f"{line} --scope user_id=ada --read-time {then}")
        assert "readTime" in run(f"{line} --scope user_id=ada --read-time yesterday", code=1)
    assert "scope=" in run(f"list --read-time {then}", code=1)


def test_a_generation_says_what_it_changed_and_is_undone(run: Run) -> None:
    run("bank create b")
    [change] = read(run, "add 'I live in Paris.' --generate --scope user_id=ada")
    assert change["action"] == "CREATED"
    assert "UPDATED" in run("add 'I moved to Lyon.' --generate --scope user_id=ada")
    operation = next(each for each in read(run, "operations list") if "Generate" in each["metadata"]["@type"])
    shown = run(f"operations show {operation['name'].rpartition('/')[2]}")
    assert "UPDATED" in shown
    assert re.search(r"^  extract took [\d.]+s$", shown, re.MULTILINE)
    run(f"operations undo {operation['name']}")
    assert [each["fact"] for each in read(run, "list")] == ["I live in Paris"]
    assert "only an operation that has failed can be retried" in run(f"operations retry {operation['name']}", code=1)


def test_sessions_are_listed_and_shown_as_they_were_said(run: Run, bank: Served) -> None:
    engine = f"/v1beta1/{read(run, 'bank create b')['name']}"
    with bank.http() as http:
        session = http.post(f"{engine}/sessions", json={"userId": "ada"}).json()["response"]["name"]
        event = {
            "author": "user",
            "invocationId": "1",
            "timestamp": "2026-01-02T03:04:05Z",
            "content": {"role": "user", "parts": [{"text": "Hello\x1b[2J"}]},
        }
        http.post(f"/v1beta1/{session}:appendEvent", json=event).raise_for_status()
    assert session.rpartition("/")[2] in run("sessions --user ada")
    assert read(run, "sessions --user bob") == []
    shown = run(f"sessions {session}")
    assert r"user    Hello\x1b[2J" in shown
    assert "\x1b" not in shown, "what was said may hold escape sequences"


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("history other/1", "memories: 'other/1' is not of this engine: give an id, or a name that begins with "),
        ("history 1", "/memories/1 does not exist"),
        ("add tea --scope user_id=ada --scope user_id=bob", "--scope: names a key twice"),
        ("list --engine 4242", "has no engine 4242"),
        ("erase --scope user_id=ada", "MEMORYBANK_ENGINE: is not set: it must be an engine's id"),
        ("list --url http://127.0.0.1:9", "start a bank with `memorybank serve --port 9`"),
    ],
)
def test_what_is_wrong_is_told_in_one_sentence(run: Run, line: str, says: str) -> None:
    run("bank create b")
    [said] = run(line, code=1).splitlines()
    assert said.startswith("memorybank: ")
    assert says in said


def test_a_scope_that_nothing_is_known_of_is_told_beside_those_that_have_memories(run: Run) -> None:
    run("bank create b")
    for line in ("list --scope user=ada", "search tea --scope user=ada"):
        assert run(line) == "There is nothing to show.\n"
    run("add 'I like tea' --scope user_id=ada --scope app=x")
    for line in ("list --scope user_id=ada", "search tea --scope user_id=ada"):
        said = run(line)
        assert said.startswith("Nothing is known of user_id=ada. Scopes match as a whole")
        assert said.endswith("memories are: app=x,user_id=ada\n")
    assert run("list --scope user_id=ada --json") == "[]\n"


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("serach tea", "memorybank: there is no command 'serach': do you mean search?\n"),
        ("\x1b[2J", "memorybank: there is no command '\\x1b[2J': `memorybank --help` lists them\n"),
    ],
)
def test_an_unknown_command_is_told_with_the_one_that_is_meant(
    capsys: pytest.CaptureFixture[str], line: str, says: str
) -> None:
    assert main(shlex.split(line)) == 2
    assert capsys.readouterr().err == says


def test_an_argument_too_many_is_told_with_the_usage_of_its_command(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["export", "--output", "file"])
    said = capsys.readouterr().err
    assert said.startswith("usage: memorybank export ")
    assert said.endswith("memorybank export: error: unrecognized arguments: --output\n")


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("search tea --scope user_id=ada --top-k 3", "--top-k 3; do you mean --top?"),
        ("list --scoop=a=b", "--scoop=a=b; do you mean --scope?"),
        (
            "add I like tea --scope user_id=ada",
            "like tea; text of several words needs quotes, and an engine is named by",
        ),
        ("bank show 123", "123; text of several words needs quotes, and an engine is named by --engine"),
    ],
)
def test_an_error_about_an_argument_too_many_says_what_may_be_meant(
    capsys: pytest.CaptureFixture[str], line: str, says: str
) -> None:
    with pytest.raises(SystemExit):
        main(shlex.split(line))
    assert f"unrecognized arguments: {says}" in capsys.readouterr().err


def test_an_unknown_option_before_the_command_is_reported_with_the_usage_of_all(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with pytest.raises(SystemExit):
        main(["--json", "list"])
    says = (
        "memorybank: error: unrecognized arguments: --json; options follow the command, as in memorybank list --json\n"
    )
    assert capsys.readouterr().err.endswith(says)


def test_the_default_address_is_that_of_serve_and_says_how_to_start_it(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("MEMORYBANK_URL", raising=False)
    monkeypatch.setattr("memorybank.client.bank.exchange", _refused)
    assert main(["list"]) == 1
    assert "Nothing listens on http://127.0.0.1:8080: start a bank with `make serve`" in capsys.readouterr().err


def _refused(url: str, *_: Any, **__: Any) -> Any:
    from memorybank.client.errors import unreachable  # noqa: PLC0415 - as the transport does

    raise unreachable(url, ConnectionRefusedError(), seconds=2.0)


def test_a_program_that_has_read_enough_ends_a_command_without_a_traceback(run: Run, bank: Served) -> None:
    run("bank create b")
    command = f"{shlex.quote(sys.executable)} -m memorybank list --json | true"
    done = subprocess.run(["/bin/sh", "-c", command], capture_output=True, text=True, check=False, env={**os.environ})
    assert "Traceback" not in done.stderr


def test_a_command_loads_neither_the_bank_nor_the_other_commands() -> None:
    program = "import sys; from memorybank.commands.main import main; main(['list', '--url=http://127.0.0.1:9']); "
    done = run_program([sys.executable, "-c", program + "print(*sys.modules)"], env={**os.environ})
    loaded = set(done.stdout.split())
    assert "memorybank.commands.memories" in loaded
    assert not loaded & {"pydantic", "lark", "numpy", "google.auth", "waitress", "memorybank.commands.serve", "asyncio"}


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_a_shell_is_told_every_command_and_option(shell: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["completion", shell]) == 0
    printed = capsys.readouterr().out
    assert all(word in printed for word in ("operations", "undo", "rollback"))


def test_bash_completes_commands_below_commands(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["completion", "bash"]) == 0
    script = capsys.readouterr().out
    asked = 'COMP_WORDS=(memorybank operations u); COMP_CWORD=2; _memorybank; echo "${COMPREPLY[@]}"'
    done = subprocess.run(["/bin/bash", "-c", f"{script}\n{asked}"], capture_output=True, text=True, check=False)
    assert done.stdout.split() == ["undo"]


def test_each_command_is_known_by_its_module_so_that_no_other_is_imported() -> None:
    words = words_of(parser_of_all())[""]
    assert sorted(MODULES) == sorted(word for word in words if not word.startswith("-"))

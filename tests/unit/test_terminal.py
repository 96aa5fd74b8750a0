"""What commands show: tables, and a line of progress that goes where nobody reads it by program."""

from __future__ import annotations

import subprocess
import sys

import pytest

from memorybank.commands.terminal import Progress, table


def test_progress_is_a_bar_where_the_end_is_known_and_leaves_an_empty_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    progress = Progress("imported", 2000)
    for done in (0, 500, 2000, 3000):
        progress.show(done)
    progress.show(7, total=0)
    progress.end()
    lines = capsys.readouterr().err.split("\r")[1:]
    assert [line.rstrip() for line in lines] == [
        "[....................] imported: 0 of 2,000 (0%)",
        "[#####...............] imported: 500 of 2,000 (25%)",
        "[####################] imported: 2,000 of 2,000 (100%)",
        "[####################] imported: 3,000 of 2,000 (150%)",
        "[....................] imported: 7 of 2,000 (0%)",
        "",
        "",
    ]


def test_progress_says_nothing_where_no_terminal_is(capsys: pytest.CaptureFixture[str]) -> None:
    progress = Progress("imported")
    progress.show(1)
    progress.end()
    assert capsys.readouterr() == ("", "")


def test_a_table_is_aligned_and_lets_nothing_move_the_cursor() -> None:
    assert list(table(("id", "fact"), [("1", "I like\ttea\x1b[2J"), ("22", "")])) == [
        "ID  FACT",
        "1   I like tea\\x1b[2J",
        "22",
    ]


def test_the_console_of_another_bank_loads_nothing_of_a_bank_of_its_own() -> None:
    modules = "memorybank.commands.console, memorybank.local.http_server, memorybank.console.application"
    program = f"import sys, {modules}; print({{'sqlite3', 'pydantic', 'memorybank.bank'}} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == "set()\n"

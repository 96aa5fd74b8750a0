"""What `memorybank stack` says before it starts anything, and what it serves where there is no repository."""

from __future__ import annotations

import re
import signal
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import pytest

import memorybank
from memorybank.commands import stack
from memorybank.commands.main import main
from memorybank.errors import Unavailable
from memorybank.testing import emulator_state
from memorybank.testing.deployment import FUNCTIONS, Deployment, Plan
from memorybank.testing.forking import fork_process
from tests.waiting import PATIENCE


@pytest.fixture(autouse=True)
def _signals_as_they_were() -> Iterator[None]:
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


def test_a_port_that_is_taken_is_named_before_anything_starts(capsys: pytest.CaptureFixture[str]) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        assert main(["stack", "--port", str(taken.getsockname()[1])]) == 1
    assert re.search(r"cannot listen on 127.0.0.1:\d+: .* choose another with --port", capsys.readouterr().err)


def test_who_has_no_emulator_is_told_how_to_get_it(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert main(["stack", "--port", "0"]) == 1
    said = capsys.readouterr().err
    assert "needs Java" in said
    assert "gcloud components install cloud-firestore-emulator" in said


def test_a_wrong_setting_is_named_once(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("MEMORYBANK_THREADS", "many")
    assert main(["stack"]) == 1
    assert capsys.readouterr().err.count("MEMORYBANK_THREADS") == 1


def test_a_project_called_local_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["stack", "--project", "local"]) == 1
    assert "MEMORYBANK_PROJECT" in capsys.readouterr().err


def test_the_functions_of_the_repository_are_served_if_it_is_there(tmp_path: Path) -> None:
    assert stack.sources(Path(memorybank.__file__).parents[2], tmp_path) == Path(__file__).parents[2] / "functions"
    assert list(tmp_path.iterdir()) == []


def test_elsewhere_each_function_has_an_entry_point_of_the_same_name(tmp_path: Path) -> None:
    folder = stack.sources(tmp_path / "site-packages", tmp_path)
    for name in FUNCTIONS:
        assert f"\n{name} = function({name!r})\n" in (folder / name / "main.py").read_text()


def test_a_function_that_ends_by_itself_is_named_with_its_last_words(tmp_path: Path) -> None:
    (tmp_path / "retrieve.log").write_text("Traceback\nOSError: the disk is full\n")
    (tmp_path / "main.py").touch()
    with fork_process([tmp_path / "main.py"], env={}) as process:
        process.wait(PATIENCE)
        running = Deployment({}, cast(Any, None), cast(Any, None), {"retrieve": process})
        with pytest.raises(Unavailable, match=r"retrieve has ended by itself: OSError: the disk is full"):
            stack.watch(stack.Stack(running, Plan(sources=tmp_path, logs=tmp_path)))


def test_a_save_that_broke_off_is_not_loaded(tmp_path: Path) -> None:
    (tmp_path / "firestore-2").mkdir()
    assert emulator_state.load("127.0.0.1:1", "p", folder=tmp_path) is False
    assert emulator_state.load("127.0.0.1:1", "p", folder=tmp_path / "none") is False


def test_an_emulator_that_does_not_save_leaves_the_last_save(tmp_path: Path) -> None:
    (tmp_path / "firestore-1").mkdir()
    with pytest.raises(Unavailable, match="did not answer the export"):
        emulator_state.save("127.0.0.1:1", "p", folder=tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["firestore-1"]

"""A forked program is like one that was started: its output, its environment, its end, and those that it starts."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from memorybank.testing.forking import fork_process
from memorybank.testing.processes import start_process
from tests.waiting import PATIENCE, until

_WAIT = "import signal\nprint('ready', flush=True)\nsignal.pause()\n"


@pytest.fixture
def script(tmp_path: Path) -> Callable[[str], Path]:
    """Make a function that writes a program."""

    def write(code: str) -> Path:
        path = tmp_path / "program.py"
        path.write_text(code)
        return path

    return write


def _is_running(process: int) -> bool:
    try:
        state = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"


@pytest.mark.parametrize(
    ("code", "end"),
    [("", 0), ("raise SystemExit(3)", 3), ("import os, signal; os.kill(os.getpid(), signal.SIGKILL)", -9)],
)
def test_it_ends_as_a_started_program_does(script: Callable[[str], Path], code: str, end: int) -> None:
    path = script(code)
    with fork_process([path], env={}) as forked, start_process([sys.executable, path]) as started:
        assert forked.wait(PATIENCE) == started.wait(PATIENCE) == end
        assert forked.returncode == forked.poll() == end


def test_it_has_its_arguments_its_environment_and_its_output(script: Callable[[str], Path]) -> None:
    path = script("import os, sys\nprint(sys.argv[1:], dict(os.environ), __name__)\n")
    with fork_process([path, "a", "b"], env={"OF_THE_PROGRAM": "1"}, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.read() == "['a', 'b'] {'OF_THE_PROGRAM': '1'} __main__\n"
    assert "OF_THE_PROGRAM" not in os.environ


def test_what_it_is_to_do_at_its_end_is_done(script: Callable[[str], Path]) -> None:
    path = script("import atexit\natexit.register(print, 'good-bye')\n")
    with fork_process([path], env={}, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.read() == "good-bye\n"


def test_a_signal_reaches_it_and_nobody_else(script: Callable[[str], Path]) -> None:
    path = script(_WAIT)
    with (
        fork_process([path], env={}, stdout=subprocess.PIPE) as one,
        fork_process([path], env={}, stdout=subprocess.PIPE) as other,
    ):
        for process in (one, other):
            assert process.stdout is not None
            assert process.stdout.readline() == "ready\n"
        one.send_signal(signal.SIGTERM)
        assert one.wait(PATIENCE) == -signal.SIGTERM
        assert other.poll() is None


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_signal_to_the_group_of_who_starts_it_leaves_it_to_be_stopped_in_good_order(
    script: Callable[[str], Path], number: int
) -> None:
    path = script(
        f"import os, signal\nsignal.signal(signal.SIGTERM, lambda *_: os._exit(5))\nprint(os.getppid())\n{_WAIT}"
    )
    with fork_process([path], env={}, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        forks = int(process.stdout.readline())
        assert process.stdout.readline() == "ready\n"
        assert os.getpgid(forks) == os.getpgid(0)
        os.kill(forks, number)
        process.send_signal(signal.SIGTERM)
        assert process.wait(PATIENCE) == 5


def test_it_and_whom_it_started_are_gone_after_the_block(script: Callable[[str], Path]) -> None:
    path = script(f"import subprocess, sys\nprint(subprocess.Popen(['sleep', '600']).pid, flush=True)\n{_WAIT}")
    with fork_process([path], env=os.environ, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        child = int(process.stdout.readline())
        assert _is_running(child)
    assert process.returncode == -signal.SIGKILL
    until(lambda: not _is_running(child))


def test_who_waits_too_long_is_told(script: Callable[[str], Path]) -> None:
    with fork_process([script(_WAIT)], env={}) as process, pytest.raises(subprocess.TimeoutExpired):
        process.wait(0.01)

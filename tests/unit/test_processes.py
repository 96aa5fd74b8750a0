"""What tests start is gone when they end."""

from __future__ import annotations

import os
import select
import signal
import subprocess
import sys

import pytest

from memorybank.testing.processes import Guard, run_program, start_process, stop_process
from tests.waiting import PATIENCE

_SLEEPING = "import time; time.sleep(3600)"
_PARENT = f"""
import subprocess, sys
subprocess.Popen([sys.executable, "-c", "{_SLEEPING}"])
print("started", flush=True)
"""


@pytest.mark.parametrize("then", ["", _SLEEPING], ids=["parent ended", "parent runs"])
def test_what_a_program_has_started_ends_with_the_block(then: str) -> None:
    """Both hold the pipe, which ends only with the last of them."""
    read, write = os.pipe()
    with os.fdopen(read, "rb") as pipe:
        with os.fdopen(write, "wb") as output, start_process([sys.executable, "-c", _PARENT + then], stdout=output):
            assert pipe.readline() == b"started\n"
        assert select.select([pipe], [], [], PATIENCE)[0], "somebody is left, who could still write"
        assert pipe.read() == b""


def test_a_program_that_hangs_is_killed() -> None:
    with start_process([sys.executable, "-c", _SLEEPING]) as process:
        assert process.poll() is None
    assert process.returncode is not None


def test_a_program_that_ran_says_how_it_ended() -> None:
    ran = run_program([sys.executable, "-c", "import sys; print('out'); print('err', file=sys.stderr); sys.exit(3)"])
    assert (ran.returncode, ran.stdout, ran.stderr) == (3, "out\n", "err\n")


def test_a_program_that_is_told_to_stop_may_do_so_in_its_own_way() -> None:
    code = (
        "import signal, sys; signal.signal(signal.SIGTERM, lambda *_: sys.exit(7)); print(flush=True); signal.pause()"
    )
    with start_process([sys.executable, "-c", code], stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.readline()
        assert stop_process(process) == 7


_GUARDED = f"""
import sys
from memorybank.testing.processes import Guard, start_process
with Guard() as guard, start_process([sys.executable, "-c", "{_SLEEPING}"], stdout=sys.stdout) as process:
    guard.watch(process.pid)
    print("started", flush=True)
    process.wait()
"""


def test_what_a_guard_watches_ends_with_a_parent_that_is_killed() -> None:
    """The watched program holds the pipe, too."""
    read, write = os.pipe()
    with os.fdopen(read, "rb") as pipe:
        with os.fdopen(write, "wb") as output:
            process = subprocess.Popen([sys.executable, "-c", _GUARDED], stdout=output)
        assert pipe.readline() == b"started\n"
        process.send_signal(signal.SIGKILL)
        process.wait(PATIENCE)
        assert select.select([pipe], [], [], PATIENCE)[0], "the watched program runs on"
        assert pipe.read() == b""


def test_what_a_guard_watches_outlives_it() -> None:
    with start_process([sys.executable, "-c", _SLEEPING]) as process:
        with Guard() as guard:
            guard.watch(process.pid)
        assert process.poll() is None

"""Short runs of the fuzzers: each finds what is planted, and nothing in the code that reads others' words."""

from __future__ import annotations

import os
import re
import socket
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from memorybank.testing.processes import run_program
from tests.fuzz import fuzz_requests
from tests.fuzz.fuzz_requests import Target
from tests.fuzz.fuzz_text import SIZES, Text, grows
from tests.fuzz.targets import Target as TextTarget


def test_the_fuzzer_sees_a_pattern_that_takes_quadratic_time() -> None:
    target = TextTarget("quadratic", re.compile(r"\s+x").search)
    assert "times per KB" in grows(target, Text("", " ", "y"), SIZES[:2])


def test_functions_that_read_others_words_take_linear_time() -> None:
    program = [sys.executable, "-m", "tests.fuzz.fuzz_text", "--only=function", "--texts=12", "--largest=8"]
    # Each function has a process whose CPU time is limited: one that reads for ever is named as well.
    ran = run_program([*program, "--turns=2"], cwd=Path(__file__).parents[2])
    assert ran.returncode == 0, ran.stdout + ran.stderr[-2000:]


@pytest.fixture(scope="module")
def target() -> Iterator[Target]:
    """Make a bank that is watched."""
    with fuzz_requests.target_with_watch() as target:
        yield target


@pytest.mark.parametrize("kind", fuzz_requests.KINDS)
def test_no_schema_or_query_crashes_a_handler_reaches_outside_or_takes_too_long(target: Target, kind: str) -> None:
    report = fuzz_requests.fuzz(kind, target, seed=1, first=0, count=120)
    assert not report.findings, "\n".join(report.findings)
    assert report.statuses[200] > 5, "hardly any case was right, so little was tried"
    assert report.statuses[400] > 5


def _opens(*_: Any) -> tuple[int, str]:
    return 200, Path(os.devnull).read_text()[:0] + "{}"


def _connects(*_: Any) -> tuple[int, str]:
    with socket.socket() as mine, suppress(OSError):
        mine.connect(("127.0.0.1", 1))
    return 200, "{}"


def _crashes(*_: Any) -> tuple[int, str]:
    raise ZeroDivisionError


def _runs_on(*_: Any) -> tuple[int, str]:
    while True:
        pass


@pytest.mark.parametrize(
    ("planted", "says"),
    [
        (_opens, "reached outside: open"),
        (_connects, "reached outside: socket.connect"),
        (_crashes, "raised ZeroDivisionError"),
        (_runs_on, "ran for more than"),
        (lambda *_: (500, "{}"), "answered 500"),
        (lambda *_: (400, '{"error": {"message": ""}}'), "says nothing"),
    ],
)
def test_the_fuzzer_sees_a_handler_that_misbehaves(
    target: Target, monkeypatch: pytest.MonkeyPatch, planted: Any, says: str
) -> None:
    monkeypatch.setattr(fuzz_requests, "KINDS", {"planted": planted})
    monkeypatch.setattr(fuzz_requests, "_STUCK", 0.2)
    findings = fuzz_requests.fuzz("planted", target, seed=1, first=5, count=1).findings
    assert all(finding.startswith("planted --seed 1 --first 5: ") for finding in findings)
    assert any(says in finding for finding in findings)

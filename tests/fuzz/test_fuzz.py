"""A short run of the fuzzer: it finds what is not linear, and nothing in the functions that read others' words."""

from __future__ import annotations

import re
import sys
from pathlib import Path

from memorybank.testing.processes import run_program
from tests.fuzz.fuzz_text import SIZES, Text, grows
from tests.fuzz.targets import Target


def test_the_fuzzer_sees_a_pattern_that_takes_quadratic_time() -> None:
    target = Target("quadratic", re.compile(r"\s+x").search)
    assert "times per KB" in grows(target, Text("", " ", "y"), SIZES[:2])


def test_functions_that_read_others_words_take_linear_time() -> None:
    program = [sys.executable, "-m", "tests.fuzz.fuzz_text", "--only=function", "--texts=12", "--largest=8"]
    # Each function has a process whose CPU time is limited: one that reads for ever is named as well.
    ran = run_program([*program, "--seconds=20"], cwd=Path(__file__).parents[2])
    assert ran.returncode == 0, ran.stdout + ran.stderr[-2000:]

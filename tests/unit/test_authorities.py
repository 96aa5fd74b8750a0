"""Clients of tests read one certificate authority: to read them all takes longer than most tests."""

from __future__ import annotations

import os
from pathlib import Path

from tests.conftest import AUTHORITIES, all_authorities


def test_there_is_one_whichever_tests_have_run_before() -> None:
    assert Path(os.environ[AUTHORITIES]).read_text().count("BEGIN CERTIFICATE") == 1


def test_all_are_there_for_what_comes_from_the_network() -> None:
    before = os.environ[AUTHORITIES]
    with all_authorities():
        assert os.environ.get(AUTHORITIES, "") == os.environ[f"GIVEN_{AUTHORITIES}"] != before
    assert os.environ[AUTHORITIES] == before

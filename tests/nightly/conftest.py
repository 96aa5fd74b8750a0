"""Tests that are too expensive for every change: they run once a night, by `.ci/nightly`, or by hand.

pytest tests/nightly --nightly
"""

from __future__ import annotations

from pathlib import Path

import pytest

_HERE = Path(__file__).parent


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Skip everything here unless it is asked for."""
    if config.getoption("--nightly"):
        return
    skip = pytest.mark.skip(reason="installs packages and takes long: pytest tests/nightly --nightly")
    for item in items:
        if item.path.is_relative_to(_HERE):
            item.add_marker(skip)

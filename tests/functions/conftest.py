"""Fixtures for tests of functions by plain HTTP."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.conftest import Served
from tests.functions.refusals import Caller


@pytest.fixture
def caller(served: Served, engine: str) -> Iterator[Caller]:
    """Call an engine with the default configuration."""
    with served.http() as http:
        yield Caller(served, engine, http)

"""A pytest plugin for tests of agents: each test gets its own bank. Installing the package enables it.

The bank is imported only when a test uses it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from memorybank.testing.scripted import ScriptedModel
    from memorybank.testing.served_bank import ServedBank


@pytest.fixture
def scripted_model() -> ScriptedModel:
    """Return the model for `memory_bank`, if a test requests both fixtures; override it to script answers."""
    from memorybank.testing.scripted import ScriptedModel  # noqa: PLC0415 - only who asks for it waits for it

    return ScriptedModel()


@pytest.fixture
def memory_bank(request: pytest.FixtureRequest) -> Iterator[ServedBank]:
    """Serve a bank in this process, on a free port, in memory, with the offline model or the scripted one."""
    from memorybank.testing.served_bank import ServedBank  # noqa: PLC0415 - as above

    scripted = "scripted_model" in request.fixturenames
    with ServedBank(request.getfixturevalue("scripted_model") if scripted else None) as bank:
        yield bank

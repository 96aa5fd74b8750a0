"""A plugin of pytest for people who test agents: a bank of its own for each test. Installing the package is enough.

Nothing of the bank is imported until a test asks for it.
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
    """Make the model that `memory_bank` uses in a test which asks for both; override it to script what it answers."""
    from memorybank.testing.scripted import ScriptedModel  # noqa: PLC0415 - only who asks for it waits for it

    return ScriptedModel()


@pytest.fixture
def memory_bank(request: pytest.FixtureRequest) -> Iterator[ServedBank]:
    """Serve a bank in this process, on a free port, in memory, with the offline model or the scripted one."""
    from memorybank.testing.served_bank import ServedBank  # noqa: PLC0415 - as above

    scripted = "scripted_model" in request.fixturenames
    with ServedBank(request.getfixturevalue("scripted_model") if scripted else None) as bank:
        yield bank

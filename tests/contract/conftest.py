"""Makes failures inside the public contracts show both sides of an assertion, and starts the Firestore emulator."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import ExitStack
from uuid import uuid4

import pytest

pytest.register_assert_rewrite("memorybank.testing")

from memorybank.errors import FailedPrecondition, Unavailable  # noqa: E402 - what is imported is not rewritten
from memorybank.storage.firestore import FirestoreStore  # noqa: E402 - as above
from memorybank.testing.firestore_emulator import HOST_VARIABLE, FirestoreEmulator  # noqa: E402 - as above


@pytest.fixture(scope="session")
def firestore_emulator() -> Iterator[str]:
    """Return the host of an emulator that Google's clients will find; one that is running already is left alone."""
    if host := os.environ.get(HOST_VARIABLE):
        yield host
        return
    with ExitStack() as stack:
        try:
            emulator = stack.enter_context(FirestoreEmulator())
        except (FailedPrecondition, Unavailable) as error:
            if os.environ.get("CI"):
                raise
            pytest.skip(error.message)
        environment = stack.enter_context(pytest.MonkeyPatch.context())
        environment.setenv(HOST_VARIABLE, emulator.host)
        yield emulator.host


@pytest.fixture
def firestore_store(firestore_emulator: str) -> Iterator[FirestoreStore]:
    """Open a store in a project that nobody has used before."""
    store = FirestoreStore(f"p-{uuid4().hex[:12]}")
    yield store
    store.close()

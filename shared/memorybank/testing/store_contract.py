"""The store contract, under the name it had before `testing.contracts`."""

from memorybank.testing.contracts.store import *  # noqa: F403 - what users import from here stays importable

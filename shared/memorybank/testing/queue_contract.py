"""The queue contract, under the name it had before `testing.contracts`."""

from memorybank.testing.contracts.queue import *  # noqa: F403 - what users import from here stays importable

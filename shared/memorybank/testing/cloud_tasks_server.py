"""The double of Cloud Tasks, under the name it had before `testing.cloud_tasks`."""

from memorybank.testing.cloud_tasks.server import *  # noqa: F403 - what users import from here stays importable

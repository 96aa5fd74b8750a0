"""A task queue inside the process, kept in the document store, so that no task dies with the process."""

from memorybank.tasks.in_process.queue import InProcessQueue

__all__ = ["InProcessQueue"]

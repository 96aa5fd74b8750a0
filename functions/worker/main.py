"""Does the work behind operations: Cloud Tasks posts every task to it."""

from memorybank.bootstrap import function

worker = function("worker")

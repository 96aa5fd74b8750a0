"""Removes what has expired and takes up stuck operations: Cloud Scheduler posts to it."""

from memorybank.bootstrap import function

sweep = function("sweep")

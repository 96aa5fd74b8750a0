"""Serves revisions: get, list."""

from memorybank.bootstrap import function

revisions = function("revisions")

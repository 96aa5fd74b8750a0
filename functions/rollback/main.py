"""Serves memories/{memory}:rollback."""

from memorybank.bootstrap import function

rollback = function("rollback")

"""Serves operations: get, list, delete, cancel, wait, rollback."""

from memorybank.bootstrap import function

operations = function("operations")

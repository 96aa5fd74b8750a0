"""Serves operations: get, list, delete, cancel, wait."""

from memorybank.bootstrap import function

operations = function("operations")

"""Serves engines: create, get, list, update, delete."""

from memorybank.bootstrap import function

engines = function("engines")

"""Serves memories one at a time: create, get, list, update, delete."""

from memorybank.bootstrap import function

memories = function("memories")

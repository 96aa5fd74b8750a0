"""Serves memories one at a time: create, get, list, update, delete; and memories:erase."""

from memorybank.bootstrap import function

memories = function("memories")

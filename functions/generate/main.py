"""Serves memories:generate."""

from memorybank.bootstrap import function

generate = function("generate")

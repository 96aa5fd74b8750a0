"""Serves memories:generate and memories:ingestEvents."""

from memorybank.bootstrap import function

generate = function("generate")

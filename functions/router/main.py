"""Serves every public route at one address, by forwarding to the function that has it."""

from memorybank.bootstrap import function

router = function("router")

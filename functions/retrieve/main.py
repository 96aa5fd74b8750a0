"""Serves memories:retrieve."""

from memorybank.bootstrap import function

retrieve = function("retrieve")

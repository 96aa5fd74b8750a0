"""Benchmarks of long conversations, for `memorybank bench`: their files, how they are run, and what is measured."""

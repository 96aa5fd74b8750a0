"""Filters of lists (AIP-160): the grammar, the tree it gives, and what a schema makes of it."""

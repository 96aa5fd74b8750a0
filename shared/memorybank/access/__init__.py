"""Authentication and authorization: tokens, access rules, and a store that shows callers only what they may read.

`identity` uses only the standard library, because the router only needs to identify callers.
"""

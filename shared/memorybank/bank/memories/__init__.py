"""Memories and their revisions: create, read, update, search, expire and erase."""

"""Checks that code makes of what a model says, before anything is stored."""

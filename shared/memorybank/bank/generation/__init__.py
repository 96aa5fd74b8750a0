"""A generation in five steps, each resumable: accept, extract, match, decide, commit; and its undo."""

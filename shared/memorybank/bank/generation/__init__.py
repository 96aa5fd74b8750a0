"""Memory generation in five resumable steps (accept, extract, match, decide, commit), and its undo."""

"""What words mean, one table per language, for comparing two statements; `table.py` says what a table holds."""

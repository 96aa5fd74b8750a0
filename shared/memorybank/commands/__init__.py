"""The command line: one module per command, each with `add_to` (its arguments) and `run`; `main` wires them.

A module imports what is slow to import in `run`: every command pays for the imports of all of them.
"""

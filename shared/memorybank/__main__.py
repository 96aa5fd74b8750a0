"""Runs the command line as `python -m memorybank`."""

import sys

from memorybank.commands.main import main

if __name__ == "__main__":
    sys.exit(main())

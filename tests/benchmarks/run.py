"""Measure what the project promises of its speed and print one table: `python tests/benchmarks/run.py [CHAPTER ...]`.

A figure that misses its goal is reported and fails nothing: machines differ, so goals are ratios measured in one run.
"""

from __future__ import annotations

import importlib
import os
import sys
import time
import traceback
import warnings
from collections.abc import Sequence
from pathlib import Path

CHAPTERS = (
    *("round_trips", "search", "growth", "bulk", "generate", "start", "costs", "patterns"),
    *("functions", "load", "tail", "scale", "scale_retrieves"),
)


def main(asked: Sequence[str]) -> int:
    """Measure the chapters that were asked for, else all, and print the table."""
    if unknown := set(asked) - set(CHAPTERS):
        print(f"no chapter {', '.join(sorted(unknown))}; there are {', '.join(CHAPTERS)}", file=sys.stderr)
        return 2
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # as `memorybank serve` does
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)  # compiling would be most of each start
    # Run as a program, so that the repository is not on the path yet.
    sys.path.insert(0, str(Path(__file__).parents[2]))
    warnings.filterwarnings("ignore", module="google|vertexai|agentplatform")  # Google's SDK, as it is imported
    measuring = importlib.import_module("tests.benchmarks.measuring")
    table, missing = measuring.table, measuring.missing
    begun, measured, broken = time.monotonic(), [], list[str]()
    for name in asked or CHAPTERS:
        start = time.monotonic()
        print(f"measuring {name} ...", file=sys.stderr, flush=True)
        chapter = importlib.import_module(f"tests.benchmarks.{name}")
        try:
            rows = chapter.measure()
        except Exception as error:  # noqa: BLE001 - the other chapters are worth measuring all the same
            traceback.print_exc()
            rows = [missing(error)]
            broken.append(name)
        measured.append((chapter.TITLE, rows))
        print(f"  {time.monotonic() - start:.0f} s\n{table(measured[-1:])}", file=sys.stderr, flush=True)
    print(table(measured))
    print("The spans in brackets are those of half of the rounds: what else the machine did moves them.")
    print(f"\nTook {time.monotonic() - begun:.0f} s. Times are medians unless the line says otherwise.")
    if broken:
        print(f"Not measured to the end: {', '.join(broken)}. Run them again: make bench PART={broken[0]}")
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

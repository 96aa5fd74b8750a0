"""`memorybank bench`: measures the bank with LoCoMo or LongMemEval, whose files are not part of the package."""

from __future__ import annotations

import argparse
import os
from pathlib import Path
from typing import Any

from memorybank.commands.terminal import require, say, whole_number
from memorybank.config import read_settings
from memorybank.logs import set_up

_MOST = 100
_MOST_THREADS = 64


def add_to(commands: Any) -> None:
    """Add the command and its arguments."""
    parser = commands.add_parser("bench", help="measure the bank with LoCoMo or LongMemEval")
    parser.add_argument("benchmark", choices=["locomo", "longmemeval"], help="which one")
    parser.add_argument("--path", type=Path, required=True, metavar="FILE", help="its file, such as locomo10.json")
    parser.add_argument("--work", type=Path, metavar="FOLDER", help="where the run is kept (bench-BENCHMARK)")
    parser.add_argument(
        "--memories",
        choices=["turns", "observations", "dated", "generated"],
        default="turns",
        help="what is remembered: every turn, the notes in LoCoMo's file without or with date and speaker, or what the"
        " model reads (%(default)s)",
    )
    parser.add_argument(
        "--top-k", type=whole_number(1, _MOST), default=10, metavar="K", help="memories found (%(default)s)"
    )
    parser.add_argument(
        "--ranking",
        choices=["hybrid", "relevance", "distance"],
        default="hybrid",
        help="which memories are found and in which order, as an engine's `ranking` says (%(default)s)",
    )
    parser.add_argument("--by-session", action="store_true", help="measure which sessions are found, not which turns")
    parser.add_argument(
        "--limit", type=whole_number(1, 10**6), metavar="N", help="take the first entries of the file only"
    )
    parser.add_argument("--answers", action="store_true", help="have the model answer the questions, and judge")
    parser.add_argument("--judge", metavar="MODEL", help="the model that judges (the one that answers)")
    parser.add_argument(
        "--threads",
        type=whole_number(1, _MOST_THREADS),
        default=4,
        metavar="N",
        help="questions asked at the same time (%(default)s)",
    )
    for kind in ("input", "output", "embedding"):
        parser.add_argument(f"--price-{kind}", type=float, metavar="PRICE", help=f"what a million {kind} tokens cost")
    parser.set_defaults(run=run)


def run(asked: argparse.Namespace) -> int:
    """Run a benchmark, or go on with one."""
    require("local")
    # Questions are asked in parallel; if each search also split its work, they would slow each other down.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    from memorybank.commands.benchmark import locomo, longmemeval  # noqa: PLC0415 - other commands need not wait for it
    from memorybank.commands.benchmark.data import read_file  # noqa: PLC0415 - as above
    from memorybank.commands.benchmark.measures import Prices  # noqa: PLC0415 - as above
    from memorybank.commands.benchmark.running import DATABASE, Plan  # noqa: PLC0415 - as above
    from memorybank.commands.benchmark.running import run as run_plan  # noqa: PLC0415 - as above
    from memorybank.local.bank import embedded_adapters  # noqa: PLC0415 - as above

    form = locomo if asked.benchmark == "locomo" else longmemeval
    histories = read_file(asked.path, form.history_of, limit=asked.limit)
    work = asked.work or Path(f"bench-{asked.benchmark}")
    work.mkdir(parents=True, exist_ok=True)
    settings = read_settings(os.environ, store="sqlite", data=str(work / DATABASE), queue="in-process")
    set_up(settings.log_level)
    plan = Plan(
        benchmark=asked.benchmark,
        path=asked.path,
        work=work,
        memories=asked.memories,
        most=int(asked.top_k),
        ranking=asked.ranking.upper(),
        by_session=asked.by_session,
        answers=asked.answers,
        judge=asked.judge,
        threads=int(asked.threads),
        prices=Prices(input=asked.price_input, output=asked.price_output, embedding=asked.price_embedding),
    )
    for line in run_plan(plan, histories, embedded_adapters(settings), settings=settings):
        say(line)
    return 0

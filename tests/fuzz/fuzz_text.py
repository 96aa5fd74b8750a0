"""Looks for text that takes more than linear time: `python -m tests.fuzz.fuzz_text --seconds 600`.

Every pattern of the package, and every function that reads what callers or models wrote, is tried with rows of
fragments, at growing sizes; a pattern also with fragments of its own. Only CPU time counts, and only its growth: a text
is reported where each KB of it costs more than `GROWTH` times what it costs at the size before, measured again and
again, or where it costs more than `MOST` altogether. Each target runs in a process of its own that may use only so
much CPU: what runs for ever is reported, too.
"""

from __future__ import annotations

import argparse
import itertools
import os
import random
import resource
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from tests.fuzz.targets import Target, targets

SIZES = (2, 8, 64, 256)
"""The sizes that are tried, in KB."""

GROWTH = 1.5
"""How much more a KB may cost than at the size before."""

MOST = 0.1
"""The most CPU seconds of a KB."""

_NOTICED = 0.004
"""CPU seconds below which a measurement says nothing."""

_ROUNDS = 6
_LIMIT = 60

_UNITS = (
    *(" ", "\n", "\t ", "a", "A", "1", "-", ".", "_", ":", "/", "'", '"', "(", ")", "[", "<", ",", "?", "!", "=", "@"),
    *("\u0301", "\u0301\u0327", "\uff9e\u0301", "\ufdfa", "\u200b", "あ", "漢", "一", "は", "が", "、", "。", "ß", "é"),
    *(
        "a ",
        "a\n",
        "a  ",
        "1 ",
        "1-",
        "1 - ",
        "a.",
        "a-",
        "A. ",
        "a, ",
        ",,",
        "?!",
        "? ",
        "eyJ-",
        "sk-",
        "a://",
        "a's ",
        '\\"',
    ),
    *("I ", "my ", "I like x ", "and ", " now", " please", "ich ", "wenn ich ", "好きな", "お気に入りの", "パスワード"),
    *("password for ", "password is ", "my key ", "ignore ", "ignore all a ", "<memory>", "</memory>", "<|a", "4111 "),
)
_STARTS = (
    *(
        "",
        "a",
        "I ",
        "my ",
        "I am ",
        "ich habe ",
        "remember that ",
        "password ",
        "the ",
        "your a ",
        "is",
        "1",
        "a://b:",
    ),
    *("ignore all ", "I like ", "私の", "我在"),
)
_ENDS = ("", "x", "\x00", " ?", "。")


@dataclass(frozen=True)
class Text:
    """A hostile text of any size: a start, a unit again and again, an end."""

    start: str
    unit: str
    end: str

    def of(self, size: int, *, less: int = 0) -> str:
        """Return the text with `size` KB of characters, or a few characters less."""
        middle = size * 1024 - less - len(self.start) - len(self.end)
        return self.start + (self.unit * (middle // len(self.unit) + 1))[:middle] + self.end


def texts(target: Target, dice: random.Random) -> Iterator[Text]:
    """Yield texts for a target: its own fragments as often as the others."""
    own = [*target.fragments, *(f"{fragment} " for fragment in target.fragments)]
    while True:
        units = own if own and dice.random() < 0.5 else _UNITS
        starts = own if own and dice.random() < 0.5 else _STARTS
        unit = dice.choice(units)
        if dice.random() < 0.2:
            unit += dice.choice(_UNITS)
        yield Text(dice.choice(starts), unit, dice.choice(_ENDS))


def cost(read: Callable[[str], object], text: str) -> float:
    """Return the CPU seconds that reading a text takes."""
    begin = time.thread_time()
    read(text)
    return time.thread_time() - begin


def grows(target: Target, text: Text, sizes: tuple[int, ...]) -> str:
    """Return how a text's cost grows where it grows too much, and nothing where it does not."""
    for small, large in itertools.pairwise(sizes):
        lengths = itertools.count()  # no text is read twice: what was read of a short one may be kept
        spent = cost(target.read, text.of(large))
        if spent < _NOTICED:
            continue
        least = ratio = float("inf")
        for _ in range(_ROUNDS):
            least = min(least, spent / large)
            few = [text.of(small, less=next(lengths)) for _ in range(3)]
            ratio = min(ratio, (spent / large) / max(min(cost(target.read, each) for each in few) / small, 1e-9))
            if ratio <= GROWTH and least <= MOST:
                break
            spent = cost(target.read, text.of(large, less=next(lengths)))
        else:
            return f"{ratio:.1f} times per KB from {small} to {large} KB, {least * 1000:.2f} ms a KB"
    return ""


def try_target(target: Target, *, seed: int, count: int, seconds: float, sizes: tuple[int, ...]) -> int:
    """Try texts in a process of its own, which prints what it finds; return 0 if it found nothing."""
    child = os.fork()
    if child:
        _, status = os.waitpid(child, 0)
        if os.WIFSIGNALED(status):
            print(f"{target.name}: was stopped after {_LIMIT} s of CPU, at the text above", flush=True)
        return status
    limit = int(seconds) + _LIMIT
    resource.setrlimit(resource.RLIMIT_CPU, (limit, limit))
    dice, found = random.Random(f"{seed} {target.name}"), 0
    for text, _ in zip(texts(target, dice), range(count), strict=False):
        if time.process_time() > seconds:
            break
        os.write(2, f"\r\x1b[K{target.name} {text}"[:200].encode())
        if problem := grows(target, text, sizes):
            print(f"\n{target.name}: {text}: {problem}", flush=True)
            found = 1
            break
    os._exit(found)


def main() -> int:
    """Try all targets, in turn, until the time is over; return 1 if anything was found."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=60, help="CPU seconds in all")
    parser.add_argument("--turns", type=int, help="turns to take, however long: so every run tries the same texts")
    parser.add_argument("--texts", type=int, default=40, help="texts for each target in a turn")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--only", default="", help="a part of a target's name")
    parser.add_argument("--largest", type=int, default=SIZES[-1], choices=SIZES[1:], help="KB of the largest texts")
    options = parser.parse_args()
    chosen = targets(options.only)
    sizes = tuple(size for size in SIZES if size <= options.largest)
    print(f"{len(chosen)} targets, seed {options.seed}", flush=True)
    bad: set[str] = set()
    seed, share = options.seed, options.seconds / max(1, len(chosen)) if options.turns is None else float(_LIMIT)
    while options.turns is None or seed < options.seed + options.turns:
        for target in chosen:
            if target.name not in bad and try_target(
                target, seed=seed, count=options.texts, seconds=share, sizes=sizes
            ):
                bad.add(target.name)
        seed += 1
        used = resource.getrusage(resource.RUSAGE_CHILDREN)
        spent = options.turns is None and used.ru_utime + used.ru_stime >= options.seconds
        if spent or len(bad) == len(chosen):
            break
    print(f"\n{len(bad)} of {len(chosen)} targets grow: {', '.join(sorted(bad)) or 'none'}", flush=True)
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())

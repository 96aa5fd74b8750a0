"""What is tried with hostile text: every pattern of the package, and the functions that read what others wrote."""

from __future__ import annotations

import functools
import importlib
import pkgutil
import re
import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import memorybank
from memorybank.testing.frozen import START

_LEFT_OUT = ("memorybank.testing", "memorybank.adk", "memorybank.commands")
_FRAGMENT = re.compile(r"(?<!\\)[^\W\d_][\w' ]{1,20}")
_MOST_FRAGMENTS = 40


@dataclass(frozen=True)
class Target:
    """Something that reads text, with fragments that it may look for."""

    name: str
    read: Callable[[str], object]
    fragments: tuple[str, ...] = ()


def targets(only: str = "") -> list[Target]:
    """Return the targets with `only` in their names: functions, then patterns with what is done to their texts."""
    patterns = {} if only.startswith("function") else _patterns()
    return [target for target in _all(patterns) if only in target.name]


def _all(patterns: dict[str, re.Pattern[str]]) -> list[Target]:
    return [*functions(), *(_of_pattern(name, pattern) for name, pattern in patterns.items())]


def functions() -> list[Target]:
    """Return the functions that read what others wrote."""
    from memorybank.bank.guards import (  # noqa: PLC0415
        polarity,
        prompt_injection,
        said_numbers,
        said_words,
        secrets,
    )
    from memorybank.bank.memories import lexical  # noqa: PLC0415
    from memorybank.languages import german_clauses  # noqa: PLC0415
    from memorybank.languages.meanings import validity  # noqa: PLC0415
    from memorybank.models import salvage  # noqa: PLC0415
    from memorybank.models.offline import attributes, embedding, person, reading, sentences, text  # noqa: PLC0415
    from memorybank.prompts import extraction, fencing  # noqa: PLC0415
    from memorybank.statements import safety  # noqa: PLC0415
    from memorybank.text import kept, normal, quotes, recalled, visible  # noqa: PLC0415

    def read(said: str) -> None:
        for sentence in sentences.sentences(said):
            if len(sentence) <= 2048:
                reading.of_the_user(sentence)
                reading.of_the_assistant(sentence)

    def uncached(read: Callable[[str, str], object], one: str, other: str) -> None:
        quotes._read.cache_clear()  # noqa: SLF001 - repeated texts
        kept.forget()
        read(one, other)

    readers: dict[str, Callable[[str], object]] = {
        "secrets": secrets.holds_secret,
        "prompt_injection": prompt_injection.is_order,
        "statements": lambda said: safety.update_is_safe(said[:2048], said[1:2048], known=said[2:2048]),
        "validity": lambda said: validity.validity_of(said[:2048], START),
        "quotes": lambda said: uncached(lambda quote, text: quotes.Said(text).has(quote), said[:240] + "x", said),
        "said numbers": lambda said: said_numbers.Numbers(said, frozenset()).have(said[:2048]),
        "said words": lambda said: [said_words.Words(said).know(name) for name in said_words.names_of(said[:2048])[:9]],
        "said content": lambda said: said_words.is_swapped(said[:2048], said[:4096], said_words.Words(said)),
        "polarity": lambda said: uncached(polarity.contradicts, said[:512], said),
        "answers": lambda said: salvage.salvaged(said, extraction.Found),
        "search terms": lambda said: lexical.matches(said, [said[:2048]] * 3),
        "recalled": recalled.split,
        "visible": visible.visible,
        "nfkc": normal.nfkc,
        "nfc": normal.nfc,
        "offline reading": read,
        "offline sentences": lambda said: list(sentences.sentences(said)),
        "offline embedding": lambda said: embedding.embed(said, dimensions=64),
        "offline attributes": lambda said: attributes.attribute_of(said[:2048]),
        "offline person": lambda said: person.third_person(said[:2048]),
        "offline person of an assistant": lambda said: person.from_the_user(said[:2048]),
        "offline statement": text.statement,
        "offline content": text.content,
        "offline negation": text.negated,
        "german clauses": german_clauses.main_clause,
        "fencing": fencing.condensed,
    }
    return [Target(f"function {name}", function) for name, function in readers.items()]


def _patterns() -> dict[str, re.Pattern[str]]:
    """Return every pattern that modules of the package compile, by module and number."""
    found: dict[str, re.Pattern[str]] = {}
    original = re.compile

    def recorded(pattern: Any, flags: Any = 0) -> Any:
        compiled = original(pattern, flags)
        module = sys._getframe(1).f_globals.get("__name__", "")  # noqa: SLF001 - who compiles it
        if module.startswith("memorybank") and not module.startswith(_LEFT_OUT) and isinstance(compiled.pattern, str):
            number = sum(name.startswith(f"{module} ") for name in found)
            found[f"{module} {number}"] = compiled
        return compiled

    known = [name for name in sys.modules if name.split(".")[0] == "memorybank"]
    for name in known:
        del sys.modules[name]
    re.compile = recorded
    try:
        for info in pkgutil.walk_packages(memorybank.__path__, "memorybank."):
            if not info.name.startswith(_LEFT_OUT):
                _compile_all(importlib.import_module(info.name))
    finally:
        re.compile = original
    return found


def _compile_all(module: Any) -> None:
    """Call the module's own cached functions without parameters: they compile patterns on first use."""
    for value in list(vars(module).values()):
        if isinstance(value, functools._lru_cache_wrapper) and value.__module__ == module.__name__:  # noqa: SLF001
            try:
                value()
            except TypeError:
                continue


def _of_pattern(name: str, pattern: re.Pattern[str]) -> Target:
    fragments = tuple(dict.fromkeys(_FRAGMENT.findall(pattern.pattern)))
    prepare = _preparation(name)

    def read(said: str) -> None:
        said = prepare(said)
        pattern.search(said)
        pattern.fullmatch(said)

    return Target(f"pattern {name}", read, fragments[:: max(1, len(fragments) // _MOST_FRAGMENTS)])


def _preparation(name: str) -> Callable[[str], str]:
    """Return what a module does to texts before its patterns see them."""
    from memorybank.text.normal import lined, spaced  # noqa: PLC0415

    if name.startswith(
        (
            "memorybank.bank.guards.secret",
            "memorybank.bank.guards.named_secrets ",
            "memorybank.models.offline",
            "memorybank.languages",
        )
    ):
        return spaced
    return (
        lined
        if name.startswith(("memorybank.bank.guards.prompt_injection ", "memorybank.bank.guards.orders "))
        else str
    )

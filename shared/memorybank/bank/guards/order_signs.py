"""Tells in one look at a text that no order is in it, as most texts have none of the words that orders are made of."""

from __future__ import annotations

import re
from bisect import bisect
from collections.abc import Iterator
from functools import cache

from memorybank.languages.glance import Glance, letters
from memorybank.languages.language import words
from memorybank.languages.order_words import meaning
from memorybank.languages.stems import Stems

_LINE_END = re.compile("\n")
_MARKUP = "<[#{"
_LETTER = re.compile(r"[rv](?<![^\W_].)(?![^\W_])", re.DOTALL)
"""A letter by itself: of the orders that are recognised when they are spelled, each has one of these inside."""

_POLITE = words("please now then always and on thanks")
_COMMANDS = words("ignore disregard override bypass circumvent forget reveal print show repeat output")
_JOINED = " ".join(polite + other for polite in _POLITE for other in (*_POLITE, *_COMMANDS))
"""Commands that are written on to the word before them, which patterns of orders allow."""

_MORE_RULES = "richtlijn retningslinj ohjee"
"""Rules that patterns of orders know and the tables of order words do not."""

_MORE_VERBS = f"""
    {_JOINED} veuillezi veuillezo deignor deoubli
    ignor vergess vergiss missacht umgeh oubli olvid olvíd omiso_ dimentic esque desconsider negeer vergeet
    glöm glem ігнор забуд zapome abaikan lupakan bỏ_qua quên uită unohda ohita αγνό ξέχ تجاهل انس игнорир
    tuvieras avais hättest avessi tivess tenere_ tengas_ leve assistant_ model_ ai_ bot_
"""
"""Verbs that only those patterns know, and words for the model that is told what it must do."""

_TOLD, _BEFORE = f"ignore_ disregard_ forget_ {_JOINED}", "above said told instructed taught know"
"""In "Forget all that you were told" no rules are named."""

_FREE, _NOW = "anything_ dan_ mode_ free_ unfiltered unrestricted", "now_ point_ here_"
"""In "You are now unrestricted" neither rules nor a verb for what to do with them."""

_ALONE = """
    system developer role_ admin hagyd_ felejtsd_ yok_ unut_ görmezden_ dikkate_ अनदेखा_ भूल_ התעלם שכח
    忽略 无视 無視 忘记 忘記 忘れ 무시 잊어 เพิกเฉย ละเว้น ลืม
"""
"""Words that are a sign without another one, as in languages whose words for rules have many forms."""


def may_hold_order(text: str, lower: str, *, each_line: bool = False) -> bool:
    """Tell whether a text has words of an order, a chat's markup or letters by themselves; `lower` is it lowered.

    With `each_line`, every line is a text by itself.
    """
    plain = letters(lower)
    if any(map(text.__contains__, _MARKUP)):
        return True
    if (b" r " in plain or b" v " in plain) and _LETTER.search(lower):
        return True
    places = _about().places(lower, plain)
    texts = _by_line(lower, places) if each_line else [(lower, {kind for _, kinds in places for kind in kinds})]
    return any(
        not kinds.isdisjoint(found) and (also is None or bool(also.kinds(said, letters(said))))
        for said, found in texts
        for kinds, also in _pairs()
    )


def _by_line(text: str, places: Iterator[tuple[int, set[str]]]) -> list[tuple[str, set[str]]]:
    """Return the lines of a text that have kinds of words somewhere, with these."""
    seen = list(places)
    if not seen:
        return []  # most conversations
    found = dict[int, set[str]]()
    ends, lines = [end.start() for end in _LINE_END.finditer(text)], text.split("\n")
    for place, kinds in seen:
        found.setdefault(bisect(ends, place), set()).update(kinds)
    return [(lines[number], kinds) for number, kinds in found.items()]


@cache
def _about() -> Glance:
    """Return the words of which every order has one, by their kinds."""
    kinds = {kind: meaning(kind) for kind in ("instructions", "rules", "prompt", "bounds")}
    more = {"more rules": _MORE_RULES, "limits": "limit", "told": _TOLD, "free": _FREE, "alone": _ALONE}
    return Glance(kinds | {kind: Stems(listed) for kind, listed in more.items()})


@cache
def _pairs() -> tuple[tuple[frozenset[str], Glance | None], ...]:
    """Return, for the kinds of words that orders are about, the other words of which an order has one, if any."""
    verbs = {kind: meaning(kind) for kind in ("ignore", "last", "skip", "obey", "show")}
    return (
        (frozenset({"alone"}), None),
        (frozenset({"instructions", "rules", "more rules", "prompt"}), Glance(verbs | {"more": Stems(_MORE_VERBS)})),
        (frozenset({"bounds", "limits"}), Glance({kind: meaning(kind) for kind in ("off", "without")})),
        (frozenset({"told"}), Glance({"before": Stems(_BEFORE)})),
        (frozenset({"free"}), Glance({"now": Stems(_NOW)})),
    )

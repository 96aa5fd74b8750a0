"""Reads statements that have no known shape, by what their words mean and who speaks.

A statement counts if a word for what somebody does, has or is stands in the first person, or if it is about somebody or
something of the speaker's. Questions, requests and suppositions are told apart before. In languages with a table of
shapes, fewer words count. English needs none of this, and unspaced languages do not allow it.
"""

from __future__ import annotations

import re

from memorybank.languages.kinds import PERSONAL, PREFERENCE
from memorybank.languages.meanings.known import may_mean, meanings_of
from memorybank.languages.meanings.sentence import Sentence, sentence_of
from memorybank.languages.meanings.spelling import plain, words
from memorybank.languages.meanings.table import Meanings
from memorybank.languages.union import READ_CODES
from memorybank.text.normal import nfkc

_TASTES = frozenset({"like", "dislike", "prefer", "favourite", "diet", "eat", "drink"})
_LIVES = frozenset(
    {"live", "work", "named", "age", "born", "weigh", "height", "marital", "pregnant", "allergic", "smoke", "speak"}
    | {"learn", "play", "read", "visit", "bought", "have", "take"}
)
_FIRST_PERSON = {
    "pl": re.compile(r"(?:[aeu]m|ę|ł[ae]m)\Z"),
    "cs": re.compile(r"(?:m|ji|ju|žiju|piju|ráda?|l[ao]?)\Z"),
    "tr": re.compile(r"m\Z"),
    "ar": re.compile(r"\A(?![يت]).*(?<!ه)(?<!ها)\Z|ت\Z"),
    "uk": re.compile(r"(?:ю|у|в|ла|ся)\Z"),
    "hu": re.compile(r"(?:k|m)\Z"),
    "fi": re.compile(r"n\Z"),
    "es": re.compile(r"(?:o|é|í|oy)\Z"),
    "pt": re.compile(r"(?:o|ei|i|ou)\Z"),
    "it": re.compile(r"o\Z"),
}
"""Endings of words in the first person, of languages that leave out the word for "I"."""

_POLISH_PAST = re.compile(r"ł[ae]m\Z")
_COPULAS = {"pl": words("jestem"), "cs": words("jsem"), "fi": words("olen"), "hu": words("vagyok")}
_POINTLESS = words("""
    pytanie pytania problem problemy pomysł błąd otázka otázku otázky nápad chyba chybu soru sorum sorun sorunum
    problemim fikir
    fikrim سؤال مشكلة فكرة सवाल प्रश्न समस्या питання проблема проблему ідея kérdés kérdésem probléma ötlet kysymys ongelma
    fråga problemet idé idea vấn hỏi
""")
"""Words for what one has and which is no fact about them: a question, an idea, a problem."""

_OTHERS = words("""
    das es dies dir dich dein deine deinen deiner ihr ihre ihnen sie eso esto esta tu te ti tus usted su sus isso
    disso isto você
    teu tua seu sua questo quello ciò tuo tua tue suo ça cela tu ta ton tes toi vous votre vos dit dat jou jouw u uw
    это этот
    эта эту ты тебя тебе твой твоя вы вас вам ваш ваша frage problem fehler idee pregunta duda idea error pergunta
    dúvida ideia
    erro domanda dubbio errore question problème idée erreur vraag probleem fout вопрос ошибка идея код code código
    codice
""")
"""Words of the languages with shapes that show that a statement is about the conversation itself."""

_UNSPACED = frozenset({"zh", "ja", "ko"})
_FEWER = frozenset(
    {"live", "work", "age", "weigh", "height", "marital", "pregnant", "allergic", "smoke", "learn", "bought"}
)
_TOLD = {True: _TASTES | _FEWER, False: _TASTES | _LIVES}
"""The senses of what a statement tells, by whether its language has a table of shapes."""

_WANTED = {True: _TOLD[True] | {"own"}, False: _TOLD[False] | {"own", "stop"}}
"""The senses of which every statement has one, by the same."""

_OWNS_KIN = frozenset({"tr", "ar"})
"""Languages in which the word for somebody of the speaker's has the ending of "my"."""

_LONGEST = 400
_FEWEST = 2
_TERSE = frozenset({"pl", "tr", "ar", "hi", "cs", "fi", "hu"})
_WORD = re.compile(r"[^\W\d_]+")


def meant_kinds(text: str) -> tuple[str, ...]:
    """Return the kinds of statement that a text makes of its speaker, none in English and in unspaced languages."""
    table = meanings_of(text) if len(text) <= _LONGEST else None
    if table is None or not table.code or table.code == "en" or table.code in _UNSPACED:
        return ()
    code, forms = table.code, _WORD.findall(nfkc(text))
    shaped, seen = code in READ_CODES, set(plain("\n".join(forms)).split("\n"))
    long_enough = len(forms) >= _FEWEST + (code not in _TERSE)
    if not long_enough or seen & _POINTLESS or (shaped and (seen & _OTHERS or not _may_speak(seen, table))):
        return ()
    said = sentence_of(text) if code in _OWNS_KIN or may_mean(text, _WANTED[shaped]) else None
    if said is None or "report" in said.senses:
        return ()
    own = said.selves[:1] == ("own",) and _begins_with_own(said) if shaped else "own" in said.selves or _is_kin(said)
    told = said.senses & _TOLD[shaped]
    if own and not told and len(forms) <= _FEWEST and not _is_kin(said):
        return ()
    if (not own and not (told or ("stop" in said.senses and not shaped))) or not (own or _speaks(said, forms)):
        return ()
    found = ((PREFERENCE, bool(told & _TASTES)), (PERSONAL, not told <= _TASTES or not told or own))
    return tuple(kind for kind, holds in found if holds)


def _may_speak(seen: set[str], table: Meanings) -> bool:
    """Tell from the words alone whether the speaker may be who does, has or is what a text says."""
    if table.code in _FIRST_PERSON or table.code in _COPULAS or table.joins_apostrophes:
        return True
    return not seen.isdisjoint(table.selves)


def _begins_with_own(said: Sentence) -> bool:
    """Tell whether a text begins with "my" and goes on with what one can have, and something said of it."""
    row = [word for word in said.words if word.kind != "silent"]
    return row[0].key == "own" and len(row) > _FEWEST and bool(said.senses or said.values)


def _is_kin(said: Sentence) -> bool:
    """Tell whether a text begins with somebody of the speaker's, whose word has the ending of "my"."""
    first = next((word for word in said.words if word.kind in ("person", "content", "name", "sense")), None)
    return said.code in _OWNS_KIN and first is not None and first.kind == "person"


def _speaks(said: Sentence, forms: list[str]) -> bool:
    """Tell whether the speaker is who does, has or is what a text says."""
    if {"subject", "object"} & set(said.selves) or any(_POLISH_PAST.search(form) for form in forms):
        return True
    if not _COPULAS.get(said.code, frozenset()).isdisjoint(map(plain, forms)):
        return True
    ending = _FIRST_PERSON.get(said.code)
    acts = {
        word.form for word in said.words if word.kind == "sense" and word.key in _TASTES | _LIVES | {"stop", "change"}
    }
    parts = {part for form in acts for part in form.split()}
    return ending is not None and any(plain(form) in parts and ending.search(form.casefold()) for form in forms)

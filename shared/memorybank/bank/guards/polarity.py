"""Compares the negation of a fact with that of the sentence that it rests on."""

from __future__ import annotations

import re

from memorybank.bank.guards.said_words import alike, content_of, plain
from memorybank.languages import union
from memorybank.languages.language import Language
from memorybank.languages.meanings import known

_CLAUSE_END = re.compile(
    r"[,;:.!?\u2013\u2014()]+|\b(?:but|yet|though|although|because|since|whereas|except|instead|until|aber|sondern|weil|obwohl"
    r"|doch|seit|mais|parce|depuis|sauf|pero|sino|porque|desde|ma|però|bensì|perché|mas|porém|maar|want|omdat)\b"
    r"|\b(?:and|und|et|y|e|en|og|och|i|ve) (?=(?:no|not|never|none|kein\w*|nicht|nie|pas|aucun\w*|jamais|ning\w+|nunca"
    r"|he|she|it|they|i|we|er|sie|es|ich|wir|il|elle|je|hij|zij|ik|lui|lei|ela|ele"
    r"|non|nessun\w*|mai|não|nenhum\w*|geen|niet|nooit|nie|żadn\w+|не|нет|ни)\b)|[、\uff0c。\uff1b]",
    re.IGNORECASE,
)
_AFFIRMS = re.compile(
    # Negations that deny nothing of what they stand beside.
    r"can't wait|cannot wait|can hardly wait|(?:can't|couldn't) (?:live|do|function|be|go|start\b.{0,20}) without"
    r"|not only|not just"
    r"|never miss\w*|no doubt|no problem|no more than|can't get enough|couldn't be (?:happier|prouder)|don't mind"
    r"|nothing (?:beats|better|like)|never (?:without|go\b.{0,20} without)|don't forget|why (?:don't|not)|if not"
    r"|kann es kaum erwarten|nicht ohne|nie ohne|nicht nur|nicht schlecht|nichts lieber|kein problem"
    r"|non seulement|pas seulement|ne (?:peux|rate|manque) (?:pas|jamais|plus)|sans problème"
    r"|rien de (?:mieux|tel)"
    r"|no sólo|no solo|no puedo esperar|no puedo vivir sin|nada mejor|sin duda|non solo|non vedo l'ora"
    r"|niente di meglio|senza dubbio|não só|mal posso esperar|não vivo sem|nada melhor|sem dúvida"
    r"|niet alleen|不仅|不但|离不开|だけでなく",
    re.IGNORECASE,
)
_DENYING = re.compile(
    # Words that deny without a negation, or that end something.
    r"\b(?:refus\w*|quit\w*|stop\w*|gave up|giv\w+ up|avoid\w*|without|allerg\w*|intoleran\w*|unable|fail\w*|lost|left"
    r"|moved|former\w*|ex|free|except|former|rather than|instead|too|skip\w*|cancel\w*|used to|no longer|dropped|sold"
    r"|broke|aufgehört|aufgegeben|verzicht\w*|vermeid\w*|ohne|statt|früher|arrêt\w*|évit\w*|sans|quitt\w*|dej\w+"
    r"|evit\w*|sin|abandon\w*|smess\w*|senza|par(?:ei|ou)|larg\w+|sem|gestopt|zonder)\b|vegan|vegetar|戒|停|やめ|辞め|止め",
    re.IGNORECASE,
)
_RECASTS = re.compile(
    r"problem|issue|troubl|difficult|struggl|broken|prohib|forbid|teetotal|sober|only child|abstain|lack|absen|miss"
    r"|want|would like|looking|need|plan|ask|wonder|verbot|untersag|prefer|bevorzug|préfèr|prefier|new|different|other"
    r"|forgot|until|except|苦手|嫌|못|싫|不便|困难|問題|问题|困る"
)
"""Words that turn what was denied into something that is: a problem, a wish, an aversion."""

_NEARLY = 2 / 3
_DENIAL_PARTS = union.denial_parts()
_DENIALS = union.denials() | known.words_of("dislike")
_WORDS = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)?")


def contradicts(fact: str, sentence: str) -> bool:
    """Tell whether a fact denies what a sentence says, or says what it denies, in the sentence's own words.

    What is worded otherwise is not compared: "I moved away from Paris" is no contradiction to "I don't live in Paris".
    """
    content = content_of(fact)
    if not content or sentence.rstrip(" \"')*_").endswith(("?", "？")):  # noqa: RUF001 - the full-width mark
        return False
    languages = _languages(fact, sentence)
    plain_sentence = _AFFIRMS.sub(" ", plain(sentence))
    clauses = [clause for clause in _CLAUSE_END.split(plain_sentence) if clause and _shares(content, clause)]
    whole = [clause for clause in clauses if _covers(content, clause)]
    if _negated(fact, languages):
        said = _AFFIRMS.sub(" ", plain(fact))
        return _negated(said, languages) and bool(whole) and not _denied(plain_sentence, languages)
    if _denies(fact, languages):
        return False
    if whole and all(_denies(clause, languages) for clause in clauses):
        return True
    return _denied_rather_than_said(fact, [*content, *_dates_of(fact)], clauses)


def clauses_of(sentence: str) -> list[str]:
    """Return the clauses of a sentence."""
    return [clause for clause in _CLAUSE_END.split(sentence) if clause.strip()]


def has_word(clause: str, word: str) -> bool:
    """Tell whether a clause has a word, in any form."""
    return _has(clause, word)


def _dates_of(text: str) -> list[str]:
    return [word for word in _WORDS.findall(plain(text)) if word in union.dates()]


def _denied_rather_than_said(fact: str, told: list[str], clauses: list[str]) -> bool:
    """Tell whether a fact says nearly all of what one clause denies, and less of what any other clause says."""
    low = plain(fact)
    if _DENYING.search(low):
        return False
    languages = _languages(fact, " ".join(clauses))
    denied = said = 0
    for clause in clauses:
        covered = sum(_has(clause, word) for word in told)
        if _denies(clause, languages) and not any(match[0] not in clause for match in _RECASTS.finditer(low)):
            denied = max(denied, covered)
        else:
            said = max(said, covered)
    return denied > max(said, 1) and denied >= _NEARLY * len(told)


def _languages(fact: str, sentence: str) -> tuple[Language, ...]:
    """Return the language of a fact and its sentence, or else all: "pas" negates in French and looks after in Dutch."""
    code = known.meanings_of(fact, sentence).code
    return tuple(each for each in union.LANGUAGES if each.code == code) or union.LANGUAGES


def _negated(text: str, languages: tuple[Language, ...]) -> bool:
    low = plain(text)
    return union.negates_inside(low, languages) or not union.negations(languages).isdisjoint(_WORDS.findall(low))


def _denies(clause: str, languages: tuple[Language, ...]) -> bool:
    low = plain(clause)
    parts = any(part in low for part in _DENIAL_PARTS)
    return parts or _negated(low, languages) or not _DENIALS.isdisjoint(_WORDS.findall(low))


def _denied(text: str, languages: tuple[Language, ...]) -> bool:
    """Tell whether a text negates or denies anything at all."""
    return _denies(text, languages) or _DENYING.search(text) is not None


def _shares(content: list[str], clause: str) -> bool:
    return any(_has(clause, word) for word in content)


def _covers(content: list[str], clause: str) -> bool:
    return all(_has(clause, word) for word in content)


def _has(clause: str, word: str) -> bool:
    return word in clause or any(alike(word, other) for other in _WORDS.findall(clause))

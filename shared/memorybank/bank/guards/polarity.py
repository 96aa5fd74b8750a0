"""Compares the negation of a fact with that of the sentence that it rests on."""

from __future__ import annotations

import re

from memorybank.bank.guards.said_words import alike, content_of, plain
from memorybank.languages import union
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
_NEGATIONS, _DENIAL_PARTS = union.negations(), union.denial_parts()
_DENIALS = union.denials() | known.words_of("dislike")
_WORDS = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)?")


def contradicts(fact: str, sentence: str) -> bool:
    """Tell whether a fact denies what a sentence says, or says what it denies, in the sentence's own words.

    What is worded otherwise is not compared: "I moved away from Paris" is no contradiction to "I don't live in Paris".
    """
    content = content_of(fact)
    if not content or sentence.rstrip(" \"')*_").endswith(("?", "？")):  # noqa: RUF001 - the full-width mark
        return False
    plain_sentence = _AFFIRMS.sub(" ", plain(sentence))
    clauses = [clause for clause in _CLAUSE_END.split(plain_sentence) if clause and _shares(content, clause)]
    whole = [clause for clause in clauses if _covers(content, clause)]
    if _negated(fact):
        said = _AFFIRMS.sub(" ", plain(fact))
        return _negated(said) and bool(whole) and not _denied(plain_sentence)
    return not _denies(fact) and bool(whole) and all(_denies(clause) for clause in clauses)


def _negated(text: str) -> bool:
    low = plain(text)
    return union.negates_inside(low) or not _NEGATIONS.isdisjoint(_WORDS.findall(low))


def _denies(clause: str) -> bool:
    low = plain(clause)
    return _negated(low) or any(part in low for part in _DENIAL_PARTS) or not _DENIALS.isdisjoint(_WORDS.findall(low))


def _denied(text: str) -> bool:
    """Tell whether a text negates or denies anything at all."""
    return _denies(text) or _negated(text) or _DENYING.search(text) is not None


def _shares(content: list[str], clause: str) -> bool:
    return any(_has(clause, word) for word in content)


def _covers(content: list[str], clause: str) -> bool:
    return all(_has(clause, word) for word in content)


def _has(clause: str, word: str) -> bool:
    return word in clause or any(alike(word, other) for other in _WORDS.findall(clause))

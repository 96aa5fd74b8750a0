"""A statement as it is compared with another: what its words stand for, in order."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, cached_property

from memorybank.languages import union
from memorybank.languages.language import words
from memorybank.languages.meanings.known import meanings_of, table_of
from memorybank.languages.meanings.spelling import MARKS, plain
from memorybank.languages.meanings.table import Meanings
from memorybank.languages.meanings.unspaced import parts_of
from memorybank.languages.meanings.values import DIGITS, Value, value_at
from memorybank.text.kept import kept
from memorybank.text.normal import nfkc

_TOKEN = re.compile(
    rf"[\w.+-]+@[\w-]+(?:\.[\w-]+)+|[A-Za-z]+-?\d[A-Za-z\d]*|\d+[A-Z]\b|\d+(?:[.,:/-]\d+)*|[$€£¥₹%]|[ap]\.m\b"
    rf"|(?:[^\W\d_]|[{MARKS}])+(?:-(?:[^\W\d_]|[{MARKS}])+)*[+#]{{0,2}}"
)
_APOSTROPHES = re.compile("(?<=\\w)['\u2019\u02bc](?=\\w)")
_ENDS = ".!?:\u3002"
_CODED = re.compile(r".*\d")
_SHORT = 2

_BEFORE_DATES = words("in since until till by of on last next early late every")


@dataclass(frozen=True)
class Word:
    """A word with what it stands for.

    `kind` is "content", "name", "sense", "person", "value", "self" or "silent"; `key` is what is compared: the word
    itself, or the key of a sense, of a person, or of the role of the first person.
    """

    form: str
    kind: str
    key: str
    value: Value | None = None


@dataclass(frozen=True, eq=False)  # read once per text, and hashed often
class Sentence:
    """A statement: its words in order, the language whose table read it, and whether it negates."""

    code: str
    words: tuple[Word, ...]
    negates: bool

    @cached_property
    def content(self) -> tuple[Word, ...]:
        """The words with content of their own: neither senses, people nor values."""
        return tuple(word for word in self.words if word.kind in ("content", "name"))

    @cached_property
    def names(self) -> tuple[Word, ...]:
        """The words that are names by their capital letter."""
        return tuple(word for word in self.words if word.kind == "name")

    @cached_property
    def people(self) -> frozenset[str]:
        """The people and roles that it mentions."""
        return frozenset(word.key for word in self.words if word.kind == "person")

    @cached_property
    def senses(self) -> frozenset[str]:
        """The senses of its words."""
        return frozenset(word.key for word in self.words if word.kind == "sense")

    @cached_property
    def values(self) -> tuple[Value, ...]:
        """Its values, indefinite articles left out."""
        return tuple(word.value for word in self.words if word.value and word.value.kind != "one")

    @cached_property
    def shares(self) -> frozenset[str]:
        """How many of all it speaks of, or how often: "all", "most", "some" or "few"."""
        table = table_of(self.code)
        return frozenset(table.parts[word.form] for word in self.words if word.form in table.parts)

    @cached_property
    def share_words(self) -> frozenset[str]:
        """The words that say so."""
        table = table_of(self.code)
        return frozenset(word.form for word in self.words if word.form in table.parts)

    @cached_property
    def selves(self) -> tuple[str, ...]:
        """The roles of the first person, in order: "subject", "object" or "own"."""
        return tuple(word.key for word in self.words if word.kind == "self")


@kept
def sentence_of(text: str, beside: str = "") -> Sentence:
    """Return a statement as it is compared; `beside` is the other one, for the language of a text of few words."""
    table = meanings_of(text, beside)
    found = parts_of(text, table) if table.unspaced else _spaced(nfkc(text), table)
    return Sentence(table.code, tuple(Word(*each) for each in found), denies(text, table.code))


def denies(text: str, code: str) -> bool:
    """Tell whether a text negates, in a language or, if it has no table, in any."""
    low = nfkc(text).casefold()
    known = union.languages_of(code)
    found = set(re.findall(r"[^\W\d_]+", low)) | set(low.split())
    if len(known) == 1 and known[0].negated_form and re.search(known[0].negated_form, low):
        return True
    negations = known[0].negations | known[0].own_negations if len(known) == 1 else union.negations(known)
    return union.negates_inside(low, known) or not negations.isdisjoint(found)


def _spaced(text: str, table: Meanings) -> list[tuple[str, str, str, Value | None]]:
    tokens = _tokens(_APOSTROPHES.sub("", text) if table.joins_apostrophes else text, table)
    forms = [plain(form) for form, _ in tokens]
    bare = [_bare(form, table) for form in forms] if table.particles else forms
    found: list[tuple[str, str, str, Value | None]] = []
    at = 0
    while at < len(forms):
        size, word = _read(tokens, forms, at, bare=bare, table=table)
        found.append(word)
        at += size
    if table.code == "ko" and any(form.endswith("보다") for form in forms):
        found.append(("보다", "sense", "compare", None))
    return found


def _read(
    tokens: list[tuple[str, bool]], forms: list[str], at: int, *, bare: list[str], table: Meanings
) -> tuple[int, tuple[str, str, str, Value | None]]:
    """Return how many tokens the next word takes, and the word; `bare` are the words without particles."""
    form, (raw, begins) = forms[at], tokens[at]
    for size in range(min(table.phrases.longest, len(forms) - at), 1, -1):
        phrase = " ".join(forms[at : at + size])
        if known := table.phrases.phrase(phrase):
            return size, (phrase, *known, None)
    capital = raw[0].isupper() and not begins
    if form not in table.other_in_lower_case or capital or _dated(forms, at):
        value = value_at(bare, at, table)
        if value:
            return value.size, (form, "value", form, value.value)
    if _CODED.match(form):
        return 1, (form, "name", form, None)
    return 1, (*_plain_word(form, raw, table, capital=capital), None)


def _dated(forms: list[str], at: int) -> bool:
    """Tell whether a word stands where a month or day does: after "in", or beside a number."""
    before, after = forms[at - 1] if at else "", forms[at + 1] if at + 1 < len(forms) else ""
    return before in _BEFORE_DATES or before.isdigit() or after.isdigit()


def _is_silent(form: str, raw: str, table: Meanings) -> bool:
    """Tell whether a word has no content; an accent tells té (tea) from te (you)."""
    said = nfkc(raw).casefold()
    return (
        said in table.silent_as_written or (said.isascii() and form in table.silent) or form in _negations(table.code)
    )


def _plain_word(form: str, raw: str, table: Meanings, *, capital: bool) -> tuple[str, str, str]:
    bare = _bare(form, table)
    known = (
        table.phrases.written.get(nfkc(raw).casefold())
        or table.phrases.find(form)
        or (table.phrases.find(bare) if bare != form else None)
    )
    if known and not (capital and known[0] == "sense" and table.capital_names):
        return form, *known
    if form in table.selves:
        return form, "self", table.selves[form]
    if _is_silent(form, raw, table) and not (capital and len(form) > 1):
        return form, "silent", form
    return bare, "name" if capital and not table.capital_nouns else "content", bare


@cache
def _negations(code: str) -> frozenset[str]:
    found = (each.negations | each.own_negations for each in union.LANGUAGES if each.code == code)
    return frozenset(plain(word) for words in found for word in words)


def _bare(form: str, table: Meanings) -> str:
    """Return a word without the particle at its end, or the article at its beginning."""
    article = table.attached_article
    if article and form.startswith(article) and len(form) > len(article) + _SHORT:  # not a short word of its own
        return form.removeprefix(article)
    end = next((each for each in table.particles if form.endswith(each) and len(form) > len(each)), "")
    return form[: len(form) - len(end)] if end else form


def _tokens(text: str, table: Meanings) -> list[tuple[str, bool]]:
    """Return the words as written, each with whether it begins a sentence; hyphens join only what is known so."""
    found: list[tuple[str, bool]] = []
    end = 0
    for match in _TOKEN.finditer(text):
        between = text[end : match.start()].rstrip()
        begins = not end or (bool(between) and between[-1] in _ENDS)
        end = match.end()
        raw = match[0]
        form = plain(raw)
        whole = "-" not in raw or DIGITS.match(raw) or "@" in raw or _CODED.match(raw)
        if whole or form in table.vocabulary or _counted(form, table):
            found.append((raw, begins))
        else:
            found += [(part, begins and not number) for number, part in enumerate(raw.split("-"))]
    return found


def _counted(form: str, table: Meanings) -> bool:
    return any(part in table.counts for part in form.split("-"))

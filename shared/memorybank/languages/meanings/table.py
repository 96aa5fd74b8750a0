"""The table of one language's meanings: which words say the same, which say nothing, and which are values."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from memorybank.languages.meanings.index import Index, by_stem
from memorybank.languages.meanings.spelling import as_written, plain, words
from memorybank.text.normal import nfkc

_SIGNS = {sign: sign for sign in ("km", "m", "cm", "kg", "g", "mg", "l", "ml")}
"""The signs of units that are the same in all languages."""

_LONGEST_SIGN = 3
"""The most letters of a unit's sign: many languages have the same ones."""


@dataclass(frozen=True, eq=False)
class Meanings:
    """The words of one language; several words for one thing stand in one text, separated by spaces.

    A trailing `*` matches any ending, an underscore stands for a space. In `unspaced` languages all are parts of a
    text. `joining` are the words between the parts of a statement: and, but. `function` are words without content.
    `subject`, `object` and `own` are the first person; `articles` are indefinite, `definite` stands before what both
    know. The keys of `senses` and `people` are the same in all
    languages, so that languages compare; `things` are other words with their synonyms. `numbers`, `ordinals`, `units`,
    `weekdays` and `months` are values. `shares` are words for how many of all, or how often. `particles` are endings
    that say nothing. `since` and `until` stand before the date from or up to which a statement holds, or after it if
    they begin with "-"; `spans` are the words before two such dates, `in_dates` those that dates may contain, and `was`
    shows that a statement is of the past. In `marked_dates` a sign of one letter follows each part: 2021年. If
    `month_may_lead`, 3/4/2021 is not clear. `hyphened_endings` follow numbers: 2019-től.

    `past_hour` are words between minutes and an hour that they come after. `before_hour` and `after_hour` are phrases
    that shift a time by minutes: "half past", "et demie"; `halves` tell the hours before noon (0) from those after it
    (12). `opposites` are pairs of words without content of which one excludes the other, such as "in/out"; `antonyms`
    are such words with content. `privatives` are endings that mean "without", `own_endings` those that mean "my". If a
    language `inflects`, its names have endings as well, and `endings` are those beyond the usual ones; in one with
    `cases`, endings tell who does something to whom. `verb_last` languages have the verb at the end, `kin_by_side` ones
    have several words for an uncle or a mother-in-law, and in `glued_numbers` a number is one word: einundzwanzig.
    In one that `drops_subject`, "I" is left out. `capital_nouns` begin with a capital letter as names do; where only
    names do, `capital_names` have no sense. If it `pairs_numbers`, "nineteen ninety" is 1990; if it
    `joins_apostrophes`, they are inside words; if it `owns_kin`, the word for a person has the ending of "my". The
    `attached_article` is a beginning of words, the `topic_mark` stands after what a statement is about, and `homonyms`
    are names of days and months that are other words without a capital letter.
    """

    code: str
    joining: str = ""
    function: str = ""
    subject: str = ""
    object: str = ""
    own: str = ""
    articles: str = ""
    definite: str = ""
    senses: Mapping[str, str] = field(default_factory=dict)
    people: Mapping[str, str] = field(default_factory=dict)
    things: Mapping[str, str] = field(default_factory=dict)
    units: Mapping[str, str] = field(default_factory=dict)
    numbers: Mapping[int, str] = field(default_factory=dict)
    ordinals: Mapping[int, str] = field(default_factory=dict)
    shares: Mapping[str, str] = field(default_factory=dict)
    weekdays: tuple[str, ...] = ()
    months: tuple[str, ...] = ()
    particles: tuple[str, ...] = ()
    since: str = ""
    until: str = ""
    spans: tuple[str, ...] = ()
    in_dates: str = ""
    was: str = ""
    marked_dates: bool = False
    month_may_lead: bool = False
    hyphened_endings: bool = False
    unspaced: bool = False
    past_hour: str = ""
    before_hour: Mapping[int, str] = field(default_factory=dict)
    after_hour: Mapping[int, str] = field(default_factory=dict)
    halves: Mapping[int, str] = field(default_factory=dict)
    opposites: str = ""
    antonyms: str = ""
    privatives: str = ""
    own_endings: str = ""
    endings: str = ""
    inflects: bool = False
    cases: bool = False
    verb_last: bool = False
    kin_by_side: bool = False
    glued_numbers: bool = False
    drops_subject: bool = False
    capital_nouns: bool = False
    capital_names: bool = False
    pairs_numbers: bool = False
    joins_apostrophes: bool = False
    owns_kin: bool = False
    attached_article: str = ""
    topic_mark: str = ""
    homonyms: str = ""

    @cached_property
    def silent(self) -> frozenset[str]:
        """The words without content, articles and the first person included."""
        return words(f"{self.function} {self.subject} {self.object} {self.own} {self.articles}")

    @cached_property
    def silent_as_written(self) -> frozenset[str]:
        """The words without content, with their accents."""
        text = f"{self.function} {self.subject} {self.object} {self.own} {self.articles}"
        return frozenset(nfkc(text).casefold().replace("_", " ").split())

    @cached_property
    def phrases(self) -> Index:
        """The words of senses and people."""
        return Index.of({"sense": self.senses, "person": self.people, "content": self.things})

    @cached_property
    def vocabulary(self) -> frozenset[str]:
        """The words by which the language is recognised."""
        values = self.counts.keys() | self.days.keys() | self.month_names.keys()
        units = {word for word in self.measures if len(word) > _LONGEST_SIGN}
        return self.silent | self.phrases.exact.keys() | values | units | self.half_days.keys()

    @cached_property
    def spellings(self) -> frozenset[str]:
        """The vocabulary as it is written, with accents."""
        tables: tuple[Mapping[str, str] | Mapping[int, str], ...] = (
            *(self.senses, self.people, self.things, self.units, self.numbers, self.ordinals, self.halves),
        )
        said = " ".join([*(each for table in tables for each in table.values()), *self.weekdays, *self.months])
        return self.silent_as_written | frozenset(nfkc(said).casefold().replace("_", " ").replace("*", "").split())

    @cached_property
    def selves(self) -> Mapping[str, str]:
        """The words of the first person, with the role that each has."""
        roles = (("object", self.object), ("own", self.own), ("subject", self.subject))
        return {word: role for role, said in roles for word in words(said)}

    @cached_property
    def known_before(self) -> frozenset[str]:
        """The definite articles."""
        return words(self.definite)

    @cached_property
    def past(self) -> frozenset[str]:
        """The words that show that a statement is of the past, without those that do so by an accent alone: habité."""
        forms = {word: plain(word) for word in as_written(self.was)}
        return frozenset(form for word, form in forms.items() if word == form or form not in self.spellings)

    @cached_property
    def other_in_lower_case(self) -> frozenset[str]:
        """The names of days and months that are other words without a capital letter."""
        return words(self.homonyms)

    @cached_property
    def one(self) -> frozenset[str]:
        """The indefinite articles."""
        return words(self.articles)

    @cached_property
    def counts(self) -> Mapping[str, int]:
        """The words for numbers."""
        return {word: value for value, said in self.numbers.items() for word in words(said)}

    @cached_property
    def glued_parts(self) -> re.Pattern[str]:
        """The words for numbers as a pattern, the longest first, for numbers that are one word."""
        return re.compile("|".join(map(re.escape, sorted(self.counts, key=len, reverse=True))))

    @cached_property
    def ranks(self) -> Mapping[str, int]:
        """The words for ordinals."""
        return {word: value for value, said in self.ordinals.items() for word in words(said)}

    @cached_property
    def shifts(self) -> Mapping[str, Mapping[str, int]]:
        """The phrases before an hour that shift it, with the minutes, by their first words."""
        return _by_first_word(self.before_hour)

    @cached_property
    def shifts_after(self) -> Mapping[str, Mapping[str, int]]:
        """The phrases after an hour that shift it, with the minutes, by their first words."""
        return _by_first_word(self.after_hour)

    @cached_property
    def half_days(self) -> Mapping[str, int]:
        """The words for a half of the day, with the hours that come before it."""
        return {word: hours for hours, said in self.halves.items() for word in words(said)}

    @cached_property
    def opposed(self) -> Mapping[str, frozenset[str]]:
        """Each word that excludes others, with those."""
        return _paired(self.opposites)

    @cached_property
    def contrary(self) -> Mapping[str, frozenset[str]]:
        """Each word with content that excludes others, with those."""
        return _paired(self.antonyms)

    @cached_property
    def without(self) -> tuple[str, ...]:
        """The endings that mean "without"."""
        return tuple(words(self.privatives))

    @cached_property
    def mine(self) -> tuple[str, ...]:
        """The endings that mean "my"."""
        return tuple(words(self.own_endings))

    @cached_property
    def own_inflections(self) -> frozenset[str]:
        """The endings of this language alone."""
        return words(self.endings)

    def count(self, word: str) -> int | None:
        """Return the number that a word stands for."""
        return by_stem(self.counts, word) if self._has_stems[0] else self.counts.get(word)

    def rank(self, word: str) -> int | None:
        """Return the place in a row that an ordinal stands for, in any of its forms."""
        return by_stem(self.ranks, word) if self._has_stems[1] else self.ranks.get(word)

    @cached_property
    def _has_stems(self) -> tuple[bool, bool]:
        counts, ranks = (any(word.endswith("*") for word in table) for table in (self.counts, self.ranks))
        return counts, ranks

    @cached_property
    def measures(self) -> Mapping[str, str]:
        """The words for units, with the unit that each stands for."""
        own = {word: unit for unit, said in self.units.items() for word in words(said)}
        return {**_SIGNS, **own} if self.code else own

    @cached_property
    def parts(self) -> Mapping[str, str]:
        """The words for a part of all, or of all times, with the part that each stands for."""
        return {word: part for part, said in self.shares.items() for word in words(said)}

    @cached_property
    def days(self) -> Mapping[str, int]:
        """The names of weekdays; Monday is 1."""
        return _numbered(self.weekdays)

    @cached_property
    def month_names(self) -> Mapping[str, int]:
        """The names of months; January is 1."""
        return _numbered(self.months)


def entries(text: str) -> dict[str, str]:
    """Read lines of "key: words", whose words may go on in the next lines."""
    found: dict[str, str] = {}
    key = ""
    for line in text.split("\n"):
        before, colon, after = line.partition(":")
        key = before.strip() if colon else key
        if key:
            found[key] = f"{found.get(key, '')} {(after if colon else line).strip()}".strip()
    return found


def listed(text: str) -> tuple[str, ...]:
    """Read a list separated by commas."""
    return tuple(each.strip() for each in " ".join(text.split()).split(","))


def numbered(text: str) -> dict[int, str]:
    """Read a list of numbers, each followed by its words."""
    pairs = (each.partition(" ") for each in listed(text))
    return {int(number): said for number, _, said in pairs}


def _paired(text: str) -> Mapping[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for pair in (each.split("/") for each in words(text)):
        for word in pair:
            found.setdefault(word, set()).update(set(pair) - {word})
    return {word: frozenset(others) for word, others in found.items()}


def _by_first_word(table: Mapping[int, str]) -> dict[str, dict[str, int]]:
    found: dict[str, dict[str, int]] = {}
    for value, said in table.items():
        for phrase in words(said):
            found.setdefault(phrase.partition(" ")[0], {})[phrase] = value
    return found


def _numbered(names: tuple[str, ...]) -> dict[str, int]:
    return {word: number for number, said in enumerate(names, 1) for word in words(said)}

"""A look at a text sees every kind of words that a search would find in it, and hardly any other."""

from __future__ import annotations

import pytest

from memorybank.languages.glance import Glance, letters
from memorybank.languages.order_words import meaning
from memorybank.languages.secret_names import named
from memorybank.languages.stems import Stems
from memorybank.text.normal import lowered
from tests.growth import LINEAR, growth

_TABLES = {
    **{
        kind: meaning(kind)
        for kind in ("instructions", "rules", "prompt", "bounds", "ignore", "skip", "show", "without")
    },
    **{kind: named(kind) for kind in ("password", "pin", "code", "lock", "login", "key")},
}


def _seen(glance: Glance, text: str) -> set[str]:
    return glance.kinds(lowered(text), letters(lowered(text)))


@pytest.mark.parametrize("kind", _TABLES)
def test_every_word_of_a_table_is_seen_whatever_stands_beside_it(kind: str) -> None:
    glance = Glance({kind: _TABLES[kind]})
    for word in _TABLES[kind].words:
        spoken = word.rstrip("_").replace("_", " ")
        for text in (spoken, spoken.upper(), f"My {spoken}, too", f"\u2022{spoken}\u2026", f"1\n{spoken}\n2"):
            if _TABLES[kind].search(text.lower()):
                assert _seen(glance, text) == {kind}, text


def test_words_of_several_kinds_are_told_apart() -> None:
    glance = Glance({"animal": Stems("cat_ dog собак 猫"), "place": Stems("village дерев city_hall")})
    assert _seen(glance, "The dogs of this village") == {"animal", "place"}
    assert _seen(glance, "собаки") == {"animal"}
    assert _seen(glance, "I like 猫") == {"animal"}
    assert _seen(glance, "cats hotdog willage") == set()
    assert _seen(glance, "the hall") == set()


def test_a_word_that_another_one_begins_with_is_seen_with_both_kinds() -> None:
    glance = Glance({"short": Stems("norm"), "long": Stems("normal")})
    assert _seen(glance, "normally") == {"short", "long"}


def test_a_word_is_seen_where_it_stands() -> None:
    glance = Glance({"animal": Stems("cats собак 猫"), "place": Stems("city ab_cd")})
    text = "a city\u00e9 of cats: ab  cd ab ab cd собака 猫"
    seen = sorted((place, min(kinds)) for place, kinds in glance.places(text, letters(text)))
    assert [(text[place:].split(maxsplit=1)[0], kind) for place, kind in seen] == [
        ("city\u00e9", "place"),
        ("cats:", "animal"),
        ("ab", "place"),
        ("ab", "place"),
        ("собака", "animal"),
        ("猫", "animal"),
    ]


@pytest.mark.parametrize("piece", ["rules ", "правил ", "忽略", "filter"])
def test_a_text_of_many_words_of_a_table_takes_time_in_proportion(piece: str) -> None:
    glance = Glance(_TABLES)
    assert growth(lambda text: _seen(glance, text), lambda size: piece * (size // len(piece)), 2000) < LINEAR

"""What is known of languages is one lexicon: guards ask all of them, the offline model those that it reads."""

from __future__ import annotations

import pytest

from memorybank.languages.language import Language
from memorybank.languages.meanings import exclusive
from memorybank.languages.meanings.known import TABLES
from memorybank.languages.meanings.sentence import denies, sentence_of
from memorybank.languages.union import LANGUAGES, READ, dates, negates_inside, negations
from memorybank.models.offline.text import negated
from memorybank.statements.subjects import is_past
from tests.growth import LINEAR, growth


def test_every_language_has_a_code_of_its_own_and_says_how_to_negate() -> None:
    assert len({language.code for language in LANGUAGES}) == len(LANGUAGES)
    for language in LANGUAGES:
        assert language.negations or language.negation_parts, language.code


@pytest.mark.parametrize("language", LANGUAGES, ids=lambda language: language.code)
def test_guards_see_the_negations_of_every_language(language: Language) -> None:
    for word in (language.negations | language.own_negations) - dates():
        assert denies(f"tea {word} tea", language.code), word
    for part in language.negation_parts:
        assert denies(f"茶{part}茶", language.code), part


@pytest.mark.parametrize("language", READ, ids=lambda language: language.code)
def test_the_offline_model_sees_the_negations_of_the_languages_that_it_reads(language: Language) -> None:
    for word in language.negations - dates() - {"n"}:
        assert negated(f"tea {word} tea"), word


@pytest.mark.parametrize("text", ["我特别喜欢茶", "我告别了别人", "特別に茶が好きです"])
def test_a_word_that_only_looks_like_a_negation_is_none(text: str) -> None:
    assert not negates_inside(text)
    assert not denies(text, "zh" if "我" in text else "ja")


def test_a_month_is_not_taken_for_a_negation_of_another_language() -> None:
    assert not denies("Ich fliege im Mai nach Rom", "de")
    assert "mai" not in negations()
    assert denies("Non bevo mai caffè", "it")


def test_the_months_and_days_of_a_language_are_complete() -> None:
    for table in TABLES:
        assert set(table.days.values()) == set(range(1, 8)), table.code
        assert set(table.month_names.values()) in (set(), set(range(1, 13))), table.code


@pytest.mark.parametrize("name", ["monday", "märz", "sábado", "stycznia", "июля", "ocak", "水曜日"])
def test_days_and_months_are_known_in_every_form(name: str) -> None:
    assert name in dates()


@pytest.mark.parametrize("short", ["mon", "sat", "mo", "mar", "dec"])
def test_short_forms_of_days_and_months_are_other_words_too_often(short: str) -> None:
    assert short not in dates()


@pytest.mark.parametrize(
    "text",
    [
        "I lived in Rome in 2019",
        "J'étais à Rome en 2019.",
        "Yo vivía con mi hermana en 2019.",
        "Była w Rzymie w 2019 roku.",
        "2019'da İzmir'de yaşıyordum.",  # noqa: RUF001 - Turkish
    ],
)
def test_the_past_is_recognised_by_its_words_with_accents_and_without(text: str) -> None:
    assert is_past(sentence_of(text))


def test_every_word_for_a_thing_names_it() -> None:
    for kind, names in exclusive.kinds():
        for number, said in enumerate(names):
            for word in said.split():
                assert (kind, number) in exclusive.things_in(word.rstrip("*").replace("_", " ")), word


@pytest.mark.parametrize(
    ("text", "sense"),
    [
        ("I used to live in Rome", "past"),
        ("제가 가장 좋아하는 음식은 김치예요", "favourite"),
        ("새 직장을 찾고 있어요", "plan"),
    ],
)
def test_phrases_are_read_with_and_without_endings(text: str, sense: str) -> None:
    assert sense in sentence_of(text).senses


@pytest.mark.parametrize("word", ["살이 ", "user ", "zwanzig ", "我是", "父は です ", "سؤال ", "çay "])
def test_a_sentence_is_read_in_time_in_proportion_to_its_length(word: str) -> None:
    assert growth(sentence_of, lambda size: word * (size // len(word)), 2_100) < LINEAR

"""The lexical score: rare words of the query count most, and forms of a word count half."""

from __future__ import annotations

import pytest

from memorybank.bank.memories.lexical import matches
from memorybank.resources.memory import MAX_FACT
from tests.growth import LINEAR, growth


def _scores(query: str, *facts: str) -> list[float]:
    return [match.score for match in matches(query, facts)]


def test_a_fact_with_every_word_scores_one_and_a_fact_with_none_scores_nothing() -> None:
    exact, other = _scores("blue door", "blue door", "I live in Paris")
    assert exact == pytest.approx(1.0)
    assert other == 0.0


def test_a_rare_word_counts_more_than_a_common_one() -> None:
    facts = ["my kestrel", "my dog", "my cat", "my horse", "my hen"]
    rare, *common = _scores("where is my kestrel", *facts)
    assert rare > 3 * max(common) > 0


@pytest.mark.parametrize("query", ["What did the kestrel do?", "Wo ist der Turmfalke gelandet?"])
def test_function_words_do_not_outweigh_the_word_that_is_asked_for(query: str) -> None:
    words = query.split()
    about, around, *_ = _scores(query, f"I saw a {words[3]}", f"{' '.join(words[:3])} others", "Tea", "Rice")
    assert about > around > 0


@pytest.mark.parametrize(("query", "word"), [("where is my hat", "hat"), ("who is my son", "son")])
def test_a_word_that_is_a_function_word_in_another_language_only_counts_in_full(query: str, word: str) -> None:
    named, around, *_ = _scores(query, f"A {word}", " ".join(query.split()[:3]), "Tea", "Rice")
    assert named > around > 0


@pytest.mark.parametrize("error", ["kestre", "kestrell", "kestral", "kestrle", "ekstrel", "kesrtel"])
def test_a_misspelt_word_finds_the_word_that_was_meant_and_less_than_the_word_itself(error: str) -> None:
    [meant, other] = matches(error, ["I saw a kestrel", "I saw a heron"])
    assert 0 == other.score < meant.score < _scores("kestrel", "I saw a kestrel", "I saw a heron")[0]
    assert (meant.terms, other.terms) == ((error,), ())


@pytest.mark.parametrize("error", ["kstrl", "kstrle", "kestrol7", "lertsek"])
def test_two_errors_and_digits_make_another_word(error: str) -> None:
    assert _scores(error, "I saw a kestrel") == [0.0]


def test_a_word_that_some_fact_has_is_not_taken_for_a_misspelt_one() -> None:
    bought, brought = _scores("bought", "I bought a horse", "I brought a horse")
    assert bought > brought == 0


def test_matched_terms_are_those_of_the_query_in_its_order() -> None:
    [match] = matches("door db-prod-04 blue, blue", ["The blue door of db-prod-04"])
    assert match.terms == ("door", "db-prod-04", "db", "prod", "04", "blue")


@pytest.mark.parametrize(
    ("query", "fact"),
    [
        ("Versicherung", "Meine Haftpflichtversicherung läuft aus"),
        ("кошками", "Моя кошка любит рыбу"),
        ("allergies", "I am allergic to nuts"),
        ("painted", "I paint birds"),
    ],
)
def test_another_form_of_a_word_and_a_part_of_a_compound_count_less_than_the_word(query: str, fact: str) -> None:
    form, word, other = _scores(query, fact, query, "My office is near the river")
    assert 0 == other < form < word


@pytest.mark.parametrize(("query", "fact"), [("1234", "1235"), ("LH2417", "LH2471"), ("art", "cart"), ("C++", "C#")])
def test_numbers_identifiers_and_short_words_match_as_they_are_or_not_at_all(query: str, fact: str) -> None:
    assert _scores(query, fact) == [0.0]


def test_a_word_counts_less_in_a_long_fact() -> None:
    short, long = _scores("tea", "I like tea", "I like tea and " + "many other things " * 9)
    assert 0 < long < short


@pytest.mark.parametrize(
    ("query", "facts"), [("", ["a"]), ("!!!", ["a"]), ("a", []), ("a", [""]), ("\ud800", ["\ud800"])]
)
def test_nothing_to_compare_scores_nothing(query: str, facts: list[str]) -> None:
    assert all(match.score == 0.0 and not match.terms for match in matches(query, facts))


def test_scores_stay_between_zero_and_one_however_often_a_word_is_repeated() -> None:
    assert all(0 < score <= 1 for score in _scores("tea tea", "tea " * 500, "tea", "tea milk"))


@pytest.mark.parametrize("piece", ["painting ", "猫", "a_b-c.", "x" * 63 + " ", "paintinf "])
def test_comparing_takes_time_in_proportion_to_the_text(piece: str) -> None:
    def compare(query: str) -> object:
        return matches(query, [(piece * MAX_FACT)[:MAX_FACT]] * 20)

    assert (
        growth(compare, lambda size: "".join(f"{number}{piece}" for number in range(size // len(piece))), 1000) < LINEAR
    )

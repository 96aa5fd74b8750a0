"""Values are compared by what they stand for, however they are written."""

from __future__ import annotations

import pytest

from memorybank.languages.meanings.known import TABLES, meanings_of
from memorybank.languages.meanings.sentence import sentence_of
from memorybank.languages.meanings.values import same_in


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("My car has 120,000 km on it", "My car has 120000 km on it"),
        ("I need 2.50 euros", "I need 2.5 euros"),
        ("I am 180 cm tall", "I am 1.80 m tall"),
        ("The session takes 2 hours", "The session takes 120 minutes"),
        ("My train leaves at 17:00", "My train leaves at 5 pm"),
        ("I owe two hundred and fifty euros", "I owe €250"),
        ("Ich habe einundzwanzig Bücher", "Ich habe 21 Bücher"),
        ("J'ai quatre-vingt-dix livres", "J'ai 90 livres"),
        ("Tengo doce gatos", "Tengo 12 gatos"),
        ("عمري ٣٥ سنة", "عمري 35 سنة"),
        ("家賃は八万円です", "家賃は80000円です"),
        ("我有两只猫", "我有2只猫"),
        ("제 딸은 일곱 살이에요", "제 딸은 7 살이에요"),
        ("Ho lezione il lunedi", "Ho lezione il lunedì"),
        ("The rent is due on the fifth", "The rent is due on the 5th"),
        ("We meet at half past four", "We meet at 4:30"),
        ("We meet at 4 in the afternoon", "We meet at 16:00"),
        ("It takes an hour and a half", "It takes 90 minutes"),
        ("It takes two and a half hours", "It takes 150 minutes"),
        ("Ich komme um halb acht", "Ich komme um 7:30"),
        ("Je pars à huit heures et demie", "Je pars à 8:30"),
        ("Sklep otwierają o wpół do dziewiątej", "Sklep otwierają o 8:30"),
        ("회의는 오후 9시예요", "회의는 21:00예요"),
        ("My badge is four four seven one", "My badge is 4471"),
        ("The train leaves at twenty past eight", "The train leaves at 8:20"),
        ("I was born in nineteen ninety one", "I was born in 1991"),
        ("We meet at nine thirty", "We meet at 9:30"),
        ("会议在下午三点", "会议在15点"),
        ("会議は午後3時です", "会議は15時です"),
        ("Маю пʼять котів", "Маю 5 котів"),
        ("Minulla on kolme lasta", "Minulla on 3 lasta"),
        ("Két kutyám van", "2 kutyám van"),
        ("Tôi có bốn con mèo", "Tôi có 4 con mèo"),
    ],
)
def test_a_value_is_the_same_in_another_form(one: str, other: str) -> None:
    first, second = sentence_of(one, other), sentence_of(other, one)
    assert first.values
    assert second.values
    assert all(same_in(value, second.values) for value in first.values)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("I run 5 km", "I run 5 miles"),
        ("I start at 9 am", "I start at 9 pm"),
        ("It costs $450", "It costs €450"),
        ("I owe two hundred euros", "I owe two thousand euros"),
        ("Ça coûte quatre-vingt-dix euros", "Ça coûte quatre-vingts euros"),
        ("家賃は八万円です", "家賃は九万円です"),
        ("화요일마다 수영을 해요", "수요일마다 수영을 해요"),
        ("Мой отпуск в июне", "Мой отпуск в июле"),
        ("We meet at quarter past four", "We meet at quarter to four"),
        ("회의는 오전 9시예요", "회의는 오후 9시예요"),
        ("My badge is four four seven one", "My badge is four four one seven"),
        ("Я учусь на третьем курсе", "Я учусь на четвёртом курсе"),
    ],
)
def test_a_value_of_another_unit_or_amount_is_another(one: str, other: str) -> None:
    first, second = sentence_of(one, other), sentence_of(other, one)
    assert first.values
    assert not any(same_in(value, second.values) for value in first.values)


def test_a_word_is_read_by_the_table_of_its_own_language() -> None:
    assert sentence_of("My son is tall").people == {"son"}
    assert not sentence_of("Trabalho no Porto").negates
    assert sentence_of("I may go to Rome").values == ()
    assert sentence_of("I go to Rome in May").values
    assert [word.form for word in sentence_of("Ich habe einen Hund").names] == []


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.code)
def test_every_table_knows_the_same_senses_as_the_english_one(table: object) -> None:
    known = {"live", "work", "like", "now", "change", "stop", "past", "also", "plan", "and"}
    assert known <= set(getattr(table, "senses"))  # noqa: B009
    assert getattr(table, "code")  # noqa: B009


def test_a_language_without_a_table_is_read_without_one() -> None:
    assert meanings_of("Elan Tartus").code == ""
    assert meanings_of("Я живу в Москве").code == "ru"


@pytest.mark.parametrize("text", ["我有1.2.3万", "我有.万", "我有1..2十", "家賃は1.2.3億円です", "午後.時", "半半半"])
def test_what_is_no_number_is_read_without_an_error(text: str) -> None:
    assert sentence_of(text).words

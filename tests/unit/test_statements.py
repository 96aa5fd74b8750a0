"""How two statements relate: kinds of wording, each in several languages where they differ."""

from __future__ import annotations

import pytest

from memorybank.statements.clauses import parts_of_statement
from memorybank.statements.forgetting import forget_is_safe
from memorybank.statements.safety import delete_is_safe, update_is_safe
from memorybank.statements.sameness import keep_is_safe


@pytest.mark.parametrize(
    ("known", "new"),
    [
        ("Ben's wife is Carla.", "Carla is Ben's wife."),
        ("I'm a nurse in a children's hospital.", "I'm a nurse."),
        ("I've stopped drinking coffee.", "I no longer drink coffee."),
        ("我的身高是170厘米。", "我的身高是1.7米。"),
        ("제 키는 170cm예요.", "제 키는 1.7m예요."),
        ("I relocated to Malta in May.", "I moved to Malta in May."),
        ("Ho 40 anni.", "Ho quarant'anni."),
    ],
)
def test_what_is_said_the_other_way_round_or_with_less_is_known(known: str, new: str) -> None:
    assert keep_is_safe(new, known)


@pytest.mark.parametrize(
    ("known", "new"),
    [
        ("Anna is Ben's sister.", "Ben is Anna's sister."),
        ("Anna likes Ben.", "Ben likes Anna."),
        ("My wife's sister is a nurse.", "My wife is a nurse."),
        ("Mi jefe es de Chile.", "Soy de Chile."),
        ("I rent a flat.", "I own a flat."),
        ("I may have to sell my car.", "I have to sell my car."),
        ("O meu avô mora em Faro.", "A minha avó mora em Faro."),
        ("Patronum İzmir'de yaşıyor.", "İzmir'de yaşıyorum."),  # noqa: RUF001 - a Turkish letter
        ("I drink tea when I'm ill.", "I drink tea."),
        ("I'd like to learn Danish.", "I'm learning Danish."),
    ],
)
def test_what_is_said_of_somebody_else_is_not_known(known: str, new: str) -> None:
    assert not keep_is_safe(new, known)


@pytest.mark.parametrize(
    ("known", "new"),
    [
        ("The office is open on Saturdays.", "The office is closed on Saturdays."),
        ("I study biology.", "I graduated in biology."),
        ("Studio medicina.", "Mi sono laureato in medicina."),
        ("Estoy buscando piso.", "Encontré piso."),
        ("My dentist is Dr. Okafor.", "My dentist is now Dr. Lindqvist."),
        ("My budget for the trip is $2,000.", "My budget for the trip is $2,500."),
        ("I'm available on Fridays.", "I'm unavailable on Fridays."),
        ("I've been to Rome once.", "I've been to Rome twice."),
        ("I live with my parents.", "I moved out of my parents' place."),
        ("I'm waiting for my visa.", "I got my visa."),
        ("Sou enfermeiro.", "Agora sou professor."),
    ],
)
def test_what_has_turned_into_its_contrary_or_was_done_is_replaced(known: str, new: str) -> None:
    assert update_is_safe(new, new, known=known)


@pytest.mark.parametrize(
    ("known", "new"),
    [
        ("My sister Lea lives in Bern and is a chef.", "My sister Lea has a new boyfriend."),
        ("I am employed at Brix, where I lead compliance.", "I introduced a new audit rule at Brix."),
        ("My older son is tall.", "My younger son is tall."),
        ("My twin brother is left-handed.", "My twin sister is left-handed."),
        ("I used to live in Cairo.", "I live in Dubai."),
        ("I worked at Dell.", "I work at Lenovo."),
        ("I live in Leeds.", "I lived in Paris in 2010."),
        ("I live in Leeds.", "I live in a big house."),
        ("I have a cat.", "I'm writing a book about cats."),
        ("My coach lives in Bath.", "My coach's sister lives in Bath."),
        ("I'm moving to Denver.", "My best friend is moving to Denver."),
    ],
)
def test_nothing_is_replaced_that_the_new_statement_does_not_speak_of(known: str, new: str) -> None:
    assert not update_is_safe(new, new, known=known)


def test_what_is_said_again_or_happened_at_the_same_time_ends_nothing() -> None:
    assert not delete_is_safe("Je travaille comme infirmière.", "I work as a nurse.")
    assert not delete_is_safe("We got engaged in 2018.", "We got married in 2018.")


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("Vivo en Sevilla.", 1),
        ("Vivo en Sevilla y trabajo en Cádiz.", 2),
        ("Ik woon in Gent en werk in Brugge.", 2),
        ("My doctor is Dr. Meier.", 1),
        ("I like tea. I hate milk.", 2),
        ("It costs 2.50 euros.", 1),
    ],
)
def test_a_statement_is_parted_by_the_words_of_its_own_language(text: str, count: int) -> None:
    assert len(parts_of_statement(text)) == count


def test_what_an_animal_cannot_eat_is_not_what_its_owner_cannot_eat() -> None:
    assert not keep_is_safe("I'm allergic to chicken", "My dog is allergic to chicken")
    assert not keep_is_safe("I'm diabetic", "My cat is diabetic")
    assert keep_is_safe("I'm allergic to chicken", "I am allergic to chicken")
    assert keep_is_safe("I'm a nurse", "My job is nurse")


def test_a_thing_of_the_same_place_is_not_what_is_to_be_forgotten() -> None:
    assert not forget_is_safe("My gym membership", "My PIN for the gym locker is on a note")
    assert forget_is_safe("My gym membership", "My gym membership ends in May")


@pytest.mark.parametrize(
    ("known", "new"),
    [
        ("Tengo 34 años", "Ayer cumplí 35 años"),
        ("Мне 29 лет", "Мне исполнилось 30 лет"),
        ("Mam 30 lat", "Skończyłem 31 lat"),
    ],
)
def test_a_new_age_takes_the_place_of_the_old_one(known: str, new: str) -> None:
    assert update_is_safe(new, new, known=known)
    assert not keep_is_safe(new, known)

"""What the offline model makes of corrections, changes and requests to forget, in the languages that it reads."""

from __future__ import annotations

import pytest

from memorybank.models.offline.model import OfflineModel
from memorybank.ports.models import (
    Action,
    Candidate,
    DecisionRequest,
    Event,
    ExtractedFact,
    ExtractionRequest,
    Intent,
    NewFact,
    Topic,
)
from memorybank.resources.topics import ManagedTopic

TOPICS = tuple(Topic(topic.name, managed=True) for topic in ManagedTopic)
MODEL = OfflineModel()


def _facts(*said: str) -> list[ExtractedFact]:
    return MODEL.extract(ExtractionRequest(tuple(Event("user", text) for text in said), TOPICS))


def _action(known: str, said: str) -> Action:
    """Return what the first fact of a sentence does to a known one."""
    new = _facts(said)[0]
    request = DecisionRequest((NewFact(new.fact, new.intent, (0,)),), (Candidate(0, known),))
    return MODEL.decide(request)[0].action


@pytest.mark.parametrize(
    ("said", "last"),
    [
        ("Sorry, I made a mistake: my birthday is on 13 April.", "My birthday is on 13 April"),
        ("Correction: my birthday is on 13 April.", "My birthday is on 13 April"),
        ("I misspoke: my birthday is on 13 April.", "My birthday is on 13 April"),
    ],
)
def test_a_correction_replaces_what_was_said_before_it(said: str, last: str) -> None:
    assert [fact.fact for fact in _facts("My birthday is on 3 April.", said)] == [last]


@pytest.mark.parametrize(
    ("known", "said"),
    [
        ("My phone number is 555-0142", "My new phone number is 555-0187."),
        ("My daughter Lena is 7", "My daughter Lena is 8 now."),
        ("Meine Tochter Lena ist 7", "Meine Tochter Lena ist jetzt 8."),
        ("Ma fille Lena a 7 ans", "Ma fille Lena a maintenant 8 ans."),
        ("Mi hija Lena tiene 7 años", "Mi hija Lena ya tiene 8 años."),
        ("Mia figlia Lena ha 7 anni", "Mia figlia Lena ora ha 8 anni."),
        ("Mijn dochter Lena is 7", "Mijn dochter Lena is nu 8."),
        ("My brother Tom lives in Oslo", "My brother Tom moved to Bergen."),
        ("My wife works at Bosch", "My wife now works at Siemens."),
        ("Mi color favorito es el verde", "Ahora mi color favorito es el azul."),
        ("Meine Lieblingsfarbe ist Grün", "Jetzt ist meine Lieblingsfarbe Blau."),
        ("Ich wohne in Graz", "Ich bin nach Linz gezogen."),
        ("Ik woon in Gent", "Ik ben naar Breda verhuisd."),
        ("我住在上海", "我搬到了杭州。"),
        ("Our stack is FastAPI with PostgreSQL", "Correction: our stack is FastAPI with MySQL."),
    ],
)
def test_a_change_replaces_what_was_known(known: str, said: str) -> None:
    assert _action(known, said) is Action.UPDATE


@pytest.mark.parametrize(
    ("known", "said"),
    [
        ("My daughter Lena is 7", "My daughter Mia is 4."),
        ("My sister lives in Oslo", "My sister lives in Rome."),
        ("My shoe size is 42", "My age is 43."),
    ],
)
def test_what_may_be_of_somebody_else_replaces_nothing(known: str, said: str) -> None:
    assert _action(known, said) is Action.CREATE


@pytest.mark.parametrize(
    ("known", "said"), [("Ich heiße Emre", "Mein Name ist Emre."), ("Me llamo Lucía", "Mi nombre es Lucía.")]
)
def test_a_name_given_in_other_words_is_known(known: str, said: str) -> None:
    assert _action(known, said) is Action.KEEP


@pytest.mark.parametrize(
    ("known", "said"),
    [
        ("My phone number is 555-0142", "Can you delete the memory about my phone number?"),
        ("My phone number is 555-0142", "Please erase all notes on my phone number."),
        ("I live in Porto", "I'd like you to forget that I live in Porto."),
        ("Meine Telefonnummer ist 555-0142", "Kannst du bitte meine Telefonnummer vergessen?"),
        ("Mon numéro est le 555-0142", "Peux-tu oublier mon numéro ?"),
        ("Mi número de teléfono es 555-0142", "¿Puedes borrar mi número de teléfono?"),
        ("Il mio numero è 555-0142", "Puoi dimenticare il mio numero?"),
        ("O meu número é 555-0142", "Podes apagar o meu número?"),
        ("Mijn telefoonnummer is 555-0142", "Kun je mijn telefoonnummer vergeten?"),
        ("私の電話番号は555-0142です", "私の電話番号の記憶を削除してください。"),
        ("我的电话号码是555-0142", "请删除关于我的电话号码的记忆。"),
    ],
)
def test_a_polite_request_to_forget_deletes(known: str, said: str) -> None:
    assert _facts(said)[0].intent is Intent.FORGET
    assert _action(known, said) is Action.DELETE


@pytest.mark.parametrize(
    ("said", "facts"),
    [
        ("**I like tea**", ["I like tea"]),
        ("I live in *Ghent*.", ["I live in Ghent"]),
        ("\u200fI live in Haifa.\u200f", ["I live in Haifa"]),
        ("We adopted a dog called Biscuit.", ["We adopted a dog called Biscuit"]),
        ("My sister Ines turns 30 in May.", ["My sister Ines turns 30 in May"]),
        ("Ich bin Lehrerin und wohne in Graz.", ["Ich bin Lehrerin", "Ich wohne in Graz"]),
        ("I am a nurse and live in Graz.", ["I am a nurse", "I live in Graz"]),
        ("I like tea and cake.", ["I like tea and cake"]),
        ("Relevant memories:\n- I love jazz\n- I live in Rome\n\nWhat should I cook?", []),
        ("<system-reminder>I like jazz.</system-reminder>\nHi", []),
    ],
)
def test_statements_are_read_without_markup_and_one_by_one(said: str, facts: list[str]) -> None:
    assert [fact.fact for fact in _facts(said)] == facts


@pytest.mark.parametrize(
    "said",
    [
        "We're getting a kitten next week",
        "I've switched from coffee to tea",
        "Je viens de déménager à Lyon",
        "Nous attendons un bébé en juin",
        "Me acabo de mudar a Sevilla",
        "Mi sono appena trasferita a Bari",
        "Acabei de me mudar para Faro",
        "Ik ben net verhuisd naar Breda",
        "Ik hou van jazz",
        "猫を二匹飼っています",
        "肉は食べません",
        "来月京都に引っ越します",
        "我下个月搬到杭州",
        "我女儿五岁了",
    ],
)
def test_what_happens_in_a_life_is_read(said: str) -> None:
    assert [fact.fact for fact in _facts(said)] == [said]

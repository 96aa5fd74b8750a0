"""What the offline model decides about a new fact and what is known already."""

from __future__ import annotations

import pytest

from memorybank.models.offline import OfflineModel
from memorybank.ports.models import Action, Candidate, Decision, DecisionRequest, Intent, NewFact


def decide(fact: str, *candidates: str, intent: Intent = Intent.REMEMBER) -> list[Decision]:
    known = tuple(Candidate(number, text) for number, text in enumerate(candidates))
    new = NewFact(fact, intent, tuple(range(len(candidates))))
    return OfflineModel().decide(DecisionRequest((new,), known))


def pairs(table: str) -> list[tuple[str, str]]:
    return [(new, known) for new, _, known in (line.partition(" | ") for line in table.strip().split("\n"))]


SAME = pairs("""
I like tea! | i like tea
I am allergic to nuts | I'm allergic to nuts
The user likes tea | I like tea
I love tea | I like tea
I moved to York | I live in York
I'm 31 | I am 31 years old
Blue is my favourite colour | My favourite color is blue
I like tea | I like tea with milk
I have a dog | I have a dog and a cat
Tee mag ich | Ich mag Tee
お茶が好き | お茶が好きです
""")

CHANGED = pairs("""
I live in Leeds | I live in York
I moved to York | I live in Leeds
I no longer live in Leeds | I live in Leeds
I joined Apple | I work at Google
I'm a chef | I work as a nurse
My name is Bob | My name is Alice
I'm 31 | I'm 30 years old
My favourite colour is green | My favourite color is blue
My email is a@x.com | My e-mail address is b@x.com
My birthday is 3 May | My birthday is 4 May
My wife's name is Ann | My wife's name is Anna
I prefer coffee over tea | I prefer tea to coffee
I'm vegan now | I'm vegetarian
Call me Al | Please call me Bob
Always answer in German | Always answer in French
I no longer like tea | I like tea
I hate tea now | I like tea
I like tea | I don't like tea
The user lives in York | The user lives in Leeds
Ich bin nach Köln gezogen | Ich wohne in Bonn
Ich arbeite bei BMW | Ich arbeite bei VW
Meine Lieblingsfarbe ist rot | Meine Lieblingsfarbe ist blau
Ich mag Tee nicht mehr | Ich mag Tee
Meine Adresse ist Weg 1 | Meine Adresse ist Weg 2
J'habite à Lyon | J'habite à Nice
Ma couleur préférée est le bleu | Ma couleur préférée est le vert
Je n'aime plus le thé | J'aime le thé
Me mudé a Madrid | Vivo en Sevilla
Ya no me gusta el té | Me gusta el té
Mi color favorito es el rojo | Mi color favorito es el azul
Abito a Torino | Abito a Roma
Lavoro per Fiat | Lavoro per Ferrari
Non mi piace più il tè | Mi piace il tè
Moro no Porto | Moro em Lisboa
Não gosto de chá | Gosto de chá
A minha cor favorita é azul | A minha cor favorita é verde
大阪に引っ越しました | 東京に住んでいます
先月、大阪に引っ越しました | 東京に住んでいます
My brother lives in Bergen now | My brother lives in Oslo
Ahora trabajo en un hospital | Trabajo en un banco
이제 병원에서 일해요 | 저는 은행에서 일해요
お茶が嫌いです | お茶が好きです
我住在上海 | 我住在北京
我不喜欢茶 | 我喜欢茶
I don't eat meat | I eat meat
My garage is full | My garage is empty
My new landlord's name is Ms. Olsen | My landlord's name is Mr. Haddad
I'm not vegetarian anymore | I'm vegetarian
I'm a carpenter now | I work as a florist
I sold my Skoda and bought a Kia | My car is a Skoda
Mon nouveau numéro de téléphone est le 06 98 | Mon numéro de téléphone est le 06 12
Agora sou professor | Sou enfermeiro
""")

COMPLETED = pairs("""
My dog is called Rex and is 3 years old | My dog is called Rex
I like tea with milk | I like tea
I live in Berlin since 2020 | I live in Berlin
""")

DISTINCT = pairs("""
I have 2 dogs | I have 3 dogs
My flight is on 3 May | My flight is on 4 May
My dog is called Rex | My dog is called Bello
My dog's name is Rex | My dog's name is Bello
My dog is called Rex | My dog is called Rex and is 3 years old
My sister's birthday is 3 May | My sister's birthday is 4 May
My sister's birthday is 3 May | My birthday is 4 May
My sister is a doctor | My sister is Anna
I don't like tea | I don't like coffee
I like cats | I like dogs
I like green tea with milk | I like tea
I like tea | I like green tea with milk
I like tea | I like tea cakes
I like C++ | I like C#
I visited Rome | I visited Paris
I fly from Rome to Paris | I fly from Paris to Rome
I was a teacher | I am a teacher
I lived in Paris in 2010 | I live in Leeds
I live in a big house | I live in Leeds
I live in Berlin | I live in Paris and I work at Google
I live in Berlin | I live in Berlin, Germany
I also work at Apple | I work at Google
I work as a nurse | I work at Google
My favourite food is pizza | My favourite colour is blue
I prefer juice over tea | I prefer tea to coffee
Ich habe einen Hund | Ich habe eine Katze
猫が好きです | 犬が好きです
我喜欢茶 | 我喜欢咖啡
""")


@pytest.mark.parametrize(("new", "known"), SAME)
def test_what_is_known_is_kept(new: str, known: str) -> None:
    assert [(made.action, made.candidate, made.text) for made in decide(new, known)] == [(Action.KEEP, 0, None)]


@pytest.mark.parametrize(("new", "known"), CHANGED + COMPLETED)
def test_a_changed_or_completed_statement_replaces_the_old_one(new: str, known: str) -> None:
    assert [(made.action, made.candidate, made.text) for made in decide(new, known)] == [(Action.UPDATE, 0, new)]


@pytest.mark.parametrize(("new", "known"), DISTINCT)
def test_what_only_looks_alike_is_not_merged(new: str, known: str) -> None:
    assert [(made.action, made.candidate) for made in decide(new, known)] == [(Action.CREATE, None)]


def test_a_repetition_wins_over_a_contradiction() -> None:
    (made,) = decide("I live in Leeds", "I live in York", "I live in Leeds")
    assert (made.action, made.candidate) == (Action.KEEP, 1)


def test_only_the_offered_candidates_of_a_fact_count() -> None:
    request = DecisionRequest((NewFact("I like tea", Intent.REMEMBER, ()),), (Candidate(0, "I like tea"),))
    assert [made.action for made in OfflineModel().decide(request)] == [Action.CREATE]


def test_forgetting_deletes_every_candidate_that_says_the_thing() -> None:
    known = "I like tea", "I like green tea", "I don't like tea", "I like coffee", "The user loves tea"
    made = decide("I like tea", *known, intent=Intent.FORGET)
    assert [(each.action, each.candidate) for each in made] == [(Action.DELETE, number) for number in (0, 1, 4)]


@pytest.mark.parametrize(
    ("thing", "known"),
    [
        ("My address", "The user's address is X"),
        ("Meine Adresse", "Meine Adresse ist X"),
        ("私の住所", "私の住所は東京です"),
    ],
)
def test_forgetting_an_attribute_deletes_what_says_it(thing: str, known: str) -> None:
    made = decide(thing, "I like tea", known, intent=Intent.FORGET)
    assert [(each.action, each.candidate) for each in made] == [(Action.DELETE, 1)]


@pytest.mark.parametrize("thing", ["I like tea", "Me", "My"])
def test_forgetting_what_nobody_knows_decides_nothing(thing: str) -> None:
    assert decide(thing, "I live in Rome", "My dog is called Rex", intent=Intent.FORGET) == []


def test_later_facts_meet_what_earlier_ones_left() -> None:
    forget_then_say_again = (NewFact("I like tea", Intent.FORGET, (0,)), NewFact("I like tea", Intent.REMEMBER, (0,)))
    made = OfflineModel().decide(DecisionRequest(forget_then_say_again, (Candidate(0, "I like tea"),)))
    assert [(each.fact, each.action) for each in made] == [(0, Action.DELETE), (1, Action.CREATE)]


def test_an_earlier_fact_of_the_request_may_be_the_candidate() -> None:
    new = NewFact("I like tea", Intent.REMEMBER, ()), NewFact("I like tea!", Intent.REMEMBER, (0,))
    made = OfflineModel().decide(DecisionRequest(new, (Candidate(0, "I like tea"),)))
    assert [(each.action, each.candidate) for each in made] == [(Action.CREATE, None), (Action.KEEP, 0)]


def test_the_model_names_its_rules() -> None:
    assert OfflineModel().name == "offline-rules-1"


@pytest.mark.parametrize(
    ("thing", "other"),
    [("My dog", "My sister fears dogs"), ("Meine Adresse", "Meine Mutter kennt meine Adresse")],
)
def test_forgetting_something_of_ones_own_leaves_what_is_about_others(thing: str, other: str) -> None:
    assert decide(thing, other, intent=Intent.FORGET) == []


def test_of_several_facts_on_one_memory_each_quotes_the_memory_as_it_was_shown() -> None:
    facts = tuple(NewFact(f"I live in {city}", Intent.REMEMBER, (0,)) for city in ("Paris", "Rome", "Lyon"))
    made = OfflineModel().decide(DecisionRequest(facts, (Candidate(0, "I live in Oslo"),)))
    assert [(each.claim and each.claim.old_words, each.text) for each in made] == [
        ("Oslo", "I live in Paris"),
        ("Oslo", "I live in Rome"),
        ("Oslo", "I live in Lyon"),
    ]

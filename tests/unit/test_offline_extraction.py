"""What the offline model takes from a conversation, and under which topics."""

from __future__ import annotations

import random

import pytest

from memorybank.models.offline import OfflineModel
from memorybank.ports.models import Event, Example, ExtractedFact, ExtractionRequest, Intent, Topic
from tests.growth import LINEAR, growth

PERSONAL, PREFERENCE = "USER_PERSONAL_INFO", "USER_PREFERENCES"
DETAIL, INSTRUCTION = "KEY_CONVERSATION_DETAILS", "EXPLICIT_INSTRUCTIONS"
MANAGED = tuple(Topic(key, managed=True) for key in (PERSONAL, PREFERENCE, DETAIL, INSTRUCTION))


def extract(
    *texts: str,
    role: str = "user",
    topics: tuple[Topic, ...] = MANAGED,
    examples: tuple[Example, ...] = (),
    third_person: bool = False,
) -> list[ExtractedFact]:
    events = tuple(Event(role, text) for text in texts)
    return OfflineModel().extract(ExtractionRequest(events, topics, examples, third_person))


def facts(*texts: str, role: str = "user", third_person: bool = False) -> list[str]:
    return [found.fact for found in extract(*texts, role=role, third_person=third_person)]


def test_a_fact_says_where_it_comes_from_and_why_it_was_taken() -> None:
    (fact,) = extract("Hi there!", "Thanks. I really like green tea. Bye!")
    assert fact == ExtractedFact(
        "I really like green tea",
        (PREFERENCE,),
        Intent.REMEMBER,
        "The user stated a preference.",
        1,
        "I really like green tea.",
    )


@pytest.mark.parametrize(
    ("text", "topics"),
    [
        ("My name is Alice.", (PERSONAL,)),
        ("I'm allergic to peanuts.", (PERSONAL,)),
        ("I prefer tea over coffee.", (PREFERENCE,)),
        ("I booked a flight to Rome on 3 May.", (DETAIL,)),
        ("I'm going to visit Japan next week.", (DETAIL,)),
        ("Always answer in German.", (INSTRUCTION,)),
        ("Remember that I like tea.", (PREFERENCE, INSTRUCTION)),
        ("My favourite colour is blue.", (PERSONAL, PREFERENCE)),
    ],
)
def test_statements_come_under_the_managed_topics_that_they_fit(text: str, topics: tuple[str, ...]) -> None:
    assert [fact.topics for fact in extract(text)] == [topics]


def test_nothing_is_taken_under_topics_that_were_not_asked_for() -> None:
    only_preferences = (Topic(PREFERENCE, managed=True),)
    found = extract("I live in Rome. I like tea.", topics=only_preferences)
    assert [(fact.fact, fact.topics) for fact in found] == [("I like tea", (PREFERENCE,))]
    assert extract("I live in Rome. Remember that I like tea. Forget my address.", topics=()) == []


def test_several_statements_of_one_sentence_become_several_facts() -> None:
    assert facts("My name is Alice, and I live in Paris but I work at Google.") == [
        "My name is Alice",
        "I live in Paris",
        "I work at Google",
    ]


def test_a_sentence_stays_whole_where_its_parts_do_not_stand_alone() -> None:
    whole = "I like cats and dogs", "I like chess and my wife loves it", "I drink tea when I read and I have a cold"
    assert [facts(text) for text in whole] == [[text] for text in whole]


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        (
            "My doctor is Dr. Smith, e.g. for teeth. I like tea.",
            ["My doctor is Dr. Smith, e.g. for teeth", "I like tea"],
        ),
        ("My shoe size is 7.5. I like tea", ["My shoe size is 7.5", "I like tea"]),
        (
            "My mail is a.b@example.com! My site is https://x.y/z?a=b.",
            ["My mail is a.b@example.com!", "My site is https://x.y/z?a=b"],
        ),
        ("My meeting is at 3 p.m. on Monday. I like tea", ["My meeting is at 3 p.m. on Monday", "I like tea"]),
        ("i like tea. i live in rome", ["I like tea", "I live in rome"]),
        ("- I like tea\n- My cat is Tom\n1. I live in Rome", ["I like tea", "My cat is Tom", "I live in Rome"]),
        ("私は田中です。東京に住んでいます！", ["私は田中です", "東京に住んでいます！"]),  # noqa: RUF001  # the wide mark is meant
        ("Meine Prüfung ist am 3. Mai. Ich mag Tee.", ["Meine Prüfung ist am 3. Mai", "Ich mag Tee"]),
    ],
)
def test_sentences_are_cut_where_they_end(text: str, sentences: list[str]) -> None:
    assert facts(text) == sentences


def test_a_sentence_cut_by_a_line_break_is_left_alone() -> None:
    assert facts("I live in\nthe north of") == []


def test_what_is_said_twice_is_taken_once() -> None:
    assert facts("I like tea. I LIKE TEA!", "i  like tea") == ["I like tea"]


def test_remember_takes_the_thing_itself() -> None:
    assert facts("Please remember that iPhones annoy my brother.") == ["iPhones annoy my brother"]
    assert facts("Can you remember that I'm vegan?") == ["I'm vegan"]
    assert facts("Don't forget that my sister's birthday is on 3 May!") == ["My sister's birthday is on 3 May"]
    assert facts("Don't forget to call Ann.") == ["Don't forget to call Ann"]


def test_forget_names_what_is_to_be_forgotten() -> None:
    found = extract("Forget that I like tea.", "Please forget my address.", "You can forget about my ex.")
    assert [fact.fact for fact in found] == ["I like tea", "My address", "My ex"]
    assert {fact.intent for fact in found} == {Intent.FORGET}


@pytest.mark.parametrize(
    "text", ["Forget it.", "Forget about that.", "Remember this.", "Forget everything.", "Never mind."]
)
def test_commands_that_name_nothing_are_left_alone(text: str) -> None:
    assert facts(text) == []


def test_an_assistants_claims_are_no_facts() -> None:
    claims = "I like tea.", "You live in Rome.", "My name is Bot.", "Remember that I like tea."
    assert facts(*claims, "Your flight is not booked yet.", "Shall I confirm it?", role="model") == []


@pytest.mark.parametrize(
    ("text", "fact"),
    [
        ("Great news! Your flight is booked for Monday.", "My flight is booked for Monday"),
        ("I've booked your table at Luigi's.", "The assistant has booked my table at Luigi's"),
        ("Ihr Flug ist für den 3. Mai gebucht.", "Ihr Flug ist für den 3. Mai gebucht"),
        ("Votre hôtel est réservé pour lundi.", "Votre hôtel est réservé pour lundi"),
        ("Su vuelo está confirmado.", "Su vuelo está confirmado"),
        ("ホテルの予約が完了しました。", "ホテルの予約が完了しました"),
        ("已为您预订酒店。", "已为您预订酒店"),
    ],
)
def test_an_assistants_outcomes_are_facts(text: str, fact: str) -> None:
    assert [(found.fact, found.topics) for found in extract(text, role="model")] == [(fact, (DETAIL,))]


@pytest.mark.parametrize(
    ("text", "fact"),
    [
        ("I'm a nurse and I've two cats.", "The user is a nurse and the user has two cats"),
        ("I really like my dog.", "The user really likes their dog"),
        ("I don't like coffee", "The user doesn't like coffee"),
        ("My wife loves me.", "The user's wife loves them"),
        ("I like tea and play chess", "The user likes tea and plays chess"),
        ("We live in Rome", "We live in Rome"),
        ("My wife and I have 2 kids", "My wife and I have 2 kids"),
        ("Ich mag Tee", "Ich mag Tee"),
    ],
)
def test_the_third_person_is_used_where_it_is_safe(text: str, fact: str) -> None:
    assert facts(text, third_person=True) == [fact]


def test_a_custom_topic_takes_statements_that_share_its_words() -> None:
    travel = Topic("travel_plans", managed=False, description="Cities and countries the user is travelling to")
    found = extract(
        "The trains to Oslo are cheap. Travel in June is best. Is travel safe? I like tea.", topics=(travel,)
    )
    assert [(fact.fact, fact.topics) for fact in found] == [("Travel in June is best", ("travel_plans",))]


def test_a_custom_topic_learns_words_from_labelled_examples() -> None:
    topic = Topic("hobby", managed=False, description="Pastimes")
    example = Example((Event("user", "So?"),), (("I collect stamps", ("hobby",)),))
    found = extract("I have 300 stamps from Peru", topics=(topic,), examples=(example,))
    assert [fact.topics for fact in found] == [("hobby",)]


def test_an_example_of_the_same_conversation_gives_exactly_its_facts() -> None:
    example = Example((Event("user", "The usual, please!"),), (("I drink espresso", (PREFERENCE,)), ("x", ("other",))))
    found = extract("I like tea.", "the usual please", examples=(example,))
    assert [(fact.fact, fact.topics, fact.event) for fact in found] == [
        ("I like tea", (PREFERENCE,), 0),
        ("I drink espresso", (PREFERENCE,), 1),
    ]


def test_overlong_sentences_are_skipped_and_never_cut() -> None:
    assert facts("I like " + "very " * 500 + "tea. I like coffee.") == ["I like coffee"]


@pytest.mark.parametrize("part", ["word ", "xxxx", "....", '."."', "我喜欢茶", "- - "])
def test_a_quarter_megabyte_without_sentences_gives_nothing_at_a_cost_in_proportion(part: str) -> None:
    def read(text: str) -> None:
        assert facts(text) == []

    assert growth(read, lambda times: part * times + "x", 8_192) < LINEAR


def test_ten_thousand_lines_give_a_bounded_number_of_facts() -> None:
    assert len(facts("\n".join(f"I like tea number {number}" for number in range(10_000)))) == 100


def test_odd_unicode_never_raises_and_quotes_stay_verbatim() -> None:
    chance = random.Random(20)  # noqa: S311  # a fixed sequence is wanted
    starts = [
        "I like ",
        "My name is ",
        "remember that ",
        "forget my ",
        "Ich mag ",
        "J\u2019aime ",
        "私は",
        "我喜欢",
        "",
    ]
    odd = "😀👩‍👩‍👧 שלוםمرحبا e\u0301\u200b\u200d\u202e\ufeffßİıǅ\u3000。！？…·'\"’.,:;!?-#*\n\t\u2028१२٣½㍿ﬁ\ud800"  # noqa: RUF001  # odd on purpose
    for _ in range(3000):
        text = chance.choice(starts) + "".join(chance.choice(odd + "tea 7") for _ in range(chance.randrange(40)))
        for found in extract(text, text[::-1], role=chance.choice(["user", "model"]), third_person=True):
            assert found.event is not None
            assert found.quote in (text, text[::-1])[found.event]
            assert found.fact.strip() == found.fact != ""

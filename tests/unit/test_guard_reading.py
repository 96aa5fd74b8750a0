"""Guards read a long conversation once, however many facts there are."""

from __future__ import annotations

import pytest

from memorybank.bank.guards.judge import FACT_GUARDS, judge_facts
from memorybank.ports.models import Event, ExtractedFact, ExtractionRequest, Topic
from memorybank.resources.topics import ManagedTopic
from memorybank.statements.sameness import keep_is_safe
from memorybank.text import quotes
from tests.growth import LINEAR, TIMES, growth

DETAIL = ManagedTopic.KEY_CONVERSATION_DETAILS.name
FACTS = 40


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Return the lengths of the texts that are read for quotes, as they are read."""
    lengths: list[int] = []
    folded = quotes.folded

    def counted(text: str) -> str:
        lengths.append(len(text))
        return folded(text)

    monkeypatch.setattr(quotes, "folded", counted)
    return lengths


def _judge(texts: list[str], said: str) -> tuple[int, int]:
    """Return the length of the conversation, and how many facts pass; half of their quotes are in it."""
    events = tuple(Event("user", text) for text in texts)
    facts = [
        ExtractedFact(f"I like {said} a lot", (DETAIL,), event=0, quote=quote)
        for number in range(FACTS)
        for quote in (f"I like {said} a lot", f"something that nobody ever said {number}")
    ]
    kept = judge_facts(ExtractionRequest(events, (Topic(DETAIL, managed=True),)), facts).kept
    return sum(map(len, texts)), len(kept)


@pytest.mark.parametrize(
    "texts",
    [
        ["The weather was fine in town today. " * 500 + "I like old trains a lot."],
        ["the weather was fine in town today and " * 500 + "I like old trains a lot"],
        [*(f"The weather was fine on day {number}." for number in range(600)), "I like old trains a lot."],
    ],
    ids=["one event", "no sentences", "many events"],
)
def test_a_conversation_is_read_once_for_all_quotes(read: list[int], texts: list[str]) -> None:
    length, kept = _judge(texts, "old trains")
    assert kept == FACTS
    assert length < sum(read) < 5 * length  # by one guard as a whole, by another one as a whole and by sentences


def test_an_event_that_has_the_quote_as_it_is_comes_before_one_that_nearly_has_it() -> None:
    nearly, exact = "My sister Anna lives in the old part of Lisben", "My sister Anna lives in the old part of Lisbon"
    events = tuple(Event("user", text) for text in ("Hello", "Well", nearly, exact))
    fact = ExtractedFact("My sister Anna lives in Lisbon", (DETAIL,), event=0, quote=exact)
    [kept] = judge_facts(ExtractionRequest(events, (Topic(DETAIL, managed=True),)), [fact]).kept
    assert kept.event == 3


def _facts(count: int) -> list[ExtractedFact]:
    """Return facts whose quotes nobody said, which are searched for longest, and facts with numbers and names."""
    texts = [f"I like Anna {number} and do not eat cake{number}" for number in range(count - 2)]
    texts += ["My brother's dog moved from Thursday to Tuesday in C1", "Ich bin von Köln nach Ulm gezogen"]
    return [ExtractedFact(text, (DETAIL,), event=0, quote=f"nobody ever said {text}") for text in texts]


def _judged_by_each(text: str, facts: list[ExtractedFact]) -> None:
    """Let each guard see all facts, also those that another one refuses."""
    request = ExtractionRequest((Event("user", text),), (Topic(DETAIL, managed=True),), known=("I like Anna",))
    for guard in FACT_GUARDS:
        guard(request, facts)


@pytest.mark.parametrize(
    "piece",
    [
        "I like tea and cake on day 7. ",
        "so many words ",
        "a",
        "7, ",
        "7",
        "Anna Bea ",
        "我喜欢茶和咖啡",
        "저는 두 명, ",
        "and, ",
        "my sister's cat moved from Tuesday to Thursday in B1, von Ulm nach Köln, we do not like dogs, ",
    ],
)
def test_guards_take_time_in_proportion_to_a_conversation(piece: str) -> None:
    facts = _facts(10)
    assert growth(lambda text: _judged_by_each(text, facts), lambda size: piece * (size // len(piece)), 3_000) < LINEAR


def test_a_conversation_is_not_read_again_for_every_fact() -> None:
    text = "".join(f"I like tea number {number}, and cake. " for number in range(1_000))
    assert growth(lambda count: _judged_by_each(text, _facts(count)), lambda count: count, 10) < TIMES / 2


@pytest.mark.parametrize("digit", ["9", "\u0663", "\u4e5d", "1,", "1."])
def test_numbers_of_any_length_are_read(digit: str) -> None:
    said = f"I like tea, and my number is {digit * 5_000}"
    fact = ExtractedFact("I like tea", (DETAIL,), event=0, quote=said)
    assert judge_facts(ExtractionRequest((Event("user", said),), (Topic(DETAIL, managed=True),)), [fact]).kept == [fact]


@pytest.mark.parametrize(
    ("known", "fact"),
    [("We meet at 5 pm", f"We meet at {'9' * 40}"), ("我下午3点去", f"我下午{'9' * 40}点去")],
)
def test_a_number_of_any_length_is_no_time_of_the_day(known: str, fact: str) -> None:
    assert not keep_is_safe(fact, known)

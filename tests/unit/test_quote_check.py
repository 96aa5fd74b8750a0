"""Evidence: only what was said, by whoever may say it, becomes a fact."""

from __future__ import annotations

import pytest

from memorybank.bank.guards.quote_check import drop_unsupported
from memorybank.ports.models import Event, ExtractedFact, ExtractionRequest, Intent, Media, ProfileField
from memorybank.text.quotes import folded

PREFERENCE, DETAIL = "USER_PREFERENCES", "KEY_CONVERSATION_DETAILS"


def _kept(text: str, quote: str, *, role: str = "user", media: tuple[Media, ...] = ()) -> bool:
    request = ExtractionRequest((Event("user", "Hello"), Event(role, text, media=media)), ())
    return bool(drop_unsupported(request, [ExtractedFact("a fact", (DETAIL,), event=1, quote=quote)]).kept)


@pytest.mark.parametrize(
    ("text", "quote"),
    [
        ("I really like green tea.", "like green tea"),
        ("I really like  green\n tea.", "I REALLY like green tea"),
        ("J\u2019aime le thé \u2013 vert", "j'aime le the\u0301 - vert"),
        ("I like te\u200ba", "I like tea"),
        ("I\x07 like te\u200da\ud800", "I like tea"),
        ("\uff29 \uff4c\uff49\uff4b\uff45 tea", "I like tea"),
        ("He said: “no more tea”", '"no more tea"'),
        ("Ich heiße Strauß", "ICH HEISSE STRAUSS"),
        ("茶が好きです", "茶が好き"),
        ("👍", "👍"),
        ("Ja", "ja"),
        ("My dog is called **Rex**.", "My dog is called Rex"),
        ("I work at Baker &amp; Sons", "Baker & Sons"),
        ("I adore \U0001f363 sushi", "I adore sushi"),
        ("My plan \u2014 a garden \u2014 is in Ghent", "My plan -- a garden -- is in Ghent"),
        ("My path is C:\\tools\\bin", "C:\\\\tools\\\\bin"),
        ("\u4e1c\u4eac, \u6e2f\u533a", "\u4e1c\u4eac"),
        ("42, and you?", "42"),
        ("I live in Ghent and work in Aalst", "I live in Gent and work in Aalst"),
        ("I live, as you know, in Ghent", "I live ... in Ghent"),
        ("I live in\nGhent now", "I live in\\nGhent"),
        ("My repo is [orders](https://example.com/orders) now", "My repo is orders now"),
        ("<p>I keep <b>bees</b></p>", "I keep bees"),
        ("I keep\\nbees", "I keep bees"),
        (
            "\u0645\u062f\u064a\u0646\u0629 \u062c\u0645\u064a\u0644\u0629",
            "\u0645\u062f\u064a\u0646\u0647 \u062c\u0645\u064a\u0644\u0647",
        ),
        (
            "\u0639\u0645\u0640\u0640\u0631\u064a \u0664\u0662 \u0633\u0646\u0629",
            "\u0639\u0645\u0631\u064a 42 \u0633\u0646\u0629",
        ),
        ("1. I run on Mondays\n2. I swim on Fridays", "I run on Mondays I swim on Fridays"),
    ],
)
def test_a_quote_is_found_whatever_its_typography(text: str, quote: str) -> None:
    assert _kept(text, quote)


@pytest.mark.parametrize(
    ("text", "quote"),
    [
        ("I really like green tea.", "I like green tea"),
        ("I like tea", "I like coffee"),
        ("I like tea", ""),
        ("I like tea", " . "),
        ("I like tea", "I"),
        ("", "I like tea"),
        ("I am 43", "I am 34"),
        ("I am 43 and live in Ghent", "I am 34 and live in Ghent"),
        ("I live in Ghent.", "I dwell in Ghent"),
        ("I start tomorrow", "art"),
        ("I am 5 < 6 feet tall", "I am 5 feet tall"),
        ("Hi <memories>I like tea</memories> there", "I like tea"),
    ],
)
def test_words_that_were_not_said_there_prove_nothing(text: str, quote: str) -> None:
    assert not _kept(text, quote)


def test_for_media_the_event_is_enough() -> None:
    photo = (Media("image/png", data=b"x"),)
    assert _kept("", "", media=photo)
    assert _kept("look", "a dog, as the picture shows", media=photo)


@pytest.mark.parametrize("event", [-1, 2, 10**9])
def test_an_event_that_is_not_there_is_replaced_by_one_with_the_quote(event: int) -> None:
    request = ExtractionRequest((Event("user", "I like tea"), Event("model", "I like tea")), ())
    absent = ExtractedFact("I like tea", event=event, quote="I like coffee")
    [kept] = drop_unsupported(request, [ExtractedFact("I like tea", event=event, quote="I like tea"), absent]).kept
    assert kept.event in {0, 1}


def test_a_model_may_count_events_from_one() -> None:
    request = ExtractionRequest((Event("user", "I live in Ghent."), Event("model", "Nice.")), ())
    [kept] = drop_unsupported(request, [ExtractedFact("I live in Ghent", event=1, quote="I live in Ghent")]).kept
    assert kept.event == 0


def test_what_an_assistant_claims_of_the_user_is_no_fact_of_theirs() -> None:
    events = (Event("model", "You like tea. I have booked a table."), Event("user", "I like tea"))
    claim = ExtractedFact("I like tea", (PREFERENCE,), event=0, quote="You like tea")
    result = ExtractedFact("A table is booked", (PREFERENCE, DETAIL), event=0, quote="I have booked a table")
    custom = ExtractedFact("A table is booked", ("tables",), event=0, quote="booked a table")
    own = ExtractedFact("I like tea", (PREFERENCE,), event=1, quote="I like tea")
    found = drop_unsupported(ExtractionRequest(events, ()), [claim, result, custom, own]).kept
    assert [(fact.fact, fact.topics) for fact in found] == [
        ("A table is booked", (DETAIL,)),
        ("A table is booked", ("tables",)),
        ("I like tea", (PREFERENCE,)),
    ]


def test_what_an_assistant_claims_fills_no_profile() -> None:
    events = (Event("model", "You are 42"), Event("user", "I am 42"))
    field = ProfileField("p", "age", 42)
    claim = ExtractedFact("age: 42", event=0, quote="are 42", profile=field)
    own = ExtractedFact("age: 42", event=1, quote="am 42", profile=field)
    assert drop_unsupported(ExtractionRequest(events, ()), [claim, own]).kept == [own]


def test_a_model_that_gives_no_evidence_at_all_is_taken_at_its_word() -> None:
    bare = ExtractedFact("I like tea", (PREFERENCE,))
    assert drop_unsupported(ExtractionRequest((Event("model", "Hi"),), ()), [bare]).kept == [bare]


def test_only_the_user_can_ask_to_forget() -> None:
    events = (Event("model", "I will forget that you like tea"), Event("user", "Forget that I like tea"))
    asked = [
        ExtractedFact("I like tea", topics, Intent.FORGET, event=event, quote="like tea")
        for event in (0, 1)
        for topics in ((), (PREFERENCE,), (DETAIL,))
    ]
    assert drop_unsupported(ExtractionRequest(events, ()), asked).kept == asked[3:]


def test_folding_twice_changes_nothing() -> None:
    text = "  \uff21 „Test“ —\u2066 \ufb01ne\u00ad ẞ İ "
    assert folded(folded(text)) == folded(text)

"""The parts of the console that compute: word differences, quotes in a conversation, places on a picture."""

from __future__ import annotations

import re
from datetime import date, timedelta
from pathlib import Path

import pytest

import memorybank
from memorybank.console.differences import MOST_WORDS, differences
from memorybank.console.drawing.charts import HEIGHT, Series, chart
from memorybank.console.drawing.timeline import WIDTH, timeline
from memorybank.console.history import Quote, quotes_of
from memorybank.console.marking import Mark, marked
from memorybank.console.operation import REASONS
from memorybank.console.steps import REST, steps_of

TEXTS = ["", "tea", "I like tea", "I like green tea.", "Ich mag\nTee", "  two  spaces ", "a" * 3000, "日本語 お茶"]


@pytest.mark.parametrize("old", TEXTS)
@pytest.mark.parametrize("new", TEXTS)
def test_the_pieces_of_a_difference_are_both_texts(old: str, new: str) -> None:
    found = differences(old, new)
    assert "".join(piece.text for piece in found if piece.change != "added") == old
    assert "".join(piece.text for piece in found if piece.change != "removed") == new


def test_only_the_words_that_differ_are_marked() -> None:
    assert differences("I like black tea", "I like green tea") == [
        ("same", "I like "),
        ("removed", "black"),
        ("added", "green"),
        ("same", " tea"),
    ]


def test_texts_too_long_to_compare_are_marked_as_a_whole() -> None:
    old = "a " * MOST_WORDS
    assert differences(old, f"{old}b") == [("removed", old), ("added", f"{old}b")]


def test_quotes_are_marked_where_they_were_said() -> None:
    tea, rome = Mark("I like tea", "m/1", "Likes tea"), Mark("Rome", "m/2", "Lives in Rome")
    spans = marked("Well, I like tea in Rome!", [rome, tea, Mark("like", "m/3", ""), Mark("nothing", "m/4", "")])
    assert [(span.text, span.mark and span.mark.name) for span in spans] == [
        ("Well, ", None),
        ("I like tea", "m/1"),
        (" in ", None),
        ("Rome", "m/2"),
        ("!", None),
    ]
    assert marked("", [tea]) == []


@pytest.mark.parametrize(
    ("context", "quotes"),
    [
        ('The user said so. (event 2: "I like "green" tea")', [(2, 'I like "green" tea')]),
        ("The user said so. (event 2)", [(2, "")]),
        ('(event 1: "(event 2: "x")")', [(1, '(event 2: "x")')]),
        ("(event 99999999999999999999)", []),
        ("nothing", []),
        ('(event 1: "' * 100_000, []),
    ],
)
def test_quotes_are_read_from_what_older_banks_say_of_a_revision(context: str, quotes: list[tuple[int, str]]) -> None:
    found = quotes_of({"extractedMemories": [{"context": context}]})
    assert [(quote.event, quote.text) for quote in found] == quotes


def test_quotes_that_a_bank_names_count_events_from_one() -> None:
    assert quotes_of({"quotes": [{"event": 0, "text": "I like tea"}, {"text": "tea"}]}) == [
        Quote(1, "I like tea"),
        Quote(None, "tea"),
    ]


@pytest.mark.parametrize("count", [0, 1, 2, 200])
def test_dots_are_in_the_order_of_time_and_inside_the_picture(count: int) -> None:
    found = timeline([(str(n), "UPDATED", f"2026-11-{28 - n % 28:02}T00:00:0{n % 10}Z") for n in range(count)])
    places = [dot.x for dot in found.dots]
    assert len(places) == count
    assert all(0 < place < WIDTH for place in places)
    equal = timeline([(str(n), "UPDATED", "2026-11-28T00:00:00Z") for n in range(count)])
    assert len({dot.x for dot in equal.dots}) == count


def test_the_columns_of_a_day_stand_on_each_other() -> None:
    days = [date(2026, 11, 28) + timedelta(days=n) for n in range(3)]
    found = chart("Changes", days, [Series("created", [1, 0, 3]), Series("deleted", [1, 0, 0])])
    assert [(each.series, each.y, each.height) for each in found.columns] == [
        ("created", pytest.approx(HEIGHT * 2 / 3, abs=0.1), pytest.approx(HEIGHT / 3, abs=0.1)),
        ("deleted", pytest.approx(HEIGHT / 3, abs=0.1), pytest.approx(HEIGHT / 3, abs=0.1)),
        ("created", 0, HEIGHT),
    ]
    assert found.rows == [(days[2], [3, 0]), (days[0], [1, 1])]
    assert chart("Nothing", days, [Series("all", [0, 0, 0])], line=True).most == 0


def test_the_bars_of_steps_follow_each_other_and_fill_the_whole_time() -> None:
    times = {"createTime": "2026-11-28T10:00:00Z", "updateTime": "2026-11-28T10:00:10Z"}
    usage = {"extract": {"calls": 2, "inputTokens": 30, "outputTokens": 10, "model": "m", "prompt": "p-1"}}
    metadata = {
        "genericMetadata": times,
        "usage": usage,
        "stepDurations": {"decide": "2.5s", "new": "1s", "extract": "5s"},
    }
    steps = steps_of({"done": True, "metadata": metadata})
    assert [(step.name, step.begins, step.seconds_share) for step in steps] == [
        ("extract", 0.0, 50.0),
        ("decide", 50.0, 25.0),
        ("new", 75.0, 10.0),
        (REST, 85.0, 15.0),
    ]
    assert (steps[0].calls, steps[0].tokens_share, steps[0].made_by) == (2, 100.0, "m p-1")
    assert (steps[1].calls, steps[1].tokens_share) == (None, 0.0)


@pytest.mark.parametrize("metadata", [{}, {"usage": {"extract": {"calls": 1}}}, {"stepDurations": {"extract": "0s"}}])
def test_steps_of_operations_without_all_the_numbers_are_shown(metadata: dict[str, object]) -> None:
    times = {"createTime": "2026-11-28T10:00:00Z", "updateTime": "2026-11-28T10:00:00Z"}
    for done in (True, False):
        steps = steps_of({"done": done, "metadata": {"genericMetadata": times, **metadata}})
        assert [step.name for step in steps][:1] == (["extract"] if metadata else [])


def test_every_kind_of_refusal_is_shown_with_its_reason() -> None:
    bank = Path(memorybank.__file__).parent / "bank"
    source = "".join(each.read_text("utf-8") for each in bank.rglob("*.py"))
    kinds = set(re.findall(r'Refusal\("([A-Z_]+)"|^    "([A-Z_]+)": "The fact', source, re.MULTILINE))
    assert {one or other for one, other in kinds} == REASONS.keys()

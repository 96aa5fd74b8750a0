"""A fact in mostly other words than those around its quote is refused, in conversations long and short."""

from __future__ import annotations

from memorybank.bank.guards.fact_check import drop_unfounded
from memorybank.ports.models import Event, ExtractedFact, ExtractionRequest, Topic
from memorybank.resources.topics import ManagedTopic

TOPICS = tuple(Topic(topic.name, managed=True) for topic in ManagedTopic)
DETAIL = ManagedTopic.KEY_CONVERSATION_DETAILS.name

BOAT = (
    ("user", "Hi Priya, Tomas here. We finally bought the sailing boat we looked at in spring!"),
    ("model", "Tomas, congratulations! Is it the wooden one with the green hull?"),
    ("user", "Yes, Priya, that one. My brother helped me bring it home along the canal, it took the whole weekend."),
    ("model", "What a trip, Tomas. Did anything break on the way?"),
    ("user", "Only the engine, it stopped twice. A mechanic in the harbour repaired it for free, so kind."),
    ("model", "Lucky you! And how is the garden at home, Tomas?"),
    ("user", "Neglected, Priya. The tomatoes died, but the neighbours' children come to water the roses."),
    ("model", "I would love to see it, Tomas. Do you still sing in the choir?"),
    ("user", "I stopped singing in the choir because rehearsals were too late for me. I miss the people there."),
    ("model", "Maybe another choir, Tomas? Good night!"),
)


def _refused(fact: str, index: int, turns: tuple[tuple[str, str], ...] = BOAT) -> list[str]:
    request = ExtractionRequest(tuple(Event(role, text) for role, text in turns), TOPICS, third_person=True)
    found = ExtractedFact(fact, (DETAIL,), event=index, quote=turns[index][1])
    return [each.kind for each in drop_unfounded(request, [found]).refused]


def test_a_fact_of_another_conversation_is_refused_although_it_shares_a_name_and_some_words() -> None:
    foreign = "Tomas teaches chemistry to adults at the evening school and helps them prepare their exams"
    assert _refused(foreign, 4) == ["UNSAID_CONTENT"]


def test_a_fact_of_another_part_of_life_is_refused_although_it_shares_words_with_the_whole_conversation() -> None:
    foreign = "Tomas and his brother built the garden shed together from old wooden windows of their grandmother"
    assert _refused(foreign, 8) == ["UNSAID_CONTENT"]


def test_a_reworded_fact_passes() -> None:
    for fact, index in (
        ("Tomas and his brother brought the boat home along the canal during a weekend", 2),
        ("The boat's engine failed twice and was repaired free of charge by a mechanic in the harbour", 4),
        ("Tomas no longer sings in the choir because the rehearsals were held too late", 8),
        ("Tomas's roses are watered by the children of his neighbours", 6),
    ):
        assert _refused(fact, index) == [], fact


def test_a_fact_drawn_from_several_turns_passes() -> None:
    fact = "Tomas bought a wooden sailing boat with a green hull, and its engine was repaired in the harbour"
    assert _refused(fact, 8) == []


def test_a_fact_in_another_language_than_the_conversation_is_not_judged_by_its_words() -> None:
    turns = (("user", "Wir ziehen im Sommer mit den Kindern nach Graz, weil meine Frau dort eine Klinik leitet."),)
    fact = "The family is moving to Graz in summer with their children because the wife runs a hospital there"
    assert _refused(fact, 0, turns) == []


def test_a_fact_in_a_script_without_spaces_is_not_judged_by_pairs_of_its_characters() -> None:
    turns = (("user", "最近總是睡不著,醫生說要少喝咖啡。"),)
    assert _refused("医生建议用户减少咖啡摄入", 0, turns) == []


def test_words_that_run_through_the_conversation_are_no_evidence() -> None:
    foreign = "Priya and Tomas opened a small bakery near the railway station"
    assert _refused(foreign, 3) == ["UNSAID_CONTENT"]

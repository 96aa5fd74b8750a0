"""What the offline model reads without a pattern of the sentence, and what a question states on the way."""

from __future__ import annotations

import pytest

from memorybank.languages.kinds import PERSONAL, PREFERENCE
from memorybank.models.offline.attributes import attribute_of
from memorybank.models.offline.commands import command
from memorybank.models.offline.meant import meant_kinds
from memorybank.models.offline.premises import premise
from memorybank.models.offline.reading import of_the_user
from memorybank.ports.models import Intent
from tests.growth import LINEAR, growth


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("Mieszkam w Poznaniu", (PERSONAL,)),
        ("Moja ciocia jest prawniczką", (PERSONAL,)),
        ("Nie lubię grzybów", (PREFERENCE,)),
        ("Antalya'da yaşıyorum", (PERSONAL,)),
        ("Annem emekli", (PERSONAL,)),
        ("Çay seviyorum", (PREFERENCE,)),
        ("أسكن في الرباط", (PERSONAL,)),
        ("والدتي مهندسة", (PERSONAL,)),
        ("أحب الشاي", (PREFERENCE,)),
        ("मैं जयपुर में रहती हूँ", (PERSONAL,)),
        ("मेरा भाई शिक्षक है", (PERSONAL,)),
        ("Bydlím v Brně", (PERSONAL,)),
        ("Jag bor i Uppsala", (PERSONAL,)),
    ],
)
def test_a_statement_of_the_speaker_is_read_by_its_words(text: str, kinds: tuple[str, ...]) -> None:
    assert meant_kinds(text) == kinds


@pytest.mark.parametrize(
    "text",
    [
        "Ewa mieszka w Poznaniu",
        "Mam pytanie",
        "Mam pomysł na obiad",
        "Mám otázku",
        "Jag har en fråga",
        "Je n'aime pas ça",
        "Warszawa jest stolicą Polski",
        "Powiedz mi coś o Warszawie",
        "Ahmet İzmir'de yaşıyor",
        "Bir sorum var",
        "Bana bir şiir yaz",
        "يعيش سامي في الرباط",
        "اكتب لي رسالة",
        "जयपुर एक बड़ा शहर है",
        "Praha je velké město",
        "Je ne comprends pas",
        "I live in Leeds",
        "私は京都に住んでいます",
        "Mieszkam " + "w domu " * 100,
    ],
)
def test_what_is_not_of_the_speaker_or_too_little_is_left_alone(text: str) -> None:
    assert meant_kinds(text) == ()


@pytest.mark.parametrize(
    ("question", "stated"),
    [
        ("Since I'm diabetic, which fruit is fine?", ["I'm diabetic"]),
        ("Which fruit is fine, since I'm diabetic?", ["I'm diabetic"]),
        ("I'm diabetic, so what can I eat?", ["I'm diabetic"]),
        ("Da ich Asthma habe, welcher Sport passt?", ["Ich habe Asthma"]),
        ("Ya que soy celíaca, ¿qué pan compro?", ["Soy celíaca"]),
        ("Puisque je suis végane, que cuisiner ?", ["Je suis végane"]),
        ("Siccome sono vegano, cosa cucino?", ["Sono vegano"]),
        ("Como sou vegana, o que posso pedir?", ["Sou vegana"]),
        ("蕎麦アレルギーがあるので、何を食べられますか？", ["蕎麦アレルギーがある"]),
        ("因为我是素食者，可以点什么？", ["我是素食者"]),
        ("저는 새우 알레르기가 있는데 뭘 먹을까요?", ["저는 새우 알레르기가 있어요"]),
        ("Since it is late, what is open?", []),
        ("If I were diabetic, what could I eat?", []),
        ("I live in Leeds, right?", []),
        ("Which fruit is fine, since?", []),
        ("Is oat milk good, or not?", []),
    ],
)
def test_a_question_may_state_its_reason(question: str, stated: list[str]) -> None:
    assert [each.fact for each in of_the_user(question)] == stated


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("Zapomnij, że mam kota", "mam kota"),
        ("Fındığa alerjim olduğunu unut", "Fındığa alerjim"),
        ("انسَ أنني أدخن", "أدخن"),
        ("भूल जाओ कि मैं शाकाहारी हूँ", "मैं शाकाहारी हूँ"),
    ],
)
def test_requests_to_forget_are_understood_in_languages_without_patterns(text: str, what: str) -> None:
    found = command(text)
    assert found is not None
    assert (found[0], found[1]["what"]) == (Intent.FORGET, what)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("Mieszkam w Łodzi", "Przeprowadziłem się do Opola"),
        ("İzmir'de yaşıyorum", "Ankara'ya taşındım"),
        ("أسكن في فاس", "انتقلت إلى طنجة"),
        ("मैं पुणे में रहता हूँ", "मैं दिल्ली चला गया हूँ"),
        ("Tengo 51 años", "Ayer cumplí 52 años"),
        ("Мне 39 лет", "Мне исполнилось 40 лет"),
        ("我弟弟八岁", "我弟弟今年九岁了"),
    ],
)
def test_two_values_of_one_attribute_are_recognised(old: str, new: str) -> None:
    before, after = attribute_of(old), attribute_of(new)
    assert before is not None
    assert after is not None
    assert before.key == after.key
    assert before.value != after.value


@pytest.mark.parametrize("unit", ["since ", ", ", "a, what ", "がある", "있", "because I am, "])
def test_questions_are_read_in_time_in_proportion_to_their_length(unit: str) -> None:
    assert growth(premise, lambda times: f"{unit * times}?", 500) < LINEAR

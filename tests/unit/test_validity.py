"""When a statement holds: what it says of its beginning and its end, in every language that has a table."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from memorybank.languages.meanings.known import TABLES
from memorybank.languages.meanings.validity import Validity, validity_of

SAID = datetime(2026, 10, 20, 12, tzinfo=UTC)

IN_EVERY_LANGUAGE = {
    "en": (
        "I have lived in Rome since March 2021",
        "I am staying with my sister until June.",
        "I worked at Acme from 2019 to 2022",
    ),
    "de": (
        "Ich wohne seit März 2021 in Berlin.",
        "Ich bleibe bis Juni bei meiner Schwester.",
        "Ich habe von 2019 bis 2022 bei Siemens gearbeitet.",
    ),
    "fr": (
        "J'habite à Lyon depuis mars 2021.",
        "Je reste chez ma sœur jusqu'en juin.",
        "J'ai travaillé chez Renault de 2019 à 2022.",
    ),
    "es": (
        "Vivo en Madrid desde marzo de 2021.",
        "Me quedo con mi hermana hasta junio.",
        "Trabajé en Seat de 2019 a 2022.",
    ),
    "pt": (
        "Moro em Lisboa desde março de 2021.",
        "Fico com a minha irmã até junho.",
        "Trabalhei na TAP de 2019 a 2022.",
    ),
    "it": (
        "Abito a Milano da marzo 2021.",
        "Resto da mia sorella fino a giugno.",
        "Ho lavorato alla Fiat dal 2019 al 2022.",
    ),
    "nl": (
        "Ik woon sinds maart 2021 in Utrecht.",
        "Ik blijf tot juni bij mijn zus.",
        "Ik heb van 2019 tot 2022 bij Philips gewerkt.",
    ),
    "pl": (
        "Mieszkam w Krakowie od marca 2021 roku.",
        "Zostaję u siostry do czerwca.",
        "Pracowałem w Orlenie od 2019 do 2022 roku.",
    ),
    "tr": (
        "Mart 2021'den beri İzmir'de yaşıyorum.",  # noqa: RUF001 - Turkish
        "Haziran'a kadar kız kardeşimde kalıyorum.",  # noqa: RUF001 - Turkish
        "2019'dan 2022'ye kadar Arçelik'te çalıştım.",  # noqa: RUF001 - Turkish
    ),
    "ru": (
        "Я живу в Москве с марта 2021 года.",  # noqa: RUF001 - Russian
        "Я останусь у сестры до июня.",  # noqa: RUF001 - Russian
        "Я работал в Яндексе с 2019 по 2022 год.",  # noqa: RUF001 - Russian
    ),
    "ar": (
        "أعيش في القاهرة منذ مارس ٢٠٢١.",
        "سأبقى عند أختي حتى يونيو.",
        "عملت في أرامكو من 2019 إلى 2022.",
    ),
    "hi": (
        "मैं मार्च 2021 से दिल्ली में रहता हूँ।",
        "मैं जून तक अपनी बहन के साथ हूँ।",
        "मैंने 2019 से 2022 तक टाटा में काम किया।",
    ),
    "ko": (
        "저는 2021년 3월부터 서울에 살고 있어요.",
        "6월까지 누나 집에 있어요.",
        "2019년부터 2022년까지 삼성에서 일했어요.",
    ),
    "ja": (
        "私は2021年3月から東京に住んでいます。",
        "6月まで姉の家にいます。",
        "2019年から2022年までトヨタで働いていました。",
    ),
    "zh": (
        "我自二〇二一年三月以来住在上海。",
        "我住在姐姐家，到6月为止。",  # noqa: RUF001 - Chinese
        "我从2019年到2022年在华为工作。",
    ),
    "uk": (
        "Я живу у Львові з березня 2021 року.",  # noqa: RUF001 - Ukrainian
        "Я залишуся в сестри до червня.",
        "Я працював у Новій пошті з 2019 по 2022 рік.",  # noqa: RUF001 - Ukrainian
    ),
    "cs": (
        "Bydlím v Brně od března 2021.",
        "Zůstávám u sestry do června.",
        "Pracoval jsem ve Škodě od roku 2019 do roku 2022.",
    ),
    "sv": (
        "Jag har bott i Malmö sedan mars 2021.",
        "Jag bor hos min syster till juni.",
        "Jag arbetade på Volvo från 2019 till 2022.",
    ),
    "fi": (
        "Olen asunut Tampereella maaliskuusta 2021 lähtien.",
        "Asun siskoni luona kesäkuuhun asti.",
        "Olin töissä Nokialla vuodesta 2019 vuoteen 2022.",
    ),
    "hu": (
        "2021 márciusa óta Szegeden lakom.",
        "A nővéremnél lakom június végéig.",
        "A Tungsramnál dolgoztam 2019-től 2022-ig.",
    ),
    "vi": (
        "Tôi sống ở Huế từ tháng 3 năm 2021.",
        "Tôi ở nhà chị gái đến tháng 6.",
        "Tôi đã làm ở FPT từ năm 2019 đến năm 2022.",
    ),
}
HELD = (Validity(since="2021-03"), Validity(until="2027-06"), Validity("2019", "2022"))


def test_every_language_with_a_table_has_words_for_when_something_holds() -> None:
    assert set(IN_EVERY_LANGUAGE) == {table.code for table in TABLES}


@pytest.mark.parametrize("code", IN_EVERY_LANGUAGE)
def test_a_beginning_an_end_and_both_are_read_in_every_language(code: str) -> None:
    assert tuple(validity_of(text, SAID) for text in IN_EVERY_LANGUAGE[code]) == HELD


@pytest.mark.parametrize(
    ("text", "since", "until"),
    [
        ("I worked at Acme 2019\u20132022 as a cook", "2019", "2022"),
        ("I worked in Paris between 2019 and 2022.", "2019", "2022"),
        ("I worked at Acme from March to June 2021", "2021-03", "2021-06"),
        ("My passport is valid until 15 March 2027", None, "2027-03-15"),
        ("My lease runs until March 15th, 2027.", None, "2027-03-15"),
        ("My lease runs until 2027-03-15", None, "2027-03-15"),
        ("My lease runs until 31/12/2027", None, "2027-12-31"),
        ("Ich arbeite ab dem 1. Mai 2027 bei Bosch.", "2027-05-01", None),
        ("Mein Vertrag läuft bis 31.12.2027", None, "2027-12-31"),
        ("Vivo en Madrid desde el 1º de marzo de 2021.", "2021-03-01", None),
        ("Ik woon sinds 1e maart 2021 in Utrecht.", "2021-03-01", None),
        ("Я живу в Москве с 5-го марта 2021 года.", "2021-03-05", None),  # noqa: RUF001 - Russian
        ("I had a dog until the end of 2020", None, "2020"),
        ("I have been a vegetarian since May", "2026-05", None),
        ("I have lived in Rome since November", "2025-11", None),
        ("I am on leave until 25 October", None, "2026-10-25"),
        ("I am on leave until 5 October", None, "2027-10-05"),
        ("I lived in Rome until June.", None, "2026-06"),
        ("I want to live in Rome from March 2027 until June", "2027-03", "2027-06"),
        ("I am going to work at Acme starting in March", "2027-03", None),
    ],
)
def test_dates_keep_the_precision_in_which_they_were_said(text: str, since: str | None, until: str | None) -> None:
    assert validity_of(text, SAID) == Validity(since, until)


@pytest.mark.parametrize(
    "text",
    [
        "I like tea",
        "I got a letter from 2019",
        "I have had the car since 5 years",
        "I work from Monday to Friday",
        "The pool is open from May to September",
        "I save up to 2000 euros a month",
        "My budget is from $1999 to $2005",
        "If I stay until June I will learn Italian",
        "I have lived in Rome since 2019 and worked at Acme since 2021",
        "I moved, and have been here since 02/03/2021",
        "I have been here since 30 February 2021",
        "I lived here from 2022 to 2019",
        "I have known her since the 1990s",
        "Am locuit la Cluj din martie 2021",
    ],
)
def test_what_is_no_certain_date_gives_none(text: str) -> None:
    assert validity_of(text, SAID) == Validity()

"""What looks like a secret is told by its form, and is remembered only where a bank's own topic or schema asks."""

from __future__ import annotations

from dataclasses import replace

import pytest

from memorybank.bank.guards.secrets import drop_secrets, holds_secret
from memorybank.ports.models import ExtractedFact, ExtractionRequest, Intent, ProfileField, ProfileSchema, Topic

CARD = "My card is 4111 1111 1111 1111"


@pytest.mark.parametrize(
    "text",
    [
        CARD,
        "My card is 5500-0000-0000-0004",
        "Use 378282246310005 to pay",
        "My account is DE89 3704 0044 0532 0130 00",
        "IBAN GB82WEST12345698765432",
        "My key is sk-abcdefghijklmnop1234",
        "ghp_abcdefghijklmnopqrstuvwxyz0123456789 is mine",
        "The admin password is hunter2",
        "My API key: zx81-4f9a77c0d2e94b6fa1",
        "Mein Passwort lautet geheim",
        "Mi contraseña es secreta",
        "Ma CVV: 123",
        "My PIN is 1234",
        "私のパスワードはhunter2です",
        "我的密码是hunter2",
        "-----BEGIN RSA PRIVATE KEY-----",
        "My card is 4111.1111.1111.1111",
        "The password for the wifi is hunter2",
        "The admin password's hunter2",
        "Le mot de passe du wifi est azerty",
        "Das Passwort für das WLAN ist geheim123",
        "I use hunter2 as my password",
        "My PIN for the door is 4821",
        "PIN 4821",
        "My one-time code is 482913",
        "The 2FA code 482 913 came in",
        "My social security number is 078-05-1120",
        "My passport number is X1234567",
        "The database is postgres://ada:s3cret@db.example.com/bank",
        "The header is Bearer abcdefghijklmnopqrstuvwxyz",
        "hf_abcdefghijklmnopqrstuvwxyz is my token",
        "My card is 4111 1111 1111 1111 12/29 123",
        "Of 2 cards I use 4111 1111 1111 1111",
        "My card is 4111 \u2013 1111 \u2013 1111 \u2013 1111",
        "My card is 4111\u200b1111\u200b1111\u200b1111",
        "My card is ٤١١١ ١١١١ ١١١١ ١١١١",  # noqa: RUF001 - Arabic digits are the point
        "My account is de89 3704 0044 0532 0130 00 and no other",
        "aws_secret_access_key = wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
        "My AWS secret is wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
        "The client secret: xyzzy",
        "I changed my password to hunter2",
        "The password has been changed to hunter2",
        "username ada, password hunter2",
        "Мой пароль: hunter2",
        "비밀번호는 hunter2",
        "The seed phrase is witch collapse practice feed",
        "My PIN is four eight two one",
        "The door code is 4821",
        "Mi clave es 4821",
        "Passport no. C01X00T47",
        "078-05-1120 is my SSN",
        "My bank account number is 12345678",
        "My card is ４１１１ １１１１ １１１１ １１１１",  # noqa: RUF001 - full-width digits are the point
    ],
)
def test_a_secret_is_recognised(text: str) -> None:
    assert holds_secret(text)


@pytest.mark.parametrize(
    "text",
    [
        "My order number is 4111 1111 1111 1112",
        "My phone number is +49 170 1234567",
        "My password manager is Bitwarden",
        "I forgot my password",
        "I like to pin notes to the wall",
        "I was born on 1990-01-02 and married on 2020-03-04",
        "DE is where I live",
        "The meeting is at 10:30 in room 4111",
        "0000 0000 0000 0000",
        "My passport expires in 2031",
        "ISBN 978-3-16-148410-0",
        "My order 2031-0001-0002-0003 is late",
        "Her password is strong",
        "The password is too short",
        "I use Bitwarden as my password manager",
        "The pin is on the map",
        "A tan is nice",
        "The site is https://example.com/a:b@c",
        "The key is under the mat",
        "My IMEI is 490154203237518",
        "The tracking number is 9400 1000 0000 0000 0000 00",
        "Order 2031000045678901 and ISBN 9780306406157",
        "Call 0170 1234567 or 0171 7654321",
        "I live at 52.5200066 13.4049540",
        "The commit is 5a0454b1f9e8f62a0e7d06cea3e5cef10320898e",
        "I need my password to log in",
        "My boarding pass is in my bag",
        "The password is reset every month",
        "Mein Passwort ist zu lang",
        "My driver's licence expires in 2031",
        "The routing number of my bank has 9 digits",
    ],
)
def test_what_only_resembles_one_is_not(text: str) -> None:
    assert not holds_secret(text)


@pytest.mark.parametrize(
    "text", ["password for a a a ", "https://a:", "as a ", "4 ", "4111 1111 ", "de89 ", "PIN for a a ", "set a "]
)
def test_hostile_texts_are_read_to_their_end(text: str) -> None:
    """A pattern that tries every way to match would not come back."""
    assert not holds_secret(text * (2048 // len(text)))
    assert holds_secret(text * (2048 // len(text)) + f". {CARD}")


CARDS = Topic("payment_cards", managed=False, description="What they pay with")
PETS = Topic("pets", managed=False, description="Animals of the user")
FIELDS = {"card": {"type": "string"}, "note": {"type": "string"}, "door": {"description": "PIN of the door"}}
REQUEST = ExtractionRequest(
    (), (Topic("USER_PERSONAL_INFO", managed=True), CARDS, PETS), schemas=(ProfileSchema("p", {"properties": FIELDS}),)
)


def test_a_secret_is_left_out_unless_the_bank_asks_or_it_is_to_be_forgotten() -> None:
    managed = ExtractedFact(CARD, ("USER_PERSONAL_INFO",))
    bare = ExtractedFact(CARD)
    unknown = ExtractedFact(CARD, ("cards",))
    custom = ExtractedFact(CARD, ("USER_PERSONAL_INFO", "payment_cards"))
    elsewhere = ExtractedFact(CARD, ("pets",))
    forgotten = ExtractedFact(CARD, ("USER_PERSONAL_INFO",), Intent.FORGET)
    tea = ExtractedFact("I like tea", ("USER_PREFERENCES",))
    facts = [managed, bare, unknown, custom, elsewhere, forgotten, tea]
    assert drop_secrets(REQUEST, facts).kept == [custom, forgotten, tea]


def test_a_field_of_a_profile_holds_a_secret_only_if_it_is_for_that() -> None:
    card, note, door = (ExtractedFact(f"{name}: {CARD}", profile=ProfileField("p", name, CARD)) for name in FIELDS)
    assert drop_secrets(REQUEST, [card, note, door]).kept == [card, door]


def test_a_reason_or_a_quote_that_holds_a_secret_is_not_kept_with_a_fact_that_holds_none() -> None:
    told = ExtractedFact("I have a card", ("USER_PERSONAL_INFO",), context="It is paid by card", event=0, quote=CARD)
    asked = replace(told, topics=("payment_cards",))
    forgotten = replace(told, intent=Intent.FORGET, context="The password is hunter2", quote="forget my card")
    assert drop_secrets(REQUEST, [told, asked, forgotten]).kept == [
        replace(told, quote=""),
        asked,
        replace(forgotten, context=""),
    ]

"""What looks like a secret is told by its form, and is remembered only where a bank's own topic or schema asks."""

from __future__ import annotations

import pytest

from memorybank.bank.secrets import holds_secret, unsuspicious
from memorybank.models.port import ExtractedFact, Intent, ProfileField

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
    ],
)
def test_what_only_resembles_one_is_not(text: str) -> None:
    assert not holds_secret(text)


@pytest.mark.parametrize("text", ["password for a a a ", "https://a:", "as a ", "4 ", "PIN for a a "])
def test_hostile_texts_are_read_to_their_end(text: str) -> None:
    """A pattern that tries every way to match would not come back."""
    assert not holds_secret(text * (2048 // len(text)))
    assert holds_secret(text * (2048 // len(text)) + f". {CARD}")


def test_a_secret_is_left_out_unless_the_bank_asks_or_it_is_to_be_forgotten() -> None:
    managed = ExtractedFact(CARD, ("USER_PERSONAL_INFO",))
    bare = ExtractedFact(CARD)
    custom = ExtractedFact(CARD, ("USER_PERSONAL_INFO", "payment_cards"))
    forgotten = ExtractedFact(CARD, ("USER_PERSONAL_INFO",), Intent.FORGET)
    profile = ExtractedFact("card: 4111", profile=ProfileField("payment", "card", "4111 1111 1111 1111"))
    tea = ExtractedFact("I like tea", ("USER_PREFERENCES",))
    assert unsuspicious([managed, bare, custom, forgotten, profile, tea]) == [custom, forgotten, profile, tea]

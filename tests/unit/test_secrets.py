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
    ],
)
def test_what_only_resembles_one_is_not(text: str) -> None:
    assert not holds_secret(text)


def test_a_secret_is_left_out_unless_the_bank_asks_or_it_is_to_be_forgotten() -> None:
    managed = ExtractedFact(CARD, ("USER_PERSONAL_INFO",))
    bare = ExtractedFact(CARD)
    custom = ExtractedFact(CARD, ("USER_PERSONAL_INFO", "payment_cards"))
    forgotten = ExtractedFact(CARD, ("USER_PERSONAL_INFO",), Intent.FORGET)
    profile = ExtractedFact("card: 4111", profile=ProfileField("payment", "card", "4111 1111 1111 1111"))
    tea = ExtractedFact("I like tea", ("USER_PREFERENCES",))
    assert unsuspicious([managed, bare, custom, forgotten, profile, tea]) == [custom, forgotten, profile, tea]

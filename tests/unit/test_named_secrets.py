"""A secret is recognised by the form of its value next to a word for one, in any language and word order."""

from __future__ import annotations

import pytest

from memorybank.bank.guards.named_secrets import may_tell_named_secret
from memorybank.bank.guards.secrets import holds_secret
from memorybank.languages.secret_names import named
from memorybank.languages.stems import folded
from tests.growth import LINEAR, growth

# One name of a password per language; none is in a sentence whose grammar another rule knows.
_NAMES = (
    *("Wagwoord", "Salasõna", "Slaptažodis", "Parole", "Geslo", "Lozinka", "Лозинка", "Парола", "Heslo", "Contrasenya"),
    *("گذرواژه", "لفظ اجازت", "পাসওয়ার্ড", "கடவுச்சொல்", "Nenosiri", "Kata laluan", "Fjalëkalim", "პაროლი", "Lykilorð"),
    *("Գաղտնաբառ", "Құпия сөз", "Нууц үг", "Pasahitza", "Cyfrinair", "รหัสผ่าน", "ລະຫັດຜ່ານ", "ពាក្យសម្ងាត់", "စကားဝှက်"),
)


@pytest.mark.parametrize("name", _NAMES)
@pytest.mark.parametrize("form", ["{}: {}", "{} = {}", "{} {}", '{} "{}"'])
def test_a_password_beside_its_name_is_a_secret_in_any_language(name: str, form: str) -> None:
    assert holds_secret(form.format(name, "kotek12x"))


@pytest.mark.parametrize("name", _NAMES)
def test_one_word_after_a_name_and_a_colon_is_a_secret(name: str) -> None:
    assert holds_secret(f"{name}: suncokret")


@pytest.mark.parametrize("name", _NAMES)
def test_what_has_letters_and_digits_but_is_no_password_may_stand_beside_a_name(name: str) -> None:
    for other in ("12.05.2031", "90", "WPA2", "SHA-256", "1Password", "ada9@example.com", "https://a1.example.com"):
        assert not holds_secret(f"{name} {other}")


@pytest.mark.parametrize(
    "text",
    [
        "kot_77x to moje hasło",
        "sunny1234 is still the password",
        "kapının kodu 4417",
        "Kod do sejfu: 9081",
        "Ukse kood on 6621",
        "2FA backup codes: 8842-1193, 5531-0098",
        "Disney login: marta, Kx92!mmTz",
        "ключ от API: 8f7d6a5c4b3e2f1a0987",
        "Kunci: Kx9#mQ2v",
        "moje haslo to zima2024",
    ],
)
def test_the_order_of_words_and_the_kind_of_secret_do_not_matter(text: str) -> None:
    assert holds_secret(text)


@pytest.mark.parametrize(
    "text",
    [
        "I forgot the password for Office365",
        "The door code was changed in 2023",
        "My code review at the gate took 300 minutes",
        "I log in to the VPN at 8:30",
        "Our wifi uses WPA3 and 5GHz",
        "He was released on parole 2019",
        "My username is sunflower88",
        "Router model: FritzBox7590",
        "apiKey: import.meta.env.VITE_FIREBASE_API_KEY,",
        "My API key is stored as GOOGLE_API_KEY in Vercel",
        "My password manager: KeePassXC2",
        "Mein Passwortmanager: KeePassXC2",
        "Passwort: siehe Tresor",
        "Discord: ada#1234",
        "Indtast din nye adgangskode to gange",
    ],
)
def test_a_name_without_a_value_is_no_secret(text: str) -> None:
    assert not holds_secret(text)


@pytest.mark.parametrize(
    "key",
    [
        "zQ8x1Kd92LmVt5Ya7RwB",
        "dop_v1_9f8e7d6c5b4a39281706f5e4d3c2b1a0",
        "gsk_Zx9Qw8Er7Ty6Ui5Op4As3Df2Gh1Jk0",
        "6123456789:AAH9xQ2vLkP0sTz7WmB4nYc1DfG8hJ3rEuI",
        "https://x.example.com/f?sig=a8f9d7c6b5e4f3a2b1c0",
        "hsk-9f8e7d6c5b4a39281706",
        "retaindb_8Kd92LmVt5Ya7RwB",
    ],
)
def test_what_is_drawn_at_random_is_a_key_whatever_it_is_called(key: str) -> None:
    assert holds_secret(f"Note for later: use {key} there")


@pytest.mark.parametrize(
    "text",
    [
        "4f9a77c0d2e94b6fa1c8e3d5b7a90812f3c4d5e6",
        "8f14e45f-ceea-467f-a0e6-aa1234567890",
        "1BoatSLRHtKNngkdXEeobR76b53LETtpyT",
        "0x52908400098527886E0F7030069857D2E4169EE7",
        "WVWZZZ1JZ3W386752",
        "https://docs.google.com/document/d/1BxiMVs0XRA5nFMdKvBdBZjgmUUqptlbs74OgvE2upms/edit",
        "GettingStartedWithPython3InBerlin2024",
        "kubernetes-cluster-1.29-node-pool-2-upgrade",
        "commit-4f9a77c0d2e94b6fa1c8",
        "ami-0c55b159cbfafe1f0",
    ],
)
def test_digests_addresses_and_names_are_no_keys(text: str) -> None:
    assert not holds_secret(f"Note for later: use {text} there")


def test_names_are_found_without_their_accents_and_with_any_ending() -> None:
    assert named("password").search(folded("POD HASLEM"))
    assert named("password").search(folded("contrasena"))
    assert named("password").search(folded("ŞİFREM"))
    assert named("password").search(folded("паролями"))


@pytest.mark.parametrize("piece", ["a1", "1 ", "x! ", "1", "pin: ", "A1" * 120 + " "])
def test_a_text_of_many_words_that_could_be_values_takes_time_in_proportion(piece: str) -> None:
    assert growth(may_tell_named_secret, lambda size: piece * (size // len(piece)), 8000) < LINEAR

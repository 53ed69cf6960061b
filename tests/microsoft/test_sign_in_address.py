"""The address that a browser ended on, in the forms in which people paste it."""

from __future__ import annotations

from urllib.parse import quote

import pytest

from wizard.core.errors import BadInput, ServiceRefusal
from wizard.microsoft.sign_in_address import ExpectedRedirect, read_sign_in_address

CODE = "1.AXo" + "Cq9_x-Z7" * 100
STATE, EARLIER = "kU3vQzTq5nWb8xYd", "aaaaBBBBccccDDDD"
REDIRECT = "http://localhost:8400"
EXPECTED = ExpectedRedirect("login.microsoftonline.com", REDIRECT, STATE, frozenset({EARLIER}))
ADDRESS = f"{REDIRECT}/?code={CODE}&state={STATE}&session_state=00000000-aaaa-4aaa-8aaa-000000000009"


def wrapped(text: str, width: int, join: str) -> str:
    return join.join(text[start : start + width] for start in range(0, len(text), width))


QUOTED_PRINTABLE = wrapped(ADDRESS.replace("=", "=3D"), 70, "=\r\n")

WELL_FORMED = {
    "as it is": ADDRESS,
    "with blanks around": f"  {ADDRESS} \n",
    "in quotes": f'"{ADDRESS}"',
    "in typographic quotes": f"“{ADDRESS}”",
    "in angle brackets": f"<{ADDRESS}>",
    "wrapped by a terminal": wrapped(ADDRESS, 80, "\n"),
    "wrapped with blanks": wrapped(ADDRESS, 76, "\r\n   "),
    "quoted by a mail": "> " + wrapped(ADDRESS, 72, "\n> "),
    "quoted twice": ">> " + wrapped(ADDRESS, 72, "\n>> "),
    "quoted-printable": QUOTED_PRINTABLE,
    "from HTML": ADDRESS.replace("&", "&amp;"),
    "with a word before": f"Address: {ADDRESS}",
    "without the scheme": ADDRESS.removeprefix("http://"),
    "with a zero-width space behind": ADDRESS + "\u200b",
    "with a byte order mark before": "\ufeff" + ADDRESS,
    "the query alone": ADDRESS.partition("/?")[2],
    "with another port": ADDRESS.replace("8400", "51234"),
    "without a port": ADDRESS.replace(":8400", ""),
    "with a full stop": ADDRESS + ".",
    "as a fragment": ADDRESS.replace("?", "#"),
    "cut behind the state": ADDRESS.partition("&session_state")[0],
}


@pytest.mark.parametrize("pasted", WELL_FORMED.values(), ids=WELL_FORMED)
def test_the_code_is_read_in_whatever_form_the_address_is_pasted(pasted: str) -> None:
    assert read_sign_in_address(pasted, EXPECTED).reveal() == CODE


@pytest.mark.parametrize(
    "redirect", ["https://login.microsoftonline.com/common/oauth2/nativeclient", "http://127.0.0.1:8400"]
)
def test_an_address_without_its_scheme_is_known_by_its_host(redirect: str) -> None:
    pasted = f"{redirect.partition('://')[2]}?code={CODE}&state={STATE}"
    expected = ExpectedRedirect("login.microsoftonline.com", redirect, STATE)
    assert read_sign_in_address(pasted, expected).reveal() == CODE


OTHER = f"https://login.microsoftonline.com/11111111-aaaa-4aaa-8aaa-000000000001/oauth2/v2.0/authorize?client_id=3&state={STATE}"
NO_ANSWER = {
    "nothing": ("", "nothing was pasted"),
    "blanks": ("   \n", "nothing was pasted"),
    "only the code": (CODE, "only the code"),
    "a part of the code": (CODE[:60], "only the code"),
    "words": ("it does not work", "not an address"),
    "the link itself": (OTHER, "the link itself"),
    "the link itself, wrapped": (wrapped(OTHER, 60, "\n"), "the link itself"),
    "a page on the way": ("https://login.microsoftonline.com/common/login", "still a page of the sign-in"),
    "another host's": (ADDRESS.replace("localhost:8400", "evil.example"), "does not begin with the redirect URI"),
    "another path": (ADDRESS.replace("/?", "/other?"), "does not begin with the redirect URI"),
    "a look-alike": (ADDRESS.replace("localhost", "localhost.evil.example"), "does not begin with the redirect URI"),
    "https instead": (ADDRESS.replace("http:", "https:"), "does not begin with the redirect URI"),
    "cut in the code": (ADDRESS[:200], "cut short"),
    "cut in the state": (ADDRESS[: ADDRESS.index(STATE) + 6], "in the middle of its state"),
    "of an earlier link": (ADDRESS.replace(STATE, EARLIER), "an earlier link of this run"),
    "of another run": (ADDRESS.replace(STATE, "somebodyElsesRun"), "another run"),
    "an error of another run": (f"{REDIRECT}/?error=access_denied&state=somebodyElsesRun", "another run"),
    "without a code": (f"{REDIRECT}/?state={STATE}", "there is no code"),
    "an odd code": (f"{REDIRECT}/?code={quote('☃' * 50)}&state={STATE}", "characters that no code has"),
    "a mail's mark in the code": (ADDRESS.replace(CODE, f"{CODE[:60]}>{CODE[60:]}"), "characters that no code has"),
    "100 kB": (f"{REDIRECT}/?code={'a' * 100_000}&state={STATE}", "characters are too many"),
    "a broken address": ("http://[::1/?code=a&state=b", "not an address"),
    "two states": (f"{REDIRECT}/?code={CODE}&state={STATE}&state=x", "another run"),
}


@pytest.mark.parametrize(("pasted", "says"), NO_ANSWER.values(), ids=NO_ANSWER)
def test_what_is_no_answer_is_named_and_nothing_of_it_repeated(pasted: str, says: str) -> None:
    with pytest.raises(BadInput) as mistake:
        read_sign_in_address(pasted, EXPECTED)
    assert says in mistake.value.expected
    assert CODE[:20] not in mistake.value.expected
    assert "evil" not in mistake.value.expected


@pytest.mark.parametrize(
    "pasted",
    [f"AADSTS50011: it said. Then I came to {ADDRESS}", f"AADSTS50011: it said. Then only this: code={CODE}"],
    ids=["an address", "a code"],
)
def test_a_code_beside_the_text_of_an_error_page_is_in_no_refusal(pasted: str) -> None:
    with pytest.raises(ServiceRefusal) as refusal:
        read_sign_in_address(pasted, EXPECTED)
    assert refusal.value.code == "AADSTS50011"
    assert CODE[:20] not in str(refusal.value)


def test_an_error_page_that_names_its_address_is_still_explained() -> None:
    text = "AADSTS50011: no match. See https://login.microsoftonline.com/error?code=50011"
    with pytest.raises(ServiceRefusal) as refusal:
        read_sign_in_address(text, EXPECTED)
    assert refusal.value.code == "AADSTS50011"


def test_the_sentences_differ() -> None:
    said = {says for _, says in NO_ANSWER.values()}
    assert len(said) >= 12


@pytest.mark.parametrize(
    "pasted",
    [
        f"{REDIRECT}/?error=access_denied&error_description=AADSTS65004%3a+User+declined+to+consent.&state={STATE}",
        f"{REDIRECT}/?error=access_denied&error_description=AADSTS65004:+User+declined&error_uri=x",
    ],
)
def test_an_error_in_the_address_is_entras_own(pasted: str) -> None:
    with pytest.raises(ServiceRefusal) as refusal:
        read_sign_in_address(pasted, EXPECTED)
    assert refusal.value.code == "AADSTS65004"


@pytest.mark.parametrize(
    "code", ["AADSTS50011", "AADSTS500113", "AADSTS900971", "AADSTS9002325", "AADSTS700016", "AADSTS50105"]
)
def test_the_text_of_an_error_page_is_entras_own(code: str) -> None:
    text = (
        f"Sorry, but we're having trouble signing you in.\n\n{code}: The redirect URI 'http://localhost' …\nTrace ID: 1"
    )
    with pytest.raises(ServiceRefusal) as refusal:
        read_sign_in_address(text, EXPECTED)
    assert refusal.value.code == code


@pytest.mark.parametrize(
    "pasted",
    [
        f"AADSTS50011: The redirect URI 'http://localhost' is not registered.\n\n{ADDRESS}",
        f"AADSTS50011: The redirect URI 'http://localhost' is not registered.\n\n{wrapped(ADDRESS, 60, chr(10))}",
        f"AADSTS50011: The redirect URI 'http://localhost' is not registered. {CODE}",
        f"{REDIRECT}/?error=access_denied&error_description=AADSTS50011%3a+not+registered:+{CODE}&state={STATE}",
    ],
    ids=["and the address", "and the address, wrapped", "and the code", "in the description"],
)
def test_of_a_code_that_is_pasted_with_a_refusal_nothing_is_repeated(pasted: str) -> None:
    with pytest.raises(ServiceRefusal) as refusal:
        read_sign_in_address(pasted, EXPECTED)
    assert refusal.value.code == "AADSTS50011"
    assert "not registered" in refusal.value.description
    assert "Cq9_x-Z7" not in str(vars(refusal.value))

"""Where tokens stand in a text, cut ones and hostile ones: they are found, and no part of one ever comes back."""

from __future__ import annotations

import json
import random
import string
import textwrap

import pytest

from tests.made_tokens import (
    CLIENT_SECRET,
    CONTOSO,
    DEVICE_CODE,
    FABRIKAM,
    NOW,
    PARTNER_CENTER,
    REFRESH_TOKEN,
    SIGNATURE,
    access_claims,
    access_token,
    at,
    base64url,
    id_token,
    made,
    noise,
    only_token,
    parts_repeated,
    row_of,
    words_of,
)
from wizard.core.findings import Retry
from wizard.core.text import clean
from wizard.explain.results import LocatedDiagnosis
from wizard.explain.token_reader.token_finder import find_tokens

# --- where they stand, and cut ones ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "wrapping",
    [
        "Authorization: Bearer {}\r\nHost: x",
        '{{"access_token":"{}","expires_in":3599}}',
        '"{{\\"access_token\\":\\"{}\\"}}"',
        "log line\\n{}\\nnext",
        "bearer%20{}",
        "<td>{}</td>",
        "token={}&x=1",
        "It is {}. Next sentence.",
    ],
)
def test_a_token_is_found_wherever_it_stands_and_its_place_is_exact(wrapping: str) -> None:
    token = access_token()
    text = wrapping.format(token)
    [located] = find_tokens(text, NOW)
    assert text[located.start : located.end] == token
    assert "with MFA" in located.diagnosis.title


@pytest.mark.parametrize("width", [40, 64, 76, 100])
@pytest.mark.parametrize("mark", ["\n", "\r\n", "\n> ", "=\n", "\\n"])
def test_a_token_broken_over_lines_is_read_whole_and_the_next_line_is_not_part_of_it(width: int, mark: str) -> None:
    text = mark.join(textwrap.wrap(access_token(), width)) + "\nCorrelation ID: x"
    [located] = find_tokens(text, NOW)
    assert located.diagnosis.title == "An access token for Partner Center, with MFA, good until 2026-11-21 10:41 UTC"
    assert text[located.end :] == "\nCorrelation ID: x"
    assert "Line breaks stand in it" in located.diagnosis.cause


@pytest.mark.parametrize("after", ["\nCorrelation ID: x", "\n  at line 4", "\r\n\r\nDate", "\n{}", " and more"])
def test_prose_after_a_cut_token_is_not_part_of_it(after: str) -> None:
    for secret in (access_token()[:500], REFRESH_TOKEN[:500]):
        [located] = find_tokens(secret + after, NOW)
        assert located.end == len(secret)


def test_a_token_cut_anywhere_is_never_called_healthy_and_never_said_to_lack_what_may_be_cut_off() -> None:
    token = access_token()
    payload_ends = token.rfind(".")
    seen = 0
    for end in range(20, payload_ends, 7):
        for located in find_tokens(token[:end], NOW):
            diagnosis = located.diagnosis
            seen += 1
            assert diagnosis.title.startswith("A cut ")
            assert diagnosis.retry is Retry.AFTER_FIX
            assert "lacks the permission" not in diagnosis.cause
            assert "MFA is not proven" not in diagnosis.cause
            assert "does not say" not in diagnosis.cause
            assert "the app's own token" not in diagnosis.cause
            assert parts_repeated(token[:end], diagnosis) == []
    assert seen > 50


@pytest.mark.parametrize(("signature", "row"), [("", "missing; not checked"), (SIGNATURE[:100], "cut; not checked")])
def test_a_token_without_its_signature_is_read_and_said_to_be_unusable(signature: str, row: str) -> None:
    diagnosis = only_token(made(access_claims(), signature=signature))
    assert row_of(diagnosis, "signature") == row
    assert "a service takes only the whole token" in diagnosis.cause
    assert "with MFA" in diagnosis.title


def test_several_tokens_of_one_answer_come_in_their_order() -> None:
    body = json.dumps({"access_token": access_token(), "refresh_token": REFRESH_TOKEN, "id_token": id_token()})
    titles = [located.diagnosis.title.partition(",")[0] for located in find_tokens(body, NOW)]
    assert titles == ["An access token for Partner Center", "A refresh token", "An id token"]


# --- nothing comes back ----------------------------------------------------------------------------------------------


def _everything() -> dict[str, str]:
    lacking: list[dict[str, object]] = [
        {"aud": "https://graph.windows.net"},
        {"aud": None},
        {"scp": "User.Read"},
        {"amr": ["pwd"]},
        {"amr": None},
        {"exp": at(-180)},
        {"iat": at(20), "nbf": at(20)},
        {"idp": "live.com"},
        {"tid": FABRIKAM},
        {"idtyp": "app"},
        {"iss": "https://accounts.example.com"},
    ]
    return {str(claims): access_token(**claims) for claims in lacking} | {
        "healthy": access_token(),
        "id token": id_token(),
        "cut": access_token()[:333],
        "refresh token": REFRESH_TOKEN,
        "token within a claim": access_token(upn=REFRESH_TOKEN, scp=access_token(), aud=CLIENT_SECRET, iss=DEVICE_CODE),
        "secrets in lists": access_token(amr=[CLIENT_SECRET, DEVICE_CODE], roles=[REFRESH_TOKEN], wids=[DEVICE_CODE]),
        "secret names": access_token(uti=DEVICE_CODE, ver=DEVICE_CODE, idp=CLIENT_SECRET, xms_cc=[DEVICE_CODE]),
    }


@pytest.mark.parametrize("name", _everything())
def test_no_member_of_a_diagnosis_holds_a_part_of_what_was_found(name: str) -> None:
    secret = _everything()[name]
    for wrapping in ("{}", "Bearer {}", 'x "refresh_token":"{}"', "client_secret={}", "code={}&state=1"):
        for located in find_tokens(wrapping.format(secret), NOW):
            for hidden in (secret, REFRESH_TOKEN, DEVICE_CODE, CLIENT_SECRET):
                assert parts_repeated(hidden, located.diagnosis) == []


def test_the_value_of_an_opaque_token_does_not_show_in_its_repr() -> None:
    from wizard.explain.token_reader.opaque_values import OpaqueValue

    assert REFRESH_TOKEN[:12] not in repr(OpaqueValue(REFRESH_TOKEN))


def test_what_a_claim_says_is_cleaned() -> None:
    diagnosis = only_token(
        access_token(upn="a\x1b]52;c;AAAA\x07b\u202ec@contoso.com\n\nx", scp="user_impersonation \x1b[31mx")
    )
    for text in words_of(diagnosis):
        assert clean(text, 100_000) == text
    assert row_of(diagnosis, "user") == "abc@contoso.com x"


# --- nonsense, and size ----------------------------------------------------------------------------------------------

_NONSENSE: tuple[object, ...] = (
    *(
        None,
        True,
        False,
        0,
        1,
        -1,
        1.5,
        1e308,
        -(10**30),
        10**400,
        "",
        "x",
        "\ud800",
        [],
        {},
        [[]],
        [None, 1, {"a": []}],
    ),
    *({"aud": {}}, "9" * 12, "9" * 400, "mfa", ["mfa", ["mfa"]], "2026-11-21", CONTOSO, "https://[::1", "https://x:y/"),
)


def test_claims_of_any_type_bring_neither_an_exception_nor_a_claim_of_health() -> None:
    chance = random.Random(20261121)
    names = [*access_claims(), "idtyp", "acct", "azp", "azpacr", "roles", "xms_cc", "acrs", "deviceid", "auth_time"]
    for _ in range(500):
        changed = {name: chance.choice(_NONSENSE) for name in chance.sample(names, chance.randint(1, 12))}
        claims = access_claims() | changed
        token = f"{base64url(json.dumps({'alg': 'RS256'}))}.{base64url(json.dumps(claims))}.{SIGNATURE}"
        diagnosis = only_token(token)
        assert diagnosis.title
        assert diagnosis.cause
        assert diagnosis.remedy
        assert "proven" not in row_of(diagnosis, "MFA") or isinstance(claims["amr"], list)
        if claims["aud"] != PARTNER_CENTER or claims["scp"] != "user_impersonation":
            assert "Nothing is missing for Partner Center" not in diagnosis.remedy
        for text in words_of(diagnosis):
            text.encode()


def test_texts_of_any_kind_bring_no_exception() -> None:
    chance = random.Random(4)
    pieces = [
        *string.printable,
        access_token(),
        REFRESH_TOKEN,
        "eyJ",
        ".",
        "\n",
        "refresh_token=",
        '"',
        "code:",
        "\ud800",
    ]
    for _ in range(500):
        text = "".join(chance.choices(pieces, k=chance.randint(1, 60)))
        cut = chance.randint(0, len(text))
        for found in find_tokens(text[cut:] + text[:cut], NOW):
            assert isinstance(found, LocatedDiagnosis)
            assert 0 <= found.start < found.end <= len(text)


@pytest.mark.parametrize(
    "payload", ["[" * 5000, '{"a":' * 5000, '{"aud":"' + "x" * 5000, "null", '"text"', "", "{", "\x00"]
)
def test_a_payload_that_is_no_object_is_called_cut(payload: str) -> None:
    head = base64url(json.dumps({"alg": "RS256"}))
    diagnosis = only_token(f"{head}.{base64url(payload) or 'e'}.{SIGNATURE}")
    assert diagnosis.retry is not Retry.YES


def test_a_token_of_a_hundred_thousand_characters_is_read() -> None:
    token = access_token(groups=[noise(36, number) for number in range(2_000)])
    assert len(token) > 100_000
    assert only_token(token).retry is Retry.YES
    assert only_token("\n".join(textwrap.wrap(token, 76))).retry is Retry.YES


def test_of_very_many_tokens_the_first_thousand_are_read() -> None:
    assert len(find_tokens("eyJhbGciOiJub25lIn0.e30 \n" * 3_000, NOW)) == 1_000


def test_lines_that_all_begin_like_a_token_are_not_joined_over_and_over() -> None:
    assert find_tokens(f"eyJ{'a' * 26}\n" * 5_000, NOW) == []

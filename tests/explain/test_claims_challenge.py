"""A claims challenge is read in each form it comes in, and what it asks for is said in words."""

from __future__ import annotations

import base64
import json
import random
import textwrap
from datetime import UTC, datetime
from urllib.parse import quote

import pytest

from wizard.explain import explain_text
from wizard.explain.claims_challenge import describe_claims, find_challenges, find_claims, read_claims

POLICY = "0a0a0a0a-1111-4222-8333-444444444444"
SECOND = "0b0b0b0b-1111-4222-8333-444444444444"


def _challenge(**asked: object) -> str:
    return json.dumps({"access_token": asked})


BY_POLICY = _challenge(capolids={"essential": True, "values": [POLICY]})


@pytest.mark.parametrize(
    ("asked", "pair", "words"),
    [
        (
            {"capolids": {"essential": True, "values": [POLICY, SECOND]}},
            ("Conditional Access policies", f"{POLICY}, {SECOND}"),
            "an administrator finds a policy by its id",
        ),
        (
            {"polids": {"essential": True, "Values": [POLICY.upper()]}},
            ("Conditional Access policies", POLICY),
            "sign-in log",
        ),
        (
            {"acrs": {"essential": True, "value": "c1"}},
            ("authentication context", "c1"),
            "The authentication context c1 is asked for",
        ),
        (
            {"nbf": {"essential": True, "value": "1795255200"}},
            ("tokens from before", "2026-11-21 10:00 UTC"),
            "Tokens issued before 2026-11-21 10:00 UTC are refused",
        ),
        (
            {"xms_rp_ipaddr": {"value": "203.0.113.9"}},
            ("network address the service saw", "203.0.113.9"),
            "The service saw the network address 203.0.113.9",
        ),
        ({"deviceid": {"essential": True}}, ("registered device", "asked for"), "a sign-in by device code cannot"),
        ({"amr": {"values": ["mfa"]}}, ("MFA", "asked for"), "MFA is asked for."),
        ({"xms_cc": {"values": ["cp1"]}}, ("client capability", "cp1"), ""),
        ({"auth_time": {"essential": True}}, ("sign-in", "its time is asked for"), ""),
        ({"contoso_claim": None}, ("claim contoso_claim", "asked for"), ""),
    ],
)
def test_each_thing_that_is_asked_for_is_named(asked: dict[str, object], pair: tuple[str, str], words: str) -> None:
    challenge = _challenge(**asked)
    assert read_claims(challenge) == (pair,)
    assert words in describe_claims(challenge)


HEADER = (
    'WWW-Authenticate: Bearer realm="", authorization_uri="https://login.microsoftonline.com/common/oauth2/authorize", '
    'error="insufficient_claims", claims="{}"'
)
BODY = json.dumps({"error": "invalid_grant", "error_codes": [53003], "claims": BY_POLICY})
FORMS = {
    "itself": BY_POLICY,
    "with space around": f"\r\n  {BY_POLICY}\n",
    "base64": base64.b64encode(BY_POLICY.encode()).decode(),
    "base64url without padding": base64.urlsafe_b64encode(BY_POLICY.encode()).rstrip(b"=").decode(),
    "header": HEADER.format(base64.b64encode(BY_POLICY.encode()).decode()),
    "header without padding": HEADER.format(base64.b64encode(BY_POLICY.encode()).decode().rstrip("=")),
    "query": f"https://login.microsoftonline.com/x/oauth2/v2.0/authorize?client_id=y&claims={quote(BY_POLICY)}&state=z",
    "encoded": quote(BY_POLICY),
    "body": BODY,
    "body in a log": f"2026-11-21T10:00:00Z ERROR token request failed: {BODY} (try 3)",
    "body within a body": json.dumps({"message": BODY}),
    "escaped body": json.dumps(BODY),
}


@pytest.mark.parametrize("form", FORMS)
def test_a_challenge_is_found_in_each_form_it_comes_in(form: str) -> None:
    assert json.loads(find_claims(FORMS[form])) == json.loads(BY_POLICY)
    assert read_claims(FORMS[form]) == (("Conditional Access policies", POLICY),)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{}",
        "claims",
        "claims=",
        'claims="',
        '{"claims": 1}',
        '{"claims": "nothing"}',
        '{"access_token": "eyJhbGciOiJub25lIn0.e30."}',
        "the user's claims: none",
        base64.b64encode(b"no json at all, but long").decode(),
        BY_POLICY[:40],
        HEADER.format("%%%"),
    ],
)
def test_what_is_no_challenge_gives_nothing(text: str) -> None:
    assert find_claims(text) == ""
    assert read_claims(text) == ()
    assert describe_claims(text) == ""


def test_a_challenge_in_a_header_is_a_diagnosis_of_its_own() -> None:
    text = "HTTP/1.1 401 Unauthorized\r\n" + FORMS["header"] + "\r\nDate: x"
    [located] = find_challenges(text)
    diagnosis = located.diagnosis
    assert diagnosis.code == "insufficient_claims"
    assert diagnosis.evidence == (("Conditional Access policies", POLICY),)
    assert POLICY in diagnosis.cause
    assert "Sign-in logs" in diagnosis.remedy
    assert text[located.start : located.end] == FORMS["header"], "its authorization_uri is no link to sign in by"
    assert text[located.end :] == "\r\nDate: x"
    [queried] = find_challenges(FORMS["query"])
    assert queried.diagnosis.code == ""
    assert FORMS["query"][queried.end :] == "&state=z"
    assert find_challenges("claims=eyJhIjoxfQ== and claims={} and claims") == []


NOW = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)
REFUSED_BY_GRAPH = json.dumps({"error": {"code": "InvalidAuthenticationToken", "message": "A challenge came.",
                               "innerError": {"request-id": "9f8e7d6c-0000-1111-2222-333344445555"}}})  # fmt: skip


@pytest.mark.parametrize("form", ["header", "header without padding", "broken over lines", "HTTP answer", "no colon"])
def test_a_lone_challenge_in_a_paste_is_explained_and_nothing_else_of_its_header(form: str) -> None:
    header = FORMS["header"]
    text = {
        "broken over lines": "\n".join(textwrap.wrap(header, 79, drop_whitespace=False)),
        "HTTP answer": f"HTTP/1.1 401 Unauthorized\r\nx-ms-keyvault-region: westeurope\r\n{header}\r\n\r\n",
        "no colon": header.replace("WWW-Authenticate: ", ""),
    }.get(form, FORMS.get(form, header))

    explanation = explain_text(text, NOW)

    assert [diagnosis.code for diagnosis in explanation.diagnoses] == ["insufficient_claims"]
    assert POLICY in explanation.diagnoses[0].cause
    assert "of Microsoft Entra ID" not in explanation.read_as


def test_a_challenge_stands_before_the_error_of_the_service_that_sent_it() -> None:
    text = f"HTTP/1.1 401 Unauthorized\r\n{FORMS['header']}\r\n\r\n{REFUSED_BY_GRAPH}"

    assert [each.code for each in explain_text(text, NOW).diagnoses] == [
        "insufficient_claims",
        "InvalidAuthenticationToken",
    ]


@pytest.mark.parametrize("text", [BODY, f"AADSTS53003: Blocked. claims: {json.dumps(BY_POLICY)}", FORMS["query"]])
def test_a_challenge_of_an_error_or_a_link_is_read_with_it_and_not_by_itself(text: str) -> None:
    titles = [each.title for each in explain_text(text, NOW).diagnoses]

    assert len(titles) == 1
    assert "claims challenge" not in titles[0]


def test_a_challenge_in_base64_is_explained_beside_an_error_that_cannot_read_it() -> None:
    text = f"AADSTS53003: Access has been blocked. {FORMS['header']}"

    assert {each.code for each in explain_text(text, NOW).diagnoses} == {"AADSTS53003", "insufficient_claims"}


def test_several_things_come_in_their_order() -> None:
    challenge = _challenge(acrs={"value": "c25"}, capolids={"values": [POLICY]}, deviceid={"essential": True})
    names = [name for name, _ in read_claims(challenge)]
    assert names == ["authentication context", "Conditional Access policies", "registered device"]


@pytest.mark.parametrize("part", ["access_token", "id_token", "userinfo"])
def test_it_may_ask_for_each_kind_of_token(part: str) -> None:
    asked = {part: {"capolids": {"values": [POLICY]}}}
    assert read_claims(json.dumps(asked)) == (("Conditional Access policies", POLICY),)


def test_values_that_are_not_what_they_should_be_are_not_shown() -> None:
    challenge = _challenge(
        capolids={"values": ["\x1b]52;c;AAAA\x07", 7, None, "not a policy", [POLICY]]},
        acrs={"values": ["a b", "c1", "x" * 500]},
        xms_rp_ipaddr={"value": "<script>"},
        nbf={"value": "soon"},
    )
    assert read_claims(challenge) == (
        ("Conditional Access policies", "asked for, without their ids"),
        ("authentication context", "c1"),
        ("network address the service saw", "not given"),
        ("tokens from before", "a time that cannot be read"),
    )


def test_claims_of_any_type_bring_no_exception() -> None:
    chance = random.Random(5)
    values: list[object] = [
        None,
        True,
        1,
        -1,
        1.5,
        10**400,
        "",
        "x",
        "\ud800",
        [],
        {},
        [[]],
        {"value": {}},
        {"values": [{}, None, 1]},
    ]
    names = [
        "capolids",
        "polids",
        "acrs",
        "nbf",
        "xms_rp_ipaddr",
        "xms_cc",
        "amr",
        "deviceid",
        "auth_time",
        "x",
        "\x1b",
    ]
    for _ in range(500):
        asked = {name: chance.choice(values) for name in chance.sample(names, 5)}
        body: object = {
            chance.choice(["access_token", "id_token", "claims"]): chance.choice([asked, values[0], [asked]])
        }
        text = json.dumps(body)
        for given in (text, text[: chance.randint(0, len(text))], json.dumps(text)):
            for name, value in read_claims(given):
                assert name.isprintable()
                assert value.isprintable()

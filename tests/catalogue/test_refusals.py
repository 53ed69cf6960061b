"""Reading refusals: what the services really send, and what a hostile one could."""

from __future__ import annotations

import json
import random
import re
import unicodedata
from collections.abc import Callable, Mapping

import pytest

from wizard.catalogue import (
    explain_refusal,
    read_consent_error,
    read_entra_error,
    read_graph_error,
    read_key_vault_error,
    read_partner_center_error,
)
from wizard.core.errors import ServiceRefusal
from wizard.core.findings import SupportIds

TRACE = "0a1b2c3d-0000-1111-2222-333344445555"
CORRELATION = "9f8e7d6c-0000-1111-2222-333344445555"
READERS: list[Callable[[object, int, Mapping[str, str]], ServiceRefusal]] = [
    read_entra_error,
    read_partner_center_error,
    read_key_vault_error,
    read_graph_error,
]
HOSTILE = "a\x1b[2J\x1b]52;c;QUJD\x07b\x9b31mc\u202ed\u200be\x00f\ud800g"


VALUES: list[object] = [
    None, True, False, 0, -1, 53003, 10**5_000, 1.5, float("nan"), float("inf"), "", "x", "AADSTS53003: x", "\ud800",
    "a" * 100_000, [], [None], [[]], [{}], [53003, "x", None], {}, {"code": None}, {"code": {"code": []}},
    {"error": {"error": 1}},
]  # fmt: skip
MEMBERS = [
    "error", "error_description", "error_codes", "timestamp", "trace_id", "correlation_id", "suberror", "claims",
    "error_uri", "code", "description", "data", "source", "statusCode", "message", "innererror", "innerError", "date",
    "request-id", "client-request-id", "error_subcode",
]  # fmt: skip
PIECES = [
    "\x1b", "[", "]", "52;c;", "\x9b", "\x07", "\u202e", "\r\n", "AADSTS", "70002", "5", "Trace ID: ", "é", "%1b",
]  # fmt: skip


def _texts(refusal: ServiceRefusal) -> list[str]:
    return [
        refusal.code,
        refusal.error,
        refusal.description,
        refusal.claims,
        refusal.suberror,
        *refusal.ids.present().values(),
    ]


def _assert_clean(refusal: ServiceRefusal) -> None:
    for text in _texts(refusal):
        assert isinstance(text, str)
        assert len(text) <= 4_000
        for character in text:
            assert character in "\n\t" or unicodedata.category(character) not in ("Cc", "Cf", "Cs", "Zl", "Zp")
    diagnosis = explain_refusal(refusal)
    assert diagnosis.title
    assert diagnosis.remedy


@pytest.mark.parametrize("separator", ["\r\n", " ", "\n"])
def test_both_separators_of_the_trace_lines_are_read(separator: str) -> None:
    text = separator.join(
        [
            "AADSTS7000215: Invalid client secret provided. Ensure the secret being sent is the client secret value.",
            f"Trace ID: {TRACE}",
            f"Correlation ID: {CORRELATION}",
            "Timestamp: 2026-08-13 10:11:12Z",
        ]
    )
    refusal = read_entra_error({"error": "invalid_client", "error_description": text}, 401, {})

    assert refusal.code == "AADSTS7000215"
    assert refusal.error == "invalid_client"
    assert refusal.status == 401
    assert (
        refusal.description
        == "Invalid client secret provided. Ensure the secret being sent is the client secret value."
    )
    assert refusal.ids == SupportIds(CORRELATION, TRACE, "", "2026-08-13 10:11:12Z")


def test_members_of_the_body_come_before_trace_lines_and_headers() -> None:
    body = {
        "error": "invalid_grant",
        "error_description": f"AADSTS53003: Blocked. Trace ID: {CORRELATION}",
        "error_codes": [53003],
        "timestamp": "2026-08-13 10:11:12Z",
        "trace_id": TRACE,
        "correlation_id": CORRELATION,
        "suberror": "message_only",
        "claims": '{"access_token":{"capolids":{"essential":true,"values":["p"]}}}',
    }
    refusal = read_entra_error(body, 400, {"X-MS-Request-Id": "request", "client-request-id": "other"})

    assert refusal.ids == SupportIds(CORRELATION, TRACE, "request", "2026-08-13 10:11:12Z")
    assert refusal.suberror == "message_only"
    assert json.loads(refusal.claims)["access_token"]["capolids"]["values"] == ["p"]


def test_ids_are_taken_from_headers_of_any_case_where_the_body_has_none() -> None:
    headers = {"X-Ms-Request-Id": TRACE, "Client-Request-Id": CORRELATION, "DATE": "Thu, 13 Aug 2026 10:11:12 GMT"}
    refusal = read_entra_error({"error": "server_error"}, 500, headers)
    assert refusal.ids == SupportIds(CORRELATION, TRACE, TRACE, "Thu, 13 Aug 2026 10:11:12 GMT")


@pytest.mark.parametrize(
    ("codes", "text", "expected"),
    [
        ([90002], "AADSTS90002: no tenant", "AADSTS90002"),
        (None, "AADSTS900023: bad", "AADSTS900023"),
        ([], "AADSTS900023: bad", "AADSTS900023"),
        (["53003"], "", "AADSTS53003"),
        (53003, "", "AADSTS53003"),
        ([70002, 7000218], "", "AADSTS7000218"),
        ([7000218, 70002], "", "AADSTS7000218"),
        ([70002, 70008], "AADSTS70002: Error validating credentials. AADSTS70008: expired", "AADSTS70008"),
        ([70002], "AADSTS70002: Error validating credentials. AADSTS50012: wrong", "AADSTS50012"),
        ([53003], "AADSTS53003: see AADSTS65001", "AADSTS53003"),
        ([99999, 53003], "", "AADSTS53003"),
        ([True, None, 1.5, -53003, 10**30, "x", [], {}], "", ""),
        (None, "no number, AADSTS12 is none and aadsts is none", ""),
    ],
)
def test_the_most_specific_code_is_given(codes: object, text: str, expected: str) -> None:
    body = {"error": "invalid_client", "error_description": text, "error_codes": codes}
    assert read_entra_error(body, 400, {}).code == expected


def test_an_answer_that_is_no_json_gives_its_text_but_no_page_of_html() -> None:
    assert read_entra_error("AADSTS50196: loop", 400, {}).code == "AADSTS50196"
    for reader in READERS:
        assert reader("Too many requests", 429, {}).description == "Too many requests"
        assert reader("\ufeff<html><body>Bad gateway</body></html>", 502, {}).description == ""


def test_a_cut_claims_challenge_is_dropped() -> None:
    claims = '{"access_token":"' + "a" * 9_000 + '"}'
    assert read_entra_error({"error": "invalid_grant", "claims": claims}, 400, {}).claims == ""


def test_a_refused_consent_is_read_although_it_says_admin_consent_true() -> None:
    refusal = read_consent_error(
        {
            "error": "access_denied",
            "error_description": f"AADSTS65004: User declined to consent to access the app.\r\nTrace ID: {TRACE}\r\n"
            f"Correlation ID: {CORRELATION}\r\nTimestamp: 2026-08-13 10:11:12Z",
            "state": "s",
            "admin_consent": "True",
        }
    )
    assert refusal is not None
    assert (refusal.service, refusal.code, refusal.error) == ("entra", "AADSTS65004", "access_denied")
    assert refusal.description == "User declined to consent to access the app."
    assert refusal.ids.correlation_id == CORRELATION


def test_a_consent_without_error_is_no_refusal() -> None:
    assert read_consent_error({"admin_consent": "True", "tenant": "t", "state": "s"}) is None
    assert read_consent_error({"admin_consent": "True", "error": ""}) is None
    assert read_consent_error({}) is None


def test_a_description_that_is_still_encoded_is_decoded() -> None:
    for text in ("AADSTS65004%3A+User+declined+it.", "AADSTS65004%3a%20User%20declined%20it.%1b%5b2J"):
        refusal = read_consent_error({"error": "access_denied", "error_description": text})
        assert refusal is not None
        assert refusal.code == "AADSTS65004"
        assert refusal.description == "User declined it."


def test_the_code_of_a_redirect_is_found_in_its_error_address() -> None:
    query = {"error": "consent_required", "error_uri": "https://login.microsoftonline.com/error?code=65001"}
    refusal = read_consent_error(query)
    assert refusal is not None
    assert refusal.code == "AADSTS65001"


def test_a_cancelled_page_is_named_by_its_subcode() -> None:
    refusal = read_consent_error({"error": "access_denied", "error_subcode": "cancel"})
    assert refusal is not None
    assert refusal.suberror == "cancel"
    assert "Cancel" in explain_refusal(refusal).cause


@pytest.mark.parametrize("code", ["900421", 900421])
def test_partner_center_codes_come_as_text_or_number(code: object) -> None:
    headers = {"ms-correlationid": CORRELATION, "MS-RequestId": TRACE, "Date": "now"}
    refusal = read_partner_center_error({"code": code, "description": "MFA", "data": [], "source": "PC"}, 401, headers)
    assert (refusal.code, refusal.description) == ("900421", "MFA")
    assert refusal.ids == SupportIds(CORRELATION, "", TRACE, "now")


def test_other_shapes_of_partner_center_are_read() -> None:
    throttled = {"statusCode": 429, "message": "Rate limit is exceeded. Try again in 57 seconds."}
    assert read_partner_center_error(throttled, 429, {}).code == "429"
    referrals = {"error": {"code": "Unauthorized", "message": "no", "target": "", "innerError": {}}}
    assert read_partner_center_error(referrals, 401, {"request-id": TRACE}).ids.request_id == TRACE


def test_the_inner_code_of_key_vault_comes_first() -> None:
    body = {"error": {"code": "Forbidden", "message": "Caller …", "innererror": {"code": "ForbiddenByRbac"}}}
    refusal = read_key_vault_error(body, 403, {"x-ms-request-id": TRACE})
    assert (refusal.code, refusal.error, refusal.ids.request_id) == ("ForbiddenByRbac", "Forbidden", TRACE)
    plain = {"error": {"code": "SecretNotFound", "message": "A secret with (name/id) x was not found"}}
    assert read_key_vault_error(plain, 404, {}).code == "SecretNotFound"


def test_graph_ids_come_from_the_inner_error() -> None:
    inner = {"date": "2026-08-13T10:11:12", "request-id": TRACE, "client-request-id": CORRELATION}
    body = {"error": {"code": "Authorization_RequestDenied", "message": "no", "innerError": inner}}
    refusal = read_graph_error(body, 403, {})
    assert refusal.code == "Authorization_RequestDenied"
    assert refusal.ids == SupportIds(CORRELATION, "", TRACE, "2026-08-13T10:11:12")


@pytest.mark.parametrize("reader", READERS)
def test_hostile_text_in_any_member_or_header_is_cleaned(
    reader: Callable[[object, int, Mapping[str, str]], ServiceRefusal],
) -> None:
    error = {"code": HOSTILE, "message": HOSTILE, "innererror": {"code": HOSTILE}}
    error["innerError"] = {"date": HOSTILE, "request-id": HOSTILE, "client-request-id": HOSTILE}
    names = [name for name in MEMBERS if name not in ("error", "error_codes")]
    headers = dict.fromkeys(["x-ms-request-id", "client-request-id", "MS-RequestId", "request-id", "Date"], HOSTILE)
    for member in (HOSTILE, error):
        body = {"error": member, "error_codes": [HOSTILE], **dict.fromkeys(names, HOSTILE)}
        refusal = reader(body, 400, headers)
        _assert_clean(refusal)
        assert "52;c" not in "".join(_texts(refusal))
    consent = read_consent_error({"error": HOSTILE, "error_description": HOSTILE, "error_subcode": HOSTILE})
    assert consent is not None
    _assert_clean(consent)


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize("value", VALUES, ids=lambda value: type(value).__name__)
def test_any_type_at_any_place_gives_a_refusal(
    reader: Callable[[object, int, Mapping[str, str]], ServiceRefusal], value: object
) -> None:
    _assert_clean(reader(value, 400, {}))
    for member in MEMBERS:
        _assert_clean(reader({member: value}, 400, {}))
        _assert_clean(reader({"error": {member: value}}, 400, {}))
        _assert_clean(reader({"error": {"innererror": {member: value}, "innerError": {member: value}}}, 400, {}))
        headers: Mapping[str, str] = {member: value}  # type: ignore[dict-item]
        _assert_clean(reader({}, 0, headers))
        refusal = read_consent_error(headers)
        if refusal is not None:
            _assert_clean(refusal)


def _random_value(rng: random.Random, depth: int) -> object:
    kind = rng.randrange(9 if depth else 7)
    if kind == 7:
        return [_random_value(rng, depth - 1) for _ in range(rng.randrange(4))]
    if kind == 8:
        return {rng.choice(MEMBERS): _random_value(rng, depth - 1) for _ in range(rng.randrange(6))}
    if kind < 3:
        return "".join(rng.choice(PIECES) for _ in range(rng.randrange(30)))
    return rng.choice(VALUES)


def test_five_hundred_seeded_bodies_bring_neither_an_exception_nor_a_code_of_another_form() -> None:
    rng = random.Random(20261121)
    for _ in range(500):
        body = _random_value(rng, 4)
        if isinstance(body, dict):
            body.update({name: _random_value(rng, 3) for name in rng.sample(MEMBERS, 5)})
        headers = {name: _random_value(rng, 0) for name in rng.sample(MEMBERS, 3)}
        for reader in READERS:
            refusal = reader(body, rng.randrange(600), headers)  # type: ignore[arg-type]
            _assert_clean(refusal)
            if reader is read_entra_error and refusal.code:
                assert re.fullmatch(r"AADSTS[1-9]\d{3,9}", refusal.code)

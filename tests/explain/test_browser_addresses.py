"""Addresses a browser ended on: what they answer, what they ask, and what they prove; codes in them never come back."""

from __future__ import annotations

import json
import random
import string
import textwrap
from urllib.parse import urlencode

import pytest

from tests.made_tokens import (
    AUTHORIZATION_CODE,
    CLIENT,
    CLIENT_SECRET,
    CONTOSO,
    NOW,
    REFRESH_TOKEN,
    access_token,
    base64url,
    id_token,
    parts_repeated,
    row_of,
    words_of,
)
from wizard.catalogue.diagnosis import Diagnosis
from wizard.core.findings import Retry, Who
from wizard.explain.addresses.browser_addresses import find_browser_addresses
from wizard.microsoft.clouds import built_in_clouds

LOGIN = "https://login.microsoftonline.com"
LOOPBACK = "http://localhost:8400/"
DECLINED = (
    "AADSTS65004: User declined to consent to access the app.\r\nTrace ID: 0000aaaa-11bb-4ccc-8d22-eeeeee333333\r\n"
    "Correlation ID: 8478d534-5b2c-4325-8c2c-51395c342c89\r\nTimestamp: 2026-11-21 10:00:00Z"
)


def _only(text: str) -> Diagnosis:
    found = find_browser_addresses(text, NOW)
    assert len(found) == 1, [located.diagnosis.title for located in found]
    return found[0].diagnosis


def _address(place: str, mark: str = "?", **fields: str) -> str:
    return f"{place}{mark}{urlencode(fields)}"


# --- admin consent ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "fields", [{"scope": "https://api.partnercenter.microsoft.com/.default"}, {}], ids=["v2", "v1"]
)
def test_a_consent_that_was_given_is_believed_by_nobody_but_the_page(fields: dict[str, str]) -> None:
    diagnosis = _only(_address(LOOPBACK, admin_consent="True", tenant=CONTOSO, state="s", **fields))
    assert diagnosis.title == "The consent page says that consent was given"
    assert "not a proof" in diagnosis.cause
    assert "The tenant in it proves nothing either" in diagnosis.cause
    assert row_of(diagnosis, "tenant, as the address says") == CONTOSO
    assert row_of(diagnosis, "proof") == "none; the grant is"
    assert row_of(diagnosis, "scope") == fields.get("scope", "")
    assert diagnosis.step == "consent"
    assert diagnosis.retry is Retry.YES


@pytest.mark.parametrize("value", ["False", "", "true!", "1"])
def test_a_consent_page_that_does_not_say_true_is_no_success(value: str) -> None:
    diagnosis = _only(_address(LOOPBACK, admin_consent=value, tenant=CONTOSO))
    assert diagnosis.title == "The consent page says that consent was not given"
    assert diagnosis.retry is Retry.AFTER_FIX
    assert Who.ADMIN in diagnosis.who


@pytest.mark.parametrize("first", ["admin_consent", "error"])
def test_an_error_goes_before_admin_consent_wherever_it_stands(first: str) -> None:
    fields = {"admin_consent": "True", "error": "consent_required", "error_description": DECLINED, "state": "1"}
    ordered = {first: fields.pop(first), **fields}
    diagnosis = _only(_address(LOOPBACK, **ordered))
    assert diagnosis.code == "AADSTS65004"
    assert diagnosis.title == "The consent was declined"
    assert diagnosis.step == "consent"
    assert diagnosis.ids.correlation_id == "8478d534-5b2c-4325-8c2c-51395c342c89"
    assert diagnosis.ids.trace_id == "0000aaaa-11bb-4ccc-8d22-eeeeee333333"
    assert diagnosis.ids.timestamp == "2026-11-21 10:00:00Z"
    assert "User declined" in diagnosis.service_text
    assert "not that consent was given" in row_of(diagnosis, "admin_consent")


def test_the_older_page_s_refusal_is_one_of_consent() -> None:
    diagnosis = _only(_address(LOOPBACK, error="permission_denied", error_description="The admin canceled the request"))
    assert diagnosis.code == "permission_denied"
    assert diagnosis.step == "consent"


# --- authorization code ----------------------------------------------------------------------------------------------

PLACES = {
    "loopback": (LOOPBACK, "It was sent to this machine"),
    "loopback by number": ("http://127.0.0.1:53219/redirect", "It was sent to this machine"),
    "loopback of IPv6": ("http://[::1]:8400/", "It was sent to this machine"),
    "native client": (f"{LOGIN}/common/oauth2/nativeclient", "under Web it needs the app's credential (AADSTS7000218)"),
    "web": ("https://contoso.com/signin-oidc", "needs the app's credential (AADSTS7000218)"),
    "an app's own scheme": (f"msal{CLIENT}://auth", "exactly this redirect URI"),
}


@pytest.mark.parametrize("mark", ["?", "#"])
@pytest.mark.parametrize("name", PLACES)
def test_a_code_is_a_secret_of_a_minute_wherever_it_came_to(name: str, mark: str) -> None:
    place, words = PLACES[name]
    text = _address(place, mark, code=AUTHORIZATION_CODE, state="a-state-of-ours", session_state=CONTOSO)
    [located] = find_browser_addresses(text, NOW)
    diagnosis = located.diagnosis
    assert text[located.start : located.end] == text
    assert diagnosis.title == "A sign-in came back with an authorization code"
    assert words in diagnosis.cause
    assert "once, within about a minute" in diagnosis.cause
    assert ("is valid for 24 hours" in diagnosis.cause) == (mark == "#")
    assert row_of(diagnosis, "code") == f"{len(AUTHORIZATION_CODE):,} characters; not shown"
    assert row_of(diagnosis, "came to").startswith(place)
    assert "a-state-of-ours" not in "".join(words_of(diagnosis))
    assert parts_repeated(AUTHORIZATION_CODE, diagnosis, 8) == []
    assert diagnosis.step == "user"


def test_a_code_without_a_state_is_no_safe_answer() -> None:
    diagnosis = _only(_address(LOOPBACK, code=AUTHORIZATION_CODE))
    assert row_of(diagnosis, "state") == "missing"
    assert "nobody can know whether it answers a sign-in of yours" in diagnosis.cause
    assert diagnosis.retry is Retry.AFTER_FIX


def test_the_home_tenant_is_read_from_client_info() -> None:
    info = base64url(json.dumps({"uid": CLIENT, "utid": CONTOSO}))
    diagnosis = _only(_address(LOOPBACK, code=AUTHORIZATION_CODE, state="1", client_info=info))
    assert row_of(diagnosis, "home tenant") == CONTOSO
    for nonsense in ("", "x", base64url("[]"), base64url('{"utid": 1}'), base64url("[" * 3000)):
        assert row_of(_only(_address(LOOPBACK, code=AUTHORIZATION_CODE, client_info=nonsense)), "home tenant") == ""


def test_what_a_page_posts_is_read_as_well() -> None:
    fields = {"code": AUTHORIZATION_CODE, "state": "s", "session_state": CONTOSO}
    inputs = "".join(f'<input type="hidden" name="{name}" value="{value}" />' for name, value in fields.items())
    diagnosis = _only(f'<html><form method="POST" name="hiddenform" action="https://contoso.com/cb">{inputs}</form>')
    assert diagnosis.title == "A sign-in came back with an authorization code"
    assert parts_repeated(AUTHORIZATION_CODE, diagnosis) == []
    refused = inputs.replace("code", "error").replace(AUTHORIZATION_CODE, "access_denied")
    assert _only(f"<form>{refused}</form>").code == "access_denied"


@pytest.mark.parametrize("begin", ["", "?", "#", "&", "POST body: "])
def test_what_stands_behind_the_question_mark_is_enough(begin: str) -> None:
    assert "authorization code" in _only(begin + urlencode({"code": AUTHORIZATION_CODE, "state": "s"})).title
    assert _only(begin + urlencode({"error": "access_denied", "error_description": DECLINED})).code == "AADSTS65004"
    assert "given" in _only(begin + urlencode({"admin_consent": "True", "tenant": CONTOSO})).title


def test_a_description_that_a_program_decoded_is_read_to_its_end() -> None:
    text = f"error=access_denied&error_description={DECLINED}\nnext line"
    [located] = find_browser_addresses(text, NOW)
    assert located.diagnosis.code == "AADSTS65004"
    assert located.diagnosis.ids.correlation_id == "8478d534-5b2c-4325-8c2c-51395c342c89"
    assert text[located.end :] == "\nnext line"


@pytest.mark.parametrize("mark", ["?", "#"])
def test_a_token_in_the_address_is_read_like_any_token(mark: str) -> None:
    text = _address(LOOPBACK, mark, id_token=id_token(), access_token=access_token(), state="s")
    found = [located.diagnosis for located in find_browser_addresses(text, NOW)]
    assert [diagnosis.title.partition(",")[0] for diagnosis in found] == [
        "An id token",
        "An access token for Partner Center",
    ]
    for diagnosis in found:
        assert "in the address a browser ended on" in diagnosis.cause
        assert parts_repeated(id_token(), diagnosis) == []
    spans = [(located.start, located.end) for located in find_browser_addresses(text, NOW)]
    assert spans[0][0] == 0
    assert spans[0][1] == spans[1][0]
    assert spans[1][1] == len(text)
    for diagnosis in found:
        assert parts_repeated(access_token(), diagnosis) == []


# --- where they stand ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "wrapping",
    [
        '"{}"',
        "<{}>",
        "({}).",
        "see {}, then",
        "'{}'",
        "> {}",
        "Location: {}\r\nServer: x",
        '<a href="{}">here</a>',
        "`{}`",
    ],
)
def test_an_address_is_found_wherever_it_stands_and_its_place_is_exact(wrapping: str) -> None:
    address = _address("https://contoso.com/cb", code=AUTHORIZATION_CODE, state="s", session_state=CONTOSO)
    text = wrapping.format(address)
    [located] = find_browser_addresses(text, NOW)
    assert text[located.start : located.end] == address


@pytest.mark.parametrize("amp", ["&amp;", "\\u0026"])
def test_the_marks_between_its_fields_may_be_escaped(amp: str) -> None:
    text = _address(LOOPBACK, admin_consent="True", error="access_denied", state="s").replace("&", amp)
    assert _only(text).code == "access_denied"


@pytest.mark.parametrize("width", [60, 76])
@pytest.mark.parametrize("mark", ["\n", "\r\n", "\n> "])
def test_an_address_broken_over_lines_is_read_whole(width: int, mark: str) -> None:
    address = _address("https://contoso.com/cb", code=AUTHORIZATION_CODE, state="s", session_state=CONTOSO)
    text = mark.join(textwrap.wrap(address, width, break_on_hyphens=False)) + "\nKind regards"
    [located] = find_browser_addresses(text, NOW)
    assert row_of(located.diagnosis, "code").startswith(f"{len(AUTHORIZATION_CODE):,} ")
    assert "state=s" in text[: located.end].replace(mark, "")
    assert text[located.end :].endswith("\nKind regards")


@pytest.mark.parametrize("after", ["\nThanks", "\r\nThanks", "\nhttps://contoso.com/?page=2", "\n\nstate=running"])
def test_a_line_that_is_none_of_an_address_is_not_joined_to_it(after: str) -> None:
    address = _address("https://contoso.com/cb", code=AUTHORIZATION_CODE, state="s")
    [located] = find_browser_addresses(address + after, NOW)
    assert located.end == len(address)


def test_a_redirect_uri_that_an_error_repeats_is_none_that_a_browser_ended_on() -> None:
    address = "https://widgets.example/done?admin_consent=True&tenant=contoso.com"

    assert not find_browser_addresses(f"The redirect URI '{address}' specified in the request is not known.", NOW)
    assert find_browser_addresses(f"It ended on '{address}'.", NOW)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "https://learn.microsoft.com/entra/identity-platform/reference-error-codes?code=50011&state=x",
        "https://contoso.com/?error=1&page=2",
        "https://contoso.com/?code=short&state=x",
        f"{LOGIN}/common/oauth2/v2.0/token",
        '{"error":"invalid_client","error_uri":"https://login.microsoftonline.com/error?code=7000215"}',
        "grant_type=device_code&client_id=x&code=y",
        "exit code=2 state=running error=none tenant=contoso.com",
        "open https://microsoft.com/devicelogin in the documentation that explains how it works at length",
        "http://[::1 https://a:99999999/?code=x ://?error=x",
    ],
)
def test_what_is_no_answer_and_no_link_is_left_alone(text: str) -> None:
    assert find_browser_addresses(text, NOW) == []


# --- pages -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["authorization_uri", "authorization"])
def test_the_address_in_a_challenge_is_no_link_that_somebody_opened(name: str) -> None:
    header = f'WWW-Authenticate: Bearer realm="", {name}="{LOGIN}/common/oauth2/authorize", client_id="{CLIENT}"'
    assert find_browser_addresses(header, NOW) == []


def test_microsofts_error_page_is_its_code() -> None:
    assert _only(f"{LOGIN}/error?code=50011").code == "AADSTS50011"


def test_a_page_in_the_middle_of_a_sign_in_is_no_answer() -> None:
    for path in ("/common/reprocess?ctx=rQ", "/common/login", "/kmsi", "/common/SAS/ProcessAuth", f"/{CONTOSO}/login"):
        diagnosis = _only(LOGIN + path)
        assert diagnosis.title == "A page in the middle of a sign-in"
        assert "copy the address of the last page" in diagnosis.remedy
    assert find_browser_addresses("https://contoso.com/login", NOW) == []


def test_the_device_page_of_each_cloud_is_known_and_the_code_beside_it_not_shown() -> None:
    for cloud in built_in_clouds().values():
        for page in cloud.device_pages:
            text = f"To sign in, open the page {page} and enter the code QX7RKD2PB to authenticate."
            [located] = find_browser_addresses(text, NOW)
            assert located.diagnosis.title == "A sign-in by device code that waits for a person"
            assert row_of(located.diagnosis, "code") == "there; not shown"
            assert "QX7RKD2PB" not in "".join(words_of(located.diagnosis))
            assert text[located.end :] == " to authenticate."
            assert "Enter only a code that you asked for yourself" in located.diagnosis.remedy


def test_a_device_page_with_the_code_in_its_address_does_not_repeat_it() -> None:
    diagnosis = _only("https://microsoft.com/devicelogin?otc=QX7RKD2PB")
    assert row_of(diagnosis, "code") == "there; not shown"
    assert "QX7RKD2PB" not in "".join(words_of(diagnosis))


# --- hostile ---------------------------------------------------------------------------------------------------------


def test_what_an_address_says_is_cleaned_and_long_values_are_not_shown() -> None:
    text = _address(
        LOOPBACK, admin_consent="True", tenant="\x1b]52;c;AA\x07x\u202e\n" + "y" * 500, scope=AUTHORIZATION_CODE
    )
    diagnosis = _only(text)
    for word in words_of(diagnosis):
        assert "\x1b" not in word
        assert "\u202e" not in word
    assert parts_repeated(AUTHORIZATION_CODE, diagnosis) == []


def test_a_secret_that_an_error_repeats_is_not_repeated_again() -> None:
    for secret in (access_token(), REFRESH_TOKEN, CLIENT_SECRET):
        text = _address(LOOPBACK, error="invalid_grant", error_description=f"AADSTS70000: got {secret} instead")
        diagnosis = _only(text)
        assert diagnosis.code == "AADSTS70000"
        assert parts_repeated(secret, diagnosis) == []


def test_addresses_of_any_kind_bring_no_exception() -> None:
    chance = random.Random(6)
    names = ["code", "error", "error_description", "admin_consent", "tenant", "state", "id_token", "client_id", "scope"]
    values = [
        "",
        "x",
        AUTHORIZATION_CODE,
        DECLINED,
        "\ud800",
        "%",
        "%ff",
        "{",
        "a" * 3000,
        CONTOSO,
        access_token(),
        "[::1",
    ]
    places = [
        LOOPBACK,
        f"{LOGIN}/common/v2.0/adminconsent",
        f"{LOGIN}/x/oauth2/authorize",
        "https://[::1",
        "x://",
        "?",
        "#",
    ]
    for _ in range(500):
        fields = "&".join(f"{chance.choice(names)}={chance.choice(values)}" for _ in range(chance.randint(0, 6)))
        text = f"{chance.choice(places)}{chance.choice('?#& ')}{fields}{chance.choice(string.printable)}"
        for located in find_browser_addresses(text, NOW):
            assert 0 <= located.start < located.end <= len(text)
            assert located.diagnosis.remedy
            assert parts_repeated(AUTHORIZATION_CODE, located.diagnosis) == []


@pytest.mark.parametrize(
    ("text", "is_healthy"),
    [
        (_address(LOOPBACK, admin_consent="True", tenant=CONTOSO, state="s"), True),
        (_address(LOOPBACK, admin_consent="False", tenant=CONTOSO, state="s"), False),
        (_address(LOOPBACK, code=AUTHORIZATION_CODE, state="s"), True),
        (_address(LOOPBACK, code=AUTHORIZATION_CODE), False),
        (_address(f"{LOGIN}/{CONTOSO}/v2.0/adminconsent", client_id=CLIENT), False),
        ("https://microsoft.com/devicelogin", True),
        (f"{LOGIN}/common/reprocess", False),
    ],
)
def test_the_remedy_begins_with_nothing_where_nothing_is_wrong_and_only_there(text: str, is_healthy: bool) -> None:
    diagnosis = _only(text)
    assert diagnosis.remedy.startswith("Nothing") == is_healthy
    assert (diagnosis.retry is Retry.YES) == is_healthy

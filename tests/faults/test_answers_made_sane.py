"""Answers that hold a good token beside odd members are used; a token that cannot be sent on is refused in words."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Mapping
from typing import Any

import pytest
import requests
from starlette.responses import JSONResponse

from tests.harness import Rehearsed, rehearsed
from wizard.core.errors import ServiceRefusal, Unreachable
from wizard.core.events import DeviceCodePrompt
from wizard.core.findings import Outcome
from wizard.microsoft.response_sanitizer import DEEPEST, sanitize_response

LOGIN = "login.microsoftonline.com"


def claims(**members: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(members).encode()).rstrip(b"=").decode()


def answer(body: object, status: int = 200) -> requests.Response:
    made = requests.Response()
    made.status_code = status
    made._content = body if isinstance(body, bytes) else json.dumps(body).encode()
    made._content_consumed = True  # type: ignore[attr-defined]
    return made


def settled(**members: object) -> dict[str, Any]:
    """What is left of an answer that grants a token."""
    response = answer({"access_token": "a.b.c", "expires_in": 3600, **members})
    sanitize_response(response, LOGIN, grants=True)
    read: dict[str, Any] = response.json()
    return read


@pytest.mark.parametrize("name", ["access_token", "refresh_token", "device_code"])
@pytest.mark.parametrize("odd", ["☃", "a\nb", "a\x7f", "\ud800", "é", "\x00", 5, ["a"], {"a": 1}, True], ids=repr)
def test_a_token_that_no_request_can_carry_is_refused_without_its_text(name: str, odd: object) -> None:
    with pytest.raises(ServiceRefusal) as refusal:
        settled(**{name: odd, "correlation_id": "11111111-2222-4333-8444-555555555555"})

    assert refusal.value.error == "unusable_token"
    assert refusal.value.ids.correlation_id.startswith("11111111")
    assert str(odd) not in refusal.value.description or isinstance(odd, bool)


@pytest.mark.parametrize("odd", ["1.AX\r\nX-Injected: 1", "1.AX\n"])
def test_a_line_break_in_a_token_is_called_that(odd: str) -> None:
    with pytest.raises(ServiceRefusal, match="there is a line break in it"):
        settled(refresh_token=odd)


@pytest.mark.parametrize("name", ["expires_in", "ext_expires_in", "refresh_in", "interval"])
@pytest.mark.parametrize(
    ("odd", "read"),
    [(None, None), ("soon", None), (-5, None), (10**30, None), (1e308, None), ("", None), ([1], None), ({}, None),
     (True, None), ("12", 12), (12.9, 12), (0, 0)],
    ids=repr,
)  # fmt: skip
def test_a_member_that_libraries_count_with_is_a_whole_number_or_absent(name: str, odd: object, read: object) -> None:
    expected = 3599 if name == "expires_in" and read is None else read
    assert settled(**{name: odd}).get(name) == expected


@pytest.mark.parametrize(
    ("member", "odd"),
    [("scope", 5), ("scope", ["a"]), ("token_type", None), ("foci", {}), ("client_info", "%%%"), ("client_info", 7),
     ("client_info", claims(uid=5, utid="t")), ("client_info", "W10"), ("id_token", 5), ("id_token", "a.b.c"),
     ("id_token", "☃.☃.☃"), ("id_token", f"e30.{claims(name='no subject')}.e30"), ("refresh_token", None),
     ("id_token", f"e30.{claims(sub=['a'])}.e30"), ("expires_on", 10**20)],
)  # fmt: skip
def test_a_member_that_cannot_be_read_is_left_out(member: str, odd: object) -> None:
    assert member not in settled(**{member: odd})


def test_an_answer_as_it_should_be_stays_as_it_is() -> None:
    body = {
        "token_type": "Bearer",
        "access_token": "a.b.c",
        "refresh_token": "1.AX",
        "expires_in": 3600,
        "ext_expires_in": 3600,
        "scope": "a b",
        "id_token": f"e30.{claims(sub='s', preferred_username='x@contoso.com')}.e30",
        "client_info": claims(uid="u", utid="t"),
    }
    response = answer(body)
    before = response.content
    sanitize_response(response, LOGIN, grants=True)

    assert response.content is before


def test_a_date_in_words_stays_and_other_hosts_answers_are_left_alone() -> None:
    assert settled(expires_on="09/14/2027 00:00:00 PM +00:00")["expires_on"].startswith("09/14")
    response = answer({"access_token": "☃", "expires_in": None})
    sanitize_response(response, "graph.microsoft.com", grants=False)
    assert response.json() == {"access_token": "☃", "expires_in": None}


@pytest.mark.parametrize("status", [200, 400, 401])
@pytest.mark.parametrize(
    "body", [b"[" * 100_000, b'{"a":' * (DEEPEST + 1) + b"1" + b"}" * (DEEPEST + 1), b"[" * 900 + b"]" * 900]
)
def test_an_answer_that_nests_too_deeply_is_refused_wherever_it_comes_from(status: int, body: bytes) -> None:
    with pytest.raises(Unreachable) as trouble:
        sanitize_response(answer(body, status), "contoso-partner.vault.azure.net", grants=False)

    assert trouble.value.kind == "answer"


# --- a whole journey --------------------------------------------------------------------------------------------------


def changed(monkeypatch: pytest.MonkeyPatch, is_meant: Callable[[Mapping[str, Any]], bool], **members: object) -> None:
    """Let the rehearsal cloud's answers that are meant have other members."""
    render = JSONResponse.render

    def changing(self: JSONResponse, content: Any) -> bytes:
        if isinstance(content, dict) and is_meant(content):
            return json.dumps({**content, **members}).encode()
        return render(self, content)

    monkeypatch.setattr(JSONResponse, "render", changing)


def is_users(body: Mapping[str, Any]) -> bool:
    return "refresh_token" in body


def is_code(body: Mapping[str, Any]) -> bool:
    return "device_code" in body


def polls_after_success(here: Rehearsed) -> int:
    """Polls that came after the one that was granted a token."""
    statuses = [each.status for each in here.requests("/token$") if "device_code" in each.form]
    return len(statuses) - statuses.index(200) - 1


SCENES = ("all-holds-public", "all-holds-secret")


@pytest.mark.parametrize("scene", SCENES)
def test_odd_members_beside_a_good_token_cost_nobody_a_sign_in(scene: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """T19: MSAL raises over each of these after the service has issued the token, and the code is used up."""
    changed(
        monkeypatch,
        is_users,
        ext_expires_in=None,
        refresh_in="12",
        expires_in="soon",
        scope=5,
        client_info=7,
        id_token=5,
    )
    with rehearsed(scene, monkeypatch) as here:
        assert here.run() == "store.mfa_compliant"
        assert here.journey.is_proven
        assert len(here.emitted(DeviceCodePrompt)) == 1
        assert polls_after_success(here) == 0


@pytest.mark.parametrize("scene", SCENES)
@pytest.mark.parametrize("member", ["access_token", "refresh_token"])
def test_a_sign_in_that_gives_an_unusable_token_ends_at_once_and_says_so(
    scene: str, member: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    changed(monkeypatch, is_users, **{member: "1.AX☃"})
    with rehearsed(scene, monkeypatch) as here:
        assert here.run() == "user.signed_in"
        finding = here.journey.findings["user.signed_in"]
        assert (finding.outcome, finding.code) == (Outcome.FAILS, "unusable_token")
        assert finding.title == "The answer holds a token that cannot be used"
        assert polls_after_success(here) == 0
        assert here.cloud.vault.versions("partner-center-refresh-token") == []


@pytest.mark.parametrize("scene", SCENES)
def test_a_code_that_cannot_be_sent_is_refused_and_never_shown(scene: str, monkeypatch: pytest.MonkeyPatch) -> None:
    changed(monkeypatch, is_code, device_code="☃☃☃")
    with rehearsed(scene, monkeypatch) as here:
        ended = here.run()
        assert here.journey.findings[ended].code == "unusable_token"
        assert here.emitted(DeviceCodePrompt) == []


def test_an_identity_with_an_unusable_token_is_named_and_the_vault_is_sent_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    changed(monkeypatch, lambda body: "access_token" in body, access_token="☃")
    with rehearsed("all-holds-public", monkeypatch) as here:
        assert here.run() == "user.vault_reachable"
        finding = here.journey.findings["user.vault_reachable"]
        assert finding.outcome is Outcome.FAILS
        assert "no request can carry" in str(finding.evidence["service_said"])

"""A secret in a pasted line is repeated nowhere; the service's own words stay, and no others."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from wizard.explain import explain_text

NOW = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)
SECRET = "Tr0ub4dor-3-horse"
HEX = "d41d8cd98f00b204e9800998ecf8427e"
AZ = "Please run 'az login'"

PASTES = {
    "a field of a log": (
        f"2026-11-21 10:11:12 ERROR secret={SECRET} tenant=contoso: MsalServiceError: HTTP Error: 503",
        "HTTP Error: 503",
    ),
    "a command as a list": (
        "CalledProcessError: Command '['az','login','--service-principal','--username','x','--password',"
        f"'{HEX}']' returned non-zero exit status 1. {AZ}",
        AZ,
    ),
    "a command's short option": (f"az login -u x -p {SECRET} {AZ}", AZ),
    "curl's user": (f"curl -u app:{SECRET} https://x said MsalServiceError: HTTP Error: 503", "HTTP Error: 503"),
    "an address": (
        f"Max retries exceeded with url: /token?secret={SECRET} (Caused by SSLError(SSLCertVerificationError(1, "
        "'[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: certificate has expired')))",
        "certificate has expired",
    ),
    "a parameter behind a code": (f"AADSTS9002313: Invalid request. token={SECRET}", "Invalid request."),
    "a word behind a code": (f"AADSTS50126: Error validating credentials. pass={SECRET}", "validating credentials."),
    "a sentence": (f"invalid_client: secret '{SECRET}' is wrong", ""),
    "a header on two lines": (
        f"AADSTS50076: MFA is needed now for this.\nAuthorization: Bearer\n{SECRET}\n",
        "MFA is needed now for this.",
    ),
    "a name that is not known": (f"wort={SECRET} x={SECRET}: MsalServiceError: HTTP Error: 503", "HTTP Error: 503"),
    "a sentence before it": (f"I typed {SECRET}. Then: {AZ}", AZ),
    "a name far before its value": (
        f"client_secret: {'x' * 280}{SECRET} and then the vault said ForbiddenByRbac to us",
        "",
    ),
    "a value with a bracket": (f"password 'ab({SECRET}' MsalServiceError: HTTP Error: 503", "HTTP Error: 503"),
}


@pytest.mark.parametrize("what", PASTES)
def test_a_secret_in_a_pasted_line_is_not_repeated(what: str) -> None:
    paste, kept = PASTES[what]
    explained = explain_text(paste, NOW)

    assert explained.diagnoses
    for secret in (SECRET, SECRET[:9], SECRET[-8:], HEX):
        assert secret not in repr(explained)
    assert kept in explained.diagnoses[0].service_text


@pytest.mark.parametrize(
    "said",
    [
        "Invalid client secret provided; ensure the client secret is the value, not the secret ID.",
        "The token expired on 2026-11-21, secret: not shown.",
        "The secret 'partner-center-refresh-token' was not found.",
    ],
)
def test_the_word_secret_is_none(said: str) -> None:
    (diagnosis,) = explain_text(f"AADSTS7000215: {said}", NOW).diagnoses

    assert diagnosis.service_text == said


def test_an_old_secret_that_an_answer_quotes_is_hidden() -> None:
    secret = "hT4/made+UpFor9TheTest0Qw3Er5Ty7Ui9OpAs1Df4="

    for quoted in (f"'{secret}'", f"({secret})", secret):
        text = f'{{"error":"invalid_client","error_description":"AADSTS7000215: The secret {quoted} is not valid."}}'
        (diagnosis,) = explain_text(text, NOW).diagnoses
        assert "•••" in diagnosis.service_text
        assert secret[:9] not in repr(diagnosis)


@pytest.mark.parametrize(
    ("paste", "quoted"),
    [
        ("AADSTS50076: MFA is needed now. Can somebody of you help us? We are Contoso.", "MFA is needed now."),
        ("Since Monday our job gets AADSTS50076 and nobody at Contoso knows why.", ""),
        ("AADSTS50076 Due to a change that Anna made on Monday", ""),
        ("AADSTS50076: MFA is needed now\n   at Contoso.Job.Run()\n   at Contoso.Job.Main()", "MFA is needed now"),
        ("AADSTS50076: MFA is\nneeded now.\nAt C:\\jobs\\contoso.ps1:7 char:1\n+ Connect", "MFA is needed now."),
        (
            "AADSTS50076: MFA is needed. Sign in again. Trace ID: 0a1b2c3d-0000-4111-8222-333344445555\nThanks, Anna",
            "MFA is needed. Sign in again.",
        ),
        ("I still get 403 Forbidden from Partner Center although Anna added the app", ""),
        ("Anna says the tool printed ProxyError( again", "ProxyError"),
        ("Dear all, what is ForbiddenByRbac of the vault of Contoso?", ""),
    ],
)
def test_the_services_words_are_quoted_and_nobody_elses(paste: str, quoted: str) -> None:
    first = explain_text(paste, NOW).diagnoses[0]

    assert first.service_text in (quoted, "")
    assert (first.service_text == quoted) or " " not in quoted
    assert "Anna" not in repr(first)

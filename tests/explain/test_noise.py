"""Codes planted in noise are found: in logs, pages, mails, escapes and encodings, among words of many languages."""

from __future__ import annotations

import html
import json
import textwrap
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import product
from urllib.parse import quote, quote_plus

import pytest

from tests.each import for_each
from wizard.core.findings import SupportIds
from wizard.explain import explain_text

NOW = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)
TRACE = "0a1b2c3d-0000-1111-2222-333344445555"
CORRELATION = "9f8e7d6c-0000-1111-2222-333344445555"
TIME = "2026-08-13 10:11:12Z"
IDS = SupportIds(CORRELATION, TRACE, "", TIME)


@dataclass(frozen=True)
class Planted:
    """What a service says, the code in it, and the ids that it gives."""

    code: str
    text: str
    ids: SupportIds = IDS


def _entra(number: int, said: str, separator: str = "\r\n") -> Planted:
    traces = (f"Trace ID: {TRACE}", f"Correlation ID: {CORRELATION}", f"Timestamp: {TIME}")
    return Planted(f"AADSTS{number}", separator.join([f"AADSTS{number}: {said}", *traces]))


def _body(code: str, body: object, ids: SupportIds | None = None) -> Planted:
    return Planted(code, json.dumps(body), ids or SupportIds())


PLANTED = [
    _entra(7000218, "The request body must contain the following parameter: 'client_assertion' or 'client_secret'."),
    _entra(700025, "Client is public so neither 'client_assertion' nor 'client_secret' should be presented.", " "),
    _entra(7000215, "Invalid client secret provided. Ensure the secret being sent is the client secret value.", " "),
    _entra(50076, "Due to a configuration change made by your administrator, you must use multi-factor.", "\n"),
    _entra(50078, "Presented multi-factor authentication has expired due to policies."),
    _entra(53003, "Access has been blocked by Conditional Access policies.", " "),
    _entra(530036, "The protocol flow used to obtain this token is blocked.", " "),
    _entra(65001, "The user or administrator has not consented to use the application."),
    _entra(700016, "Application with identifier 'x' was not found in the directory 'Contoso'."),
    _entra(90002, "Tenant 'fabrikam.example' not found.", " "),
    _entra(50011, "The redirect URI 'https://localhost/' specified in the request does not match."),
    _entra(700082, "The refresh token has expired due to inactivity.", "\r\n"),
    _body(
        "AADSTS50079",
        {
            "error": "invalid_grant",
            "error_description": "AADSTS50079: you must enroll in multi-factor authentication.",
            "error_codes": [50079],
            "timestamp": TIME,
            "trace_id": TRACE,
            "correlation_id": CORRELATION,
            "suberror": "basic_action",
        },
        IDS,
    ),
    _body(
        "900421", {"code": "900421", "description": "Provide MFA claim.", "data": [], "source": "Partner Center API"}
    ),
    _body(
        "ForbiddenByRbac",
        {"error": {"code": "Forbidden", "message": "Not allowed.", "innererror": {"code": "ForbiddenByRbac"}}},
    ),
    _body(
        "Authorization_RequestDenied",
        {
            "error": {
                "code": "Authorization_RequestDenied",
                "message": "Insufficient privileges to complete the operation.",
                "innerError": {"date": "2026-08-13T10:11:12", "request-id": TRACE, "client-request-id": CORRELATION},
            }
        },
        SupportIds(CORRELATION, "", TRACE, "2026-08-13T10:11:12"),
    ),
]

Noise = Callable[[str], str | bytes]


def _folded(text: str) -> str:
    """On one line, as a logger or a label shows it."""
    return " ".join(text.split())


def _wrapped(text: str, width: int) -> str:
    """As a terminal breaks it: in the midst of words."""
    return "\n".join(line[at : at + width] for line in text.splitlines() for at in range(0, len(line), width))


def _python_log(text: str) -> str:
    return (
        "2026-11-21 09:59:58,101 INFO contoso.worker took 50011 ms, port 53003, id 700016\n"
        f"2026-11-21 09:59:59,207 ERROR contoso.tokens Could not get a token: {text}\n"
        "2026-11-21 10:00:00,000 INFO contoso.worker waiting 65001 s\n"
    )


def _syslog(text: str) -> str:
    return (
        f"Nov 21 09:59:58 host1 app[50076]: start\r\nNov 21 09:59:59 host1 app[50076]: {_folded(text)}\r\n"
        "Nov 21 10:00:01 host1 cron[4711]: done\r\n"
    )


def _json_lines(text: str) -> str:
    lines = [{"time": "2026-11-21T09:59:58Z", "n": 50011}, {"level": "error", "msg": "no token: " + text}, {"n": 65001}]
    return "\n".join(map(json.dumps, lines))


def _page(text: str) -> str:
    said = html.escape(text).replace("\n", "<br/>\n").replace("AADSTS", "AADSTS<wbr>")
    return (
        f"<!DOCTYPE html><html><head><title>Sign in</title></head><body><div class='e50011'>{said}</div></body></html>"
    )


def _mail(text: str) -> str:
    quoted = "\n".join(f"> > {line}" for line in textwrap.wrap(text, 200, break_long_words=False))
    return f"Hallo,\n\nkönnt ihr das prüfen? Die Anmeldung geht seit dem 21.11.2026 nicht mehr.\n\n{quoted}\n\nGrüße\n"


def _power_shell(text: str) -> str:
    return (
        f"Invoke-RestMethod : {_wrapped(_folded(text), 79)}\nAt line:1 char:1\n+ Invoke-RestMethod -Uri $u\n"
        "+ ~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~\n    + CategoryInfo : InvalidOperation: (HttpWebRequest) []\n"
        "    + FullyQualifiedErrorId : WebCmdletWebResponseException\n"
    )


def _coloured(text: str) -> str:
    bold = text.replace("AADSTS", "AADSTS\x1b[1m")
    return f"\x1b[1;31mERROR\x1b[0m \x1b]0;title\x07\x1b[33m{bold}\x1b[0m\n"


def _traceback(text: str) -> str:
    return (
        'Traceback (most recent call last):\n  File "app.py", line 50011, in <module>\n    main()\n'
        f"contoso.errors.TokenError: {text}\n\nDuring handling of the above exception, another exception occurred:\n"
    )


NOISES: dict[str, Noise] = {
    "as it is": lambda text: text,
    "log": _python_log,
    "syslog": _syslog,
    "json lines": _json_lines,
    "page": _page,
    "json in json": lambda text: json.dumps({"a": 50011, "b": json.dumps({"c": json.dumps({"d": text})})}),
    "json in a log": lambda text: (
        f"2026-11-21 10:00:00 E {json.dumps({'r': {'body': text}})}\n2026-11-21 10:00:01 I x\n"
    ),
    "escaped": lambda text: f"msg={json.dumps(json.dumps(text))[1:-1]} end",
    "address": lambda text: f"GET /callback?state=x&text={quote_plus(text)}&n=50011 HTTP/1.1",
    "address in address": lambda text: (
        "https://contoso.example/?next=" + quote("/x?m=" + quote(text, safe=""), safe="")
    ),
    "python": lambda text: repr({"status": 400, "text": text, "n": [50011, None, True]}),
    "bytes of python": lambda text: f"answer: {text.encode()!r}",
    "german mail": _mail,
    "french": lambda text: f"Bonjour, l'erreur «\u00a0{text}\u00a0» s'affiche depuis 50011 minutes, que faire\u00a0?",
    "japanese": lambda text: f"サインインできません。エラー：{text}。ポート50011を使っています。",
    "arabic": lambda text: f"\u200fلا يمكنني تسجيل الدخول: \u202b{text}\u202c شكرا \u0661\u0662\u0663",
    "carriage returns": lambda text: text.replace("\r\n", "\n").replace("\n", "\r\n") + "\r\n\r\nC:\\Users\\x>",
    "power shell": _power_shell,
    "colours": _coloured,
    "wrapped at 40": lambda text: _wrapped(_folded(text), 40),
    "wrapped at 61": lambda text: _wrapped("It says: " + _folded(text), 61),
    "traceback": _traceback,
    "utf-16": lambda text: ("Fehler: " + text).encode("utf-16"),
    "utf-8 with a mark": lambda text: b"\xef\xbb\xbf" + text.encode(),
    "latin-1": lambda text: ("Größe: " + text).encode("latin-1"),
    "curl": lambda text: (
        f"* Connected\n> POST /x HTTP/1.1\n> Host: contoso.example\n>\n< HTTP/1.1 400 Bad Request\n<\n{text}"
    ),
}


@for_each(product(NOISES, PLANTED), names=lambda case: f"{case[0]} {case[1].code}")
def test_a_code_planted_in_noise_is_found_with_its_ids_and_nothing_else(noise: str, planted: Planted) -> None:
    explanation = explain_text(NOISES[noise](planted.text), NOW)

    assert [diagnosis.code for diagnosis in explanation.diagnoses] == [planted.code]
    assert explanation.diagnoses[0].ids == planted.ids
    assert explanation.diagnoses[0].count == 1


@pytest.mark.parametrize("planted", PLANTED, ids=lambda planted: planted.code)
def test_a_text_that_is_cut_off_still_says_its_code(planted: Planted) -> None:
    whole = planted.text
    end = whole.index(planted.code.removeprefix("AADSTS")) + len(planted.code)
    for cut in range(end, len(whole), 7):
        assert [diagnosis.code for diagnosis in explain_text(whole[:cut], NOW).diagnoses] == [planted.code], cut


@pytest.mark.parametrize("noise", ["log", "json lines", "syslog"])
def test_each_record_of_a_log_keeps_its_own_ids(noise: str) -> None:
    other = "11111111-0000-1111-2222-333344445555"
    first, second = PLANTED[3].text, PLANTED[7].text.replace(CORRELATION, other)
    parts = [NOISES[noise](_folded(text)) for text in (first, second)]

    found = explain_text("\n".join(str(part) for part in parts), NOW).diagnoses

    assert [(diagnosis.code, diagnosis.ids.correlation_id) for diagnosis in found] == [
        ("AADSTS50076", CORRELATION),
        ("AADSTS65001", other),
    ]

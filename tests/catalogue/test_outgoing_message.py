"""A message can be acted on by somebody who has not seen the screen, and goes to the right person."""

from __future__ import annotations

import json
from dataclasses import replace
from importlib.resources import files
from itertools import product

import pytest

from tests.each import for_each
from tests.made_tokens import GLOBAL_ADMINISTRATOR, access_token, at, only_token
from wizard.catalogue import Diagnosis, diagnose_finding, explain, write_message
from wizard.catalogue.outgoing_message import MOST_LINES, WIDTH
from wizard.catalogue.prose import wrap_prose
from wizard.catalogue.recipients import forward_to, send_to
from wizard.core.findings import Finding, Outcome, Retry, SupportIds, Who
from wizard.core.wording import retry_in_words
from wizard.redaction.secret_patterns import redact_patterns

ABOUT = {
    "tenant": "contoso.com",
    "tenant id": "11111111-aaaa-4aaa-8aaa-000000000001",
    "app": "33333333-cccc-4ccc-8ccc-000000000003",
    "integration user": "partner-integration@contoso.com",
    "vault": "https://contoso-partner.vault.azure.net",
    "secret": "partner-center-refresh-token",
    "cloud": "Global (also GCC)",
}
IDS = SupportIds("c-0001", "t-0002", "r-0003", "2026-11-21 10:00:00Z")
CONSENT = (
    "An administrator of the tenant who may grant consent (Privileged Role, Cloud Application or Application "
    "Administrator)"
)
APP = "Whoever owns the app registration (Application or Cloud Application Administrator)"
VAULT = "Whoever manages access to the key vault (Owner or User Access Administrator)"
PARTNER_CENTER = "An account admin in Partner Center"
POLICIES = "A Conditional Access or Security Administrator of the tenant"
USER = "The person who signs in as the integration user"
OPERATOR = "Whoever runs this onboarding: nobody else is needed"
MICROSOFT = "Microsoft support"


def made(*who: Who, code: str = "", service: str = "entra", steps: tuple[str, ...] = (), **more: object) -> Diagnosis:
    diagnosis = Diagnosis(
        code, "It is refused", "This is why.", ("Do this.",), who, Retry.AFTER_FIX, steps, "", service=service
    )
    return replace(diagnosis, **more)  # type: ignore[arg-type]


def catalogued() -> list[Diagnosis]:
    """Every entry with guidance."""
    data = json.loads(files("assets").joinpath("entra-errors.json").read_text(encoding="utf-8"))
    return [
        explain(entry.get("system", "entra"), str(entry["code"]))
        for entry in (*data["aadsts"], *data["other"])
        if "actions" in entry
    ]


@pytest.mark.parametrize(
    ("diagnosis", "to"),
    [
        (made(Who.ADMIN, steps=("admin_consent",)), CONSENT),
        (made(Who.ADMIN, steps=("app", "renewal")), APP),
        (made(Who.ADMIN, service="key_vault", steps=("key_vault",)), VAULT),
        (made(Who.ADMIN, service="key_vault", steps=("app",)), VAULT),
        (made(Who.ADMIN, service="partner_center", steps=("partner_center",)), PARTNER_CENTER),
        (made(Who.ADMIN, code="AADSTS53003", steps=("user_consent", "partner_center")), POLICIES),
        (made(Who.ADMIN, code="AADSTS530036", steps=("renewal",)), POLICIES),
        (made(Who.ADMIN), "An administrator of the tenant"),
        (made(Who.INTEGRATION_USER), USER),
        (made(Who.MICROSOFT), MICROSOFT),
        (replace(made(Who.MICROSOFT), ids=SupportIds("a")), "Microsoft support, with the ids below"),
        (made(Who.OPERATOR), OPERATOR),
        (made(Who.ADMIN, Who.OPERATOR, steps=("app",)), APP),
        (made(Who.OPERATOR, Who.ADMIN, steps=("app",)), f"Whoever runs this onboarding; if they may not, w{APP[1:]}"),
        (made(Who.OPERATOR, Who.MICROSOFT), f"Whoever runs this onboarding; if that does not help, {MICROSOFT}"),
        (made(Who.ADMIN, service="network"), "Whoever runs the network and the proxy"),
        (made(Who.ADMIN, Who.MICROSOFT, steps=("app",)), f"{APP}; if that does not help, {MICROSOFT}"),
        (made(send_to="An Owner of the subscription"), "An Owner of the subscription"),
        (made(), "Nobody is named who can fix this"),
        (made(actions=()), "Nobody: there is nothing to fix"),
    ],
)  # fmt: skip
def test_it_goes_to_the_one_who_can_fix_it(diagnosis: Diagnosis, to: str) -> None:
    assert send_to(diagnosis) == write_message(diagnosis, {}).to == to


@pytest.mark.parametrize(
    ("diagnosis", "passed"),
    [
        (made(Who.OPERATOR), ("", "")),
        (made(), ("", "")),
        (made(Who.OPERATOR, Who.ADMIN, steps=("app",)), ("If you may not", f"w{APP[1:]}")),
        (made(Who.OPERATOR, Who.MICROSOFT), ("If that does not help", "Microsoft support, with its ids")),
        (made(Who.OPERATOR, Who.ADMIN, send_to="An Owner"), ("Send this to", "An Owner")),
        (made(Who.ADMIN, Who.OPERATOR, steps=("app",)), ("Send this to", APP)),
        (made(Who.ADMIN, service="key_vault", steps=("key_vault",)), ("Send this to", VAULT)),
    ],
)  # fmt: skip
def test_the_operator_who_reads_it_is_told_whom_to_forward_it_to(diagnosis: Diagnosis, passed: tuple[str, str]) -> None:
    assert forward_to(diagnosis) == passed


@pytest.mark.parametrize(
    ("check", "who", "to"),
    [
        ("user.vault_writable", Who.ADMIN, VAULT),
        ("store.read_back", Who.ADMIN, VAULT),
        ("user.admin_agent", Who.ADMIN, PARTNER_CENTER),
        ("consent.answer", Who.ADMIN, CONSENT),
        ("app.credential", Who.ADMIN, APP),
        ("user.account", Who.INTEGRATION_USER, USER),
        ("tenant.exists", Who.OPERATOR, OPERATOR),
    ],
)
def test_a_finding_goes_to_the_one_its_check_points_to(check: str, who: Who, to: str) -> None:
    finding = Finding(check, Outcome.FAILS, "It is refused.", {}, ("Do this.",), (who,))

    assert send_to(diagnose_finding(finding)) == to


def test_a_finding_about_a_vault_goes_to_the_vaults_people_in_any_step() -> None:
    finding = Finding(
        "app.credential", Outcome.FAILS, "No.", {"vault": "contoso.vault.azure.net"}, ("Do.",), (Who.ADMIN,)
    )

    assert send_to(diagnose_finding(finding)) == VAULT


def test_a_host_that_was_not_reached_goes_to_whoever_runs_the_network() -> None:
    finding = Finding(
        "user.vault_reachable", Outcome.UNKNOWN, "No.", {"vault": "v"}, ("Do.",), (Who.ADMIN,), unreachable=True
    )

    assert send_to(diagnose_finding(finding)) == "Whoever runs the network and the proxy"
    assert send_to(diagnose_finding(replace(finding, unreachable=False))) == VAULT


@for_each(product(catalogued(), (ABOUT, {})), names=lambda case: f"{case[0].service}-{case[0].code} {len(case[1])}")
def test_a_message_of_every_entry_can_be_sent_as_it_is(diagnosis: Diagnosis, about: dict[str, str]) -> None:
    message = write_message(replace(diagnosis, ids=IDS, service_text="In its own words."), about)
    lines = message.text.splitlines()

    assert len(lines) <= MOST_LINES
    for line in lines:
        assert len(line) <= WIDTH or "`" in line or "://" in line or len(line.split()) == 1, line
        assert line == line.rstrip()
    assert "\n\n\n" not in message.text
    assert diagnosis.title in " ".join(message.text.split())
    for expected in (diagnosis.code, *IDS.present().values(), *about.values(), diagnosis.link):
        assert expected in message.text
    assert "\n" not in message.to + message.subject
    assert diagnosis.title in message.subject
    assert "•••" not in message.text
    assert "dear" not in message.text.lower()


@for_each(catalogued(), names=lambda diagnosis: f"{diagnosis.service}-{diagnosis.code}")
def test_what_is_asked_stands_in_the_message_whole(diagnosis: Diagnosis) -> None:
    text = " ".join(write_message(diagnosis, {}).text.split())

    for number, act in enumerate(diagnosis.actions, 1):
        assert f" {number} {act} " in text
    assert " ".join(diagnosis.cause.split()) in text
    assert redact_patterns(diagnosis.remedy + diagnosis.cause) == diagnosis.remedy + diagnosis.cause


def test_the_parts_come_in_the_order_they_are_read_in() -> None:
    text = write_message(replace(explain("entra", "AADSTS65001"), ids=IDS), ABOUT).text
    headings = ("onboarding of", "What came back", "What it means", "What we ask of you", "How it shows", "For support")

    places = [text.index(heading) for heading in headings]

    assert places == sorted(places)
    assert "Step 3, Admin consent" in " ".join(text.split())


@for_each(catalogued(), names=lambda diagnosis: f"{diagnosis.service}-{diagnosis.code}")
def test_a_message_about_a_paste_claims_nothing_of_a_journey(diagnosis: Diagnosis) -> None:
    message = write_message(diagnosis, {})
    text = " ".join(message.text.split())

    assert text.startswith("A request fails with the error below. ")
    assert message.subject.startswith("A request fails: ")
    for claimed in ("We are setting up", "It stopped at", "The check in", "The same check"):
        assert claimed not in text
    if diagnosis.code and diagnosis.who[0] is not Who.MICROSOFT:
        assert f"The same request is made again, and {diagnosis.code} does not come back." in text


def test_with_a_journey_the_message_names_it() -> None:
    text = " ".join(write_message(explain("entra", "AADSTS65001"), ABOUT).text.split())

    assert "We are setting up the Partner Center onboarding of the tenant contoso.com" in text
    assert "It stopped at: Step 3, Admin consent. You can fix this." in text
    assert "The check in “Step 3, Admin consent” is made again, and AADSTS65001 does not come back." in text


@pytest.mark.parametrize(
    ("who", "says"),
    [
        ((Who.ADMIN,), "You can fix this."),
        (
            (Who.ADMIN, Who.INTEGRATION_USER),
            "It needs you, and it may need the person who signs in as the integration user as well.",
        ),
        ((Who.INTEGRATION_USER, Who.OPERATOR), "It needs you, and it may need whoever runs the program that failed"),
        ((Who.OPERATOR,), "Whoever runs the program that failed can fix this on the spot."),
        ((Who.OPERATOR, Who.MICROSOFT), "if that does not do, it takes Microsoft support."),
        ((Who.MICROSOFT,), "We cannot fix this ourselves."),
    ],
)
def test_the_reader_learns_who_else_is_needed(who: tuple[Who, ...], says: str) -> None:
    assert says in " ".join(write_message(made(*who), {}).text.split())


@pytest.mark.parametrize(
    ("retry", "words"),
    [
        (Retry.YES, "yes, as it is"),
        (Retry.WAIT, "yes, after a pause"),
        (Retry.AFTER_FIX, "only once this is done"),
        (Retry.NO, "not with this token or code: it takes a new one"),
        (None, "nobody knows yet"),
    ],
)
def test_a_message_says_whether_trying_again_helps(retry: Retry | None, words: str) -> None:
    assert retry_in_words(retry) == words
    assert f"Trying again helps: {words}." in " ".join(write_message(made(Who.ADMIN, retry=retry), {}).text.split())


def test_of_a_token_the_message_leaves_out_neither_roles_nor_mfa_nor_times() -> None:
    token = only_token(access_token(amr=["pwd"], wids=[GLOBAL_ADMINISTRATOR], auth_time=at(-90)))
    message = write_message(token, {})
    lines = [line.strip() for line in message.text.splitlines()]

    for row in ("roles: Global Administrator", "MFA: not proven (amr: pwd)"):
        assert row in lines
    for name in ("expires: ", "issued: ", "user: ", "permissions: "):
        assert any(line.startswith(name) for line in lines), name
    assert "fails with the error" not in message.text
    assert "For support" not in message.text

    long = write_message(replace(token, cause="word " * 400, actions=("word " * 400,) * 5), ABOUT).text
    assert len(long.splitlines()) <= MOST_LINES
    assert "roles: Global Administrator" in long
    assert "MFA: not proven (amr: pwd)" in long


def test_a_healthy_token_asks_nobody_to_fix_it() -> None:
    text = write_message(only_token(access_token()), {}).text

    assert "fix" not in text
    assert "How it shows" not in text


def test_words_of_a_program_are_not_called_a_services() -> None:
    assert (
        "The text says: “timed out there”"
        in write_message(made(service="network", service_text="timed out there"), {}).text
    )
    assert "The text says: “no, not so”" in write_message(made(service_text="no, not so"), {}).text
    coded = made(code="AADSTS50076", service_text="no, not so")
    assert "In the service's words: “no, not so”" in write_message(coded, {}).text


def test_a_failed_check_is_headed_by_what_is_wrong() -> None:
    finding = Finding(
        "user.account", Outcome.FAILS, "It was another.", {}, ("Sign in again.",), (Who.INTEGRATION_USER,)
    )

    message = write_message(diagnose_finding(finding), {})

    assert "  Another account signed in" in message.text.splitlines()
    assert message.subject.endswith(": Another account signed in")


def test_names_of_the_journey_are_put_into_its_commands() -> None:
    text = write_message(explain("key_vault", "ForbiddenByRbac"), ABOUT).text

    assert "az keyvault show --name contoso-partner " in text
    assert "<object id>" in text, "what nobody knows stays a placeholder"


@pytest.mark.parametrize("name", ["a; rm -rf ~", "$(id)", "a b", "`id`", "a\nb", "x" * 500])
def test_a_name_that_a_shell_could_read_otherwise_stays_out_of_commands(name: str) -> None:
    text = write_message(explain("key_vault", "ForbiddenByRbac"), {"vault": name, "secret": name}).text

    assert "az keyvault show --name <vault> " in text


def test_an_administrator_without_the_link_learns_where_consent_is_granted() -> None:
    diagnosis = made(Who.ADMIN, steps=("admin_consent",), actions=("Open the consent link and accept.",))

    assert "Grant admin consent" in write_message(diagnosis, {}).text
    assert "Grant admin consent" not in write_message(replace(diagnosis, steps=("app",)), {}).text


@pytest.mark.parametrize("code", ["AADSTS50076", "AADSTS50126", "AADSTS50055", "900421"])
def test_the_integration_user_is_never_asked_for_a_password_or_a_code(code: str) -> None:
    service = "entra" if code.startswith("AADSTS") else "partner_center"
    message = write_message(replace(explain(service, code), who=(Who.INTEGRATION_USER,)), ABOUT)
    text = " ".join(message.text.split())

    assert message.to == USER
    assert "Nobody will ask you for your password or for a code" in text
    for asked in ("send us your", "tell us your", "reply with", "give us your"):
        assert asked not in text.lower()


def test_microsoft_reads_the_ids_and_the_time_first() -> None:
    text = write_message(made(Who.MICROSOFT, ids=IDS), ABOUT).text

    assert text.index("c-0001") < text.index("2026-11-21 10:00:00Z") < text.index("What came back")
    assert "look up this request" in text


def test_missing_ids_are_said_to_be_missing() -> None:
    assert "The service gave no ids" in write_message(made(Who.MICROSOFT), {}).text


def test_secrets_and_controls_of_a_service_do_not_go_out() -> None:
    canary = "client_secret=canary8Q~abcdefghijklmnopqrstuvwxyz012345"
    hostile = f"Said: {canary}\x1b[2J\u202e"
    diagnosis = made(
        Who.ADMIN, title=hostile, cause=hostile, actions=(hostile,), service_text=hostile, evidence=(("it", hostile),),
        ids=SupportIds(correlation_id="c\x1b[1m"),
    )  # fmt: skip

    message = write_message(diagnosis, {"tenant": hostile, "app": "\x1b]52;c;x\x07"})

    everything = message.to + message.subject + message.text
    assert "canary" not in everything
    assert "\x1b" not in everything
    assert "\u202e" not in everything


def test_a_long_answer_leaves_room_for_what_is_asked() -> None:
    long = "word " * 400
    diagnosis = made(
        Who.INTEGRATION_USER, cause=long, actions=(long,) * 9, service_text=long, ids=IDS, link="https://learn.microsoft.com/x",
        evidence=tuple((f"name {number}", long) for number in range(40)),
    )  # fmt: skip

    text = write_message(diagnosis, ABOUT).text

    assert len(text.splitlines()) <= MOST_LINES
    for kept in ("What we ask of you", "c-0001", "https://learn.microsoft.com/x", "Nobody will ask you"):
        assert kept in text


def test_much_evidence_is_cut_and_said_to_be() -> None:
    text = write_message(made(Who.ADMIN, evidence=tuple((f"n{n}", "v") for n in range(19))), {}).text

    assert "… and 3 more" in text


# --- prose ---


@pytest.mark.parametrize("width", [20, 40, 76])
def test_prose_is_wrapped_and_commands_are_not(width: int) -> None:
    command = "`az ad sp create --id fa3d9a0c-3fb0-42cc-9193-47c7ecd2edbd`"
    text = f"An administrator runs {command}, then waits a minute (see https://learn.microsoft.com/entra/a/b/c)."

    lines = wrap_prose(text, width, "- ", "  ")

    assert any(command in line for line in lines)
    assert any("https://learn.microsoft.com/entra/a/b/c" in line for line in lines)
    assert " ".join(line[2:] for line in lines) == text
    assert [line for line in lines if len(line) > width and "`" not in line and "://" not in line] == []


@pytest.mark.parametrize("text", ["", "   ", "\n"])
def test_nothing_makes_no_line(text: str) -> None:
    assert wrap_prose(text, 40) == []


@pytest.mark.parametrize("text", ["`" * 20_000, "a`" * 10_000, "a" * 20_000, "` " * 10_000])
def test_marks_without_an_end_are_words(text: str) -> None:
    assert "".join(wrap_prose(text, 40)).replace(" ", "") == text.replace(" ", "")

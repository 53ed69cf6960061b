"""The person is the one of the code's own entry: in every step, in a finding, in a message and in `explain` alike."""

from __future__ import annotations

import json
from dataclasses import replace
from importlib.resources import files

import pytest

from tests.catalogue.texts_of_services import CAUSES
from tests.each import for_each
from wizard.catalogue import diagnose_finding, explain, explain_refusal, forward_to, send_to, write_message
from wizard.catalogue.administrators import ADMINISTRATORS, OF_CHECK
from wizard.core.errors import ServiceRefusal
from wizard.core.findings import Finding, Outcome, Who
from wizard.jobs.customer_findings import state_texts
from wizard.onboarding.finding_builders import fails, refused

CATALOGUE = json.loads(files("assets").joinpath("entra-errors.json").read_text(encoding="utf-8"))
ENTRIES = [entry for entry in (*CATALOGUE["aadsts"], *CATALOGUE["other"]) if "actions" in entry or "same_as" in entry]
CHECKS = [check for step in json.loads(files("assets").joinpath("checks.json").read_text()) for check in step["checks"]]
CONSENT = ADMINISTRATORS["consent"]


def _refusal(entry: dict[str, object], said: str = "") -> ServiceRefusal:
    service, code = str(entry.get("system", "entra")), str(entry["code"])
    return ServiceRefusal(service, f"AADSTS{code}" if service == "entra" and code.isdecimal() else code, "", said)


@for_each(ENTRIES, names=lambda entry: f"{entry.get('system', 'entra')}/{entry['code']}")
def test_a_finding_goes_to_the_person_of_its_codes_entry_whatever_the_step(entry: dict[str, object]) -> None:
    key = (str(entry.get("system", "entra")), str(entry["code"]))
    for clues in ("", *CAUSES.get(key, ())):
        refusal = _refusal(entry)
        diagnosis = explain_refusal(refusal, clues)
        finding = refused(refusal, context=clues)
        for check in CHECKS:
            met = diagnose_finding(replace(finding, check=check))
            assert send_to(met) == send_to(diagnosis)
            assert forward_to(met) == forward_to(diagnosis)
        assert write_message(met, {"tenant": "contoso.com"}).to == send_to(diagnosis)


@pytest.mark.parametrize("check", CHECKS)
def test_a_message_goes_to_the_same_person_whatever_the_step(check: str) -> None:
    met = diagnose_finding(replace(refused(ServiceRefusal("entra", "AADSTS65001", "", "")), check=check))

    assert write_message(met, {"tenant": "contoso.com"}).to == send_to(met) == CONSENT


@for_each(ENTRIES, names=lambda entry: f"{entry.get('system', 'entra')}/{entry['code']}")
def test_a_check_that_sends_a_code_to_an_administrator_sends_it_to_the_one_of_the_entry(
    entry: dict[str, object],
) -> None:
    diagnosis = explain_refusal(_refusal(entry))
    if diagnosis.service != "entra" or Who.ADMIN not in diagnosis.who or not diagnosis.code:
        return
    finding = replace(fails("It is refused.", "Do this.", Who.ADMIN, code=diagnosis.code), check="user.signed_in")

    assert send_to(diagnose_finding(finding)) == ADMINISTRATORS[diagnosis.administrator]


def test_an_entry_that_names_an_administrator_says_which() -> None:
    used = set()
    for entry in ENTRIES:
        for each in (entry, *entry.get("causes", ())):
            if "who" in each and "admin" in each["who"]:
                used.add(each.get("administrator") or entry.get("administrator"))
                assert used <= ADMINISTRATORS.keys(), entry["code"]
            assert each.get("administrator") is None or "admin" in each.get("who", entry["who"]), entry["code"]
    used |= {each.administrator for each in state_texts().values()}
    assert ADMINISTRATORS.keys() - used - set(OF_CHECK.values()) <= {"graph"}


@pytest.mark.parametrize(
    ("code", "to"),
    [
        ("AADSTS65001", CONSENT),
        ("AADSTS90094", CONSENT),
        ("AADSTS7000112", ADMINISTRATORS["applications"]),
        ("AADSTS500014", ADMINISTRATORS["applications"]),
        ("AADSTS53003", ADMINISTRATORS["policies"]),
        ("AADSTS530034", ADMINISTRATORS["risk"]),
        ("AADSTS7000222", ADMINISTRATORS["app"]),
        ("AADSTS50057", ADMINISTRATORS["users"]),
    ],
)
def test_who_may_not_consent_or_enable_is_not_asked_for_it(code: str, to: str) -> None:
    finding = refused(ServiceRefusal("entra", code, "", ""))
    for check in ("user.signed_in", "user.redeems", "app.credential", "consent.answer", "store.redeems"):
        assert send_to(diagnose_finding(replace(finding, check=check))).startswith(to)


def test_a_saved_finding_that_knows_its_code_alone_goes_to_the_entrys_person() -> None:
    entry = explain("entra", "65001")
    finding = Finding("user.signed_in", Outcome.FAILS, "Refused.", {}, ("Do this.",), entry.who, entry.code)

    assert send_to(diagnose_finding(finding)) == CONSENT


@pytest.mark.parametrize("code", ["AADSTS530036", "AADSTS700084"])
def test_who_has_to_sign_in_for_a_new_token_comes_after_the_administrator(code: str) -> None:
    assert send_to(explain("entra", code)).endswith("; after that, the person who signs in as the integration user")

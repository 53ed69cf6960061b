"""The catalogue: every code a step can meet says what happened, what to do, and who can."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from importlib.resources import files

import pytest

from tests.patience import PATIENCE
from wizard.catalogue import Diagnosis, entries, explain, explain_refusal
from wizard.catalogue.lookup import look_up
from wizard.core.errors import ServiceRefusal
from wizard.core.findings import Retry, Who
from wizard.core.text import clean_line


def _words(text: str) -> list[str]:
    return text.split()


ENTRA = _words("""
90002 900021 900023 90038 900382 900432 900439 700016 700038 7000112 7000215 7000222 7000218 700025 700027 50013 500133
500011 7000229 65001 65004 65005 650051 650052 650056 650057 650059 90093 90094 50011 50105 50020 50034 50053 50055
50057 50072 50074 50076 50078 50079 50097 50126 50158 50173 50196 53000 53001 53003 53004 530032 530035 530036 70016
70018 70019 70020 70043 700082 70011 9002313
16000 28000 50005 50012 50014 50049 50058 50059 50088 50089 50125 50129 50131 50132 50133 50134 50135 50140 50142 50144
50147 50148 50155 50161 50177 50178 50187 50199 51004 53002 53010 53011 54005 65002 650054 70000 70001 70002 70008 70017
700003 700005 700007 700021 700022 700023 700024 700030 700054 700081 700084 700171 7000110 70003 70004 70005 80001
80002 80007 80014 90004 90006 90008 90010 90012 90014 90019 90024 90033 90043 90055 90072 90090 90091 90095 90099 90112
90119 90120 90123 90133 135011 500014 500021 500022 500112 500113 500121 500208 500212 500213 500571 501481 530034
530084 700011 900144 900971 901002 1002012 5000224 9001023 9002327 9010010 70021 700211 700212 700213 9002325
""")
OAUTH = _words("""
authorization_declined expired_token access_denied temporarily_unavailable invalid_grant basic_action additional_action
message_only consent_required token_expired user_password_expired bad_token client_mismatch protection_policy_required
""")
PARTNER_CENTER = _words("""
900420 900421 10001 400 800001 2032 900150 900123 900124 900149 60003 1000 900308 900309 900316 900154 90000
""")
KEY_VAULT = _words("""
ForbiddenByRbac ForbiddenByPolicy ForbiddenByFirewall ForbiddenByConnection SecretDisabled SecretNotFound
ObjectIsDeletedButRecoverable ObjectIsBeingDeleted Throttled Unauthorized Forbidden Conflict BadParameter NotFound
""")
GRAPH = _words("""
Authorization_RequestDenied Request_BadRequest BadRequest TooManyRequests CredentialTypeNotAllowedAsPerAppPolicy
CredentialInvalidLifetimeAsPerAppPolicy SignInAudienceNotAllowedAsPerAppPolicy
""")
LISTED = [
    *(("entra", f"AADSTS{number}") for number in ENTRA),
    *(("entra", name) for name in OAUTH),
    *(("partner_center", code) for code in PARTNER_CENTER),
    *(("key_vault", code) for code in KEY_VAULT),
    *(("graph", code) for code in GRAPH),
]
CATALOGUE = json.loads(files("assets").joinpath("entra-errors.json").read_text(encoding="utf-8"))
GUIDED = [entry for entry in (*CATALOGUE["aadsts"], *CATALOGUE["other"]) if "actions" in entry]


def _is_known(diagnosis: Diagnosis) -> bool:
    return "not in this catalogue" not in diagnosis.cause and "knows no more" not in diagnosis.cause


@pytest.mark.parametrize(("service", "code"), LISTED)
def test_every_code_a_step_can_meet_has_a_cause_a_remedy_and_somebody_who_can(service: str, code: str) -> None:
    diagnosis = explain(service, code)

    assert diagnosis.code == code
    assert _is_known(diagnosis)
    assert 5 < len(diagnosis.title) <= 60
    assert len(diagnosis.cause) > 40
    assert len(diagnosis.remedy) > 40
    assert diagnosis.who
    assert diagnosis.steps


def test_no_two_codes_share_a_title_a_cause_or_a_remedy() -> None:
    said = [*GUIDED, *(cause for entry in GUIDED for cause in entry.get("causes", ()))]
    for member in ("title", "cause", "actions"):
        texts = [str(each[member]) for each in said if member in each]
        assert sorted({text for text in texts if texts.count(text) > 1}) == []


def test_every_entry_with_guidance_has_all_of_it_in_plain_words() -> None:
    for entry in GUIDED:
        for member in ("title", "cause", "actions", "who", "retry"):
            assert entry.get(member), (entry["code"], member)
        assert "steps" in entry, "empty for what no step of the journey meets"
        for each in (entry, *entry.get("causes", ())):
            texts = [each.get("title", ""), each.get("cause", ""), *each.get("actions", ())]
            assert not [text for text in texts if "\u2014" in text or " \u2013 " in text], entry["code"]
            assert not re.search(r"contact (your|the|an) admin", " ".join(texts), re.IGNORECASE), entry["code"]
            assert len(each.get("title", "")) <= 60, each["title"]
            assert len(" ".join(each.get("actions", ("x" * 50,)))) > 40, entry["code"]
            assert len(each.get("cause", "x" * 50)) > 40, entry["code"]


def test_a_cause_is_more_than_its_title_again() -> None:
    for entry in GUIDED:
        for each in (entry, *entry.get("causes", ())):
            if "title" in each and "cause" in each:
                assert each["cause"].rstrip(".").lower() != each["title"].lower(), entry["code"]


def test_what_is_sent_to_somebody_else_does_not_speak_of_here_or_of_a_step_without_a_name() -> None:
    for entry in GUIDED:
        for each in (entry, *entry.get("causes", ())):
            words = " ".join((each.get("cause", ""), *each.get("actions", ())))
            assert not re.search(r"\bhere\b|\bwizard(?<!partner-wizard)\b", words), (entry["code"], words)
            assert not re.search(r"\b(app|tenant|user|consent|first|sign-in) step\b", words), (entry["code"], words)


@pytest.mark.parametrize(
    "code", ["ForbiddenByFirewall", "ForbiddenByRbac", "ForbiddenByPolicy", "ForbiddenByConnection"]
)
def test_where_nothing_changes_until_somebody_acts_waiting_alone_is_not_said_to_help(code: str) -> None:
    (entry,) = (each for each in GUIDED if each["code"] == code)
    assert explain("key_vault", code).retry is Retry.AFTER_FIX
    for each in (entry, *entry.get("causes", ())):
        assert each.get("retry", entry["retry"]) == "after_fix"
    assert re.search(r"it can take (\d+|two|ten) minutes to work", explain("key_vault", code).remedy)


@pytest.mark.parametrize("code", ["80001", "80007", "50196"])
def test_a_fault_that_somebody_has_to_find_does_not_pass_by_waiting(code: str) -> None:
    assert explain("entra", code).retry is Retry.AFTER_FIX


def test_only_a_token_or_a_code_is_never_taken_again() -> None:
    for entry in GUIDED:
        for each in (entry, *entry.get("causes", ())):
            if each.get("retry") == "no":
                words = " ".join(str({**entry, **each}[member]) for member in ("title", "cause", "actions"))
                assert re.search(r"\btokens?\b|\bcode\b|sign-in|signs? in", words, re.IGNORECASE), entry["code"]


def test_a_declined_consent_goes_to_who_may_grant_it_and_in_a_users_sign_in_to_the_user() -> None:
    declined = ServiceRefusal("entra", "AADSTS65004", "access_denied", "")
    assert explain_refusal(declined, "redirect admin consent").who == (Who.ADMIN,)
    assert explain_refusal(declined, "redirect").who == (Who.INTEGRATION_USER,)


def test_an_app_of_microsofts_own_is_named_beside_its_id() -> None:
    said = (
        "Client address is not authorized. Caller: appid=04b07795-8ddb-461a-bbee-02f9e1bf7b46;"
        "oid=22222222-bbbb-4bbb-8bbb-000000000009 to access 'fa3d9a0c-3fb0-42cc-9193-47c7ecd2edbd'"
    )
    evidence = dict(explain_refusal(ServiceRefusal("key_vault", "ForbiddenByFirewall", "Forbidden", said)).evidence)
    assert evidence["client id"] == "04b07795-8ddb-461a-bbee-02f9e1bf7b46 (Azure CLI)"
    assert evidence["resource"] == "fa3d9a0c-3fb0-42cc-9193-47c7ecd2edbd (Partner Center)"
    assert evidence["caller's object id"] == "22222222-bbbb-4bbb-8bbb-000000000009"


@pytest.mark.parametrize("between", [" or ", "\n or\n  "])
def test_of_two_parameters_that_would_do_both_are_named(between: str) -> None:
    said = f"The request body must contain the following parameter: 'client_assertion'{between}'client_secret'."
    diagnosis = explain_refusal(ServiceRefusal("entra", "AADSTS7000218", "invalid_client", said))
    assert diagnosis.evidence == (("missing parameter", "client_assertion or client_secret"),)


@pytest.mark.parametrize(
    "said", ["7000222", "client_assertion", "ForbiddenByRbac", "AADSTS530036 7000222", "Forbidden."]
)
def test_a_word_or_a_number_that_is_left_over_is_no_words_of_a_service(said: str) -> None:
    assert explain_refusal(ServiceRefusal("entra", "AADSTS530036", "", said)).service_text == ""


@pytest.mark.parametrize(
    "said", ["Bad Request", "Access denied.", "証明書の有効期限が切れています。", "It isn't valid"]
)
def test_words_of_a_service_are_kept(said: str) -> None:
    assert explain_refusal(ServiceRefusal("entra", "AADSTS530036", "", said)).service_text == said


def test_no_remedy_points_at_another_code() -> None:
    for entry in GUIDED:
        assert not re.search(r"^(As|See|Like) (for )?\d|^\?", entry["actions"][0]), entry["code"]


def test_every_entry_uses_the_words_of_the_legend_and_links_to_microsoft() -> None:
    for entry in GUIDED:
        assert set(entry["steps"]) <= set(CATALOGUE["legend"]["steps"]), entry["code"]
        assert entry["who"], entry["code"]
        assert {Who(who) for who in entry["who"]}
        assert Retry(entry["retry"])
        assert entry.get("link", "https://learn.microsoft.com/").startswith("https://learn.microsoft.com/")


def test_the_catalogue_counts_what_it_holds_and_lists_no_code_twice() -> None:
    numbers = [entry["code"] for entry in CATALOGUE["aadsts"]]
    others = [(entry["system"], entry["code"]) for entry in CATALOGUE["other"]]
    assert CATALOGUE["counts"] == {
        "codes": len(numbers),
        "with_guidance": sum("actions" in entry for entry in CATALOGUE["aadsts"]),
        "other_systems": len(others),
    }
    assert len(set(numbers)) == len(numbers)
    assert len(set(others)) == len(others)


def test_a_number_of_partner_center_stays_its_own_where_no_service_is_named() -> None:
    partner_center = {entry["code"] for entry in CATALOGUE["other"] if entry["system"] == "partner_center"}

    assert {str(entry["code"]) for entry in CATALOGUE["aadsts"]} & partner_center == {"900144"}


def test_what_means_the_same_names_an_entry_with_guidance() -> None:
    guided = {(entry.get("system", "entra"), str(entry["code"])) for entry in GUIDED}
    for entry in (*CATALOGUE["aadsts"], *CATALOGUE["other"]):
        if "same_as" in entry:
            assert (entry.get("system", "entra"), entry["same_as"]) in guided, entry["code"]
            assert len(entry.get("cause", "x" * 25)) > 20, entry["code"]


def test_every_text_of_the_catalogue_is_one_clean_line() -> None:
    for entry in GUIDED:
        for text in (entry["title"], entry["cause"], *entry["actions"]):
            assert text == clean_line(text)


def test_every_code_of_the_catalogue_is_explained_without_a_placeholder() -> None:
    for entry in CATALOGUE["aadsts"]:
        diagnosis = explain("entra", str(entry["code"]))
        assert diagnosis.code == f"AADSTS{entry['code']}"
        assert diagnosis.title not in ("", "?")
        assert diagnosis.cause
        assert diagnosis.remedy
        assert "None" not in f"{diagnosis.title}{diagnosis.cause}{diagnosis.remedy}"


def test_a_number_is_found_with_and_without_its_prefix_in_any_case() -> None:
    assert explain("entra", "53003") == explain("entra", "AADSTS53003") == explain("entra", "aadsts53003")


def test_a_key_vault_code_is_found_under_its_outer_code_as_well() -> None:
    assert explain("key_vault", "Forbidden/ForbiddenByRbac") == explain("key_vault", "ForbiddenByRbac")


def test_a_code_known_by_name_alone_says_its_name_and_where_to_look() -> None:
    diagnosis = explain("entra", "AADSTS50032")
    assert diagnosis.title == "Weak rsa key"
    assert "knows no more" in diagnosis.cause
    assert diagnosis.link == "https://login.microsoftonline.com/error?code=50032"
    assert diagnosis.retry is None


@pytest.mark.parametrize("service", ["entra", "graph", "partner_center", "key_vault", "something_else", ""])
@pytest.mark.parametrize("code", ["AADSTS99999", "77777", "NoSuchCode", "", "\x1b]52;c;AAAA\x07x\u202e", "/", "AADSTS"])
def test_an_unknown_code_is_said_to_be_unknown(service: str, code: str) -> None:
    diagnosis = explain(service, code)
    assert "not in this catalogue" in diagnosis.cause or "gave no code" in diagnosis.cause
    assert diagnosis.retry is None, "nobody knows"
    assert diagnosis.who == (Who.OPERATOR, Who.MICROSOFT)
    assert diagnosis.link.startswith(("https://learn.microsoft.com/", "https://login.microsoftonline.com/error?code="))
    for text in (diagnosis.code, diagnosis.title, diagnosis.cause):
        assert text == clean_line(text)


def test_an_unknown_number_takes_its_guidance_from_the_kind_of_error_and_says_so() -> None:
    diagnosis = explain_refusal(ServiceRefusal("entra", "AADSTS99999", "temporarily_unavailable", ""))
    assert diagnosis.code == "AADSTS99999"
    assert "not in this catalogue" in diagnosis.cause
    assert "temporarily_unavailable" in diagnosis.cause
    assert diagnosis.retry is Retry.WAIT
    assert diagnosis.link == "https://login.microsoftonline.com/error?code=99999"


def test_a_refusal_is_explained_by_code_then_suberror_then_error_then_status() -> None:
    def title(code: str, suberror: str, error: str) -> str:
        return explain_refusal(ServiceRefusal("entra", code, error, "", suberror=suberror)).title

    assert title("AADSTS53003", "consent_required", "invalid_grant") == explain("entra", "53003").title
    assert title("", "consent_required", "invalid_grant") == explain("entra", "consent_required").title
    assert title("", "", "invalid_grant") == explain("entra", "invalid_grant").title
    forbidden = explain_refusal(ServiceRefusal("partner_center", "", "", "", status=403))
    assert "Admin agent" in forbidden.remedy


def test_the_code_of_a_refusal_without_number_is_its_error() -> None:
    refusal = ServiceRefusal("entra", "", "access_denied", "the user cancelled", suberror="cancel")
    assert explain_refusal(refusal).code == "access_denied"


def test_a_vault_of_another_tenant_is_distinguished_from_a_plain_401() -> None:
    def title(text: str) -> str:
        return explain_refusal(ServiceRefusal("key_vault", "Unauthorized", "Unauthorized", text, status=401)).title

    assert title("AKV10032: Invalid issuer. Expected one of …") == "The token is of another tenant than the vault"
    assert title("AKV99999: New.") == title("") == explain("key_vault", "Unauthorized").title


def test_importing_the_package_reads_no_catalogue_and_loads_nothing_heavy() -> None:
    code = (
        "import sys, wizard.catalogue as d; from wizard.catalogue import entries as c;"
        "heavy = {'importlib.resources', 'textual', 'msal', 'azure.core', 'requests'} & set(sys.modules);"
        "assert not heavy, heavy; assert c._catalogue.cache_info().currsize == 0;"
        "d.explain('entra', '53003'); d.explain('entra', '53000'); assert c._catalogue.cache_info().misses == 1"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=PATIENCE)


def test_what_somebody_pasted_and_no_entry_has_is_not_kept() -> None:
    explain("entra", "53003")
    kept = entries._make.cache_info().currsize
    assert look_up("entra", "NobodysName") is None
    assert entries._make.cache_info().currsize == kept

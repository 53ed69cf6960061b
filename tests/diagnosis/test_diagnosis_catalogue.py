"""The catalogue: every code a step can meet says what happened, what to do, and who can."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from importlib.resources import files

import pytest

from wizard.diagnosis import Diagnosis, Retry, explain, explain_refusal
from wizard.errors import ServiceRefusal
from wizard.findings import Who
from wizard.text import clean_line


def _words(text: str) -> list[str]:
    return text.split()


ENTRA = _words("""
90002 900021 900023 90038 900382 900432 900439 700016 700038 7000112 7000215 7000222 7000218 700025 700027 50013 500133
500011 7000229 65001 65004 65005 650051 650052 650056 650057 650059 90093 90094 50011 50105 50020 50034 50053 50055
50057 50072 50074 50076 50078 50079 50097 50126 50158 50173 50196 53000 53001 53003 53004 530032 530035 530036 70016
70018 70019 70020 70043 700082 70011 9002313
""")
OAUTH = ["authorization_declined", "expired_token", "access_denied", "temporarily_unavailable", "invalid_grant"]
PARTNER_CENTER = _words("""
900420 900421 10001 400 800001 2032 900150 900123 900124 900149 60003 1000
""")
KEY_VAULT = _words("""
ForbiddenByRbac ForbiddenByPolicy ForbiddenByFirewall ForbiddenByConnection SecretDisabled SecretNotFound
ObjectIsDeletedButRecoverable ObjectIsBeingDeleted Throttled Unauthorized
""")
LISTED = [
    *(("entra", f"AADSTS{number}") for number in ENTRA),
    *(("entra", name) for name in OAUTH),
    *(("partner_center", code) for code in PARTNER_CENTER),
    *(("key_vault", code) for code in KEY_VAULT),
    ("graph", "Authorization_RequestDenied"),
]
CATALOGUE = json.loads(files("assets").joinpath("entra-errors.json").read_text(encoding="utf-8"))
GUIDED = [entry for entry in (*CATALOGUE["aadsts"], *CATALOGUE["other"]) if "remedy" in entry]


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
    for member in ("title", "cause", "remedy"):
        texts = [entry[member] for entry in GUIDED]
        assert sorted({text for text in texts if texts.count(text) > 1}) == []


def test_no_remedy_points_at_another_code() -> None:
    for entry in GUIDED:
        assert not re.search(r"^(As|See|Like) (for )?\d|^\?", entry["remedy"]), entry["code"]


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
        "with_guidance": sum("remedy" in entry for entry in CATALOGUE["aadsts"]),
        "other_systems": len(others),
    }
    assert len(set(numbers)) == len(numbers)
    assert len(set(others)) == len(others)


def test_every_text_of_the_catalogue_is_one_clean_line() -> None:
    for entry in GUIDED:
        for member in ("title", "cause", "remedy"):
            assert entry[member] == clean_line(entry[member])


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
    assert explain("key_vault", "Forbidden/ForbiddenByRbac") == explain("key_vault", "ForbiddenByRbac", "Forbidden")


def test_a_code_known_by_name_alone_says_its_name_and_where_to_look() -> None:
    diagnosis = explain("entra", "AADSTS50003")
    assert diagnosis.title == "Missing signing key"
    assert "knows no more" in diagnosis.cause
    assert diagnosis.link == "https://login.microsoftonline.com/error?code=50003"
    assert diagnosis.retry is Retry.NO


@pytest.mark.parametrize("service", ["entra", "graph", "partner_center", "key_vault", "something_else", ""])
@pytest.mark.parametrize("code", ["AADSTS99999", "77777", "NoSuchCode", "", "\x1b]52;c;AAAA\x07x\u202e", "/", "AADSTS"])
def test_an_unknown_code_is_owned_up_to(service: str, code: str) -> None:
    diagnosis = explain(service, code)
    assert "not in this catalogue" in diagnosis.cause or "gave no code" in diagnosis.cause
    assert diagnosis.retry is Retry.NO
    assert diagnosis.link.startswith(("https://learn.microsoft.com/", "https://login.microsoftonline.com/error?code="))
    for text in (diagnosis.code, diagnosis.title, diagnosis.cause):
        assert text == clean_line(text)


def test_an_unknown_number_takes_its_guidance_from_the_kind_of_error_and_says_so() -> None:
    diagnosis = explain("entra", "AADSTS99999", "temporarily_unavailable")
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


def test_a_vault_of_another_tenant_is_told_from_a_plain_401() -> None:
    def title(text: str) -> str:
        return explain_refusal(ServiceRefusal("key_vault", "Unauthorized", "Unauthorized", text, status=401)).title

    assert title("AKV10032: Invalid issuer. Expected one of …") == "The token is of another tenant"
    assert title("AKV99999: New.") == title("") == explain("key_vault", "Unauthorized").title


def test_importing_the_package_reads_no_catalogue_and_loads_nothing_heavy() -> None:
    code = (
        "import sys, wizard.diagnosis as d; from wizard.diagnosis import catalogue as c;"
        "heavy = {'json', 'importlib.resources', 'textual', 'msal', 'azure.core', 'requests'} & set(sys.modules);"
        "assert not heavy, heavy; assert c._catalogue.cache_info().currsize == 0;"
        "d.explain('entra', '53003'); d.explain('entra', '53000'); assert c._catalogue.cache_info().misses == 1"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)

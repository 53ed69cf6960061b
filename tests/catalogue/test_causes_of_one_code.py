"""Causes that share a code are distinguished, each with a remedy of its own."""

from __future__ import annotations

import json
import re
from importlib.resources import files
from itertools import chain

import pytest

from tests.catalogue.texts_of_services import CAUSES, GUID
from wizard.catalogue import Diagnosis, explain, explain_refusal
from wizard.catalogue.causes import LONGEST_CLUES, collect_clues
from wizard.catalogue.lookup import look_up
from wizard.core.errors import ServiceRefusal
from wizard.core.findings import Retry, SupportIds, Who
from wizard.core.trouble import Trouble

CATALOGUE = json.loads(files("assets").joinpath("entra-errors.json").read_text(encoding="utf-8"))
GUIDED = {
    (entry.get("system", "entra"), str(entry["code"])): entry
    for entry in (*CATALOGUE["aadsts"], *CATALOGUE["other"])
    if "actions" in entry
}
WITH_CAUSES = {key: entry["causes"] for key, entry in GUIDED.items() if "causes" in entry}
PATTERNS = [
    *CATALOGUE["patterns"].values(),
    *(
        each
        for cause in chain.from_iterable(WITH_CAUSES.values())
        if (each := cause["when"]) not in CATALOGUE["patterns"]
    ),
    *(cause["unless"] for cause in chain.from_iterable(WITH_CAUSES.values()) if "unless" in cause),
]
CALLER = "22222222-bbbb-4bbb-8bbb-000000000002"


def entry_of(key: tuple[str, str], clues: str = "") -> Diagnosis:
    """What the catalogue says of an entry when this was heard."""
    found = look_up(*key, clues)
    assert found
    return found


def test_every_cause_has_a_text_that_stands_for_it() -> None:
    assert {key: len(causes) for key, causes in WITH_CAUSES.items()} == {
        key: len(texts) for key, texts in CAUSES.items()
    }


@pytest.mark.parametrize(
    ("key", "number"), [(key, number) for key, causes in WITH_CAUSES.items() for number in range(len(causes))], ids=str
)
def test_each_text_is_explained_by_its_own_cause(key: tuple[str, str], number: int) -> None:
    cause, clues = WITH_CAUSES[key][number], CAUSES[key][number]
    told = entry_of(key, clues)

    assert told.code == entry_of(key).code
    if "same_as" in cause:
        whose, _, name = cause["same_as"].rpartition("/")
        assert told.remedy == entry_of((whose or key[0], name), f"{told.code}: {clues}").remedy
    for member in ("title", "cause"):
        if member in cause:
            assert getattr(told, member) == cause[member]
    if "actions" in cause:
        assert list(told.actions) == cause["actions"]
    assert told.remedy != entry_of(key).remedy


def test_causes_that_the_text_does_not_distinguish_are_listed_with_how_to_find_out() -> None:
    for key in (("entra", "7000215"), ("entra", "65001"), ("key_vault", "Forbidden"), ("partner_center", "http_401"),
                ("partner_center", "http_403")):  # fmt: skip
        acts = entry_of(key, "something else").actions
        assert re.match(r"(To tell which|Is it|Look)\b", acts[0]), acts
        assert len(acts) > 1


def test_the_first_cause_that_is_found_wins() -> None:
    both = "admin_consent=True … in the customer tenant"
    assert entry_of(("entra", "65001"), both).title == "The consent has not reached every server yet"


def test_a_cause_is_not_meant_if_its_unless_is_found() -> None:
    title = entry_of(("entra", "530036")).title

    assert entry_of(("entra", "530036"), "polling with the device_code").title != title
    assert entry_of(("entra", "530036"), "device_code token, grant_type=refresh_token").title == title


def test_the_context_is_searched_as_well_as_the_text() -> None:
    refusal = ServiceRefusal("entra", "AADSTS7000218", "invalid_client", "It must contain a credential.", status=401)

    assert explain_refusal(refusal).title == explain("entra", "7000218").title
    assert explain_refusal(refusal, "renewal").title == "The refresh token has to be redeemed with the credential"


def test_claims_suberror_error_and_status_are_searched() -> None:
    claims = '{"access_token":{"acrs":{"essential":true,"value":"c1"}}}'
    stronger = explain_refusal(ServiceRefusal("entra", "AADSTS53003", "invalid_grant", "Blocked.", claims=claims))
    spent = explain_refusal(ServiceRefusal("entra", "AADSTS70000", "invalid_grant", "Refused.", suberror="bad_token"))
    cut = explain_refusal(ServiceRefusal("entra", "AADSTS9002313", "invalid_grant", "Malformed.", status=400))

    assert "authentication context" in stronger.title
    assert "c1" in stronger.remedy
    assert spent.title == explain("entra", "bad_token").title
    assert cut.title == "The code or refresh token is malformed"


@pytest.mark.parametrize(
    "suberror",
    ["basic_action", "additional_action", "message_only", "consent_required", "token_expired", "user_password_expired",
     "bad_token", "client_mismatch", "protection_policy_required", "device_authentication_failed"],
)  # fmt: skip
def test_each_suberror_is_readable_by_itself(suberror: str) -> None:
    alone = explain("entra", suberror)
    refusal = ServiceRefusal("entra", "", "invalid_grant", "", suberror=suberror)

    assert len(alone.remedy) > 40
    assert explain_refusal(refusal).title == alone.title
    assert alone.title != explain("entra", "invalid_grant").title


def test_a_status_in_the_place_of_a_code_is_no_code() -> None:
    refusal = ServiceRefusal("partner_center", "401", "", "The audience is not valid.", status=401)
    diagnosis = explain_refusal(refusal)

    assert diagnosis.code == ""
    assert "another API" in diagnosis.title
    assert "not in this catalogue" not in diagnosis.cause


def test_a_cause_is_not_looked_for_without_end() -> None:
    far = f"{'x' * LONGEST_CLUES} renewal"
    refusal = ServiceRefusal("entra", "AADSTS7000218", "invalid_client", "It must contain a credential.")

    assert len(collect_clues(refusal, far)) == LONGEST_CLUES
    assert explain_refusal(refusal, far).title == explain("entra", "7000218").title


def test_what_is_common_to_all_refusals_is_filled_in() -> None:
    ids = SupportIds(correlation_id=GUID)
    refusal = ServiceRefusal("entra", "AADSTS50057", "invalid_grant", "The user\x1b[2J is disabled.", ids=ids)
    diagnosis = explain_refusal(refusal)

    assert diagnosis.ids == ids
    assert diagnosis.service == "entra"
    assert diagnosis.service_text == "The user is disabled."


def test_names_that_the_text_gives_are_put_into_commands() -> None:
    said = f"Caller: appid={GUID};oid={CALLER}\nAction: x\nVault: contoso-partner;location=westeurope"
    remedy = explain_refusal(ServiceRefusal("key_vault", "ForbiddenByRbac", "Forbidden", said, status=403)).remedy

    assert f"--assignee {CALLER} " in remedy
    assert "--name contoso-partner " in remedy


def test_what_the_caller_knows_goes_before_what_the_text_says() -> None:
    refusal = ServiceRefusal("key_vault", "ForbiddenByPolicy", "Forbidden", "Vault: other-vault;x", status=403)

    assert "--name other-vault " in explain_refusal(refusal).remedy
    assert "--name contoso-partner " in explain_refusal(refusal, names={"<vault>": "contoso-partner"}).remedy
    assert "--name other-vault " in explain_refusal(refusal, names={"<vault>": ""}).remedy


@pytest.mark.parametrize("name", ["$(reboot)", "a;b", "`x`", "x y", "../..", "a", "a" * 30, "-rf"])
def test_a_name_that_a_shell_reads_otherwise_gets_into_no_command(name: str) -> None:
    said = f"Vault: {name}\nSecret {name} is currently deleted\nappid={name};oid={name}\ntenant '{name}'"
    refusal = ServiceRefusal("key_vault", "ForbiddenByRbac", "Forbidden", said, status=403)

    assert "--name <vault> " in explain_refusal(refusal).remedy
    assert "--assignee <object id> " in explain_refusal(refusal).remedy


@pytest.mark.parametrize(
    ("number", "said", "part"),
    [
        ("7000222", f"The provided client secret keys for app '{GUID}' are expired.", f"reset --id {GUID} --append"),
        ("7000229", f"The client application {GUID} is missing service principal in the tenant x.", f"--id {GUID}`"),
        ("500011", "The resource principal named https://api.partnercenter.microsoft.com was not found in the tenant "
         "named contoso.onmicrosoft.com. It", "az login --tenant contoso.onmicrosoft.com "),
        ("900144", "The request body must contain the following parameter: 'scope'.", "form"),
    ],
)  # fmt: skip
def test_names_of_app_and_tenant_are_put_into_commands(number: str, said: str, part: str) -> None:
    assert part in explain_refusal(ServiceRefusal("entra", f"AADSTS{number}", "invalid_client", said)).remedy


@pytest.mark.parametrize("pattern", PATTERNS, ids=lambda pattern: pattern[:40])
def test_a_pattern_repeats_no_repetition_and_no_dot(pattern: str) -> None:
    assert not re.search(r"(?:[+*]|,\d*\})\)(?:[+*]|\{\d*,)", pattern), "a repetition of a repetition"
    assert not re.search(r"\.[*+]", pattern), "an unbounded dot"


def _pointed_at(key: tuple[str, str]) -> set[tuple[str, str]]:
    """The entries that an entry's causes point at."""
    pointers = [cause["same_as"].rpartition("/") for cause in WITH_CAUSES.get(key, ()) if "same_as" in cause]
    return {(whose or key[0], name) for whose, _, name in pointers}


def test_an_entry_that_points_at_another_ends_somewhere() -> None:
    for key in WITH_CAUSES:
        reached = _pointed_at(key)
        for _ in range(2):
            assert key not in reached
            assert reached <= GUIDED.keys()
            reached = set().union(*map(_pointed_at, reached))
        assert not reached


def test_causes_say_what_entries_say_and_no_more() -> None:
    members = {
        "when",
        "unless",
        "same_as",
        "title",
        "cause",
        "actions",
        "who",
        "administrator",
        "retry",
        "steps",
        "link",
    }
    for key, causes in WITH_CAUSES.items():
        for cause in causes:
            assert set(cause) <= members, key
            assert ("actions" in cause and "cause" in cause) or "same_as" in cause, key
            assert {*map(Who, cause.get("who", ["operator"]))}
            assert Retry(cause.get("retry", "yes"))
            assert set(cause.get("steps", ())) <= set(CATALOGUE["legend"]["steps"])


# `probes.host` looks up "answer" for a host that another one answered for.
@pytest.mark.parametrize("kind", [kind for kind in Trouble if kind is not Trouble.ELSEWHERE])
def test_every_kind_of_an_unreachable_host_is_explained(kind: Trouble) -> None:
    diagnosis = explain("network", kind)

    assert diagnosis.service == "network"
    assert diagnosis.code == ""
    assert diagnosis.step == "start"
    assert len(diagnosis.remedy) > 40

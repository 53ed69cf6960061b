"""Every text of the catalogue keeps to what is known: its pages, commands, roles, and what it may presume."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from importlib.resources import files

import pytest

from tests.catalogue.supported_by_facts import COMMANDS, PLACES, ROLES
from tests.each import for_each
from wizard.catalogue import explain, explain_refusal
from wizard.catalogue.administrators import ADMINISTRATORS
from wizard.catalogue.prose import wrap_prose
from wizard.core.errors import ServiceRefusal

CATALOGUE = json.loads(files("assets").joinpath("entra-errors.json").read_text(encoding="utf-8"))
ENTRIES = [entry for entry in (*CATALOGUE["aadsts"], *CATALOGUE["other"]) if "actions" in entry]
SAID = [
    ({**entry, **each}, each) for entry in ENTRIES for each in ({}, *entry.get("causes", ())) if "same_as" not in each
]
HOSTS = re.compile(r"\b(entra|portal\.azure|partner)\.microsoft\.com > |\bportal\.azure\.com > ")
ROLE = re.compile(
    r"(?:[A-Z][a-z]+ )+(?:Administrator|Officer|Readers)\b|Key Vault [A-Z]\w+ [A-Z]\w+"
    r"|\b(?:Admin|Sales|Helpdesk|Referrals|Account) (?:agent|admin)\b"
)
CLI = "04b07795-8ddb-461a-bbee-02f9e1bf7b46"
# Codes of Entra whose own text is about Partner Center, customers of a partner, or a command that works on it.
OF_PARTNERS = frozenset({"50014", "500571", "90099"})


def called(case: tuple[dict[str, str], dict[str, str]]) -> str:
    """Return the system and the code of an entry, and when it means what is said of it."""
    said, own = case
    return f"{said.get('system', 'entra')}/{said['code']} {own.get('when', '')[:30]}"


def _tree() -> dict[str, dict]:  # type: ignore[type-arg]
    root: dict[str, dict] = {}  # type: ignore[type-arg]
    path = [root]
    for line in PLACES.strip().splitlines():
        depth = len(line) - len(line.lstrip())
        del path[depth + 1 :]
        path.append(path[depth].setdefault(line.strip(), {}))
    return root


TREE = _tree()


def unknown_places(text: str) -> Iterator[str]:
    """Yield each portal path in a text that leads to a page that is not known."""
    for found in re.finditer(r"(?:entra\.microsoft\.com|portal\.azure\.com|partner\.microsoft\.com)(?= > )", text):
        below, rest = TREE[found.group()], text[found.end() :]
        while rest.startswith(" > "):
            rest = rest[3:]
            name = max((each for each in below if rest.startswith(each)), key=len, default="")
            if not name:
                yield f"{found.group()} … {rest[:40]}"
                break
            below, rest = below[name], rest[len(name) :]


def commands(text: str) -> list[str]:
    """The commands in a text: what stands in `…` and is more than a word."""
    return [each for each in re.findall(r"`([^`]*)`", text) if " " in each]


def test_a_page_that_is_not_known_is_noticed() -> None:
    assert list(unknown_places("Look: entra.microsoft.com > Entra ID > Enterprise apps > Made up pages."))
    assert list(unknown_places("Look: partner.microsoft.com > Settings."))
    assert not list(unknown_places("See it: entra.microsoft.com > Entra ID > Overview, and compare it."))


@for_each(SAID, names=called)
def test_an_action_names_only_pages_commands_and_roles_that_are_known(said: dict[str, object], own: object) -> None:
    for act in said["actions"]:  # type: ignore[attr-defined]
        assert list(unknown_places(act)) == []
        assert set(commands(act)) <= COMMANDS
        for role in ROLE.findall(re.sub(r"`[^`]*`", "", act)):
            assert role.removeprefix("A ") in ROLES, role


def test_every_administrator_holds_roles_that_are_known() -> None:
    for words in ADMINISTRATORS.values():
        for role in ROLE.findall(re.sub(r"^(An?|Whoever) ", "", words)):
            assert role in ROLES, role


def test_what_is_listed_as_known_is_used() -> None:
    acts = " ".join(act for said, _ in SAID for act in said["actions"])
    people = " ".join(ADMINISTRATORS.values())
    assert {each for each in COMMANDS if f"`{each}`" not in acts} == set()
    assert {each for each in ROLES if each.split()[0] not in f"{acts} {people}"} == set()


@for_each(SAID, names=called)
def test_a_title_is_short_a_cause_takes_two_lines_and_an_action_is_one_act(said: dict[str, str], own: object) -> None:
    assert len(said["title"]) <= 60
    assert len(wrap_prose(said["cause"], 76, "  ", "  ")) <= 2
    for act in said["actions"]:
        words = re.sub(r"`[^`]*`", "x", act)
        assert act.endswith(".")
        assert len(commands(act)) <= 1, act
        assert not re.search(r"[a-z)\"]\. [A-Z]", words), act
        assert len(words) <= 215, act
        assert len(HOSTS.findall(act)) <= 1, act


@pytest.mark.parametrize(
    "code", [each["code"] for each in CATALOGUE["aadsts"] if "UNVERIFIED" in (each["source"] or "")]
)
def test_a_number_that_nobody_has_verified_is_said_to_be_undocumented(code: int) -> None:
    assert "does not document this number" in explain("entra", str(code)).cause


@for_each(SAID, names=called)
def test_what_helps_and_what_is_to_be_done_agree(said: dict[str, object], own: object) -> None:
    acts = " ".join(said["actions"])  # type: ignore[arg-type]
    match said["retry"]:
        case "no":
            assert re.search(r"\b[Ss]ign(s|ing)? in\b", acts)
        case "wait":
            assert re.search(r"\b[Ww]ait\b|\bAdd five seconds\b|within those hours|\bagain\b", acts)
        case "yes":
            assert re.search(
                r"\bagain\b|\bRepeat\b|[Nn]othing has to be|Continue\b|Answer No\b|Request a new code", acts
            )
        case "after_fix":
            assert not re.match(r"(Wait|Repeat)\b", acts)


@for_each([each for each in ENTRIES if "system" not in each], names=lambda each: each["code"])
def test_a_code_of_entra_alone_presumes_neither_partner_center_nor_a_vault_nor_our_own_form(
    entry: dict[str, str],
) -> None:
    code = str(entry["code"])
    diagnosis = explain_refusal(ServiceRefusal("entra", f"AADSTS{code}", "", ""))
    words = f"{diagnosis.title} {diagnosis.cause} {diagnosis.remedy}"

    if code not in OF_PARTNERS:
        assert "Partner Center" not in words
    assert "az keyvault" not in words
    assert "integration user" not in words
    assert not re.search(r"partner-wizard(?!'s step 4, or sign_in\.flow)", words)


@for_each([each for each in ENTRIES if "system" not in each], names=lambda each: each["code"])
def test_the_registration_of_microsofts_own_client_is_never_to_be_changed(entry: dict[str, str]) -> None:
    said = f"Application '{CLI}' is refused."
    diagnosis = explain_refusal(ServiceRefusal("entra", f"AADSTS{entry['code']}", "", said))

    assert "App registrations" not in diagnosis.remedy
    assert diagnosis.actions


def test_microsofts_own_client_is_named_and_the_operator_takes_another() -> None:
    said = f"The redirect URI 'https://x' does not match the redirect URIs configured for the application '{CLI}'."
    diagnosis = explain_refusal(ServiceRefusal("entra", "AADSTS50011", "", said))

    assert diagnosis.actions[0].startswith("Use the client ID of your own app registration: Azure CLI is Microsoft's")
    assert diagnosis.who[0] == "operator"


@for_each(SAID, names=called)
def test_what_a_text_does_not_name_is_said_in_words_and_in_a_command_left_to_the_reader(
    said: dict[str, object], own: dict[str, str]
) -> None:
    if own:
        return
    diagnosis = explain_refusal(ServiceRefusal(str(said.get("system", "entra")), str(said["code"]), "", ""))
    for act in (diagnosis.title, diagnosis.cause, *diagnosis.actions):
        prose = re.sub(r"`[^`]*`", "", act)
        assert not re.search(r"<(app|API|app id|api id|vault|secret|parameter|policy id|context|host)>", prose)


def test_app_and_api_that_the_text_names_stand_in_the_actions() -> None:
    app = "33333333-cccc-4ccc-8ccc-000000000003"
    said = (
        f"Invalid resource. Client app ID: {app}. Resource value from request: https://graph.microsoft.com. "
        "Resource app ID: 00000003-0000-0000-c000-000000000000."
    )
    diagnosis = explain_refusal(ServiceRefusal("entra", "AADSTS650057", "", said))

    assert f"App registrations > All applications > {app} > API permissions" in diagnosis.remedy
    assert "Add the permission of Microsoft Graph" in diagnosis.remedy
    assert "Partner Center" not in diagnosis.remedy


@pytest.mark.parametrize(
    ("resource", "number"),
    [
        ("https://api.partnercenter.microsoft.com", "fa3d9a0c-3fb0-42cc-9193-47c7ecd2edbd"),
        ("https://management.azure.com", "797f4846-ba00-4fd7-ba43-dac1f8f63013"),
        ("2832473f-ec63-45fb-976f-5d45a7d4bb91", "2832473f-ec63-45fb-976f-5d45a7d4bb91"),
        ("https://api.example.com", "<api id>"),
    ],
)
@pytest.mark.parametrize("asked", ["needs access to a service ('{}')", "is trying to access a service '{}'(X)"])
def test_the_command_that_creates_a_service_principal_names_the_api_of_the_text(
    asked: str, resource: str, number: str
) -> None:
    said = f"The app {asked.format(resource)} that your organization lacks a service principal for."
    diagnosis = explain_refusal(ServiceRefusal("entra", "AADSTS650052", "", said))

    assert f"`az ad sp create --id {number}`" in diagnosis.remedy


@pytest.mark.parametrize(
    "said",
    [
        "Application '{}'(Contoso) is disabled.",
        "The reply URL does not match the reply URLs configured for the application: '{}'.",
        "Your administrator has configured the application Contoso SAM ('{}') to block users.",
        "Resource app ID: 797f4846-ba00-4fd7-ba43-dac1f8f63013. Client app ID: {}(Contoso).",
    ],
)
def test_the_app_is_known_in_each_way_that_a_text_names_it(said: str) -> None:
    app = "33333333-cccc-4ccc-8ccc-000000000003"
    diagnosis = explain_refusal(ServiceRefusal("entra", "AADSTS7000112", "", said.format(app)), sentence="")

    assert f"All applications > {app} > Properties" in diagnosis.remedy

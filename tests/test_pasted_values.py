"""A value as people paste it is taken as it is meant, and what was changed is said; nothing is guessed."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wizard.core.answers import LONGEST_VALUE, Field, Kind
from wizard.core.pasted_values import Meant, as_meant
from wizard.onboarding.profile import CSP

GUID = "11111111-aaaa-4aaa-8aaa-000000000001"
OTHER = "22222222-bbbb-4bbb-8bbb-000000000002"
VAULT = "https://contoso-partner.vault.azure.net"
RESOURCE = "/subscriptions/1/resourceGroups/rg/providers/Microsoft.KeyVault/vaults/Contoso-Partner"
SECRET = "abc8Q~defghijklmnopqrstuvwxyz0123456789"
SUFFIX = "vault.azure.net"
READ = [field for field in CSP.fields.values() if field.kind in (Kind.TEXT, Kind.SECRET)]


def meant(key: str, text: str, suffix: str = SUFFIX) -> Meant:
    return as_meant(CSP.fields[key], text, suffix)


@pytest.mark.parametrize(
    ("key", "text", "value", "note"),
    [
        ("tenant", "https://contoso.com/", "contoso.com", "the scheme and the slash are left off"),
        ("tenant", "https://contoso.com", "contoso.com", "the scheme is left off"),
        ("tenant", "HTTP://Contoso.com/", "contoso.com", "the scheme and the slash are left off"),
        ("tenant", "contoso.com/", "contoso.com", "the slash is left off"),
        ("tenant", "contoso.com.", "contoso.com", "the dot is left off"),
        ("tenant", "admin@contoso.com", "contoso.com", "only the domain after the @ is used"),
        ("tenant", "@contoso.com", "contoso.com", "only the domain after the @ is used"),
        ("tenant", "mailto:admin@contoso.com?subject=x", "contoso.com", "“mailto:” before it is left off; only"),
        ("tenant", "Ada <admin@contoso.com>", "contoso.com", "only the domain after the @ is used"),
        ("tenant", "admin@contoso.com<mailto:admin@contoso.com>", "contoso.com", "only the domain"),
        ("tenant", "\ufeff\u00a0“contoso.com”\u200b\n", "contoso.com", "the quotes around it are left off"),
        ("tenant", f'"{GUID}",', GUID, "the comma after it and the quotes around it are left off"),
        ("tenant", f"{{{GUID.upper()}}}", GUID.upper(), "the braces are left off"),
        ("tenant", f" urn:uuid:{GUID}", GUID, "“urn:uuid:” before it is left off"),
        ("tenant", f"https://portal.azure.com/#@{GUID}/resource{RESOURCE}", GUID, "the tenant's id in"),
        ("tenant", "https://portal.azure.com/#@contoso.com/resource", "contoso.com", "the tenant's domain in"),
        ("tenant", f"https://portal.azure.com/{GUID}#home", GUID, "the tenant's id in"),
        ("tenant", f"https://entra.microsoft.com/?tid={GUID}#view/x", GUID, "the tenant's id in"),
        ("tenant", f"https://entra.microsoft.com/#view/y/tenantId/{GUID}", GUID, "the tenant's id in"),
        ("tenant", f"https://login.microsoftonline.com/{GUID}/oauth2/v2.0/token", GUID, "the tenant's id in"),
        ("client_id", f"{{{GUID}}}", GUID, "the braces are left off"),
        ("client_id", f"( {GUID} )", GUID, "the parentheses are left off"),
        ("client_id", f"https://portal.azure.com/#view/z/appId/{GUID}/isMSAApp~/false", GUID, "the app's id"),
        ("integration_user", "Ada <ada@contoso.com>", "ada@contoso.com", "only the user name in it is used"),
        ("integration_user", "mailto:ada@contoso.com", "ada@contoso.com", "“mailto:” before it is left off"),
        ("integration_user", "ada@contoso.com.", "ada@contoso.com", "the dot is left off"),
        ("vault_url", "contoso-partner", VAULT, "the name is put in full"),
        ("vault_url", "contoso-partner.vault.azure.net", VAULT, "https:// is put before it"),
        ("vault_url", f"{VAULT}/secrets/name/0123", VAULT, "what follows the host is left off"),
        ("vault_url", "http://contoso-partner.vault.azure.net/", VAULT, "http is made https"),
        ("vault_url", RESOURCE, VAULT, "the vault's name in it is used"),
        ("vault_url", f"https://portal.azure.com/#@x.com/resource{RESOURCE}/overview", VAULT, "the vault's name"),
        ("vault_url", f"<{VAULT}>", VAULT, "the angle brackets around it are left off"),
        ("vault_secret", "'refresh-token'", "refresh-token", "the quotes around it are left off"),
        ("sign_in_redirect_uri", "<http://localhost>", "http://localhost", "the angle brackets around it are left off"),
    ],
)  # fmt: skip
def test_a_value_is_taken_as_meant_and_says_what_was_changed(key: str, text: str, value: str, note: str) -> None:
    found = meant(key, text)
    assert found.value == value
    assert found.note.startswith(f"Taken as {value}: ")
    assert note in found.note
    assert found.note.endswith(".")
    assert not CSP.fields[key].error(found.value)


@pytest.mark.parametrize(
    ("key", "text"),
    [
        ("tenant", "https://contoso.com/about"),  # a page of somebody's site
        ("tenant", "https://portal.azure.com/"),  # names no tenant
        ("tenant", "https://entra.microsoft.com/?feature=x"),
        ("tenant", f"https://portal.azure.com/#@contoso.com/x?tid={GUID}"),  # two tenants
        ("tenant", f"https://entra.microsoft.com/#view/appId/{GUID}"),  # an id, but the app's
        ("tenant", f"{GUID} {OTHER}"),
        ("tenant", "https://ada@contoso.com/"),
        ("tenant", "ada_fabrikam.com#EXT#@contoso.onmicrosoft.com"),  # a guest: of which of the two?
        ("tenant", "ada@contoso.com <bob@fabrikam.com>"),
        ("tenant", "conto\u200bso.com"),
        ("tenant", "contoso"),
        ("tenant", f"{{{GUID})"),
        ("client_id", "contoso.com"),
        ("client_id", GUID.replace("-", "")),
        ("client_id", f"https://portal.azure.com/#x/appId/{GUID}/y/client_id/{OTHER}"),
        ("client_id", f"https://evil.example/appId/{GUID}"),
        ("integration_user", "Ada"),
        ("integration_user", "ada@contoso.com, bob@contoso.com"),
        ("vault_url", "https://portal.azure.com/vaults"),
        ("vault_url", "contoso.com"),
        ("vault_url", f"{RESOURCE} {RESOURCE}2"),
        ("vault_url", f"https://evil.example{RESOURCE}"),
        ("vault_url", "ab"),
        ("vault_secret", "two words"),
        ("tenant", '"' * 3),
        ("tenant", "http://[::1"),
    ],
)
def test_what_has_two_readings_or_none_is_kept_and_its_field_says_what_is_wrong(key: str, text: str) -> None:
    assert meant(key, text) == (text, "")
    assert CSP.fields[key].error(text)


def test_a_vaults_name_alone_is_no_address_while_the_cloud_is_not_known() -> None:
    assert meant("vault_url", "contoso-partner", "") == ("contoso-partner", "")
    assert meant("vault_url", "contoso", "vault.azure.cn").value == "https://contoso.vault.azure.cn"


@pytest.mark.parametrize(
    ("text", "note"),
    [
        (f'"{SECRET}"', "The quotes around it are left off."),
        (f"“{SECRET}”", "The quotes around it are left off."),
        (f" {SECRET}\n", "The blanks around it are left off."),
        (f"\ufeff'{SECRET}' ", "The blanks, the invisible characters and the quotes around it are"),
    ],
)
def test_a_secret_loses_what_stands_around_it_and_is_not_said(text: str, note: str) -> None:
    found = meant("client_secret", text)
    assert found.value == SECRET
    assert found.note.startswith(note)
    assert SECRET not in found.note


@pytest.mark.parametrize("text", [f"\"'{SECRET}'\"", f"'{SECRET}", f'"a"{SECRET}"', f"{SECRET[:9]}\u200b{SECRET[9:]}"])
def test_the_inside_of_a_secret_is_never_altered(text: str) -> None:
    assert meant("client_secret", text) == (text, "")


def test_a_passphrase_may_have_quotes() -> None:
    assert meant("passphrase", '"correct horse"') == ('"correct horse"', "")


def test_a_fit_value_a_choice_and_a_text_too_long_are_not_touched() -> None:
    assert meant("tenant", "Contoso.COM") == ("Contoso.COM", "")
    assert meant("credential", " secret ") == (" secret ", "")
    too_long = " " + "x" * LONGEST_VALUE
    assert meant("tenant", too_long) == (too_long, "")


def test_a_path_in_quotes_is_the_files_if_there_is_one(tmp_path: Path) -> None:
    file = tmp_path / "my app.pem"
    file.touch()
    assert meant("certificate", f"'{file}'") == (str(file), f"Taken as {file}: the quotes around it are left off.")
    assert meant("certificate", "'no such file'") == ("'no such file'", "")


AROUND = st.sampled_from(
    ["", " ", "\n", "\u00a0", "\ufeff", "\u200b", '"', "'", "“", "”", "<", ">", "{", "}", "mailto:", "urn:uuid:", "https://",
     "/", ".", ",", ";", "@", "Ada <", "#", "?tid=", "https://portal.azure.com/#@", "/secrets/x"]
)  # fmt: skip
VALUES = st.sampled_from([GUID, OTHER, "contoso.com", "ada@contoso.com", VAULT, RESOURCE, SECRET, "contoso", ""])
PASTES = st.one_of(
    st.text(max_size=80),
    st.lists(st.one_of(AROUND, VALUES), max_size=8).map("".join),
)


@given(st.sampled_from(READ), PASTES, st.sampled_from(["", SUFFIX]))
@settings(max_examples=600, deadline=None, derandomize=True)
def test_reading_twice_is_reading_once_and_a_fit_value_stays(field: Field, text: str, suffix: str) -> None:
    key = field.key
    once = meant(key, text, suffix)
    assert meant(key, once.value, suffix) == (once.value, "")
    if field.kind is Kind.TEXT and not field.error(text):
        assert once == (text, "")
    if once.note:
        assert not field.error(once.value)


@given(st.text(max_size=30), st.sampled_from(['"', "'", "“”", " ", "\ufeff"]))
@settings(max_examples=200, deadline=None, derandomize=True)
def test_what_a_secret_becomes_is_a_piece_of_what_was_pasted(inside: str, around: str) -> None:
    pasted = around[0] + inside + around[-1]
    assert meant("client_secret", pasted).value in pasted

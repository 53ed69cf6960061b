"""Which onboardings a vault tells of: by the tags of its secrets, whatever else is there, and nobody else's."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest
import requests

from wizard.core.answers import Answers
from wizard.core.errors import BadInput, ServiceRefusal, Unreachable
from wizard.core.waiting import Cancel, SystemClock
from wizard.jobs import fleet_in_vaults
from wizard.jobs.fleet import Member
from wizard.jobs.fleet_in_vaults import members_in, read_places
from wizard.microsoft.key_vault import StoredSecret
from wizard.microsoft.secret_bundle import sanitize_secret_bundle
from wizard.onboarding.onboarding_context import Onboarding

VAULT = "https://contoso-partner.vault.azure.net"
TENANT = "11111111-aaaa-4aaa-8aaa-{:012}"
APP = "33333333-cccc-4ccc-8ccc-000000000003"


def owner(number: int = 1) -> dict[str, str]:
    return {"tenant_id": TENANT.format(number), "client_id": APP}


def token(number: int = 1, **tags: str) -> StoredSecret:
    return StoredSecret("", None, True, owner(number) | {"account": "primary", "client_type": "public"} | tags)


class Vault:
    """A vault that gives what it has a few at a time, and is told how often it was asked."""

    host = "contoso-partner.vault.azure.net"

    def __init__(self, secrets: dict[str, StoredSecret], *, ends: bool = True) -> None:
        self._secrets, self._ends, self.asked = secrets, ends, 0

    def page(self, after: str = "") -> tuple[dict[str, StoredSecret], str]:
        self.asked += 1
        start = int(after or 0)
        names = list(self._secrets)[start : start + 25]
        more = str(start + 25) if start + 25 < len(self._secrets) else "" if self._ends else str(start)
        return {name: self._secrets[name] for name in names}, more

    def read(self, name: str) -> StoredSecret | None:
        self.asked += 1
        return self._secrets.get(name)


def members(
    vault: Vault,
    monkeypatch: pytest.MonkeyPatch,
    *names: str,
    found: Callable[[str], None] = lambda _tenant_id: None,
    **shared: Any,
) -> dict[str, Member]:
    monkeypatch.setattr(fleet_in_vaults, "open_vault", lambda _onboarding: vault)
    services: Any = SimpleNamespace(attributed_to=lambda _reason: nullcontext())

    def open_one() -> Onboarding:
        return Onboarding(replace(Answers(), vault_url=VAULT, **shared), services, SystemClock(), Cancel())

    return {each.name.rpartition("/")[2]: each for each in members_in(open_one, names, 4, found)}


def test_five_thousand_foreign_secrets_hide_nothing_and_are_not_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    foreign = {f"foreign-{number}": StoredSecret("", None, True, {"owner": "billing"}) for number in range(5_000)}
    vault = Vault({"a": token(1), **foreign, "b": token(2)})

    found = members(vault, monkeypatch)

    assert {name: each.tenant_id for name, each in found.items()} == {"a": TENANT.format(1), "b": TENANT.format(2)}
    assert vault.asked == 201  # 25 a page
    assert found["a"].name == "contoso-partner/a"


def test_each_token_is_told_of_once_and_while_the_vault_is_still_listed(monkeypatch: pytest.MonkeyPatch) -> None:
    vault = Vault(
        {f"s{number:02}": token(number) if number % 2 else StoredSecret("", None, True) for number in range(60)}
    )
    told: list[tuple[str, int]] = []

    members(vault, monkeypatch, found=lambda tenant_id: told.append((tenant_id, vault.asked)))

    assert told == [(TENANT.format(number), number // 25 + 1) for number in range(1, 60, 2)]


@pytest.mark.parametrize(
    "tags",
    [
        {},
        {"tenant_id": TENANT.format(1), "account": "primary"},
        {"client_id": APP, "account": "primary"},
        owner() | {"tenant_id": "contoso.com", "account": "primary"},
        owner() | {"created_at": "2026-11-21T10:00:00Z"},
        owner() | {"created_at": "2026-11-21T10:00:00Z", "app_key": "5"},
    ],
)
def test_what_is_no_token_of_ours_is_no_onboarding(tags: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    assert members(Vault({"a": StoredSecret("", None, True, tags)}), monkeypatch) == {}


@pytest.mark.parametrize(
    ("kind", "keys", "credential"),
    [
        ("public", 1, ("none", "")),
        ("secret", 1, ("vault_secret", "key-0")),
        ("certificate", 1, ("vault_certificate", "key-0")),
        ("secret", 2, ("secret", "")),  # nobody can tell which of the two it is
        ("secret", 0, ("secret", "")),
        ("federated", 1, ("secret", "")),
    ],
)
def test_the_apps_own_credential_is_found_beside_its_token(
    kind: str, keys: int, credential: tuple[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = {f"key-{number}": StoredSecret("", None, True, owner() | {"app_key": "5"}) for number in range(keys)}
    others = {"of-another": StoredSecret("", None, True, owner(2) | {"app_key": "6"})}
    disabled = {"old": StoredSecret("", None, False, owner() | {"app_key": "7"})}

    found = members(Vault({"a": token(client_type=kind), **kept, **others, **disabled}), monkeypatch)["a"].found

    assert found is not None
    assert (found.answers.credential, found.answers.credential_name) == credential


def test_tags_say_what_they_say_and_what_they_do_not_is_shared(monkeypatch: pytest.MonkeyPatch) -> None:
    user = "55555555-eeee-4eee-8eee-000000000002"
    vault = Vault(
        {
            "a": token(1, profile="cpv", account="sandbox", user_id=user, flow="auth_code"),
            "b": token(2, profile="\x1b[31m", account="nobody's", user_id="adele", flow="stored_token"),
        }
    )
    found = members(vault, monkeypatch, profile="referrals", vault_identity="managed")
    a, b = found["a"].found, found["b"].found
    assert a
    assert b
    assert (a.answers.profile, a.answers.account, a.facts.user_id, a.facts.flow) == (
        "cpv",
        "sandbox",
        user,
        "auth_code",
    )
    assert (b.answers.profile, b.answers.account, b.facts.user_id) == ("referrals", "primary", "")
    assert (a.answers.sign_in_flow, b.answers.sign_in_flow) == ("auto", "stored-token")
    for each in (a, b):
        assert (each.answers.vault_url, each.answers.vault_identity, each.saved_at) == (VAULT, "managed", "")


def test_named_secrets_are_read_and_the_vault_is_not_listed(monkeypatch: pytest.MonkeyPatch) -> None:
    vault = Vault({f"s{number}": token(number) for number in range(100)})
    found = members(vault, monkeypatch, "s7", "gone", "s9")
    assert (set(found), vault.asked) == ({"s7", "s9"}, 3)


def test_named_secrets_are_asked_for_side_by_side_each_once_and_by_as_many_as_there_are_workers(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    together, asked = threading.Barrier(4), list[tuple[int, str]]()

    class Slow(Vault):
        def read(self, name: str) -> StoredSecret | None:
            asked.append((threading.get_ident(), name))
            together.wait(60)  # nobody goes on before four have asked
            return super().read(name)

    vault = Slow({f"s{number}": token(number) for number in range(100)})
    names = [f"s{number}" for number in range(40)]

    assert sorted(members(vault, monkeypatch, *names)) == sorted(names) == sorted(name for _, name in asked)
    assert len({thread for thread, _ in asked}) == 4


def test_one_name_that_may_not_be_read_ends_it(monkeypatch: pytest.MonkeyPatch) -> None:
    class Closed(Vault):
        def read(self, name: str) -> StoredSecret | None:
            if name == "s7":
                raise ServiceRefusal("key_vault", "ForbiddenByRbac", "Forbidden", "", status=403)
            return super().read(name)

    with pytest.raises(ServiceRefusal):
        members(Closed({}), monkeypatch, *[f"s{number}" for number in range(40)])


def test_a_list_that_gives_the_same_again_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    vault = Vault({"a": token()}, ends=False)
    with pytest.raises(Unreachable, match="without an end"):
        members(vault, monkeypatch)
    assert vault.asked == 2


def test_names_are_of_the_one_vault_or_say_which() -> None:
    other = "https://fabrikam-partner.vault.azure.net"
    assert read_places([VAULT + "/"], []) == {VAULT: []}
    assert read_places([VAULT], ["# ours", "", "a  # the first", f"{VAULT}/secrets/b"]) == {VAULT: ["a", "b"]}
    assert read_places([VAULT], ["a", "b", "a"]) == {VAULT: ["a", "b"]}, "nothing is asked for twice"
    assert read_places([VAULT, other], [f"{other}/secrets/b"]) == {VAULT: [], other: ["b"]}


@pytest.mark.parametrize(
    ("vaults", "line", "says"),
    [
        ((VAULT,), "a/b", "line 2 is no name of a secret"),
        ((VAULT,), "https://elsewhere.vault.azure.net/secrets/a", "line 2 is in no vault that --vault names"),
        ((VAULT, "https://fabrikam-partner.vault.azure.net"), "a", "line 2 is in one of several vaults"),
        (("contoso partner",), "a", "--vault"),
    ],
)
def test_a_place_that_is_none_is_refused(vaults: tuple[str, ...], line: str, says: str) -> None:
    with pytest.raises(BadInput, match=says):
        read_places(vaults, ["# names", line])


# --- the vault's own answer -----------------------------------------------------------------------------------------


def page_of(path: str, link: str | None, items: tuple[str, ...] = ("a",)) -> dict[str, Any]:
    response = requests.Response()
    response.status_code, response.url = 200, f"{VAULT}{path}"
    value = [{"id": f"{VAULT}/secrets/{name}", "value": "never", "tags": {"x": "y", "z": 1}} for name in items]
    response._content = json.dumps({"value": value, "nextLink": link}).encode()
    sanitize_secret_bundle(response)
    body: dict[str, Any] = response.json()
    return body


def test_a_list_of_secrets_is_read_without_any_value_and_goes_on_in_the_same_vault() -> None:
    link = f"{VAULT}/secrets?api-version=7.4&$skiptoken=25"
    body = page_of("/secrets?api-version=7.4", link)
    assert body["nextLink"] == link
    assert [(each["id"], each["value"], each["tags"]) for each in body["value"]] == [
        (f"{VAULT}/secrets/a", None, {"x": "y"})
    ]


@pytest.mark.parametrize(
    "link",
    [
        "https://elsewhere.example/secrets?$skiptoken=25",
        f"{VAULT}/deletedsecrets?$skiptoken=25",
        f"{VAULT}/secrets/a/versions?$skiptoken=25",
        "http://contoso-partner.vault.azure.net/secrets?$skiptoken=25",
    ],
)
def test_a_list_that_goes_on_elsewhere_is_not_followed(link: str) -> None:
    with pytest.raises(Unreachable, match="goes on elsewhere"):
        page_of("/secrets?api-version=7.4", link)

"""Titles of the wizard's steps and of its checks, as assets/checks.json holds them."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Final

from wizard.core.assets import read_asset
from wizard.core.findings import Outcome
from wizard.core.wording import check_title

if TYPE_CHECKING:
    from collections.abc import Mapping

# A check that does not ask the service its step is about. The rest is Entra's.
_SERVICES: Final = {
    "tenant.associated": "partner_center",
    "user.vault_rights": "key_vault",
    "user.vault_settings": "key_vault",
    "user.vault_reachable": "key_vault",
    "user.vault_writable": "key_vault",
    "user.secret_name": "key_vault",
    "user.partner_tenant": "partner_center",
    "user.admin_agent": "partner_center",
    "user.other_programs": "partner_center",
    "user.referrals": "partner_center",
    "store.written": "key_vault",
    "store.read_back": "key_vault",
    "store.partner_center": "partner_center",
    "store.referrals": "partner_center",
    "access.legal_business": "partner_center",
    "access.customers": "partner_center",
    "renew.stored": "key_vault",
    "renew.written": "key_vault",
    "renew.read_back": "key_vault",
    "renew.older": "key_vault",
}


def step_titles() -> dict[str, str]:
    """Return each step's number and title by its id, in order: "user" → "Step 4, Integration user"."""
    return dict(_read()[0])


def title_of_check(check: str, outcome: Outcome) -> str:
    """Return what heads a check's finding that has no title of its own; "" if no such check is known."""
    titles = _read()[1].get(check)
    return check_title(outcome, *titles) if titles else ""


def is_advisory(check: str) -> bool:
    """Return whether a check, by its id, closes no gate whatever it finds."""
    return check in _read()[2]


def check_service(check: str, code: str = "") -> str:
    """Return the service that a check's finding is about: "entra", "partner_center", "key_vault", or "" for none.

    Args:
        check: its id, such as "user.vault_reachable".
        code: of the finding; an AADSTS code is Entra's wherever it is met.
    """
    if code.startswith("AADSTS"):
        return "entra"
    return "" if check.startswith("start.") else _SERVICES.get(check, "entra")


def _title_of_step(step: Mapping[str, object]) -> str:
    """Return the title of a step with its number; the checks of a job belong to none, and have only a title."""
    return f"Step {step['number']}, {step['title']}" if "number" in step else str(step["title"])


@cache
def _read() -> tuple[dict[str, str], dict[str, tuple[str, str]], frozenset[str]]:
    """Return titles by step, by check its title and its failing title, and the ids of the advisory checks.

    `python -m tests.documented` makes the file from the code.
    """
    import json

    steps = json.loads(read_asset("checks.json"))
    titles = {each["id"]: _title_of_step(each) for each in steps}
    checks = {check: each for step in steps for check, each in step["checks"].items()}
    advisory = frozenset(check for check, each in checks.items() if each.get("advisory"))
    return titles, {check: (each["title"], each["failing_title"]) for check, each in checks.items()}, advisory

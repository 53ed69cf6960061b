"""Titles of the wizard's steps and questions of its checks, as assets/checks.json holds them."""

from __future__ import annotations

from functools import cache
from typing import Final

# A check that does not ask the service its step is about. The rest is Entra's.
_SERVICES: Final = {
    "tenant.associated": "partner_center",
    "user.vault_reachable": "key_vault",
    "user.vault_writable": "key_vault",
    "user.secret_name": "key_vault",
    "user.partner_tenant": "partner_center",
    "user.admin_agent": "partner_center",
    "store.written": "key_vault",
    "store.read_back": "key_vault",
    "store.partner_center": "partner_center",
}


def step_titles() -> dict[str, str]:
    """Return each step's number and title by its id, in order: "user" → "Step 4, Integration user"."""
    return dict(_read()[0])


def check_question(check: str) -> str:
    """Return what is true when a check holds, in a few words; "" if no such check is known."""
    return _read()[1].get(check, "")


def is_check_question(title: str) -> bool:
    """Return whether a title is the question of a check."""
    return title in _read()[1].values()


def check_service(check: str, code: str = "") -> str:
    """Return the service that a check's finding is about: "entra", "partner_center", "key_vault", or "" for none.

    Args:
        check: its id, such as "user.vault_reachable".
        code: of the finding; an AADSTS code is Entra's wherever it is met.
    """
    if code.startswith("AADSTS"):
        return "entra"
    return "" if check.startswith("start.") else _SERVICES.get(check, "entra")


@cache
def _read() -> tuple[dict[str, str], dict[str, str]]:
    """Return titles by step and questions by check. `python -m tests.documented` makes the file from the code."""
    import json
    from importlib.resources import files

    steps = json.loads(files("assets").joinpath("checks.json").read_text(encoding="utf-8"))
    titles = {each["id"]: f"Step {each['number']}, {each['title']}" for each in steps}
    return titles, {check: question for each in steps for check, question in each["checks"].items()}

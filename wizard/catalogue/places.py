"""The wizard's steps and checks by name, as assets/checks.json holds them: enough to say where something belongs."""

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
    """Give each step's number and title by its id, in order: "user" → "Step 4, Integration user"."""
    return dict(_read()[0])


def question_of(check: str) -> str:
    """Give what holds when a check holds, in a few words; "" where no such check is known."""
    return _read()[1].get(check, "")


def heading(title: str) -> str:
    """Give a title as it heads a failure: the question of a check says what holds when it holds."""
    return f"Not confirmed: {title}" if title in _read()[1].values() else title


def service_of(check: str, code: str = "") -> str:
    """Give the service that a check's finding is about: "entra", "partner_center", "key_vault", or "" for none.

    Args:
        check: its id, such as "user.vault_reachable".
        code: of the finding; one of Entra's is Entra's wherever it is met.
    """
    if code.startswith("AADSTS"):
        return "entra"
    return "" if check.startswith("start.") else _SERVICES.get(check, "entra")


@cache
def _read() -> tuple[dict[str, str], dict[str, str]]:
    """Give titles by step and questions by check. `python -m tests.documented` makes the file from the code."""
    import json
    from importlib.resources import files

    steps = json.loads(files("assets").joinpath("checks.json").read_text(encoding="utf-8"))
    titles = {each["id"]: f"Step {each['number']}, {each['title']}" for each in steps}
    return titles, {check: question for each in steps for check, question in each["checks"].items()}

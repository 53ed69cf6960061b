"""Accounts that were made while the cloud runs, and the first sign-in of each: another password, a second factor."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TYPE_CHECKING

from starlette.responses import Response

from wizard.rehearsal import markup
from wizard.rehearsal.world import Person

if TYPE_CHECKING:
    from wizard.rehearsal.cloud_state import CloudState

_SHORTEST = 8


@dataclass(slots=True)
class NewAccount:
    """An account that was made here; `first_password` is "" once its owner has chosen another, at `changed_at`."""

    person: Person
    first_password: str = field(repr=False)
    made_at: datetime
    changed_at: datetime | None = None

    def change_password(self, now: datetime) -> None:
        """Let its owner have chosen a password."""
        self.first_password, self.changed_at = "", now

    def register_method(self) -> None:
        """Let its owner have registered a second factor."""
        self.person = replace(self.person, mfa_registered=True)


def sign_in_for_the_first_time(state: CloudState, key: str) -> None:
    """Let somebody who acts alone do what the first sign-in asks for; of any other account do nothing."""
    account = state.new_accounts.get(key)
    if account is not None and account.first_password:
        account.change_password(state.clock.now())
        account.register_method()


def page_due(
    state: CloudState, key: str, form: Mapping[str, str], hidden: dict[str, str], mfa: bool
) -> Response | None:
    """Return the page of a first sign-in that is due before all others, None where there is none.

    Args:
        state: the cloud.
        key: of the person who signs in.
        form: what was posted; its `step` is "password", "new-password" or "register".
        hidden: what each form carries.
        mfa: whether the sign-in asks for a second factor.
    """
    account, step = state.new_accounts.get(key), form.get("step", "")
    if account is None:
        return None
    if account.first_password:
        given = form.get("password", "")
        if step not in ("password", "new-password") or given != account.first_password:
            wrong = "Your account or password is incorrect. Error Code: 50126" if step else ""
            return _password_page(account, hidden, wrong)
        chosen = form.get("new_password", "")
        if step == "password" or len(chosen) < _SHORTEST or chosen == given:
            wrong = "Choose another password, of eight characters or more." if step == "new-password" else ""
            return _new_password_page({**hidden, "password": given}, wrong)
        account.change_password(state.clock.now())
    if mfa and not account.person.mfa_registered:
        if step != "register":
            return _register_page(hidden)
        account.register_method()
    return None


def _password_page(account: NewAccount, hidden: dict[str, str], wrong: str) -> Response:
    note = markup.paragraph("Enter the first password that was shown when the account was made.", "quiet")
    field_ = '<label for="password">Password</label><input type="password" id="password" name="password">'
    body = _error(wrong) + note + markup.form(field_ + markup.button("next", "Sign in"), {**hidden, "step": "password"})
    return markup.page(f"Password of {account.person.account}", body)


def _new_password_page(hidden: dict[str, str], wrong: str) -> Response:
    note = markup.paragraph("This is a rehearsal. Never type a real password.", "quiet")
    field_ = (
        '<label for="new_password">New password</label>'
        '<input type="password" id="new_password" name="new_password" autocomplete="off">'
    )
    body = markup.form(field_ + markup.button("next", "Sign in"), {**hidden, "step": "new-password"})
    return markup.page("Update your password", _error(wrong) + note + body)


def _register_page(hidden: dict[str, str]) -> Response:
    words = "Your authenticator app would show a code to scan now. Here, pressing the button is enough."
    body = markup.form(markup.button("next", "I have set it up"), {**hidden, "step": "register"})
    return markup.page("More information required", markup.paragraph(words) + body)


def _error(words: str) -> str:
    return markup.paragraph(words, "wrong", "error") if words else ""

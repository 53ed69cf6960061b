"""The device page: code, account, password, second factor, and the question whether this is the right app."""

from __future__ import annotations

from collections.abc import Mapping

from starlette.requests import Request
from starlette.responses import Response

from wizard.rehearsal import device_codes, markup, sign_in_rules
from wizard.rehearsal.cloud_state import CloudState, DeviceCode
from wizard.rehearsal.forms import read_form
from wizard.rehearsal.new_accounts import page_due


class DevicePage:
    """A row of small forms; each carries what was said before, so nothing is kept between them.

    Ids of their elements: user_code and next; account-1, account-2 …; password and next; next once more if a second
    factor is asked for; approve or decline; done at the end, error if it fails.
    """

    def __init__(self, state: CloudState) -> None:
        self._state = state

    async def answer(self, request: Request) -> Response:
        """Return the page that is due."""
        form = await read_form(request)
        typed = form.get("user_code") or request.query_params.get("otc", "")
        if request.method == "GET" or not typed:
            return _code_page(typed)
        with self._state.lock:
            code = device_codes.find(self._state, typed)
            if code is None:
                return _code_page("", "That code does not work. Check it and try again, or get a new one.")
            who = form.get("who", "")
            if who not in self._state.people:
                body = markup.form(markup.account_buttons(self._state.people), {"user_code": code.user_code})
                return markup.page("Pick an account", body)
            return self._after_account(code, who, form)

    def _after_account(self, code: DeviceCode, who: str, form: Mapping[str, str]) -> Response:
        carried, step = {"user_code": code.user_code, "who": who}, form.get("step", "")
        mfa = sign_in_rules.needs_mfa(self._state, self._state.person(who), code.wants_mfa)
        if page := page_due(self._state, who, form, carried, mfa):
            return page
        person = self._state.person(who)
        if not step:
            return password_page(person.account, {**carried, "step": "password"})
        error = sign_in_rules.refusal(self._state, person, code.wants_mfa, device_code=True)
        if error is not None:
            code.failed = error
            return markup.page("Sign in", markup.paragraph(error.sentence(), "wrong", "error"))
        if step == "password" and mfa:
            return second_factor_page({**carried, "step": "mfa"})
        if step in ("approve", "decline"):
            return self._decide(code, who, step == "approve")
        app = self._state.apps[code.client_id].app
        buttons = markup.button("approve", "Continue", "step", "approve") + markup.button(
            "decline", "Cancel", "step", "decline", plain=True
        )
        body = (
            markup.paragraph("Only continue if you started this sign-in yourself.")
            + markup.paragraph(f"Signed in as {person.account}. App id {app.client_id}.", "quiet")
            + markup.form(buttons, carried)
        )
        return markup.page(f"Are you trying to sign in to {app.name}?", body)

    def _decide(self, code: DeviceCode, who: str, approved: bool) -> Response:
        if not approved:
            device_codes.decline(code)
            return markup.page("You declined", markup.paragraph("Nothing was signed in.", name="done"))
        error = device_codes.approve(self._state, code, self._state.person(who))
        if error is not None:
            words = f"You have signed in, but access is refused. Error Code: {error.code}"
            return markup.page("Access is refused", markup.paragraph(words, "wrong", "error"))
        app = self._state.apps[code.client_id].app
        body = markup.paragraph(
            f"You have signed in to {app.name} on your device. You can close this page.", name="done"
        )
        return markup.page("Signed in", body)


def _code_page(typed: str, wrong: str = "") -> Response:
    body = markup.paragraph(wrong, "wrong", "error") if wrong else ""
    field = (
        '<label for="user_code">Code</label><input class="code" id="user_code" name="user_code" '
        f'value="{markup.escape(typed)}" autocomplete="off" autocapitalize="characters" spellcheck="false" '
        'maxlength="20" required autofocus>'
    )
    return markup.page("Enter the code shown on your device", body + markup.form(field + markup.button("next", "Next")))


def password_page(account: str, hidden: dict[str, str]) -> Response:
    """Return the page that asks for a password, and takes any."""
    field = (
        '<label for="password">Password</label><input type="password" id="password" name="password" '
        'autocomplete="off" value="rehearsal">'
    )
    note = markup.paragraph("This is a rehearsal: any password will do. Never type a real one.", "quiet")
    return markup.page(f"Password of {account}", note + markup.form(field + markup.button("next", "Sign in"), hidden))


def second_factor_page(hidden: dict[str, str]) -> Response:
    """Return the page that stands for the second factor."""
    words = "Your authenticator app would ask you for a number now. Here, pressing the button is enough."
    body = markup.paragraph(words) + markup.form(markup.button("next", "I have approved it"), hidden)
    return markup.page("Approve the sign-in request", body)

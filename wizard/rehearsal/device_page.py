"""The device page: code, account, password, second factor, and the question whether this is the right app."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from wizard.rehearsal import html, sign_in
from wizard.rehearsal.forms import read_form
from wizard.rehearsal.state import CloudState, DeviceCode


class DevicePage:
    """A walk of small forms; each carries what was said before, so nothing is kept between them.

    Ids on the way: user_code and next; account-1, account-2 …; password and next; next once more where a second factor
    is asked for; approve or decline; done at the end, error where it ends badly.
    """

    def __init__(self, state: CloudState) -> None:
        self._state = state

    async def answer(self, request: Request) -> Response:
        """The page that is due."""
        form = await read_form(request)
        typed = form.get("user_code") or request.query_params.get("otc", "")
        if request.method == "GET" or not typed:
            return _code_page(typed)
        with self._state.lock:
            code = sign_in.find(self._state, typed)
            if code is None:
                return _code_page("", "That code does not work. Check it and try again, or get a new one.")
            who = form.get("who", "")
            if who not in self._state.people():
                body = html.form(html.account_buttons(self._state.people()), {"user_code": code.user_code})
                return html.page("Pick an account", body)
            return self._signed_in(code, who, form.get("step", ""))

    def _signed_in(self, code: DeviceCode, who: str, step: str) -> Response:
        person = self._state.person(who)
        said = {"user_code": code.user_code, "who": who}
        if not step:
            return password_page(person.account, {**said, "step": "password"})
        error = sign_in.refusal(self._state, person, code.wants_mfa, device_code=True)
        if error is not None:
            code.failed = error
            return html.page("Sign in", html.paragraph(error.sentence(), "wrong", "error"))
        if step == "password" and sign_in.needs_mfa(self._state, person, code.wants_mfa):
            return second_factor_page({**said, "step": "mfa"})
        if step in ("approve", "decline"):
            return self._decided(code, who, step == "approve")
        app = self._state.apps[code.client_id].app
        buttons = html.button("approve", "Continue", "step", "approve") + html.button(
            "decline", "Cancel", "step", "decline", plain=True
        )
        body = (
            html.paragraph("Only continue if you started this sign-in yourself.")
            + html.paragraph(f"Signed in as {person.account}. App id {app.client_id}.", "quiet")
            + html.form(buttons, said)
        )
        return html.page(f"Are you trying to sign in to {app.name}?", body)

    def _decided(self, code: DeviceCode, who: str, approved: bool) -> Response:
        if not approved:
            sign_in.decline(code)
            return html.page("You declined", html.paragraph("Nothing was signed in.", name="done"))
        error = sign_in.approve(self._state, code, self._state.person(who))
        if error is not None:
            words = f"You have signed in, and access is refused all the same. Error Code: {error.code}"
            return html.page("Access is refused", html.paragraph(words, "wrong", "error"))
        app = self._state.apps[code.client_id].app
        body = html.paragraph(f"You have signed in to {app.name} on your device. You can close this page.", name="done")
        return html.page("Signed in", body)


def _code_page(typed: str, wrong: str = "") -> Response:
    body = html.paragraph(wrong, "wrong", "error") if wrong else ""
    field = (
        '<label for="user_code">Code</label><input class="code" id="user_code" name="user_code" '
        f'value="{html.escape(typed)}" autocomplete="off" autocapitalize="characters" spellcheck="false" '
        'maxlength="20" required autofocus>'
    )
    return html.page("Enter the code shown on your device", body + html.form(field + html.button("next", "Next")))


def password_page(account: str, hidden: dict[str, str]) -> Response:
    """Asks for a password, and takes any."""
    field = (
        '<label for="password">Password</label><input type="password" id="password" name="password" '
        'autocomplete="off" value="rehearsal">'
    )
    note = html.paragraph("This is a rehearsal: any password will do. Never type a real one.", "quiet")
    return html.page(f"Password of {account}", note + html.form(field + html.button("next", "Sign in"), hidden))


def second_factor_page(hidden: dict[str, str]) -> Response:
    """Plays the second factor."""
    words = "Your authenticator app would ask you for a number now. Here, pressing the button is enough."
    body = html.paragraph(words) + html.form(html.button("next", "I have approved it"), hidden)
    return html.page("Approve the sign-in request", body)

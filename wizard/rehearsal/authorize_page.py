"""The authorization endpoint: a sign-in in a browser that ends in a code at the app's redirect URI (protocol 11.3)."""

from __future__ import annotations

from collections.abc import Mapping

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from wizard.rehearsal import authorization, html, sign_in
from wizard.rehearsal import entra_errors as errors
from wizard.rehearsal.authorization import Ask
from wizard.rehearsal.device_page import password_page, second_factor_page
from wizard.rehearsal.entra_errors import EntraError, Ids, described
from wizard.rehearsal.forms import read_form
from wizard.rehearsal.state import CloudState
from wizard.rehearsal.world import Person


class AuthorizePage:
    """Account, password, second factor; then back to the app."""

    def __init__(self, state: CloudState) -> None:
        self._state = state

    async def answer(self, request: Request) -> Response:
        """The page that is due."""
        form = await read_form(request)
        with self._state.lock:
            try:
                query = dict(request.query_params)
                ask = authorization.read_request(self._state, request.path_params["tenant"], query)
            except EntraError as error:
                return error_page(self._state, error)
            return self._walk(ask, form)

    def _walk(self, ask: Ask, form: Mapping[str, str]) -> Response:
        who, step = form.get("who", ""), form.get("step", "")
        if ask.at_once is not None:
            return self._back(ask, authorization.with_error(self._state, ask, ask.at_once))
        if step == "cancel":
            return self._back(ask, authorization.with_error(self._state, ask, errors.NO_CONSENT_GIVEN))
        people = self._people(ask.hint)
        if who not in people:
            cancel = html.button("cancel", "Cancel", "step", "cancel", plain=True)
            return self._page("Pick an account", html.account_buttons(people) + cancel, ask)
        person = people[who]
        if not step:
            return password_page(person.account, {"who": who, "step": "password"})
        refused = sign_in.refusal(self._state, person, ask.wants_mfa, device_code=False)
        if refused is not None:
            return self._page("Sign in", html.paragraph(refused.sentence(), "wrong", "error"), ask)
        if step == "password" and sign_in.needs_mfa(self._state, person, ask.wants_mfa):
            return second_factor_page({"who": who, "step": "mfa"})
        if step != "approve":
            words = html.paragraph(f"Signed in as {person.account}.")
            buttons = html.button("approve", "Continue", "step", "approve")
            return self._page("Continue to the app", words + buttons, ask, {"who": who})
        return self._back(ask, authorization.with_code(ask, authorization.issue(self._state, ask, person)))

    def _people(self, hint: str) -> Mapping[str, Person]:
        """Everybody, the account that the app names first."""
        people = self._state.people().items()
        return dict(sorted(people, key=lambda item: item[1].account.lower() != hint.lower()))

    def _back(self, ask: Ask, parameters: Mapping[str, str]) -> Response:
        if ask.posts:
            fields = "".join(
                f'<input type="hidden" name="{html.escape(key)}" value="{html.escape(value)}">'
                for key, value in parameters.items()
            )
            action = html.escape(ask.redirect_uri)
            body = f'<form method="post" action="{action}">{fields}{html.button("next", "Continue")}</form>'
            return html.page("Back to the app", body, form_target=_origin(ask.redirect_uri))
        return RedirectResponse(authorization.address(ask, parameters), 302, {"Cache-Control": "no-store"})

    def _page(self, title: str, body: str, ask: Ask, hidden: dict[str, str] | None = None) -> Response:
        return html.page(title, html.form(body, hidden), form_target=_origin(ask.redirect_uri))


def error_page(state: CloudState, error: EntraError) -> Response:
    """Entra's own error page: it leads nowhere."""
    words = described(error, Ids.of("", state.clock.now()), state.world.policy.error_separator)
    body = html.paragraph("Sorry, but we’re having trouble signing you in.") + html.paragraph(words, "wrong", "error")
    return html.page("Sign in", body, error.status)


def _origin(uri: str) -> str:
    return "/".join(uri.split("/")[:3])

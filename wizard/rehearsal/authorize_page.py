"""The authorization endpoint: a sign-in in a browser that ends in a code at the app's redirect URI (protocol 11.3)."""

from __future__ import annotations

from collections.abc import Mapping

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from wizard.rehearsal import aadsts_errors as errors
from wizard.rehearsal import authorization_endpoint, markup, sign_in_rules
from wizard.rehearsal.aadsts_errors import EntraError, Ids, error_description
from wizard.rehearsal.authorization_endpoint import Ask
from wizard.rehearsal.cloud_state import CloudState
from wizard.rehearsal.device_page import password_page, second_factor_page
from wizard.rehearsal.forms import read_form
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
                ask = authorization_endpoint.read_request(self._state, request.path_params["tenant"], query)
            except EntraError as error:
                return error_page(self._state, error)
            return self._walk(ask, form)

    def _walk(self, ask: Ask, form: Mapping[str, str]) -> Response:
        who, step = form.get("who", ""), form.get("step", "")
        if ask.immediate_error is not None:
            return self._back(ask, authorization_endpoint.with_error(self._state, ask, ask.immediate_error))
        if step == "cancel":
            return self._back(ask, authorization_endpoint.with_error(self._state, ask, errors.NO_CONSENT_GIVEN))
        people = self._people(ask.hint)
        if who not in people:
            cancel = markup.button("cancel", "Cancel", "step", "cancel", plain=True)
            return self._page("Pick an account", markup.account_buttons(people) + cancel, ask)
        person = people[who]
        if not step:
            return password_page(person.account, {"who": who, "step": "password"})
        refused = sign_in_rules.refusal(self._state, person, ask.wants_mfa, device_code=False)
        if refused is not None:
            return self._page("Sign in", markup.paragraph(refused.sentence(), "wrong", "error"), ask)
        if step == "password" and sign_in_rules.needs_mfa(self._state, person, ask.wants_mfa):
            return second_factor_page({"who": who, "step": "mfa"})
        if step != "approve":
            words = markup.paragraph(f"Signed in as {person.account}.")
            buttons = markup.button("approve", "Continue", "step", "approve")
            return self._page("Continue to the app", words + buttons, ask, {"who": who})
        return self._back(
            ask, authorization_endpoint.with_code(ask, authorization_endpoint.issue(self._state, ask, person))
        )

    def _people(self, hint: str) -> Mapping[str, Person]:
        """Everybody, the account that the app names first."""
        people = self._state.world.people.items()
        return dict(sorted(people, key=lambda item: item[1].account.lower() != hint.lower()))

    def _back(self, ask: Ask, parameters: Mapping[str, str]) -> Response:
        if ask.posts:
            fields = "".join(
                f'<input type="hidden" name="{markup.escape(key)}" value="{markup.escape(value)}">'
                for key, value in parameters.items()
            )
            action = markup.escape(ask.redirect_uri)
            body = f'<form method="post" action="{action}">{fields}{markup.button("next", "Continue")}</form>'
            return markup.page("Back to the app", body, form_target=_origin(ask.redirect_uri))
        return RedirectResponse(authorization_endpoint.address(ask, parameters), 302, {"Cache-Control": "no-store"})

    def _page(self, title: str, body: str, ask: Ask, hidden: dict[str, str] | None = None) -> Response:
        return markup.page(title, markup.form(body, hidden), form_target=_origin(ask.redirect_uri))


def error_page(state: CloudState, error: EntraError) -> Response:
    """Entra's own error page: it leads nowhere."""
    words = error_description(error, Ids.of("", state.clock.now()), state.world.policy.error_separator)
    body = markup.paragraph("Sorry, but we’re having trouble signing you in.") + markup.paragraph(
        words, "wrong", "error"
    )
    return markup.page("Sign in", body, error.status)


def _origin(uri: str) -> str:
    return "/".join(uri.split("/")[:3])

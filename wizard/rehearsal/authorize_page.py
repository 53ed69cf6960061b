"""The authorization endpoint: a sign-in in a browser that ends in a code at the app's redirect URI (protocol 11.3)."""

from __future__ import annotations

from collections.abc import Mapping

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from wizard.rehearsal import aadsts_errors as errors
from wizard.rehearsal import authorization_endpoint as endpoint
from wizard.rehearsal import markup, sign_in_rules
from wizard.rehearsal.aadsts_errors import EntraError, Ids, error_description
from wizard.rehearsal.authorization_endpoint import AuthorizationRequest
from wizard.rehearsal.cloud_state import CloudState
from wizard.rehearsal.device_page import password_page, second_factor_page
from wizard.rehearsal.forms import read_form
from wizard.rehearsal.new_accounts import page_due
from wizard.rehearsal.world import Person


class AuthorizePage:
    """Forms for account, password and second factor; then back to the app. Each form carries what was said before."""

    def __init__(self, state: CloudState) -> None:
        self._state = state

    async def answer(self, request: Request) -> Response:
        """Return the page that is due."""
        form = await read_form(request)
        with self._state.lock:
            try:
                query = dict(request.query_params)
                asked = endpoint.read_request(self._state, request.path_params["tenant"], query)
            except EntraError as error:
                return error_page(self._state, error)
            return self._next_page(asked, form)

    def _next_page(self, asked: AuthorizationRequest, form: Mapping[str, str]) -> Response:
        who, step = form.get("who", ""), form.get("step", "")
        if asked.immediate_error is not None:
            return self._back(asked, endpoint.error_parameters(self._state, asked, asked.immediate_error))
        if step == "cancel":
            return self._back(asked, endpoint.error_parameters(self._state, asked, errors.NO_CONSENT_GIVEN))
        people = self._people(asked.hint)
        if who not in people:
            cancel = markup.button("cancel", "Cancel", "step", "cancel", plain=True)
            return self._page("Pick an account", markup.account_buttons(people) + cancel, asked)
        mfa = sign_in_rules.needs_mfa(self._state, people[who], asked.wants_mfa)
        if page := page_due(self._state, who, form, {"who": who}, mfa):
            return page
        person = self._state.person(who)
        if not step:
            return password_page(person.account, {"who": who, "step": "password"})
        refused = sign_in_rules.refusal(self._state, person, asked.wants_mfa, device_code=False)
        if refused is not None:
            return self._page("Sign in", markup.paragraph(refused.sentence(), "wrong", "error"), asked)
        if step == "password" and mfa:
            return second_factor_page({"who": who, "step": "mfa"})
        if step != "approve":
            words = markup.paragraph(f"Signed in as {person.account}.")
            buttons = markup.button("approve", "Continue", "step", "approve")
            return self._page("Continue to the app", words + buttons, asked, {"who": who})
        return self._back(
            asked,
            endpoint.code_parameters(asked, endpoint.issue_code(self._state, asked, person)),
        )

    def _people(self, hint: str) -> Mapping[str, Person]:
        """Return everybody, the account that the app names first."""
        people = self._state.people.items()
        return dict(sorted(people, key=lambda item: item[1].account.lower() != hint.lower()))

    def _back(self, asked: AuthorizationRequest, parameters: Mapping[str, str]) -> Response:
        if asked.uses_form_post:
            fields = "".join(
                f'<input type="hidden" name="{markup.escape(key)}" value="{markup.escape(value)}">'
                for key, value in parameters.items()
            )
            action = markup.escape(asked.redirect_uri)
            body = f'<form method="post" action="{action}">{fields}{markup.button("next", "Continue")}</form>'
            return markup.page("Back to the app", body, form_target=markup.origin_of(asked.redirect_uri))
        return RedirectResponse(endpoint.answer_address(asked, parameters), 302, {"Cache-Control": "no-store"})

    def _page(
        self, title: str, body: str, asked: AuthorizationRequest, hidden: dict[str, str] | None = None
    ) -> Response:
        return markup.page(title, markup.form(body, hidden), form_target=markup.origin_of(asked.redirect_uri))


def error_page(state: CloudState, error: EntraError) -> Response:
    """Return Entra's own error page, which leads nowhere."""
    words = error_description(error, Ids.of("", state.clock.now()), state.world.policy.error_separator)
    body = markup.paragraph("Sorry, but we’re having trouble signing you in.") + markup.paragraph(
        words, "wrong", "error"
    )
    return markup.page("Sign in", body, error.status)

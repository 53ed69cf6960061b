"""The authorization endpoint: a sign-in in a browser that ends in a code at the app's redirect URI (protocol 11.3)."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import timedelta
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from wizard.rehearsal import html, sign_in
from wizard.rehearsal.consent import is_registered
from wizard.rehearsal.device_page import password_page, second_factor_page
from wizard.rehearsal.entra import asks_for_mfa
from wizard.rehearsal.entra_errors import EntraError, Ids, described
from wizard.rehearsal.forms import read_form
from wizard.rehearsal.resources import read_scope
from wizard.rehearsal.state import AuthorizationCode, CloudState
from wizard.rehearsal.world import Person

_LIFETIME = timedelta(seconds=60)
"""Of an authorization code (protocol 11.0)."""


class AuthorizePage:
    """Account, password, second factor; then back to the app."""

    def __init__(self, state: CloudState) -> None:
        self._state = state

    async def answer(self, request: Request) -> Response:
        """The page that is due."""
        form = await read_form(request)
        query = dict(request.query_params)
        with self._state.lock:
            try:
                self._check(request.path_params["tenant"], query)
                wants_mfa = asks_for_mfa(query.get("claims", "")) or "mfa" in query.get("amr_values", "")
            except EntraError as error:
                words = described(error, Ids.of("", self._state.clock.now()), self._state.world.policy.error_separator)
                return html.page("Sign in", html.paragraph(words, "wrong", "error"), error.status)
            return self._walk(query, form, wants_mfa)

    def _check(self, tenant: str, query: Mapping[str, str]) -> None:
        app = self._state.app_in(self._state.tenant(tenant), query.get("client_id", ""))
        if not is_registered(app, query.get("redirect_uri", "")):
            words = f"The redirect URI '{query.get('redirect_uri', '')}' specified in the request does not match the redirect URIs configured for the application '{app.app.client_id}'."  # noqa: E501
            raise EntraError(400, "invalid_request", 50011, words, has_uri=True)
        read_scope(query.get("scope", ""), self._state.provisioned(), self._state.world.tenant.name)
        if query.get("response_type") != "code":
            raise EntraError(400, "unsupported_response_type", 700054, "response_type 'code' is expected.")

    def _walk(self, query: Mapping[str, str], form: Mapping[str, str], wants_mfa: bool) -> Response:
        who, step = form.get("who", ""), form.get("step", "")
        people = self._state.people()
        if step == "cancel":
            error = EntraError(400, "access_denied", 65004, "The user declined to consent to access the app.")
            return self._back(query, self._error(error))
        if who not in people:
            cancel = html.button("cancel", "Cancel", "step", "cancel", plain=True)
            return self._page("Pick an account", html.account_buttons(people) + cancel, query)
        person = people[who]
        if not step:
            return password_page(person.account, {"who": who, "step": "password"})
        refused = sign_in.refusal(self._state, person, wants_mfa, device_code=False)
        if refused is not None:
            return self._page("Sign in", html.paragraph(refused.sentence(), "wrong", "error"), query)
        if step == "password" and sign_in.needs_mfa(self._state, wants_mfa):
            return second_factor_page({"who": who, "step": "mfa"})
        if step != "approve":
            words = html.paragraph(f"Signed in as {person.account}.")
            buttons = html.button("approve", "Continue", "step", "approve")
            return self._page("Continue to the app", words + buttons, query, {"who": who})
        return self._back(
            query, {"code": self._issue(query, person, wants_mfa), "session_state": secrets.token_hex(16)}
        )

    def _issue(self, query: Mapping[str, str], person: Person, wants_mfa: bool) -> str:
        session = sign_in.session_of(self._state, person, query["client_id"].lower(), wants_mfa, "auth_code")
        session.web_redirect = query["redirect_uri"].startswith("https:")
        session.nonce = query.get("nonce", "")
        value = f"1.AX{secrets.token_urlsafe(400)}"
        expires_at = self._state.clock.now() + _LIFETIME
        self._state.authorization_codes[value] = AuthorizationCode(
            session, query["redirect_uri"], query.get("scope", ""), query.get("code_challenge", ""), expires_at
        )
        return value

    def _error(self, error: EntraError) -> dict[str, str]:
        ids = Ids.of("", self._state.clock.now())
        separator = self._state.world.policy.error_separator
        return {"error": error.error, "error_description": described(error, ids, separator)}

    def _back(self, query: Mapping[str, str], parameters: dict[str, str]) -> Response:
        if "state" in query:
            parameters["state"] = query["state"]
        target = query["redirect_uri"]
        if query.get("response_mode") == "form_post":
            fields = "".join(
                f'<input type="hidden" name="{html.escape(key)}" value="{html.escape(value)}">'
                for key, value in parameters.items()
            )
            body = (
                f'<form method="post" action="{html.escape(target)}">{fields}{html.button("next", "Continue")}</form>'
            )
            return html.page("Back to the app", body, form_target=_origin(target))
        joined = "&" if "?" in target else "?"
        return RedirectResponse(f"{target}{joined}{urlencode(parameters)}", 302, {"Cache-Control": "no-store"})

    def _page(self, title: str, body: str, query: Mapping[str, str], hidden: dict[str, str] | None = None) -> Response:
        return html.page(title, html.form(body, hidden), form_target=_origin(query["redirect_uri"]))


def _origin(uri: str) -> str:
    return "/".join(uri.split("/")[:3])

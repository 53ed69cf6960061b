"""The admin-consent page: account, permissions, accept or cancel; and the page for an answer without redirect URI."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from wizard.rehearsal import consent_endpoint, markup
from wizard.rehearsal.aadsts_errors import EntraError
from wizard.rehearsal.authorize_page import error_page
from wizard.rehearsal.cloud_state import CloudState
from wizard.rehearsal.consent_endpoint import ConsentRequest
from wizard.rehearsal.forms import read_form


class ConsentPage:
    """Two forms, one after the other; the second carries the account that was picked in the first."""

    def __init__(self, state: CloudState) -> None:
        self._state = state

    async def answer_v1(self, request: Request) -> Response:
        """Return the page that is due, at the first version of the endpoint."""
        return await self._answer(request, 1)

    async def answer_v2(self, request: Request) -> Response:
        """Return the page that is due, at the second version of the endpoint."""
        return await self._answer(request, 2)

    async def show_outcome(self, request: Request) -> Response:
        """Return the page that says what happened, where the answer goes if the link names no redirect URI."""
        query = request.query_params
        if "error" in query:
            body = markup.paragraph("Consent was not given.") + markup.paragraph(
                query.get("error_description", query["error"]), "wrong", "error"
            )
            title = "No consent"
        else:
            title, body = "Consent was given", markup.paragraph("You can close this page.", name="done")
        hint = "If you were asked to, copy this page's address and paste it into the wizard."
        return markup.page(title, body + markup.paragraph(hint, "quiet"))

    async def _answer(self, request: Request, version: int) -> Response:
        form, query = await read_form(request), dict(request.query_params)
        with self._state.lock:
            try:
                asked = consent_endpoint.read_link(self._state, request.path_params["tenant"], version, query)
            except EntraError as error:
                return error_page(self._state, error)
            people = self._state.people
            if form.get("who") not in people:
                return markup.page("Pick an account", markup.form(markup.account_buttons(people)))
            if form.get("answer") not in ("accept", "cancel"):
                return self._question(asked, form["who"])
            target = consent_endpoint.decide(self._state, asked, people[form["who"]], form["answer"] == "accept")
        return RedirectResponse(target, 302, {"Cache-Control": "no-store"})

    def _question(self, asked: ConsentRequest, who: str) -> Response:
        person, app, tenant = self._state.person(who), asked.app.app, self._state.world.tenant
        origin = markup.origin_of(asked.redirect_uri)
        if not person.may_consent:
            words = f"{person.account} may not consent for {tenant.name}. An administrator has to."
            back = markup.button("cancel", "Return to the app without consent", "answer", "cancel", plain=True)
            body = markup.paragraph(words, "wrong", "error") + markup.form(back, {"who": who})
            return markup.page("Need admin approval", body, form_target=origin)
        requested = self._state.requested
        lines = [f"{each.name}: {permission}" for each in asked.resources for permission in requested(asked.app, each)]
        accept = markup.button("accept", "Accept", "answer", "accept")
        cancel = markup.button("cancel", "Cancel", "answer", "cancel", plain=True)
        body = (
            markup.paragraph(f"{app.name} asks, for everybody in {tenant.name}, for:")
            + markup.bullets(lines)
            + markup.paragraph(f"Signed in as {person.account}. App id {app.client_id}.", "quiet")
            + markup.form(accept + cancel, {"who": who})
        )
        return markup.page("Permissions requested", body, form_target=origin)

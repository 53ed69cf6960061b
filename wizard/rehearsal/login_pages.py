"""The pages of the login host: consent here, device codes and sign-in beside; and what stands where no page is."""

from __future__ import annotations

from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from wizard.rehearsal import consent_endpoint, markup
from wizard.rehearsal.aadsts_errors import EntraError
from wizard.rehearsal.authorize_page import AuthorizePage, error_page
from wizard.rehearsal.cloud_state import CloudState
from wizard.rehearsal.device_page import DevicePage
from wizard.rehearsal.forms import read_form


class LoginPages:
    """Everything a person meets in a browser."""

    def __init__(self, state: CloudState) -> None:
        self._state = state
        self._device = DevicePage(state)
        self._authorize = AuthorizePage(state)

    def routes(self) -> list[Route]:
        """Every route of the login host that shows a page."""
        both = ["GET", "POST"]
        return [
            Route("/", self.home),
            Route(markup.STYLE_PATH, self.style),
            Route(consent_endpoint.ANSWER_PAGE, self.consent_answer),
            Route("/device", self._device.answer, methods=both),
            Route("/devicelogin", self._device.answer, methods=both),
            Route("/common/oauth2/deviceauth", self._device.answer, methods=both),
            Route("/common/oauth2/nativeclient", self.native_client),
            Route("/{tenant}/v2.0/adminconsent", self.consent_v2, methods=both),
            Route("/{tenant}/adminconsent", self.consent_v1, methods=both),
            Route("/{tenant}/oauth2/v2.0/authorize", self._authorize.answer, methods=both),
        ]

    async def home(self, _request: Request) -> Response:
        """Where a person begins who opens the cloud itself."""
        body = markup.paragraph("To sign in with a code, open the device page.")
        return markup.page("Rehearsal cloud", body + '<p><a href="/device">Enter a code</a></p>')

    async def style(self, _request: Request) -> Response:
        """The pages' style."""
        return Response(markup.STYLE, media_type="text/css")

    async def native_client(self, _request: Request) -> Response:
        """Where a sign-in ends whose address is pasted: the redirect URI that Microsoft lends to every app."""
        hint = "If you were asked to, copy this page's whole address and paste it into the wizard."
        return markup.page("The sign-in is over", markup.paragraph(hint, name="done"))

    async def consent_v1(self, request: Request) -> Response:
        """Admin consent, first version of the endpoint."""
        return await self._consent(request, 1)

    async def consent_v2(self, request: Request) -> Response:
        """Admin consent, second version of the endpoint."""
        return await self._consent(request, 2)

    async def consent_answer(self, request: Request) -> Response:
        """Where the answer lands without a redirect URI: it says what happened."""
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

    async def _consent(self, request: Request, version: int) -> Response:
        form = await read_form(request)
        with self._state.lock:
            try:
                ask = consent_endpoint.read_link(
                    self._state, request.path_params["tenant"], version, dict(request.query_params)
                )
            except EntraError as error:
                return error_page(self._state, error)
            people = self._state.world.people
            if form.get("who") not in people:
                return markup.page("Pick an account", markup.form(markup.account_buttons(people)))
            person = people[form["who"]]
            if form.get("answer") not in ("accept", "cancel"):
                return self._consent_question(ask, form["who"])
            target = consent_endpoint.answer(self._state, ask, person, form["answer"] == "accept")
        return RedirectResponse(target, 302, {"Cache-Control": "no-store"})

    def _consent_question(self, ask: consent_endpoint.Ask, who: str) -> Response:
        person, app, tenant = self._state.person(who), ask.app.app, self._state.world.tenant
        origin = form_origin(ask.redirect_uri)
        cancel = markup.button("cancel", "Cancel", "answer", "cancel", plain=True)
        if not person.may_consent:
            words = f"{person.account} may not consent for {tenant.name}. An administrator has to."
            back = markup.button("cancel", "Return to the app without consent", "answer", "cancel", plain=True)
            body = markup.paragraph(words, "wrong", "error") + markup.form(back, {"who": who})
            return markup.page("Need admin approval", body, form_target=origin)
        lines = [f"{resource.name}: {permission}" for resource in ask.resources for permission in resource.requested]
        body = (
            markup.paragraph(f"{app.name} asks, for everybody in {tenant.name}, for:")
            + markup.bullets(lines)
            + markup.paragraph(f"Signed in as {person.account}. App id {app.client_id}.", "quiet")
            + markup.form(markup.button("accept", "Accept", "answer", "accept") + cancel, {"who": who})
        )
        return markup.page("Permissions requested", body, form_target=origin)


def form_origin(redirect_uri: str) -> str:
    """The origin of a redirect URI, for the policy of the page that leads there; "" for the cloud's own."""
    parts = urlsplit(redirect_uri)
    return f"{parts.scheme}://{parts.netloc}" if parts.netloc else ""

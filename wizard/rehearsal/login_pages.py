"""Every page of the login host: consent, device codes and sign-in have modules of their own; the others are here."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from wizard.rehearsal import consent_endpoint, markup
from wizard.rehearsal.authorize_page import AuthorizePage
from wizard.rehearsal.cloud_state import CloudState
from wizard.rehearsal.consent_page import ConsentPage
from wizard.rehearsal.device_page import DevicePage


class LoginPages:
    """Everything that a person meets in a browser."""

    def __init__(self, state: CloudState) -> None:
        self._device = DevicePage(state)
        self._authorize = AuthorizePage(state)
        self._consent = ConsentPage(state)

    def routes(self) -> list[Route]:
        """Return every route of the login host that shows a page."""
        both = ["GET", "POST"]
        return [
            Route("/", self.home),
            Route(markup.STYLE_PATH, self.style),
            Route(consent_endpoint.OUTCOME_PATH, self._consent.show_outcome),
            Route("/device", self._device.answer, methods=both),
            *(Route(f"/devicelogin{cloud}", self._device.answer, methods=both) for cloud in ("", "us", "china")),
            Route("/common/oauth2/deviceauth", self._device.answer, methods=both),
            Route("/common/oauth2/nativeclient", self.native_client),
            Route("/{tenant}/v2.0/adminconsent", self._consent.answer_v2, methods=both),
            Route("/{tenant}/adminconsent", self._consent.answer_v1, methods=both),
            Route("/{tenant}/oauth2/v2.0/authorize", self._authorize.answer, methods=both),
        ]

    async def home(self, _request: Request) -> Response:
        """Return the page for a person who opens the cloud itself."""
        body = markup.paragraph("To sign in with a code, open the device page.")
        return markup.page("Rehearsal cloud", body + '<p><a href="/device">Enter a code</a></p>')

    async def style(self, _request: Request) -> Response:
        """Return the style of the pages."""
        return Response(markup.STYLE, media_type="text/css")

    async def native_client(self, _request: Request) -> Response:
        """Return the page of Microsoft's redirect URI for every app, whose address a person pastes."""
        hint = "If you were asked to, copy this page's whole address and paste it into the wizard."
        return markup.page("The sign-in is over", markup.paragraph(hint, name="done"))

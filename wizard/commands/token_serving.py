"""`partner-wizard token --serve`: tokens for the programs of this machine, kept in memory until they nearly end.

It says on standard output, in one line of JSON, where it listens; on loopback with the key that it has made.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from wizard.commands.token import require_stored_token, tenant_of
from wizard.core.answers import tenant_error
from wizard.core.errors import BadInput, WizardError
from wizard.journeys.session import revoked
from wizard.onboarding.token_issuing import NoToken, WhyNone, issue
from wizard.tokens.access_token import AccessToken
from wizard.tokens.keeper import TokenKeeper
from wizard.tokens.named_apis import audience_of
from wizard.tokens.pace import PAUSE, Pace
from wizard.tokens.token_service import KEY_HEADER, Answer, TokenService

if TYPE_CHECKING:
    from wizard.journeys.saved_journey import SavedJourney
    from wizard.journeys.session import Session
    from wizard.onboarding.onboarding_context import Onboarding
    from wizard.plain.line_writer import LineWriter

STATUSES: Final = {WhyNone.UNREACHABLE: 503, WhyNone.ASKED_TOO_OFTEN: 429}
"""Of HTTP; whatever else is in the way is answered with 403."""
_NAMES: Final = ("resource", "customer")
"""The parameters of a request."""
MANAGED_IDENTITY: Final = "api-version"
"""The parameter by which a library asks as it asks a managed identity."""


def serve_tokens(
    session: Session, saved: SavedJourney, place: str, usual: tuple[str, str], pace: Pace, lines: LineWriter
) -> int:
    """Serve until the session is stopped.

    Args:
        session: opens the journey.
        saved: the stored journey, with the answers to use.
        place: the path of a Unix socket, or a port of loopback.
        usual: the resource and the customer of a request that names none.
        pace: says whether a token may be redeemed now.
        lines: where a person reads what is waited for, and why there is no token.

    Raises:
        BadInput: nothing is stored, or the place cannot be used.
        Cancelled: the session was stopped.
    """
    if saved.revoked_at:
        raise BadInput("token", revoked(saved))
    require_stored_token(session.load(saved).onboarding)
    answers = _Answers(session, saved, usual, pace, lines)
    service = TokenService(place, answers.answer)
    try:
        key = {"header": KEY_HEADER, "key": service.key.reveal()} if service.key else {}
        print(json.dumps({"type": "serving", "address": service.address, **key}), flush=True)
        while True:
            session.cancel.check()
            service.serve_once()
    finally:
        service.close()


class _Answers:
    """What requests are answered with; arguments as for `serve_tokens`."""

    def __init__(
        self, session: Session, saved: SavedJourney, usual: tuple[str, str], pace: Pace, lines: LineWriter
    ) -> None:
        self._session, self._saved, self._usual, self._pace, self._lines = session, saved, usual, pace, lines
        self._tenants: dict[str, str] = {}
        self._keeper: TokenKeeper[NoToken] = TokenKeeper(self._redeem, session.clock.now)

    def answer(self, asked: Mapping[str, str]) -> Answer:
        """Return the answer to a request with these parameters."""
        resource, customer = (asked.get(name) or usual for name, usual in zip(_NAMES, self._usual, strict=True))
        cloud = self._session.cloud(self._saved.answers.cloud)
        try:
            audience = audience_of(cloud, resource, self._saved.answers.token_resources)
            tenant_id = self._tenant(customer)
            found = tenant_id if isinstance(tenant_id, NoToken) else self._keeper.give(audience, tenant_id)
        except BadInput as error:
            return Answer(400, {"type": "no_token", "code": "bad_request", "message": str(error)})
        except WizardError as error:
            return Answer(503, {"type": "no_token", "code": WhyNone.UNREACHABLE.value, "message": str(error)})
        if isinstance(found, NoToken):
            wait = found.retry_after or (PAUSE if found.why is WhyNone.UNREACHABLE else 0)
            return Answer(STATUSES.get(found.why, 403), found.as_json(), wait)
        return Answer(200, found.as_managed_identity() if MANAGED_IDENTITY in asked else found.as_json())

    def _open(self) -> Onboarding:
        """Return the onboarding, as it was saved: each redemption reads the vault again."""
        return self._session.load(self._saved, self._lines.emit).onboarding

    def _tenant(self, customer: str) -> str | NoToken:
        """Return the id of the tenant to redeem in, or why it is not known.

        Raises:
            BadInput: what was asked for is no tenant.
        """
        if customer and (wrong := tenant_error(customer)):
            raise BadInput("customer", wrong)
        if (known := self._tenants.get(customer)) is None:
            found = tenant_of(self._open(), customer)
            if isinstance(found, NoToken):
                return found
            known = self._tenants[customer] = found
        return known

    def _redeem(self, audience: str, tenant_id: str) -> AccessToken | NoToken:
        found = issue(self._open(), audience, tenant_id, self._pace)
        if isinstance(found, NoToken):
            self._lines.say(f"no token for {audience}: {found.why}, {found.finding.title or found.finding.message}")
        return found

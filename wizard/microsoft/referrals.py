"""The referrals API of Partner Center: whether a token may list referrals (protocol 4.1, 11.6)."""

from __future__ import annotations

import uuid
from collections.abc import Mapping

from wizard.catalogue import read_partner_center_error
from wizard.core.errors import Unreachable
from wizard.core.secret import Secret
from wizard.core.trouble import Trouble
from wizard.microsoft.http import Http


class Referrals:
    """The referrals API, asked with an App+User access token.

    Args:
        http: the one HTTP path.
    """

    def __init__(self, http: Http) -> None:
        self._http = http

    def count(self, access_token: Secret) -> int:
        """Ask for one referral (GET /v1.0/engagements/referrals?$top=1), and return how many came: 0 or 1.

        Raises:
            ServiceRefusal: the token is not taken, or the user has no role for referrals.
            Busy, Unreachable: as `Http.request`.
        """
        host = self._http.cloud.referrals
        answer = self._http.request(
            "GET",
            f"https://{host}/v1.0/engagements/referrals",
            params={"$top": "1"},
            headers={
                "Authorization": f"Bearer {access_token.reveal()}",
                "Accept": "application/json",
                "client-request-id": str(uuid.uuid4()),
            },
        )
        if answer.status != 200:
            raise read_partner_center_error(answer.body, answer.status, answer.headers)
        found = answer.body.get("value") if isinstance(answer.body, Mapping) else None
        if not isinstance(found, list):
            raise Unreachable(host, Trouble.ANSWER, "gave a list of referrals that cannot be read")
        return len(found[:1])

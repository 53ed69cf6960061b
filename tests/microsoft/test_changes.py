"""A request that changes something: what is a refusal of the service, and what says nothing of whether it was done."""

from __future__ import annotations

from typing import Any

import pytest

from wizard.core.errors import ServiceRefusal, Unreachable
from wizard.core.secret import Secret
from wizard.core.trouble import Trouble
from wizard.core.waiting import Cancel, SystemClock
from wizard.microsoft.changes import Changes
from wizard.microsoft.clouds import built_in_clouds
from wizard.microsoft.http import Http
from wizard.microsoft.http_response import HttpResponse

CLOUD = built_in_clouds()["global"]
OF_A_SERVICE = {"error": {"code": "Forbidden", "message": "No."}}


class Answering(Http):
    """An HTTP path on which everything gets one answer."""

    def __init__(self, status: int, body: object) -> None:
        super().__init__(CLOUD, SystemClock(), Cancel())
        self.answer = HttpResponse(status, {}, body)

    def request(self, *_what: Any, **_rest: Any) -> HttpResponse:
        return self.answer


@pytest.mark.parametrize("host", [CLOUD.graph, CLOUD.resource_manager, "contoso.vault.azure.net"])
@pytest.mark.parametrize("body", [None, {}, [], {"message": "Blocked by your organisation."}, {"error": "no"}])
def test_a_refusal_that_is_not_the_services_own_does_not_say_that_nothing_was_done(host: str, body: object) -> None:
    with pytest.raises(Unreachable) as silence:
        Changes(Answering(403, body)).send(host, "PUT", "/x", {}, Secret("a token"))
    with pytest.raises(ServiceRefusal) as refusal:
        Changes(Answering(403, OF_A_SERVICE)).send(host, "PUT", "/x", {}, Secret("a token"))

    assert (silence.value.kind, silence.value.detail) == (
        Trouble.ELSEWHERE,
        "answered HTTP 403, in a form that is not the service's",
    )
    assert refusal.value.code == "Forbidden"

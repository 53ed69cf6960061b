"""The one HTTP path as azure-core takes it: a transport over the session."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from azure.core.pipeline.transport import RequestsTransport

from wizard.microsoft.http_response import raise_if_redirected

if TYPE_CHECKING:
    from wizard.microsoft.http import Http


class SessionTransport(RequestsTransport):  # type: ignore[misc]  # the SDK loads it late, so its type is not known
    """Sends through the session it is given; a redirect is an error in words, which no policy of the SDK follows."""

    def send(self, request: Any, **options: Any) -> Any:
        """Send as the SDK asks for it. Raises `Unreachable` as well."""
        response = super().send(request, **options)
        raise_if_redirected(response.internal_response)
        return response


def azure_transport(http: Http) -> RequestsTransport:
    """Return the one HTTP path, for azure-core."""
    return SessionTransport(session=http.session, session_owner=False)

"""azure-core's exceptions as our errors: of an identity that signs in, and of the vault."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from azure.core.exceptions import (
    AzureError,
    ClientAuthenticationError,
    HttpResponseError,
    ServiceRequestError,
    ServiceResponseError,
)

from wizard.catalogue import read_key_vault_error
from wizard.core.errors import Busy, ServiceRefusal, Unreachable
from wizard.core.text import clean_line
from wizard.core.trouble import Trouble
from wizard.microsoft.http_response import is_busy, read_json, retry_after, url_host
from wizard.microsoft.network_errors import UNREADABLE, read_network_error
from wizard.microsoft.sign_in_targets import VAULT, SignInTarget
from wizard.microsoft.wire_redaction import LONGEST_REFUSAL

if TYPE_CHECKING:
    from wizard.microsoft.http import Http
    from wizard.redaction.redactor import Redactor


def identity_error(error: object, target: SignInTarget, redactor: Redactor) -> ServiceRefusal:
    """Return the refusal of an identity that cannot sign in.

    Args:
        error: the text of azure-identity, or of a program that it called; nothing has redacted it yet.
        target: what it signs in to.
        redactor: takes the secrets out of the text.
    """
    description = clean_line(redactor.redact(str(error)[:LONGEST_REFUSAL]), 600)
    return ServiceRefusal(target.service, "", "no_identity", description)


@contextmanager
def translating_identity_errors(http: Http, target: SignInTarget) -> Iterator[None]:
    """Turn what azure-identity raises into our errors.

    Raises:
        ServiceRefusal: the identity cannot sign in.
        Unreachable: Entra, or the endpoint of a managed identity, could not be asked or not be understood.
    """
    login = http.cloud.login
    try:
        yield
    except ClientAuthenticationError as error:
        raise identity_error(error.message or error, target, http.redactor) from None
    except HttpResponseError as error:
        if _is_busy(error.status_code):
            response: Any = error.response
            seconds = None if response is None else retry_after(response.headers.get("Retry-After"))
            raise Busy(login, error.status_code or 0, seconds) from None
        raise identity_error(error.message or error, target, http.redactor) from None
    except (ServiceRequestError, ServiceResponseError) as error:
        raise read_network_error(error, login) from None
    except (AzureError, *UNREADABLE) as error:
        detail = f"gave an answer that could not be read ({type(error).__name__})"
        raise Unreachable(login, Trouble.ANSWER, detail) from None


@contextmanager
def translating_vault_errors(http: Http, host: str) -> Iterator[None]:
    """Turn what the vault's client raises into our errors.

    Raises:
        ServiceRefusal: the vault refuses, or the identity cannot sign in.
        Unreachable: the vault at `host` could not be asked or not be understood.
    """
    try:
        yield
    except ClientAuthenticationError as error:
        raise _sign_in_error(error, host, http.redactor) from None
    except HttpResponseError as error:
        raise _refusal(error, host) from None
    except (ServiceRequestError, ServiceResponseError) as error:
        raise read_network_error(error, host) from None
    except (AzureError, *UNREADABLE) as error:
        if "challenge" in str(error):  # the SDK keeps the token from a host that is not what it says (T11)
            detail = "its challenge names another service, so no token was sent"
        else:
            detail = f"gave an answer that could not be read ({type(error).__name__})"
        raise Unreachable(host, Trouble.ANSWER, detail) from None


def _sign_in_error(error: ClientAuthenticationError, vault: str, redactor: Redactor) -> ServiceRefusal:
    """Return the vault's own refusal, or else that of the identity, whose text names each identity tried."""
    response: Any = error.response
    if response is not None and url_host(response.request.url) == vault:
        return read_key_vault_error(read_json(response.internal_response), response.status_code, {})
    return identity_error(error.message or error, VAULT, redactor)


def _refusal(error: HttpResponseError, host: str) -> ServiceRefusal | Unreachable:
    response: Any = error.response
    if response is None:
        return Unreachable(host, Trouble.ANSWER, "gave an answer that could not be read")
    headers = {name.lower(): value for name, value in response.headers.items()}
    if _is_busy(response.status_code):
        return Busy(host, response.status_code, retry_after(headers.get("retry-after")))
    return read_key_vault_error(read_json(response.internal_response), response.status_code, headers)


def _is_busy(status: int | None) -> bool:
    return is_busy(status or 0)

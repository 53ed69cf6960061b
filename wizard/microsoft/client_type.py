"""Whether an app is a public or a confidential client, as far as only a refusal tells it (protocol 1.3, 3, 11.3)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from wizard.core.errors import ServiceRefusal

if TYPE_CHECKING:
    from wizard.microsoft.credentials import Credential

WANTS_CREDENTIAL: Final = frozenset({"AADSTS7000218", "AADSTS7000215", "AADSTS70002"})
"""Codes by which a request without a credential is refused for that."""
WANTS_NONE: Final = "AADSTS700025"
SPENT: Final = frozenset({
    "bad_verification_code", "code_expired", "expired_token",
    "AADSTS70018", "AADSTS70000", "AADSTS70008", "AADSTS54005",
})  # fmt: skip
"""Errors that mean that a code is used or too old; which of them a code gives that did not survive is (U)."""


def wants_credential(refusal: ServiceRefusal) -> bool:
    """Return whether a request without a credential was refused for the lack of one (protocol 1.3, 3).

    Entra says 7000218, long ago 70002. Other servers of the same protocol say invalid_client without a code, or that
    the secret, which was not there, is wrong.
    """
    return refusal.code in WANTS_CREDENTIAL or (not refusal.code and refusal.error == "invalid_client")


def wants_other_client_type(
    refusal: ServiceRefusal, credential: Credential | None, alternative: Credential | None
) -> bool:
    """Return whether a refusal asks for the other client type, and whether that is possible.

    Args:
        refusal: of a request.
        credential: what the request was made with; None as a public client.
        alternative: the credential that could be used; None for none.
    """
    if credential is None:
        return alternative is not None and wants_credential(refusal)
    return refusal.code == WANTS_NONE


def is_spent(refusal: ServiceRefusal) -> bool:
    """Return whether the code that was sent is no longer valid."""
    return bool({refusal.error, refusal.code} & SPENT)

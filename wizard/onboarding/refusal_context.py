"""What was being done when a service refused: the catalogue tells causes that share a code apart by it."""

from __future__ import annotations

from enum import StrEnum


class RefusalContext(StrEnum):
    """The words that the catalogue's patterns look for."""

    POLLING = "polling for the sign-in"
    NEW_TOKEN = "token of this sign-in"
    BROWSER_SIGN_IN = "sign-in at /authorize"
    RENEWAL = "grant_type=refresh_token"
    OUTSIDE_TOKEN = "federated credential"
    CUSTOMER = "in a customer's tenant"

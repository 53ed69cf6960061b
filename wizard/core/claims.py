"""Values of token claims that mean something by themselves (protocol 1.7, 6.5)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

MFA_METHODS: Final = frozenset({"mfa", "ngcmfa"})
"""Values of `amr` that say that MFA was done."""
MFA_CHALLENGE: Final = '{"access_token":{"amr":{"values":["mfa"]}}}'
"""The claims request with which a sign-in asks for MFA (protocol 1.2)."""
GLOBAL_ADMINISTRATOR: Final = "62e90394-69f5-4237-9190-012177145e10"
"""Role template id in `wids`."""
CLIENT_TYPES: Final = {"0": "public", "1": "secret", "2": "certificate"}
"""`appidacr` (v1.0) and `azpacr` (v2.0): how the client proved itself."""
FEDERATED: Final = "federated"
"""The type of a client that proves itself with the token of another issuer."""
ASSERTED: Final = CLIENT_TYPES["2"]
"""What a token is expected to say of such a client (U): it sent a signed assertion (protocol 11.4)."""
USER_IMPERSONATION: Final = "user_impersonation"
"""The delegated permission on Partner Center, in `scp` (protocol 4.1)."""


def did_mfa(amr: Iterable[str] | None) -> bool | None:
    """Return whether a sign-in was done with MFA, by its `amr`; None where the token does not say how it was done."""
    return None if amr is None else not MFA_METHODS.isdisjoint(amr)

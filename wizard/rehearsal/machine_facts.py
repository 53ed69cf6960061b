"""The operator's machine, and what an app trusts of it: tokens in the place of a secret."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from wizard.rehearsal.choices import MachineIdentity

AUDIENCE: Final = "api://AzureADTokenExchange"


@dataclass(frozen=True, slots=True)
class FederatedTrust:
    """A federated credential of an app: the token that it trusts; "" for what the machine's own token says.

    `name` is what the portal calls it.
    """

    issuer: str = ""
    subject: str = ""
    audience: str = ""
    name: str = "renewal"


@dataclass(frozen=True, slots=True)
class Machine:
    """The operator's machine, and the token that its host gives it.

    Args:
        identity: a managed identity that it is asked for, or a workload's token in a file.
        token_expires_in: seconds from the start; below 0 it has expired.
    """

    identity: MachineIdentity = MachineIdentity.NONE
    token_expires_in: float = 3600

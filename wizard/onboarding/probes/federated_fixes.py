"""The fix by which the app trusts a token of this machine, so that it needs no secret (protocol 11.4)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from wizard.core.fix_conditions import Contains, Lacks, Precondition
from wizard.core.fixes import ChangeRequest, Fix
from wizard.onboarding.onboarding_context import Onboarding
from wizard.onboarding.probes.app_fixes import CHANGES_APPS, application_path

if TYPE_CHECKING:
    from wizard.microsoft.federated import OutsideToken

TRUSTS: Final = "federatedIdentityCredentials"
NAME: Final = "partner-wizard"
INSTEAD: Final = "-instead-of-"
"""Between our name and the mark of the key that it takes the place of, in the name of a federated credential."""
LONGEST_NAME: Final = 120
"""Characters (protocol 11.4, U)."""
SINCE: Final = "Made by partner-wizard at "


def trusts_path(client_id: str) -> str:
    """Return the path of the federated credentials of an app."""
    return f"{application_path(client_id)}/{TRUSTS}"


def trust_token(onboarding: Onboarding, token: OutsideToken, replaces: str) -> Fix:
    """Return the fix by which the app trusts a token.

    Args:
        onboarding: says which app.
        token: what it says of itself.
        replaces: the mark of the app's key in whose place it comes, "" if not known.
    """
    path = trusts_path(onboarding.answers.client_id)
    name = f"{NAME}{INSTEAD}{replaces}"[:LONGEST_NAME] if replaces else NAME
    shown = {"issuer": token.issuer, "subject": token.subject}
    body = {
        "name": name,
        **shown,
        "audiences": [token.audience],
        "description": f"{SINCE}{onboarding.now_stamp()}",
    }
    is_new = Precondition(
        path,
        {"value": Lacks({"name": name})},
        {"value": Contains(shown)},
        otherwise=f"The app has a federated credential named {name} that trusts another token.",
    )
    undo = ChangeRequest("DELETE", f"{path}/{{trust.id}}", None, CHANGES_APPS)
    make = ChangeRequest("POST", path, body, CHANGES_APPS, gives="trust", precondition=is_new, undo=undo)
    return Fix(
        "trust-machine",
        f"Let the app trust the token of {token.subject}",
        (make,),
        f"Whoever gets a token of {token.issuer} for {token.subject} can sign in as the app. The former key stays.",
        f"Delete {name} under App registrations > the app > Certificates & secrets > Federated credentials.",
        "",
    )

"""A few scenes to choose from, in words that stay whatever becomes of the rehearsal's own."""

from __future__ import annotations

from screens.scenes import SceneGroup, SceneInfo
from tests.screens.gallery.state import ListedScenes

PAGES = "Consent and sign-in are done for you after some seconds."
MFA = SceneInfo(
    "What happens if MFA is missing?",
    "The sign-in works, and the token says that no second factor was used. In real life have a Conditional Access "
    "policy require MFA for this account.",
    PAGES,
    "sign-in-without-mfa",
    "user.mfa",
    step="step 4",
    stops_at="Step 4, Integration user: The sign-in was done without MFA.",
    fixed_by="the administrator",
    fix="The administrator now requires MFA for the account.",
    asks_sign_in_again=True,
)
"""The one that is played."""
LISTED = ListedScenes(
    (
        SceneGroup(
            "Everything holds",
            (
                SceneInfo(
                    "What does it look like when everything holds?",
                    "In every step each check turns to ✓, and the last page says where the token is, and its end.",
                    PAGES,
                    "all-holds-public",
                ),
                SceneInfo("What changes when the app has a certificate?", "Step 2 signs in with it.", name="b"),
            ),
        ),
        SceneGroup("Start", (SceneInfo("What if this machine's clock is wrong?", "It says by how much.", name="c"),)),
        SceneGroup(
            "Step 1, Tenant association",
            (
                SceneInfo("What happens if the domain names no tenant?", "Entra does not know it.", name="d"),
                SceneInfo("What if the tenant lives in another cloud?", "Step 1 notices.", name="e"),
            ),
        ),
        SceneGroup(
            "Step 2, App registration",
            (
                SceneInfo("What if the client secret is wrong?", "Step 2 stops.", name="f"),
                SceneInfo("What if the client secret has expired?", "Step 2 stops.", name="g"),
                SceneInfo("What if no app of this tenant has the client id?", "Step 2 stops.", name="h"),
            ),
        ),
        SceneGroup("Step 3, Admin consent", (SceneInfo("What if nobody consents?", "Step 4 stops.", name="i"),)),
        SceneGroup(
            "Step 4, Integration user",
            (
                SceneInfo("What if you have no rights on the key vault?", "Step 4 stops.", name="j"),
                MFA,
                SceneInfo("What if the wrong person signs in?", "Step 4 refuses the token.", name="k"),
            ),
        ),
        SceneGroup("Step 5, Store and prove", (SceneInfo("What if the vault is busy?", "It waits.", name="l"),)),
    )
)

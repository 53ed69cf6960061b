"""A few scenes to choose from, in words that stay whatever becomes of the rehearsal's own."""

from __future__ import annotations

from screens.scenes import SceneGroup, SceneInfo
from tests.screens.gallery.state import ListedScenes

PAGES = "Consent and sign-in are done for you after some seconds."
SCENES = (
    SceneInfo(
        "What does it look like when everything holds?",
        "In every step each check turns to ✓, and the last page says where the token lies and when it ends.",
        PAGES,
        "all-holds-public",
        "store.mfa_compliant",
    ),
    SceneInfo(
        "What happens if the domain names no tenant?",
        "Entra does not know the domain. The page says what to correct, and the cursor stands in the field.",
        PAGES,
        "unknown-tenant",
        "tenant.exists",
    ),
    SceneInfo(
        "What happens if MFA is missing?",
        "The sign-in works, and the token says that no second factor was used.",
        PAGES,
        "sign-in-without-mfa",
        "user.mfa",
    ),
)
LISTED = ListedScenes(
    (
        SceneGroup("Everything holds", SCENES[:1]),
        SceneGroup("1 Tenant association", SCENES[1:2]),
        SceneGroup("4 Integration user", SCENES[2:]),
    )
)

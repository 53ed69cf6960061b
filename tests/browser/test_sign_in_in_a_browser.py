"""The integration user signs in with Chromium under security defaults, and the wizard's listener catches the answer."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.browser.chromium import CHROMIUM, DRIVER, chromium
from tests.harness import SECRET_NAME, answering, program
from tests.ports import free_port
from wizard.microsoft.landing import Landing
from wizard.rehearsal import RehearsalCloud, load_scene

pytestmark = [
    pytest.mark.system,
    pytest.mark.browser,
    pytest.mark.skipif(
        not (Path(CHROMIUM).exists() and Path(DRIVER).exists()), reason=f"needs {CHROMIUM} and {DRIVER}"
    ),
]
USER = "partner-integration@contoso.com"


@pytest.mark.parametrize("is_named", [True, False], ids=["port named", "any port"])
@pytest.mark.parametrize("names", ["own", "production"])
def test_a_sign_in_with_chromium_is_caught_and_leads_to_a_proven_token(
    names: Any, is_named: bool, tmp_path: Path
) -> None:
    port = free_port() if is_named else 0
    with (
        RehearsalCloud(load_scene("browser-security-defaults"), names=names, people="wait") as cloud,
        chromium(cloud, tmp_path) as browser,
        program(cloud, tmp_path, answering(cloud, signs_in=False)) as run,
    ):
        run.run(*(["--port", str(port)] if port else []))
        shown = run.wait_for("sign_in")
        assert shown["method"] == "browser"
        browser.sign_in_at(shown["url"], USER)

        assert browser.driver.current_url == shown["redirect_uri"] + Landing.SIGNED_IN.path
        assert "You can close this tab" in browser.text
        assert run.end() == 0
        assert port in {0, int(shown["redirect_uri"].rpartition(":")[2])}
        assert run.summary["outcome"] == "proven"
        assert run.summary["obtained_by"] == "auth_code"
        assert set(run.summary["hosts"]) <= {each.host for each in cloud.log}
        (version,) = cloud.vault.versions(SECRET_NAME)
        assert version["tags"]["flow"] == "auth_code"  # type: ignore[index]

"""Where everything is kept, on each system."""

from __future__ import annotations

import pytest

from wizard.journeys.state_folder import state_folder


@pytest.mark.parametrize(
    ("environ", "system", "folder"),
    [
        ({"HOME": "/home/ada"}, "posix", "/home/ada/.local/state/partner-wizard"),
        ({"HOME": "/home/ada", "XDG_STATE_HOME": "/state"}, "posix", "/state/partner-wizard"),
        ({"HOME": "/home/ada", "XDG_STATE_HOME": "state"}, "posix", "/home/ada/.local/state/partner-wizard"),
        ({"HOME": "/home/ada", "LOCALAPPDATA": "/local"}, "posix", "/home/ada/.local/state/partner-wizard"),
        ({"LOCALAPPDATA": "/users/ada/local"}, "nt", "/users/ada/local/partner-wizard"),
        ({"LOCALAPPDATA": "/users/ada/local", "XDG_STATE_HOME": "/state"}, "nt", "/state/partner-wizard"),
    ],
)
def test_the_state_folder(environ: dict[str, str], system: str, folder: str) -> None:
    assert state_folder(environ, system) == folder

"""Starts rehearsal clouds for the tests beside it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest

from tests.rehearsals.cloud.bare_client import Client
from wizard.rehearsal import RehearsalCloud, load_scene


@pytest.fixture
def start() -> Iterator[Callable[..., Client]]:
    """Starts a scene's cloud and gives a client; all of them are stopped at the end."""
    with ExitStack() as stack:

        def starter(scene: str = "all-holds-public", **options: Any) -> Client:
            cloud = stack.enter_context(RehearsalCloud(load_scene(scene), **options))
            client = Client(cloud)
            stack.callback(client.http.close)
            return client

        yield starter

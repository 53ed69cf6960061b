"""What the tests of screens rely on: pauses that end when nothing is left to do."""

from __future__ import annotations

from tests.screens import settling

settling.install()

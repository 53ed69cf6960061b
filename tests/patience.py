"""How long a test waits for what has to come."""

from __future__ import annotations

import os

PATIENCE = float(os.environ.get("TEST_PATIENCE", "240"))
"""Seconds after which what a test waits for will not come any more, even on the slowest machine.

It measures nothing: it ends a test that would hang, and says so, before `timeout` of pyproject.toml does. `make guards`
sets a shorter one, because most of its tests are meant to fail.
"""

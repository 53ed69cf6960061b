"""How long a test waits for what has to come."""

from __future__ import annotations

import os

PATIENCE = float(os.environ.get("TEST_PATIENCE", "240"))
"""Seconds after which what is waited for will not come any more, on the slowest of machines.

`make guards` has less: there most tests are to fail. It is no measure of anything: it ends a test that would hang, and
says so, before `timeout` of pyproject.toml does.
"""

"""Options of what runs over many: `--all`, and `partner-wizard customers`. Loaded for `--help`: it imports little."""

from __future__ import annotations

import re

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse

ACTIONS = ("list", "consent", "revoke", "roles", "token")
"""What `customers` can do."""

OF_FLEETS = ("csv", "vault", "secrets", "workers", "shard", "results", "resume")
"""Options of `--all` alone."""

MOST_WORKERS = 64
"""Onboardings that `--all` asks side by side."""


def add_customer_options(parser: argparse.ArgumentParser) -> None:
    """Add what the command takes beside the options that it shares."""
    parser.add_argument(
        "action",
        nargs="?",
        metavar="ACTION",
        choices=ACTIONS,
        default="list",
        help=f"{', '.join(ACTIONS)}; none: list",
    )
    parser.add_argument("customer", nargs="*", metavar="CUSTOMER", help="a customer's tenant: its domain or id")
    parser.add_argument(
        "--answers", metavar="FILE", help="where the app's credential is, and as whom to open the vault"
    )
    parser.add_argument("--wanted", metavar="FILE", help="consent: which permissions of which APIs, in TOML")
    parser.add_argument("--ask", action="store_true", help="list: ask every customer's tenant how it stands")
    parser.add_argument("--dry-run", action="store_true", help="consent: show what it would send; nothing is changed")
    parser.add_argument(
        "--yes", action="store_true", help="consent, revoke one customer, or make what roles lacks, without asking"
    )
    parser.add_argument("--group", metavar="ID", help="roles: the integration user's group that gets a missing role")
    parser.add_argument(
        "--tenants", metavar="NUMBER", type=_number, help="revoke: how many tenants it is for, said beforehand"
    )
    parser.add_argument(
        "--resource", metavar="API", default="graph", help="token: graph (unless named), management, partner-center …"
    )


def add_fleet(parser: argparse.ArgumentParser) -> None:
    """Add `--all`, and the options that go with it."""
    fleet = parser.add_argument_group("every onboarding")
    fleet.add_argument(
        "--all", action="store_true", help="every one of this machine, side by side; one that fails stops none"
    )
    fleet.add_argument(
        "--vault", metavar="URL", action="append", help="those whose tokens are in this vault instead; may be repeated"
    )
    fleet.add_argument("--secrets", metavar="FILE", help="names of their secrets, where the vault may not be listed")
    add_side_by_side(fleet)


def add_side_by_side(fleet: argparse._ArgumentGroup) -> None:
    """Add the options of a run over many."""
    fleet.add_argument(
        "--workers",
        metavar="NUMBER",
        type=_workers,
        help=f"how many at a time: 16, at most {MOST_WORKERS}",
    )
    fleet.add_argument(
        "--shard", metavar="I/N", help="the part I of N alone; in a Kubernetes indexed Job by itself (help fleet)"
    )
    fleet.add_argument("--results", metavar="FILE", help="keep each result there as it comes: JSON Lines, 0600")
    fleet.add_argument("--resume", action="store_true", help="go on with a run of the last day that was ended early")


def _workers(text: str) -> int:
    if not re.fullmatch(r"[0-9]{1,2}", text) or not 0 < int(text) <= MOST_WORKERS:
        raise ValueError(text)
    return int(text)


def _number(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and len(text) < 7):
        raise ValueError(text)
    return int(text)

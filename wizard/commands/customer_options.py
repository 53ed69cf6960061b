"""The options of `partner-wizard customers`. Loaded for `--help`, so it imports nothing."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse

ACTIONS = ("list", "consent", "revoke", "roles", "token")
"""What it can do."""


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
    parser.add_argument("--yes", action="store_true", help="consent, or revoke one customer, without asking")
    parser.add_argument(
        "--tenants", metavar="NUMBER", type=_number, help="revoke: how many tenants it is for, said beforehand"
    )
    parser.add_argument(
        "--resource", metavar="API", default="graph", help="token: graph (unless named), management, partner-center …"
    )


def _number(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and len(text) < 7):
        raise ValueError(text)
    return int(text)

"""What Partner Center's MFA report says of the apps that called it (protocol 11.6)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True, slots=True)
class ReportedApp:
    """The requests of an app on one day; `name` may be "", as in Microsoft's own example.

    Args:
        id: the app's.
        days_ago: the day, before the present one.
        requests: how many there were.
        with_mfa: how many of them were made with MFA.
    """

    id: str
    name: str = ""
    days_ago: int = 1
    requests: int = 14
    with_mfa: int = 14


def as_partner_center_lists(apps: Iterable[ReportedApp], now: datetime) -> list[dict[str, object]]:
    """Return the rows of the report, as they are at a moment."""
    return [
        {
            "loginDate": f"{now - timedelta(days=app.days_ago):%Y-%m-%d}",
            "mfaCompliantRequestCount": app.with_mfa,
            "totalRequestCount": app.requests,
            "applicationId": app.id,
            "applicationName": app.name,
        }
        for app in apps
    ]

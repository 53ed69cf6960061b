"""Times: as facts, JSON and tags keep them, which is ISO 8601 in UTC; and as people read them."""

from __future__ import annotations

from datetime import UTC, datetime


def timestamp(moment: datetime, timespec: str = "seconds") -> str:
    """Return an aware moment as "2026-11-21T10:00:00Z"; `timespec` is that of `datetime.isoformat`."""
    return moment.astimezone(UTC).isoformat(timespec=timespec).replace("+00:00", "Z")


def read_timestamp(text: str) -> datetime | None:
    """Return the moment that an ISO 8601 text names, aware; one without an offset is UTC. None where it names none."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def day(moment: datetime | str) -> str:
    """Return an aware moment, or a time stamp, as "2026-11-21", in its own offset; what is no time stamp as it is."""
    found = read_timestamp(moment) if isinstance(moment, str) else moment
    return f"{found:%Y-%m-%d}" if found else str(moment)


def day_and_time(stamp: str) -> str:
    """Return a time stamp as "2026-11-21 11:00", in the zone of this machine; what is none as it is."""
    moment = read_timestamp(stamp)
    return f"{moment.astimezone():%Y-%m-%d %H:%M}" if moment else stamp


def local_time(moment: datetime) -> str:
    """Return an aware moment in the zone of this machine, as the Azure CLI writes it: "2026-11-21 11:00:00.000000"."""
    return f"{moment.astimezone():%Y-%m-%d %H:%M:%S.%f}"


def clock_time(moment: datetime) -> str:
    """Return an aware moment as a clock on the wall shows it here: "14:05:00"."""
    return f"{moment.astimezone():%H:%M:%S}"


def utc_clock_time(moment: datetime) -> str:
    """Return an aware moment as "13:05:00 UTC"."""
    return f"{moment.astimezone(UTC):%H:%M:%S} UTC"


def utc_time(moment: datetime, timespec: str = "minutes") -> str:
    """Return an aware moment as "2026-11-21 10:41 UTC"; `timespec` is that of `datetime.isoformat`."""
    return f"{moment.astimezone(UTC).replace(tzinfo=None).isoformat(' ', timespec)} UTC"

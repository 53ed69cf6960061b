"""Partner Center's MFA report: the latest day of each app counts, and a row that cannot be right is no row."""

from __future__ import annotations

from typing import Any

import pytest

from wizard.microsoft.mfa_report import LONGEST_NAME, AppUse, MfaReport, read_mfa_report

ONE = "33333333-cccc-4ccc-8ccc-0000000000c1"
TWO = "33333333-cccc-4ccc-8ccc-0000000000c2"


def row(
    app: str = ONE, day: str = "2026-11-20", requests: object = 14, with_mfa: object = 7, **more: Any
) -> dict[str, Any]:
    return {
        "loginDate": day,
        "mfaCompliantRequestCount": with_mfa,
        "totalRequestCount": requests,
        "applicationId": app,
        "applicationName": "Contoso Billing",
    } | more


def read(*rows: object) -> MfaReport:
    report = read_mfa_report(list(rows))
    assert report is not None
    return report


def test_a_row_is_read_with_its_counts() -> None:
    assert read(row()) == MfaReport((AppUse(ONE, "Contoso Billing", "2026-11-20", 14, 7),))


@pytest.mark.parametrize("body", [None, "text", 3, {}, {"items": None}, {"items": {}}, {"error": {"code": "x"}}])
def test_what_is_no_list_is_no_report(body: object) -> None:
    assert read_mfa_report(body) is None


def test_a_list_in_an_object_is_taken_as_well_and_an_empty_one_names_nobody() -> None:
    assert read_mfa_report({"totalCount": 1, "items": [row()]}) == read(row())
    assert read() == MfaReport(())


@pytest.mark.parametrize("newest_first", [True, False])
def test_the_latest_day_of_an_app_counts_whatever_the_order(newest_first: bool) -> None:
    rows = [row(day="2026-11-21", with_mfa=14), row(day="2026-11-19", with_mfa=0)]

    (use,) = read(*(rows if newest_first else reversed(rows))).apps

    assert (use.day, use.without_mfa) == ("2026-11-21", 0)


def test_a_day_without_requests_says_nothing_of_an_app() -> None:
    (use,) = read(row(with_mfa=0), row(day="2026-11-25", requests=0, with_mfa=0)).apps

    assert (use.day, use.without_mfa) == ("2026-11-20", 14)
    assert read(row(requests=0, with_mfa=0)).apps == ()


def test_rows_of_one_day_are_added_up_whatever_the_case_of_the_id() -> None:
    rows = [row(applicationName=""), row(app=ONE.upper(), requests=1, with_mfa=0), row(app=TWO)]

    assert read(*rows).apps == (
        AppUse(ONE, "Contoso Billing", "2026-11-20", 15, 7),
        AppUse(TWO, "Contoso Billing", "2026-11-20", 14, 7),
    )


@pytest.mark.parametrize(
    "odd",
    [
        None,
        "text",
        {},
        row(app="not-an-id"),
        row(app=f"{ONE}/../x"),
        row(applicationId=7),
        row(day="yesterday"),
        row(loginDate=None),
        row(requests="14"),
        row(requests=True, with_mfa=True),
        row(with_mfa=15),
        row(requests=-1, with_mfa=-1),
        row(with_mfa=None),
        row(requests=14.5),
    ],
    ids=str,
)
def test_a_row_that_cannot_be_right_is_counted_and_leaves_the_others(odd: object) -> None:
    assert read(odd, row(app=TWO)) == MfaReport((read(row(app=TWO)).apps[0],), unreadable=1)


def test_a_hostile_name_moves_no_cursor_and_is_short() -> None:
    (use,) = read(row(applicationName="\x1b[2J[bold]Contoso[/]\r\n\u202e" + "x" * 5000)).apps

    assert use.name.startswith("[bold]Contoso[/] xxx")
    assert len(use.name) == LONGEST_NAME
    assert read(row(applicationName=None)).apps[0].name == ""


@pytest.mark.parametrize("day", ["2026-11-20", "2026-11-20T00:00:00", "2026-11-20T00:00:00Z"])
def test_the_day_may_come_with_a_time(day: str) -> None:
    assert read(row(day=day)).apps[0].day == "2026-11-20"

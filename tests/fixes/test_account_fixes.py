"""The integration account from nothing: made after a yes, an Admin agent at once; its first password is told once."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.fixes.fixable import writes
from tests.fixes.test_fixes_unattended import run
from tests.harness import Browser, Rehearsed, in_world, rehearsed, with_faults
from wizard.core.answers import Answers
from wizard.core.errors import BadInput
from wizard.core.findings import FixResult, Outcome
from wizard.core.first_password import KINDS, new_first_password
from wizard.core.fixes import ActionState, Fix
from wizard.onboarding.probes.account_fixes import create_account
from wizard.onboarding.probes.account_word import is_asked
from wizard.plain.fix_orders import FixOrders
from wizard.plain.line_writer import LineWriter
from wizard.rehearsal import Scene, load_scene
from wizard.rehearsal.choices import FaultBody, Service
from wizard.rehearsal.world import Fault
from wizard.reporting.journey_report import as_markdown

NAME = "partner-integration@contoso.com"
MEMBERS = "/v1.0/groups/*/members/$ref"


def no_account(**world: Any) -> Scene:
    """Return the scene without an integration account."""
    return in_world(load_scene("fix-no-account"), **world)


@contextmanager
def stopped(scene: Scene, monkeypatch: pytest.MonkeyPatch, *, file: Path | None = None) -> Iterator[Rehearsed]:
    """Yield a journey that has run to what fails in the scene."""
    with rehearsed(scene, monkeypatch, file=file) as played:
        played.run()
        yield played


def fix_of(played: Rehearsed, check: str = "user.account_in_graph") -> Fix:
    """Return the one fix that a check offers."""
    (fix,) = played.journey.findings[check].fixes
    return fix


def made(played: Rehearsed) -> FixResult:
    """Make the account; return what came of it."""
    return played.journey.make_fix(fix_of(played))


def password_of(result: FixResult) -> str:
    assert result.first_password is not None
    return result.first_password.value.reveal()


def test_nobody_is_asked_to_sign_in_and_every_line_says_what_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    with stopped(no_account(), monkeypatch) as played:
        finding = played.journey.blocking("user")

        assert finding is not None
        assert finding.check == "user.account_in_graph"
        assert "user.sign_in_ready" not in played.journey.findings
        assert [(item.subject, item.outcome) for item in finding.items] == [
            ("the account", Outcome.FAILS),
            ("its role", Outcome.FAILS),
            ("its first sign-in", Outcome.FAILS),
            ("MFA", Outcome.HOLDS),
        ]
        assert all(item.link.startswith("https://") for item in finding.items)
        assert "Have MFA required" not in finding.remedy, "it is required already"


def test_it_is_made_an_admin_agent_signs_in_for_the_first_time_and_the_journey_ends_proven(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with stopped(no_account(), monkeypatch) as played:
        assert writes(played) == []

        result = made(played)

        assert result.is_made, result.message
        assert [method for method, _path in writes(played)] == ["POST", "POST"]
        person = played.cloud.state.person("integration")
        assert (person.is_there, person.admin_agent, person.roles) == (True, True, ())
        account = played.cloud.state.new_accounts["integration"]
        assert account.first_password == password_of(result)
        played.run()
        assert played.journey.is_proven, played.journey.findings
        assert account.first_password == "", "its owner has chosen another"
        assert played.journey.findings["user.methods"].outcome is Outcome.UNKNOWN
        assert played.journey.is_settled("user.methods"), "the sign-in with MFA shows it"
        assert len(writes(played)) == 2


def test_made_again_it_changes_nothing_and_tells_no_password(monkeypatch: pytest.MonkeyPatch) -> None:
    with stopped(no_account(), monkeypatch) as played:
        fix = fix_of(played)
        first = password_of(played.journey.make_fix(fix))

        again = played.journey.make_fix(fix)

        assert again.is_made
        assert [each.state for each in again.actions] == [ActionState.NOT_NEEDED, ActionState.NOT_NEEDED]
        assert again.first_password is None
        assert played.cloud.state.new_accounts["integration"].first_password == first


def test_an_account_that_somebody_has_made_meanwhile_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    with stopped(no_account(), monkeypatch) as played:
        fix, state = fix_of(played), played.cloud.state
        people = {**state.world.people, "integration": replace(state.world.people["integration"], is_there=True)}
        agent = replace(people["integration"], admin_agent=False, name="Somebody Else")
        state.change_world(replace(state.world, people={**people, "integration": agent}))

        result = played.journey.make_fix(fix)

        assert not result.is_made
        assert result.actions[-1].state is ActionState.CHANGED_BEFORE
        assert "Somebody has made it meanwhile" in result.message
        assert (writes(played), result.first_password) == ([], None)


@pytest.mark.parametrize("lacks", ["User.ReadWrite.All", "GroupMember.ReadWrite.All"])
def test_whoever_lacks_a_right_is_told_which_and_nothing_is_left(monkeypatch: pytest.MonkeyPatch, lacks: str) -> None:
    path = "/v1.0/users" if lacks.startswith("User") else MEMBERS
    with stopped(with_faults(no_account(), Fault(Service.GRAPH, "POST", path, status=403)), monkeypatch) as played:
        result = made(played)

        assert not result.is_made
        assert lacks in result.message
        assert result.first_password is None
        assert played.cloud.state.new_accounts == {}
        assert "integration" not in played.cloud.state.people


def test_an_account_that_could_not_be_taken_back_is_told_with_its_password(monkeypatch: pytest.MonkeyPatch) -> None:
    faults = (Fault(Service.GRAPH, "POST", MEMBERS, status=403), Fault(Service.GRAPH, "DELETE", status=403))
    with stopped(with_faults(no_account(), *faults), monkeypatch) as played:
        result = made(played)

        assert not result.is_made
        assert "Not taken back: POST /v1.0/users" in result.message
        assert password_of(result) == played.cloud.state.new_accounts["integration"].first_password


def test_without_an_answer_the_password_is_told_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    cut = Fault(Service.GRAPH, "POST", "/v1.0/users", status=504, body=FaultBody.JSON)
    with stopped(with_faults(no_account(), cut), monkeypatch) as played:
        result = made(played)

        assert not result.is_made
        assert result.actions[-1].state is ActionState.NO_ANSWER
        assert result.first_password is not None, "if it was made, nobody else knows it"
        assert len(writes(played)) == 1


def test_a_membership_is_sent_again_while_the_directory_does_not_know_the_new_account(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    late = Fault(Service.GRAPH, "POST", MEMBERS, status=404, times=2)
    with stopped(with_faults(no_account(), late), monkeypatch) as played:
        result = made(played)

        assert result.is_made, result.message
        assert [path for _method, path in writes(played)].count(writes(played)[-1][1]) == 3
        assert played.cloud.state.person("integration").admin_agent


def test_an_account_that_graph_shows_late_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    late = Fault(Service.GRAPH, "GET", f"/v1.0/users/{NAME}", after=2, status=404, times=2)
    with stopped(with_faults(no_account(), late), monkeypatch) as played:
        result = made(played)

        assert result.is_made, result.message
        assert result.found is not None
        assert result.found.outcome is Outcome.HOLDS


def test_the_first_password_is_in_no_record_report_view_or_saved_journey(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    file = tmp_path / "state" / "journey.json"
    with stopped(no_account(), monkeypatch, file=file) as played:
        result = made(played)
        played.run()
        onboarding, view = played.journey.onboarding, played.journey.view()
        password = password_of(result)

        kept = [path.read_text(encoding="utf-8") for path in file.parent.rglob("*") if path.is_file()]
        lines = io.StringIO()
        LineWriter(lines, lines, as_json=True).fix_result(result)
        LineWriter(lines, lines).fix_result(result)
        seen = [
            *kept,
            lines.getvalue(),
            as_markdown(view, "2026-11-21T10:00:00Z"),
            repr(result),
            repr(view),
            repr(onboarding.memory),
        ]
        assert kept
        assert not [text for text in seen if password in text]
        echoed = f"The value {password} does not do."
        assert password not in onboarding.services.http.redactor.redact(echoed), "a service may say it back"


def test_unattended_it_is_shown_and_never_made(monkeypatch: pytest.MonkeyPatch) -> None:
    with rehearsed(no_account(), monkeypatch) as played:
        _outcome, said = run(played, FixOrders(["create-account"], is_dry_run=True))
        assert "POST https://graph.rehearsal.test/v1.0/users" in said
        with pytest.raises(BadInput, match="tells a first password once, to a person"):
            run(played, FixOrders(["create-account"], says_yes=True))

        assert writes(played) == []


@pytest.mark.parametrize("name", ["partner-integration@fabrikam.com", "a{first.password}@contoso.com"])
def test_a_name_that_graph_would_not_take_is_not_offered(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    with rehearsed(no_account(), monkeypatch) as played:
        played.journey.change("integration_user", name)
        played.run()

        assert played.journey.findings["user.account_in_graph"].outcome is Outcome.FAILS
        assert played.journey.findings["user.account_in_graph"].fixes == ()


def test_without_the_group_of_admin_agents_the_account_alone_is_made_and_that_is_said(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    known = load_scene("fix-no-account").world.partner_center
    with stopped(no_account(partner_center=replace(known, is_partner=False)), monkeypatch) as played:
        finding = played.journey.findings["user.account_in_graph"]

        assert len(fix_of(played).requests) == 1
        assert "no group AdminAgents" in finding.items[1].message


def test_an_account_that_is_no_admin_agent_is_made_one_and_the_journey_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    known = load_scene("not-admin-agent")
    operator = replace(known.world.operator, changes_people=True)
    with stopped(in_world(known, operator=operator), monkeypatch) as played:
        fix = fix_of(played, "user.rights")
        assert (fix.name, fix.widens, fix.needs_person) == ("add-admin-agent", True, False)

        result = played.journey.make_fix(fix)

        assert result.is_made, result.message
        again = played.journey.make_fix(fix)
        assert [each.state for each in again.actions] == [ActionState.NOT_NEEDED]
        played.run()
        assert played.journey.is_proven


def test_two_groups_of_that_name_are_left_to_a_person(monkeypatch: pytest.MonkeyPatch) -> None:
    from wizard.rehearsal import account_api

    twice = [{"id": f"cccccccc-0000-4000-8000-00000000000{number}", "displayName": "AdminAgents"} for number in (1, 2)]
    monkeypatch.setattr(account_api, "groups", lambda _cloud: twice)
    with stopped(load_scene("not-admin-agent"), monkeypatch) as played:
        assert played.journey.findings["user.rights"].outcome is Outcome.FAILS
        assert played.journey.findings["user.rights"].fixes == ()


@pytest.mark.parametrize("name", ["o'hara@contoso.com", "a#b!c@contoso.com", "partner-integration@contoso.com"])
def test_the_command_is_quoted_and_holds_no_password(name: str) -> None:
    fix = create_account(name, name.partition("@")[0], "cccccccc-0000-4000-8000-000000000001", "graph.microsoft.com")

    words = fix.command.split(" && ")
    assert words[0] == "read -rsp 'First password: ' first"
    assert words[1].endswith('--password "$first"')
    assert "\n" not in fix.command
    assert name.replace("'", "'\"'\"'") in fix.command


def test_a_first_password_is_of_every_kind_and_reads_aloud() -> None:
    for _ in range(50):
        groups = new_first_password().reveal().split("-")
        assert [len(group) for group in groups] == [5, 5, 5, 5]
        for kind in KINDS:
            assert any(character in kind for group in groups for character in group)
    assert new_first_password(lambda characters: characters[0]).reveal() == "AAAAA-aAAAA-2AAAA-AAAAA"


def test_whoever_has_the_first_password_chooses_another_and_registers_on_the_pages(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with stopped(no_account(), monkeypatch) as played:
        password, cloud, page = password_of(made(played)), played.cloud, played.cloud.device_page
        account = cloud.state.new_accounts["integration"]
        code = cloud.state  # a code of the app's own, for the page alone
        from wizard.rehearsal import device_codes

        user_code = device_codes.issue(code, cloud.scene.world.app.client_id, "openid", True, "1").user_code
        browser = Browser(cloud)

        def posted(**form: str) -> str:
            asked = {"user_code": user_code, "who": "integration", **form}
            return browser.http.post(page, data=asked).text

        assert "Password of partner-integration@contoso.com" in posted()
        assert "incorrect" in posted(step="password", password="guessed")
        assert "Update your password" in posted(step="password", password=password)
        assert "Choose another" in posted(step="new-password", password=password, new_password=password)
        assert "incorrect" in posted(step="new-password", password="guessed", new_password="Another-1234")
        assert account.first_password == password
        assert "More information required" in posted(
            step="new-password", password=password, new_password="Another-1234"
        )
        assert account.first_password == ""
        assert "Are you trying to sign in to" in posted(step="register")
        assert account.person.mfa_registered
        assert "Signed in" in posted(step="approve")


@pytest.mark.parametrize(("said", "left"), [("missing", 4), ("made", 3), ("role", 2), ("signed-in", 1)])
def test_without_a_graph_identity_the_list_goes_by_the_operators_word(
    monkeypatch: pytest.MonkeyPatch, said: str, left: int
) -> None:
    with rehearsed("all-holds-public", monkeypatch) as played:
        played.journey.change("account_progress", said)
        played.run()

        finding = played.journey.blocking("user")
        assert finding is not None
        assert finding.check == "user.account_word"
        assert len(finding.open_items) == left
        assert len(finding.actions) == left + 1
        assert "user.sign_in_ready" not in played.journey.findings, "nobody is asked to sign in"
        played.journey.change("account_progress", "ready")
        played.run()
        assert played.journey.is_proven


def test_how_far_the_account_is_is_asked_only_while_nothing_says_that_it_is_set_up() -> None:
    named = Answers(integration_user=NAME)
    assert is_asked(Answers())
    assert not is_asked(named)
    assert is_asked(replace(named, account_progress="made"))
    assert not is_asked(Answers(graph_identity="environment"))
    assert not is_asked(Answers(sign_in_flow="stored-token"))

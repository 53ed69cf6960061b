"""`partner-wizard customers`: what it writes, when it changes something, and what a kill in the middle leaves."""

from __future__ import annotations

import argparse
import io
import json
import os
import signal
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from screens.customer_source import CustomerRow
from tests.harness import Program, program, wait_for
from tests.in_process import CliResult, call_cli
from tests.jobs.customers import AZURE, EXCHANGE, FOREIGN, GRAPH, SHAREPOINT, begin_anew, granted, partner_scene
from tests.rehearsals.stored_journeys import CLIENT, Stored, stored
from wizard.commands.customer_board import CustomerBoard
from wizard.commands.customer_lines import CustomerLines
from wizard.commands.rehearse import PacedClock
from wizard.core.jwt import payload_segment, read_segment
from wizard.core.waiting import Cancel
from wizard.journeys.kept_grants import KeptGrants
from wizard.journeys.session import Session
from wizard.journeys.state_folder import state_folder
from wizard.microsoft.clouds import read_cloud_file
from wizard.rehearsal.customer_directory import GROUP
from wizard.rehearsal.customer_facts import Customer, CustomerCase
from wizard.rehearsal.customer_tenants import CustomerTenant, GrantThere
from wizard.tokens.customer_grants import ApiGrant

FABRIKAM = "d0000000-0000-4000-8000-000000000001"


@pytest.fixture(scope="module")
def cloud_of_all(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stored]:
    """One cloud for all: each test has customers of its own."""
    folder = tmp_path_factory.mktemp("partner")
    with pytest.MonkeyPatch.context() as patch, stored(partner_scene(), patch, folder) as played:
        yield played


@pytest.fixture
def journey(cloud_of_all: Stored, monkeypatch: pytest.MonkeyPatch) -> Stored:
    begin_anew(cloud_of_all)
    for name, value in cloud_of_all.cloud.environment.items():
        monkeypatch.setenv(name, value)
    return cloud_of_all


def add(
    journey: Stored, case: CustomerCase, tenant_id: str = FABRIKAM, domain: str = "fabrikam.example", **facts: Any
) -> CustomerTenant:
    """Let there be one more customer."""
    with journey.cloud.state.lock:
        return journey.cloud.state.customers.add(Customer(tenant_id, domain, "Fabrikam", case, **facts))


def asked(journey: Stored, *words: str) -> CliResult:
    """The command, on a played journey."""
    return call_cli("customers", *words, *files(journey))


def files(journey: Stored) -> tuple[str, ...]:
    return ("--journey", str(journey.path), "--cloud-file", str(journey.cloud.cloud_file))


def lines(ended: CliResult) -> list[dict[str, Any]]:
    return [json.loads(line) for line in ended.stdout.splitlines()]


def consents(journey: Stored, since: int) -> list[str]:
    return [each.method for each in journey.cloud.log[since:] if "/applicationconsents" in each.path]


def test_the_list_has_a_line_for_each_customer(journey: Stored) -> None:
    add(journey, CustomerCase.CONSENTED)
    add(journey, CustomerCase.ENDED, "d0000000-0000-4000-8000-000000000002", "northwind.example", gdap_only=True)

    shown, as_json = asked(journey), lines(asked(journey, "list", "--json"))

    assert shown.returncode == 0, shown.stderr
    assert shown.stdout.splitlines() == [
        f"Fabrikam  fabrikam.example  {FABRIKAM}  active",
        "Fabrikam  d0000000-0000-4000-8000-000000000002  expired",
        "2 customers",
    ]
    assert [each.get("relationship") for each in as_json] == ["active", "expired", None]
    assert as_json[-1] == {"type": "total", "customers": 2}


def test_without_a_yes_and_without_a_person_nothing_is_changed(journey: Stored) -> None:
    tenant, since = add(journey, CustomerCase.NOT_CONSENTED), len(journey.cloud.log)

    ended = asked(journey, "consent", "fabrikam.example")

    assert ended.returncode == 1
    assert "Nothing was changed" in ended.stderr
    assert (granted(tenant), consents(journey, since)) == ({}, [])
    assert "to do (you):" in ended.stdout
    assert "[customers.consent AADSTS65001]" in ended.stdout


def test_a_dry_run_shows_the_exact_requests(journey: Stored) -> None:
    tenant = add(journey, CustomerCase.CONSENTED)
    tenant.grants[GRAPH] = GrantThere(frozenset({"Directory.Read.All"}))
    before = granted(tenant)

    shown = asked(journey, "consent", "--all", "--dry-run")
    plan = next(each for each in lines(asked(journey, "consent", "--all", "--dry-run", "--json")) if "requests" in each)

    place = f"https://{journey.cloud.names.partner_center}/v1/customers/{FABRIKAM}/applicationconsents"
    assert f"    DELETE {place}/{CLIENT}" in shown.stdout.splitlines()
    assert "RoleManagement.Read.Directory of Microsoft Graph" in " ".join(shown.stdout.split())
    assert [each["method"] for each in plan["requests"]] == ["DELETE", "POST", "POST"]
    assert plan["requests"][1]["body"] == {
        "applicationId": CLIENT,
        "displayName": journey.saved.facts.app_name or CLIENT,
        "applicationGrants": [
            {"enterpriseApplicationId": GRAPH, "scope": "Directory.Read.All, RoleManagement.Read.Directory"}
        ],
    }
    assert granted(tenant) == before


def test_with_a_yes_it_is_made_recorded_and_goes_on_where_a_run_was_ended(journey: Stored, tmp_path: Path) -> None:
    tenant = add(journey, CustomerCase.NOT_CONSENTED)
    refused = add(journey, CustomerCase.FORBIDDEN, "d0000000-0000-4000-8000-000000000002", "northwind.example")
    results, since = tmp_path / "results.jsonl", len(journey.cloud.log)

    ended = asked(journey, "consent", "--all", "--yes", "--results", str(results))

    assert ended.returncode == 1, "one is refused, and stops no other"
    assert ended.stdout.splitlines()[-1] == "2 customers: 1 failed, 1 proven"
    assert set(granted(tenant)) == {GRAPH, AZURE}
    assert granted(refused) == {}
    record = journey.path.with_name(f"{journey.path.stem}.actions.jsonl")
    made = [line for line in map(json.loads, record.read_text().splitlines()) if line["fix"] == "customers"]
    assert {(each["method"], each["state"]) for each in made} >= {
        ("POST", "sent"),
        ("POST", "made"),
        ("POST", "refused"),
    }
    assert record.stat().st_mode & 0o777 == 0o600
    kept = results.read_text().splitlines(keepends=True)
    first = next(at for at, line in enumerate(kept) if '"summary"' in line)
    results.write_text("".join(kept[: first + 1]))
    before = consents(journey, since)
    other_wanted = f'[[api]]\napp_id = "{GRAPH}"\nname = "Graph"\nscopes = ["Directory.Read.All"]\n'
    (tmp_path / "other.toml").write_text(other_wanted)
    for other in (("--dry-run",), ("--yes", "--wanted", str(tmp_path / "other.toml"))):
        of_another = asked(journey, "consent", "--all", *other, "--results", str(results), "--resume")
        assert of_another.returncode == 2
        assert "holds something else" in of_another.stderr
    again = lines(asked(journey, "consent", "--all", "--yes", "--json", "--results", str(results), "--resume"))
    assert (again[-1]["customers"], again[-1]["asked_earlier"]) == (2, 1)
    assert len(consents(journey, since)) <= len(before) + 1


def test_a_bulk_revocation_wants_the_number_of_tenants(journey: Stored) -> None:
    tenants = [
        add(journey, CustomerCase.CONSENTED, f"d0000000-0000-4000-8000-00000000000{number}", f"c{number}.example")
        for number in (1, 2)
    ]

    shown = asked(journey, "revoke", "--all", "--yes")
    wrong = asked(journey, "revoke", "--all", "--tenants", "3")
    assert (shown.returncode, wrong.returncode) == (0, 2)
    assert "say --tenants 2" in shown.stderr
    assert shown.stdout.count("    DELETE /v1/customers/d0000000-") == 2
    assert "POST" not in shown.stdout
    assert "c1.example (d0000000-0000-4000-8000-000000000001): granted on " in shown.stdout
    assert all(map(granted, tenants))

    ended = asked(journey, "revoke", "--all", "--tenants", "2")

    assert ended.returncode == 0, ended.stdout
    assert not any(map(granted, tenants))
    assert all(each.has_principal for each in tenants)


def test_roles_that_are_missing_are_named_with_the_request_that_gives_them(journey: Stored) -> None:
    add(journey, CustomerCase.CONSENTED)
    add(journey, CustomerCase.CONSENTED, "d0000000-0000-4000-8000-000000000002", "b.example", role_is_assigned=False)
    add(journey, CustomerCase.ENDED, "d0000000-0000-4000-8000-000000000003", "c.example")
    add(journey, CustomerCase.READ_ONLY, "d0000000-0000-4000-8000-000000000004", "d.example")

    held = {each["domain"]: each for each in lines(asked(journey, "roles", "--all", "--json")) if "domain" in each}
    facts = journey.cloud.state.world.customers
    journey.in_world(customers=replace(facts, in_group=False))
    alone = lines(asked(journey, "roles", "fabrikam.example", "--json"))[0]

    assert held["fabrikam.example"]["roles"] == ["Cloud Application Administrator"]
    assert {name: each["outcome"] for name, each in held.items()} == {
        "fabrikam.example": "holds", "b.example": "fails", "c.example": "fails", "d.example": "fails"
    }  # fmt: skip
    assert held["b.example"]["requests"][0]["path"].endswith("/accessAssignments")
    assert held["c.example"]["requests"] == held["d.example"]["requests"] == []
    assert "read-only" in held["d.example"]["message"]
    assert alone["requests"][0]["path"].endswith("/members/$ref")


def test_what_roles_lack_is_made_once_somebody_agrees_by_the_graph_identity(journey: Stored, tmp_path: Path) -> None:
    add(journey, CustomerCase.CONSENTED, role_is_assigned=False)
    world = journey.cloud.state.world
    journey.in_world(
        customers=replace(world.customers, in_group=True), operator=replace(world.operator, changes_people=True)
    )
    answers = tmp_path / "graph.toml"
    answers.write_text(journey.cloud.answers_file.read_text() + '\n[graph]\nidentity = "environment"\n')
    words = ("roles", "--all", "--json")

    def changes(since: int) -> list[str]:
        return [each.path.rpartition("/")[2] for each in journey.cloud.log[since:] if each.method == "POST"
                and each.host == journey.cloud.names.graph]  # fmt: skip

    before = len(journey.cloud.log)
    unnamed = asked(journey, *words, "--yes", "--answers", str(answers))
    foreign = asked(journey, *words, "--yes", "--group", "99999999-0000-4000-8000-000000000001")
    nobody = lines(asked(journey, *words, "--yes", "--group", GROUP))
    assert (unnamed.returncode, foreign.returncode, changes(before)) == (1, 2, [])
    assert "it is not in this one" in foreign.stderr
    assert [each["made"] for each in nobody if each["type"] == "fix_result"] == [False], "the app itself makes nothing"

    given = lines(asked(journey, *words, "--yes", "--group", GROUP, "--answers", str(answers)))
    assert [each["made"] for each in given if each["type"] == "fix_result"] == [True]
    assert given[-1]["proven"] == 1
    assert changes(before) == ["accessAssignments"]

    journey.in_world(customers=replace(world.customers, in_group=False))
    joined = lines(asked(journey, *words, "--yes", "--answers", str(answers)))
    assert [each["made"] for each in joined if each["type"] == "fix_result"] == [True]
    assert joined[-1]["proven"] == 1
    assert changes(before) == ["accessAssignments", "$ref"]
    journey.in_world(operator=world.operator)


def test_the_screens_get_the_list_and_then_each_customer_as_it_answers(journey: Stored) -> None:
    add(journey, CustomerCase.CONSENTED)
    add(journey, CustomerCase.POLICY, "d0000000-0000-4000-8000-000000000002", "northwind.example")
    session = Session(read_cloud_file(journey.cloud.cloud_file), clock=PacedClock(journey.cloud.clock))
    view, since = session.load(journey.at_hand).view(), len(journey.cloud.log)

    listed, *rows = CustomerBoard(session).look(view, Cancel())

    assert isinstance(listed, tuple)
    assert {each.relationship for each in listed} == {"active"}
    assert all(isinstance(each, CustomerRow) for each in rows)
    assert {each.state for each in rows if isinstance(each, CustomerRow)} == {"consented", "policy"}
    assert consents(journey, since) == []


def test_a_token_of_a_customer_is_that_of_the_token_command(journey: Stored) -> None:
    add(journey, CustomerCase.CONSENTED)

    ended = asked(journey, "token", "fabrikam.example", "--resource", "management")

    assert ended.returncode == 0, ended.stdout + ended.stderr
    found = json.loads(ended.stdout)
    assert read_segment(payload_segment(found["accessToken"]))["tid"] == FABRIKAM


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("consent",), "or say --all"),
        (("consent", "fabrikam.example", "--all"), "or say --all"),
        (("list", "fabrikam.example"), "lists all of them"),
        (("token",), "name one customer"),
        (("revoke", "a b"), "expected a domain"),
        (("consent", "--all", "--tenants", "2"), "goes with customers revoke"),
        (("consent", "--all", "--resume"), "name it with --results FILE"),
        (("consent", "fabrikam.example", "--wanted", "missing.toml"), "cannot be read"),
        (("forget",), "expected one of list"),
    ],
)
def test_wrong_usage_is_said_and_nobody_is_asked(words: tuple[str, ...], says: str) -> None:
    ended = call_cli("customers", *words)

    assert ended.returncode == 2
    assert says in ended.stderr
    assert ended.stdout == ""


def consenting(journey: Stored, made: Program) -> Program:
    return made.start("customers", "consent", FABRIKAM, "--yes", *files(journey))


def test_killed_between_the_removal_and_the_consents_the_next_run_puts_everything_back(
    journey: Stored, tmp_path: Path
) -> None:
    tenant = add(journey, CustomerCase.CONSENTED, foreign=FOREIGN, fails=1000)
    tenant.grants[GRAPH] = GrantThere(frozenset({"Directory.Read.All", "User.Read"}))
    before, since = granted(tenant), len(journey.cloud.log)
    with program(journey.cloud, tmp_path / "run") as made:
        running = consenting(journey, made)._process
        wait_for(lambda: "POST" in consents(journey, since) or running.poll() is not None, "the first consent")
        made.signal(signal.SIGKILL)
        made.end()
        assert granted(tenant) == {}, "it was killed after the removal"
        tenant.customer = replace(tenant.customer, fails=0)

        again = consenting(journey, made)

        assert again.end() == 0, again.stdout + again.stderr
    after = granted(tenant)
    assert {api: scopes - after[api] for api, scopes in before.items() if not scopes <= after[api]} == {}
    assert after[GRAPH] > before[GRAPH]
    assert tenant.personal


def kept_of(journey: Stored, tenant: CustomerTenant) -> KeptGrants:
    """What a run has kept that was killed once it had removed a grant of somebody else's."""
    kept = KeptGrants(Path(state_folder(os.environ)), CLIENT)
    grants = (ApiGrant(each.api, each.scopes) for each in FOREIGN if not each.user)
    kept.keep(tenant.customer.tenant_id, tuple(grants))
    return kept


def test_what_is_kept_is_put_back_where_nothing_else_is_to_be_done(
    journey: Stored, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tenant = add(journey, CustomerCase.CONSENTED, foreign=FOREIGN)
    del tenant.grants[SHAREPOINT], tenant.grants[EXCHANGE]
    monkeypatch.setattr(CustomerLines, "agrees", lambda *_question: True)
    kept, results = kept_of(journey, tenant), tmp_path / "results.jsonl"

    ended = asked(journey, "consent", "--all")

    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert ended.stdout.splitlines()[-1] == "1 customer: 1 proven"
    assert (kept.customers(), set(granted(tenant))) == ([], {GRAPH, AZURE, SHAREPOINT, EXCHANGE})

    command = ("consent", "--all", "--yes", "--results", str(results))
    asked(journey, *command)
    results.write_text("".join(results.read_text().splitlines(keepends=True)[:-1]))  # it was killed before its end
    tenant.grants.pop(SHAREPOINT)
    kept_of(journey, tenant)
    assert asked(journey, *command, "--resume").returncode == 0
    assert (kept.customers(), SHAREPOINT in granted(tenant)) == ([], True), "whatever the run before has found there"


def test_what_cannot_be_put_back_at_a_customer_that_nobody_named_is_no_success(journey: Stored) -> None:
    add(journey, CustomerCase.CONSENTED)
    other = add(journey, CustomerCase.POLICY, "d0000000-0000-4000-8000-000000000002", "northwind.example")
    kept = kept_of(journey, other)

    ended = asked(journey, "consent", FABRIKAM, "--yes")

    assert ended.returncode == 1
    assert ended.stdout.splitlines()[-1] == "2 customers: 1 failed, 1 proven"
    assert kept.customers() == [other.customer.tenant_id]


class Typed(io.StringIO):
    """A terminal at which somebody has typed something."""

    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("number", "typed", "agrees"),
    [(1, "y", True), (1, "", False), (1, "1", False), (3, "3", True), (3, "y", False), (3, "30", False)],
)
def test_a_person_types_the_number_of_tenants_and_a_yes_for_one(
    number: int, typed: str, agrees: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", Typed(f"{typed}\n"))
    lines = CustomerLines(argparse.Namespace(json=False, no_color=True))

    assert lines.agrees_to_remove(number) is agrees

"""What Graph tells of the app: in the run's lines, in JSON, in the report and the bundle; each question asked once."""

from __future__ import annotations

import json
import re
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from tests.harness import in_world
from tests.rehearsals.scene_runs import SceneRun, run_scene
from tests.rehearsals.shared_runs import one_worker_each, shared_run
from wizard.catalogue import diagnose_finding, write_message
from wizard.core.findings import Finding, Outcome
from wizard.core.wording import item_in_words
from wizard.journeys.saved_journey import JourneyFile
from wizard.onboarding.profile import EVERY_CHECK
from wizard.rehearsal import Scene, load_scene, scene_names
from wizard.rehearsal.choices import Service
from wizard.rehearsal.directory import Api, GrantedTo, PermissionGroup
from wizard.rehearsal.world import Fault
from wizard.reporting.bundle_page import bundle_page
from wizard.reporting.journey_report import as_json, as_markdown

SCENE = "permissions-not-as-requested"
"""30 permissions are requested: 4 missing, 2 for one user only, 3 extra, and one read is refused."""
GROUPED = pytest.mark.xdist_group(f"scene {SCENE}")
DEEP = (
    "app.credential_policy", "app.keys", "app.registration", "consent.principal", "consent.permissions",
    "user.account_in_graph", "user.rights", "user.methods", "user.risk", "user.mfa_required", "user.way",
    "user.other_programs",
)  # fmt: skip
EXPECTED = [
    "✗ Missing: DelegatedAdminRelationship.Read.All of Microsoft Graph — not granted",
    "✗ Missing: DelegatedAdminRelationship.ReadWrite.All of Microsoft Graph — not granted",
    "✗ Missing: PartnerSecurity.Read.All of Microsoft Graph — not granted",
    "✗ Missing: User.ReadWrite.All of Microsoft Graph — not granted",
    "✗ For one user only: Calendars.Read of Microsoft Graph — granted for user 55555555-eeee-4eee-8eee-000000000002",
    "✗ For one user only: Contacts.Read of Microsoft Graph — granted for user 55555555-eeee-4eee-8eee-000000000002",
    "! Extra: Files.ReadWrite.All of Microsoft Graph — granted for everybody",
    "! Extra: Mail.Send of Microsoft Graph — granted for everybody",
    "! Extra: Notes.Read.All of Microsoft Graph — granted for everybody",
]
UNREAD = "? Could not be read: the application permissions that are granted — Graph does not let this identity read it"


def graph_requests(run: SceneRun) -> Counter[str]:
    """How often each resource of Graph was asked; a list has one page here.

    Step 0 asks, without a token, only whether the host answers.
    """
    assert run.journey
    host = run.journey.onboarding.services.cloud.graph
    exchanges = run.journey.onboarding.services.http.exchanges
    return Counter(each.path for each in exchanges if each.host == host and each.status != 401)


def told(finding: Finding) -> list[str]:
    return [item_in_words(item) for item in finding.open_items]


@GROUPED
def test_a_registration_of_thirty_permissions_ends_in_exactly_its_ten_findings() -> None:
    finding = shared_run(SCENE).finding("consent.permissions")

    assert finding.evidence["requested"] == 30
    assert sorted(told(finding)[:-1]) == sorted(EXPECTED)
    assert told(finding)[-1].startswith(UNREAD)
    assert len(finding.open_items) == 10
    every = [item for each in shared_run(SCENE).findings for item in each.open_items]
    assert len(every) == 10, "no other check finds anything"


@GROUPED
def test_the_ten_stand_in_the_lines_of_the_run() -> None:
    lines = [" ".join(line.split()) for line in shared_run(SCENE).text.splitlines()]

    assert [line for line in EXPECTED if line not in lines] == []
    assert [line for line in lines if line.startswith(UNREAD)]


@GROUPED
def test_the_ten_stand_in_json_with_the_ids_that_a_program_needs() -> None:
    line = json.loads(json.dumps(shared_run(SCENE).finding("consent.permissions").as_json()))

    open_items = [item for item in line["items"] if item["outcome"] != "holds"]
    assert Counter(item["kind"] for item in open_items) == {"missing": 4, "one_user": 2, "extra": 3, "unread": 1}
    assert all(re.fullmatch(r"[0-9a-f-]{36}/[0-9a-f-]{36}", item["id"]) for item in open_items[:-1])
    assert [item["outcome"] for item in line["items"]].count("holds") == line["evidence"]["granted"] == 19


@GROUPED
def test_the_ten_stand_in_the_report_as_a_table_and_in_its_json() -> None:
    journey = shared_run(SCENE).journey
    assert journey
    view = journey.view()

    rows = [row for row in as_markdown(view, "now").splitlines() if row.endswith("| `consent.permissions` |")]
    assert [row.split(" | ")[0].strip("| ") for row in rows] == [
        *["✗ Missing"] * 4, *["✗ For one user only"] * 2, *["! Extra"] * 3, "? Could not be read",
    ]  # fmt: skip
    items = as_json(view, "now")["items"]
    assert {kind: len(found) for kind, found in items.items()} == {
        "missing": 4, "extra": 3, "one_user": 2, "unread": 1,
    }  # fmt: skip
    assert {item["check"] for found in items.values() for item in found} == {"consent.permissions"}


@GROUPED
def test_the_ten_stand_in_the_bundle_and_stay_in_the_saved_journey(tmp_path: Path) -> None:
    journey = shared_run(SCENE).journey
    assert journey
    page = bundle_page(journey.view(), (), left_out=(), made_at="now", environment={"python": "", "system": ""})
    assert [line for line in EXPECTED if f"  - {line}" not in page] == []

    file = JourneyFile(tmp_path / "journey.json")
    file.write(journey, "2026-11-27T10:00:00Z")
    saved = file.read()
    assert saved
    assert saved.findings["consent.permissions"].items == journey.findings["consent.permissions"].items


@GROUPED
def test_whoever_is_asked_to_grant_them_is_told_which_are_missing() -> None:
    message = write_message(
        diagnose_finding(shared_run(SCENE).finding("consent.permissions")), {"tenant": "contoso.com"}
    )

    assert "missing: PartnerSecurity.Read.All of Microsoft Graph — not granted" in message.text
    assert message.to.startswith("An administrator of the tenant who may grant consent")


@GROUPED
def test_no_check_costs_more_than_one_request_a_resource_and_journey() -> None:
    asked = graph_requests(shared_run(SCENE))

    assert {path: count for path, count in asked.items() if count > 1} == {}
    assert {path.rpartition("/")[2].partition("(")[0] for path in asked} >= {
        "applications", "servicePrincipals", "oauth2PermissionGrants", "appRoleAssignments",
    }  # fmt: skip


@pytest.mark.parametrize("scene", one_worker_each(["federated-issuer", "federated-unread", "secret-not-the-apps"]))
def test_of_what_the_app_trusts_graph_is_asked_once_and_only_where_a_token_proves_it(scene: str) -> None:
    asked = graph_requests(shared_run(scene))
    trusts = {path: count for path, count in asked.items() if path.endswith("/federatedIdentityCredentials")}

    assert list(trusts.values()) == ([1] if "federated" in scene else [])
    assert {path for path, count in asked.items() if count > 1 and not path.endswith("PermissionGrants")} == set()


@pytest.mark.parametrize("scene", one_worker_each(["federated-issuer", "secret-not-the-apps"]))
def test_what_the_list_does_not_hold_is_told_before_the_credential_is_waited_for(scene: str) -> None:
    run = shared_run(scene)

    assert run.last.check == "app.keys"
    assert "app.credential" not in {finding.check for finding in run.findings}
    assert not [event for event in run.events if getattr(event, "trouble", "")], "nobody waits two minutes for it"


def test_only_a_grant_that_is_waited_for_is_asked_for_again() -> None:
    again = {path for path, count in graph_requests(shared_run("consent-seen-late")).items() if count > 1}

    assert {path.rpartition("/")[2] for path in again} == {"oauth2PermissionGrants"}


@pytest.mark.parametrize("check", DEEP)
def test_each_check_has_a_scene_that_fails_it_and_one_that_cannot_tell(check: str) -> None:
    outcomes = set()
    for expected in (load_scene(name).expected for name in scene_names()):
        outcomes |= {outcome for each, outcome in expected.other_findings if each == check}
        outcomes |= {expected.outcome} if expected.check == check else set()

    assert outcomes >= {"fails", "unknown"}
    assert check in EVERY_CHECK


# --- the cloud's bad days ---------------------------------------------------------------------------------------------


def played(monkeypatch: pytest.MonkeyPatch, *, faults: tuple[Fault, ...] = (), **directory: object) -> SceneRun:
    """The scene without its refused read, and with what differs."""

    def change(scene: Scene) -> Scene:
        world = scene.world
        return in_world(scene, faults=faults, directory=replace(world.directory, **directory))  # type: ignore[arg-type]

    return run_scene(SCENE, monkeypatch, change=change)


@pytest.mark.parametrize("page", [1, 25])
def test_a_list_is_read_whole_whatever_its_pages(page: int, monkeypatch: pytest.MonkeyPatch) -> None:
    finding = played(monkeypatch, page=page).finding("consent.permissions")

    assert sorted(told(finding)) == sorted(EXPECTED)
    assert finding.evidence["granted"] == 24


@pytest.mark.parametrize("retry_after", [0, 7])
def test_a_busy_graph_is_waited_for_with_and_without_retry_after(
    retry_after: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    busy = Fault(Service.GRAPH, "GET", "*/appRoleAssignments", times=2, status=429, retry_after=retry_after)
    finding = played(monkeypatch, faults=(busy,)).finding("consent.permissions")

    assert sorted(told(finding)) == sorted(EXPECTED)


def test_a_graph_that_stays_busy_could_not_be_told_and_nothing_is_missing_of_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    busy = Fault(Service.GRAPH, "GET", "*/appRoleAssignments", times=0, status=429)
    finding = played(monkeypatch, faults=(busy,)).finding("consent.permissions")

    assert sorted(told(finding)[:-1]) == sorted(EXPECTED)
    assert "HTTP 429" in told(finding)[-1]


def test_grants_of_an_api_that_is_gone_and_two_apis_of_one_name_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    ids = ("88888888-0000-4000-8000-00000000000a", "88888888-0000-4000-8000-00000000000b")
    gone = "88888888-0000-4000-8000-00000000000c"
    apis = (
        *(Api(app_id, app_id.replace("8888", "7777"), "Contoso Billing") for app_id in ids),
        Api(gone, gone.replace("8888", "7777"), "Contoso Archive", deleted=True),
    )
    groups = (
        PermissionGroup(ids[0], ("Bills.Read",), granted=GrantedTo.EVERYBODY),
        PermissionGroup(ids[1], ("Bills.Read",)),
        PermissionGroup(gone, ("Archive.Read",), requested=False, granted=GrantedTo.EVERYBODY),
    )
    finding = played(monkeypatch, apis=apis, permissions=groups).finding("consent.permissions")

    assert told(finding) == [
        f"✗ Missing: Bills.Read of Contoso Billing ({ids[1]}) — not granted",
        f"! Extra: service principal {gone.replace('8888', '7777')} — something is granted on it, but the API is not "
        "in this tenant any more",
    ]


@pytest.mark.parametrize("in_base64", [True, False])
def test_the_certificate_in_use_is_known_by_its_thumbprint_in_either_form(
    in_base64: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    def change(scene: Scene) -> Scene:
        world = scene.world
        directory = replace(world.directory, thumbprint_in_base64=in_base64)
        operator = replace(world.operator, reads_apps=True)
        return in_world(scene, directory=directory, operator=operator)

    run = run_scene(
        "all-holds-certificate",
        monkeypatch,
        change=change,
        prepare=lambda _cloud, answers: replace(answers, graph_identity="environment"),
    )
    (item,) = run.finding("app.keys").items

    assert item.outcome is Outcome.HOLDS
    assert item.message.endswith("in use here")

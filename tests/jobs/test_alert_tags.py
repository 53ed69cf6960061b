"""Without a disk, the tags of a token remember what was told of it: ids and times, and nobody's name."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from tests.jobs.alert_runs import BEGIN, HOOK, MAIL, TENANT, Runs, holds, refused, result, unanswered
from wizard.core.answers import Answers
from wizard.core.errors import BadInput, Unreachable
from wizard.core.facts import Facts
from wizard.core.trouble import Trouble
from wizard.jobs.alert_memory import Memory, Told
from wizard.jobs.alert_run import AlertRun
from wizard.jobs.alert_tags import LONGEST, MUTED_TAG, TOLD_TAG, AlertTags
from wizard.microsoft.key_vault import StoredSecret
from wizard.tokens.record import Owner

APP = "33333333-cccc-4ccc-8ccc-000000000003"
OURS = Owner(TENANT, APP).tags
OTHERS = {"flow": "device_code", "cost-centre": "42"}


@dataclass
class Vault:
    """A vault with one secret, and an onboarding whose token it is."""

    stored: StoredSecret | None = field(default_factory=lambda: StoredSecret("v1", None, True, {**OURS, **OTHERS}))
    writes: int = 0
    trouble: Exception | None = None

    @property
    def onboarding(self) -> Any:
        """As much of one as tags need."""

        def attributed_to(_reason: str) -> AbstractContextManager[None]:
            return nullcontext()

        answers = Answers(tenant="contoso.com", client_id=APP, vault_url="https://contoso.vault.azure.net")
        services = SimpleNamespace(attributed_to=attributed_to)
        return SimpleNamespace(answers=answers, facts=Facts(tenant_id=TENANT), services=services)

    @property
    def tags(self) -> Mapping[str, str]:
        assert self.stored
        return self.stored.tags

    def read(self, _name: str) -> StoredSecret | None:
        if self.trouble:
            raise self.trouble
        return self.stored

    def set_tags(self, _name: str, version: str, tags: Mapping[str, str]) -> None:
        assert self.stored
        assert version == self.stored.version
        self.writes += 1
        self.stored = replace(self.stored, tags=dict(tags))


@pytest.fixture
def vault(monkeypatch: pytest.MonkeyPatch) -> Vault:
    one = Vault()
    monkeypatch.setattr("wizard.jobs.alert_tags.open_vault", lambda _onboarding: one)
    return one


@pytest.fixture
def runs(tmp_path: Path, vault: Vault, monkeypatch: pytest.MonkeyPatch) -> Runs:
    """Runs without a disk, whose onboarding has its token in the vault."""
    add = AlertRun.add

    def look_and_add(self: AlertRun, each: Any) -> None:
        self.look(vault.onboarding, each.member.name)
        add(self, each)

    monkeypatch.setattr(AlertRun, "add", look_and_add)
    return Runs(tmp_path, in_tags=True)


def test_over_thirty_days_a_cause_is_told_once_and_the_tags_hold_ids_and_times_alone(runs: Runs, vault: Vault) -> None:
    runs.remind = 0
    for _ in range(28):
        runs.run(result("failed", refused()))
        assert runs.state.exists() is False
        (entry,) = vault.tags[TOLD_TAG].split()
        assert set(entry) <= set("c0123456789abcdef")
    assert vault.writes == 1
    assert {**OURS, **OTHERS}.items() <= vault.tags.items()

    for _ in range(3):
        runs.run(result("proven", holds()))

    for address in (MAIL, HOOK):
        first, over = runs.subjects(address)
        assert first == "Partner Center onboarding of contoso.com: The token is refused (AADSTS50076)"
        assert over == "All clear: contoso.com: Everything that is required holds"
    assert vault.tags == {**OURS, **OTHERS}
    assert vault.writes == 2


def test_an_address_that_refuses_is_tried_again_and_the_other_is_told_once(runs: Runs) -> None:
    runs.refusing = {HOOK}
    for _ in range(3):
        runs.run(result("failed", refused()), after=timedelta(minutes=10))
    runs.refusing = set()
    for _ in range(3):
        runs.run(result("failed", refused()), after=timedelta(minutes=10))

    assert len(runs.subjects(MAIL)) == len(runs.subjects(HOOK)) == 1


def test_what_another_command_was_told_stays(runs: Runs, vault: Vault) -> None:
    runs.run(result("failed", refused()))
    before = vault.tags[TOLD_TAG]
    runs.values = {"env ANOTHER": "json://c.example"}
    runs.run(result("failed", refused("renew.written", "Forbidden")), command="renew")
    runs.run(result("proven"), command="renew")

    assert vault.tags[TOLD_TAG] == before


def test_a_service_that_does_not_answer_once_is_told_by_nobody(runs: Runs) -> None:
    runs.run(result("unreachable", unanswered()))
    runs.run(result("proven", holds()))
    assert runs.sent == []
    runs.run(result("unreachable", unanswered()))
    runs.run(result("unreachable", unanswered()))
    runs.run(result("unreachable", unanswered()))
    assert len(runs.subjects()) == 1


@pytest.mark.parametrize(
    "spoilt",
    [
        {"trouble": Unreachable("contoso.vault.azure.net", Trouble.TIMEOUT, "no answer")},
        {"stored": None},
        {"stored": StoredSecret("v1", None, True, {"tenant_id": "another", "client_id": "another"})},
    ],
    ids=["silent", "gone", "another's"],
)
def test_where_nothing_can_be_remembered_it_is_told_again_and_nothing_is_written(
    spoilt: dict[str, Any], runs: Runs, vault: Vault
) -> None:
    for name, value in spoilt.items():
        setattr(vault, name, value)
    before = vault.stored
    for _ in range(2):
        runs.run(result("unreachable", unanswered()))

    assert len(runs.subjects()) == 2
    assert (vault.stored, vault.writes) == (before, 0)


def test_a_vault_that_takes_no_tags_is_said(runs: Runs, vault: Vault) -> None:
    vault.stored = StoredSecret("v1", None, True, {**OURS, **{f"tag-{number}": "" for number in range(13)}})

    assert "15 tags already" in runs.run(result("failed", refused())).trouble
    assert vault.writes == 0


def test_an_onboarding_that_is_gone_by_now_is_said() -> None:
    def gone() -> Any:
        raise BadInput("contoso", "its file is gone")

    tags = AlertTags(gone, "contoso", "check")
    told = Memory({"0000": {"check contoso": {"00000000-0000": Told("", BEGIN)}}})
    assert tags.write(told) == "contoso: contoso: its file is gone"


def test_a_muted_cause_is_told_by_nobody_until_its_day(runs: Runs, vault: Vault) -> None:
    runs.run(result("failed", refused()))
    tags, memory = AlertTags(lambda: vault.onboarding, "contoso"), Memory()
    assert tags.read()
    tags.put_into(memory, ())
    ((cause, _),) = memory.of.popitem()[1]["check contoso"].items()
    tags.put_into(memory, ())
    memory.mute("check contoso", cause, "", BEGIN + timedelta(days=10))
    assert tags.write(memory) == ""
    assert set(vault.tags) == {*OURS, *OTHERS, TOLD_TAG, MUTED_TAG}

    for _ in range(9):
        runs.run(result("failed", refused()))
    assert len(runs.subjects()) == 1
    runs.run(result("failed", refused()))
    assert len(runs.subjects()) == 2
    assert MUTED_TAG not in vault.tags


def test_a_tag_is_never_too_long_and_the_newest_stay(vault: Vault) -> None:
    causes = {f"{number:08x}-0000": Told("", BEGIN + timedelta(minutes=number)) for number in range(40)}
    tags = AlertTags(lambda: vault.onboarding, "contoso", "check")

    assert tags.write(Memory({f"{number:04x}": {"check contoso": causes} for number in range(2)})) == ""

    assert len(vault.tags[TOLD_TAG]) <= LONGEST
    assert vault.tags[TOLD_TAG].startswith("c000000270000")
    assert len(vault.tags[TOLD_TAG].split()) == 9


@pytest.mark.parametrize("left", ["x", "c" * 300, "c3f9a1c2b77e0", "c3f9a1c2b77e0000000abc", "r3f9a1c2b77e0ffffff0000"])
def test_what_others_write_there_is_read_without_harm(left: str, vault: Vault) -> None:
    vault.stored = StoredSecret("v1", None, True, {**OURS, TOLD_TAG: left, MUTED_TAG: left})
    tags, memory = AlertTags(lambda: vault.onboarding, "contoso", "check"), Memory()

    assert tags.read()
    tags.put_into(memory, ("0000",))
    assert tags.write(memory) == ""

"""A successor is written once, behind the version that it came from; what may be disabled is older and ours."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from wizard.core.errors import Unreachable
from wizard.core.events import Emit, Event
from wizard.core.secret import Secret
from wizard.core.trouble import Trouble
from wizard.core.waiting import Cancel
from wizard.microsoft.key_vault import StoredSecret
from wizard.tokens.record import FORM_TAG, Owner, read_record
from wizard.tokens.renewal_rule import RenewalRule, written_at
from wizard.tokens.rotate import MOST_TAGS, Moved, Succession, older_versions, successor_tags

NOW = datetime(2026, 11, 27, 10, 0, tzinfo=UTC)
OWNER = Owner("11111111-aaaa-4aaa-8aaa-000000000001", "33333333-cccc-4ccc-8ccc-000000000003")


def version(name: str, minutes: float, **more: Any) -> StoredSecret:
    given: dict[str, Any] = {"enabled": True, "tags": OWNER.tags, "created_at": NOW + timedelta(minutes=minutes)}
    return StoredSecret(name, None, **given | more)


class Stopped:
    """A clock that stands still; a wait takes no time."""

    def now(self) -> datetime:
        return NOW

    def monotonic(self) -> float:
        return 0

    def wait(self, seconds: float, cancel: Cancel) -> None:
        cancel.check()


@dataclass
class Waiter:
    clock: Stopped = field(default_factory=Stopped)
    cancel: Cancel = field(default_factory=Cancel)
    told: list[Event] = field(default_factory=list)

    @property
    def emit(self) -> Emit:
        return self.told.append


@dataclass
class Vault:
    """Versions of one secret; the first `lost` writes are made, and their answers lost: then others come `behind`."""

    versions: list[StoredSecret]
    lost: int = 0
    behind: list[StoredSecret] = field(default_factory=list)
    writes: int = 0

    def read(self, _name: str) -> StoredSecret | None:
        return self.versions[-1] if self.versions else None

    def write(self, _name: str, value: Secret, tags: Any, expires_at: datetime) -> str:
        self.writes += 1
        self.versions.append(StoredSecret(f"v{len(self.versions) + 1}", value, True, tags, expires_at, NOW))
        if self.writes <= self.lost:
            self.versions += self.behind
            raise Unreachable("contoso-partner.vault.azure.net", Trouble.CUT, "broke off")
        return self.versions[-1].version


def succeed(vault: Vault, sent: list[str] | None = None) -> str | Moved:
    sending = (lambda: sent.append("PUT")) if sent is not None else (lambda: None)
    succession = Succession("token", "v1", Secret("new"), sending)
    return succession.write(Waiter(), vault, {}, NOW)  # type: ignore[arg-type]


@pytest.mark.parametrize("lost", [0, 1])
def test_it_is_written_once_even_if_the_answer_is_lost(lost: int) -> None:
    vault, sent = Vault([version("v1", 0)], lost), list[str]()

    assert succeed(vault, sent) == "v2"
    assert (vault.writes, sent) == (1, ["PUT"])


@pytest.mark.parametrize("newest", [[version("v1", 0), version("v9", 1)], []])
def test_nothing_is_written_behind_another_version(newest: list[StoredSecret]) -> None:
    vault = Vault(list(newest))

    assert succeed(vault) == Moved(newest[-1] if newest else None)
    assert vault.writes == 0


def test_a_write_of_another_that_came_behind_a_lost_answer_is_not_written_over() -> None:
    vault = Vault([version("v1", 0)], lost=1, behind=[version("theirs", 1)])

    came = succeed(vault)

    assert isinstance(came, Moved)
    assert came.newest
    assert (came.newest.version, vault.writes) == ("theirs", 1)


def test_the_tags_of_others_are_carried_over_as_far_as_they_fit() -> None:
    theirs = {f"tag-{number}": "x" for number in range(14)} | {"rotated_from": "v0", "tenant_id": "old"}

    tags = successor_tags(version("v1", 0, tags=theirs), {"tenant_id": "new", "client_id": "c"})

    assert len(tags) == MOST_TAGS
    assert (tags["tenant_id"], tags["rotated_from"], tags["tag-0"]) == ("new", "v1", "x")


def older(versions: list[StoredSecret], keep: int = 2) -> tuple[str, ...]:
    return older_versions(versions, OWNER, "primary", "new", "former", keep).to_disable


def test_the_newest_few_stay_and_the_one_before_is_the_first_of_them() -> None:
    versions = [version("new", 9), version("former", 1), version("b", 5), version("a", 3)]

    assert older(versions) == ("a", "b")
    assert older(versions, keep=1) == ("a", "b", "former")
    assert older(versions, keep=3) == ("a",)
    assert older(versions, keep=9) == ()


@pytest.mark.parametrize(
    "left_alone",
    [
        version("x", 1, tags={}),
        version("x", 1, tags=OWNER.tags | {"client_id": "another"}),
        version("x", 1, tags=OWNER.tags | {"account": "sandbox"}),
        version("x", 1, enabled=False),
        version("x", 1, created_at=None),
        version("x", 9),
    ],
    ids=["no tags", "another app's", "the sandbox's", "disabled", "without a time", "of the same second"],
)
def test_what_is_not_surely_ours_and_older_is_left_alone(left_alone: StoredSecret) -> None:
    assert older([version("new", 9), left_alone], keep=1) == ()


def test_nothing_is_disabled_once_a_newer_version_is_there_or_ours_is_not_listed() -> None:
    found = older_versions(
        [version("theirs", 10), version("new", 9), version("a", 1)], OWNER, "primary", "new", "former", 1
    )

    assert found.to_disable == ()
    assert found.newer
    assert found.newer.version == "theirs"
    assert older([version("a", 1)], keep=1) == ()


def test_a_token_is_due_a_week_after_it_was_written_or_a_month_before_it_ends() -> None:
    assert RenewalRule().due_at(NOW) == NOW + timedelta(days=7)
    assert RenewalRule(after=timedelta(days=80)).due_at(NOW) == NOW + timedelta(days=60)


def test_when_it_was_written_is_the_vaults_own_word() -> None:
    assert written_at(version("v1", 0, expires_at=NOW)) == NOW
    assert written_at(version("v1", 0, created_at=None, expires_at=NOW)) == NOW - timedelta(days=90)
    assert written_at(version("v1", 0, created_at=None)) is None


def test_tags_are_believed_only_in_a_form_that_is_known() -> None:
    wild = {"client_type": "\x1b[31m", "obtained_at": "yesterday", "user_id": "ada@contoso.com", "flow": "a\x00b"}

    record = read_record(version("v1", 0, tags=wild))

    assert (record.client_type, record.obtained_at, record.user_id, record.is_later_form) == ("", "", "", False)
    assert "\x00" not in record.flow
    assert read_record(version("v1", 0, tags={FORM_TAG: ""})).is_later_form

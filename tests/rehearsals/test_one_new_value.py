"""One new value alone, in a later process: what is stored is proven again with it, and nobody signs in."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from tests.harness import SECRET_NAME, Rehearsed, in_world, rehearsed
from wizard.core.answers import Answers
from wizard.core.events import BrowserPrompt, ConsentLink, DeviceCodePrompt
from wizard.core.findings import Outcome
from wizard.core.inbox import Purpose
from wizard.core.secret import Secret
from wizard.journeys.saved_journey import JourneyFile
from wizard.onboarding.gate import State
from wizard.plain.line_writer import LineWriter
from wizard.plain.runner import Reopening, run_journey
from wizard.rehearsal import Scene, load_scene
from wizard.rehearsal.vault_state import VaultState
from wizard.rehearsal.world import ClientSecret

DAY = 86_400.0


def with_two_secrets() -> Scene:
    """A scene whose app has a secret that ends in a day, and a newer one."""
    scene = load_scene("all-holds-secret")
    (first,) = scene.world.app.secrets
    both = (replace(first, expires_in_days=1), ClientSecret("new-secret", "77777777-1111-4111-8111-000000000002"))
    return in_world(scene, app=replace(scene.world.app, secrets=both))


@contextmanager
def proven(scene: str | Scene, monkeypatch: pytest.MonkeyPatch, folder: Path) -> Iterator[Rehearsed]:
    """A journey that was proven, and its cloud; then a later process opens it, which knows only what was saved."""
    file = folder / "state" / "journey.json"
    with rehearsed(scene, monkeypatch, file=file) as played:
        played.run()
        assert played.journey.is_proven
        reopen(played, file)
        yield played


def reopen(played: Rehearsed, file: Path) -> None:
    """Open the saved journey as another process does."""
    saved = JourneyFile(file).read()
    assert saved is not None
    played.journey = played.session.resume(saved, played.journey.onboarding.emit)
    played.events.clear()


def secret_of(played: Rehearsed, file: str) -> Secret:
    return Secret((played.cloud.folder / file).read_text(encoding="utf-8"))


def prompts(played: Rehearsed) -> list[object]:
    """What a person has to act on, but for the vault."""
    shown = played.emitted(BrowserPrompt) + played.emitted(DeviceCodePrompt)
    return [*played.emitted(ConsentLink), *(each for each in shown if each.purpose == Purpose.INTEGRATION_USER)]


def spare(played: Rehearsed) -> str:
    """The address of another vault."""
    return f"https://{played.cloud.scene.world.spare_vault.name}.{played.cloud.names.vault_suffix}"


def tags(vault: VaultState) -> list[object]:
    return [each["tags"] for each in vault.versions(SECRET_NAME)]


def test_a_new_secret_in_place_of_an_expired_one_needs_no_sign_in(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with proven(with_two_secrets(), monkeypatch, tmp_path) as played:
        played.cloud.clock.advance(2 * DAY)
        played.journey.change("client_secret", secret_of(played, "client-secret"))
        assert played.run() == "app.credential"
        assert played.journey.findings["app.credential"].code == "AADSTS7000222"

        played.journey.change("client_secret", secret_of(played, "new-secret"))
        assert played.journey.state("consent") is not State.OPEN
        played.run()

        assert played.journey.is_proven
        assert prompts(played) == []
        assert "proven again" in played.journey.findings["user.stored_token"].message
        before, after = tags(played.cloud.vault)
        assert before == after, "the renewed version says the same of the sign-in"


def test_a_new_secret_survives_the_end_of_the_process_before_its_proof(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with proven(with_two_secrets(), monkeypatch, tmp_path) as played:
        for _ in range(2):
            played.journey.change("client_secret", secret_of(played, "new-secret"))
            played.journey.run("app")
            reopen(played, tmp_path / "state" / "journey.json")
        played.journey.change("client_secret", secret_of(played, "new-secret"))
        played.run()

        assert played.journey.is_proven
        assert prompts(played) == []


def test_another_vault_gets_the_stored_token_and_nobody_signs_in(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with proven("all-holds-public", monkeypatch, tmp_path) as played:
        played.journey.change("vault_url", spare(played))
        played.run()

        assert played.journey.is_proven
        assert prompts(played) == []
        assert tags(played.cloud.spare_vault) == tags(played.cloud.vault)
        assert played.journey.onboarding.facts.vault_url == spare(played)


def test_another_name_in_the_vault_gets_the_stored_token(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    with proven("all-holds-public", monkeypatch, tmp_path) as played:
        played.journey.change("vault_secret", "another-name")
        played.run()

        assert played.journey.is_proven
        assert prompts(played) == []
        assert len(played.cloud.vault.versions("another-name")) == 1


def gone(played: Rehearsed) -> None:
    played.cloud.vault.delete(SECRET_NAME)


def foreign(played: Rehearsed) -> None:
    played.cloud.vault.add_aged_version(SECRET_NAME, "1.AX" + "x" * 900, 0, True, {"owner": "billing"})


def no_token(played: Rehearsed) -> None:
    ours = tags(played.cloud.vault)[0]
    assert isinstance(ours, dict)
    played.cloud.vault.add_aged_version(SECRET_NAME, "nothing", 0, True, ours)


def unreachable(played: Rehearsed) -> None:
    vault = played.cloud.vault
    vault.settings = replace(vault.settings, exists=False)


@pytest.mark.parametrize("spoil", [gone, foreign, no_token, unreachable])
def test_a_stored_token_that_cannot_be_used_is_told_and_then_somebody_signs_in(
    spoil: Callable[[Rehearsed], None], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with proven("all-holds-public", monkeypatch, tmp_path) as played:
        spoil(played)
        played.journey.change("vault_url", spare(played))
        assert played.run() == "user.stored_token"
        assert played.journey.findings["user.stored_token"].outcome is Outcome.FAILS
        assert prompts(played) == []

        played.run()
        assert played.journey.is_proven
        assert len(prompts(played)) == 1


def test_a_stored_token_that_is_dead_is_told_and_then_somebody_signs_in(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with proven("all-holds-public", monkeypatch, tmp_path) as played:
        played.cloud.clock.advance(91 * DAY)
        played.journey.change("vault_url", spare(played))
        assert played.run() == "user.signed_in"
        assert played.journey.findings["user.signed_in"].code == "AADSTS700082"

        played.run()
        assert played.journey.is_proven
        assert len(prompts(played)) == 1


@pytest.mark.parametrize("key", ["integration_user", "sign_in_flow", "step 4 again", "new sign-in", "late flow"])
def test_what_asks_for_another_sign_in_gets_one(key: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    values = {"integration_user": "adele@contoso.com", "sign_in_flow": "browser"}
    with proven("all-holds-public", monkeypatch, tmp_path) as played:
        if key in values:
            played.journey.change(key, values[key])
        elif key != "step 4 again":
            played.journey.change("vault_url", spare(played))
        if key == "new sign-in":
            played.journey.run("user")
            played.journey.forget_sign_in()
        elif key == "late flow":
            played.journey.change("sign_in_flow", "browser")
        played.journey.run("user")

        assert len(prompts(played)) == 1


def play(played: Rehearsed, answers: Answers, reopening: Reopening) -> str:
    """Run the saved journey in plain lines; return what was written."""
    out = io.StringIO()
    lines = LineWriter(out=out, err=out, watch=played.cloud.people.on_event, also=played.events.append)
    assert run_journey(played.session, answers, lines, reopening=reopening) == "proven"
    return out.getvalue()


def test_run_takes_another_vault_from_the_answers_file_though_all_is_proven(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with proven("all-holds-public", monkeypatch, tmp_path) as played:
        answers = replace(played.journey.onboarding.answers, vault_url=spare(played))
        said = play(played, answers, Reopening({"vault_url"}))

        assert "what is stored is proven again" in said
        assert len(tags(played.cloud.spare_vault)) == 1
        assert prompts(played) == []
        assert "Already proven" in play(played, answers, Reopening({"vault_url", "tenant", "client_secret"}))


def test_run_again_proves_what_is_stored_with_a_new_secret(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    with proven(with_two_secrets(), monkeypatch, tmp_path) as played:
        played.cloud.clock.advance(2 * DAY)
        answers = replace(played.journey.onboarding.answers, client_secret=secret_of(played, "new-secret"))
        assert "Already proven" in play(played, answers, Reopening({"client_secret", "credential"}))
        said = play(played, answers, Reopening({"client_secret", "credential"}, always=True))

        assert "what is stored is proven again" in said
        assert prompts(played) == []
        assert len(tags(played.cloud.vault)) == 2

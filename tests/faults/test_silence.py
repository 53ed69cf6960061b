"""What MSAL and azure-identity would say by themselves is said nowhere, however loud the logs are (T4, T10)."""

from __future__ import annotations

import signal
import sys
from pathlib import Path

import pytest

from tests.faults.canaries import Canaries, encoded_forms
from tests.faults.canned import ACCESS, CANARY, TORN, canned
from tests.harness import LOUD, PROGRAM, Program, answering, program, wait_for, with_faults
from tests.sampling import sample
from wizard.rehearsal import RehearsalCloud, device_codes, load_scene
from wizard.rehearsal.choices import Service
from wizard.rehearsal.world import Fault

LOUDLY = (sys.executable, "-c", LOUD)
"""The product with the root logger and everything below at its loudest, on standard error."""
LEVELS = {"as it is": (PROGRAM,), "with every log on": LOUDLY}


def check_no_canary(run: Program, base: Path, *secrets: str) -> None:
    said = (run.stdout + run.stderr).encode()
    said += b"".join(path.read_bytes() for path in (base / "home").rglob("*") if path.is_file())
    for secret in secrets:
        assert not [form for form in encoded_forms(secret) if form in said], run.stderr
    assert "Traceback" not in run.stderr


def of_libraries(run: Program) -> list[str]:
    """Lines on standard error that a logger or the warnings module wrote."""
    names = ("DEBUG:", "INFO:", "WARNING:", "ERROR:", "CRITICAL:", "Warning:", "azure", "Credential")
    return [line for line in run.stderr.splitlines() if any(name in line for name in names)]


UNREADABLE = [
    *((body, "all-holds-public", "with every log on") for body in TORN),
    ("torn", "all-holds-secret", "with every log on"),
    ("torn", "all-holds-public", "as it is"),
    ("torn", "all-holds-secret", "as it is"),
]


@pytest.mark.parametrize(("body", "scene", "level"), sample(3, UNREADABLE), ids=lambda value: value)
def test_a_token_answer_that_cannot_be_read_is_shown_nowhere(
    body: str, scene: str, level: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """T4: MSAL logs such an answer whole, and json keeps it in its exception."""
    monkeypatch.setattr(device_codes, "POLL_INTERVAL", 1)
    first_poll = {"all-holds-public": 1, "all-holds-secret": 5}[scene]
    torn = Fault(Service.LOGIN, "POST", "*/token", after=first_poll, times=0, status=200)
    faults = canned(monkeypatch, {torn: (200, TORN[body])})
    with RehearsalCloud(with_faults(scene, *faults), people="wait") as cloud:
        with program(cloud, tmp_path, command=LEVELS[level]) as run:
            run.run()
            run.wait_for("sign_in")
            run.wait_for("finding", "user.sign_in_ready")
            wait_for(
                lambda: run.of("summary") or sum("device_code" in each.form for each in cloud.log) > 1, "a second poll"
            )
            if not run.of("summary"):
                run.signal(signal.SIGTERM)
            assert run.end() in {1, 3, 143}
        check_no_canary(run, tmp_path, CANARY, ACCESS)
        assert of_libraries(run) == []


@pytest.mark.parametrize("level", LEVELS)
def test_a_whole_run_says_no_secret(level: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(device_codes, "POLL_INTERVAL", 1)
    canaries = Canaries()
    with canaries.watching(), RehearsalCloud(load_scene("all-holds-secret"), people="wait") as cloud:
        with program(cloud, tmp_path, command=LEVELS[level]) as run:
            assert run.run().end() == 0
        check_no_canary(run, tmp_path, *canaries.all(cloud).values())
        assert of_libraries(run) == []


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("missing", ["wrong secret", "no identity"])
def test_a_vault_identity_that_fails_is_told_once_in_our_words(missing: str, level: str, tmp_path: Path) -> None:
    """T10: azure-identity logs its failures at WARNING, which Python prints on standard error."""
    wrong: dict[str, str | None] = {
        "wrong secret": {"AZURE_CLIENT_SECRET": "w" * 40},
        "no identity": dict.fromkeys(("AZURE_TENANT_ID", "AZURE_CLIENT_ID", "AZURE_CLIENT_SECRET")),
    }[missing]  # type: ignore[assignment]
    with RehearsalCloud(load_scene("all-holds-public"), people="wait") as cloud:
        with program(cloud, tmp_path, answering(cloud), environment=wrong, command=LEVELS[level]) as run:
            assert run.run().end() == 1
        assert run.outcome("user.vault_reachable") == "fails"
        finding = run.of("finding")[-1]
        assert finding["check"] == "user.vault_reachable"
        assert finding["remedy"]
        assert of_libraries(run) == []
        check_no_canary(run, tmp_path, "w" * 40)

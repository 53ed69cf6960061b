"""What a person pastes or types wrong: a sentence that names it, the former value kept, nothing secret repeated."""

from __future__ import annotations

import os
import pty
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.harness import PROGRAM, Rehearsed, in_world, rehearsed
from tests.patience import PATIENCE
from wizard.core.answers import Value
from wizard.core.errors import BadInput
from wizard.core.events import CheckEnded, ConsentLink
from wizard.core.findings import Outcome
from wizard.core.inbox import AlreadyGranted, Message, Purpose, RedirectResponse
from wizard.core.pasted_values import as_meant
from wizard.core.secret import Secret
from wizard.onboarding.profile import PROFILES
from wizard.rehearsal.choices import AdminAction
from wizard.rehearsal.world import Behaviour

OTHER_TENANT = "22222222-bbbb-4bbb-8bbb-000000000002"
TENANT = "11111111-aaaa-4aaa-8aaa-000000000001"
CANARY = "c4n4ry-in-the-paste"


def paste(here: Rehearsed, text: str) -> Outcome | None:
    """Run up to the consent page, paste an address when it is asked for; {state} is this run's own."""
    return submit(here, lambda state: RedirectResponse(text.replace("{state}", state)))


def submit(here: Rehearsed, message: Callable[[str], Message]) -> Outcome | None:
    """Run up to the consent page, and submit what `message` makes of this run's state."""
    here.session.is_attended = here.journey.onboarding.is_attended = True
    here.journey.onboarding.emit = lambda event: watch(event)

    def watch(event: object) -> None:
        here.events.append(event)  # type: ignore[arg-type]
        if isinstance(event, ConsentLink):
            state = event.url.partition("state=")[2].partition("&")[0]
            here.journey.submit(Purpose.CONSENT, message(state))

    for step in ("start", "tenant", "app", "consent"):
        here.journey.run(step)
    return here.journey.outcome("consent.answer")


PASTES = {
    "another run": (f"http://localhost/?admin_consent=True&tenant={TENANT}&state=another", "another consent link"),
    "no state": (f"http://localhost/?admin_consent=True&tenant={TENANT}", "another consent link"),
    "two states": (f"http://localhost/?admin_consent=True&tenant={TENANT}&state=x&state={{state}}&state=x", "another"),
    "another tenant": (f"http://localhost/?admin_consent=True&tenant={OTHER_TENANT}&state={{state}}", OTHER_TENANT),
    "not given": (f"http://localhost/?admin_consent=False&tenant={TENANT}&state={{state}}", "not given"),
    "an error": (
        "http://localhost/?error=access_denied&error_description=AADSTS65004%3a+declined&admin_consent=True&state={state}",
        "declined",
    ),
    "the consent link itself": ("https://localhost/common/adminconsent?client_id=x&state={state}", "the link itself"),
    "a word": ("granted", "admin_consent"),
    "a search": ("how do I grant admin consent", "admin_consent"),
    "a code": (f"http://localhost/?code={CANARY}&state={{state}}", "admin_consent"),
    "20 kB": (f"http://localhost/?admin_consent=True&tenant={TENANT}&state={{state}}&x=" + "y" * 20_000, "too"),
    "20 kB of nothing": (" " * 20_000 + CANARY, ""),
    "a thousand parts": ("http://localhost/?" + "&".join(f"a{n}={n}" for n in range(1000)), ""),
    "control characters": (f"http://localhost/?admin_consent=\x1b]52;c;{CANARY}\x07", ""),
}  # fmt: skip


@pytest.fixture
def own_word(monkeypatch: pytest.MonkeyPatch) -> object:
    """A journey in which the answer is pasted: no redirect is caught, nobody opens the link."""
    scene = in_world("all-holds-public", behaviour=Behaviour(admin=AdminAction.NOBODY))
    with rehearsed(scene, monkeypatch) as here:
        here.journey.change("consent_redirect_uri", "")
        yield here


@pytest.mark.parametrize("what", PASTES)
def test_a_wrong_paste_is_refused_in_words(what: str, own_word: Rehearsed) -> None:
    text, words = PASTES[what]
    assert paste(own_word, text) is Outcome.FAILS
    finding = own_word.journey.findings["consent.answer"]
    assert words.lower() in f"{finding.title} {finding.message} {finding.remedy}".lower()
    assert finding.remedy
    assert CANARY not in repr(finding)
    assert len(finding.message) < 3000
    assert not set(finding.message) & set("\x1b\x07")
    assert own_word.journey.open_step.id == "consent"


@pytest.mark.parametrize("text", ["", "   ", "\n\n"], ids=repr)
def test_an_empty_paste_is_no_answer(text: str, own_word: Rehearsed) -> None:
    assert paste(own_word, text) is Outcome.FAILS
    finding = own_word.journey.findings["consent.answer"]
    assert finding.message
    assert finding.remedy


def test_the_operators_word_is_taken_after_a_wrong_paste(own_word: Rehearsed) -> None:
    assert paste(own_word, "nonsense") is Outcome.FAILS
    own_word.journey.submit(Purpose.CONSENT, RedirectResponse("nonsense"))
    assert submit(own_word, lambda _state: AlreadyGranted()) is Outcome.UNKNOWN


WRONG: list[tuple[str, Value, str]] = [
    ("tenant", "contoso", "domain"),
    ("tenant", "", "needs a value"),
    ("tenant", "x" * 20_000, "wrong paste"),
    ("client_id", "33333333", "GUID"),
    ("client_id", "\x1b]52;c;aGk=\x07", "GUID"),
    ("integration_user", "nobody", "user name"),
    ("vault_url", "contoso-partner", "https://"),
    ("vault_secret", "no_underscores", "hyphens"),
    ("vault_secret", "d41d8cd98f00b204e9800998ecf8427e", "a secret itself"),
    ("vault_secret", "D41d8cd98f00b204e9800998ecf8427e" * 3, "a secret itself"),
    ("vault_secret", "aBc8Q~dEfGhIjKlMnOpQrStUvWxYz0123456789.-", "a secret itself"),
    ("vault_identity", "mine", "default"),
    ("graph_identity", "mine", "none"),
    ("consent_redirect_uri", "ftp://localhost", "http://localhost"),
    ("consent_redirect_uri", "http://localhost/?code=0.AXk-answer&state=1", "without ? or #"),
    ("consent_redirect_uri", "https://contoso.com/signed-in#id_token=x", "without ? or #"),
    ("consent_redirect_uri", "http://localhost?", "without ? or #"),
    ("client_secret", Secret(""), "needs a value"),
    ("client_secret", Secret("s" * 20_000), "wrong paste"),
    ("certificate", "/no/such/file.pem", "no folder /no/such"),
]


@pytest.mark.parametrize(
    "address",
    [
        "https:\\\\contoso-partner.vault.azure.net",
        "https://evil.example\\.vault.azure.net",
        "https://contoso-partner.vault.azure.net\\@evil.example",
        "https://contoso-partner.vault.azure.net\\",
    ],
)
def test_a_backslash_in_an_address_is_called_that_as_it_was_pasted(address: str) -> None:
    fields = PROFILES["csp"].fields
    for name in ("vault_url", "sign_in_redirect_uri", "consent_redirect_uri"):
        meant = as_meant(fields[name], address, "vault.azure.net")
        assert "no backslash" in fields[name].error(meant.value), name


@pytest.mark.parametrize(("key", "value", "words"), WRONG, ids=lambda value: repr(value)[:24])
def test_a_wrong_value_keeps_the_former_one_and_what_is_proven(
    key: str, value: Value, words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with rehearsed("all-holds-secret", monkeypatch) as here:
        here.journey.run("start")
        here.journey.run("tenant")
        before, proven = here.journey.onboarding.answers, dict(here.journey.findings)
        with pytest.raises(BadInput) as refused:
            here.journey.change(key, value)
        assert refused.value.field == key
        assert words in refused.value.expected
        assert here.journey.onboarding.answers == before
        assert here.journey.findings == proven
        assert "ssssssss" not in str(refused.value)


def test_a_secret_typed_wrong_is_shown_in_no_event(monkeypatch: pytest.MonkeyPatch) -> None:
    with rehearsed("wrong-secret", monkeypatch) as here:
        here.run()
        wrong = here.journey.onboarding.answers.client_secret
        assert wrong is not None
        assert wrong.reveal() not in repr(here.events)
        assert any(isinstance(event, CheckEnded) for event in here.events)


ENVIRONMENT = {"PATH": os.environ["PATH"], "LANG": "C.UTF-8"}


@pytest.mark.parametrize("command", [[], ["rehearse"], ["rehearse", "two-versions"]], ids=" ".join)
def test_without_a_terminal_the_screens_are_refused_with_what_to_use(command: list[str], tmp_path: Path) -> None:
    done = subprocess.run(
        [PROGRAM, *command], env={**ENVIRONMENT, "HOME": str(tmp_path), "TERM": "xterm"}, capture_output=True,
        text=True, stdin=subprocess.DEVNULL, timeout=PATIENCE, check=False,
    )  # fmt: skip
    assert done.returncode == 2
    assert "is not a terminal" in done.stderr
    assert "partner-wizard r" in done.stderr
    assert done.stdout == ""
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("term", ["dumb", ""], ids=repr)
def test_a_terminal_that_cannot_draw_is_refused_with_what_to_use(term: str, tmp_path: Path) -> None:
    master, slave = pty.openpty()
    try:
        done = subprocess.run(
            [PROGRAM], env={**ENVIRONMENT, "HOME": str(tmp_path), "TERM": term}, stdin=slave, stderr=slave,
            stdout=subprocess.PIPE, timeout=PATIENCE, check=False,
        )  # fmt: skip
        said = os.read(master, 10_000).decode()
    finally:
        os.close(master)
        os.close(slave)
    assert done.returncode == 2
    assert "cannot draw" in said
    assert "partner-wizard run" in said


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["rehearse", "no-such-scene", "--unattended"], "no scene no-such-scene"),
        (["rehearse", "--unattended", "--journey", "journey.json"], "--journey does not apply to"),
        (["run", "--cloud-file", "/no/such/file"], "--cloud-file"),
        (["check", "--journey", "no/such/journey.json"], "no journey"),
        (["support-bundle", "--journey", "no/such/journey.json"], "no journey"),
        (["report", "--journey", "no/such/journey.json"], "no journey"),
        (["run", "--journey", "/dev/null", "--answers", "{answers}"], "/dev"),
        (["frobnicate"], "frobnicate"),
        (["run", "--no-such-option"], "--no-such-option"),
    ],
    ids=lambda value: " ".join(value)[:30] if isinstance(value, list) else "",
)  # fmt: skip
def test_wrong_usage_is_one_sentence_and_exit_2(arguments: list[str], words: str, tmp_path: Path) -> None:
    answers = tmp_path / "answers.toml"
    answers.write_text(
        'tenant = "contoso.com"\nassociated = true\nclient_id = "33333333-cccc-4ccc-8ccc-000000000003"\n'
        'credential = { none = true }\nintegration_user = "partner-integration@contoso.com"\n'
        '[vault]\nurl = "https://contoso-partner.vault.azure.net"\n'
    )
    done = subprocess.run(
        [PROGRAM, *(each.replace("{answers}", str(answers)) for each in arguments)],
        env={**ENVIRONMENT, "HOME": str(tmp_path)}, capture_output=True, text=True, stdin=subprocess.DEVNULL,
        timeout=PATIENCE, check=False, cwd=tmp_path,
    )  # fmt: skip
    assert done.returncode == 2, done.stdout + done.stderr
    assert words in done.stderr
    assert "Traceback" not in done.stderr

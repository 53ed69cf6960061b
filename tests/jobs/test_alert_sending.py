"""Alerts reach a real mail server and a real receiver of web hooks, and nothing secret goes with them."""

from __future__ import annotations

import io
import os
import ssl
import subprocess
import threading
from collections.abc import Iterator
from concurrent.futures import Future
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import trustme
from requests import RequestException, Response

from tests.jobs.alert_runs import HOOK, MAIL, Runs, StandingClock, holds, refused, result
from tests.jobs.alert_servers import Received, mail_and_hooks
from wizard.core.secret import Secret
from wizard.core.waiting import Cancel
from wizard.jobs import alert_process, alert_sending
from wizard.jobs.alert_causes import Cause, Found, Kind
from wizard.jobs.alert_message import Alert, write_alert
from wizard.jobs.alert_sending import remember_address, send_alerts
from wizard.jobs.alerting import Address, News
from wizard.redaction.redactor import Redactor

PERSON = "ada.lovelace@contoso.com"
TOKEN = "0.AXoA" + "canary9" * 40
SECRET = "abc8Q~canaryCanaryCanaryCanaryCanaryCana1"
HOOK_PATH = "canary-of-the-address"
PASSWORD = "canary-password"


@pytest.fixture
def received() -> Iterator[Received]:
    with mail_and_hooks() as both:
        yield both


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[tuple[list[str], dict[str, str], str]]:
    """Each process that sends: its arguments, its environment, and what it is told."""
    seen: list[tuple[list[str], dict[str, str], str]] = []

    class Seen(subprocess.Popen[str]):
        def __init__(self, arguments: list[str], **options: Any) -> None:
            seen.append((arguments, dict(options["env"]), ""))
            super().__init__(arguments, **options)

        def communicate(self, given: str | None = None, timeout: float | None = None) -> tuple[str, str]:
            arguments, environment, _ = seen.pop()
            seen.append((arguments, environment, given or ""))
            return super().communicate(given, timeout)

    monkeypatch.setattr("wizard.jobs.alert_sending.subprocess.Popen", Seen)
    return seen


def test_over_thirty_days_it_arrives_once_by_mail_and_web_hook_then_all_clear_and_no_canary_with_it(
    tmp_path: Path,
    received: Received,
    started: list[tuple[list[str], dict[str, str], str]],
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("AZURE_CLIENT_SECRET", SECRET)
    netrc = tmp_path / ".netrc"
    netrc.write_text(f"machine 127.0.0.1 login {PASSWORD} password {PASSWORD}\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("NETRC", str(netrc))
    runs = Runs(tmp_path, remind=0, clock=StandingClock(), send=with_environment_of_the_test)
    runs.values = {
        MAIL: f"mailto://127.0.0.1:{received.smtp_port}?from=wizard@example.com&to=oncall@example.com",
        HOOK: f"json://127.0.0.1:{received.http_port}/{HOOK_PATH}",
    }
    failing = result("failed", refused(account=PERSON, service_said=f"Refused for {PERSON}: {TOKEN} with {SECRET}."))
    told = []

    received.status = 307  # for an hour
    told.append(runs.run(failing, after=timedelta(hours=1)))
    received.status = 200
    told += [runs.run(failing) for _ in range(28)]
    told += [runs.run(result("proven", holds())) for _ in range(3)]

    assert told[0].failed == {HOOK: "Failed to send JSON POST notification: error=307."}  # which is not followed
    assert not any(each.failed for each in told[1:])
    assert [each.sent for each in told if each.sent] == [1, 1, 2]
    assert len(started) == 3  # a process for each run that has news, and for no other
    subjects = [subject for subject, _, _ in received.mails]
    assert subjects == [hook["title"] for hook in received.hooks]
    assert subjects == [
        "Partner Center onboarding of contoso.com: The token is refused (AADSTS50076)",
        "All clear: contoso.com: The token is refused (AADSTS50076)",
    ]
    assert [hook["type"] for hook in received.hooks] == ["failure", "success"]
    assert "AADSTS50076" in received.mails[0][1]
    assert "Refused for <user 1>: •••" in " ".join(received.mails[0][1].split())
    assert received.mails[0][2] == ["oncall@example.com"]
    assert not any("Authorization" in each for each in received.headers)  # nothing of the .netrc
    assert {host for each in told for host in each.hosts} == {"127.0.0.1"}

    arguments, environments, orders = zip(*started, strict=True)
    messages = f"{received.mails} {received.hooks}"
    reports = f"{told} {[each.as_json() for each in told]} {[each.in_words() for each in told]}"
    printed = "".join(capfd.readouterr())
    for canary in (PERSON, TOKEN, SECRET, PASSWORD):
        assert (
            canary not in f"{messages} {reports} {printed} {arguments} {environments} {orders} {runs.state.read_text()}"
        )
    assert HOOK_PATH not in f"{messages} {reports} {printed} {arguments} {environments} {runs.state.read_text()}"
    assert {name for each in environments for name in each} == {"HOME", "PYTHONPATH", "LC_ALL"}


def with_environment_of_the_test(alerts: Any, _environ: Any, redactor: Redactor, cancel: Cancel) -> Any:
    return send_alerts(alerts, os.environ, redactor, cancel)


def test_a_process_that_does_not_end_is_ended(started: list[Any], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(alert_sending, "LIMIT", 0.0)
    monkeypatch.setattr(alert_sending, "MODULE", "http.server")  # says nothing, for ever
    before = threading.active_count()

    delivery = send_alerts([(Address(HOOK, Secret("json://x")), Alert("s", "t", "info"))], {}, Redactor(), Cancel())

    assert delivery.failed == {HOOK: "the process that sends did not end well"}
    for thread in threading.enumerate():
        if thread.name == "alerts":
            thread.join(60)
    assert threading.active_count() <= before


def test_an_address_that_the_vault_does_not_tell_is_one_that_failed(started: list[Any]) -> None:
    delivery = send_alerts([(Address("vault_secret x", None, "x"), Alert("s", "t", "info"))], {}, Redactor(), Cancel())

    assert delivery.failed == {"vault_secret x": "it could not be read from the vault"}
    assert started == []


def test_an_address_and_its_parts_are_known_to_the_redactor() -> None:
    redactor = Redactor()
    remember_address("slack://T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ/%23general?password=of%20canary", redactor)
    remember_address(f"mailto://user:{PASSWORD}@example.com?to=ada@example.com", redactor)

    said = redactor.redact(
        f"T1JJ3T3L2 TIiajkdnlazkcOXrIdevi7FQ A1BRTD4JD of canary {PASSWORD} ada@example.com example.com"
    )

    assert said.replace("•", "").split() == ["example.com"]


def test_the_proxy_and_the_authorities_are_those_of_the_program(tmp_path: Path) -> None:
    bundle = tmp_path / "authorities.pem"
    bundle.write_text("")
    given = {
        "HTTPS_PROXY": "http://user:password@proxy:3128",
        "no_proxy": "localhost",
        "REQUESTS_CA_BUNDLE": str(bundle),
        "AZURE_CLIENT_SECRET": SECRET,
        "NETRC": "x",
    }

    assert alert_sending._of_network(given) == {
        "HTTPS_PROXY": "http://user:password@proxy:3128",
        "no_proxy": "localhost",
        "REQUESTS_CA_BUNDLE": str(bundle),
        "SSL_CERT_FILE": str(bundle),
    }


@pytest.mark.system
def test_mail_goes_by_starttls_to_a_server_whose_authority_the_program_trusts_and_to_no_other(tmp_path: Path) -> None:
    authority, bundle = trustme.CA(), tmp_path / "authority.pem"
    authority.cert_pem.write_to_path(bundle)
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost", "127.0.0.1").configure_cert(tls)
    alert = Alert("A subject", "A text", "info")
    with mail_and_hooks(tls) as received:
        place = f"mailtos://localhost:{received.smtp_port}?mode=starttls&from=a@example.com&to=b@example.com"
        address = Address(MAIL, Secret(place))

        refused = send_alerts([(address, alert)], {}, Redactor(), Cancel())
        sent = send_alerts([(address, alert)], {"REQUESTS_CA_BUNDLE": str(bundle)}, Redactor(), Cancel())

    assert list(refused.failed) == [MAIL]
    assert sent.failed == {}
    assert [subject for subject, _, _ in received.mails] == ["A subject"]


@pytest.mark.parametrize(
    ("sent", "host"),
    [
        (b"CONNECT hooks.example.com:443 HTTP/1.1\r\n", "hooks.example.com"),
        (b"POST http://hooks.example.com/path HTTP/1.1\r\n", "hooks.example.com"),
        (b"POST /path?to=http://elsewhere.example HTTP/1.1\r\n", ""),
        (b'{"text": "CONNECT elsewhere.example"}', ""),
    ],
)
def test_a_host_behind_a_proxy_is_told_as_well(sent: bytes, host: str) -> None:
    assert alert_process.host_behind(sent) == host


# --- the text ---------------------------------------------------------------------------------------------------------

HOSTILE = "@everyone <!channel> <@U1> **bold** [link](https://evil.example) <b>x</b> <script>alert(1)</script> `code`"


def hostile_alert(*, names: bool = False) -> Alert:
    line = refused(service_said=f"{HOSTILE} for {PERSON} was not granted.").as_json()
    cause = Cause("3f9a1c2b", "77e0", Kind.REFUSED, "contoso", "contoso.com", "The token is refused", line)
    found = Found("check", "contoso", "contoso.com", {"tenant": "contoso.com"}, (cause,), {}, False)
    return write_alert(News(new=[(cause, found)]), "check", Redactor(), names=names)


def test_it_is_about_what_is_set_up_already() -> None:
    assert "We watch the Partner Center onboarding of the tenant contoso.com" in hostile_alert().text
    assert "setting up" not in hostile_alert().text


def test_names_of_persons_are_told_only_where_that_is_asked() -> None:
    assert PERSON not in hostile_alert().text
    assert "<user 1>" in hostile_alert().text
    assert PERSON in "".join(hostile_alert(names=True).text.split())


KEPT_OUT = {
    "slack://T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ/%23general": ("<!channel>", "<b>", "<@U1>", "<script>"),
    "discord://4174216298/JHMHI8qBe7bk2ZwO5U711o3dV_js": ("@everyone", "<@U1>"),
    "workflows://prod.example.com:443/643e69eba2c2455fb6a1/dvyOoQDdDZ2pPzcMyJ9PRA": ("<script>", "**bold**"),
    "tgram://123456789:abcdefg_hijklmnop/12315544/": ("<script>", "<b>x"),
}
"""By address, what would do something in that service, and has to arrive as words."""


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # of what apprise loads; it runs in a process of its own
def test_the_words_of_a_service_are_words_wherever_they_arrive(monkeypatch: pytest.MonkeyPatch) -> None:
    sent = io.StringIO()

    def post(*_arguments: Any, **options: Any) -> Any:
        sent.write(str(options.get("data") or options.get("json")))
        raise RequestException("no test leaves this machine")

    monkeypatch.setattr("requests.post", post)
    monkeypatch.setattr("requests.request", post)
    alert = hostile_alert()

    for address, kept_out in KEPT_OUT.items():
        order = {"address": address, "subject": alert.subject, "text": alert.text, "level": alert.level}
        assert not alert_process.send_one(order)["is_sent"]
        said = sent.getvalue()
        sent.truncate(0)
        assert "granted" in said, address
        for each in kept_out:
            assert each not in said

    parts: list[str] = []

    def take(*_arguments: Any, **options: Any) -> Response:
        parts.append(str(options.get("data")))
        taken = Response()
        taken.status_code = 204
        return taken

    monkeypatch.setattr("requests.post", take)
    chat = next(each for each in KEPT_OUT if each.startswith("discord"))
    text = "what a service said, and more of it\n" * 90
    assert alert_process.send_one({"address": chat, "subject": "s", "text": text, "level": "info"})["is_sent"]
    assert len(parts) >= 2  # in parts that it takes


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # of what apprise loads; it runs in a process of its own
@pytest.mark.parametrize(
    "address",
    [
        "workflows://host.example/abcd/efgh?template={path}",
        "discord://{digits}/{letters}?template={path}",
        "slack://T00000000/B00000000/{letters}?template={path}",
        "mailtos://h.example?from=a@h.example&to=b@h.example&pgp=sign&pgppub={path}",
        "mailtos://h.example?from=a@h.example&to=b@h.example&pgp=sign&pgpprv={path}",
    ],
)
def test_an_address_in_a_vault_has_no_file_of_this_machine_read_and_sent(
    address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "file.json"
    path.write_text('{"content": "canary"}')
    named = address.format(path=path, digits="1" * 18, letters="a" * 24)
    monkeypatch.setattr("socket.getaddrinfo", lambda *_given, **_more: pytest.fail("it was sent"))
    order = {"address": named, "is_in_vault": True, "subject": "s", "text": "t", "level": "info"}

    assert alert_process.send_one(order) == {
        "is_sent": False, "why": "it names a file, which an address in a vault may not",
    }  # fmt: skip


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # of what apprise loads; it runs in a process of its own
def test_no_password_leaves_this_machine_unencrypted() -> None:
    from apprise import Apprise

    def is_open(address: str) -> bool:
        return alert_process.is_open(Apprise.instantiate(address))

    said = alert_process.send_one({"address": "json://u:p@h.example", "subject": "s", "text": "t", "level": "info"})
    assert said["why"].startswith("its scheme sends a password unencrypted")
    for address in ("mailtos://u:p@h.example?mode=insecure", "mailto://u:p@h.example", "rocket://u:p@h.example/room"):
        assert is_open(address), address
    for address in ("jsons://u:p@h.example", "mailtos://u:p@h.example", "json://u:p@127.0.0.1", "rockets://u:p@h/room"):
        assert not is_open(address), address


def test_one_that_does_not_end_or_ends_badly_keeps_none_from_the_others() -> None:
    taken, broken, endless = (Future[dict[str, Any]]() for _ in range(3))
    taken.set_result({"is_sent": True, "why": ""})
    broken.set_exception(MemoryError())

    assert alert_process.outcomes([taken, broken, endless], 0) == [
        {"is_sent": True, "why": ""},
        {"is_sent": False, "why": "what it answered could not be read (MemoryError)"},
        {"is_sent": False, "why": "it did not end in 0 seconds"},
    ]


@pytest.mark.system
def test_a_huge_answer_takes_no_more_memory_than_is_allowed_and_keeps_nothing_from_others(
    received: Received,
) -> None:
    alert = Alert("A subject", "A text", "info")
    received.status = 200
    received.megabytes = 600
    mail = f"mailto://127.0.0.1:{received.smtp_port}?from=wizard@example.com&to=oncall@example.com"
    hook = f"json://127.0.0.1:{received.http_port}/hook"
    addresses = [Address(MAIL, Secret(mail)), Address(HOOK, Secret(hook))]

    told = send_alerts([(each, alert) for each in addresses], {}, Redactor(), Cancel())

    assert list(told.failed) == [HOOK]
    assert [subject for subject, _, _ in received.mails] == ["A subject"]


def test_the_process_that_sends_is_told_which_addresses_are_in_a_vault(monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[str] = []
    monkeypatch.setattr(alert_sending, "_answer_to", lambda order, _cancel: told.append(order))
    alert = Alert("s", "t", "info")
    for place in ("", "alert-address"):
        send_alerts([(Address("a", Secret("json://h.example"), place), alert)], {}, Redactor(), Cancel())

    assert ['"is_in_vault": true' in each for each in told] == [False, True]

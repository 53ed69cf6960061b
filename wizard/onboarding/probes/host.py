"""What is said of the way to a host: how it was reached, or what stands in the way and the setting that mends it."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Final

from wizard.catalogue.codes import known
from wizard.core.findings import Finding, Outcome, Who
from wizard.core.retries import RETRY_PAUSES, wait
from wizard.core.trouble import Trouble
from wizard.onboarding.step import Onboarding, could_not_tell, fails, holds

if TYPE_CHECKING:
    from wizard.microsoft.host_probe import HostProbe
    from wizard.microsoft.peer_certificate import PeerCertificate

TRANSIENT: Final = frozenset({Trouble.CUT, Trouble.TIMEOUT})
"""Troubles that are often over a moment later."""
PAUSE: Final = 2.0
"""Seconds before the one other try."""
NETWORK_TEAM_FIXES: Final = frozenset({
    Trouble.CONNECT, Trouble.TIMEOUT, Trouble.PROXY, Trouble.PROXY_407, Trouble.TUNNEL, Trouble.TLS, Trouble.TLS_HOST,
    Trouble.ELSEWHERE,
})  # fmt: skip
"""Troubles that whoever runs the network has to fix if the operator may not."""
CATALOGUE_KEYS: Final = {Trouble.ELSEWHERE: "answer", Trouble.TLS: "tls_self_signed"}
"""The entries of the catalogue for troubles that it has under another name."""
WELL_KNOWN: Final = ("microsoft", "digicert")
"""Who signs for the hosts of Microsoft's clouds; another name is a hint, and no more, that somebody is between."""


def probe_host(onboarding: Onboarding, service: str, host: str) -> HostProbe:
    """Look at a host; the look is kept for the clock's check.

    The first one whose line broke is looked at once more after a moment, and the first busy one as often as any
    service that is busy.
    """
    host_probes = onboarding.memory.probes.host_probes
    probe = onboarding.services.host_prober.probe(service, host)
    if probe.trouble in TRANSIENT and not any(each.trouble for name, each in host_probes.items() if name != service):
        wait(onboarding, f"{host} ({probe.detail}), to ask it once more", PAUSE)
        probe = onboarding.services.host_prober.probe(service, host)
    since = onboarding.clock.now()
    for number, pause in enumerate(RETRY_PAUSES, 2):
        if probe.trouble is not Trouble.BUSY or any(
            each.trouble is Trouble.BUSY for name, each in host_probes.items() if name != service
        ):
            break
        tries = f"try {number} of {len(RETRY_PAUSES) + 1}"
        wait(
            onboarding,
            f"{host} ({probe.detail}), to ask it again, {tries}",
            max(probe.retry_after or 0.0, pause),
            since=since,
        )
        probe = onboarding.services.host_prober.probe(service, host)
    host_probes[service] = probe
    return probe


def said_of(probe: HostProbe, name: str, now: datetime) -> Finding:
    """The finding on a host.

    Args:
        look: what a look at it came to.
        name: what the host is, such as "The sign-in host".
        now: this machine's time (aware, UTC).
    """
    evidence = evidence_of(probe)
    if probe.trouble:
        trouble, remedy = TROUBLES.get(probe.trouble, _other)(probe, now)
        message = f"{name} {probe.host} {trouble}."
        others = [Who.ADMIN] if probe.trouble in NETWORK_TEAM_FIXES else []
        finding = (
            could_not_tell(message, remedy, Who.OPERATOR, Who.MICROSOFT)
            if probe.trouble is Trouble.BUSY
            else fails(message, remedy.strip(), Who.OPERATOR, *others)
        )
        finding = replace(finding, evidence={"kind": probe.trouble, **evidence}, unreachable=True)
        return as_known(finding, CATALOGUE_KEYS.get(probe.trouble, probe.trouble))
    took = f"{probe.route} in {probe.milliseconds} ms" if probe.milliseconds else f"{probe.route}"
    return holds(f"{probe.host} was reached {took}{_tls(probe.peer_certificate)}.", **evidence)


def evidence_of(probe: HostProbe) -> dict[str, str | int | bool]:
    """What was seen on the way, by name; what was not seen is left out."""
    seen = probe.peer_certificate
    addresses = ", ".join(probe.addresses) or ("resolved by the proxy" if probe.route.proxy else "")
    dies = f"{seen.valid_until:%Y-%m-%d}" if seen and seen.valid_until else ""
    named = {
        "host": probe.host,
        "reached": str(probe.route),
        "addresses": addresses,
        "tls": seen.tls if seen else "",
        "certificate_issuer": seen.issuer if seen else "",
        "certificate_valid_until": dies,
        "trusted_by": f"{probe.trust}: {probe.bundle}" if probe.trust else "",
        "answered": f"HTTP {probe.status}" if probe.status else "",
        "took": f"{probe.milliseconds} ms" if probe.milliseconds else "",
    }
    return {key: value for key, value in named.items() if value}


def as_known(finding: Finding, kind: str) -> Finding:
    """The finding with what the catalogue knows of its kind: a heading, and whether a retry helps."""
    entry = known("network", kind)
    if entry is None:
        return finding
    return replace(finding, title=entry.title, retry=entry.retry, link=entry.link)


def as_warning(finding: Finding, more: str) -> Finding:
    """A finding of a host that can be done without: it warns instead of failing, and says what is lost."""
    if finding.outcome is Outcome.HOLDS:
        return finding
    outcome = Outcome.WARNS if finding.outcome is Outcome.FAILS else finding.outcome
    return replace(finding, outcome=outcome, message=f"{finding.message} {more}", unreachable=False)


def _tls(seen: PeerCertificate | None) -> str:
    if seen is None:
        return ""
    dies = f" until {seen.valid_until:%Y-%m-%d}" if seen.valid_until else ""
    signer = f", certificate of {seen.issuer}{dies}" if seen.issuer else ""
    return f"; {seen.tls}{signer}"


def _name(probe: HostProbe, _now: datetime) -> tuple[str, str]:
    ask = "dscacheutil -q host -a name" if sys.platform == "darwin" else "getent hosts"
    return "is not found: its name does not resolve here", (
        f"See whether this machine's DNS knows it: `{ask} {_bare(probe.host)}`. {_NEEDS_PROXY}"
    )


def _connect(probe: HostProbe, _now: datetime) -> tuple[str, str]:
    return f"takes no connection{_at(probe)}: it is refused, or there is no way to it", (
        f"Have the firewall let this machine reach {_with_port(probe.host)}, then check again. {_NEEDS_PROXY}"
    )


def _timeout(probe: HostProbe, _now: datetime) -> tuple[str, str]:
    if probe.route.proxy:
        return f"gave no answer in time {probe.route}", (
            f"Ask whoever runs the proxy to let {_with_port(probe.host)} through, then check again; "
            f"or correct {probe.route.source}, and start the wizard again."
        )
    return f"gave no answer in time{_at(probe)}: a firewall may be dropping what is sent", (
        f"Have the firewall let this machine reach {_with_port(probe.host)}, then check again. {_NEEDS_PROXY}"
    )


def _proxy(probe: HostProbe, _now: datetime) -> tuple[str, str]:
    where = probe.route.source
    return f"cannot be asked: the proxy {probe.route.proxy}, which {where} names, could not be reached", (
        f"Correct {where}, and start the wizard again; or have the proxy started, then check again. {_no_proxy(probe)}"
    )


def _password(probe: HostProbe, _now: datetime) -> tuple[str, str]:
    where = probe.route.source
    what = "did not take the user name and password in it" if probe.route.has_password else "asks for a user name"
    return f"cannot be asked: the proxy {probe.route.proxy} of {where} {what} (407)", (
        f"Put both into {where}, in front of {probe.route.proxy}: user name, colon, password, @; signs such as @ "
        "in them are written as %40. Then start the wizard again. Or ask whoever runs the proxy to let this machine "
        "through without."
    )


def _tunnel(probe: HostProbe, _now: datetime) -> tuple[str, str]:
    if re.search(r"\b50[234]\b", probe.detail):
        return f"is not reached by the proxy {probe.route.proxy}: {probe.detail}", (
            f"See whether the name {_bare(probe.host)} is right. If it is, ask whoever runs the proxy why it does not "
            f"reach {_with_port(probe.host)}, then check again. {_no_proxy(probe)}"
        )
    return f"is refused by the proxy {probe.route.proxy}: {probe.detail}", (
        f"Ask whoever runs the proxy to allow CONNECT to {_with_port(probe.host)}, then check again. {_no_proxy(probe)}"
    )


def _untrusted(probe: HostProbe, _now: datetime) -> tuple[str, str]:
    seen = probe.peer_certificate
    issuer = seen.issuer if seen else ""
    if not issuer:
        return f"could not be trusted: {probe.detail}", _right_bundle(probe, "the authority that signed it")
    signed = f"presents a certificate that {issuer} signed, whom this machine does not trust"
    if any(known in issuer.lower() for known in WELL_KNOWN):
        return signed, _right_bundle(probe, issuer)
    return f"{signed}: a proxy or antivirus on the way opens the connection", _right_bundle(probe, issuer)


def _right_bundle(probe: HostProbe, issuer: str) -> str:
    where = f"{probe.trust[:1].upper()}{probe.trust[1:]}"
    lacks = f"{where} names {probe.bundle}, which does not hold {issuer}. " if probe.trust else ""
    return (
        f"{lacks}Ask the network team for the CA certificate of {issuer} as a PEM file, and for the public CAs in the "
        "same file where not every host is opened. Then run `export REQUESTS_CA_BUNDLE=/path/to/that.pem` and start "
        f"the wizard again. Or have {_bare(probe.host)} excepted from inspection, then check again."
    )


def _no_bundle(probe: HostProbe, _now: datetime) -> tuple[str, str]:
    return (
        f"was not asked, for no certificate can be checked: {probe.trust} names {probe.bundle}, which is not there",
        (f"Correct {probe.trust}, or unset it to trust the public CAs, and start the wizard again."),
    )


def _out_of_time(probe: HostProbe, now: datetime) -> tuple[str, str]:
    seen = probe.peer_certificate
    span = ""
    if seen and seen.valid_from and seen.valid_until:
        span = f", from {seen.valid_from:%Y-%m-%d} until {seen.valid_until:%Y-%m-%d}"
    return f"presents a certificate that is not valid at this machine's time, {now:%Y-%m-%d %H:%M} UTC{span}", (
        f"If that is not the time, set the clock: {set_clock()}. If it is, a proxy on the way presents an old "
        f"certificate{f' of {seen.issuer}' if seen and seen.issuer else ''}: tell the network team. Then check again."
    )


def _other_host(probe: HostProbe, _now: datetime) -> tuple[str, str]:
    seen = probe.peer_certificate
    names = f" ({', '.join(seen.names[:3])})" if seen and seen.names else ""
    return f"is answered for{_at(probe)} by a machine with a certificate for other names{names}", (
        "The name is led astray, by DNS, a hosts file or a device on the way: compare with another network, and tell "
        "the network team. Then check again."
    )


def _elsewhere(probe: HostProbe, _now: datetime) -> tuple[str, str]:
    return f"did not answer itself, something on the way did: {probe.detail}", (
        "Where this network has a sign-in page, open it in a browser first. Otherwise have the network team let "
        f"{_with_port(probe.host)} through unchanged. Then check again."
    )


def _busy(probe: HostProbe, _now: datetime) -> tuple[str, str]:
    return f"{probe.detail}: it is busy or has a fault, or a proxy before it does; whether it works is not known", (
        "Wait a minute, then check again. If it lasts a quarter of an hour, look at https://status.cloud.microsoft, "
        "and ask the network team whether a proxy gives this answer."
    )


def _other(probe: HostProbe, _now: datetime) -> tuple[str, str]:
    return f"could not be used: {probe.detail or 'no answer'}", (
        "Check the network, and the proxy on the way where there is one. Then check again."
    )


TROUBLES: Final[dict[Trouble, Callable[[HostProbe, datetime], tuple[str, str]]]] = {
    Trouble.NAME: _name,
    Trouble.CONNECT: _connect,
    Trouble.TIMEOUT: _timeout,
    Trouble.PROXY: _proxy,
    Trouble.PROXY_407: _password,
    Trouble.TUNNEL: _tunnel,
    Trouble.TLS: _untrusted,
    Trouble.CA_FILE: _no_bundle,
    Trouble.TLS_EXPIRED: _out_of_time,
    Trouble.CLOCK: _out_of_time,
    Trouble.TLS_HOST: _other_host,
    Trouble.ELSEWHERE: _elsewhere,
    Trouble.BUSY: _busy,
}
"""By kind: what happened, as the end of a sentence that begins with the host, and what to do."""


_NEEDS_PROXY: Final = (
    "Where your network has a proxy, run `export HTTPS_PROXY=http://PROXY:PORT` and start the wizard again."
)


def set_clock() -> str:
    """The command that sets this machine's clock by the network's time, in `…`."""
    return "`sudo sntp -sS time.apple.com`" if sys.platform == "darwin" else "`sudo timedatectl set-ntp true`"


def _no_proxy(probe: HostProbe) -> str:
    """How to go without the proxy; a cloud file's own proxy has no exceptions."""
    if probe.route.source == "the cloud file":
        return ""
    return (
        f"If this machine may reach the host without a proxy, run `export NO_PROXY=$NO_PROXY,{_bare(probe.host)}` and "
        "start the wizard again."
    )


def _at(probe: HostProbe) -> str:
    return f" at {', '.join(probe.addresses)}" if probe.addresses else ""


def _bare(host: str) -> str:
    return host.partition(":")[0]


def _with_port(host: str) -> str:
    return host if ":" in host else f"{host}:443"

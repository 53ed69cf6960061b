"""Whether a host can be reached: the probe, with the retries it gets, and the finding on it."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Final

from wizard.core.findings import Finding, Outcome, Who
from wizard.core.retries import RETRY_PAUSES, wait
from wizard.core.timestamps import day
from wizard.core.trouble import Trouble
from wizard.core.wait_words import trouble_of
from wizard.onboarding.finding_builders import could_not_tell, fails, holds
from wizard.onboarding.onboarding_context import Onboarding
from wizard.onboarding.probes.host_troubles import describe_trouble

if TYPE_CHECKING:
    from wizard.microsoft.host_probe import HostProbe
    from wizard.microsoft.peer_certificate import PeerCertificate

OFTEN_OVER_SOON: Final = frozenset({Trouble.CUT, Trouble.TIMEOUT})
"""Troubles for which a host is probed once more."""
PAUSE: Final = 2.0
"""Seconds before that probe."""
ASKING: Final = "asking whether it can be reached"
FIXED_BY_NETWORK_TEAM: Final = frozenset({
    Trouble.CONNECT,
    Trouble.TIMEOUT,
    Trouble.PROXY,
    Trouble.PROXY_407,
    Trouble.TUNNEL,
    Trouble.TLS,
    Trouble.TLS_HOST,
    Trouble.ELSEWHERE,
})  # fmt: skip
"""Troubles that whoever runs the network can fix, where the operator may not."""
CATALOGUE_KINDS: Final[dict[str, str]] = {Trouble.ELSEWHERE: "answer", Trouble.TLS: "tls_self_signed"}
"""What the catalogue calls a trouble, where it has another name there."""


def probe_host(onboarding: Onboarding, service: str, host: str) -> HostProbe:
    """Return what a probe of a host found; it is kept for the check of the clock.

    In one run, the first host whose connection broke off is probed once more after a moment, and the first busy one
    as often as any service that is busy.

    Args:
        onboarding: probes, waits and keeps.
        service: "login", "graph", "partner_center" or "vault".
        host: as the cloud names it.

    Raises:
        Cancelled: the cancel signal was set during a wait.
    """
    host_probes = onboarding.memory.probes.host_probes
    others = [each for name, each in host_probes.items() if name != service]
    probe = onboarding.services.host_prober.probe(service, host)
    if probe.trouble in OFTEN_OVER_SOON and not any(each.trouble for each in others):
        wait(onboarding, ASKING, PAUSE, trouble=trouble_of(host, probe.trouble, probe.detail))
        probe = onboarding.services.host_prober.probe(service, host)
    is_first_busy = not any(each.trouble is Trouble.BUSY for each in others)
    since = onboarding.clock.now()
    for number, pause in enumerate(RETRY_PAUSES, 2):
        if probe.trouble is not Trouble.BUSY or not is_first_busy:
            break
        seconds = max(probe.retry_after or 0.0, pause)
        held_up = trouble_of(host, probe.trouble, probe.detail)
        wait(onboarding, ASKING, seconds, since=since, trouble=held_up, next_try=number)
        probe = onboarding.services.host_prober.probe(service, host)
    host_probes[service] = probe
    return probe


def host_finding(probe: HostProbe, name: str, now: datetime) -> Finding:
    """Return the finding on a host.

    Args:
        probe: what was found.
        name: what the host is, such as "The sign-in host".
        now: this machine's time (aware, UTC).
    """
    evidence = host_evidence(probe)
    if not probe.trouble:
        took = f" in {probe.milliseconds} ms" if probe.milliseconds else ""
        certificate = _certificate_note(probe.peer_certificate)
        return holds(f"{probe.host} was reached {probe.route}{took}{certificate}.", **evidence)
    trouble, acts = describe_trouble(probe, now)
    message = f"{name} {probe.host} {trouble}."
    if probe.trouble is Trouble.BUSY:
        finding = could_not_tell(message, acts, Who.OPERATOR, Who.MICROSOFT)
    else:
        admin = (Who.ADMIN,) if probe.trouble in FIXED_BY_NETWORK_TEAM else ()
        finding = fails(message, acts, Who.OPERATOR, *admin)
    finding = replace(finding, evidence={"kind": probe.trouble, **evidence}, unreachable=True)
    return _with_catalogue_entry(finding, CATALOGUE_KINDS.get(probe.trouble, probe.trouble))


def host_evidence(probe: HostProbe) -> dict[str, str | int | bool]:
    """Return what was seen on the way to a host, by name; what was not seen is left out."""
    certificate = probe.peer_certificate
    addresses = ", ".join(probe.addresses) or ("resolved by the proxy" if probe.route.proxy else "")
    valid_until = day(certificate.valid_until) if certificate and certificate.valid_until else ""
    named = {
        "host": probe.host,
        "reached": str(probe.route),
        "addresses": addresses,
        "tls": certificate.tls if certificate else "",
        "certificate_issuer": certificate.issuer if certificate else "",
        "certificate_valid_until": valid_until,
        "trusted_by": f"{probe.trust}: {probe.bundle}" if probe.trust else "",
        "answered": f"HTTP {probe.status}" if probe.status else "",
        "took": f"{probe.milliseconds} ms" if probe.milliseconds else "",
    }
    return {key: value for key, value in named.items() if value}


def as_warning(finding: Finding, more: str) -> Finding:
    """Return the finding of a host the wizard can do without: it warns instead of failing.

    Args:
        finding: on the host.
        more: a sentence on what is lost; added where the host was not reached.
    """
    if finding.outcome is Outcome.HOLDS:
        return finding
    outcome = Outcome.WARNS if finding.outcome is Outcome.FAILS else finding.outcome
    return replace(finding, outcome=outcome, message=f"{finding.message} {more}", unreachable=False)


def _with_catalogue_entry(finding: Finding, kind: str) -> Finding:
    """Add what the catalogue knows of a kind of trouble: a title, and whether a retry helps."""
    from wizard.catalogue.lookup import look_up

    entry = look_up("network", kind)
    if entry is None:
        return finding
    return replace(finding, title=entry.title, retry=entry.retry, link=entry.link)


def _certificate_note(certificate: PeerCertificate | None) -> str:
    if certificate is None:
        return ""
    until = f" until {day(certificate.valid_until)}" if certificate.valid_until else ""
    issued = f", certificate of {certificate.issuer}{until}" if certificate.issuer else ""
    return f"; {certificate.tls}{issued}"

"""What is said of the way to a host: how it was reached, or what stands in the way and the setting that mends it."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Final

from wizard.core.findings import Finding, Outcome, Who
from wizard.core.waits import PATIENCE, wait
from wizard.diagnosis.catalogue import known
from wizard.onboarding.step import Onboarding, could_not_tell, fails, holds

if TYPE_CHECKING:
    from wizard.microsoft.connection import Look
    from wizard.microsoft.handshake import Presented

PASSING: Final = frozenset({"cut", "timeout"})
"""Troubles that are often over a moment later."""
PAUSE: Final = 2.0
"""Seconds before the one other try."""
OTHERS_MEND: Final = frozenset({"connect", "timeout", "proxy", "proxy_407", "tunnel", "tls", "tls_host", "elsewhere"})
"""Troubles that whoever runs the network has to mend, where the operator may not."""
CATALOGUED: Final = {"elsewhere": "answer", "tls": "tls_self_signed"}
"""What the catalogue calls a trouble that a look tells more of."""
WELL_KNOWN: Final = ("microsoft", "digicert")
"""Who signs for the hosts of Microsoft's clouds; another name is a hint, and no more, that somebody is between."""


def look_at(onboarding: Onboarding, service: str, host: str) -> Look:
    """Look at a host; the look is kept for the clock's check.

    The first one whose line broke is looked at once more after a moment, and the first busy one as often as any
    service that is busy.
    """
    looks = onboarding.memory.probes.looks
    look = onboarding.services.connection.look(service, host)
    if look.trouble in PASSING and not any(each.trouble for name, each in looks.items() if name != service):
        wait(onboarding, f"{host} ({look.detail}), to ask it once more", PAUSE)
        look = onboarding.services.connection.look(service, host)
    since = onboarding.clock.now()
    for number, pause in enumerate(PATIENCE, 2):
        if look.trouble != "busy" or any(each.trouble == "busy" for name, each in looks.items() if name != service):
            break
        tries = f"try {number} of {len(PATIENCE) + 1}"
        wait(
            onboarding,
            f"{host} ({look.detail}), to ask it again, {tries}",
            max(look.retry_after or 0.0, pause),
            since=since,
        )
        look = onboarding.services.connection.look(service, host)
    looks[service] = look
    return look


def said_of(look: Look, name: str, now: datetime) -> Finding:
    """The finding on a host.

    Args:
        look: what a look at it came to.
        name: what the host is, such as "The sign-in host".
        now: this machine's time (aware, UTC).
    """
    evidence = evidence_of(look)
    if look.trouble:
        trouble, remedy = TROUBLES.get(look.trouble, _other)(look, now)
        message = f"{name} {look.host} {trouble}."
        is_passing = look.trouble == "busy"
        finding = (
            could_not_tell(message, remedy, Who.OPERATOR, Who.MICROSOFT)
            if is_passing
            else fails(message, remedy.strip(), Who.OPERATOR, *([Who.ADMIN] if look.trouble in OTHERS_MEND else []))
        )
        finding = replace(finding, evidence={"kind": look.trouble, **evidence}, unreachable=True)
        return as_known(finding, CATALOGUED.get(look.trouble, look.trouble))
    took = f"{look.way} in {look.milliseconds} ms" if look.milliseconds else f"{look.way}"
    return holds(f"{look.host} was reached {took}{_tls(look.presented)}.", **evidence)


def evidence_of(look: Look) -> dict[str, str | int | bool]:
    """What was seen on the way, by name; what was not seen is left out."""
    seen = look.presented
    addresses = ", ".join(look.addresses) or ("resolved by the proxy" if look.way.proxy else "")
    dies = f"{seen.valid_until:%Y-%m-%d}" if seen and seen.valid_until else ""
    named = {
        "host": look.host,
        "reached": str(look.way),
        "addresses": addresses,
        "tls": seen.tls if seen else "",
        "certificate_issuer": seen.issuer if seen else "",
        "certificate_valid_until": dies,
        "trusted_by": f"{look.trust}: {look.bundle}" if look.trust else "",
        "answered": f"HTTP {look.status}" if look.status else "",
        "took": f"{look.milliseconds} ms" if look.milliseconds else "",
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


def _tls(seen: Presented | None) -> str:
    if seen is None:
        return ""
    dies = f" until {seen.valid_until:%Y-%m-%d}" if seen.valid_until else ""
    signer = f", certificate of {seen.issuer}{dies}" if seen.issuer else ""
    return f"; {seen.tls}{signer}"


def _name(look: Look, _now: datetime) -> tuple[str, str]:
    ask = "dscacheutil -q host -a name" if sys.platform == "darwin" else "getent hosts"
    return "is not found: its name does not resolve here", (
        f"See whether this machine's DNS knows it: `{ask} {_bare(look.host)}`. {_NEEDS_PROXY}"
    )


def _connect(look: Look, _now: datetime) -> tuple[str, str]:
    return f"takes no connection{_at(look)}: it is refused, or there is no way to it", (
        f"Have the firewall let this machine reach {_with_port(look.host)}, then check again. {_NEEDS_PROXY}"
    )


def _timeout(look: Look, _now: datetime) -> tuple[str, str]:
    if look.way.proxy:
        return f"gave no answer in time {look.way}", (
            f"Ask whoever runs the proxy to let {_with_port(look.host)} through, then check again; "
            f"or correct {look.way.because}, and start the wizard again."
        )
    return f"gave no answer in time{_at(look)}: a firewall may be dropping what is sent", (
        f"Have the firewall let this machine reach {_with_port(look.host)}, then check again. {_NEEDS_PROXY}"
    )


def _proxy(look: Look, _now: datetime) -> tuple[str, str]:
    where = look.way.because
    return f"cannot be asked: the proxy {look.way.proxy}, which {where} names, could not be reached", (
        f"Correct {where}, and start the wizard again; or have the proxy started, then check again. {_no_proxy(look)}"
    )


def _password(look: Look, _now: datetime) -> tuple[str, str]:
    where = look.way.because
    what = "did not take the user name and password in it" if look.way.has_password else "asks for a user name"
    return f"cannot be asked: the proxy {look.way.proxy} of {where} {what} (407)", (
        f"Put both into {where}, in front of {look.way.proxy}: user name, colon, password, @; signs such as @ in them "
        "are written as %40. Then start the wizard again. Or ask whoever runs the proxy to let this machine through "
        "without."
    )


def _tunnel(look: Look, _now: datetime) -> tuple[str, str]:
    if re.search(r"\b50[234]\b", look.detail):
        return f"is not reached by the proxy {look.way.proxy}: {look.detail}", (
            f"See whether the name {_bare(look.host)} is right. If it is, ask whoever runs the proxy why it does not "
            f"reach {_with_port(look.host)}, then check again. {_no_proxy(look)}"
        )
    return f"is refused by the proxy {look.way.proxy}: {look.detail}", (
        f"Ask whoever runs the proxy to allow CONNECT to {_with_port(look.host)}, then check again. {_no_proxy(look)}"
    )


def _untrusted(look: Look, _now: datetime) -> tuple[str, str]:
    seen = look.presented
    issuer = seen.issuer if seen else ""
    if not issuer:
        return f"could not be trusted: {look.detail}", _right_bundle(look, "the authority that signed it")
    signed = f"presents a certificate that {issuer} signed, whom this machine does not trust"
    if any(known in issuer.lower() for known in WELL_KNOWN):
        return signed, _right_bundle(look, issuer)
    return f"{signed}: a proxy or antivirus on the way opens the connection", _right_bundle(look, issuer)


def _right_bundle(look: Look, issuer: str) -> str:
    where = f"{look.trust[:1].upper()}{look.trust[1:]}"
    lacks = f"{where} names {look.bundle}, which does not hold {issuer}. " if look.trust else ""
    return (
        f"{lacks}Ask the network team for the CA certificate of {issuer} as a PEM file, and for the public CAs in the "
        "same file where not every host is opened. Then run `export REQUESTS_CA_BUNDLE=/path/to/that.pem` and start "
        f"the wizard again. Or have {_bare(look.host)} excepted from inspection, then check again."
    )


def _no_bundle(look: Look, _now: datetime) -> tuple[str, str]:
    return f"was not asked, for no certificate can be checked: {look.trust} names {look.bundle}, which is not there", (
        f"Correct {look.trust}, or unset it to trust the public CAs, and start the wizard again."
    )


def _out_of_time(look: Look, now: datetime) -> tuple[str, str]:
    seen = look.presented
    span = ""
    if seen and seen.valid_from and seen.valid_until:
        span = f", from {seen.valid_from:%Y-%m-%d} until {seen.valid_until:%Y-%m-%d}"
    return f"presents a certificate that is not valid at this machine's time, {now:%Y-%m-%d %H:%M} UTC{span}", (
        f"If that is not the time, set the clock: {set_clock()}. If it is, a proxy on the way presents an old "
        f"certificate{f' of {seen.issuer}' if seen and seen.issuer else ''}: tell the network team. Then check again."
    )


def _other_host(look: Look, _now: datetime) -> tuple[str, str]:
    seen = look.presented
    names = f" ({', '.join(seen.names[:3])})" if seen and seen.names else ""
    return f"is answered for{_at(look)} by a machine with a certificate for other names{names}", (
        "The name is led astray, by DNS, a hosts file or a device on the way: compare with another network, and tell "
        "the network team. Then check again."
    )


def _elsewhere(look: Look, _now: datetime) -> tuple[str, str]:
    return f"did not answer itself, something on the way did: {look.detail}", (
        "Where this network has a sign-in page, open it in a browser first. Otherwise have the network team let "
        f"{_with_port(look.host)} through unchanged. Then check again."
    )


def _busy(look: Look, _now: datetime) -> tuple[str, str]:
    return f"{look.detail}: it is busy or has a fault, or a proxy before it does; whether it works is not known", (
        "Wait a minute, then check again. If it lasts a quarter of an hour, look at https://status.cloud.microsoft, "
        "and ask the network team whether a proxy gives this answer."
    )


def _other(look: Look, _now: datetime) -> tuple[str, str]:
    return f"could not be used: {look.detail or 'no answer'}", (
        "Check the network, and the proxy on the way where there is one. Then check again."
    )


TROUBLES: Final[dict[str, Callable[[Look, datetime], tuple[str, str]]]] = {
    "name": _name,
    "connect": _connect,
    "timeout": _timeout,
    "proxy": _proxy,
    "proxy_407": _password,
    "tunnel": _tunnel,
    "tls": _untrusted,
    "ca_file": _no_bundle,
    "tls_expired": _out_of_time,
    "clock": _out_of_time,
    "tls_host": _other_host,
    "elsewhere": _elsewhere,
    "busy": _busy,
}
"""By kind: what happened, as the end of a sentence that begins with the host, and what to do."""


_NEEDS_PROXY: Final = (
    "Where your network has a proxy, run `export HTTPS_PROXY=http://PROXY:PORT` and start the wizard again."
)


def set_clock() -> str:
    """The command that sets this machine's clock by the network's time, in `…`."""
    return "`sudo sntp -sS time.apple.com`" if sys.platform == "darwin" else "`sudo timedatectl set-ntp true`"


def _no_proxy(look: Look) -> str:
    """How to go without the proxy; a cloud file's own proxy has no exceptions."""
    if look.way.because == "the cloud file":
        return ""
    return (
        f"If this machine may reach the host without a proxy, run `export NO_PROXY=$NO_PROXY,{_bare(look.host)}` and "
        "start the wizard again."
    )


def _at(look: Look) -> str:
    return f" at {', '.join(look.addresses)}" if look.addresses else ""


def _bare(host: str) -> str:
    return host.partition(":")[0]


def _with_port(host: str) -> str:
    return host if ":" in host else f"{host}:443"

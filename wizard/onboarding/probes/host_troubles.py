"""What keeps a host from answering, in words: where it is, and the setting that fixes it."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, Final

from wizard.core.timestamps import day, utc_time
from wizard.core.trouble import Trouble

if TYPE_CHECKING:
    from wizard.microsoft.host_probe import HostProbe

PUBLIC_ISSUERS: Final = ("microsoft", "digicert")
"""Who signs for the hosts of Microsoft's clouds; another name is a hint, and no proof, of a proxy that inspects TLS."""
PROXY_SETTING: Final = (
    "If your network has a proxy, run `export HTTPS_PROXY=http://PROXY:PORT` and start the wizard again."
)


Described = tuple[str, tuple[str, ...]]
"""What happened, and what to do."""


def describe_trouble(probe: HostProbe, now: datetime) -> Described:
    """Return what happened, as the end of a sentence that begins with the host, and what to do.

    Args:
        probe: with a trouble.
        now: this machine's time (aware, UTC).
    """
    describe = TROUBLES.get(probe.trouble, _describe_other) if probe.trouble else _describe_other
    return describe(probe, now)


def set_clock_command() -> str:
    """Return the command that sets this machine's clock by the network's time, in backticks."""
    return "`sudo sntp -sS time.apple.com`" if sys.platform == "darwin" else "`sudo timedatectl set-ntp true`"


def _describe_name(probe: HostProbe, _now: datetime) -> Described:
    ask = "dscacheutil -q host -a name" if sys.platform == "darwin" else "getent hosts"
    return "is not found: its name does not resolve here", (
        f"Find out whether this machine's DNS knows it: `{ask} {_without_port(probe.host)}`.",
        PROXY_SETTING,
    )


def _describe_connect(probe: HostProbe, _now: datetime) -> Described:
    return f"accepts no connection{_at(probe)}: it refuses, or there is no route to it", _open_firewall(probe)


def _describe_timeout(probe: HostProbe, _now: datetime) -> Described:
    if probe.route.proxy:
        return f"gave no answer in time {probe.route}", (
            f"Ask whoever runs the proxy to let {_with_port(probe.host)} through, then check again.",
            f"Or correct {probe.route.source}, and start the wizard again.",
        )
    return f"gave no answer in time{_at(probe)}: a firewall may be dropping what is sent", _open_firewall(probe)


def _open_firewall(probe: HostProbe) -> tuple[str, ...]:
    return f"Have the firewall let this machine reach {_with_port(probe.host)}, then check again.", PROXY_SETTING


def _describe_proxy(probe: HostProbe, _now: datetime) -> Described:
    source = probe.route.source
    return f"cannot be asked: the proxy {probe.route.proxy}, which {source} names, could not be reached", (
        f"Correct {source}, and start the wizard again.",
        "Or have the proxy started, then check again.",
        *_no_proxy(probe),
    )


def _describe_proxy_password(probe: HostProbe, _now: datetime) -> Described:
    source = probe.route.source
    what = "did not accept the user name and password in it" if probe.route.has_password else "asks for a user name"
    return f"cannot be asked: the proxy {probe.route.proxy} of {source} {what} (407)", (
        f"Put both into {source}, in front of {probe.route.proxy}: user name, colon, password, @; write a character "
        "such as @ in them as %40.",
        "Then start the wizard again.",
        "Or ask whoever runs the proxy to let this machine through without a password.",
    )


def _describe_tunnel(probe: HostProbe, _now: datetime) -> Described:
    if re.search(r"\b50[234]\b", probe.detail):
        return f"is not reached by the proxy {probe.route.proxy}: {probe.detail}", (
            f"Check whether the name {_without_port(probe.host)} is right.",
            f"If it is, ask whoever runs the proxy why it does not reach {_with_port(probe.host)}, then check again.",
            *_no_proxy(probe),
        )
    return f"is refused by the proxy {probe.route.proxy}: {probe.detail}", (
        f"Ask whoever runs the proxy to allow CONNECT to {_with_port(probe.host)}, then check again.",
        *_no_proxy(probe),
    )


def _describe_tls(probe: HostProbe, _now: datetime) -> Described:
    certificate = probe.peer_certificate
    issuer = certificate.issuer if certificate else ""
    if not issuer:
        trouble, issuer = f"could not be trusted: {probe.detail}", "the authority that signed it"
        return f"{trouble}{_missing_in_bundle(probe, issuer)}", _trust_issuer(probe, issuer)
    signed = f"presents a certificate signed by {issuer}, which this machine does not trust"
    missing = _missing_in_bundle(probe, issuer)
    if any(known in issuer.lower() for known in PUBLIC_ISSUERS):
        return f"{signed}{missing}", _trust_issuer(probe, issuer)
    inspected = f"{signed}: a proxy or antivirus on the way inspects the connection"
    return f"{inspected}{missing}", _trust_issuer(probe, issuer)


def _missing_in_bundle(probe: HostProbe, issuer: str) -> str:
    setting = f"{probe.trust[:1].upper()}{probe.trust[1:]}"
    return f". {setting} names {probe.bundle}, which does not hold {issuer}" if probe.trust else ""


def _trust_issuer(probe: HostProbe, issuer: str) -> tuple[str, ...]:
    return (
        f"Ask the network team for the CA certificate of {issuer} as a PEM file; if not every host is inspected, have "
        "the public CAs in the same file.",
        "Then run `export REQUESTS_CA_BUNDLE=/path/to/that.pem` and start the wizard again.",
        f"Or have {_without_port(probe.host)} excluded from inspection, then check again.",
    )


def _describe_ca_file(probe: HostProbe, _now: datetime) -> Described:
    return (
        f"was not asked, because no certificate can be checked: {probe.trust} names {probe.bundle}, which is not there",
        (f"Correct {probe.trust}, or unset it to trust the public CAs, and start the wizard again.",),
    )


def _describe_validity(probe: HostProbe, now: datetime) -> Described:
    certificate = probe.peer_certificate
    span = ""
    if certificate and certificate.valid_from and certificate.valid_until:
        span = f", from {day(certificate.valid_from)} until {day(certificate.valid_until)}"
    issuer = f" of {certificate.issuer}" if certificate and certificate.issuer else ""
    return f"presents a certificate that is not valid at this machine's time, {utc_time(now)}{span}", (
        f"If that is not the time, set the clock: {set_clock_command()}.",
        f"If it is, tell the network team: a proxy on the way presents an old certificate{issuer}.",
        "Then check again.",
    )


def _describe_tls_host(probe: HostProbe, _now: datetime) -> Described:
    certificate = probe.peer_certificate
    names = f" ({', '.join(certificate.names[:3])})" if certificate and certificate.names else ""
    return f"is answered for{_at(probe)} by a machine with a certificate for other names{names}", (
        "Compare with another network: DNS, a hosts file or a device on the way sends the name to another machine.",
        "Tell the network team, then check again.",
    )


def _describe_elsewhere(probe: HostProbe, _now: datetime) -> Described:
    return f"did not answer itself, something on the way did: {probe.detail}", (
        "If this network has a sign-in page, open it in a browser first.",
        f"Otherwise have the network team let {_with_port(probe.host)} through unchanged.",
        "Then check again.",
    )


def _describe_busy(probe: HostProbe, _now: datetime) -> Described:
    return f"{probe.detail}: it, or a proxy before it, is busy or has a fault; whether it works is not known", (
        "Wait a minute, then check again.",
        "If it lasts a quarter of an hour, look at https://status.cloud.microsoft, and ask the network team whether a "
        "proxy gives this answer.",
    )


def _describe_other(probe: HostProbe, _now: datetime) -> Described:
    return f"could not be used: {probe.detail or 'no answer'}", (
        "Check the network, and the proxy if there is one.",
        "Then check again.",
    )


TROUBLES: Final[dict[Trouble, Callable[[HostProbe, datetime], Described]]] = {
    Trouble.NAME: _describe_name,
    Trouble.CONNECT: _describe_connect,
    Trouble.TIMEOUT: _describe_timeout,
    Trouble.PROXY: _describe_proxy,
    Trouble.PROXY_407: _describe_proxy_password,
    Trouble.TUNNEL: _describe_tunnel,
    Trouble.TLS: _describe_tls,
    Trouble.CA_FILE: _describe_ca_file,
    Trouble.TLS_EXPIRED: _describe_validity,
    Trouble.CLOCK: _describe_validity,
    Trouble.TLS_HOST: _describe_tls_host,
    Trouble.ELSEWHERE: _describe_elsewhere,
    Trouble.BUSY: _describe_busy,
}


def _no_proxy(probe: HostProbe) -> tuple[str, ...]:
    """Return how to go without the proxy; nothing for a cloud file's own, which has no exceptions."""
    if probe.route.source == "the cloud file":
        return ()
    return (
        "If this machine may reach the host without a proxy, run "
        f"`export NO_PROXY=$NO_PROXY,{_without_port(probe.host)}` and start the wizard again.",
    )


def _at(probe: HostProbe) -> str:
    return f" at {', '.join(probe.addresses)}" if probe.addresses else ""


def _without_port(host: str) -> str:
    return host.partition(":")[0]


def _with_port(host: str) -> str:
    return host if ":" in host else f"{host}:443"

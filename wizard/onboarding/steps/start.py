"""Step 0, Start: the hosts can be reached, the clock is right, and an identity could open the vault."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from wizard.core.answers import vault_host, vault_url_error
from wizard.core.findings import Finding, Who
from wizard.core.timestamps import utc_time
from wizard.core.wording import lower_first, upper_first
from wizard.onboarding.finding_builders import could_not_tell, fails, holds, warns
from wizard.onboarding.onboarding_context import Onboarding
from wizard.onboarding.probes.host import as_warning, host_finding, probe_host
from wizard.onboarding.probes.host_troubles import set_clock_command
from wizard.onboarding.step import Check, Step

if TYPE_CHECKING:
    from wizard.microsoft.identities import Identity

AGREES_WITHIN: Final = timedelta(minutes=1)
"""A clock that is off by this is right: a Date header has whole seconds, and an answer takes its time."""
TOLERATED: Final = timedelta(minutes=5)
"""With a clock that is off by more, an assertion or a token may be refused as too old or too new (protocol 1.5)."""


def check_login_host(onboarding: Onboarding) -> Finding:
    """The host where people and programs sign in can be reached."""
    probe = probe_host(onboarding, "login", onboarding.services.cloud.login)
    return host_finding(probe, "The sign-in host", onboarding.clock.now())


def check_partner_center_host(onboarding: Onboarding) -> Finding:
    """The API that the token is for can be reached."""
    api, cloud = onboarding.spec.api, onboarding.services.cloud
    if not (host := cloud.host_of(api)):
        return fails(
            f"{cloud.title} has no host for {api.title}.",
            ("Choose another cloud.", "Or choose another kind of onboarding."),
            Who.OPERATOR,
            title=f"This cloud does not have {api.title}",
            cloud=cloud.name,
        )
    probe = probe_host(onboarding, api.host_key, host)
    return host_finding(probe, upper_first(f"{api.title}'s host"), onboarding.clock.now())


def check_graph_host(onboarding: Onboarding) -> Finding:
    """Microsoft Graph can be reached; if it cannot, later checks find out without it."""
    probe = probe_host(onboarding, "graph", onboarding.services.cloud.graph)
    finding = host_finding(probe, "Microsoft Graph's host", onboarding.clock.now())
    return as_warning(finding, "The wizard can do without it.")


def check_clock(onboarding: Onboarding) -> Finding:
    """This machine's clock is within five minutes of the time the hosts' answers carry."""
    seen = [
        (probe.server_time + timedelta(seconds=0.5) - probe.asked_at, probe)
        for probe in onboarding.memory.probes.host_probes.values()
        if probe.server_time and probe.asked_at
    ]
    if not seen:
        return could_not_tell(
            "No host's answer said what time it is, so this machine's clock was not compared; the use of the token "
            "shows whether sign-ins and certificates are accepted with this clock.",
            "Compare it yourself: `date -u` shows the time that this machine takes for UTC.",
            Who.OPERATOR,
        )
    ahead, nearest = min(seen, key=lambda each: abs(each[0]))  # an answer from a proxy's cache carries an old time
    there, here = onboarding.clock.now() + ahead, onboarding.clock.now()
    off = abs(ahead)
    times: dict[str, str | int | bool] = {
        "host": nearest.host,
        "time_there": utc_time(there, "seconds"),
        "off_seconds": round(off.total_seconds()),
    }
    if off <= AGREES_WITHIN:
        return holds(f"This machine's clock agrees with that of {nearest.host}.", **times)
    message = (
        f"This machine's clock is {_span(off)} {'behind' if ahead > timedelta() else 'ahead'}: it says "
        f"{utc_time(here)}, {nearest.host} says {utc_time(there)}."
    )
    set_clock = f"Set the clock: {set_clock_command()}."
    if off <= TOLERATED:
        harm = f"{message} This does no harm yet."
        return warns(harm, set_clock, Who.OPERATOR, title="This machine's clock is a little off", **times)
    why = "Sign-ins and certificates may be refused as too old or too new."
    finding = fails(f"{message} {why}", (set_clock, "Then check again."), Who.OPERATOR)
    return replace(finding, evidence=times)


def _span(off: timedelta) -> str:
    """Return a length of time in two units at most: "1 h 0 min", "3 min", "2 days 4 h"."""
    minutes = round(off.total_seconds() / 60)
    hours, days = minutes // 60, minutes // 1440
    if days:
        return f"{days} day{'s' if days > 1 else ''} {hours % 24} h"
    return f"{hours} h {minutes % 60} min" if hours else f"{minutes} min"


def check_vault_identity(onboarding: Onboarding) -> Finding:
    """The chosen vault identity is set up here; whether the vault accepts it shows when it is tried."""
    wanted = onboarding.answers.vault_identity
    found = onboarding.services.identities.find_all(wanted)
    evidence: dict[str, str | int | bool] = {each.name: str(each) for each in found}
    chosen = [each for each in found if (each.is_default if wanted == "default" else each.key == wanted)]
    if ready := _first(chosen, "can be used"):
        first = f"{ready.name}: {ready.why}"
        return holds(f"The vault can be opened as {lower_first(first)}.", **evidence)
    if perhaps := _first(chosen, "perhaps"):
        return could_not_tell(
            f"The vault may be opened with {perhaps.name}: {perhaps.why}. Step 4 shows it.",
            "If step 4 fails, run `az login`, or choose another vault identity there; now nothing is to be done.",
            Who.OPERATOR,
            **evidence,
        )
    if wanted == "default":
        none = "Nothing is set up here with which the wizard could open the vault by itself."
    else:
        none = f"The chosen vault identity cannot be used: {chosen[0].name}: {chosen[0].why}." if chosen else ""
    return warns(
        none,
        (
            "Run `az login` in another terminal, then check again.",
            "Or set AZURE_CLIENT_ID, AZURE_TENANT_ID and AZURE_CLIENT_SECRET, and start the wizard again.",
            "Or continue, and choose another vault identity in step 4; security defaults and some policies refuse "
            "“sign in with a code” (AADSTS530035, AADSTS53003).",
        ),
        Who.OPERATOR,
        title="No identity for the vault is set up here",
        **evidence,
    )


def _first(identities: list[Identity], usable: str) -> Identity | None:
    return next((each for each in identities if each.usable == usable), None)


def check_vault_host(onboarding: Onboarding) -> Finding:
    """The vault's host can be reached, without an identity; step 4 asks again, with one."""
    probe = probe_host(onboarding, "vault", vault_host(onboarding.answers.vault_url))
    finding = host_finding(probe, "The vault's host", onboarding.clock.now())
    return as_warning(finding, "Step 4 asks again, and lets you correct its address.")


def _has_no_vault(onboarding: Onboarding) -> str:
    url = onboarding.answers.vault_url
    if not url:
        return "the vault's address is not known yet; step 4 tries it"
    is_one = not vault_url_error(url) and onboarding.services.cloud.holds_vault(vault_host(url))
    return "" if is_one else "its address is no vault of this cloud; step 4 says so"


START = Step(
    "start",
    "Start",
    "Start",
    "Nothing is entered here. The wizard finds out whether every host it needs can be reached from this machine, "
    "through which proxy and with whose certificate, and whether the clock is right.",
    fields=(),
    runs_every_check=True,
    is_anonymous=True,
    success_summary="every host answers, and the clock is right",
    checks=(
        Check(
            "start.login",
            "The sign-in host can be reached",
            "The sign-in host cannot be reached",
            "Hosts",
            check_login_host,
        ),
        Check(
            "start.partner_center",
            "{api} can be reached",
            "{api} cannot be reached",
            "Hosts",
            check_partner_center_host,
        ),
        Check(
            "start.graph",
            "Microsoft Graph can be reached",
            "Microsoft Graph cannot be reached",
            "Hosts",
            check_graph_host,
            advisory=True,
        ),
        # With a wrong clock, certificates and assertions are refused. If no host tells the time, a redemption from
        # here, as a renewal makes it, shows that they are not.
        Check(
            "start.clock",
            "This machine's clock is right",
            "This machine's clock is wrong",
            "This machine",
            check_clock,
            settled_by="user.redeems",
            or_settled_by=("access.token",),
        ),
        Check(
            "start.vault_identity",
            "An identity can open the vault",
            "No identity can open the vault",
            "Vault",
            check_vault_identity,
            advisory=True,
            facet="user",
        ),
        Check(
            "start.vault",
            "The vault's host can be reached",
            "The vault's host cannot be reached",
            "Vault",
            check_vault_host,
            advisory=True,
            skipped_because=_has_no_vault,
            facet="user",
        ),
    ),
)

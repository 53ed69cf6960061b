"""Ready units that start a renewal every day: of systemd, cron, Kubernetes, Azure Container Apps, Windows; a container.

Each says at its head which rights the job needs and which variables it reads. The texts are in assets/units; what is
put into them is quoted as each form wants it, and a value that a form cannot hold is refused.
"""

from __future__ import annotations

import json
import re
import shlex
import textwrap
from collections.abc import Callable
from dataclasses import dataclass, replace
from html import escape
from string import Template
from typing import TYPE_CHECKING, Final

from wizard import __version__
from wizard.core.answers import tenant_error, vault_host
from wizard.core.assets import read_asset
from wizard.core.errors import BadInput
from wizard.jobs.fleet import COUNT_VARIABLE
from wizard.onboarding.probes.graph_identity import NO_GRAPH_IDENTITY
from wizard.onboarding.probes.identity import INTERACTIVE_IDENTITIES

if TYPE_CHECKING:
    from wizard.core.answers import Answers

VARIABLES: Final = {
    "environment": ("AZURE_TENANT_ID", "AZURE_CLIENT_ID", "AZURE_CLIENT_SECRET"),
    "managed": (),
    "workload": (),
    "cli": (),
    "default": ("AZURE_TENANT_ID", "AZURE_CLIENT_ID", "AZURE_CLIENT_SECRET"),
}
"""The variables by which an identity opens the vault; those of a machine set themselves."""
IDENTITIES: Final = frozenset({*VARIABLES, *INTERACTIVE_IDENTITIES, NO_GRAPH_IDENTITY})
"""Whom an answers file may name, as a unit repeats it."""
_CREDENTIALS: Final = {
    "none": "none: the app is a public client",
    "secret": "the app's client secret, where the answers file says; a typed one cannot be reached by a job",
    "certificate": "the app's certificate, in the file that the answers file names: the job has to be able to read it",
    "vault_secret": "the app's client secret, in the same vault",
    "vault_certificate": "the app's certificate, in the same vault",
    "federated_managed": "none: the app trusts the managed identity",
    "federated_workload": "none: the app trusts the pod's service account",
    "federated_file": "none: the app trusts the token in the file that the answers file names",
}
_CONTAINERS: Final = frozenset({"kubernetes", "container-apps", "container"})
NAMES_IN_POD: Final = "/etc/partner-wizard/secrets.txt"
"""Where a pod finds the file that names secrets."""
_WITH_OWN_ONBOARDINGS: Final = frozenset({"cron", "windows-task"})
"""Kinds of units that run as the account that onboarded."""
_NAME: Final = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?")


@dataclass(frozen=True, slots=True)
class Fleet:
    """Every onboarding of the machine that runs the job, or of some vaults.

    Args:
        vaults: their addresses, none for those of the machine.
        secrets: the path of the file that names their secrets, "" where the vaults may be listed.
        pods: how many pods of a cluster share the work.
    """

    vaults: tuple[str, ...] = ()
    secrets: str = ""
    pods: int = 4


@dataclass(frozen=True, slots=True)
class Job:
    """A renewal that is started by itself.

    Args:
        answers: of the onboarding, or what all of them share.
        file: the path of its answers file on the machine that runs it.
        program: its own path on that machine.
        of_credential: whether the app's own credential is renewed, and not the token.
        fleet: which onboardings, None for the one of the answers.
        variables: those that hold addresses of alerts.
    """

    answers: Answers
    file: str
    program: str
    of_credential: bool = False
    fleet: Fleet | None = None
    variables: tuple[str, ...] = ()

    @property
    def words(self) -> tuple[str, ...]:
        """What stands behind `renew` on its command line, before the answers file."""
        if self.fleet is None:
            return ("--credential",) if self.of_credential else ()
        vaults = [word for each in self.fleet.vaults for word in ("--vault", each)]
        return ("--all", *vaults, *(("--secrets", self.fleet.secrets) if self.fleet.secrets else ()))

    def fits(self, kind: str) -> Job:
        """Return the job as a kind of unit can have it.

        Raises:
            BadInput: it cannot; its tenant or an identity is none; or a path has characters that no unit takes.
        """
        fleet = self.fleet
        if fleet is not None and not fleet.vaults and kind not in _WITH_OWN_ONBOARDINGS:
            why = f"a unit of {kind} has no onboardings of its own; name their vaults with --vault URL"
            raise BadInput("--all", why)
        if fleet is not None and fleet.secrets and kind in _CONTAINERS:
            if kind != "kubernetes":
                raise BadInput("--secrets", f"a unit of {kind} has no such file; let its identity list the vaults")
            fleet = replace(fleet, secrets=NAMES_IN_POD)
        job, answers = replace(self, fleet=fleet), self.answers
        if fleet is None and (error := tenant_error(answers.tenant)):
            raise BadInput("tenant", error)
        for name in ("vault_identity", "graph_identity"):
            if getattr(answers, name) not in IDENTITIES:
                raise BadInput(name.replace("_", "."), f"expected one of {', '.join(VARIABLES)}")
        for value in (job.file, job.program, *job.words):
            if not value.isprintable() or len(value) > 1_000:
                why = "the path of the answers file, or of the program, has characters no unit takes"
                raise BadInput("--install", why)
        return job

    @property
    def suffix(self) -> str:
        """What the unit's name ends with."""
        return "-credential" if self.of_credential else ""


@dataclass(frozen=True, slots=True)
class _Form:
    """How a kind of unit holds values: what stands before a line of its head, how values and variables are written."""

    comment: str
    quoted: Callable[[str], str]
    variable: Callable[[str], str] = lambda _name: ""


def _in_systemd(value: str) -> str:
    escaped = value.replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%").replace("$", "$$")
    return f'"{escaped}"' if re.search(r"\s|\\|\"|'|;", value) else escaped


def _in_crontab(value: str) -> str:
    return shlex.quote(value).replace("%", "\\%")


def _of_secret(indent: int) -> Callable[[str], str]:
    """Return how a manifest takes a variable out of a secret of its cluster."""
    space = " " * indent

    def variable(name: str) -> str:
        source = f"valueFrom: {{secretKeyRef: {{name: partner-wizard, key: {_key_of(name)}}}}}"
        return f"{space}- name: {name}\n{space}  {source}"

    return variable


def _of_container_app(name: str) -> str:
    return f"          - name: {name}\n            secretRef: {_key_of(name)}"


def _key_of(variable: str) -> str:
    """Return the name under which a cluster keeps the value of a variable."""
    return variable.lower().replace("_", "-")


FORMS: Final = {
    "systemd": _Form("# ", _in_systemd),
    "cron": _Form("# ", _in_crontab),
    "kubernetes": _Form("# ", json.dumps, _of_secret(16)),
    "container-apps": _Form("# ", json.dumps, _of_container_app),
    "windows-task": _Form("", lambda value: escape(shlex.quote(value))),
    "container": _Form("# ", json.dumps),
}
"""The kinds of units, by the names of `--install`."""


def ready_unit(kind: str, job: Job) -> str:
    """Return the text of a unit that renews a stored token, or the app's credential, every day.

    Args:
        kind: one of `FORMS`.
        job: what it starts.

    Raises:
        BadInput: the kind is not known, or a value cannot stand in a unit.
    """
    if kind not in FORMS:
        raise BadInput("--install", f"expected one of {', '.join(FORMS)}")
    job = job.fits(kind)
    form, variables = FORMS[kind], (*VARIABLES.get(job.answers.vault_identity, ()), *job.variables)
    name, tenant = ("all", "every onboarding") if job.fleet else (unit_name(job.answers.tenant), job.answers.tenant)
    return Template(read_asset(f"units/{kind}.txt")).substitute(
        name=name,
        tenant=escape(tenant) if kind == "windows-task" else tenant,
        program=form.quoted(job.program),
        answers=form.quoted(job.file),
        version=__version__,
        option="".join(f" {form.quoted(each)}" for each in job.words),
        listed="".join(f", {json.dumps(each)}" for each in job.words),
        suffix=job.suffix,
        retries=_retries(job.fleet),
        limit=14_400 if job.fleet else 1_800,
        names=" --from-file=secrets.txt" if job.fleet and job.fleet.secrets else "",
        shards=f"\n{_shards(job.fleet)}" if job.fleet else "",
        head="\n".join(_head(job, form, variables)),
        secrets="\n".join(f"      - name: {_key_of(each)}\n        value: SECRET" for each in variables),
        environment=_environment(kind, form, variables, name),
        lock="alerts" if job.variables else "product",
    )


def unit_name(tenant: str) -> str:
    """Return a tenant's name as every kind of unit takes it: "contoso.com" is "contoso-com".

    Raises:
        BadInput: nothing of it can stand in a name.
    """
    name = re.sub(r"[^a-z0-9]+", "-", tenant.lower())[:40].strip("-")
    if not _NAME.fullmatch(name):
        raise BadInput("tenant", "has no name that a unit could have")
    return name


def _retries(fleet: Fleet | None) -> str:
    """Return how a cluster starts pods of a job, and starts them again.

    One that says that a check failed (1), or that it was called wrongly (2), would only say it again.
    """
    if fleet is None:
        return "      backoffLimit: 0"
    return textwrap.indent(
        f"completionMode: Indexed\ncompletions: {fleet.pods}\nparallelism: {fleet.pods}\nbackoffLimitPerIndex: 2\n"
        "podFailurePolicy:\n  rules:\n    - action: FailIndex\n      onExitCodes: {operator: In, values: [1, 2]}",
        " " * 6,
    )


def _shards(fleet: Fleet) -> str:
    """Return the variable by which a pod knows of how many it is one; Kubernetes itself tells it which one."""
    space = " " * 16
    return f'{space}- name: {COUNT_VARIABLE}\n{space}  value: "{fleet.pods}"'


def _head(job: Job, form: _Form, variables: tuple[str, ...]) -> list[str]:
    """Return the lines that say what the job needs."""
    answers = job.answers
    vault = vault_host(answers.vault_url) or "the vault"
    credential = _CREDENTIALS.get(answers.credential, answers.credential)
    if job.fleet:
        vault = ", ".join(map(vault_host, job.fleet.vaults)) or "the vault of each"
        credential = f"the one in the same vault that has the tags of its onboarding; else {credential}"
    read = ", ".join(variables) or "none that has to be set"
    graph = "nothing in Graph, nor in the resource manager."
    if job.of_credential:
        graph = f"Application.ReadWrite.OwnedBy in Graph, with the app as its own, for {answers.graph_identity}."
    said = (
        f"Rights: Key Vault Secrets Officer at {vault} (get, list and set on secrets); {graph}",
        f"Vault identity: {answers.vault_identity}. Variables: {read}.",
        f"Credential of the app: {credential}.",
    )
    width = 100 - len(form.comment)
    lines = [line for each in said for line in textwrap.wrap(each.replace("--", "- -"), width, subsequent_indent="  ")]
    return [f"{form.comment}{line}" for line in lines]


def _environment(kind: str, form: _Form, variables: tuple[str, ...], name: str) -> str:
    """Return how a unit gets its variables, whose values are never printed: they are secrets."""
    if not variables:
        return {"systemd": "# no variable has to be set"}.get(kind, "") if kind != "kubernetes" else ""
    if kind == "systemd":
        return f"EnvironmentFile=/etc/partner-wizard/{name}.env"
    if kind == "cron":
        return f'set -a; . "$HOME/.config/partner-wizard/{name}.env"; set +a; '
    return "\n".join(form.variable(each) for each in variables if form.variable(each))

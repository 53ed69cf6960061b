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
from dataclasses import dataclass
from html import escape
from string import Template
from typing import TYPE_CHECKING, Final

from wizard import __version__
from wizard.core.answers import vault_host
from wizard.core.assets import read_asset
from wizard.core.errors import BadInput

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
_NAME: Final = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?")


@dataclass(frozen=True, slots=True)
class Job:
    """A renewal that is started by itself.

    Args:
        answers: of the onboarding.
        file: the path of its answers file on the machine that runs it.
        program: its own path on that machine.
        of_credential: whether the app's own credential is renewed, and not the token.
    """

    answers: Answers
    file: str
    program: str
    of_credential: bool = False


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
    for value in (job.file, job.program):
        if not value.isprintable() or len(value) > 1_000:
            raise BadInput("--install", "the path of the answers file, or of the program, has characters no unit takes")
    form, variables = FORMS[kind], VARIABLES.get(job.answers.vault_identity, ())
    return Template(read_asset(f"units/{kind}.txt")).substitute(
        name=unit_name(job.answers.tenant),
        tenant=escape(job.answers.tenant) if kind == "windows-task" else job.answers.tenant,
        program=form.quoted(job.program),
        answers=form.quoted(job.file),
        version=__version__,
        option=" --credential" if job.of_credential else "",
        listed=', "--credential"' if job.of_credential else "",
        suffix="-credential" if job.of_credential else "",
        head="\n".join(_head(job, form, variables)),
        secrets="\n".join(f"      - name: {_key_of(each)}\n        value: SECRET" for each in variables),
        environment=_environment(kind, form, variables, unit_name(job.answers.tenant)),
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


def _head(job: Job, form: _Form, variables: tuple[str, ...]) -> list[str]:
    """Return the lines that say what the job needs."""
    answers = job.answers
    vault = vault_host(answers.vault_url) or "the vault"
    read = ", ".join(variables) or "none that has to be set"
    graph = "nothing in Graph, nor in the resource manager."
    if job.of_credential:
        graph = f"Application.ReadWrite.OwnedBy in Graph, with the app as its own, for {answers.graph_identity}."
    said = (
        f"Rights: Key Vault Secrets Officer at {vault} (get, list and set on secrets); {graph}",
        f"Vault identity: {answers.vault_identity}. Variables: {read}.",
        f"Credential of the app: {_CREDENTIALS.get(answers.credential, answers.credential)}.",
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

"""Ready units: each is taken by what runs it, or by a reader of its form; what is put into them cannot break out."""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
import xml.etree.ElementTree as ElementTree
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.in_process import call_cli
from tests.patience import PATIENCE
from wizard.commands.options import UNITS
from wizard.core.answers import Answers
from wizard.core.errors import BadInput
from wizard.jobs.fleet import COUNT_VARIABLE
from wizard.jobs.units import FORMS, Fleet, Job, ready_unit, unit_name

ANSWERS = Answers(
    tenant="contoso.com",
    credential="vault_secret",
    vault_url="https://contoso-partner.vault.azure.net",
    vault_identity="environment",
)
JOB = Job(ANSWERS, "/etc/partner-wizard/contoso.toml", "/usr/local/bin/partner-wizard")
ODD = replace(JOB, file="/etc/a $b %c \"d\" 'e' \\f; rm/contoso.toml")
ROOT = Path(__file__).parents[2]


def parsed(kind: str, job: Job = JOB) -> Any:
    """A manifest as a reader of YAML gives it."""
    yaml = pytest.importorskip("yaml", reason="no reader of YAML is here (PyYAML)")
    return yaml.safe_load(ready_unit(kind, job))


@pytest.mark.parametrize("kind", FORMS)
def test_each_says_which_rights_the_job_needs_and_what_it_reads(kind: str) -> None:
    unit = ready_unit(kind, JOB)

    said = " ".join(unit.replace("#", " ").split())
    assert "Key Vault Secrets Officer at contoso-partner.vault.azure.net (get, list and set on secrets)" in said
    assert "nothing in Graph" in said
    assert "the app's client secret, in the same vault" in said
    assert "AZURE_CLIENT_SECRET" in said
    assert "$" not in re.sub(r"\$(PWD|PATH|HOME|null)", "", unit), "something was not filled in"


@pytest.mark.parametrize("kind", FORMS)
def test_a_job_that_sends_alerts_gets_the_variables_of_their_addresses(kind: str) -> None:
    of_machine = replace(ANSWERS, vault_identity="managed")
    unit = ready_unit(kind, replace(JOB, answers=of_machine, variables=("ALERT_MAIL",)))

    assert "Variables: ALERT_MAIL." in " ".join(unit.replace("#", " ").split())
    given = {"systemd": "EnvironmentFile=", "cron": "set -a;", "container": "locks/alerts.txt", "windows-task": "wsl"}
    assert given.get(kind, "- name: ALERT_MAIL") in unit
    assert "alerts" not in ready_unit(kind, JOB)


@pytest.mark.parametrize("kind", FORMS)
def test_one_for_the_credential_is_another_unit_with_its_own_rights(kind: str) -> None:
    of_credential = replace(JOB, of_credential=True, answers=replace(ANSWERS, graph_identity="managed"))
    unit, token = ready_unit(kind, of_credential), ready_unit(kind, JOB)

    assert "--credential" in unit.replace("- -", "--")
    assert "--credential" not in token
    said = " ".join(unit.replace("#", " ").split())
    assert "Application.ReadWrite.OwnedBy in Graph, with the app as its own, for managed" in said
    assert ("renew-contoso-com-credential" in unit) == ("renew-contoso-com" in token)


@pytest.mark.parametrize("kind", FORMS)
def test_no_unit_holds_the_value_of_a_variable(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AZURE_CLIENT_SECRET", "canary-secret")

    assert "canary-secret" not in ready_unit(kind, JOB)


@pytest.mark.parametrize("kind", FORMS)
def test_renew_prints_the_unit_of_an_onboarding_and_changes_nothing(kind: str, tmp_path: Path) -> None:
    answers = tmp_path / "renew.toml"
    answers.write_text(
        'tenant = "contoso.com"\nclient_id = "33333333-cccc-4ccc-8ccc-000000000003"\n'
        'integration_user = "partner-integration@contoso.com"\ncredential = { vault_secret = "app" }\n'
        '[vault]\nurl = "https://contoso-partner.vault.azure.net"\nidentity = "managed"\n'
    )

    ended = call_cli("renew", "--answers", str(answers), "--install", kind)

    assert ended.returncode == 0, ended.stderr
    assert "contoso-partner.vault.azure.net" in ended.stdout
    assert kind in {"kubernetes", "container-apps", "container"} or str(answers) in ended.stdout
    assert list(tmp_path.iterdir()) == [answers]


def test_a_vault_that_a_person_opens_has_no_unit(tmp_path: Path) -> None:
    answers = tmp_path / "renew.toml"
    answers.write_text(
        'tenant = "contoso.com"\nclient_id = "33333333-cccc-4ccc-8ccc-000000000003"\n'
        'integration_user = "a@contoso.com"\n[vault]\nurl = "https://a-b-c.vault.azure.net"\nidentity = "browser"\n'
    )

    ended = call_cli("renew", "--answers", str(answers), "--install", "cron")

    assert ended.returncode == 2
    assert "for which a person signs in" in ended.stderr


def test_the_command_line_knows_every_kind() -> None:
    assert set(UNITS) == set(FORMS)


def test_an_unknown_kind_and_a_path_with_line_ends_are_refused() -> None:
    with pytest.raises(BadInput, match="expected one of systemd, cron"):
        ready_unit("launchd", JOB)
    for path in ("/etc/a\nExecStart=/bin/sh", "/etc/a\x1b[2J", "/" + "a" * 2_000):
        with pytest.raises(BadInput, match="no unit takes"):
            ready_unit("systemd", replace(JOB, file=path))


@pytest.mark.parametrize(
    ("tenant", "name"), [("contoso.com", "contoso-com"), ("CONTOSO.com", "contoso-com"), ("a" * 90, "a" * 40)]
)
def test_a_tenant_has_a_name_that_every_form_takes(tenant: str, name: str) -> None:
    assert unit_name(tenant) == name


@pytest.mark.parametrize("kind", FORMS)
@pytest.mark.parametrize("answer", ["tenant", "vault_identity", "graph_identity"])
def test_no_answer_adds_a_line_to_a_unit(kind: str, answer: str) -> None:
    for rest in ("\nExecStartPre=/bin/sh", "\r* * * * * sh", "\x1b]52;c;eA==\x07", "--><Command>sh</Command>"):
        value = getattr(ANSWERS, answer) + rest
        with pytest.raises(BadInput, match="expected"):
            ready_unit(kind, replace(JOB, answers=replace(ANSWERS, **{answer: value})))


def test_a_tenant_without_a_name_is_refused() -> None:
    with pytest.raises(BadInput, match="tenant"):
        unit_name("…")


# --- systemd ----------------------------------------------------------------------------------------------------------


def units_of(text: str) -> dict[str, str]:
    """The files of a systemd unit, by name."""
    parts = re.split(r"^# /etc/systemd/system/(\S+)\n", text, flags=re.MULTILINE)[1:]
    return dict(zip(parts[::2], parts[1::2], strict=True))


@pytest.mark.parametrize("job", [JOB, ODD, replace(JOB, answers=replace(ANSWERS, vault_identity="managed"))])
def test_systemd_takes_the_unit(job: Job, tmp_path: Path) -> None:
    if not shutil.which("systemd-analyze"):
        pytest.skip("systemd-analyze is not on this machine")
    there = replace(job, program="/bin/true")
    files = units_of(ready_unit("systemd", there))
    assert list(files) == ["partner-wizard-renew-contoso-com.service", "partner-wizard-renew-contoso-com.timer"]
    for name, text in files.items():
        (tmp_path / name).write_text(text)

    checked = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", *(str(tmp_path / name) for name in files)],
        capture_output=True, text=True, timeout=PATIENCE, check=False,
    )  # fmt: skip

    ours = [line for line in checked.stderr.splitlines() if "partner-wizard" in line]
    assert ours == []
    assert checked.returncode == 0, checked.stderr


def test_systemd_gives_the_path_as_it_is() -> None:
    line = next(each for each in ready_unit("systemd", ODD).splitlines() if each.startswith("ExecStart="))

    quoted = line.partition("--answers ")[2]
    assert quoted[0] == quoted[-1] == '"'
    written = re.sub(r"\\(.)", r"\1", quoted[1:-1]).replace("%%", "%").replace("$$", "$")
    assert written == ODD.file


# --- cron -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("job", [JOB, ODD])
def test_a_shell_reads_the_path_in_the_crontab_as_it_is(job: Job) -> None:
    line = ready_unit("cron", job).splitlines()[-1]
    assert re.match(r"17 6 \* \* \*  ", line)
    command = line.split("  ", 1)[1]
    assert "%" not in command.replace("\\%", ""), "cron ends a command at a bare %"

    words = shlex.split(command.replace("\\%", "%"))

    assert words[words.index("--answers") + 1] == job.file


# --- manifests --------------------------------------------------------------------------------------------------------

CRON_JOB = {
    "apiVersion": "batch/v1",
    "kind": "CronJob",
    "metadata": {"name": str},
    "spec": {
        "schedule": str,
        "concurrencyPolicy": "Forbid",
        "jobTemplate": {
            "spec": {
                "backoffLimit": 0,
                "activeDeadlineSeconds": int,
                "template": {
                    "spec": {
                        "restartPolicy": "Never",
                        "serviceAccountName": str,
                        "securityContext": {"runAsNonRoot": True, "runAsUser": int},
                        "containers": [
                            {
                                "name": str,
                                "image": str,
                                "args": [str],
                                "env": [{"name": str}],
                                "securityContext": {
                                    "allowPrivilegeEscalation": False,
                                    "readOnlyRootFilesystem": True,
                                    "capabilities": {"drop": ["ALL"]},
                                },
                                "volumeMounts": [{"name": str, "mountPath": str}],
                            }
                        ],
                        "volumes": [{"name": str}],
                    }
                },
            }
        },
    },
}
"""What Kubernetes requires of a CronJob (batch/v1), and what a job that holds secrets has to say besides."""
CONTAINER_APPS_JOB = {
    "location": str,
    "identity": {"type": "UserAssigned", "userAssignedIdentities": dict},
    "properties": {
        "environmentId": str,
        "configuration": {
            "triggerType": "Schedule",
            "replicaTimeout": int,
            "replicaRetryLimit": 0,
            "scheduleTriggerConfig": {"cronExpression": str, "parallelism": 1, "replicaCompletionCount": 1},
            "secrets": [{"name": str, "value": str}],
        },
        "template": {
            "containers": [{"name": str, "image": str, "args": [str], "env": [{"name": str}]}],
            "volumes": [{"name": str, "storageType": "Secret", "secrets": [{"secretRef": str, "path": str}]}],
        },
    },
}


def differences(shape: object, found: object, where: str = "") -> list[str]:
    """Return where a manifest lacks what its schema requires."""
    if isinstance(shape, dict):
        if not isinstance(found, dict):
            return [f"{where} is no object"]
        return [each for key in shape for each in differences(shape[key], found.get(key), f"{where}.{key}")]
    if isinstance(shape, list):
        if not isinstance(found, list) or not found:
            return [f"{where} is no list"]
        return [each for at, item in enumerate(found) for each in differences(shape[0], item, f"{where}[{at}]")]
    if isinstance(shape, type):
        return (
            [] if isinstance(found, shape) and not (shape is int and isinstance(found, bool)) else [f"{where}: {found}"]
        )
    return [] if found == shape else [f"{where}: {found}"]


@pytest.mark.parametrize("identity", ["environment", "workload", "managed"])
@pytest.mark.parametrize(("kind", "schema"), [("kubernetes", CRON_JOB), ("container-apps", CONTAINER_APPS_JOB)])
def test_a_manifest_has_what_its_schema_requires(kind: str, schema: dict[str, object], identity: str) -> None:
    manifest = parsed(kind, replace(JOB, answers=replace(ANSWERS, vault_identity=identity)))

    assert differences(schema, manifest) == []


def test_the_check_of_a_schema_notices_what_is_missing() -> None:
    manifest = parsed("kubernetes")
    container = manifest["spec"]["jobTemplate"]["spec"]["template"]["spec"]["containers"][0]
    del container["securityContext"]["readOnlyRootFilesystem"]
    manifest["spec"]["concurrencyPolicy"] = "Allow"

    assert [each.partition(":")[0].rpartition(".")[2] for each in differences(CRON_JOB, manifest)] == [
        "concurrencyPolicy", "readOnlyRootFilesystem",
    ]  # fmt: skip


def test_the_volumes_of_a_pod_are_those_that_are_mounted() -> None:
    pod = parsed("kubernetes")["spec"]["jobTemplate"]["spec"]["template"]["spec"]

    mounted = {each["name"] for each in pod["containers"][0]["volumeMounts"]}
    assert mounted == {each["name"] for each in pod["volumes"]}
    assert "AZURE_CLIENT_SECRET" in {each["name"] for each in pod["containers"][0]["env"]}


def test_a_job_of_container_apps_declares_each_secret_that_it_refers_to() -> None:
    properties = parsed("container-apps")["properties"]

    declared = {each["name"] for each in properties["configuration"]["secrets"]}
    (container,) = properties["template"]["containers"]
    (volume,) = properties["template"]["volumes"]
    used = {each["secretRef"] for each in container["env"] if "secretRef" in each}
    assert used | {each["secretRef"] for each in volume["secrets"]} == declared
    assert {each["volumeName"] for each in container["volumeMounts"]} == {volume["name"]}


def test_windows_takes_the_task_as_xml() -> None:
    task = ElementTree.fromstring(ready_unit("windows-task", replace(ODD, answers=replace(ANSWERS, tenant="a.com"))))

    space = {"t": "http://schemas.microsoft.com/windows/2004/02/mit/task"}
    arguments = task.findtext("t:Actions/t:Exec/t:Arguments", namespaces=space)
    assert task.findtext("t:Actions/t:Exec/t:Command", namespaces=space) == "wsl.exe"
    assert arguments is not None
    assert shlex.split(arguments)[-1] == ODD.file


# --- the container ----------------------------------------------------------------------------------------------------


def test_the_container_runs_as_nobody_and_writes_to_its_volume_alone() -> None:
    lines = ready_unit("container", JOB).splitlines()

    orders = [line for line in lines if not line.startswith("#")]
    assert "USER 10001:10001" in orders
    assert orders.index("USER 10001:10001") > max(at for at, line in enumerate(orders) if line.startswith("RUN"))
    assert "VOLUME /state" in orders
    assert any("--read-only" in line for line in lines)
    assert not any("secret" in line.lower() for line in orders)


@pytest.mark.parametrize("variables", [(), ("ALERT_MAIL",)])
def test_the_container_installs_what_a_lock_names_each_file_by_its_hash(variables: tuple[str, ...]) -> None:
    orders = [
        line
        for line in ready_unit("container", replace(JOB, variables=variables)).splitlines()
        if " pip " in line.replace("/", " ")
    ]

    locks = [order.split("-r ")[1] for order in orders if "-r " in order]
    assert locks == ["/source/locks/build.txt", f"/source/locks/{'alerts' if variables else 'product'}.txt"]
    assert all((ROOT / lock.removeprefix("/source/")).is_file() for lock in locks)
    assert all("--no-deps" in order for order in orders)
    assert all(
        "--require-hashes" in order or "--no-index" in order or "--no-build-isolation" in order for order in orders
    )


@pytest.mark.system
def test_the_container_is_built_where_a_daemon_and_the_base_image_are(tmp_path: Path) -> None:
    docker = shutil.which("docker")
    if not docker:
        pytest.skip("docker is not on this machine")
    has_image = subprocess.run([docker, "image", "inspect", "python:3.12-slim"], capture_output=True, check=False)
    if has_image.returncode:
        pytest.skip("no daemon runs here, or it does not have the base image python:3.12-slim")
    file = tmp_path / "Containerfile"
    file.write_text(ready_unit("container", JOB))
    build = [docker, "build", "-q", "--network", "none", "-f", str(file), str(ROOT)]
    built = subprocess.run(build, capture_output=True, text=True, timeout=600, check=False)
    if built.returncode:
        pytest.skip("the base image cannot install the program without a network")
    image = built.stdout.strip()
    run = [docker, "run", "--rm", "--read-only", "--tmpfs", "/tmp", "--cap-drop", "ALL", "--network", "none", image]
    asked = subprocess.run([*run, "status"], capture_output=True, text=True, timeout=PATIENCE, check=False)
    assert (asked.returncode, "no onboarding on this machine" in asked.stdout) == (0, True), asked.stderr


@pytest.mark.system
def test_it_runs_as_another_user_on_a_root_that_cannot_be_written(tmp_path: Path) -> None:
    bubblewrap = shutil.which("bwrap")
    if not bubblewrap:
        pytest.skip("bubblewrap (bwrap) is not on this machine")
    program = ROOT / ".venv" / "bin" / "partner-wizard"
    sandbox = [bubblewrap, "--unshare-all", "--uid", "10001", "--gid", "10001", "--ro-bind", "/", "/", "--dev", "/dev"]
    sandbox += ["--proc", "/proc", "--tmpfs", "/tmp", "--setenv", "XDG_STATE_HOME", "/tmp", "--setenv", "HOME", "/tmp"]

    asked = subprocess.run(
        [*sandbox, str(program), "status"], capture_output=True, text=True, timeout=PATIENCE, check=False
    )
    if "bwrap:" in asked.stderr:
        pytest.skip("this machine does not let bubblewrap make a name space")
    assert (asked.returncode, "no onboarding on this machine" in asked.stdout) == (0, True), asked.stderr


# --- every onboarding -----------------------------------------------------------------------------------------------

VAULTS = ("https://contoso-partner.vault.azure.net", "https://fabrikam-partner.vault.azure.net")
FLEET = replace(JOB, answers=replace(ANSWERS, tenant=""), fleet=Fleet(VAULTS, pods=8))


@pytest.mark.parametrize("kind", sorted(set(FORMS) - {"container"}))
def test_one_for_every_onboarding_names_their_vaults(kind: str) -> None:
    unit = " ".join(ready_unit(kind, FLEET).replace('", "', " ").split())

    assert f"renew --all --vault {VAULTS[0]} --vault {VAULTS[1]}" in unit.replace('"', "")
    assert "partner-wizard-renew-all" in unit or kind in {"container-apps", "cron"}
    assert "the one in the same vault that has the tags" in " ".join(unit.replace("#", "").split())


def test_a_cluster_shares_it_between_the_pods_of_an_indexed_job() -> None:
    job = parsed("kubernetes", FLEET)["spec"]["jobTemplate"]["spec"]

    assert (job["completionMode"], job["completions"], job["parallelism"]) == ("Indexed", 8, 8)
    assert "backoffLimit" not in job, "each pod has its own tries"
    (rule,) = job["podFailurePolicy"]["rules"]
    assert rule == {"action": "FailIndex", "onExitCodes": {"operator": "In", "values": [1, 2]}}
    (container,) = job["template"]["spec"]["containers"]
    given = {each["name"]: each.get("value") for each in container["env"]}
    assert given[COUNT_VARIABLE] == "8"
    assert job["template"]["spec"]["restartPolicy"] == "Never", "as a pod failure policy wants it"
    alone = parsed("kubernetes")["spec"]["jobTemplate"]["spec"]
    assert ("completionMode" in alone, alone["backoffLimit"]) == (False, 0)


def test_a_pod_finds_the_names_of_secrets_beside_its_answers() -> None:
    named = replace(FLEET, fleet=Fleet(VAULTS[:1], "/home/ada/names.txt"))
    unit = ready_unit("kubernetes", named)
    assert '"--secrets", "/etc/partner-wizard/secrets.txt"' in unit
    assert "--from-file=answers.toml --from-file=secrets.txt" in unit
    assert "--secrets /home/ada/names.txt" in ready_unit("cron", named)
    with pytest.raises(BadInput, match="has no such file"):
        ready_unit("container-apps", named)


@pytest.mark.parametrize("kind", FORMS)
def test_onboardings_of_this_machine_are_renewed_by_a_unit_of_this_account_alone(kind: str) -> None:
    own = replace(FLEET, fleet=Fleet())
    if kind in {"cron", "windows-task"}:
        assert "renew --all --answers" in ready_unit(kind, own)
    else:
        with pytest.raises(BadInput, match="name their vaults with --vault"):
            ready_unit(kind, own)


def test_the_command_prints_the_unit_of_every_onboarding() -> None:
    ended = call_cli("renew", "--all", "--vault", VAULTS[0], "--install", "kubernetes", "--shard", "1/3")
    assert (ended.returncode, ended.stderr) == (0, "")
    assert "completions: 3" in ended.stdout

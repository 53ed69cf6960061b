"""Whether the program that uses the token may read it: asked for one that the operator names, by Resource Manager.

Asked once the token is stored, so that nothing stands in the way of that, and only of a program that is named.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from wizard.core.answers import Field, guid_error
from wizard.core.findings import Finding, Who
from wizard.core.pasted_values import read_guid
from wizard.onboarding.finding_builders import could_not_tell, fixed_by, holds, warns
from wizard.onboarding.health_rule import HealthRule
from wizard.onboarding.onboarding_context import Onboarding
from wizard.onboarding.probes.azure_identity import azure_token
from wizard.onboarding.probes.azure_vault import (
    AssignedRole,
    AzureVault,
    UnseenVault,
    has_no_resource_manager,
    read_azure_vault,
    read_roles,
)
from wizard.onboarding.probes.graph_reading import read_principal
from wizard.onboarding.probes.vault_access import has_credential_in_vault, login_host_check
from wizard.onboarding.probes.vault_fixes import Principal, add_read_right
from wizard.onboarding.step import Check

if TYPE_CHECKING:
    from wizard.microsoft.resource_manager import VaultSettings

READER_FIELD: Final = "vault_reader"
NO_READER: Final = "no program is named that reads it"
MAY_NOT_READ: Final = "The program may not read the token"
READS: Final = frozenset({"get", "all"})
"""What an access policy has to grant on secrets, one of it."""
VAULTS_PAGE: Final = "portal.azure.com > Key vaults > the vault"


def check_reader(onboarding: Onboarding) -> Finding:
    """The program that the operator names has a role, or an access policy, by which it may read the token."""
    from wizard.microsoft.principals import ServicePrincipal

    found = read_azure_vault(onboarding)
    if isinstance(found, UnseenVault):
        return could_not_tell(f"{found.why} So what the program may do there is not known.", _by_hand(), Who.OPERATOR)
    named = onboarding.answers.vault_reader.lower()
    principal = read_principal(onboarding, named)
    if isinstance(principal, ServicePrincipal):
        return _right_of(onboarding, found, Principal(principal.object_id, "ServicePrincipal"), is_sure=True)
    return _right_of(onboarding, found, Principal(named), is_sure=False)


def _right_of(onboarding: Onboarding, found: AzureVault, principal: Principal, *, is_sure: bool) -> Finding:
    whose = f"the program {onboarding.answers.vault_reader.lower()}"
    if not found.settings.uses_roles:
        return _by_policy(found.settings, principal, whose, is_sure=is_sure)
    roles = read_roles(onboarding, azure_token(onboarding), found.settings, principal.object_id)
    if roles is None:
        return could_not_tell("The roles on the vault may not be read by the vault identity.", _by_hand(), Who.OPERATOR)
    takes_all = has_credential_in_vault(onboarding.answers)
    readers = [each for each in roles if each.role.may_read and not (takes_all and _is_for_one_secret(each))]
    if readers and all(each.assignment.is_conditional for each in readers):
        name = readers[0].role.name
        return could_not_tell(f"It may read by {name}, under a condition that is not read here.", _by_hand())
    if readers:
        name = readers[0].role.name
        return holds(f"The program may read the token by {name}.", role=name, object_id=principal.object_id)
    secret = "" if takes_all else onboarding.secret_name
    return _missing(found.settings, principal, secret, whose, is_sure=is_sure)


def _by_policy(settings: VaultSettings, principal: Principal, whose: str, *, is_sure: bool) -> Finding:
    """Return the finding of a vault whose access policies decide: those of groups cannot be told from here."""
    if any(each.object_id == principal.object_id and each.secrets & READS for each in settings.policies):
        return holds("The program may read the token by an access policy.", object_id=principal.object_id)
    return _missing(settings, principal, "", whose, is_sure=is_sure)


def _missing(settings: VaultSettings, principal: Principal, secret: str, whose: str, *, is_sure: bool) -> Finding:
    """Return the finding of a right that is missing, and the fix that gives it."""
    if settings.uses_roles:
        where = f"{VAULTS_PAGE} > Secrets > {secret}" if secret else VAULTS_PAGE
        act = f"Assign Key Vault Secrets User to it: {where} > Access control (IAM) > Add role assignment."
    else:
        act = f"Add one with Get on secrets: {VAULTS_PAGE} > Access policies > Create."
    unsure = (
        "If that is an application id, name the object id of its service principal instead (Enterprise applications > "
        "the app > Object ID): Graph could not be asked for it.",
    )
    what = "No role" if settings.uses_roles else "No access policy of its own"
    finding = warns(
        f"{what} lets {whose} read the secret.",
        (act, *(() if is_sure else unsure), "Then wait up to ten minutes before it reads."),
        Who.ADMIN,
        title=MAY_NOT_READ,
        object_id=principal.object_id,
    )
    return fixed_by(finding, *add_read_right(settings, principal, secret, whose))


def _is_for_one_secret(role: AssignedRole) -> bool:
    return "/secrets/" in role.assignment.scope.lower()


def _by_hand() -> str:
    return f"Look by hand: {VAULTS_PAGE} > Access control (IAM) > Check access > the program."


def no_reader(onboarding: Onboarding) -> str:
    """Return why nobody's right to read is looked at, "" where it is."""
    return has_no_resource_manager(onboarding) if onboarding.answers.vault_reader else NO_READER


READER: Final = Field(
    READER_FIELD,
    "Read by",
    "Leave it empty if the vault identity reads the token itself. Otherwise the object id, or the application id, of "
    "the app or managed identity that does: the wizard then sees whether it may read the secret.",
    validate=guid_error,
    reader=read_guid,
    required=False,
    unproves=("store.reader",),
    keeps_facts=True,
    is_extra=True,
)
READER_CHECK: Final = Check(
    "store.reader",
    "The program may read the token",
    MAY_NOT_READ,
    "Vault",
    check_reader,
    advisory=True,
    fields_to_fix=(READER_FIELD,),
    skipped_because=no_reader,
    health_rule=HealthRule(needs=login_host_check),
)

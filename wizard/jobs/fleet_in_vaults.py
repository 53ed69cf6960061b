"""Onboardings that key vaults tell of, by the tags of their tokens: no file of the machine that onboarded is needed.

A vault chooses nothing by tag and lists 25 secrets a page, so that n secrets cost n/25 requests (protocol 11.8).
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from wizard.core.answers import secret_name_error, vault_host, vault_url_error
from wizard.core.errors import BadInput, Unreachable
from wizard.core.facts import Facts
from wizard.core.retries import with_retries
from wizard.core.shapes import is_guid
from wizard.core.text import clean_line
from wizard.core.timestamps import timestamp
from wizard.core.trouble import Trouble
from wizard.jobs.fleet import Member
from wizard.journeys.saved_journey import SavedJourney
from wizard.microsoft.transport import MOST_WORKERS
from wizard.onboarding.probes.vault_access import open_vault
from wizard.onboarding.profile import PROFILES
from wizard.onboarding.token_place import OTHER_NAME, STORED_TOKEN, TAKEN_OVER
from wizard.tokens.record import ACCOUNT_TAG, PRIMARY, PROFILE_TAG, read_record

if TYPE_CHECKING:
    from wizard.core.answers import Answers
    from wizard.microsoft.key_vault import KeyVault, StoredSecret
    from wizard.onboarding.onboarding_context import Onboarding

MOST_PAGES: Final = 4_000
"""Pages of a vault's list: a hundred thousand secrets."""
CREDENTIALS: Final = {"secret": "vault_secret", "certificate": "vault_certificate"}
"""How answers name a credential in the vault, by the kind of client that a token is of."""
ACCOUNTS: Final = frozenset({PRIMARY, "sandbox"})


def members_in(
    open_one: Callable[[], Onboarding],
    names: Iterable[str] = (),
    workers: int = 1,
    found: Callable[[str], None] = lambda _tenant_id: None,
) -> list[Member]:
    """Return the onboardings whose tokens a vault keeps, in the order of their names.

    Args:
        open_one: returns what names the vault and the identity that opens it, and says what all of them share: another
            one in each thread.
        names: of the secrets, each once, where the identity may not list them; none: the vault is asked for them.
        workers: how many names are asked for side by side.
        found: is called with the tenant of each token, as it is found.

    Raises:
        BadInput: the address is no vault of the cloud.
        ServiceRefusal: the identity may not list, or not read one of the names.
        Unreachable: the vault could not be asked, or its list has no end.
        Cancelled: the signal was set.
    """
    onboarding = open_one()
    vault = open_vault(onboarding)
    secrets: dict[str, StoredSecret] = {}
    for some in _named(open_one, names, workers) if names else _listed(onboarding, vault):
        for each in (each for name, each in some.items() if name not in secrets):
            if owner := _owner_of_token(each.tags):
                found(owner[0])
        secrets |= some
    keys = {
        (_owner(each.tags), name)
        for name, each in secrets.items()
        if _owner(each.tags) and not _is_token(each.tags) and each.enabled
    }
    label = vault.host.partition(".")[0]
    members = []
    for name, each in sorted(secrets.items()):
        if owner := _owner_of_token(each.tags):
            of_app = sorted(key for whose, key in keys if whose == owner)
            saved = _saved(onboarding.answers, vault.host, name, each, of_app)
            members.append(Member(f"{label}/{name}", owner[0], owner[0], found=saved))
    return members


def read_places(vaults: Iterable[str], lines: Iterable[str]) -> dict[str, list[str]]:
    """Return the names of secrets that are to be asked for, by the address of their vault; none where all are listed.

    Args:
        vaults: their addresses, as the operator gives them.
        lines: of a file that names secrets: by name where there is one vault, else by address.

    Raises:
        BadInput: an address is no vault's, a name is no secret's, or nobody can tell in which vault it is.
    """
    places: dict[str, dict[str, None]] = {}
    for url in vaults:
        if error := vault_url_error(url):
            raise BadInput("--vault", error)
        places[f"https://{vault_host(url)}"] = {}
    for number, line in enumerate(lines, 1):
        text = line.partition("#")[0].strip()
        if not text:
            continue
        url, _, name = text.rpartition("/secrets/")
        vault = f"https://{vault_host(url)}" if url else next(iter(places), "") if len(places) == 1 else ""
        if vault not in places:
            why = "is in no vault that --vault names" if url else "is in one of several vaults; write its whole address"
            raise BadInput("--secrets", f"line {number} {why}")
        if secret_name_error(name):
            raise BadInput("--secrets", f"line {number} is no name of a secret")
        places[vault][name] = None  # once, however often it is named
    return {vault: [*names] for vault, names in places.items()}


def _listed(onboarding: Onboarding, vault: KeyVault) -> Iterator[dict[str, StoredSecret]]:
    """Yield the secrets of a vault by name, without their values, page by page."""
    known: set[str] = set()
    after = ""
    for _page in range(MOST_PAGES):
        before = len(known)
        page, after = with_retries(onboarding, "listing the vault", lambda at=after: vault.page(at))  # type: ignore[misc]
        yield (named := {name: each for name, each in page.items() if not secret_name_error(name)})
        known |= named.keys()
        if not after:
            return
        if len(known) == before and page:
            break  # the same again
    raise Unreachable(vault.host, Trouble.ANSWER, "lists secrets without an end")


def _named(open_one: Callable[[], Onboarding], names: Iterable[str], workers: int) -> Iterator[dict[str, StoredSecret]]:
    """Yield each secret of these names that is there, without its value, several at once: each is a request."""
    own = threading.local()

    def read(name: str) -> dict[str, StoredSecret]:
        if not hasattr(own, "vault"):
            own.onboarding = open_one()
            own.vault = open_vault(own.onboarding)
        found: StoredSecret | None = with_retries(own.onboarding, "reading the vault", lambda: own.vault.read(name))
        return {} if found is None else {name: replace(found, value=None)}

    with ThreadPoolExecutor(min(workers, MOST_WORKERS), thread_name_prefix="named secret") as pool:
        yield from pool.map(read, names)


def _owner(tags: Mapping[str, str]) -> tuple[str, str] | None:
    """Return the tenant and the app that a secret is of, None where its tags do not say it."""
    tenant, app = tags.get("tenant_id", "").lower(), tags.get("client_id", "").lower()
    return (tenant, app) if is_guid(tenant) and is_guid(app) else None


def _is_token(tags: Mapping[str, str]) -> bool:
    """Return whether a secret of ours is a token; the app's own credentials say nothing of an account."""
    return ACCOUNT_TAG in tags or "client_type" in tags


def _owner_of_token(tags: Mapping[str, str]) -> tuple[str, str] | None:
    owner = _owner(tags)
    return owner if owner and _is_token(tags) else None


def _saved(shared: Answers, host: str, name: str, found: StoredSecret, keys: list[str]) -> SavedJourney:
    """Return what is known of an onboarding by the tags of its token, as if it had been saved here.

    Args:
        shared: what all onboardings have in common.
        host: the vault's.
        name: of the secret.
        found: the secret.
        keys: the names of those that are the app's credentials; one alone is it.
    """
    record, profile = read_record(found), clean_line(found.tags.get(PROFILE_TAG, ""), 60)
    account = clean_line(found.tags.get(ACCOUNT_TAG, PRIMARY), 60)
    tenant, app = (found.tags[each].lower() for each in ("tenant_id", "client_id"))
    answers = replace(
        shared,
        tenant=tenant,
        associated=True,
        client_id=app,
        profile=profile if profile in PROFILES else shared.profile,
        account=account if account in ACCOUNTS else PRIMARY,
        vault_url=f"https://{host}",
        vault_secret=name,
    )
    if record.client_type == "public":
        answers = replace(answers, credential="none", credential_name="")
    elif len(keys) == 1 and record.client_type in CREDENTIALS:
        answers = replace(answers, credential=CREDENTIALS[record.client_type], credential_name=keys[0])
    if record.flow == TAKEN_OVER:
        answers = replace(answers, sign_in_flow=STORED_TOKEN, token_layout=OTHER_NAME)
    facts = Facts(
        tenant_id=tenant,
        client_type=record.client_type,
        flow=record.flow,
        user_id=record.user_id,
        signed_in_at=record.obtained_at,
        vault_url=f"https://{host}",
        secret_name=name,
        secret_version=found.version,
        token_expires_at=timestamp(found.expires_at) if found.expires_at else "",
    )
    return SavedJourney(answers, facts, {}, {}, "")

"""What is kept in this process alone: tokens, a code, probes. Each record has one owner, which writes it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from wizard.core.errors import ServiceRefusal, Unreachable
from wizard.core.inbox import Inbox, Purpose
from wizard.onboarding.graph_cache import GraphCache

if TYPE_CHECKING:
    from datetime import datetime

    from wizard.core.fixes import Action
    from wizard.core.secret import Secret
    from wizard.microsoft.credentials import Credential
    from wizard.microsoft.host_probe import HostProbe
    from wizard.microsoft.key_vault import StoredSecret
    from wizard.microsoft.loopback import RedirectListener
    from wizard.microsoft.token_response import TokenResponse
    from wizard.onboarding.probes.azure_vault import AzureVault, UnseenVault
    from wizard.onboarding.sign_in.method import PendingSignIn
    from wizard.tokens.prove import Proof
    from wizard.tokens.write import SecretWrite


@dataclass(frozen=True, slots=True)
class FoundToken:
    """A refresh token that was there before, to be proven in place of a sign-in.

    Args:
        value: the token.
        flow: how its user signed in, as the fact of that name says it.
        obtained_at: since when there is such a token, as facts keep times.
        place: "secret NAME of HOST", "" where it was pasted.
        version: of the secret, if its value stays there as it is; "" where the token is written as one of a sign-in is.
        tags: of that version.
        expires_at: of that version, as facts keep times.
        written: the version that this onboarding has written a short while ago, and that need not be written again.
    """

    value: Secret
    flow: str
    obtained_at: str
    place: str = ""
    version: str = ""
    tags: Mapping[str, str] = field(default_factory=dict)
    expires_at: str = ""
    written: WrittenVersion | None = None

    @property
    def stays(self) -> bool:
        """Whether its value stays where it is, and is never written."""
        return bool(self.version)


@dataclass(slots=True)
class Probes:
    """What services answered in one run, shared by its checks; each probe writes its own field.

    `app_tokens` is by tenant and resource, `device_refusals` by tenant.

    `found_token` is proven in place of a sign-in. `flow` is the one chosen in this run, "" while none is. A value in a
    tuple of one is known, also where it is None.
    """

    host_probes: dict[str, HostProbe] = field(default_factory=dict)
    app_tokens: dict[tuple[str, str], Secret | ServiceRefusal] = field(default_factory=dict)
    device_refusals: dict[str, ServiceRefusal | None] = field(default_factory=dict)
    redirect_refusal: tuple[ServiceRefusal | Unreachable | None] | None = None
    found_token: FoundToken | None = None
    flow: str = ""
    graph_token: Secret | ServiceRefusal | Unreachable | None = None
    azure_token: Secret | None = None
    vault_token: Secret | None = None
    azure_vault: AzureVault | UnseenVault | Unreachable | None = None


@dataclass(slots=True)
class SignInRecord:
    """The integration user's sign-in; `sign_in_checks` writes it, and the step "user" the refresh token.

    Args:
        pending: the sign-in that waits for its person.
        tokens: what the sign-in gave, its access token replaced once that had expired.
        expires_at: when the access token expires; aware, UTC. None where the service did not say it.
        facts: what was learnt by it, for a step that is run again with the same token.
        refresh_token: the newest one.
        rejected_for: the account that was expected when another one signed in, else "".
        found: the token that took the place of a sign-in; None where somebody signed in.
    """

    pending: PendingSignIn | None = None
    tokens: TokenResponse | None = None
    expires_at: datetime | None = None
    facts: dict[str, str] = field(default_factory=dict)
    refresh_token: Secret | None = None
    rejected_for: str = ""
    found: FoundToken | None = None

    @property
    def stays_in_vault(self) -> bool:
        """Whether the token is one that lies in the vault already, and stays there as it is."""
        return self.found is not None and self.found.stays

    @property
    def holds_unsaved_token(self) -> bool:
        """Whether a sign-in is in memory that would be lost."""
        return (self.tokens is not None or self.refresh_token is not None) and not self.stays_in_vault


@dataclass(frozen=True, slots=True)
class WrittenVersion:
    """A version of a secret that was written: host and name, its id, the value, and the facts learnt by it."""

    host: str
    name: str
    version: str
    value: Secret
    facts: dict[str, str]


@dataclass(slots=True)
class StoringRecord:
    """The token on its way through the vault; the step "store" writes it.

    Args:
        written: the version, once it is there.
        write: the write that was begun, to go on with after a lost answer.
        read_back: the value as the vault gave it.
        redeemed: what a redemption of that value gave.
    """

    written: WrittenVersion | None = None
    write: SecretWrite | None = None
    read_back: Secret | None = None
    redeemed: TokenResponse | None = None


@dataclass(slots=True)
class Memory:
    """All that is kept in memory for one onboarding.

    Args:
        probes: of the present run.
        graph: what Microsoft Graph has answered in this journey.
        sign_in: of the integration user.
        storing: the token on its way through the vault.
        proof: a token, and what Partner Center says about it; `probes.partner` writes it.
        code_is_shown: whether a code for the vault, or for Graph, is shown; `probes.identity` writes it.
        graph_refused: the Graph identity for which nobody signed in, and why; nobody is asked again before step 2 is
            checked again. `probes.graph_identity` writes it.
        inbox: what people and listeners submit.
        links_shown: the states of links to sign in at; each browser dialog adds its own.
        consent_listener: receives the consent page's answer; the step "consent" writes it.
        disproved: ids of the checks that a later one has disproved in this process; the engine adds to it.
        actions: the lines of the record of what fixes have changed, those of earlier runs first; `fixing` adds to it.
        new_credential: one that is being proven, in the place of the one that the answers name; a job sets it.
        read_secrets: the newest versions that were read, by vault and name, for a run that writes nothing and so reads
            each once; None where every read asks the vault. The health check sets it.
    """

    probes: Probes = field(default_factory=Probes)
    graph: GraphCache = field(default_factory=GraphCache)
    sign_in: SignInRecord = field(default_factory=SignInRecord)
    storing: StoringRecord = field(default_factory=StoringRecord)
    proof: tuple[TokenResponse, Proof] | None = None
    code_is_shown: bool = False
    graph_refused: tuple[str, ServiceRefusal | Unreachable] | None = None
    inbox: Inbox = field(default_factory=Inbox)
    links_shown: set[str] = field(default_factory=set)
    consent_listener: RedirectListener | None = None
    disproved: set[str] = field(default_factory=set)
    actions: list[Action] = field(default_factory=list)
    new_credential: Credential | None = None
    read_secrets: dict[tuple[str, str], StoredSecret | None] | None = None

    def begin_step(self, step_id: str) -> None:
        """Drop what services answered, but keep what Graph did unless this step was run before."""
        self.forget_probes()
        self.graph.begin_step(step_id)

    def forget_probes(self) -> None:
        """Drop what services answered, so that the next checks ask again."""
        self.probes = Probes()

    def forget_answers(self) -> None:
        """Drop what services answered, Graph too, but keep the Graph identity's token: nobody signs in again for it."""
        self.probes = Probes(graph_token=self.probes.graph_token)
        self.graph.clear()

    def stop_listening(self) -> None:
        """Close what listens on this machine, and drop consent answers that nobody has read."""
        if self.sign_in.pending is not None:
            self.sign_in.pending.close()
            self.sign_in.pending = None
        if self.consent_listener is not None:
            self.consent_listener.close()
            self.consent_listener = None
        self.inbox.clear(Purpose.CONSENT)

    def stop_listening_when_seen(self) -> None:
        """Do the same for consent, but let a browser that has just answered load its page first."""
        if self.consent_listener is not None:
            self.consent_listener.close_when_seen()
            self.consent_listener = None
        self.inbox.clear(Purpose.CONSENT)

    def forget_sign_in(self) -> None:
        """Drop the code or link, and everything that came of it."""
        if self.sign_in.pending is not None:
            self.sign_in.pending.close()
        self.sign_in, self.storing = SignInRecord(), StoringRecord()

"""What lives in this process alone and is gone when it ends: tokens, a code, probes. One record an owner."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from wizard.core.errors import ServiceRefusal, Unreachable
from wizard.core.inbox import Inbox, Purpose

if TYPE_CHECKING:
    from wizard.core.secret import Secret
    from wizard.microsoft.host_probe import HostProbe
    from wizard.microsoft.loopback import RedirectListener
    from wizard.microsoft.tenant_policies import Policies
    from wizard.microsoft.token_response import TokenResponse
    from wizard.onboarding.sign_in.method import Pending
    from wizard.tokens.prove import Proof
    from wizard.tokens.write import SecretWrite


@dataclass(slots=True)
class Probes:
    """What checks of one run share of what a service answered; its readers write it."""

    host_probes: dict[str, HostProbe] = field(default_factory=dict)
    app_tokens: dict[str, Secret | ServiceRefusal] = field(default_factory=dict)
    device_refusal: tuple[ServiceRefusal | None] | None = None
    redirect_refusal: tuple[ServiceRefusal | Unreachable | None] | None = None
    way: str = ""
    graph_token: Secret | ServiceRefusal | Unreachable | None = None
    policies: tuple[Policies | None] | None = None


@dataclass(slots=True)
class SignedIn:
    """The integration user's sign-in; `sign_in` writes it, and `user` the refresh token.

    Args:
        pending: waits for its person.
        tokens: what came of it.
        facts: what it taught, for a journey whose step is done again with the same token.
        refresh_token: the newest one.
        rejected_for: the account that was expected when another one signed in, else "".
    """

    pending: Pending | None = None
    tokens: TokenResponse | None = None
    facts: dict[str, str] = field(default_factory=dict)
    refresh_token: Secret | None = None
    rejected_for: str = ""

    @property
    def has_token(self) -> bool:
        """Whether a sign-in is in memory that would be lost."""
        return self.tokens is not None or self.refresh_token is not None


@dataclass(frozen=True, slots=True)
class Written:
    """A version that was written: where, its id, the value, and the facts learnt by it."""

    host: str
    name: str
    version: str
    value: Secret
    facts: dict[str, str]


@dataclass(slots=True)
class Storing:
    """The token on its way through the vault; `store` writes it.

    Args:
        write: under way.
        read_back: the value as the vault gave it.
        redeemed: what that value gave.
    """

    written: Written | None = None
    write: SecretWrite | None = None
    read_back: Secret | None = None
    redeemed: TokenResponse | None = None


@dataclass(slots=True)
class Memory:
    """The records of one onboarding.

    Args:
        proof: what Partner Center says, and the token it says it of; `partner` writes it.
        code_shown: whether a code for the vault, or for Graph, was shown; `identity` writes it.
        graph_refused: the Graph identity for which nobody signed in, and why; nobody is asked again before step 2 is
            checked again. `graph_identity` writes it.
        inbox: what people and listeners hand in.
        links_shown: the states of links to sign in at; a browser's dialogue adds its own.
        consent_listener: catches the consent page's answer; `consent` writes it.
    """

    probes: Probes = field(default_factory=Probes)
    sign_in: SignedIn = field(default_factory=SignedIn)
    storing: Storing = field(default_factory=Storing)
    proof: tuple[TokenResponse, Proof] | None = None
    is_code_shown: bool = False
    graph_refused: tuple[str, ServiceRefusal | Unreachable] | None = None
    inbox: Inbox = field(default_factory=Inbox)
    links_shown: set[str] = field(default_factory=set)
    consent_listener: RedirectListener | None = None

    def forget_probes(self) -> None:
        """Let the next check really ask again."""
        self.probes = Probes()

    def stop_listening(self) -> None:
        """Close what listens on this machine, and drop answers nobody has read."""
        if self.sign_in.pending is not None:
            self.sign_in.pending.close()
            self.sign_in.pending = None
        if self.consent_listener is not None:
            self.consent_listener.close()
            self.consent_listener = None
        self.inbox.clear(Purpose.CONSENT)

    def stop_listening_when_seen(self) -> None:
        """The same, but a browser that has just answered gets to see its page, for a moment and by itself."""
        if self.consent_listener is not None:
            self.consent_listener.close_when_seen()
            self.consent_listener = None
        self.inbox.clear(Purpose.CONSENT)

    def forget_sign_in(self) -> None:
        """Drop the code or link, and everything that came of it."""
        if self.sign_in.pending is not None:
            self.sign_in.pending.close()
        self.sign_in, self.storing = SignedIn(), Storing()

"""The federated credentials of an app as Graph shows them: which outside tokens it trusts (protocol 11.4)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from wizard.core.text import clean_line
from wizard.microsoft.graph import JsonObject, Question, text_in, texts_in
from wizard.microsoft.registration import APP_PAGE, registration_question

if TYPE_CHECKING:
    from wizard.microsoft.federated import OutsideToken


@dataclass(frozen=True, slots=True)
class TrustedToken:
    """A federated credential: what a token has to say so that the app trusts it, letter by letter.

    `subject` is "" where the credential compares by an expression, which Graph does not show.
    """

    id: str
    name: str
    issuer: str
    subject: str
    audiences: tuple[str, ...]

    def differences(self, token: OutsideToken) -> tuple[str, ...]:
        """Return which of "issuer", "subject" and "audience" are others than a token's; none if it fits."""
        fits = {
            "issuer": self.issuer == token.issuer,
            "subject": self.subject in ("", token.subject),
            "audience": not set(self.audiences).isdisjoint(token.audience.split()),
        }
        return tuple(name for name, is_equal in fits.items() if not is_equal)

    def says(self, name: str) -> str:
        """Return its issuer, subject or audience, by that word."""
        return {"issuer": self.issuer, "subject": self.subject, "audience": ", ".join(self.audiences)}[name]


def trust_question(client_id: str) -> Question:
    """Return the question for an app's federated credentials (protocol 6.1)."""
    path = f"{registration_question(client_id).path}/federatedIdentityCredentials"
    by_hand = f"in {APP_PAGE} > Certificates & secrets > Federated credentials"
    return Question("the app's federated credentials", path, "Application.Read.All", by_hand)


def trusted_in(item: JsonObject) -> TrustedToken | None:
    """Return a federated credential, None for what is none."""
    issuer, audiences = clean_line(text_in(item, "issuer"), 600), texts_in(item, "audiences")
    if not issuer or not audiences:
        return None
    return TrustedToken(
        text_in(item, "id"),
        clean_line(text_in(item, "name"), 120),
        issuer,
        clean_line(text_in(item, "subject"), 600),
        tuple(clean_line(each, 600) for each in audiences),
    )

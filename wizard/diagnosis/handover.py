"""Whom a failure is to be sent to, and a message that is ready for that person."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from wizard.diagnosis.model import Diagnosis


@dataclass(frozen=True, slots=True)
class Handover:
    """What goes to the person who can mend a failure.

    Args:
        to: one line: who that is, such as "An administrator of the tenant contoso.com who may grant consent".
        subject: one line.
        text: the message: what was tried, what came back, what is asked of the reader, and the ids; without secrets.
    """

    to: str
    subject: str
    text: str


def hand_over(diagnosis: Diagnosis, about: Mapping[str, str]) -> Handover:
    """Give the message for whoever can mend what `diagnosis` says.

    Args:
        diagnosis: what went wrong.
        about: what is known of the journey, as a person reads it: "tenant", "app", "integration user", "vault", …; may
            be empty.
    """
    to = ", or ".join(who.value.replace("_", " ") for who in diagnosis.who) or "nobody is known who can"
    lines = [diagnosis.title, "", diagnosis.cause, "", diagnosis.remedy, ""]
    lines += [f"{name}: {value}" for name, value in (*about.items(), *diagnosis.ids.present().items())]
    return Handover(to, f"Partner Center onboarding: {diagnosis.title}", "\n".join(lines))

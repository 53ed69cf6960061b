"""How a diagnosis is worded wherever it is shown: its heading, its ids, and whose words it quotes."""

from __future__ import annotations

from wizard.catalogue.check_titles import is_check_question
from wizard.catalogue.diagnosis import Diagnosis


def failure_heading(title: str) -> str:
    """Return a title as it heads a failure: a check's question says what is true when it holds."""
    return f"Not confirmed: {title}" if is_check_question(title) else title


def labelled_ids(diagnosis: Diagnosis) -> dict[str, str]:
    """Return the ids for support under the words that support asks for them by."""
    present = diagnosis.ids.present().items()
    return {"time" if name == "timestamp" else name.replace("_", " "): value for name, value in present}


def quote_service(diagnosis: Diagnosis, words: str) -> str:
    """Return the words that came with a failure, in quotes, and whose they are.

    A network has no words of its own: a program reported it; and what was recognised by its wording may be somebody's
    account of it.
    """
    is_of_service = diagnosis.service != "network" and not diagnosis.is_recognised_by_wording
    whose = "In the service's words" if is_of_service else "The text says"
    return f"{whose}: “{words}”"

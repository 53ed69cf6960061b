"""How a diagnosis is worded wherever it is shown: its ids, and whose words it quotes."""

from __future__ import annotations

from wizard.catalogue.diagnosis import Diagnosis


def labelled_ids(diagnosis: Diagnosis) -> dict[str, str]:
    """Return the ids for support under the words that support asks for them by."""
    present = diagnosis.ids.present().items()
    return {"time" if name == "timestamp" else name.replace("_", " "): value for name, value in present}


def quote_service(diagnosis: Diagnosis, words: str) -> str:
    """Return the words that came with a failure, in quotes, and whose they are.

    A network has no words of its own: a program reported it; and what was recognised by its wording, or has no code,
    may be somebody's account of it, or a program's.
    """
    is_of_service = diagnosis.service != "network" and diagnosis.code and not diagnosis.is_recognised_by_wording
    whose = "In the service's words" if is_of_service else "The text says"
    return f"{whose}: “{words}”"


def times(diagnosis: Diagnosis) -> str:
    """Return how often it was found, such as "3 times" or "at least 1,000 times"; "" for once."""
    if diagnosis.count == 1:
        return ""
    return f"at least {diagnosis.count:,} times" if diagnosis.is_counted_in_part else f"{diagnosis.count} times"

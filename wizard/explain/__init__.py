"""What a pasted text means: the reader of pastes, of tokens and of addresses. Pure and offline.

`explainer` says in which order a text is read.
"""

from datetime import datetime

from wizard.explain.results import Explanation

__all__ = ["Explanation", "explain_text"]


def explain_text(pasted: str | bytes, now: datetime) -> Explanation:
    """Return what a pasted text means; see `wizard.explain.explainer`, which is loaded when something is pasted."""
    from wizard.explain import explainer

    return explainer.explain_text(pasted, now)

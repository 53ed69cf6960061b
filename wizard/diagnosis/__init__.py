"""Error in, diagnosis out: reads what the services answer and says what it means. Pure and offline."""

from datetime import datetime

from wizard.core.findings import Retry
from wizard.diagnosis.catalogue import explain, explain_refusal
from wizard.diagnosis.entra import read_consent_error, read_entra_error
from wizard.diagnosis.handover import Handover, hand_over, passed_on
from wizard.diagnosis.model import Diagnosis, Explanation, diagnosis_of
from wizard.diagnosis.services import read_graph_error, read_key_vault_error, read_partner_center_error

__all__ = [
    "Diagnosis",
    "Explanation",
    "Handover",
    "Retry",
    "diagnosis_of",
    "explain",
    "explain_refusal",
    "explain_text",
    "hand_over",
    "passed_on",
    "read_consent_error",
    "read_entra_error",
    "read_graph_error",
    "read_key_vault_error",
    "read_partner_center_error",
]


def explain_text(pasted: str | bytes, now: datetime) -> Explanation:
    """Give what a pasted text means; see `wizard.diagnosis.text`, which is loaded when something is pasted."""
    from wizard.diagnosis import text

    return text.explain_text(pasted, now)

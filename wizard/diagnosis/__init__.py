"""Error in, diagnosis out: reads what the services answer and says what it means. Pure and offline."""

from wizard.diagnosis.catalogue import explain, explain_refusal
from wizard.diagnosis.entra import read_consent_error, read_entra_error
from wizard.diagnosis.model import Diagnosis, Retry
from wizard.diagnosis.services import read_graph_error, read_key_vault_error, read_partner_center_error
from wizard.diagnosis.text import explain_text

__all__ = [
    "Diagnosis",
    "Retry",
    "explain",
    "explain_refusal",
    "explain_text",
    "read_consent_error",
    "read_entra_error",
    "read_graph_error",
    "read_key_vault_error",
    "read_partner_center_error",
]

"""What errors mean: readers of the services' errors, the catalogue of their codes, and the message to send. Pure."""

from wizard.catalogue.codes import explain, explain_refusal
from wizard.catalogue.diagnosis import Diagnosis, diagnosis_of
from wizard.catalogue.entra_errors import read_consent_error, read_entra_error
from wizard.catalogue.handover import Handover, hand_over, passed_on
from wizard.catalogue.service_errors import read_graph_error, read_key_vault_error, read_partner_center_error
from wizard.core.findings import Retry

__all__ = [
    "Diagnosis",
    "Handover",
    "Retry",
    "diagnosis_of",
    "explain",
    "explain_refusal",
    "hand_over",
    "passed_on",
    "read_consent_error",
    "read_entra_error",
    "read_graph_error",
    "read_key_vault_error",
    "read_partner_center_error",
]

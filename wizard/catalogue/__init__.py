"""What errors mean: readers of the services' errors, the catalogue of their codes, and the message to send. Pure."""

from wizard.catalogue.diagnosis import Diagnosis, diagnose_finding
from wizard.catalogue.entra_refusals import read_consent_error, read_entra_error
from wizard.catalogue.lookup import explain, explain_refusal
from wizard.catalogue.outgoing_message import OutgoingMessage, with_names, write_message
from wizard.catalogue.recipients import forward_to, send_to
from wizard.catalogue.service_refusals import (
    read_graph_error,
    read_key_vault_error,
    read_partner_center_error,
    read_resource_manager_error,
)

__all__ = [
    "Diagnosis",
    "OutgoingMessage",
    "diagnose_finding",
    "explain",
    "explain_refusal",
    "forward_to",
    "read_consent_error",
    "read_entra_error",
    "read_graph_error",
    "read_key_vault_error",
    "read_partner_center_error",
    "read_resource_manager_error",
    "send_to",
    "with_names",
    "write_message",
]

"""The rehearsal cloud: a local stand-in for Microsoft's services that knows nothing of the product it tests.

Where to look:

    a scene             scene_files reads it, world says what its keys mean
    a repair            scene_repair reads it, cloud applies it
    a fault             fault_injection injects it, dispatcher asks for it at each request
    people              people act by themselves, in headless_browser if it takes one
    Entra for programs  entra_api, token_endpoint, client_assertion, issued_tokens, aadsts_errors
    Entra for people    login_pages, device_page, authorize_page, consent_page; what they decide is in device_codes,
                        authorization_endpoint, consent_endpoint, sign_in_rules and conditional_access
    other services      graph_api, partner_center_api, key_vault_api
    start and network   cloud, server, connect_proxy, host_names, cloud_files
    what changes        cloud_state, vault_state, clock, request_log
"""

from wizard.rehearsal.clock import RehearsalClock
from wizard.rehearsal.cloud import RehearsalCloud
from wizard.rehearsal.scene_files import Scene, load_scene, scene_names
from wizard.rehearsal.tables import SceneError

__all__ = ["RehearsalClock", "RehearsalCloud", "Scene", "SceneError", "load_scene", "scene_names"]

"""The methods of signing in, by the name of their flow."""

from __future__ import annotations

from typing import Final

from wizard.core.errors import BadInput
from wizard.onboarding.sign_in.browser_method import BrowserMethod
from wizard.onboarding.sign_in.device_code_method import DeviceCodeMethod
from wizard.onboarding.sign_in.flow_choice import AUTO, BROWSER, DEVICE_CODE
from wizard.onboarding.sign_in.method import SignInMethod
from wizard.onboarding.sign_in.stored_token_method import StoredTokenMethod
from wizard.onboarding.token_place import STORED_TOKEN

METHODS: Final[dict[str, SignInMethod]] = {
    BROWSER: BrowserMethod(),
    DEVICE_CODE: DeviceCodeMethod(),
    STORED_TOKEN: StoredTokenMethod(),
}
"""By their name in an answers file."""


def sign_in_method(flow: str) -> SignInMethod:
    """Return the method of that name; raises `BadInput` where there is none."""
    if flow not in METHODS:
        offered = ", ".join(f'"{each}"' for each in METHODS)
        raise BadInput("sign_in.flow", f'expected "{AUTO}", {offered}')
    return METHODS[flow]


def require_known_flow(flow: str) -> None:
    """Raise `BadInput` where an answers file names a flow that there is not."""
    if flow != AUTO:
        sign_in_method(flow)


def sign_in_label(flow: str) -> str:
    """Return how a flow is offered: "Sign in in a browser"."""
    return f"Sign in {METHODS[flow].words}"

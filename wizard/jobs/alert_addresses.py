"""The addresses of alerts with their values: some are in the vault, which is opened as the onboarding opens it."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING

from wizard.core.errors import ServiceRefusal, Unreachable
from wizard.jobs.alert_sending import remember_address
from wizard.onboarding.probes.vault_access import open_vault

if TYPE_CHECKING:
    from wizard.core.secret import Secret
    from wizard.jobs.alerting import Address
    from wizard.onboarding.onboarding_context import Onboarding
    from wizard.redaction.redactor import Redactor


class Addresses:
    """Those of a run. May be used from several threads.

    Args:
        addresses: as the answers file names them.
        redactor: gets to know each.
    """

    def __init__(self, addresses: Iterable[Address], redactor: Redactor) -> None:
        self._redactor, self._lock = redactor, threading.Lock()
        self.all: list[Address] = list(addresses)
        """Each, with its value as far as that is known."""
        for each in self.all:
            self._remember(each)

    def look_into(self, onboarding: Onboarding) -> None:
        """Read what is in the vault of an onboarding, unless another one has told it."""
        if not onboarding.answers.vault_url or all(each.value for each in self.all):
            return
        with self._lock, onboarding.services.attributed_to("alerts"):
            for at, each in enumerate(self.all):
                if each.value is None:
                    with suppress(Unreachable, ServiceRefusal):
                        found = open_vault(onboarding).read(each.vault_secret)
                        self.all[at] = replace(each, value=found.value if found else None)
                        self._remember(self.all[at])

    def take(self, values: Mapping[str, Secret]) -> None:
        """Take the values, by name, that another process has read."""
        with self._lock:
            for at, each in enumerate(self.all):
                if each.value is None and each.name in values:
                    self.all[at] = replace(each, value=values[each.name])
                    self._remember(self.all[at])

    def _remember(self, address: Address) -> None:
        if address.value is not None:
            remember_address(address.value.reveal(), self._redactor)

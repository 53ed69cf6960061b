"""A rehearsal cloud with a partner of many customers, in a process of its own: python -m …customers_cloud NUMBER.

It prints a line of JSON with what a client needs; the end of its standard input ends it.
"""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path

import pytest

from tests.jobs.customers import begin_anew, partner_scene
from tests.rehearsals.stored_journeys import stored
from wizard.rehearsal.customer_facts import Customer


def main() -> None:
    """Play the onboarding, let there be so many customers who have not consented, and serve."""
    with (
        tempfile.TemporaryDirectory() as folder,
        pytest.MonkeyPatch.context() as patch,
        stored(partner_scene(), patch, Path(folder)) as journey,
    ):
        begin_anew(journey)
        cloud = journey.cloud
        with cloud.state.lock:
            for number in range(int(sys.argv[1])):
                tenant_id = f"d0000000-0000-4000-8000-{number:012d}"
                cloud.state.customers.add(Customer(tenant_id, f"c{number}.example", f"Northwind {number}"))
        files = {"--journey": journey.path, "--cloud-file": cloud.cloud_file, "--answers": cloud.answers_file}
        known = {"environment": cloud.environment, "options": [str(each) for pair in files.items() for each in pair]}
        print(json.dumps(known), flush=True)
        sys.stdin.read()


if __name__ == "__main__":
    main()

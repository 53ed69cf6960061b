"""A rehearsal cloud of many good tenants, in a process of its own: python -m tests.bench.tenants_cloud NUMBER DELAY.

It prints a line of JSON with what a client needs. For each line on its standard input it prints the requests and the
TLS handshakes that it has seen until then; the end of that input ends it.
"""

from __future__ import annotations

import asyncio
import json
import ssl
import sys
from collections import Counter
from typing import Any

from tests.jobs.fleets import address, cloud_of
from wizard.rehearsal import dispatcher


def slow_down(seconds: float) -> None:
    """Let each answer come so many seconds later; the proxy's own are not the cloud's."""
    answer = dispatcher.Dispatcher.__call__

    async def later(self: dispatcher.Dispatcher, scope: Any, receive: Any, send: Any) -> None:
        await asyncio.sleep(seconds)
        await answer(self, scope, receive, send)

    dispatcher.Dispatcher.__call__ = later  # type: ignore[method-assign]


def main() -> None:
    """Serve until standard input ends."""
    number, delay = int(sys.argv[1]), float(sys.argv[2])
    slow_down(delay)
    handshakes = Counter[str]()
    made = ssl.SSLContext.wrap_bio

    def counted(self: ssl.SSLContext, *given: Any, **more: Any) -> ssl.SSLObject:
        if more.get("server_side", given[2] if len(given) > 2 else False):
            handshakes["tls"] += 1
        return made(self, *given, **more)

    ssl.SSLContext.wrap_bio = counted  # type: ignore[method-assign]
    with cloud_of([""] * number) as (cloud, _kinds):
        known = {"vault": address(cloud), "cloud_file": str(cloud.cloud_file), "environment": cloud.environment}
        print(json.dumps(known), flush=True)
        for _line in sys.stdin:
            hosts = {each.host for each in cloud.log}
            print(json.dumps({"requests": len(cloud.log), "hosts": len(hosts), **handshakes}), flush=True)


if __name__ == "__main__":
    main()

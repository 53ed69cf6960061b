"""Form bodies, read without a parser library."""

from __future__ import annotations

from urllib.parse import parse_qsl

from starlette.requests import Request


async def read_form(request: Request) -> dict[str, str]:
    """The fields of a form body; of a field given twice the last one; {} where it is none."""
    return parse_form(await request.body())


def parse_form(body: bytes) -> dict[str, str]:
    """The fields of a form body."""
    try:
        return dict(parse_qsl(body.decode(), keep_blank_values=True, max_num_fields=100))
    except ValueError:
        return {}

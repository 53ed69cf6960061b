"""Small clear pages: layout, buttons, headers. Everything that is shown goes through `escape`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from html import escape as escape
from urllib.parse import urlsplit

from starlette.responses import HTMLResponse, Response

from wizard.rehearsal.world import Person

STYLE_PATH = "/rehearsal.css"
STYLE = """\
:root { color-scheme: light; }
* { box-sizing: border-box; }
body { margin: 0; min-height: 100vh; padding: 2rem 1rem; background: #eef1f5; color: #1b1f24;
  font: 1.0625rem/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "DejaVu Sans", sans-serif; }
main { max-width: 27rem; margin: 0 auto; padding: 1.75rem; background: #fff; border: 1px solid #d3d9e0;
  border-radius: .5rem; }
.where { margin: 0 0 1.25rem; padding-bottom: .75rem; border-bottom: 1px solid #d3d9e0; color: #4c5866;
  font-size: .875rem; }
h1 { margin: 0 0 .75rem; font-size: 1.375rem; line-height: 1.3; overflow-wrap: anywhere; }
p, ul { margin: 0 0 1rem; }
ul { padding-left: 1.25rem; }
label { display: block; margin-bottom: .375rem; font-weight: 600; }
input { width: 100%; margin-bottom: 1rem; padding: .75rem; border: 1px solid #6b7785; border-radius: .25rem;
  font: inherit; }
input.code { font: 1.375rem/1.4 ui-monospace, "DejaVu Sans Mono", monospace; letter-spacing: .125em;
  text-transform: uppercase; }
button { display: block; width: 100%; min-height: 3rem; margin-top: .75rem; padding: .625rem 1rem;
  border: 1px solid #0b5cad; border-radius: .25rem; background: #0b5cad; color: #fff; font: inherit; text-align: left;
  cursor: pointer; }
button.plain { background: #fff; color: #0b5cad; }
button small { display: block; opacity: .85; }
button:focus-visible, input:focus-visible { outline: 3px solid #f2a900; outline-offset: 2px; }
.wrong { color: #a4262c; overflow-wrap: anywhere; white-space: pre-line; }
.quiet { color: #4c5866; font-size: .9375rem; overflow-wrap: anywhere; }
"""


def page(title: str, body: str, status: int = 200, form_target: str = "") -> Response:
    """Return a whole page.

    Args:
        title: its title and heading.
        body: its HTML.
        status: HTTP status of the answer.
        form_target: a further origin that its forms may lead to, through a redirect.
    """
    text = (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<title>{escape(title)}</title><link rel="stylesheet" href="{STYLE_PATH}"></head>'
        '<body><main><p class="where">Rehearsal cloud. Nothing here reaches Microsoft.</p>'
        f"<h1>{escape(title)}</h1>{body}</main></body></html>"
    )
    policy = (
        "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; frame-ancestors 'none'; "
        f"form-action 'self' {form_target}".rstrip()
    )
    headers = {
        "Content-Security-Policy": policy,
        "Cache-Control": "no-store",
        "Referrer-Policy": "no-referrer",
        "X-Content-Type-Options": "nosniff",
    }
    return HTMLResponse(text, status, headers)


def paragraph(text: str, kind: str = "", name: str = "") -> str:
    """Return a paragraph of plain text; `kind` is its class, `name` its id."""
    attributes = (f' class="{escape(kind)}"' if kind else "") + (f' id="{escape(name)}"' if name else "")
    return f"<p{attributes}>{escape(text)}</p>"


def form(body: str, hidden: Mapping[str, str] | None = None) -> str:
    """Return a form that posts to the page's own address, query included."""
    fields = "".join(
        f'<input type="hidden" name="{escape(name)}" value="{escape(value)}">' for name, value in (hidden or {}).items()
    )
    return f'<form method="post">{fields}{body}</form>'


def button(name: str, text: str, field: str = "", value: str = "", plain: bool = False, note: str = "") -> str:
    """Return a button.

    Args:
        name: its id.
        text: what it says.
        field: the name of the field it posts, "" for none.
        value: what it posts in that field.
        plain: whether it is the less likely choice.
        note: a smaller second line.
    """
    posts = f' name="{escape(field)}" value="{escape(value)}"' if field else ""
    small = f"<small>{escape(note)}</small>" if note else ""
    kind = ' class="plain"' if plain else ""
    return f'<button type="submit" id="{escape(name)}"{kind}{posts}>{escape(text)}{small}</button>'


def account_buttons(people: Mapping[str, Person]) -> str:
    """Return a button for each person: account-1, account-2, … in the order of the world."""
    return "".join(
        button(f"account-{number}", person.account, "who", key, plain=True, note=person.name)
        for number, (key, person) in enumerate(people.items(), start=1)
    )


def origin_of(uri: str) -> str:
    """Return the origin of a URI, "" if it is a path of the cloud's own."""
    parts = urlsplit(uri)
    return f"{parts.scheme}://{parts.netloc}" if parts.netloc else ""


def bullets(lines: Iterable[str]) -> str:
    """Return a list of plain lines."""
    return "<ul>" + "".join(f"<li>{escape(line)}</li>" for line in lines) + "</ul>"

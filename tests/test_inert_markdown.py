"""What a service says stays a text in a report: no link, no picture that tells who reads it, no HTML."""

from __future__ import annotations

from itertools import chain

from markdown_it import MarkdownIt

from wizard.reporting.inert_markdown import as_page

BRACKETS = (
    "[x](javascript:a)",
    "![x](https://evil.example/a.png)",
    "<img src=https://evil.example>",
    "<user 1>",
    "[user.mfa](a)",
    "[user.mfa]: a",
)
BACKSLASH = "\\"
MARKUP = {"link_open", "image", "html_inline", "html_block"}


def test_no_name_of_a_service_makes_a_link_a_picture_or_html() -> None:
    for said in (BACKSLASH * count + each for each in BRACKETS for count in range(4)):
        page = MarkdownIt().parse(as_page([f"- {said} (`user.mfa`)", "", f"{said}"]))
        kinds = {each.type for each in chain(page, *(token.children or () for token in page))}
        assert not kinds & MARKUP, said
        texts = ["".join(each.content for each in token.children) for token in page if token.children]
        assert texts[-1].endswith(said.lstrip("\\")), "it is read as it was said"


def test_what_is_ours_stays_markup() -> None:
    page = "# A\n\n- **b** (`user.mfa`)\n\n| a | b |\n| --- | --- |\n| c \\| d | [user.mfa AADSTS50076] |"
    assert as_page(page.split("\n")) == page

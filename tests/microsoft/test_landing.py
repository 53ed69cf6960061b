"""What a browser is told after its redirect: one frame, a text for each landing, and nothing in it is markup."""

from __future__ import annotations

from wizard.microsoft.landing import STRAY, Landing, PageText, document, texts


def test_every_landing_has_a_text_and_no_text_is_left_over() -> None:
    assert set(texts()) == {*(landing.value for landing in Landing), STRAY}


def test_every_text_of_a_page_stands_in_the_frame() -> None:
    for name, text in texts().items():
        page = document(text).decode()
        assert f"<title>{text.sign} {text.title} · partner-wizard</title>" in page, name
        assert f"<h1>{text.heading}</h1>" in page, name
        assert page.count("<p>") == len(text.says) > 0, name
        assert "$" not in page, name


def test_what_is_said_is_text_even_where_it_looks_like_markup_or_like_a_place_of_the_frame() -> None:
    page = document(PageText("!", "<i>", 'a & "b"', ("<script>1</script>", "$style"))).decode()

    assert "<title>! &lt;i&gt; · partner-wizard</title>" in page
    assert "<h1>a &amp; &quot;b&quot;</h1>" in page
    assert "<p>&lt;script&gt;1&lt;/script&gt;</p>" in page
    assert "<p>$style</p>" in page
    assert page.count("<script") == 0

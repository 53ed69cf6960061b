"""Wrong addresses at the plain prompt: each is named, nothing of it is shown, and the wait goes on to the right one."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.bad_input.wrong_addresses import RIGHT, WRONG, code_in
from tests.faults.pasted_codes import ADDRESS, SIGN_IN_LINK, Begun, Paster, begin, gone, up_to_the_link
from tests.sampling import sample

pytestmark = pytest.mark.xdist_group("pasted codes")


@pytest.fixture(scope="module")
def begun(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Begun]:
    with begin(tmp_path_factory.mktemp("begun")) as ready:
        yield ready


@pytest.mark.parametrize(
    "form", sample(4, ["longer than a line of a terminal", "a mail's", "quoted-printable", "in angle brackets"])
)
@pytest.mark.system
def test_each_wrong_address_is_named_and_not_shown_and_then_the_right_one_is_taken(
    form: str, begun: Begun, tmp_path: Path
) -> None:
    place = begun.place(tmp_path)
    begun.verifiers.seen.clear()
    with closing(Paster(place, begun.cloud.answers_file)) as run:
        link = up_to_the_link(place, run, consents=False)
        address = place.signed_in(link)
        for wrong in WRONG.values():
            run.paste(wrong.of(address, link))
            run.until(wrong.says)
        assert code_in(address)[:12].encode() not in run.raw
        run.paste("new")
        newer = run.until(SIGN_IN_LINK).decode()
        run.until(ADDRESS)
        run.paste(address)
        run.until("the answer to an earlier link of this run")
        assert not begun.verifiers.seen
        run.paste(RIGHT[form](place.signed_in(newer)))
        assert run.finish() == 0, run.raw.decode()
    gone(place, begun.verifiers, 2)

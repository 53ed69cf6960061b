"""A token that is taken over, pasted or read from a vault, lies in no file, on no line and in no argument after it."""

from __future__ import annotations

import io
import os
import zipfile
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.faults.canaries import Canaries, encoded_forms, leaks
from tests.harness import program, rehearsed
from tests.sampling import sample
from wizard.core.events import CheckEnded
from wizard.core.findings import Outcome
from wizard.core.secret import Secret
from wizard.plain.line_writer import LineWriter
from wizard.rehearsal import RehearsalCloud, load_scene
from wizard.reporting.bundle import write_bundle
from wizard.reporting.journey_report import as_json, as_markdown

NOW = datetime(2026, 11, 27, 10, tzinfo=UTC)


@pytest.mark.parametrize("scene", sample(3, ["takeover-typed", "takeover-cipp", "takeover-without-mfa"]))
def test_a_run_leaves_it_in_no_file_no_line_and_no_argument(scene: str, tmp_path: Path) -> None:
    canaries, seen = Canaries(), list[bytes]()
    with canaries.watching(), RehearsalCloud(load_scene(scene)) as cloud:

        def look(event: dict[str, object]) -> None:
            cloud.people.on_event(event)
            process = Path("/proc") / str(run._process.pid)
            seen.extend((process / name).read_bytes() for name in ("cmdline", "environ") if process.exists())

        with program(cloud, tmp_path, look) as run:
            assert run.run().end() == load_scene(scene).expected.exit_code, run.stdout + run.stderr
        secrets = {name: value for name, value in canaries.all(cloud).items() if name.startswith("refresh token")}
        assert secrets
        assert leaks(secrets, [tmp_path / name for name in ("home", "work", "tmp")]) == []
        written = [run.stdout.encode(), run.stderr.encode(), *seen]
        assert [
            name for name, value in secrets.items() if any(f in t for f in encoded_forms(value) for t in written)
        ] == []


@pytest.mark.parametrize("scene", sample(2, ["takeover-typed", "takeover-dead"]))
def test_neither_report_nor_bundle_nor_saved_journey_holds_it(
    scene: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    canaries, out = Canaries(), io.StringIO()
    with canaries.watching(), rehearsed(scene, monkeypatch, file=tmp_path / "state" / "journey.json") as played:
        played.run()
        lines = LineWriter(out=out, err=out)
        for event in played.events:
            lines.emit(event)
        folder = tmp_path / "made"
        folder.mkdir()
        (folder / "report.md").write_text(as_markdown(played.journey.view(), "now"), encoding="utf-8")
        (folder / "report.json").write_text(str(as_json(played.journey.view(), "now")), encoding="utf-8")
        (folder / "lines.txt").write_text(out.getvalue(), encoding="utf-8")
        bundle = write_bundle(played.journey, tmp_path / "bundle.zip", now=NOW, environ=os.environ, user_names=True)
        with zipfile.ZipFile(bundle.path) as archive:
            archive.extractall(folder / "bundle")

        assert leaks(canaries.all(played.cloud), [folder, tmp_path / "state"]) == []


@pytest.mark.parametrize("key", ["stored_token", "client_secret"])
def test_a_pasted_token_that_is_refused_is_not_repeated(key: str, monkeypatch: pytest.MonkeyPatch) -> None:
    dead = "1.AX" + "c4n4ry" * 100
    with rehearsed("takeover-typed", monkeypatch) as played:
        played.journey.change(key, Secret(dead))
        played.run()

        said = [each.finding for each in played.emitted(CheckEnded)]
        assert any(each.outcome is Outcome.FAILS for each in said)
        assert "c4n4ry" not in str(said)

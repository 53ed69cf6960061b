"""`partner-wizard help`: topics, one of them, a command's options; plain, as JSON, and drawn on a terminal."""

from __future__ import annotations

import io
import json
import re

import pytest
from rich.cells import cell_len

from tests.documented import HELP, commands
from tests.in_process import call_cli
from wizard.catalogue.help_topics import topics
from wizard.commands import help as help_command
from wizard.commands.help import COMMANDS
from wizard.commands.markdown_output import print_markdown
from wizard.commands.options import read_options
from wizard.onboarding.profile import EVERY_CHECK, STEPS

NAMES = list(topics())


class Terminal(io.StringIO):
    """Standard output that says it is a terminal."""

    encoding = "utf-8"

    def isatty(self) -> bool:
        return True


def drawn(source: str, columns: int = 60, no_color: str = "") -> str:
    """What Markdown becomes on a terminal of so many columns."""
    stream = Terminal()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("sys.stdout", stream)
        for name, value in {"TERM": "xterm-256color", "COLUMNS": str(columns), "NO_COLOR": no_color}.items():
            patch.setenv(name, value)
        print_markdown(source)
    return stream.getvalue()


def without_escapes(text: str) -> str:
    return re.sub(r"\x1b\[[\d;]*m", "", text)


def test_every_topic_is_listed_with_its_summary_on_one_line_of_a_small_terminal() -> None:
    ended = call_cli("help")

    assert ended.returncode == 0
    listed = dict(re.findall(r"^  ([a-z-]+) +(\S.*)$", ended.stdout, re.MULTILINE))
    assert listed == {topic.name: topic.summary for topic in topics().values()}
    assert max(map(len, ended.stdout.splitlines())) <= 80
    assert " ".join(ended.stdout.partition("Commands: ")[2].split()) == ", ".join(COMMANDS)


@pytest.mark.parametrize("name", NAMES)
def test_a_topic_is_shown_with_its_title_and_without_marks_and_links(name: str) -> None:
    ended = call_cli("help", name)

    assert ended.returncode == 0
    assert ended.stdout == f"# {topics()[name].title}\n\n{topics()[name].text}\n"
    assert topics()[name].title
    assert not re.search(r"<!--|\.md\)", ended.stdout)


@pytest.mark.parametrize("name", NAMES)
def test_a_link_to_a_topic_is_the_command_that_shows_it(name: str) -> None:
    for words, target in re.findall(r"\[([^\]]+)\]\(([a-z-]+)\.md\)", (HELP / f"{name}.md").read_text("utf-8")):
        assert words == f"`partner-wizard help {target}`" or not words.startswith("`"), words
        assert target in topics()


def test_commands_that_texts_name_show_a_topic_or_a_command() -> None:
    for topic in topics().values():
        for named in re.findall(r"`(?:partner-wizard )?help ([a-z.-]+)`", topic.text):
            assert call_cli("help", named).returncode == 0, named


@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_shows_its_options(command: str) -> None:
    asked, usual = call_cli("help", command), call_cli(command, "--help")

    assert (asked.returncode, asked.stderr) == (0, "")
    assert asked.stdout == usual.stdout


def test_no_topic_hides_a_command_and_every_command_can_be_asked_for() -> None:
    assert not {*topics()} & {*COMMANDS}
    assert {*COMMANDS, ""} == {*commands()}


@pytest.mark.parametrize("check", ["user.mfa", "start.clock"])
def test_the_id_of_a_check_shows_the_page_of_its_step(check: str) -> None:
    step = STEPS[check.partition(".")[0]]

    assert call_cli("help", check).stdout.startswith(f"# {step.title}\n")


def test_words_of_a_topic_may_stand_apart_and_be_capital() -> None:
    assert call_cli("help", "Exit", "codes").stdout == call_cli("help", "exit-codes").stdout


@pytest.mark.parametrize("name", ["vault", "run"])
def test_json_has_topic_title_and_text(name: str) -> None:
    ended = call_cli("help", name, "--json")

    shown = json.loads(ended.stdout)
    assert [*shown] == ["topic", "title", "text"]
    assert shown["topic"] == name
    assert shown["text"] in call_cli("help", name).stdout


def test_json_lists_the_topics_line_by_line() -> None:
    lines = [json.loads(line) for line in call_cli("help", "--json").stdout.splitlines()]

    assert [line["topic"] for line in lines] == NAMES
    assert all(line["title"] and line["summary"] for line in lines)


@pytest.mark.parametrize(
    ("mistyped", "meant"),
    [("tenat", "tenant"), ("exitcodes", "exit-codes"), ("identity", "identities"), ("chek", "check"), ("rnu", "run")],
)
def test_a_mistyped_topic_gets_a_suggestion(mistyped: str, meant: str) -> None:
    ended = call_cli("help", mistyped)

    assert (ended.returncode, ended.stdout) == (2, "")
    assert f"there is no topic {mistyped}; did you mean {meant}?" in ended.stderr


@pytest.mark.parametrize("pasted", ["xyzxyz", "AADSTS50076", "Q~8Q~hunter2.Password", "user.mfaa", "-" * 40, "../../x"])
def test_what_is_no_topic_names_the_list_and_no_secret_is_repeated(pasted: str) -> None:
    ended = call_cli("help", "--", pasted)

    assert (ended.returncode, ended.stdout) == (2, "")
    assert "partner-wizard help lists the topics" in ended.stderr
    assert "partner-wizard explain" in ended.stderr
    assert pasted == "xyzxyz" or pasted.lower() not in ended.stderr.lower()


@pytest.mark.parametrize("name", NAMES)
def test_on_a_terminal_no_line_is_wider_than_it_and_no_mark_is_left(name: str) -> None:
    shown = without_escapes(drawn(f"# {topics()[name].title}\n\n{topics()[name].text}"))

    assert max(cell_len(line) for line in shown.splitlines()) <= 60
    assert not re.search(r"\*\*|^#+ |`|<!--|^\|", shown, re.MULTILINE)
    assert topics()[name].title in shown
    assert shown.count("…") == topics()[name].text.count("…"), "something is cut"


def test_ids_of_checks_are_whole_on_a_usual_terminal() -> None:
    shown = without_escapes(drawn(topics()["checks"].text, columns=80))

    assert set(re.findall(r"^ ([a-z]+\.[a-z_]+) ", shown, re.MULTILINE)) == set(EVERY_CHECK)


@pytest.mark.parametrize(
    "name", ["answers", "clouds", "rehearsal", "unattended", "health", "troubleshooting", "programs", "offboarding"]
)
def test_what_is_to_be_copied_fits_on_a_usual_terminal(name: str) -> None:
    blocks = re.findall(r"^```.*?\n(.*?)^```", topics()[name].text, re.DOTALL | re.MULTILINE)

    assert blocks
    assert [line for block in blocks for line in block.splitlines() if len(line) > 76] == []


def test_a_wide_terminal_is_not_filled() -> None:
    shown = without_escapes(drawn(topics()["security"].text, columns=200))

    assert 80 < max(len(line.rstrip()) for line in shown.splitlines()) <= 100


@pytest.mark.parametrize("no_color", ["", "1"])
def test_no_color_leaves_the_colours_out(no_color: str) -> None:
    shown = drawn("Use **a** `b`.\n\n```\nc\n```", no_color=no_color)

    assert bool(re.search(r"\x1b\[[\d;]*3[0-7]m", shown)) == (not no_color)
    assert re.search(r"\x1b\[1m", shown)


def test_code_can_be_copied_without_a_frame() -> None:
    shown = without_escapes(drawn("```\npartner-wizard run\n  --json\n```"))

    assert [line.rstrip() for line in shown.splitlines()] == ["    partner-wizard run", "      --json"]


def test_a_terminal_gets_it_drawn_and_a_pipe_as_it_is_written() -> None:
    stream = Terminal()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("sys.stdout", stream)
        patch.setenv("NO_COLOR", "")  # the option sets it
        assert help_command.main(read_options(["help", "vault", "--no-color"])) == 0

    assert "**Role**" in call_cli("help", "vault").stdout
    assert "Role" in stream.getvalue()
    assert "**" not in stream.getvalue()

"""The customers of an onboarding in a table: words filter it, a button sorts it, a card says what was found."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Final

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container, Horizontal
from textual.content import Content
from textual.message import Message
from textual.screen import ModalScreen
from textual.widgets import Button, DataTable, Input, Static

from screens.customer_source import CustomerRow, CustomerSource
from screens.dialogs.sheet import Sheet, SheetTitle, show_keys
from screens.drawing import bold, plain
from screens.widgets.action_button import ActionButton
from screens.widgets.hanging import Hanging
from screens.widgets.key_footer import Key, KeyFooter
from screens.widgets.quiet_input import QuietInput
from screens.window_size import Layout, layout_of
from wizard.catalogue import diagnose_finding, send_to
from wizard.core.acts import numbered
from wizard.core.errors import Cancelled, WizardError, place_of
from wizard.core.findings import WORST_FIRST, Finding, Outcome
from wizard.core.text import clean_line
from wizard.core.waiting import Cancel
from wizard.core.wording import OUTCOME_SIGNS, counted, people
from wizard.onboarding.view import JourneyView

KEYS: Final[list[Key]] = [
    ("Enter", "Details", "details"),
    ("Esc", "Close", "close"),
    ("↑ ↓", "Choose", "move('cursor_down')"),
    ("PgDn", "Page", "move('page_down')"),
]
SORTS: Final = ("state", "name", "GDAP")
COLUMNS: Final = (("Customer", 34), ("GDAP", 11), ("State", 18))
"""With their cells."""
FEW: Final = 200
"""Customers up to which each answer is drawn at once; above that, once a second."""
NOT_ASKED: Final = "·"
BAR: Final = 20
"""Cells of the bar."""


@dataclass
class CustomersFound(Message):
    """Something was found; None: everybody was asked. `trouble` says why it ended early, "" where it did not."""

    found: tuple[CustomerRow, ...] | CustomerRow | Finding | None
    trouble: str = ""


class CustomerTable(ModalScreen[None]):
    """Asks each customer's tenant how the app stands there, and shows it as it comes. Nothing is changed.

    Args:
        source: asks.
        view: the journey whose token is stored.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "close", "Close"),
        Binding("up", "move('cursor_up')", "Customer above", show=False),
        Binding("down", "move('cursor_down')", "Customer below", show=False),
        Binding("pageup", "move('page_up')", "Page up", show=False),
        Binding("pagedown", "move('page_down')", "Page down", show=False),
    ]

    def __init__(self, source: CustomerSource, view: JourneyView) -> None:
        super().__init__()
        self._source, self._view = source, view
        self._cancel = Cancel()
        self._rows: dict[str, CustomerRow] = {}
        self._notes: list[Finding] = []
        self._sorted_by = SORTS[0]
        self._ended = ""
        self._is_stale = False

    def compose(self) -> ComposeResult:
        """Title, words to look for, the table and its card, the bar, the buttons and the keys."""
        table: DataTable[Content] = DataTable(id="customers-table", cursor_type="row", show_row_labels=False)
        table.can_focus = False
        with Sheet():
            yield SheetTitle("Customers", "customers-title")
            yield QuietInput("", "customers-filter", placeholder="type a name, a domain or a state")
            with Container(id="customers-body"):
                yield table
                yield Hanging(id="customers-card", gap=0)
            yield Static(markup=False, id="customers-bar")
            with Horizontal(classes="sheet-actions"):
                yield ActionButton("", "customers-sort")
                yield ActionButton("Close", "customers-close")
            yield KeyFooter()

    def on_mount(self) -> None:
        """Begin to ask."""
        for words, width in COLUMNS:
            self.query_one(DataTable).add_column(words, width=width)
        show_keys(self.query_one(KeyFooter), KEYS)
        self.query_one(Input).focus()
        self._draw()
        self.set_interval(1.0, self._draw_what_came)
        self.run_worker(self._ask, name="customers", group="customers", thread=True, exit_on_error=False)

    def on_unmount(self) -> None:
        """Ask nobody any more."""
        self._cancel.set()

    def on_resize(self, event: events.Resize) -> None:
        """In a wide window the card stands beside the table, else below it."""
        for layout in Layout:
            self.set_class(layout_of(event.size) is layout, layout.value)

    def action_close(self) -> None:
        """Go back to the page."""
        self.dismiss()

    def action_details(self) -> None:
        """Show all that was found of the customer that is pointed at, from edge to edge."""
        from screens.dialogs.reader import Reader

        row = self._rows.get(self._pointed_at(self.query_one(DataTable)))
        if row is not None:
            text = Content("\n").join([sign + words for sign, words in _card(row)])
            self.app.push_screen(Reader(row.name or row.domain or row.tenant_id, text, copied=text.plain))

    def action_move(self, to: str) -> None:
        """Move through the table, as its own keys would."""
        getattr(self.query_one(DataTable), f"action_{to}")()

    def _ask(self) -> None:
        """In the worker's thread."""
        trouble = ""
        try:
            for found in self._source.look(self._view, self._cancel):
                self.post_message(CustomersFound(found))
        except Cancelled:
            return
        except WizardError as error:
            trouble = clean_line(str(error))
        except Exception as error:  # noqa: BLE001  # shown here, by kind and place alone
            trouble = f"it stopped unexpectedly ({place_of(error)})"
        self.post_message(CustomersFound(None, trouble))

    @on(CustomersFound)
    def _found(self, event: CustomersFound) -> None:
        event.stop()
        match event.found:
            case None:
                self._ended = event.trouble or "all were asked"
            case Finding():
                self._notes.append(event.found)
            case CustomerRow():
                self._rows[event.found.tenant_id] = event.found
                if len(self._rows) > FEW:
                    self._is_stale = True
                    return
            case rows:
                self._rows = {row.tenant_id: row for row in rows}
        self._draw()

    def _draw_what_came(self) -> None:
        if self._is_stale:
            self._draw()

    @on(Input.Changed)
    def _looked_for(self, event: Input.Changed) -> None:
        event.stop()
        self._draw()

    @on(Input.Submitted)
    def _entered(self, event: Input.Submitted) -> None:
        event.stop()
        self.action_details()

    @on(DataTable.RowHighlighted)
    def _pointed(self, event: DataTable.RowHighlighted) -> None:
        event.stop()
        self._show_card(str(event.row_key.value) if event.row_key is not None else "")

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """Sort by the next column, or close."""
        event.stop()
        if event.button.id == "customers-close":
            self.action_close()
            return
        self._sorted_by = SORTS[(SORTS.index(self._sorted_by) + 1) % len(SORTS)]
        self._draw()

    # --- drawing --------------------------------------------------------------------------------------------------

    def _draw(self) -> None:
        """Draw the table, with the cursor on the same customer."""
        self._is_stale = False
        table = self.query_one(DataTable)
        words = self.query_one(Input).value.casefold().split()
        shown = [row for row in self._rows.values() if all(word in _words_of(row) for word in words)]
        shown.sort(key=self._place_of)
        pointed = self._pointed_at(table)
        table.clear()
        for row in shown:
            table.add_row(*_cells(row), key=row.tenant_id)
        ids = [row.tenant_id for row in shown]
        if ids:
            table.move_cursor(row=ids.index(pointed) if pointed in ids else 0)
        self._show_card(pointed if pointed in ids else ids[0] if ids else "")
        self.query_one("#customers-bar", Static).update(plain(self._bar()))
        sort = self.query_one("#customers-sort", ActionButton)
        sort.label = plain(f"Sorted by {self._sorted_by}")
        sort.refresh(layout=True)

    def _place_of(self, row: CustomerRow) -> tuple[object, ...]:
        name = (row.name or row.domain or row.tenant_id).casefold()
        if self._sorted_by == "name":
            return (name,)
        if self._sorted_by == "GDAP":
            return (row.relationship, name)
        return (WORST_FIRST.index(row.finding.outcome) if row.finding else len(WORST_FIRST), row.state, name)

    def _pointed_at(self, table: DataTable[Content]) -> str:
        if not table.row_count:
            return ""
        return str(table.coordinate_to_cell_key(table.cursor_coordinate).row_key.value)

    def _bar(self) -> str:
        """Return how far it is: how many were asked and do not hold, and which part of the list could not be read."""
        asked = [row.finding for row in self._rows.values() if row.finding is not None]
        unread = [f"{OUTCOME_SIGNS[each.outcome]} {each.title}" for each in self._notes]
        if not self._rows:
            said = f"{OUTCOME_SIGNS[Outcome.FAILS]} {self._ended}" if self._ended else "▸ reading the list of customers"
            return "\n".join([said, *unread])
        open_ones = sum(finding.outcome is not Outcome.HOLDS for finding in asked)
        filled = BAR * len(asked) // len(self._rows)
        said = f"{len(asked)} of {counted(len(self._rows), 'customer')} asked, {open_ones} to look at"
        bar = f"{'━' * filled}{'╌' * (BAR - filled)}  {said}{f'; {self._ended}' if self._ended else ''}"
        return "\n".join([bar, *unread])

    def _show_card(self, tenant_id: str) -> None:
        row = self._rows.get(tenant_id)
        said = _card(row) if row is not None else [part for note in self._notes[:1] for part in _of_finding(note)]
        self.query_one("#customers-card", Hanging).show_items(said)


def _words_of(row: CustomerRow) -> str:
    return f"{row.name} {row.domain} {row.tenant_id} {row.relationship} {row.state}".casefold()


def _sign(row: CustomerRow) -> str:
    return OUTCOME_SIGNS[row.finding.outcome] if row.finding is not None else NOT_ASKED


def _cells(row: CustomerRow) -> tuple[Content, Content, Content]:
    name = row.name or row.domain or row.tenant_id
    return plain(clean_line(name, 34)), plain(row.relationship), plain(f"{_sign(row)} {row.state}".rstrip())


def _card(row: CustomerRow) -> list[tuple[Content, Content]]:
    """Return who it is, and what was found: what, why, what to do and who; each line behind its sign."""
    ids = "  ".join(filter(None, (row.domain, row.tenant_id)))
    lines = [(Content(), bold(row.name or row.domain or row.tenant_id)), (Content(), plain(ids))]
    if row.finding is None:
        return [*lines, (Content(), plain("Its tenant was not asked yet."))]
    return [*lines, (Content(), Content()), *_of_finding(row.finding)]


def _of_finding(finding: Finding) -> list[tuple[Content, Content]]:
    code = f"  {finding.code}" if finding.code else ""
    title = bold(f"{finding.title}{code}")
    lines = [(bold(f"{OUTCOME_SIGNS[finding.outcome]} "), title)] if finding.title else []
    lines.append((Content(), plain(finding.message)))
    lines += [(plain(number), plain(act)) for number, act in numbered(finding.actions)]
    if finding.who:
        lines.append((Content(), plain(f"Who: {_who(finding)}")))
    return lines


def _who(finding: Finding) -> str:
    """Return who can do it: which administrator, where the finding says that."""
    return send_to(diagnose_finding(finding)) if finding.administrator else people(finding.who)

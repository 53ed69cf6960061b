"""Lists of customers: those of a large partner are read whole, and one without an end is given up."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from tests.screens.gallery.state import StillClock
from wizard.core.errors import Unreachable
from wizard.core.secret import Secret
from wizard.core.waiting import Cancel
from wizard.microsoft.graph import Page
from wizard.microsoft.relationships import CUSTOMERS_QUESTION
from wizard.tokens.customer_grants import MOST_PAGES, read_list

WAITER = SimpleNamespace(clock=StillClock(), cancel=Cancel(), emit=lambda _event: None)


class Graph:
    """Lists a page of two, so many times; each names another next page."""

    def __init__(self, pages: int) -> None:
        self.pages, self.asked = pages, 0

    def read_page(self, _token: Secret, _question: object, _link: str) -> Page:
        self.asked += 1
        following = f"https://graph.example/{self.asked}" if self.asked < self.pages else ""
        return Page(({"id": f"{self.asked}a"}, {"id": f"{self.asked}b"}), following)


def services(graph: Graph) -> Any:
    return SimpleNamespace(graph=graph, cloud=SimpleNamespace(graph="graph.example"))


def test_the_customers_of_a_large_partner_are_read_whole() -> None:
    """Ten thousand, 100 at a time, and more."""
    graph = Graph(150)
    found = read_list(WAITER, services(graph), Secret("token"), CUSTOMERS_QUESTION)
    assert len({each["id"] for each in found}) == 300


def test_a_list_without_an_end_is_given_up() -> None:
    graph = Graph(10**9)
    with pytest.raises(Unreachable):
        read_list(WAITER, services(graph), Secret("token"), CUSTOMERS_QUESTION)
    assert graph.asked == MOST_PAGES

"""What people paste is explained in each form that programs give an error: cause, remedy and person."""

from __future__ import annotations

import json
import re
import tomllib
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from wizard.explain import explain_text

NOW = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)
FORMS: list[dict[str, Any]] = tomllib.loads(Path(__file__).with_name("pasted_forms.toml").read_text(encoding="utf-8"))[
    "pasted"
]


@pytest.mark.parametrize("pasted", FORMS, ids=lambda pasted: pasted["form"])
def test_a_text_of_each_form_is_explained(pasted: dict[str, Any]) -> None:
    explanation = explain_text(pasted["text"].strip(), NOW)

    assert explanation.diagnoses, explanation.notes
    first, *others = explanation.diagnoses
    said = f"{first.title}\n{first.cause}\n{first.remedy}"
    assert first.code == pasted.get("code", "")
    for words in pasted["says"]:
        assert re.search(words, said), words
    assert pasted.get("who", first.who[0]) in first.who
    everything = "\n".join(json.dumps(each.as_json(), ensure_ascii=False) for each in explanation.diagnoses)
    for words in pasted.get("never", ()):
        assert not re.search(words, everything), words
    for words in pasted.get("others", ()):
        assert any(re.search(words, f"{other.code} {other.title}") for other in others), words

"""Parameters that show much the same: `make test`, `make test-system` and `make soak` use some of them each."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest


def every(nth: int, values: Iterable[Any]) -> list[Any]:
    """Return the values as parameters; all but every `nth` have the marker system. A tuple is several arguments."""
    return [_parameter(value, pytest.mark.system if at % nth else ()) for at, value in enumerate(values)]


def sample(nth: int, values: Iterable[Any]) -> list[Any]:
    """Return the values as parameters: every `nth` for each run, half as many for `make test-system`, the rest soak."""
    return [_parameter(value, _marks(at, nth)) for at, value in enumerate(values)]


def _marks(at: int, nth: int) -> Any:
    """Return the markers of the parameter at a place."""
    if at % nth == 0:
        return ()
    return pytest.mark.system if at % (2 * nth) == 1 else pytest.mark.soak


def _parameter(value: Any, marks: Any) -> Any:
    return pytest.param(*(value if isinstance(value, tuple) else (value,)), marks=marks)


SAMPLED = {
    "bad_input/test_certificate_files.py::test_a_file_that_gives_no_credential_is_named_with_what_is_expected": 3,
    "bad_input/test_pasted_and_typed.py::test_a_wrong_value_keeps_the_former_one_and_what_is_proven": 2,
    "bad_input/test_pasted_and_typed.py::test_wrong_usage_is_one_sentence_and_exit_2": 3,
    "counted/test_patterns.py::test_twice_the_text_takes_a_pattern_about_twice_the_steps": 2,
    "counted/test_reading.py::test_masking_takes_work_in_proportion": 3,
    "counted/test_reading.py::test_no_paste_takes_more_work_than_its_length_allows": 2,
    "faults/test_asked_again.py::test_a_second_run_of_a_step_asks_the_service_again": 3,
    "faults/test_canaries_in_the_bundle.py::test_no_canary_in_anything_a_run_leaves": 2,
    "faults/test_canaries_in_the_bundle.py::test_what_a_service_echoes_reaches_nobody": 2,
    "faults/test_client_type.py::test_a_wrong_secret_ends_in_its_own_diagnosis_at_once": 2,
    "faults/test_client_type.py::test_the_request_for_a_code_is_made_again_with_the_credential": 2,
    "faults/test_client_type.py::test_whatever_the_operator_says_and_wherever_it_strikes_it_signs_in": 3,
    "faults/test_end_of_a_code.py::test_a_code_that_expired_is_said_to_have_lived_as_long_as_it_did": 3,
    "faults/test_end_of_a_code.py::test_a_grant_refused_at_the_sign_in_is_not_taken_for_a_stored_token": 2,
    "faults/test_end_of_a_code.py::test_a_service_that_gets_well_in_the_last_seconds_gives_the_tokens": 3,
    "faults/test_kill.py::test_a_killed_run_is_taken_up_again_and_consent_is_given_once": 2,
    "faults/test_mutated_answers.py::test_no_changed_answer_ends_in_a_crash": 3,
    "faults/test_odd_vault_answers.py::test_a_write_whose_answer_cannot_be_read_is_read_back_and_made_once": 3,
    "faults/test_odd_vault_answers.py::test_what_the_program_does_not_need_may_be_of_any_shape": 2,
    "faults/test_polling.py::test_a_broken_answer_ends_nothing": 3,
    "faults/test_polling.py::test_a_busy_service_is_waited_for_with_the_same_code": 2,
    "faults/test_polling.py::test_a_life_that_is_none_is_taken_for_the_usual_one": 2,
    "faults/test_polling.py::test_an_address_that_is_not_the_clouds_is_never_shown_as_one": 3,
    "faults/test_polling.py::test_an_answer_that_is_no_json_object_ends_nothing": 2,
    "faults/test_polling.py::test_the_pace_is_sane_whatever_interval_the_service_names": 3,
    "faults/test_redirects_of_services.py::test_a_redirect_is_told_and_not_followed": 3,
    "faults/test_signals.py::test_a_signal_ends_each_wait_with_its_exit_code_and_a_last_line": 2,
    "faults/test_silence.py::test_a_token_answer_that_cannot_be_read_is_shown_nowhere": 2,
    "faults/test_silence.py::test_a_vault_identity_that_fails_is_told_once_in_our_words": 2,
    "faults/test_unforeseen.py::test_a_check_that_ends_in_an_error_closes_the_gate_and_can_be_asked_again": 2,
    "faults/test_vault_code.py::test_trouble_on_the_way_costs_no_second_code": 2,
    "faults/test_vault_versions.py::test_a_working_token_of_ours_stays_the_newest_version": 3,
    "faults/test_vault_versions.py::test_another_vault_takes_the_token_without_a_second_sign_in": 2,
    "fixes/test_app_fixes.py::test_it_is_made_and_the_check_no_longer_offers_it": 2,
    "fixes/test_fixing.py::test_it_is_made_after_a_yes_and_the_journey_goes_on_to_the_end": 2,
    "jobs/test_renewal_bad_input.py::test_it_stops_with_a_finding_and_changes_nothing": 2,
    "production_names/test_kinds.py::test_a_tenant_of_a_national_cloud_is_proven_with_the_hosts_of_that_cloud_alone": 3,
    "production_names/test_kinds.py::test_each_kind_is_proven_with_the_hosts_of_its_api_alone": 3,
    "rehearsals/cloud/test_cloud_scenes.py::test_in_the_base_of_a_scene_everything_holds": 3,
    "rehearsals/test_check.py::test_a_proven_journey_still_holds_and_nothing_is_written_anywhere": 3,
    "rehearsals/test_one_new_value.py::test_a_stored_token_that_cannot_be_used_is_told_and_then_somebody_signs_in": 2,
    "rehearsals/test_one_new_value.py::test_what_asks_for_another_sign_in_gets_one": 2,
    "rehearsals/test_revoke.py::test_a_kill_in_the_middle_is_gone_on_with": 2,
    "rehearsals/test_same_diagnosis_everywhere.py::test_the_answer_of_the_service_is_explained_in_the_same_words": 3,
    "rehearsals/test_same_diagnosis_everywhere.py::test_what_was_printed_names_the_same_failure_and_person": 3,
    "rehearsals/test_scene_repairs.py::test_a_failing_scene_ends_as_its_repair_says_after_it_has_failed": 4,
    "rehearsals/test_scenes_entered.py::test_a_scene_entered_at_its_step_fails_and_ends_as_from_the_beginning": 3,
    "rehearsals/test_take_over.py::test_it_is_redeemed_as_the_kind_of_client_it_was_issued_to_whatever_is_said": 2,
    "rehearsals/test_take_over.py::test_what_cannot_be_taken_over_is_told_and_nothing_is_changed": 3,
    "rehearsals/test_take_over.py::test_what_is_no_token_of_ours_is_sent_to_nobody": 3,
    "rehearsals/test_take_over.py::"
    "test_what_was_taken_over_is_checked_later_also_in_the_version_that_its_tool_writes": 2,
    "rehearsals/test_vault_rights.py::test_the_role_by_which_it_may_write_is_named": 2,
    "screens/test_browser_drawn.py::test_the_field_is_in_sight_at_every_size_and_the_link_is_never_cut": 2,
    "screens/test_browser_on_screen.py::"
    "test_an_address_is_handed_in_so_that_it_can_be_read_in_whatever_form_it_is_pasted": 2,
    "screens/test_bytes_of_a_drawing.py::test_a_second_of_waiting_for_a_person_costs_little": 2,
    "screens/test_every_key.py::test_every_key_does_what_the_table_says": 5,
    "screens/test_forms_on_screen.py::test_the_address_of_a_sign_in_is_taken_by_no_other_field_and_not_drawn": 2,
    "screens/test_hostile_text.py::test_what_is_pasted_is_drawn_clean_in_every_field": 2,
    "screens/test_key_order.py::test_a_secret_reaches_its_field_and_no_other": 2,
    "screens/test_link_printed.py::test_the_bare_link_stands_on_a_line_of_its_own_until_enter": 3,
    "screens/test_masked_fields.py::test_no_action_copies_or_cuts_what_a_field_masks": 3,
    "screens/test_masked_fields.py::test_no_key_copies_or_cuts_what_a_field_masks": 2,
    "screens/test_qr_decoded.py::test_a_camera_reads_the_code_without_colour_on_a_dark_and_on_a_light_terminal": 2,
    "screens/test_report_file_names.py::test_a_name_that_no_file_can_have_is_refused_in_words": 3,
    "screens/test_scenes_on_screen.py::test_scene_ends_on_the_screens_as_its_table_says": 3,
    "screens/test_sign_in_on_screen.py::"
    "test_the_qr_code_stands_beside_the_words_or_alone_on_f4_where_they_leave_it_no_room": 3,
    "screens/test_sign_in_on_screen.py::test_what_holds_the_sign_in_up_is_told_with_the_whole_code_page_in_sight": 2,
    "screens/test_snapshots.py::test_a_state_looks_as_it_is_kept": 4,
    "screens/test_snapshots.py::test_colour_changes_no_character_but_the_brackets_of_buttons": 2,
    "screens/test_support_bundle_on_screen.py::test_either_word_finds_it_in_the_palette": 2,
}
"""Tests of which `make test` runs every nth case only, by module and name; the other cases are system tests."""


def mark_what_is_left_out(items: Iterable[pytest.Item]) -> None:
    """Mark the cases of `SAMPLED` that `make test` leaves out, the same ones in whatever order they are collected."""
    for name, cases in _by_test(items).items():
        for at, item in enumerate(cases):
            if at % SAMPLED.get(name, 1):
                item.add_marker(pytest.mark.system)


def every_nth(nth: int, items: Iterable[pytest.Item]) -> list[pytest.Item]:
    """Return every nth case of each test, the first one always."""
    return [item for cases in _by_test(items).values() for item in cases[::nth]]


def _by_test(items: Iterable[pytest.Item]) -> dict[str, list[pytest.Item]]:
    """Return the cases of each test in the order of their ids, by module and name."""
    cases: dict[str, list[pytest.Item]] = {}
    for item in items:
        name = getattr(item, "originalname", "")
        cases.setdefault(f"{item.nodeid.partition('::')[0].removeprefix('tests/')}::{name}", []).append(item)
    return {name: sorted(found, key=lambda each: each.nodeid) for name, found in cases.items()}

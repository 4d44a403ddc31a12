"""What the doctor makes of what it sees: where each line between well and not well is."""

from datetime import timedelta

import pytest

from storyboard.app.doctor_checks import (
    balance_check,
    books_check,
    budget_check,
    clock_check,
    disk_check,
    key_check,
    refused,
    size,
)
from storyboard.model.attempt import Spending
from storyboard.model.errors import EnvironmentFault, Locked
from storyboard.model.money import MicroUsd
from storyboard.report.doctor import Health

GB = 10**9


@pytest.mark.parametrize(
    ("seconds", "state", "said"),
    [
        (0, "ok", "within 0 s of the provider's"),
        (-60, "ok", "within 60 s of the provider's"),
        (60.1, "warning", "60 s behind the provider's"),
        (-312, "warning", "312 s ahead of the provider's"),
    ],
)
def test_a_clock_may_be_a_minute_off(seconds, state, said):
    """Beyond that it is said which way, whether the machine is behind or ahead."""
    check = clock_check(timedelta(seconds=seconds))
    assert (check.state, check.message) == (state, said)
    assert (check.help is None) == (state == "ok")


@pytest.mark.parametrize(("free", "state"), [(2 * GB, "ok"), (2 * GB - 1, "warning")])
def test_two_gigabytes_are_enough(free, state):
    """Less free space where clips go is a warning, with the figure."""
    check = disk_check(free, ".storyboard")
    assert (check.state, check.message) == (state, "2.0 GB free in .storyboard")


@pytest.mark.parametrize(
    ("balance", "state"), [(12_400_000, "ok"), (0, "warning"), (-1, "warning")]
)
def test_an_account_without_money_is_not_well(balance, state):
    """What is left is said, and where nothing is, what to do."""
    check = balance_check(MicroUsd(balance), rehearsal=False)
    assert check.state == state
    assert (check.help is None) == (state == "ok")
    assert "$12.40" in balance_check(MicroUsd(12_400_000), rehearsal=True).message


@pytest.mark.parametrize(
    ("still_open", "unclear", "state", "said"),
    [
        (0, 0, "ok", "no order is open"),
        (3, 0, "ok", "3 open, 0 unclear"),
        (3, 1, "warning", "3 open, 1 unclear"),
    ],
)
def test_an_unclear_order_is_a_warning(still_open, unclear, state, said):
    """An order in flight is nothing to worry about; one that may have been taken is."""
    check = books_check("ledger.db", still_open, unclear)
    assert (check.state, check.message) == (state, f"ledger.db is whole; {said}")
    assert (check.help is None) == (state == "ok")


@pytest.mark.parametrize(
    ("limit", "state"), [(None, "ok"), (3_000_001, "ok"), (3_000_000, "warning"), (0, "warning")]
)
def test_a_month_that_is_spent_is_a_warning(limit, state):
    """What may have been taken counts as much as what surely was."""
    counted = Spending(MicroUsd(1_000_000), MicroUsd(2_000_000))
    check = budget_check("2026-11", None if limit is None else MicroUsd(limit), counted)
    assert check.state == state
    assert check.message.startswith("$3.00 counted in 2026-11")


def test_a_key_is_no_must():
    """Without one there is a warning that says what to set; with one, only where it was found."""
    assert key_check("the keyring", rehearsal=False).message == "found in the keyring"
    for rehearsal in (True, False):
        check = key_check(None, rehearsal=rehearsal)
        assert check.state is Health.WARNING
        assert "WAVESPEED_API_KEY" in check.help


def test_what_was_refused_is_a_fault_but_a_wait_is_none():
    """The refusal's own words and hint are told."""
    fault = refused("ledger", EnvironmentFault("it is damaged", hint="put a copy back"))
    assert (fault.state, fault.message, fault.help) == ("fault", "it is damaged", "put a copy back")
    assert refused("ledger", Locked("another process writes")).state is Health.WARNING


@pytest.mark.parametrize(
    ("count", "said"),
    [(0, "0 bytes"), (999, "999 bytes"), (1000, "1.0 kB"), (1_400_000_000, "1.4 GB")],
)
def test_sizes_are_for_people(count, said):
    """Powers of a thousand, as disks are sold."""
    assert size(count) == said
    assert size(10**16) == "10000.0 TB"

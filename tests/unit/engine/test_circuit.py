"""The circuit: so many failures in a row, and nothing more is ordered."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storyboard.engine.circuit import Circuit


@given(st.lists(st.booleans()), st.integers(1, 4))
def test_it_is_open_when_the_last_orders_all_failed(worked, most):
    """Whatever came before them; one that worked closes it."""
    circuit = Circuit(most)
    for each in worked:
        if each:
            circuit.worked()
        else:
            circuit.failed()
    assert circuit.open == (len(worked) >= most and not any(worked[-most:]))


def test_one_bad_order_is_not_enough():
    """Four failures may be bad luck; the fifth opens it."""
    circuit = Circuit()
    for _ in range(4):
        circuit.failed()
    assert not circuit.open
    circuit.failed()
    assert circuit.open


def test_it_cannot_be_made_open():
    """A circuit that opens before anything failed would stop every build."""
    with pytest.raises(ValueError, match="at least one"):
        Circuit(0)

"""The agenda gives what is due, in time and in order; the alarm sleeps no longer than it should."""

import asyncio

from hypothesis import given
from hypothesis import strategies as st

from fakes.virtual import VirtualClock, run_virtual
from storyboard.engine.agenda import Agenda, Alarm

things = st.integers(0, 4)
deeds = st.one_of(
    st.tuples(st.just("put"), things, st.integers(0, 9)),
    st.tuples(st.just("drop"), things, st.just(0)),
    st.tuples(st.just("take"), st.just(0), st.integers(0, 9)),
)


@given(st.lists(deeds, max_size=40))
def test_an_agenda_is_a_sorted_list_that_knows_each_thing_once(drawn):
    """Whatever is put in, moved and dropped: the same as with a plain dict, sorted each time."""
    agenda = Agenda()
    plain = {}
    for number, (deed, thing, time) in enumerate(drawn):
        if deed == "put":
            agenda.put(thing, time)
            plain[thing] = (time, number)
        elif deed == "drop":
            agenda.drop(thing)
            plain.pop(thing, None)
        else:
            first = min(plain, key=plain.get, default=None)
            expected = first if first is not None and plain[first][0] <= time else None
            assert agenda.take(time) == expected
            plain.pop(expected, None)
        assert agenda.next_due() == min((due for due, _ in plain.values()), default=None)
        assert {each for each in range(5) if each in agenda} == set(plain)
    agenda.clear()
    assert agenda.next_due() is None
    assert not any(each in agenda for each in range(5))


def test_an_alarm_ends_at_its_moment_or_when_somebody_wakes_it():
    """Also a sleep without an end; and a moment that has passed is no sleep."""
    clock = VirtualClock()

    async def main():
        alarm = Alarm(clock)
        alarm.wake()  # nobody sleeps: nothing happens
        ends = []
        for moment, woken in [(5.0, 9.0), (8.0, 7.0), (None, 30.0), (1.0, 90.0)]:
            caller = asyncio.get_running_loop().call_at(woken, alarm.wake)
            await alarm.sleep_until(moment)
            caller.cancel()
            ends.append(clock.monotonic())
        return ends

    assert run_virtual(main) == [5.0, 7.0, 30.0, 30.0]


def test_a_sleeper_that_is_cancelled_leaves_nothing_behind():
    """Its sleep ends with it."""

    async def main():
        alarm = Alarm(VirtualClock())
        sleeper = asyncio.create_task(alarm.sleep_until(1000.0))
        await asyncio.sleep(1.0)
        sleeper.cancel()
        await asyncio.sleep(1.0)
        return sleeper.cancelled(), len(asyncio.all_tasks())

    assert run_virtual(main) == (True, 1)

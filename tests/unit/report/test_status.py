"""How a film's orders stand, for people and for programs: what is open, and what to type."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import jsonschema
import pytest

from storyboard.model import job
from storyboard.model.attempt import Attempt, Entry, Order, Spending
from storyboard.model.job import Job, State
from storyboard.model.money import MicroUsd
from storyboard.report.advice import advise, headline
from storyboard.report.cells import width_of
from storyboard.report.status import Condition, Item, Status, condition_of
from storyboard.report.status_json import render_status_json
from storyboard.report.status_text import render_status_text

SCHEMA = json.loads(
    (Path(__file__).parents[3] / "schemas" / "status.schema.json").read_text("utf-8")
)
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
SORA = "openai/sora-2/image-to-video"
BUILD = "storyboard build film.yaml"
PRICE = MicroUsd(800_000)
LONG = "8c1d0e7744aa4bb2aa4455667788ff00"
OWNED = (job.Sent("p-1"), job.Finished(), job.Saved("aa"))
UNCLEAR = (
    job.LostTrack("the connection was reset"),
    job.Looked("look 1 of 2: no match among 3 orders"),
    job.Looked("look 2 of 2: history hides inputs, and it may be p-7, p-8"),
)
MODERATED = job.Failed("the output audio may contain sensitive information", "moderation")


def item(shot, *events, number="1", held=False, minutes=5):
    state, story = Job(), []
    for event in events:
        state = state.after(event)
        story.append(Entry(event, NOW, "run"))
    order = Order("k", shot, "film.yaml", SORA, PRICE, "{}")
    attempt = Attempt(number, order, state, "run", NOW - timedelta(minutes=minutes))
    condition = condition_of(state.state, held=held)
    return Item(shot, SORA, PRICE, condition, BUILD, attempt, tuple(story))


def untried(shot, *, held=False):
    return Item(shot, SORA, PRICE, condition_of(None, held=held), BUILD)


def film(*shots, others=(), elsewhere="", rehearsal=""):
    spending = Spending(MicroUsd(1_600_000), PRICE)
    return Status("film.yaml", elsewhere, rehearsal, NOW, spending, shots, tuple(others))


def text(status, width=80):
    return render_status_text(status, colour=False, width=width)


def commands(one, status=None):
    return [each.command for each in advise(one, status or film(one)) if each.command]


def test_a_status_shows_every_shot_and_what_to_type():
    """A row per shot; what needs somebody with its reason, the evidence and every command."""
    status = film(
        item("parlour/pounce", *OWNED, held=True),
        item("parlour/hug", job.Sent(LONG), number="2", minutes=125),
        item("garden/gate", *UNCLEAR, number="3"),
        untried("garden/wasp"),
    )
    assert text(status) == (
        "film.yaml\n"
        "\n"
        "  parlour/pounce  owned      sora-2  $0.80  p-1                        5 min ago\n"
        "  parlour/hug     in flight  sora-2  $0.80  8c1d0e7744aa4bb2aa445566…    2 h ago\n"
        "  garden/gate     unclear    sora-2  $0.80  -                          5 min ago\n"
        "  garden/wasp     missing    sora-2  $0.80  -                                  -\n"
        "\n"
        "parlour/hug (attempt 2): paid for, and being made\n"
        "  the same build command resumes:\n"
        "    storyboard build film.yaml\n"
        "\n"
        "garden/gate (attempt 3): nobody knows whether this order was taken: the\n"
        "  connection was reset\n"
        "  in the provider's history: look 2 of 2: history hides inputs, and it may be\n"
        "    p-7, p-8\n"
        "  to look in the provider's history once more:\n"
        "    storyboard build film.yaml\n"
        "  if an order there is this one:\n"
        "    storyboard adopt 3 PREDICTION\n"
        "  to be able to order it again; if it was taken after all, $0.80 is paid twice:\n"
        "    storyboard forget 3\n"
        "\n"
        "$1.60 spent, $0.80 reserved\n"
        "1 of 4 shots owned, 1 in flight, 1 unclear, 1 missing: 1 needs you\n"
    )


def test_a_film_that_is_all_there_asks_for_nothing():
    """Rows, sums, and a last line that names no command."""
    shown = text(film(item("a", *OWNED, held=True), untried("b", held=True)))
    assert shown.splitlines()[-1] == "2 of 2 shots owned"
    assert "storyboard" not in shown


def test_a_film_that_needs_nobody_says_how_it_goes_on():
    """The last line is the command that resumes."""
    shown = text(film(item("a", job.Sent("p")), untried("b")))
    assert shown.endswith(f"0 of 2 shots owned, 1 in flight, 1 missing; next: `{BUILD}`\n")


def test_what_is_told_alike_is_told_once():
    """A dozen orders in flight are one paragraph with one command."""
    shots = [item(f"s{number}", job.Sent(f"p{number}"), number=f"{number}") for number in range(12)]
    assert text(film(*shots)).count("being made") == 1


@pytest.mark.parametrize(
    ("events", "held", "condition", "needs"),
    [
        ((), False, Condition.IN_FLIGHT, False),
        ((job.LostTrack("x"),), False, Condition.UNCLEAR, True),
        ((job.Sent("p"),), False, Condition.IN_FLIGHT, False),
        ((job.Sent("p"), job.Finished()), False, Condition.IN_FLIGHT, False),
        (OWNED, True, Condition.OWNED, False),
        (OWNED, False, Condition.MISSING, False),
        ((job.Refused("busy", "upstream"),), False, Condition.FAILED, False),
        ((job.Refused("no", "moderation"),), False, Condition.FAILED, True),
        ((job.Refused("no", "credit"),), False, Condition.FAILED, True),
        ((job.Withdrawn("x"),), False, Condition.MISSING, False),
        ((job.Sent("p"), job.Failed("x")), False, Condition.FAILED, False),
        ((job.Sent("p"), MODERATED), False, Condition.FAILED, True),
        ((job.Sent("p"), MODERATED, job.Refunded("x")), False, Condition.FAILED, True),
        ((job.Sent("p"), MODERATED), True, Condition.OWNED, False),
        ((job.Sent("p"), job.Gone("x")), False, Condition.FAILED, True),
        ((job.Sent("p"), job.Forgotten()), False, Condition.MISSING, False),
    ],
)
def test_how_a_shot_stands_follows_from_its_clip_and_its_newest_attempt(
    events, held, condition, needs
):
    """A clip in the store settles it; else the attempt does, and whether a build is enough."""
    one = item("a", *events, held=held)
    assert (one.condition, one.needs_person) == (condition, needs)
    assert bool(film(one).for_person) is needs


def test_every_state_has_words_and_a_way_on():
    """Nobody is left without a sentence and a command, whatever happened."""
    for state in State:
        one = item("a")
        order = one.attempt.order
        made = Attempt("1", order, Job(state), "run", NOW)
        one = Item("a", SORA, PRICE, condition_of(state, held=False), BUILD, made)
        assert headline(one)
        assert commands(one), state


def test_a_failure_says_why_and_that_its_refund_is_awaited():
    """The reason as it was given, and how long a refund may take; then that it is back."""
    events = (job.Sent("p"), job.Failed("a GPU fell off", "upstream"))
    failed = item("a", *events)
    assert "a GPU fell off" in headline(failed)
    assert "up to 3 hours" in headline(failed)
    assert commands(failed) == [BUILD, "storyboard costs --refresh film.yaml"]
    back = item("a", *events, job.Refunded("billing shows it"))
    assert "the money is back" in headline(back)
    assert commands(back) == [BUILD]


def test_a_moderated_shot_is_not_simply_tried_again():
    """The likely input is named; ordering it unchanged takes a word of its own."""
    one = item("garden/bee", job.Refused("audio not allowed", "moderation"))
    one = replace(one, suspect="its dialogue or sound")
    first, second = advise(one, film(one))
    assert "its dialogue or sound" in first.when
    assert second.command == f"{BUILD} --again garden/bee"


@pytest.mark.parametrize("cause", ["account", "credit", "model", "input"])
def test_what_a_person_has_to_mend_is_said(cause):
    """A build alone would be refused again: first the key, the credit, the model or the inputs."""
    first, *_ = advise(item("a", job.Refused("no", cause)), film(item("a")))
    assert first.command == BUILD
    assert first.when != advise(item("a", job.Refused("no", "upstream")), film())[0].when


def test_a_lost_clip_is_never_bought_again_by_the_way():
    """Paying a second time takes a command of its own, and its price is said."""
    one = item("a", job.Sent("p"), job.Gone("older than 7 days"))
    (advice,) = advise(one, film(one))
    assert advice.command == f"{BUILD} --again a"
    assert "$0.80" in advice.when


def test_a_clip_that_is_gone_with_its_history_waits_for_a_word():
    """A shot that the plan will not simply order, though no attempt is known, needs a person."""
    gone = replace(untried("a"), blocked="owned once, and its file is damaged or gone")
    assert film(gone).for_person == (gone,)
    assert commands(gone) == [f"{BUILD} --again a"]
    assert "a: owned once, and its file is damaged or gone" in text(film(gone))


def test_a_clip_that_was_bought_elsewhere_is_fetched_and_not_paid_again():
    """Its price stands in the table; that nothing of it is to pay is said."""
    clone = (replace(untried("a"), fetched=True), replace(untried("b"), fetched=True))
    assert (
        "a, b: bought, and not on this machine; a build fetches it for nothing\n"
        f"  while the provider has it:\n    {BUILD}\n"
    ) in text(film(*clone))
    assert not film(*clone).for_person
    assert "bought" not in text(film(untried("a")))


def test_commands_work_from_where_one_stands():
    """A project elsewhere is named after the attempt, quoted for the shell."""
    one = item("a", *UNCLEAR, number="3")
    status = film(one, elsewhere="../my film")
    assert commands(one, status)[1:] == [
        "storyboard adopt 3 PREDICTION '../my film'",
        "storyboard forget 3 '../my film'",
    ]


def test_what_no_shot_asks_for_is_shown_while_it_is_open():
    """An order that is still out is named; settled ones are a count."""
    old = item("old/one", *UNCLEAR, number="4")
    rest = [item(f"old/{n}", *OWNED, number=f"{n}", held=True) for n in (5, 6)]
    status = film(untried("a", held=True), others=[old, *rest])
    shown = text(status)
    assert "No shot asks for these any more:\n\n  old/one  unclear" in shown
    assert "2 earlier attempts" in shown
    assert "storyboard forget 4" in shown
    assert status.for_person == (old,)
    assert shown.splitlines()[-1] == "1 of 1 shots owned: 1 needs you"


def test_an_old_failure_that_no_shot_asks_for_needs_nobody():
    """A shot that was changed after moderation refused it is a matter of the past."""
    old = item("old", job.Refused("no", "moderation"))
    assert film(untried("a", held=True), others=[old]).for_person == ()


def test_two_shots_of_one_clip_need_one_decision():
    """An attempt that several shots share is told, and counted, once."""
    one, two = item("a", *UNCLEAR), item("b", *UNCLEAR)
    shown = text(film(one, two))
    assert shown.count("storyboard forget 1") == 1
    assert "1 needs you" in shown


def test_an_order_made_just_now():
    """It was ordered now, also where this clock is behind the one that wrote it."""
    shown = text(film(item("a", minutes=0), item("b", number="2", minutes=-3)))
    assert [line.split()[-1] for line in shown.splitlines()[2:4]] == ["now", "now"]


def test_a_project_shows_its_open_orders():
    """Without a film every open order is listed, and counted in the last line."""
    open_orders = (item("a", job.Sent("p")), item("b", *UNCLEAR, number="2"))
    status = Status(None, "", "", NOW, Spending(), others=open_orders)
    shown = text(status)
    assert shown.startswith("this project\n\n  a  in flight")
    assert shown.endswith("1 in flight, 1 unclear: 1 needs you\n")
    assert text(Status(None, "", "", NOW, Spending())).endswith("nothing is open\n")


def test_a_rehearsal_is_called_one():
    """Nobody takes pretended money for real."""
    shown = text(film(untried("a"), rehearsal="http://127.0.0.1:8787"))
    assert "a rehearsal at http://127.0.0.1:8787" in shown


@pytest.mark.parametrize("width", [80, 100])
def test_every_line_fits_but_a_command(width):
    """Rows shrink and sentences wrap; only what is there to be copied stays whole."""
    name = "a-very-long-scene-name-indeed/a-very-long-shot-name-that-goes-on-and-on"
    events = (job.LostTrack("the connection was reset " * 9), job.Looked("no match " * 30))
    shown = text(film(item(name, *events), item("b", job.Sent(LONG), number="2")), width)
    lines = [line for line in shown.splitlines() if not line.startswith("    storyboard ")]
    assert max(map(width_of, lines)) <= width


def test_nothing_of_a_file_or_a_provider_reaches_the_terminal_raw():
    """A control character in a shot, a reason, a prediction or evidence is a visible sign."""
    evil = "x\x1b[31m\x9b\u202ey"
    one = item(evil, job.LostTrack(evil), job.Looked(evil), job.Adopted(evil), job.Finished())
    two = item(evil, job.LostTrack(evil), job.Looked(evil), number="2")
    status = film(one, two, item(evil, job.Sent("p"), MODERATED, number="3"), elsewhere=evil)
    for shown in (text(status), render_status_json(status)):
        assert not {"\x1b", "\x9b", "\u202e"} & set(shown)


def test_a_status_can_be_read_by_programs():
    """The JSON is in the published shape, whatever state an attempt is in."""
    shots = [
        item("a", *OWNED, held=True),
        item("b", *UNCLEAR, number="2"),
        item("c", job.Sent("p"), MODERATED, job.Billed(MicroUsd(1_200_000)), number="3"),
        untried("d"),
    ]
    document = json.loads(render_status_json(film(*shots, others=[item("old", number="4")])))
    jsonschema.validate(document, SCHEMA)
    owned, unclear, moderated, missing = document["shots"]
    assert (owned["condition"], owned["advice"]) == ("owned", [])
    assert "p-7, p-8" in unclear["evidence"]
    assert (moderated["cause"], moderated["billed_usd"]) == ("moderation", "1.20")
    assert (missing["attempt"], missing["price_usd"]) == (None, "0.80")
    assert [shot["needs_person"] for shot in document["shots"]] == [False, True, True, False]
    assert document["totals"]["need_a_person"] == 2
    assert document["others"][0]["state"] == "intent"


def test_every_state_is_in_the_published_schema():
    """A state or condition that is added must be published too."""
    fields = SCHEMA["$defs"]["item"]["properties"]
    assert set(fields["state"]["enum"]) == {*map(str, State), None}
    assert set(fields["condition"]["enum"]) == set(map(str, Condition))
    assert set(fields["cause"]["enum"]) == {str(each) or None for each in job.Cause}


# --- takes


def test_a_shot_that_an_older_take_stands_in_for_says_so():
    """Stale where it was edited, waiting where one more take was asked for."""
    edited = replace(untried("a"), stands_in=1, stale=True)
    more = replace(untried("b"), stands_in=2)
    shown = text(film(edited, more))
    assert "\nstale: take 1 stands in for a\n" in shown
    assert "\nwaiting for another take: take 2 stands in for b\n" in shown
    told = json.loads(render_status_json(film(edited, more, untried("c"))))
    jsonschema.validate(told, SCHEMA)
    assert [(each["stands_in"], each["stale"]) for each in told["shots"]] == [
        (1, True),
        (2, False),
        (None, False),
    ]


def test_a_circled_take_that_is_gone_needs_another_circle():
    """It cannot be ordered again, whatever its ledger says."""
    reason = "take 1 is circled, and gone"
    for one in (untried("a"), item("a", *OWNED[:2], job.Gone("404"))):
        gone = replace(one, blocked=reason, gone=True)
        assert headline(gone) == reason
        (advice,) = advise(gone, film(gone))
        assert advice.command == "storyboard circle film.yaml a --clear"
        assert film(gone).for_person == (gone,)


def test_a_further_take_that_is_under_way_is_no_order_that_nobody_asks_for():
    """It has a heading of its own."""
    further = replace(item("a", job.Sent("p-2"), number="2"), further=True)
    shown = text(film(item("a", *OWNED, held=True), others=(further,)))
    assert "Further takes:\n" in shown
    assert "No shot asks for" not in shown

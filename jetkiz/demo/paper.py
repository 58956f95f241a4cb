"""What happens to the sample packs: printed, listed, carried, signed for, answered, scanned."""

from typing import Final

from sqlalchemy import Connection

from jetkiz.demo.post_desk import lost_packs, weigh_and_label
from jetkiz.demo.stage import Stage
from jetkiz.demo.typed import typed
from jetkiz.demo.week_clock import WEEK
from jetkiz.i18n import N_, Translator
from jetkiz.i18n.kept_words import all_said
from jetkiz.roster.register import read_households
from print_packs.post.kazpost_registry import Carrier
from print_packs.records import PackRow, read_notes, read_packs, read_runs
from print_packs.runs.hand_over import came_back, signed
from print_packs.runs.lists import read_lists
from print_packs.runs.run_notes import RunNotes

# Every so many homes something else happens, as it does.
_NOBODY_HOME: Final = 9


def print_paper(stage: Stage) -> None:
    """Print at the cut-off, and say what was printed: by which way, in how many envelopes."""
    stage.move_to("before thu", "15:05")
    stage.settle()
    with stage.workplace.database.read() as connection:
        packs, keys = packs_by_home(connection)
        posted = names_on_lists(connection, by_post=True)
        parts = [one for one in packs if one.parts > 1]
        notes = _notes(connection, stage.t)
    stage.say(
        N_("{n} packs with {m} sheets are printed; {k} go by post, {h} by hand."),
        n=len(packs),
        m=sum(one.sheets for one in packs),
        k=sum(one.name in posted for one in packs),
        h=sum(one.name not in posted for one in packs),
    )
    for line in notes:
        stage.show(f"  {line}")
    for one in parts:
        stage.say(
            N_("{home}, envelope {part} of {parts}: {sheets} sheets, about {grams} g."),
            home=keys[one.household],
            part=one.part,
            parts=one.parts,
            sheets=one.sheets,
            grams=one.grams,
        )
    typed(stage, "post", "numbers", "list")
    typed(stage, "editions", "braille", WEEK)
    stage.say(
        N_("A teacher brings that file: no channel carries raised dots, and none counts them.")
    )


def _notes(connection: Connection, t: Translator) -> list[str]:
    """Return what the runs of the week tell the school; each thing once."""
    kept = read_notes(connection, [one.id for one in read_runs(connection, WEEK)])
    notes = [RunNotes.read(one) for one in kept.values()]
    told = [one for each in notes for one in (*each.left_out, *each.held_back, *each.notices)]
    return list(dict.fromkeys(all_said(told, t)))


def names_on_lists(connection: Connection, *, by_post: bool) -> set[str]:
    """Return the packs that stand on lists for the post office, or on those to be signed."""
    return {
        name
        for one in read_lists(connection, WEEK)
        if (one.carrier == Carrier.POST) == by_post
        for name in one.packs
    }


def take_to_the_counter(stage: Stage) -> None:
    """On Friday the scales, the labels, a spoilt page; then office and carrier take the packs."""
    weigh_and_label(stage)
    stage.move_to("before fri", "09:30")
    typed(stage, "packs", "hand-over", WEEK, "--all")


def sign_for_packs(stage: Stage) -> None:
    """Let homes sign for what is brought; one letter comes back, at one home nobody opens."""
    now = stage.move_to("mon", "17:00")
    with stage.workplace.database.write() as connection:
        packs, _ = packs_by_home(connection)
        lost = {one.id for one in lost_packs(connection)}
        by_hand = names_on_lists(connection, by_post=False)
        brought = [one for one in packs if one.name in by_hand and one.id not in lost]
        open_doors = [one for n, one in enumerate(brought, start=1) if n % _NOBODY_HOME]
        signed(connection, WEEK, [one.print_id for one in open_doors], now)
        back = [one for one in packs if one.name not in by_hand][-1:]
        came_back(connection, WEEK, [one.print_id for one in back], now)
    stage.say(
        N_("Homes that signed: {n}; that did not open: {m}. Letters the post brought back: {k}."),
        n=len(open_doors),
        m=len(brought) - len(open_doors),
        k=len(back),
    )


def packs_by_home(connection: Connection) -> tuple[list[PackRow], dict[int, str]]:
    """Return the packs of the week in the order of their homes, and the keys of the homes."""
    keys = {number: one.key for number, one in read_households(connection).items()}
    return sorted(read_packs(connection, week=WEEK), key=lambda one: keys[one.household]), keys

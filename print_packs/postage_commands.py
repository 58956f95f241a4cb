"""The commands for postage: rolls of numbers, weights of packs, the rules of the post."""

import click
from sqlalchemy import Connection

from jetkiz.command_line import CommandDesk, SpokenGroup, confirm_or_stop, operator, pass_desk
from jetkiz.errors import JetkizError
from jetkiz.i18n import N_
from jetkiz.roster.register import read_households, read_schools
from print_packs.postage.in_force import UNVERIFIED, postage_on, sign_off, signed_off
from print_packs.postage.rules import rules_on
from print_packs.postage.weighing import ENOUGH, Calibration, Weighed, calibrations
from print_packs.records import PackRow, read_packs
from print_packs.runs.allotting import local_day
from print_packs.runs.pack_choice import choose_packs
from print_packs.runs.scales import weigh
from print_packs.s10.allotment import NUMBER_WORDS, Way, enter, find, make_void, take_back
from print_packs.s10.ranges import Range, Use, add_range, read_ends, read_ranges

KIND_WORDS = {"P101": N_("letter"), "P102": N_("banderole"), "P103": N_("parcel")}
USE_WORDS = {Use.REGISTERED: N_("letters and banderoles"), Use.PARCEL: N_("parcels")}


@click.group(cls=SpokenGroup, help=N_("Postal numbers, weights and the rules of the post."))
def post() -> None:
    """Hold the commands together."""


@post.group(cls=SpokenGroup, help=N_("Postal numbers (S10): only the post gives them."))
def numbers() -> None:
    """Hold the commands together."""


@numbers.command("add", help=N_("Enter a roll of numbers that the office issued, once."))
@click.argument("ends", nargs=-1, required=True)
@click.option("--office", default="", help=N_("The office that issued them."))
@click.option("--for", "use", type=click.Choice([one.value for one in Use]), help=N_("For what."))
@click.option("--school", help=N_("Roster id of the school; all schools if it is left out."))
@click.option("--specimen", is_flag=True, help=N_("A rehearsal: printed as a word, no bars."))
@pass_desk
def add_command(
    desk: CommandDesk,
    ends: tuple[str, ...],
    office: str,
    use: str | None,
    school: str | None,
    *,
    specimen: bool,
) -> None:
    """Write a range down."""
    first, last = read_ends(ends)
    usual = Use.PARCEL if first.prefix.startswith("C") else Use.REGISTERED
    workplace = desk.workplace
    with workplace.database.write() as connection:
        named = _school(connection, school) if school else None
        new = Range(first, last, office, Use(use) if use else usual, named, specimen)
        add_range(connection, new, operator(), workplace.clock())
    desk.say(
        N_("{n} numbers from {first} to {last} can be given to packs ({use})."),
        n=new.size,
        first=first.spaced,
        last=last.spaced,
        use=desk.t(USE_WORDS[new.use]),
    )


def _school(connection: Connection, key: str) -> int:
    found = next((one.id for one in read_schools(connection) if one.sourced_id == key), None)
    if found is None:
        raise JetkizError(
            N_("There is no school with the roster id {key}."),
            N_("Look at the file of schools in your roster."),
            key=key,
        )
    return found


@numbers.command("list", help=N_("Show the rolls, and how many numbers are left on each."))
@pass_desk
def list_command(desk: CommandDesk) -> None:
    """Print the ranges."""
    with desk.workplace.database.read() as connection:
        ranges = read_ranges(connection)
    for one in ranges:
        desk.say(
            N_("{first} – {last}: {left} of {size} left, {use}, office: {office}"),
            first=one.first.spaced,
            last=one.last.spaced,
            left=one.left,
            size=one.size,
            use=desk.t(USE_WORDS[one.use]),
            office=one.office or "–",
        )
    if not ranges:
        desk.say(N_("No office has issued numbers; the counter gives each pack its own."))


@numbers.command("enter", help=N_("Type back the numbers that the counter stuck on packs."))
@click.argument("week")
@click.argument("pairs", nargs=-1, required=True)
@pass_desk
def enter_command(desk: CommandDesk, week: str, pairs: tuple[str, ...]) -> None:
    """Give packs their numbers: a pack and its number, and so on; one wrong number changes none."""
    workplace = desk.workplace
    who = (operator(), workplace.clock())
    with workplace.database.write() as connection:
        for word, number in _pairs(pairs):
            enter(connection, _one_pack(connection, week, word).id, number, Way.COUNTER, who)
    desk.say(N_("Postal numbers written down: {n}."), n=len(pairs) // 2)


@numbers.command("find", help=N_("Say which pack has a number that was scanned or typed."))
@click.argument("number")
@pass_desk
def find_command(desk: CommandDesk, number: str) -> None:
    """Believe a number only if it was issued."""
    with desk.workplace.database.read() as connection:
        issued = find(connection, number)
        rows = read_packs(connection, numbers=[issued.pack] if issued.pack else [])
        homes = read_households(connection, {one.household for one in rows})
    for row in rows:
        desk.say(
            N_("{number}: week {week}, home {home}, pack {code} ({state})"),
            number=issued.number.spaced,
            week=row.week,
            home=homes[row.household].key if row.household in homes else "?",
            code=row.print_id,
            state=desk.t(NUMBER_WORDS[issued.state]),
        )


@numbers.command("void", help=N_("Withdraw a spoilt number: its pack gets the next one."))
@click.argument("number")
@click.option("--why", default="", help=N_("What happened to it."))
@pass_desk
def void_command(desk: CommandDesk, number: str, why: str) -> None:
    """Make a number void."""
    workplace = desk.workplace
    with workplace.database.write() as connection:
        gone = make_void(connection, number, why, operator(), workplace.clock())
    desk.say(
        N_("{number} is void. Make the packs again, and the pack gets the next number."),
        number=gone.number.spaced,
    )


@numbers.command("take-back", help=N_("Take a number that was typed for the wrong pack off it."))
@click.argument("number")
@click.option("--why", default="", help=N_("What happened to it."))
@pass_desk
def take_back_command(desk: CommandDesk, number: str, why: str) -> None:
    """Free a number that was mistyped for the pack on which it really stands."""
    workplace = desk.workplace
    with workplace.database.write() as connection:
        gone = take_back(connection, number, why, operator(), workplace.clock())
    desk.say(
        N_("{number} stands on no pack now: type it for the right one."),
        number=gone.number.spaced,
    )


@post.command("weigh", help=N_("Write down what packs weigh on the scales, in grams."))
@click.argument("week")
@click.argument("pairs", nargs=-1, required=True)
@pass_desk
def weigh_command(desk: CommandDesk, week: str, pairs: tuple[str, ...]) -> None:
    """Weigh packs: a pack and its grams, and so on."""
    workplace = desk.workplace
    who = (operator(), workplace.clock())
    with workplace.database.write() as connection:
        typed = [
            (word, weigh(connection, _one_pack(connection, week, word), said, *who))
            for word, said in _pairs(pairs)
        ]
        known = calibrations(connection)
    for word, one in typed:
        if known.get(one.stock, Calibration()).leaves_out(one):
            _say_far(desk, word, one)
    for stock, told in sorted(known.items()):
        _say_calibration(desk, stock, told)


def _say_far(desk: CommandDesk, word: str, one: Weighed) -> None:
    desk.say(
        N_(
            "{word}: {grams} g typed, {model} g expected: too far from the others, so it does not"
            " count. Weigh it again."
        ),
        word=word,
        grams=one.grams,
        model=one.model_g,
    )


def _say_calibration(desk: CommandDesk, stock: str, one: Calibration) -> None:
    if not one.packs:
        return
    desk.say(
        N_("{stock}: {n} packs weighed, {factor} of what was estimated."),
        stock=stock,
        n=one.packs,
        factor=f"{one.measured:.3f}",
    )
    if one.packs < ENOUGH:
        desk.say(N_("From {n} packs on, estimates follow the scales."), n=ENOUGH)
    if not one.is_usual:
        desk.say(N_("That is far from 1: look at the scales, and at the setting paper_gsm."))


@post.command("rules", help=N_("Show the rules of the post in force, and where they come from."))
@pass_desk
def rules_command(desk: CommandDesk) -> None:
    """Print the rules of today."""
    workplace = desk.workplace
    with workplace.database.read() as connection:
        today = local_day(workplace, workplace.clock())
        postage, refused = postage_on(connection, desk.settings, today)
        signed = signed_off(connection, postage.rules.file)
    desk.say(N_("In force: {file}"), file=postage.rules.file.name)
    desk.say(N_("Source: {source}"), source=desk.t(postage.rules.source))
    for rule in postage.rules.kinds.values():
        desk.say(
            N_("{kind} ({code}): up to {grams} g"),
            kind=desk.t(KIND_WORDS[rule.kind]),
            code=rule.kind.value,
            grams=rule.max_g,
        )
    if signed:
        by, at = signed
        desk.say(N_("Verified by {by} on {day}."), by=by, day=at.strftime("%d.%m.%Y"))
    elif not postage.is_verified:
        desk.say(UNVERIFIED)
    tariff = postage.tariff.file.name if postage.tariff else "–"
    desk.say(N_("Fees: {file}"), file=tariff)
    for error in refused:
        click.echo(desk.t("Error: {sentence}", sentence=desk.t.error(error)), err=True)


@post.command("sign-off", help=N_("Say that you verified the rules in force with the post."))
@click.option("--note", default="", help=N_("With whom, and by which paper."))
@click.option("--yes", is_flag=True, help=N_("Do not ask."))
@pass_desk
def sign_off_command(desk: CommandDesk, note: str, *, yes: bool) -> None:
    """Write down who verified the rules of today."""
    workplace = desk.workplace
    rules, _ = rules_on(local_day(workplace, workplace.clock()), desk.settings.data)
    question = N_("Did you compare {file} with what your post office says?")
    confirm_or_stop(desk, question, yes=yes, file=rules.file.name)
    with workplace.database.write() as connection:
        is_new = sign_off(connection, rules.file, operator(), note, workplace.clock())
    if is_new:
        desk.say(N_("{file} is verified from now on."), file=rules.file.name)
    else:
        desk.say(N_("{file} was verified before; nothing has changed."), file=rules.file.name)


def _pairs(said: tuple[str, ...]) -> list[tuple[str, str]]:
    if len(said) % 2:
        raise JetkizError(
            N_("After each pack comes what belongs to it; {word} stands alone."),
            N_("Type them in pairs: a pack, then its number or weight."),
            word=said[-1],
        )
    return list(zip(said[::2], said[1::2], strict=True))


def _one_pack(connection: Connection, week: str, word: str) -> PackRow:
    chosen = choose_packs(connection, week, [word])
    found = [*chosen.of_homes, *chosen.by_number]
    if len(found) > 1:
        raise JetkizError(
            N_("{word} means several packs of week {week}."),
            N_("Give the code at the foot of its pages, or its row on a list (3/1)."),
            word=word,
            week=week,
        )
    return found[0]

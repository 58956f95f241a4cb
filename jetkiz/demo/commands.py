"""The command ``jetkiz demo``: a village school goes through a frost week before your eyes."""

import time
from pathlib import Path

import click

from jetkiz.command_line import CommandDesk, SpokenCommand, pass_desk
from jetkiz.demo.stage import Diary, Stage, open_diary, open_stage
from jetkiz.demo.week import make_schema, steps
from jetkiz.i18n import N_
from jetkiz.storage.played_time import keep_played


@click.command(cls=SpokenCommand, help=N_("Carry the sample school through a whole week."))
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    default=Path("build/demo"),
    help=N_("Folder for the school and all results; an earlier demo there is replaced."),
)
@click.option("--telegram", help=N_("Address of a fake Telegram that already runs."))
@pass_desk
def demo(desk: CommandDesk, out: Path, telegram: str | None) -> None:
    """Play every step that is not done yet, and say where the results lie."""
    began = time.monotonic()
    diary = open_diary(out)
    desk.say(N_("A village school in Kostanay region, 26 to 30 January 2026."))
    desk.say(N_("Telegram is played by a stand-in on this computer; nothing leaves it."))
    with open_stage(diary, desk.settings.language, telegram) as stage:
        make_schema(stage)
        stage.app.start()
        stage.bot.start()
        try:
            _play(stage, diary)
        finally:
            stage.bot.stop()
            stage.app.stop()
    diary.finished = True
    diary.save()
    keep_played(out, diary.moment)
    _say_where(desk, out, time.monotonic() - began)


def _play(stage: Stage, diary: Diary) -> None:
    week = steps()
    for number, step in enumerate(week, start=1):
        if step.name in diary.done:
            continue
        head = stage.t(step.title)
        click.echo(f"[{number:2}/{len(week)}] {click.style(head, bold=True)}")
        step.act(stage)
        diary.note(step.name)


def _say_where(desk: CommandDesk, out: Path, seconds: float) -> None:
    click.echo()
    desk.say(N_("The week took {seconds} seconds. Look at:"), seconds=round(seconds))
    for place, what in (
        ("report.json", N_("the week in numbers and the reasons")),
        ("packs/run.pdf", N_("all packs in the order of the post")),
        ("packs/2026-W06", N_("the next week's packs, with the teachers' words")),
        ("post/registry.pdf", N_("the list for the post office")),
        ("post/labels.pdf", N_("its labels; the contents of each envelope in inventory.pdf")),
        ("editions/2026-W05/braille", N_("a week in Braille, and what to check in it")),
        ("broadcast/timetable.xlsx", N_("the TV lessons")),
        ("telegram/transcript.json", N_("what families saw in the chat")),
        ("returns", N_("photos and scans that came back")),
    ):
        click.echo(f"  {out / place}  ({desk.t(what)})")
    desk.say(
        N_("See the school in the browser: make serve (or: jetkiz serve --data {out})"), out=out
    )

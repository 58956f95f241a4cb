"""What the bot says of itself: that another bot is the right one, that it was not there."""

from datetime import datetime

from bot.words.cards import Card
from bot.words.dates import day_words
from jetkiz.i18n import Translator


def other_bot(name: str, t: Translator) -> Card:
    """Show somebody with another school's code the bot of that school."""
    if not name:
        return Card(t("This code is for the bot of another school. Please ask the school for it."))
    words = t("This code is for the bot of another school: @{name}.", name=name)
    ask = t("Please open {address} and send the code there.", address=f"https://t.me/{name}")
    return Card(f"{words}\n\n{ask}")


def send_again(since: datetime, t: Translator) -> Card:
    """Ask for what may be lost; ``since`` is in the school's own time."""
    words = t(
        "I could not be reached since {day}, {time}. What you sent me since then may be lost.",
        day=day_words(since.date(), t),
        time=f"{since:%H:%M}",
    )
    ask = t("If I have not answered it, please send it again. Lessons for you are not lost.")
    return Card(f"{words}\n\n{ask}")

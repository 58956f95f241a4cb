"""What the bot says of itself: that another bot is the right one."""

from bot.words.cards import Card
from jetkiz.i18n import Translator


def other_bot(name: str, t: Translator) -> Card:
    """Show somebody with another school's code the bot of that school."""
    if not name:
        return Card(t("This code is for the bot of another school. Please ask the school for it."))
    words = t("This code is for the bot of another school: @{name}.", name=name)
    ask = t("Please open {address} and send the code there.", address=f"https://t.me/{name}")
    return Card(f"{words}\n\n{ask}")

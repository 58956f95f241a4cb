"""In the bot one thing has one name: whoever reads two words looks for two things."""

import re
from pathlib import Path

import pytest

LOCALE = Path("jetkiz/i18n/locale")
OF_THE_BOT = ("bot", "homework", "telegram_family", "telegram_inbox", "telegram_lessons")
SUBJECTS = (*OF_THE_BOT, "telegram_probe", "telegram_sender", "telegram_staff")
# What is not said, and what is said in its place.
OTHER_WORDS = {
    ("kk", "батырма"): "түйме",
    ("kk", "хабарлама"): "хабар",
    ("kk", "байлан(ды|ған|бады)"): "қосу",
    ("kk", "төтенше"): "шұғыл",
    ("kk", "параметр"): "баптау",
    ("ru", "привяз"): "подключить",
    ("ru", "экстренн"): "срочный",
    ("ru", "отметк[аиу]"): "оценка",
    ("ru", "рисун"): "картинка",
    ("ru", "викторин"): "тест",
}


@pytest.mark.parametrize(("language", "word"), OTHER_WORDS)
def test_the_bot_calls_a_thing_by_its_one_name(language: str, word: str) -> None:
    found = [
        line
        for subject in SUBJECTS
        for line in (LOCALE / language / "LC_MESSAGES" / f"{subject}.po").read_text().splitlines()
        if not line.startswith("msgid") and re.search(word, line.casefold())
    ]
    assert found == [], f"say {OTHER_WORDS[language, word]}"

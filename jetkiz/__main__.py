"""``python -m jetkiz`` is the command ``jetkiz``."""

from jetkiz.cli import main

main()

"""One module a page; here is under which address each is found."""

from typing import Final

from aiohttp import web

from jetkiz.web import login
from jetkiz.web.pages import first_screen

WEEK: Final = r"{week:\d{4}-W\d{2}}"

PAGES: Final = (
    web.get("/sign-in", login.show_sign_in),
    web.post("/sign-in", login.sign_in),
    web.post("/sign-out", login.sign_out),
    web.post("/language", login.choose_language),
    web.get("/", first_screen.go_to_week),
    web.get("/weeks", first_screen.go_to_week),
    web.get(f"/weeks/{WEEK}", first_screen.show),
)

"""One module a page; here is under which address each is found."""

from typing import Final

from aiohttp import web

from jetkiz.web import login
from jetkiz.web.pages import (
    by_hand,
    calls,
    classes,
    emergencies,
    first_screen,
    home_edits,
    homework,
    own_password,
    paper_quizzes,
    plan,
    post_addresses,
    post_desk,
    post_events,
    post_files,
    post_numbers,
    post_packs,
    print_acts,
    print_desk,
    running,
    scan_desk,
    scan_uploads,
    screen_lessons,
    students,
    telegram,
    why,
    work_pages,
)
from jetkiz.web.pages.broadcast import (
    aired,
    airing_page,
    desk,
    families,
    feeds,
    files,
    public_pages,
    publishing,
)

WEEK: Final = r"{week:[1-9][0-9]{3}-W[0-9]{2}}"
# Nine digits at most: a longer number is nobody's, and databases refuse it.
STUDENT: Final = r"/students/{student:[0-9]{1,9}}"
SHEET: Final = "{sheet:[0-9]{1,9}}"
LIST: Final = rf"/paper/post/lists/{WEEK}/{{number:[0-9]{{1,4}}}}"
SCAN: Final = r"/paper/scans/{scan:[0-9]{1,9}}"
WORK: Final = r"/homework/{work:[0-9]{1,9}}"

# What everybody may read of the air: languages by their letters, grades by their number.
WHEN: Final = r"{week:now|[1-9][0-9]{3}-W[0-9]{2}}"
LANGUAGE: Final = "{language:[a-z]{2,3}}"
GRADE: Final = "{grade:[0-9]{1,2}}"
AIRING: Final = "{airing:[^/]{1,120}}"

PAGES: Final = (
    web.get("/sign-in", login.show_sign_in),
    web.post("/sign-in", login.sign_in),
    web.post("/sign-out", login.sign_out),
    web.post("/language", login.choose_language),
    web.get("/password", own_password.show),
    web.post("/password", own_password.change),
    web.get("/", first_screen.go_to_week),
    web.get("/weeks", first_screen.go_to_week),
    web.get(f"/weeks/{WEEK}", first_screen.show),
    web.get(f"/weeks/{WEEK}/calls", calls.show),
    web.get("/classes", classes.show_list),
    web.get(rf"/classes/{{room:[0-9]{{1,9}}}}/{WEEK}", classes.show),
    web.get(STUDENT, students.go_to_week),
    web.get(f"{STUDENT}/{WEEK}", students.show),
    web.post(f"{STUDENT}/{WEEK}/arrival", students.note),
    web.post(f"{STUDENT}/{WEEK}/home", home_edits.correct),
    web.get(rf"{STUDENT}/{WEEK}/why/{{lesson:[0-9]{{1,9}}}}", why.show),
    web.get(rf"{STUDENT}/{WEEK}/screen/{{lesson:[0-9]{{1,9}}}}", screen_lessons.send),
    web.get(f"{STUDENT}/{WEEK}/by-hand", by_hand.show),
    web.post(f"{STUDENT}/{WEEK}/by-hand", by_hand.give),
    web.get("/homework", homework.show_queue),
    web.get(WORK, homework.show),
    web.post(WORK, homework.mark),
    web.get(
        rf"{WORK}/pages/{{digest:[0-9a-f]{{64}}}}/{{size:small|middle|whole}}", work_pages.show
    ),
    web.post(rf"{WORK}/quiz/{SHEET}", paper_quizzes.answer),
    web.get(rf"{WORK}/quiz/{SHEET}/block", paper_quizzes.show_block),
    web.get("/plan", plan.go_to_week),
    web.get(f"/plan/{WEEK}", plan.show),
    web.get("/paper", print_desk.show),
    web.get(rf"/paper/runs/{WEEK}/{{run:[0-9]{{1,4}}}}/{{name:.+}}", print_acts.take_file),
    web.post("/paper/stock", print_acts.count_stock),
    web.post("/paper/reprint", print_acts.print_again),
    web.get("/paper/post", post_desk.show),
    web.post("/paper/post/taken", post_desk.taken),
    web.post("/paper/post/signed", post_desk.signed_for),
    web.post("/paper/post/back", post_desk.returned),
    web.post("/paper/post/not-refused", post_desk.taken_back),
    web.post("/paper/post/numbers", post_numbers.typed_back),
    web.post("/paper/post/roll", post_numbers.roll_issued),
    web.post("/paper/post/sign-off", post_numbers.signed_off),
    web.post("/paper/post/events", post_events.pasted),
    web.get("/paper/post/packs", post_packs.show),
    web.post("/paper/post/number", post_packs.numbered),
    web.post("/paper/post/weights", post_packs.weighed),
    web.get(f"{LIST}/{{kind:pdf|xlsx|csv|json}}", post_files.give_list),
    web.get(f"{LIST}/labels/{{shape:a5|a4|c5|c4|dl}}", post_files.give_labels),
    web.get(f"{LIST}/inventory", post_files.give_inventories),
    web.post("/paper/post/pass", post_addresses.passed),
    web.post("/paper/post/address", post_addresses.corrected),
    web.post("/paper/post/sender", post_addresses.name_sender),
    web.get("/paper/scans", scan_desk.show),
    web.post("/paper/scans", scan_desk.decide),
    web.post("/paper/scans/upload", scan_uploads.upload),
    web.get(SCAN, scan_desk.show_page),
    web.get(f"{SCAN}/{{size:small|middle|whole}}", scan_desk.show_picture),
    web.get("/telegram", telegram.show),
    web.post("/telegram/codes", telegram.make_code),
    web.post("/telegram/cut", telegram.cut_staff),
    web.post("/telegram/families", telegram.cut_phones),
    web.post("/telegram/letters", telegram.see_to),
    web.post("/telegram/again", telegram.resend),
    web.post("/telegram/alarms", telegram.seen_alarm),
    web.get("/telegram/emergency", emergencies.show),
    web.post("/telegram/emergency", emergencies.write),
    web.post("/telegram/emergency/answer", emergencies.decided),
    web.get("/running", running.show),
    web.get("/air-desk", desk.go_to_week),
    web.get(f"/air-desk/{WEEK}", desk.show),
    web.get(f"/air-desk/{WEEK}/airings/{AIRING}", airing_page.show),
    web.post(f"/air-desk/{WEEK}/airings/{AIRING}", airing_page.keep),
    web.get(f"/air-desk/{WEEK}/changes", publishing.show),
    web.post(f"/air-desk/{WEEK}/publish", publishing.publish_it),
    web.post(f"/air-desk/{WEEK}/drop", publishing.drop),
    web.get(f"/air-desk/{WEEK}/aired", aired.show),
    web.post(f"/air-desk/{WEEK}/aired", aired.record),
    web.post(f"/air-desk/{WEEK}/aired/look", aired.look_at),
    web.get(f"/air-desk/{WEEK}/families", families.show),
    web.get(f"/air-desk/{WEEK}/files", files.show),
    web.post(f"/air-desk/{WEEK}/files", files.accept),
    web.get(f"/air-desk/{WEEK}/files/{{format:[a-z-]{{1,20}}}}", files.take),
    web.get("/air", public_pages.choose),
    web.get("/air/guide.xml", feeds.guide),
    web.get(f"/air/{LANGUAGE}/{GRADE}.ics", feeds.calendar),
    web.get(f"/air/{WHEN}/{LANGUAGE}/{GRADE}", public_pages.show_week),
    web.get(f"/air/{WHEN}/{LANGUAGE}/{GRADE}.pdf", public_pages.show_printed),
    web.get("/health", running.health),
)

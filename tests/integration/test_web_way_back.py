"""Where somebody goes from a refusal: back to the page of the form, and never to another site."""

import pytest

from tests.console import Browser, one_database

BACK = "Back to the page before"


async def refused_from(visitor: Browser, referer: str) -> str:
    await visitor.open("/paper/post")
    token = visitor.value("csrf")
    response = await visitor.client.post(
        "/paper/post/weights",
        data={"csrf": token, "g-NOPACK": "0,9"},
        headers={"Referer": referer} if referer else {},
    )
    text = await response.text()
    assert response.status == 404
    assert "To the first page" in text
    return text


@one_database
@pytest.mark.parametrize("address", ["/paper/post", "/paper/post/packs?week=2026-W05&said=1/1"])
async def test_a_refusal_leads_back_to_the_page_of_the_form(visitor: Browser, address: str) -> None:
    await visitor.sign_in("aigul")
    here = str(visitor.client.make_url(address))
    text = await refused_from(visitor, here)
    assert f'<a href="{address.replace("&", "&amp;")}">{BACK}</a>' in text


@one_database
async def test_a_refusal_never_leads_to_another_site_or_in_a_circle(visitor: Browser) -> None:
    await visitor.sign_in("aigul")
    own = str(visitor.client.make_url("/")).rstrip("/")
    for referer in (
        "",
        "https://evil.example/paper/post",
        f"{own}.evil.example/paper/post",
        f"{own}//evil.example/paper",
        f"{own}/\\evil.example",
        f"{own}/",
        own.replace("http", "ftp") + "/paper/post",
        own.replace("http://", "http://me@") + "/paper/post",
        "javascript:alert(1)",
        "http://[::1",
    ):
        text = await refused_from(visitor, referer)
        assert BACK not in text, referer
        assert "evil" not in text, referer
    await visitor.open("/nowhere?a=1", Referer=f"{own}/nowhere?a=1")
    assert visitor.status == 404
    assert BACK not in visitor.text
    await visitor.open("/nowhere", Referer=f"{own}/classes")
    assert 'href="/classes">' + BACK in visitor.text

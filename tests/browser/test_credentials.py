"""T13: nothing that a script on the page could read signs anybody in."""

import json

import pytest
from playwright.async_api import expect
from tests.browser.visits import Visits
from tests.system.people import Person

pytestmark = pytest.mark.asyncio(loop_scope="session")

# Everything that outlives the page and that a script could read.
KEPT = """async () => {
  const databases = [];
  for (const { name, version } of await indexedDB.databases()) databases.push(`${name} ${version}`);
  const caches_ = await caches.keys();
  return JSON.stringify({
    local: { ...localStorage }, session: { ...sessionStorage },
    databases, caches: caches_, cookie: document.cookie, name: window.name, address: location.href,
    history: history.state, workers: (await navigator.serviceWorker.getRegistrations()).length,
  });
}"""


async def test_no_credential_is_kept_where_a_script_can_read_it(visits: Visits, person: Person) -> None:
    parley = await visits.stranger()
    tokens: list[str] = []
    parley.page.on(
        "request", lambda request: tokens.append(request.headers.get("authorization", "").removeprefix("Bearer "))
    )
    await parley.sign_in(person.username, person.password)
    await parley.ask("Remember nothing")
    await parley.answer_has_ended()
    kept = await parley.page.evaluate(KEPT)
    cookies = await parley.page.context.cookies()
    credentials = {person.password, *filter(None, tokens), *(str(cookie.get("value")) for cookie in cookies)}
    assert len(credentials) >= 3, "the password, an access token and the refresh token were seen"
    assert [found for found in credentials if found in kept] == []
    assert "eyJ" not in kept, "that is how a JWT begins"
    facts = json.loads(kept)
    assert (facts["cookie"], facts["databases"], facts["caches"], facts["workers"]) == ("", [], [], 0)


async def test_the_refresh_cookie_is_for_our_server_only(visits: Visits, person: Person) -> None:
    parley = await visits.stranger()
    await parley.sign_in(person.username, person.password)
    [cookie] = await parley.page.context.cookies()
    assert (cookie.get("httpOnly"), cookie.get("sameSite"), cookie.get("path")) == (True, "Strict", "/")
    await parley.sign_out()
    assert await parley.page.context.cookies() == []
    await parley.open("/")
    await expect(parley.page.get_by_role("button", name="Sign in")).to_be_visible()

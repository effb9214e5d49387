"""Pictures go with a question: chosen or pasted, made small in the browser, and shown to nobody but their owner."""

import pytest
from playwright.async_api import FilePayload, expect
from tests.browser.catalogue import ABLE
from tests.browser.pages import Parley
from tests.browser.visits import Visits
from tests.doubles.openai_server import OpenAIServer
from tests.system.people import Person

pytestmark = pytest.mark.asyncio(loop_scope="session")

LONGEST_SIDE = 2_048
MOST_BYTES = 1_048_576
# A photograph of noise: what no codec makes small by itself.
PHOTOGRAPH = """async () => {
  const canvas = new OffscreenCanvas(3000, 1500);
  const context = canvas.getContext("2d");
  const data = context.createImageData(3000, 1500);
  for (let at = 0; at < data.data.length; at += 1) data.data[at] = (at * 2654435761) >>> 24;
  context.putImageData(data, 0, 0);
  const bytes = new Uint8Array(await (await canvas.convertToBlob({ type: "image/png" })).arrayBuffer());
  return Array.from(bytes);
}"""
SIZE = "image => image.decode().then(() => [image.naturalWidth, image.naturalHeight])"


async def ready(visits: Visits, person: Person) -> Parley:
    """A page on which a model is chosen that takes pictures."""
    parley = await visits.of(person)
    await parley.open("/")
    await expect(parley.page.get_by_role("button", name="Add pictures")).to_have_count(0)
    await parley.choose_model(ABLE)
    await expect(parley.page.get_by_role("button", name="Add pictures")).to_be_visible()
    return parley


async def test_a_large_picture_is_made_small_sent_and_shown_again(
    visits: Visits, person: Person, model: OpenAIServer
) -> None:
    parley = await ready(visits, person)
    photograph = bytes(await parley.page.evaluate(PHOTOGRAPH))
    assert len(photograph) > MOST_BYTES
    chosen: FilePayload = {"name": "noise.png", "mimeType": "image/png", "buffer": photograph}
    await parley.page.locator("input[type=file]").set_input_files([chosen])
    await expect(parley.page.get_by_role("list", name="Pictures to send").get_by_role("img")).to_have_count(1)
    await parley.ask("What is this?")
    await parley.answer_has_ended()
    [image] = (await person.messages(await parley.conversation_id()))[0]["images"]
    assert image["size_bytes"] <= MOST_BYTES
    assert "image_url" in str(model.calls[-1].messages[-1]["content"])

    await parley.page.reload()
    shown = parley.questions.get_by_role("img", name="Picture 1")
    await expect(shown).to_be_visible()
    width, height = await shown.evaluate(SIZE)
    assert max(width, height) <= LONGEST_SIDE
    assert abs(width / height - 2) < 0.01


async def test_what_is_no_picture_is_not_added(visits: Visits, person: Person) -> None:
    parley = await ready(visits, person)
    chosen: FilePayload = {"name": "notes.txt", "mimeType": "text/plain", "buffer": b"not a picture"}
    await parley.page.locator("input[type=file]").set_input_files([chosen])
    await expect(parley.notifications).to_contain_text("Not added: notes.txt.")
    await expect(parley.page.get_by_role("list", name="Pictures to send")).to_have_count(0)


async def test_a_picture_can_be_taken_back(visits: Visits, person: Person, model: OpenAIServer) -> None:
    parley = await ready(visits, person)
    photograph = bytes(await parley.page.evaluate(PHOTOGRAPH))
    chosen: FilePayload = {"name": "noise.png", "mimeType": "image/png", "buffer": photograph}
    await parley.page.locator("input[type=file]").set_input_files([chosen])
    await parley.page.get_by_role("button", name="Remove noise.png").click()
    await expect(parley.page.get_by_role("list", name="Pictures to send")).to_have_count(0)
    await parley.ask("Without it")
    await parley.answer_has_ended()
    assert "image_url" not in str(model.calls[-1].messages)

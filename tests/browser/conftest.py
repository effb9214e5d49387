"""One Chromium and one started system for all browser tests; each test has people and browser contexts of its own.

Playwright's objects belong to the event loop they were made on, so everything here runs on the loop of the session.
"""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from playwright.async_api import Browser
from tests.browser.breaking_proxy import BreakingProxy
from tests.browser.catalogue import write_catalogue
from tests.browser.chromium import started_chromium
from tests.browser.visits import Visits, be_patient
from tests.doubles.openai_script import completion
from tests.doubles.openai_server import OpenAIServer
from tests.system.people import Person, signed_in
from tests.system.system import System, started_system


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def browser() -> AsyncIterator[Browser]:
    be_patient()
    async with started_chromium() as chromium:
        yield chromium


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def provider() -> AsyncIterator[OpenAIServer]:
    async with OpenAIServer() as server:
        yield server


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def system(provider: OpenAIServer, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[System]:
    """The product, talking to models that say what the tests want; one of them has a hostile name."""
    folder = tmp_path_factory.mktemp("browser")
    settings = {"MODELS_FILE": str(write_catalogue(folder, provider.url)), "REGISTRATION_LIMIT": "100000/hour"}
    async with started_system(folder, settings=settings) as started:
        yield started


@pytest.fixture
def model(provider: OpenAIServer) -> OpenAIServer:
    """The model behind the product; it repeats the question until a test makes it say something else."""
    provider.will_answer_with(lambda call: completion("You said: ", call.question))
    return provider


@pytest_asyncio.fixture(loop_scope="session")
async def visits(browser: Browser, system: System, model: OpenAIServer) -> AsyncIterator[Visits]:
    opened = Visits(browser, system.origin)
    yield opened
    await opened.close()


@pytest_asyncio.fixture(loop_scope="session")
async def proxy(system: System) -> AsyncIterator[BreakingProxy]:
    """A network between the browser and the product that lets through what a test says."""
    async with BreakingProxy(system.origin) as between:
        yield between


@pytest_asyncio.fixture(loop_scope="session")
async def behind_proxy(browser: Browser, proxy: BreakingProxy, model: OpenAIServer) -> AsyncIterator[Visits]:
    """Visits to the product through that network."""
    opened = Visits(browser, proxy.origin)
    yield opened
    await opened.close()


@pytest_asyncio.fixture(loop_scope="session")
async def person(system: System) -> AsyncIterator[Person]:
    """Somebody new, as a script sees them: what the page shows is compared with what the API tells them."""
    async with signed_in(system) as somebody:
        yield somebody


@pytest_asyncio.fixture(loop_scope="session")
async def admin(system: System) -> AsyncIterator[Person]:
    async with signed_in(system, registers=False) as administrator:
        yield administrator

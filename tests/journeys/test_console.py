"""What people do with the console in a real browser, Chromium without a window.

`SCREENSHOTS=docs/images pytest tests/journeys/test_console.py` makes the pictures of the README.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]  # it has no types
from playwright.sync_api import Browser, Page, expect, sync_playwright

from memorybank.client.bank import BankClient, Engine
from memorybank.commands.serve import console_mounts
from memorybank.config import Settings
from memorybank.console.addresses import address, scope_address
from memorybank.local.bank import Bank, embedded_adapters
from memorybank.local.server import LocalServer
from tests.waiting import PATIENCE

ADA = {"user_id": "ada"}
HOSTILE = "<script>window.hacked = 1</script><img src=x onerror='window.hacked = 1'>"
NARROW = {"width": 400, "height": 800}
WIDE = {"width": 900, "height": 720}
SAID = ("I live in Rome and I like green tea.", "What is the weather?", "I moved to Lisbon.")


@dataclass(frozen=True)
class Shown:
    """A bank that is served with its console, and an engine with something of everything."""

    url: str
    engine: Engine
    generation: str
    session: str

    @property
    def memory(self) -> str:
        """A memory that was created and changed."""
        return next(str(each["name"]) for each in self.engine.list_all("memories") if "Berlin" in each["fact"])

    @property
    def addresses(self) -> dict[str, str]:
        """The address of every page."""
        name = self.engine.name
        return {
            "banks": "/",
            "scopes": address(name),
            "scope": scope_address(name, ADA),
            "search": scope_address(name, ADA, q="Where to drink green tea?"),
            "memory": address(self.memory),
            "operations": address(f"{name}/operations"),
            "operation": address(self.generation),
            "sessions": address(f"{name}/sessions"),
            "session": address(self.session),
            "overview": address(f"{name}/overview"),
            "configuration": address(f"{name}/configuration"),
            "nowhere": "/console/nowhere",
        }


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    path = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if path is None:
        pytest.skip("no Chromium was found: apt-get install chromium")
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"], timeout=1000 * PATIENCE)
        yield started
        started.close()


@pytest.fixture(scope="module")
def shown() -> Iterator[Shown]:
    settings = Settings(data=":memory:", models="offline", embeddings="offline")
    bank = Bank(settings, embedded_adapters(settings))
    with LocalServer(bank, mounts=console_mounts(bank, settings)) as server:
        yield _filled(BankClient(server.url), server.url)


@pytest.fixture
def page(browser: Browser, shown: Shown) -> Iterator[Page]:
    context = browser.new_context(base_url=shown.url, viewport=WIDE)  # type: ignore[arg-type]  # a mapping of two ints
    context.set_default_timeout(1000 * PATIENCE)
    expect.set_options(timeout=1000 * PATIENCE)
    page = context.new_page()
    page.on("dialog", lambda dialog: pytest.fail(f"a page asked {dialog.message!r}"))
    yield page
    context.close()


def _filled(client: BankClient, url: str) -> Shown:
    made = client.call("POST", "projects/p/locations/l/reasoningEngines", {"displayName": "Travel agent"})
    engine = client.engine(client.wait(made)["name"])
    session = client.wait(engine.call("POST", "sessions", {"userId": "ada"}))["name"]
    for number, text in enumerate(SAID):
        said = {"author": "user", "invocationId": f"{number}", "timestamp": f"2026-11-28T10:0{number}:00Z"}
        content = {"role": "user", "parts": [{"text": text}]}
        client.call("POST", f"{session}:appendEvent", {**said, "content": content})
    first = engine.call("POST", "memories:generate", {"vertexSessionSource": {"session": session}})
    client.wait(first)
    _generate(engine, "I moved to Berlin last week.")
    _remember(engine, HOSTILE, {"user_id": "eve"})
    return Shown(url, engine, first["name"], session)


def _generate(engine: Engine, text: str, scope: dict[str, str] | None = None) -> str:
    events = [{"content": {"role": "user", "parts": [{"text": text}]}}]
    begun = engine.call(
        "POST", "memories:generate", {"scope": scope or ADA, "directContentsSource": {"events": events}}
    )
    engine.bank.wait(begun)
    return str(begun["name"])


def _remember(engine: Engine, fact: str, scope: dict[str, str]) -> str:
    return str(engine.bank.wait(engine.call("POST", "memories", {"fact": fact, "scope": scope}))["name"])


def test_a_fact_that_is_written_appears_without_a_reload(page: Page, shown: Shown) -> None:
    page.goto(scope_address(shown.engine.name, {"user_id": "new"}))
    page.evaluate("window.first = true")
    page.get_by_label("Fact").fill("I am still typing")
    _remember(shown.engine, "I like figs", {"user_id": "new"})
    expect(page.get_by_role("link", name="I like figs")).to_be_visible()
    assert page.evaluate("window.first") is True
    assert page.get_by_label("Fact").input_value() == "I am still typing"


def test_a_memory_is_searched_changed_rolled_back_deleted_and_restored(page: Page, shown: Shown) -> None:
    _remember(shown.engine, "I like black tea", {"user_id": "tea"})
    page.goto(scope_address(shown.engine.name, {"user_id": "tea"}))
    page.get_by_label("Search").fill("tea")
    page.get_by_role("button", name="Find").click()
    expect(page.get_by_text("rank 1, distance")).to_be_visible()
    page.get_by_role("link", name="I like black tea").click()
    page.get_by_label("Fact").fill("I like green tea")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("status")).to_have_text("The memory was changed.")
    expect(page.locator("ins").first).to_have_text("green")
    page.get_by_role("button", name="Roll back to this").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("I like black tea")
    page.get_by_role("button", name="Delete this memory").click()
    page.get_by_role("button", name="Restore").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("I like black tea")


def test_a_generation_is_undone_and_a_scope_is_erased(page: Page, shown: Shown) -> None:
    scope = {"user_id": "moved"}
    page.goto(address(_generate(shown.engine, "I live in Oslo.", scope)))
    page.get_by_role("button", name="Undo all of it").click()
    expect(page.get_by_role("status")).to_have_text("The operation was undone.")
    _remember(shown.engine, "I like fjords", scope)
    page.goto(scope_address(shown.engine.name, scope))
    expect(page.get_by_text("Oslo")).to_have_count(0)
    page.get_by_text("Erase this scope").click()
    page.get_by_label("I know that this cannot be undone").check()
    page.get_by_role("button", name="Erase everything").click()
    expect(page.get_by_role("status")).to_have_text("Everything of this scope was erased.")
    assert not [each for each in shown.engine.list_all("memories") if each["scope"] == scope]


def test_facts_run_nothing(page: Page, shown: Shown) -> None:
    page.goto(scope_address(shown.engine.name, {"user_id": "eve"}))
    link = page.locator(".memories a")
    assert link.inner_text() == HOSTILE
    link.click()
    expect(page.get_by_role("heading", level=1)).to_have_text(HOSTILE)
    assert page.evaluate("window.hacked") is None


def test_a_page_of_somebody_else_cannot_send_a_form(page: Page, shown: Shown) -> None:
    page.set_content(f'<form method="post" action="{shown.url}/console/banks"><button>Go</button></form>')
    with page.expect_response("**/console/banks") as answer:
        page.get_by_role("button").click()
    assert answer.value.status == 403


def test_the_keyboard_goes_to_the_content_first_and_stays_where_it_is(page: Page, shown: Shown) -> None:
    scope = {"user_id": "keys"}
    _remember(shown.engine, "I like chess", scope)
    page.goto(scope_address(shown.engine.name, scope))
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()
    page.get_by_role("link", name="I like chess").focus()
    _remember(shown.engine, "I like go", {**scope})
    expect(page.get_by_role("link", name="I like go")).to_be_visible()
    assert page.evaluate("document.activeElement.closest('.memories') !== null")


def test_every_page_is_accessible_and_fits_a_narrow_screen(page: Page, shown: Shown) -> None:
    page.set_viewport_size(NARROW)  # type: ignore[arg-type]  # as above
    for name, path in shown.addresses.items():
        page.emulate_media(color_scheme="light")
        page.goto(path)
        page.evaluate("document.querySelectorAll('details').forEach((each) => { each.open = true; })")
        assert page.evaluate("document.documentElement.scrollWidth") <= NARROW["width"], name
        found = Axe().run(page)
        assert found.violations_count == 0, f"{name}: {found.generate_report()}"
        assert len(found.response["passes"]) > 10, name
        page.emulate_media(color_scheme="dark")
        dark = page.evaluate("axe.run({ runOnly: ['color-contrast'] })")
        assert dark["violations"] == [], name
        assert dark["passes"], name


def test_pictures_are_made_when_they_are_asked_for(page: Page, shown: Shown) -> None:
    folder = os.environ.get("SCREENSHOTS")
    for name in ("scopes", "search", "memory", "operation", "session") if folder else ():
        page.goto(shown.addresses[name])
        with suppress(FileExistsError):
            Path(str(folder)).mkdir(parents=True)
        page.screenshot(path=f"{folder}/console-{name}.png", full_page=True)
    page.goto("/")
    assert page.screenshot()

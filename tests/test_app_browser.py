"""The dashboard in a real browser: Chromium, driven by Playwright.

Without Chromium the tests are skipped; in continuous integration (``CI=true``) they fail instead.
"""

import os
import re
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import (
    Browser,
    ConsoleMessage,
    Locator,
    Page,
    Request,
    ViewportSize,
    sync_playwright,
)
from playwright.sync_api import expect as expected

sys.path.insert(0, str(Path(__file__).parent))

from app_server import dashboard

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
PRESET = "willow-like"
ATTENUATION = "lines.drive.attenuation.mxc"
SLOW = 60_000
DESK: ViewportSize = {"width": 1440, "height": 900}
expected.set_options(timeout=30_000)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    if CHROMIUM is None:
        if os.environ.get("CI") == "true":
            pytest.fail("CI must have Chromium (Debian's package chromium)")
        pytest.skip("no Chromium on this machine (Debian's package chromium)")
    with sync_playwright() as play:
        started = play.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield started
        started.close()


@pytest.fixture(scope="module")
def url(browser: Browser) -> Iterator[str]:
    with dashboard(PRESET, seconds=120) as (address, _):
        yield address


class Watched:
    """A page whose outside requests are blocked and counted, and whose errors are kept."""

    def __init__(self, browser: Browser, url: str, size: ViewportSize = DESK) -> None:
        self.outside: list[str] = []
        self.errors: list[str] = []
        self.context = browser.new_context(viewport=size)
        self.page = self.context.new_page()
        self.page.set_default_timeout(30_000)
        own = (url, f"blob:{url}", "data:")

        def seen(request: Request) -> None:
            if not request.url.startswith(own):
                self.outside.append(request.url)

        def said(message: ConsoleMessage) -> None:
            if message.type == "error":
                self.errors.append(message.text)

        self.page.route(
            lambda asked: not asked.startswith(own), lambda route: route.abort("blockedbyclient")
        )
        self.page.on("request", seen)
        self.page.on("console", said)
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.goto(url)
        self.page.locator('[data-card="heat"] canvas:visible').first.wait_for()


@pytest.fixture(scope="module")
def shared(browser: Browser, url: str) -> Iterator[Watched]:
    watched = Watched(browser, url)
    yield watched
    watched.context.close()


@pytest.fixture
def page(shared: Watched) -> Iterator[Page]:
    """The page with the preset just opened; it may ask nobody else, and report no error."""
    page = shared.page
    page.locator("dialog").evaluate_all("(all) => all.forEach((dialog) => dialog.close())")
    page.get_by_label("Find a value of the design").fill("")
    page.locator("select[name=preset]").select_option(PRESET)
    expected(page.locator(".row.set, .row.wrong")).to_have_count(0)
    yield page
    assert shared.outside == []
    assert shared.errors == []


@pytest.fixture
def another(browser: Browser, url: str) -> Iterator[Page]:
    """A page of another user."""
    watched = Watched(browser, url)
    yield watched.page
    watched.context.close()
    assert watched.outside == []
    assert watched.errors == []


def enter(page: Page, key: str, value: str) -> Locator:
    """Write a value into its field, and wait until it is taken."""
    field = row(page, key).locator("input[type=number]")
    field.fill(value)
    field.press("Enter")
    expected(row(page, key)).to_have_class(re.compile(r"\b(set|wrong)\b"))
    settled(page)
    return field


def settled(page: Page) -> None:
    """Wait until every change was answered."""
    expected(page.get_by_role("form", name="Values of the design")).to_have_attribute(
        "aria-busy", "false"
    )


def row(page: Page, key: str) -> Locator:
    return page.locator(f'[data-key="{key}"]')


def tile(page: Page, label: str) -> Locator:
    return page.locator(f'[data-tile="{label}"] .value')


HEAT = """JSON.stringify([...Bokeh.documents[0].roots().find((root) => root.name === "heat")
  .references()].filter((model) => model.type === "ColumnDataSource")
  .map((source) => Object.values(source.data).map((column) => [...column])))"""
"""All that the heat figure draws."""


def test_the_page_loads_with_every_part_and_asks_nobody_else(page: Page) -> None:
    assert page.title() == "qubudget"
    for name in ("margins", "heat", "coherence", "chip", "timeline", "logical", "temperature"):
        expected(page.locator(f'[data-card="{name}"] h2')).to_be_visible()
    expected(tile(page, "T1")).to_have_text("68 µs")
    assert page.locator('[data-key="qubit.frequency"] label').inner_text().startswith("frequency")
    # It is the browser, too, that would refuse: the page's policy names this server alone.
    policy = page.locator('meta[http-equiv="Content-Security-Policy"]').get_attribute("content")
    assert policy is not None
    assert not re.search(r"https?:|\*", policy)


def test_a_slider_changes_the_plot(page: Page) -> None:
    before, t1 = page.evaluate(HEAT), tile(page, "T1").inner_text()
    slider = row(page, ATTENUATION).locator("input[type=range]")
    slider.focus()
    for _ in range(3):
        page.keyboard.press("PageDown")
    expected(row(page, ATTENUATION)).to_have_class(re.compile(r"\bset\b"))
    page.wait_for_function(f"(before) => {HEAT} !== before", arg=before)
    expected(tile(page, "T1")).to_have_text(t1)  # measured: no model moves it


def test_a_thousand_quick_moves_do_no_harm(page: Page) -> None:
    slider = row(page, ATTENUATION).locator("input[type=range]")
    slider.evaluate(
        """(slider) => { for (let i = 0; i < 1000; i += 1) {
             slider.value = String(Number(slider.max) * ((i * 37) % 100) / 100);
             slider.dispatchEvent(new Event("input"));
           }
           slider.value = String(Math.round(Number(slider.max) / 4));
           slider.dispatchEvent(new Event("input")); }"""
    )
    last = row(page, ATTENUATION).locator("input[type=number]").input_value()
    settled(page)
    page.get_by_role("button", name="Save", exact=True).click()
    text = page.locator("textarea[name=shared]")
    expected(text).to_have_value(re.compile(rf'mxc = "{float(last):g}(\.0)? dB"'))
    expected(row(page, ATTENUATION).locator(".problem")).to_have_text("")


def test_a_refused_value_says_why_beside_its_field(page: Page) -> None:
    before = tile(page, "T1").inner_text()
    field = enter(page, "qubit.frequency", "-5")
    expected(row(page, "qubit.frequency").locator(".problem")).to_contain_text("allowed")
    expected(field).to_have_attribute("aria-invalid", "true")
    assert tile(page, "T1").inner_text() == before
    # Value and reason stay together, whatever else is drawn.
    page.get_by_role("button", name="Save", exact=True).click()
    expected(page.locator("textarea[name=shared]")).to_be_visible()
    page.keyboard.press("Escape")
    enter(page, ATTENUATION, "12")
    expected(field).to_have_value("-5")
    expected(row(page, "qubit.frequency").locator(".problem")).to_contain_text("allowed")
    row(page, "qubit.frequency").get_by_role("button", name="Back to 6.2 GHz").click()
    expected(row(page, "qubit.frequency").locator(".problem")).to_have_text("")
    expected(field).to_have_value("6.2")
    enter(page, "qubit.frequency", "-4")
    field.press("Escape")
    expected(field).to_have_value("6.2")
    field.fill("6.1")
    field.press("Enter")
    expected(row(page, "qubit.frequency").locator(".problem")).to_have_text("")


def _upload(page: Page, name: str, text: str) -> None:
    page.get_by_role("button", name="Open", exact=True).click()
    file = {"name": name, "mimeType": "text/plain", "buffer": text.encode()}
    page.locator("input[name=upload]").set_input_files([file])


def test_a_bad_upload_shows_every_problem_beside_its_field(page: Page) -> None:
    wrong = '[machine]\nqubits = -3\n[qubit]\nfrequency = "6 m"\nfrequenzy = 1\n'
    _upload(page, "../../evil<b>.toml", f'base = "{PRESET}"\n{wrong}')
    form = page.get_by_role("form", name="Values of the design")
    expected(form.locator(".refusal")).to_have_text(
        "evil-b-.toml was not opened: 3 problems. The design shown is unchanged."
    )
    expected(row(page, "machine.qubits").locator(".filed")).to_contain_text("in the file: -3;")
    expected(row(page, "qubit.frequency").locator(".filed")).to_contain_text("in the file: '6 m';")
    expected(form.locator(".general li")).to_contain_text("did you mean")
    # The fields show the present design: they are not marked as wrong.
    expected(page.locator(".row.wrong")).to_have_count(0)
    problems = page.locator(".refused li")
    expected(problems).to_have_count(3)
    expected(problems.first).to_be_visible()
    page.keyboard.press("Escape")
    expected(problems.first).not_to_be_visible()
    page.get_by_role("button", name="Show the list").click()
    expected(problems.first).to_be_visible()
    expected(page.locator(".title b")).to_have_text(PRESET)


def test_uploads_that_are_no_toml_or_too_large_are_refused_kindly(page: Page) -> None:
    _upload(page, "broken.toml", 'name = "x\n[[[')
    expected(page.locator(".refused")).to_contain_text("not TOML")
    page.get_by_role("button", name="Close").first.click()
    _upload(page, "large.toml", "#" * 5_000_000)
    expected(page.locator(".refused")).to_have_text(
        "This file has 5.0 MB; a design has at most 1 MB. Nothing was changed."
    )
    expected(page.locator(".title b")).to_have_text(PRESET)


def test_a_design_is_saved_and_opened_again(page: Page) -> None:
    field = enter(page, "qubit.frequency", "5.9")
    page.get_by_role("button", name="Save", exact=True).click()
    text = page.locator("textarea[name=shared]")
    expected(text).to_have_value(re.compile('frequency = "5.9 GHz"'))
    with page.expect_download() as saved:
        page.get_by_role("button", name="Download").click()
    assert saved.value.suggested_filename == f"{PRESET}.toml"
    content = Path(saved.value.path()).read_text("utf-8")
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Reset").click()
    expected(field).to_have_value("6.2")
    _upload(page, "mine.toml", content)
    expected(field).to_have_value("5.9")


def test_figures_and_data_are_exported(page: Page) -> None:
    page.get_by_role("button", name="Export", exact=True).click()
    for label, start in (
        ("Heat per stage as SVG", b"<?xml"),
        ("Coherence budget as PNG", b"\x89PNG"),
        ("Stages as CSV", b"name,"),
    ):
        with page.expect_download() as made:
            page.get_by_role("button", name=label).click()
        assert Path(made.value.path()).read_bytes().startswith(start)


def test_two_designs_are_compared_side_by_side(page: Page) -> None:
    enter(page, ATTENUATION, "10")
    page.get_by_role("button", name="Compare", exact=True).click()
    inputs = page.get_by_role("region", name="Inputs that differ")
    expected(inputs.locator("tbody tr")).to_have_count(1)
    expected(inputs.locator("tbody tr td")).to_have_text(["10.0 dB", "20 dB"])
    results = page.get_by_role("region", name="Results that differ")
    expected(results.locator("tbody tr.differs").first).to_be_visible()
    expected(page.locator(".pairs canvas:visible").first).to_be_visible()
    page.locator("select[name=other]").select_option("krinner-xld400")
    expected(page.locator(".side").nth(1)).to_contain_text("krinner-xld400")
    assert inputs.locator("tbody tr").count() > 10
    page.get_by_role("button", name="Keep the present design as B").click()
    other = page.locator("select[name=other]")
    expected(other.locator("option:checked")).to_have_text("the design that was kept")
    expected(page.locator(".same")).to_contain_text("move a slider, or choose another B")
    other.select_option("")
    expected(inputs.locator("tbody tr")).to_have_count(1)
    page.get_by_role("button", name="Compare", exact=True).click()
    expected(page.locator('[data-card="heat"] h2')).to_be_visible()


def places(page: Page) -> list[dict[str, float]]:
    """Where the figures of the comparison stand, as far as they have come."""
    found: list[dict[str, float]] = page.locator(".pairs .bk-Figure:visible").evaluate_all(
        "(all) => all.map((node) => node.getBoundingClientRect().toJSON())"
    )
    return found


ALIKE = """() => {
  const all = [...Bokeh.documents[0].roots()].flatMap((root) => [...root.references()]);
  const pairs = all.filter((model) => model.type === "Figure" && model.tags.length === 1
    && model.inner_width > 0 && model.tags[0].inner_width > 0)
    .map((model) => [model.x_range, model.tags[0].x_range]);
  const same = (a, b) => Math.abs(a - b) <= 1e-9 * Math.abs(a);
  return pairs.length >= 6 && pairs.every(([a, b]) => same(a.start, b.start) && same(a.end, b.end));
}"""
"""Whether both figures of each pair have one axis in the browser: margins, heat, coherence."""


FRAMES = """() => [...Bokeh.documents[0].roots()].flatMap((root) => [...root.references()])
  .filter((model) => model.type === "Figure" && model.inner_width > 0)
  .map((model) => model.inner_width)"""
"""Widths of what every figure has for its data."""


def test_figures_of_two_designs_stand_one_below_the_other_on_a_phone(another: Page) -> None:
    another.get_by_role("button", name="Compare", exact=True).click()
    expected(another.locator(".pairs canvas:visible").first).to_be_visible()
    another.locator("select[name=other]").select_option("thermal-wall")
    expected(another.locator(".side").nth(1)).to_contain_text("thermal-wall")
    another.wait_for_function(ALIKE)
    first, second = places(another)[:2]
    assert second["y"] < first["bottom"]  # beside it, not below
    assert first["right"] <= second["x"]
    another.set_viewport_size({"width": 390, "height": 844})
    another.wait_for_function("document.documentElement.scrollWidth <= 390")
    expected(another.locator(".pairs canvas:visible").nth(1)).to_be_visible()
    first, second = places(another)[:2]
    assert first["bottom"] <= second["y"]
    assert first["x"] == second["x"]
    assert 300 < first["width"] == second["width"] <= 390
    another.wait_for_function(f"() => Math.min(...({FRAMES})()) > 100")
    another.wait_for_function(ALIKE)


CHIP = """const all = [...Bokeh.documents[0].roots().find((r) => r.name === "chip").references()];
  const slider = all.find((model) => model.type === "Slider");
  const map = all.find((model) => model.type === "ColumnDataSource" && model.data.image);"""
MAP = f"() => {{ {CHIP} return Array.from(map.data.image[0]); }}"
"""T1 of every cell of the map that is shown."""


def test_the_film_plays_after_the_slow_wings_came(page: Page) -> None:
    card = page.locator('[data-card="chip"]')
    play = card.get_by_role("button", name=re.compile("play"))
    expected(play).to_be_visible(timeout=SLOW)
    page.evaluate(f"() => {{ {CHIP} slider.value = 0; }}")
    expected(card.get_by_text("T1 at 10 ns after the impact")).to_be_visible()
    first = page.evaluate(MAP)
    assert len(set(first)) > 1
    play.click()
    # The picture itself changes while the slider moves, more than once.
    page.wait_for_function(f"(before) => String(({MAP})()) !== String(before)", arg=first)
    second = page.evaluate(MAP)
    page.wait_for_function(f"(before) => String(({MAP})()) !== String(before)", arg=second)
    page.wait_for_function(f"() => {{ {CHIP} return slider.value > 2; }}")
    card.get_by_role("button", name=re.compile("pause|play")).click()


FADED = """() => {
  const found = [];
  const walk = (root, card) => {
    for (const node of root.querySelectorAll(".bk-Figure, .bk-Div, .bk-Row, .bk-Column, .tile")) {
      if (Number(getComputedStyle(node).opacity) < 1) found.push(`${card} ${node.className}`);
      if (node.shadowRoot) walk(node.shadowRoot, card);
    }
    for (const node of root.querySelectorAll("*")) if (node.shadowRoot) walk(node.shadowRoot, card);
  };
  for (const card of document.querySelectorAll("[data-card]")) walk(card, card.dataset.card);
  return found.sort();
}"""
"""What is shown as that of an older design."""


def test_a_finished_result_looks_finished(page: Page) -> None:
    expected(page.locator(".work")).not_to_be_visible(timeout=2 * SLOW)
    assert page.evaluate(FADED) == []
    enter(page, "targets.logical_errors_per_day", "0.5")
    enter(page, "code.distance", "5")
    expected(page.locator(".sentence")).to_have_text(re.compile("^(Fridge and qubit|Not feas)"))
    expected(page.locator(".details")).to_contain_text("are those of the design before")
    expected(page.locator(".tile.stale .old").first).to_have_text("of the design before")
    page.wait_for_function(f"() => ({FADED})().some((name) => name.startsWith('logical'))")
    expected(page.locator(".work")).not_to_be_visible(timeout=2 * SLOW)
    expected(page.locator(".tile.stale")).to_have_count(0)
    assert page.evaluate(FADED) == []


def test_slow_wings_can_be_cancelled_and_taken_up_again(page: Page) -> None:
    enter(page, "qubit.frequency", "6.05")
    page.get_by_role("button", name="Cancel").click(timeout=SLOW)
    expected(page.locator(".progress")).to_have_text("stopped")
    page.get_by_role("button", name="Compute").click()
    cancel = page.get_by_role("button", name="Cancel")
    expected(cancel).to_be_visible()
    expected(page.locator(".progress")).not_to_have_text("stopped")
    expected(page.locator(".progress")).to_have_text(re.compile(r"\w"))
    cancel.click()
    expected(page.locator(".progress")).to_have_text("stopped")


def test_values_are_found_by_words_and_by_keyboard(page: Page) -> None:
    search = page.get_by_label("Find a value of the design")
    search.focus()
    page.keyboard.type("lead thickness")
    expected(row(page, "radiation.lead_thickness")).to_be_visible()
    expected(row(page, ATTENUATION)).not_to_be_visible()
    page.keyboard.press("Control+A")
    page.keyboard.type("no such thing")
    expected(page.get_by_text("Nothing in this design is called so.")).to_be_visible()
    # Every control of the page has a name for those who hear it.
    unnamed = page.evaluate(
        """() => {
          const bad = [];
          const walk = (root) => {
            for (const node of root.querySelectorAll("*")) {
              if (node.shadowRoot) walk(node.shadowRoot);
              if (!node.matches("input, select, button, textarea")) continue;
              const label = node.id && root.querySelector(`label[for="${node.id}"]`);
              const own = node.getAttribute("aria-label") || node.textContent.trim();
              if (!label && !own && !node.closest("label")) bad.push(node.outerHTML);
            }
          };
          for (const place of document.querySelectorAll("header *, aside *, .headline *")) {
            if (place.shadowRoot) walk(place.shadowRoot);
          }
          return bad;
        }"""
    )
    assert unnamed == []


def test_what_is_saved_has_moves_that_nobody_waited_for(page: Page) -> None:
    slider = row(page, ATTENUATION).locator("input[type=range]")
    slider.focus()
    for _ in range(5):
        page.keyboard.press("ArrowRight")
    page.keyboard.press("Home")
    page.keyboard.press("ArrowRight")
    last = row(page, ATTENUATION).locator("input[type=number]").input_value()
    page.get_by_role("button", name="Save", exact=True).press("Enter")
    text = page.locator("textarea[name=shared]")
    expected(text).to_have_value(re.compile(rf'mxc = "{float(last):g}(\.0)? dB"'))
    page.keyboard.press("Escape")
    expected(text).not_to_be_visible()


def test_another_user_has_another_page_in_the_dark_on_a_phone(page: Page, another: Page) -> None:
    enter(page, "qubit.frequency", "5.7")
    field = row(another, "qubit.frequency").locator("input[type=number]")
    expected(field).to_have_value("6.2")
    another.get_by_role("button", name="Dark colours").click()
    ground = "() => getComputedStyle(document.body).backgroundColor"
    dark = another.evaluate(ground)
    another.reload()
    another.locator('[data-card="heat"] canvas:visible').first.wait_for()
    assert another.evaluate(ground) == dark == "rgb(17, 22, 29)"
    assert page.evaluate(ground) != dark
    another.set_viewport_size({"width": 390, "height": 844})
    assert another.evaluate("document.documentElement.scrollWidth") <= 390

"""The HTML report: self-contained, escaped, accessible, and complete also without values."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from qubudget.report.html import render_html, write_html

SAMPLES = Path(__file__).parent / "report_samples"
HOSTILE = "<script>alert(1)</script>"


def sample(name: str) -> dict[str, Any]:
    data: dict[str, Any] = json.loads((SAMPLES / f"{name}.json").read_text("utf-8"))
    return data


class Page(HTMLParser):
    """Tags with attributes, text by the table cell, and whether every tag is closed."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.words: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in {"meta"}:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open, f"</{tag}> closes nothing"
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.words.append(data)

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.tags if name == tag]


@pytest.fixture(scope="module", params=["healthy", "runaway"])
def page(request: pytest.FixtureRequest) -> tuple[str, Page]:
    text = render_html(sample(request.param))
    return text, Page(text)


def test_every_tag_is_closed(page: tuple[str, Page]) -> None:
    assert page[1].open == []


def test_nothing_is_loaded_from_elsewhere(page: tuple[str, Page]) -> None:
    text, parsed = page
    for tag, attributes in parsed.tags:
        for name in ("src", "href", "srcset", "data", "action"):
            assert (attributes.get(name) or "#").startswith("#"), (tag, attributes)
    assert all(target.startswith("#") for target in re.findall(r"url\(\s*['\"]?([^)]*)", text))
    assert "@import" not in text
    assert "http://" not in text
    assert "https://" not in text
    assert {"script", "iframe", "link", "object", "embed"}.isdisjoint(t for t, _ in parsed.tags)


def test_a_policy_forbids_loading(page: tuple[str, Page]) -> None:
    policies = [
        meta["content"]
        for meta in page[1].all("meta")
        if meta.get("http-equiv") == "Content-Security-Policy"
    ]
    assert policies == ["default-src 'none'; style-src 'unsafe-inline'; img-src data:"]


def test_identifiers_are_unique_and_references_resolve(page: tuple[str, Page]) -> None:
    text, parsed = page
    found = [a["id"] for _, a in parsed.tags if a.get("id")]
    assert len(found) == len(set(found))
    references = {a["href"] for _, a in parsed.tags if a.get("href")}
    references |= set(re.findall(r"url\((#[^)]*)\)", text))
    assert {str(ref)[1:] for ref in references} <= set(found)


def test_figures_and_tables_are_accessible(page: tuple[str, Page]) -> None:
    text, parsed = page
    images = parsed.all("svg")
    assert len(images) == 5
    assert all(a.get("role") == "img" and a.get("aria-label") for a in images)
    assert all(a.get("scope") in {"col", "row"} for a in parsed.all("th"))
    assert len(parsed.all("caption")) == len(parsed.all("table")) > 5
    assert parsed.all("html") == [{"lang": "en"}]
    assert "prefers-color-scheme: dark" in text


def test_long_tables_are_folded(page: tuple[str, Page]) -> None:
    text, parsed = page
    assert len(parsed.all("details")) == len(parsed.all("summary")) == 1
    folded = text[text.index("<details>") : text.index("</details>")]
    assert "Tree of loads, largest first" in folded
    assert folded.count("<table>") == 1


def test_a_hostile_design_name_is_escaped() -> None:
    data = sample("healthy")
    data["name"] = data["title"] = HOSTILE
    data["verdict"]["binding_constraint"] = data["verdict"]["constraints"][4]["name"] = HOSTILE
    data["verdict"]["constraints"][4]["would_pass"] = [{"text": HOSTILE}]
    data["coherence"]["channels"][0]["name"] = HOSTILE
    data["thermal"]["loads"][0]["item"] = HOSTILE
    data["thermal"]["stages"][0]["name"] = HOSTILE
    data["provenance"]["sources"] = [HOSTILE]
    text = render_html(data)
    assert "<script" not in text
    assert "&lt;script&gt;" in text
    assert "script" not in {tag for tag, _ in Page(text).tags}


@pytest.mark.parametrize(
    "name", ["$x_1^2$", r"\frac{a", r"$\frac{a$", "a $ b", "price $5 and $6", "_^{}%#"]
)
def test_names_are_no_formulas(name: str) -> None:
    data = sample("healthy")
    data["name"] = name
    data["coherence"]["channels"][0]["name"] = name
    data["thermal"]["loads"][0]["item"] = name
    data["thermal"]["stages"][0]["name"] = data["thermal"]["loads"][0]["stage"] = name
    data["verdict"]["constraints"][0]["name"] = name
    assert "<h1>" in render_html(data)


def test_the_first_screen_says_the_verdict() -> None:
    text = " ".join(Page(render_html(sample("healthy"))).words)
    head = text[: text.index("Cryostat: watts")]
    for words in (
        "Not feasible: 2 of 5 constraints fail.",
        "The binding constraint is logical_errors_per_day: 1.1×10⁶ /day against a limit of 1 /day",
        "What would pass: no code distance up to 61 passes; bursts 3400 times weaker.",
        "144",
        "75 µs",
    ):
        assert words in head


def test_every_number_has_its_place() -> None:
    text = " ".join(" ".join(Page(render_html(sample("healthy"))).words).split())
    for words in (
        "mxc 14 mK (measured) 9.3 µW 19 µW 51.1 % 168",
        "T1 75 µs 82 µs 63 to 104 µs",
        "T2 61 µs 61 µs 50 to 71 µs",
        "published T2* 94 µs",
        "two qubit error 0.0029 0.0021",
        "the same, of a thick film alone 0.59",
        "share in a thick film alone 0.57",
        "escape 26.2 ms 10 mm 8.3 µs 4.04 ms 10 mm –",
        "background, per cycle 1.4×10⁻⁵ 9×10⁻⁶ to 2.1×10⁻⁵",
        "mxc: temperature 14 mK 12.1 mK 0.864",
        "two_qubit_fidelity 0.9971 0.999 −0.19 % ✗ fail gates.two_qubit_time = 22 ns",
        "Muons deposit 460 keV on average refutes 205 keV on this chip",
        "seed 1",
        "3f3f3f3f",
        "Krinner et al. 2019, arXiv:1806.07862",
    ):
        assert words in text


def test_a_runaway_says_why_values_are_missing() -> None:
    text = " ".join(Page(render_html(sample("runaway"))).words)
    assert "RUNAWAY: the load at mxc exceeds its capacity, so there is no temperature" in text
    assert "load of 73 µW at mxc against a fixed capacity of 50 µW" in text
    assert "None" not in text
    assert re.search(r"\bnan\b", text) is None


@pytest.mark.parametrize("wings", [[], ["thermal"], ["thermal", "coherence"]])
def test_a_part_of_a_report_is_a_page_too(wings: list[str]) -> None:
    data = {k: v for k, v in sample("healthy").items() if k in {*wings, "name", "provenance"}}
    text = render_html(data)
    assert Page(text).open == []
    assert "No verdict." in text
    assert 'id="qec"' not in text


def test_sections_of_none_cost_no_page() -> None:
    data: dict[str, Any] = dict.fromkeys(
        ["thermal", "coherence", "impact", "qec", "verdict", "provenance"]
    )
    assert "No verdict." in render_html(data)


def test_write_html_writes_the_same_bytes_twice(tmp_path: Path) -> None:
    first = write_html(sample("healthy"), tmp_path / "a.html")
    second = write_html(sample("healthy"), str(tmp_path / "b.html"))
    assert first.read_bytes() == second.read_bytes()
    assert first.read_text("utf-8").startswith("<!DOCTYPE html>")

"""What all pages have in common: the way from one to another, what they say without data, and what their sources must be."""

import re

import inline
import pytest
from conftest import WEB

PAGES = {"index.html": "Network", "principals.html": "Principals", "trust.html": "Trust"}
FORBIDDEN = ["innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "new Function", 'setAttribute("style"', "srcdoc"]


def go(page, name):
    page.click(f"nav.pages >> text={name}")
    page.wait_for_selector("html[data-wired], html[data-state=notice]", state="attached")


def links(page):
    return page.evaluate("""[...document.querySelectorAll("nav.pages[aria-label=Pages] a")].map((link) => [link.getAttribute("href"), link.textContent, link.getAttribute("aria-current")])""")


def test_from_page_to_page(open_map):
    page = open_map("small")
    assert links(page) == [[file, name, "page" if name == "Network" else None] for file, name in PAGES.items()]
    go(page, "Principals")
    assert links(page) == [[file, name, "page" if name == "Principals" else None] for file, name in PAGES.items()]
    notice = page.inner_text("#notice")
    assert "There is no graph of principals yet" in notice and "cloudmapper visualize --account NAME --filetype json" in notice and "cloudmapper collect --account NAME" in notice
    assert page.is_hidden("#do-help") and page.is_hidden(".search") and page.is_visible("#do-theme"), "what is of use without data"
    go(page, "Trust")
    assert links(page) == [[file, name, "page" if name == "Trust" else None] for file, name in PAGES.items()]
    assert "There is no web of trust yet" in page.inner_text("#notice") and "cloudmapper weboftrust" in page.inner_text("#notice pre.command >> nth=0")
    go(page, "Network")
    assert page.inner_text("h1") == "demo"


def test_without_data(open_map):
    page = open_map("nothing-of-that-name")
    commands = page.locator("#notice pre.command").all_inner_texts()
    assert commands == ["cloudmapper prepare --account NAME", "cloudmapper collect --account NAME"]
    assert "web/data.json" in page.inner_text("#notice")
    page.keyboard.press("Tab")
    reached = set()
    for _ in range(8):
        page.keyboard.press("Tab")
        reached.add(page.evaluate("document.activeElement.textContent"))
    assert set(PAGES.values()) <= reached, "keys reach the other pages"
    page.click("#reports summary")
    assert page.is_visible("#reports a >> nth=0")
    page.keyboard.press("Escape")
    assert page.is_hidden("#reports a >> nth=0") and page.evaluate("document.activeElement.textContent") == "Reports"


def test_in_narrow_windows(open_map):
    for width in [1400, 1024, 800, 420, 360]:
        page = open_map("small", size=(width, 800))
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        for name in PAGES.values():
            box = page.locator(f"nav.pages >> text={name}").bounding_box()
            assert box["x"] >= 0 and box["x"] + box["width"] <= width and box["height"] >= 24, (width, name)
            middle = [box["x"] + box["width"] / 2, box["y"] + box["height"] / 2]
            assert page.evaluate("([x, y]) => document.elementFromPoint(x, y).textContent", middle) == name
        assert page.locator("#search").bounding_box()["width"] > 90, width


@pytest.mark.parametrize("page", PAGES)
def test_sources(page):
    """No markup from text, no style attributes, no address elsewhere, and every module after what it needs."""
    text = (WEB / page).read_text()
    assert " style=" not in text and "https:" not in text and not re.search(r"\son\w+=", text)
    own = re.search(r'<script src="(\w+)/main.js" type="module">', text)[1]
    listed = (WEB / inline.modules_of(page)).read_text().split()
    seen = set()
    for name in listed:
        source = (WEB / name).read_text()
        assert [word for word in FORBIDDEN if word in source] == [], name
        assert set(re.findall(r"https?://[^\"'` ]+", source)) <= {"http://www.w3.org/2000/svg"}, name
        assert len(source.splitlines()) <= 400, name
        for line in re.findall(r"^import .*$", source, re.M):
            names, needed = re.fullmatch(r'import \{ (.*) \} from "(\.\.?/[\w/-]+\.js)";', line).groups()
            file = (WEB / name).parent.joinpath(needed).resolve().relative_to(WEB)
            assert str(file) in seen, f"{name} comes before {file}"
            exported = inline.EXPORT.findall((WEB / file).read_text())
            for one in names.split(", "):
                assert one in exported, f"{file} has no {one}"
                assert len(re.findall(rf"\b{re.escape(one)}\b", source)) > 1, f"{name} does not use {one}"
        seen.add(name)
    assert not [name for name in listed if not name.startswith(("common/", f"{own}/"))], "pages share what is in common/ only"


def test_every_module_has_a_page():
    listed = {name for file in WEB.glob("*.txt") for name in file.read_text().split()}
    assert listed == {str(file.relative_to(WEB)) for file in WEB.glob("*/*.js") if file.parent.name != "vendor"}


def test_common_modules_are_common():
    """What one page alone needs is beside that page."""
    for file in (WEB / "common").glob("*.js"):
        pages = [page for page in PAGES if f"common/{file.name}" in (WEB / inline.modules_of(page)).read_text().split()]
        assert len(pages) > 1, (file.name, pages)

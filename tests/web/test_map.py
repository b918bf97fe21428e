"""The network map in a real browser: each thing that can be done with it, by mouse, by keyboard, and by address."""

import json
import xml.etree.ElementTree as ET

SVG = "{http://www.w3.org/2000/svg}"


def shown(page):
    return page.evaluate("cloudmapper.view.shown.nodes.map((at) => cloudmapper.model.nodes[at].name)")


def selected(page):
    return page.evaluate("[...cloudmapper.view.selection].map((at) => cloudmapper.model.nodes[at].name)")


def place(page, name):
    """Where a node of that name is in the window."""
    return page.evaluate(
        """(name) => {
            const { view, model } = cloudmapper;
            const at = view.shown.nodes.find((one) => model.nodes[one].name === name);
            const [node, frame, pan, zoom] = [model.nodes[at], document.querySelector("#cy").getBoundingClientRect(), view.cy.pan(), view.cy.zoom()];
            return [frame.left + node.x * zoom + pan.x, frame.top + node.y * zoom + pan.y];
        }""",
        name,
    )


def click(page, name, **options):
    x, y = place(page, name)
    page.mouse.move(x, y)
    page.mouse.click(x, y, **options)
    for _ in range(40):
        page.wait_for_timeout(50)
        if name in selected(page):
            return
    raise AssertionError(f"a click did not select {name}")


def find(page, text):
    page.fill("#search", text)
    page.keyboard.press("Enter")
    page.wait_for_timeout(60)


def test_the_first_picture(open_map):
    page = open_map("small")
    assert page.inner_text("h1") == "demo"
    assert "56 resources" in page.inner_text("#subtitle")
    names = shown(page)
    assert {"demo", "Production (10.0.0.0/16)", "shop-alb", "Internet"} <= set(names)
    assert page.inner_text("#notes-list li") == "" or "describe-network-acls" in page.text_content("#notes-list")
    assert "from the internet" in page.inner_text("#legend")
    colours = page.evaluate("""() => { const c = document.querySelector("#cy canvas:nth-child(3)"); return new Set(c.getContext("2d").getImageData(0, 0, c.width, c.height).data).size; }""")
    assert colours > 20, "something was drawn"


def test_details_of_a_resource(open_map):
    page = open_map("small")
    click(page, "checkout-a1")
    details = page.inner_text("#details")
    assert page.inner_text("#details h2") == "checkout-a1"
    for text in ["EC2 instance", "Production (10.0.0.0/16)", "app-a (10.0.16.0/24)", "team", "tcp/8080", "Comes in", "Goes out", "Neighbours", "Siblings", "PrivateIpAddress"]:
        assert text in details, text
    page.click("#details section:has-text('Goes out') button.link >> nth=0")
    assert selected(page) == ["orders"]
    page.click("#details .path button >> nth=2")
    assert selected(page) == ["Production (10.0.0.0/16)"]
    assert "Children" in page.inner_text("#details")
    page.click("#details button.heading:has-text('Children')")
    assert len(selected(page)) == 8
    assert "things selected" in page.inner_text("#details")


def test_details_of_a_connection(open_map):
    page = open_map("small")
    page.evaluate("""() => { const { view, model } = cloudmapper; const edge = view.cy.edges().filter((one) => view.edgeFacts.get(one.id()).cls === "public")[0]; edge.select(); }""")
    page.wait_for_timeout(100)
    details = page.inner_text("#details")
    for text in ["Internet →", "tcp/443", "Rules that allow it", "sg-lb", "ingress", "Source", "Target"]:
        assert text in details, text


def test_search(open_map):
    page = open_map("small")
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.id") == "search"
    page.keyboard.type("checkout")
    assert page.locator("#found [role=option]").count() == 7
    assert "6 matches" in page.inner_text("#search-status")
    assert page.get_attribute("#search", "aria-expanded") == "true"
    page.keyboard.press("ArrowDown")
    assert page.get_attribute("#search", "aria-activedescendant") == "found-1"
    page.keyboard.press("Enter")
    assert selected(page) == ["checkout-a1"]
    address = page.evaluate("cloudmapper.model.nodes.find((node) => node.name === 'checkout-b1').data.node_data.PrivateIpAddress")
    page.fill("#search", f"{address} ec2")
    assert "checkout-b1" in page.inner_text("#found"), "recorded data is searched"
    page.fill("#search", "team=shop")
    page.click("#found .all")
    assert len(selected(page)) > 5
    page.fill("#search", "no such thing")
    assert "Nothing on this map" in page.inner_text("#found")
    page.keyboard.press("Escape")
    assert page.is_hidden("#found")


def test_hide_show_undo_redo(open_map):
    page = open_map("small")
    before = len(shown(page))
    click(page, "legacy-elb")
    page.keyboard.press("d")
    assert "legacy-elb" not in shown(page)
    marked = page.evaluate("cloudmapper.view.cy.nodes('.hiddenNeighbors').length")
    assert marked > 0, "neighbours of what is hidden are marked"
    page.keyboard.press("Control+z")
    assert "legacy-elb" in shown(page)
    page.keyboard.press("Control+y")
    assert "legacy-elb" not in shown(page)
    click(page, "Internet")
    page.mouse.dblclick(*place(page, "Internet"))
    page.wait_for_timeout(100)
    assert "legacy-elb" in shown(page), "double click brings hidden neighbours back"
    find(page, "Europe")
    page.click("#do-hide")
    assert "eu-alb" not in shown(page), "what is in a hidden box is hidden"
    page.click("#do-show")
    assert len(shown(page)) == before
    for _ in range(4):
        page.click("#do-undo") if page.is_enabled("#do-undo") else None
    assert page.is_disabled("#do-undo") and page.is_enabled("#do-redo")


def test_collapse_and_expand(open_map):
    page = open_map("small")
    everything = len(shown(page))
    page.click("#do-collapse-all")
    assert sorted(shown(page)) == sorted(["demo", "Internet", "Office Berlin", "192.0.2.17/32"])
    assert page.evaluate("cloudmapper.view.cy.edges().length") == 3, "edges are joined"
    page.click("#do-expand-all")
    assert len(shown(page)) == everything
    find(page, "Analytics")
    page.keyboard.press("Escape")
    page.locator("#canvas").focus()
    click(page, "spark-0")
    page.keyboard.press("c")
    assert "spark-0" not in shown(page)
    assert selected(page) == ["app-a (10.1.16.0/24)"]
    page.keyboard.press("e")
    assert "spark-0" in shown(page)
    find(page, "Analytics")
    page.locator("#canvas").focus()
    page.keyboard.press("c")
    assert "app-a (10.1.16.0/24)" not in shown(page)
    page.mouse.dblclick(*place(page, "Analytics (10.1.0.0/16)"))
    page.wait_for_timeout(100)
    assert "spark-0" in shown(page), "double click opens a box"


def test_the_sign_on_a_box(open_map):
    page = open_map("small")
    x, y = page.evaluate("""() => {
        const { overlay, model } = cloudmapper;
        const one = overlay.toggles.find((toggle) => model.nodes[toggle.at].name.startsWith("Europe"));
        const frame = document.querySelector("#cy").getBoundingClientRect();
        return [frame.left + one.x + one.w / 2, frame.top + one.y + one.h / 2];
    }""")
    page.mouse.click(x, y)
    page.wait_for_timeout(60)
    assert "eu-alb" not in shown(page)


def test_highlight(open_map):
    page = open_map("small")
    click(page, "checkout-a1")
    page.keyboard.press("h")
    assert page.get_attribute("#do-highlight", "aria-pressed") == "true"
    dimmed = page.evaluate("""cloudmapper.view.cy.nodes(".dim").map((one) => cloudmapper.model.nodes[one.data("at")].name)""")
    assert "eu-alb" in dimmed and "shop-alb" not in dimmed and "checkout-a1" not in dimmed
    page.keyboard.press("h")
    assert page.evaluate("cloudmapper.view.cy.nodes('.dim').length") == 0


def test_many_lines_are_one(open_map):
    page = open_map("large")
    page.click("#do-expand-all")
    bundled = page.evaluate("cloudmapper.view.shown.edges.length")
    page.uncheck("#legend .option input")
    assert page.evaluate("cloudmapper.view.shown.edges.length") > bundled
    page.check("#legend .option input")
    page.uncheck("#legend li:has-text('from the internet') input")
    assert page.evaluate("cloudmapper.view.shown.edges.every((edge) => edge.cls !== 'public')")


def test_drag_and_reset(open_map):
    page = open_map("small")
    x, y = place(page, "cart:42")
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 200, y + 30, steps=6)
    page.mouse.up()
    moved = place(page, "cart:42")
    assert abs(moved[0] - x - 200) < 3 and abs(moved[1] - y - 30) < 3
    page.keyboard.press("Control+z")
    assert abs(place(page, "cart:42")[0] - x) < 3
    before = place(page, "eu-alb")
    x, y = place(page, "Europe (10.2.0.0/16)")
    y -= page.evaluate("(() => { const { model, view } = cloudmapper; return (model.nodes.find((node) => node.name.startsWith('Europe')).h / 2) * view.cy.zoom(); })()") - 4
    page.keyboard.press("m")
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 80, y + 40, steps=5)
    page.mouse.up()
    assert abs(place(page, "eu-alb")[0] - before[0] - 80) < 4, "what is in a box moves with it"
    page.keyboard.press("r")
    page.wait_for_timeout(100)
    page.keyboard.press("m")
    x, y = place(page, "Analytics (10.1.0.0/16)")
    page.mouse.move(x, y + 5)
    pan = page.evaluate("cloudmapper.view.cy.pan()")
    page.mouse.down()
    page.mouse.move(x + 50, y + 5, steps=4)
    page.mouse.up()
    assert abs(page.evaluate("cloudmapper.view.cy.pan()")["x"] - pan["x"] - 50) < 3, "otherwise dragging a box moves the map"


def test_layout_file(open_map, tmp_path):
    page = open_map("small")
    click(page, "legacy-elb")
    page.keyboard.press("d")
    x, y = place(page, "cart:42")
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 60, y, steps=4)
    page.mouse.up()
    page.click("summary:has-text('Export')")
    with page.expect_download() as waiting:
        page.click("#do-save")
    file = tmp_path / "layout.json"
    waiting.value.save_as(file)
    assert waiting.value.suggested_filename == "layout.json"
    layout = json.loads(file.read_text())
    assert layout["format"] == "cloudmapper-layout/1" and len(layout["hidden"]) == 1
    where = page.evaluate("cloudmapper.model.nodes.find((node) => node.name === 'cart:42').x")
    other = open_map("small")
    load(other, file)
    assert "legacy-elb" not in shown(other)
    assert other.evaluate("cloudmapper.model.nodes.find((node) => node.name === 'cart:42').x") == where
    other.keyboard.press("Control+z")
    assert "legacy-elb" in shown(other), "loading can be undone"
    for text in ["{", "[]", '{"format": "other"}', "null"]:
        bad = tmp_path / "bad.json"
        bad.write_text(text)
        load(other, bad)
        assert "was not loaded" in other.inner_text("#toast"), text
    old = tmp_path / "old.json"
    old.write_text(json.dumps({"elements": {"nodes": [{"data": {"id": "0.0.0.0/0"}, "position": {"x": -500, "y": 77}}, {"data": {"id": "gone"}, "position": {"x": 1, "y": 1}}]}}))
    load(other, old)
    assert "1 entry of it" in other.inner_text("#toast")
    assert other.evaluate("cloudmapper.model.nodes.find((node) => node.id === '0.0.0.0/0').y") == 77


def load(page, file):
    page.click("summary:has-text('Export')")
    with page.expect_file_chooser() as chooser:
        page.click("#do-load")
    chooser.value.set_files(str(file))
    page.wait_for_timeout(150)


def export(page, button, path):
    page.click("summary:has-text('Export')")
    with page.expect_download(timeout=60000) as waiting:
        page.click(button)
    waiting.value.save_as(path)
    return waiting.value.suggested_filename


def test_picture_as_svg(open_map, tmp_path):
    for name in ["small", "hostile"]:
        page = open_map(name)
        file = tmp_path / f"{name}.svg"
        assert export(page, "#do-svg", file) == "cloudmapper.svg"
        check_svg(file)
    texts = "".join(ET.parse(tmp_path / "hostile.svg").getroot().itertext())
    assert "<script>alert(2)" in texts, "markup is text"
    small = "".join(ET.parse(tmp_path / "small.svg").getroot().itertext())
    assert "Production" in small and "cart:42" in small


def check_svg(file):
    root = ET.parse(file).getroot()
    assert root.tag == f"{SVG}svg"
    allowed = {f"{SVG}{name}" for name in "svg title defs symbol use rect path polygon text g circle ellipse line polyline".split()}
    for element in root.iter():
        assert element.tag in allowed, element.tag
        for name, value in element.attrib.items():
            assert not name.lower().startswith("on") and name != "style", name
            assert "javascript:" not in value and "NaN" not in value, value
            if name.endswith("href"):
                assert value.startswith("#icon-"), value


def test_picture_as_png(open_map, tmp_path):
    for name in ["small", "large"]:
        page = open_map(name)
        file = tmp_path / f"{name}.png"
        assert export(page, "#do-png", file) == "CloudMapper.png"
        data = file.read_bytes()
        assert data.startswith(b"\x89PNG")
        width, height = int.from_bytes(data[16:20]), int.from_bytes(data[20:24])
        assert width > 1500 and height > 800 and len(data) > 50000


def test_deep_link(open_map):
    page = open_map("small")
    click(page, "checkout-a1")
    link = page.evaluate("location.hash.slice(1)")
    assert link.startswith("select=arn")
    other = open_map("small", "#" + link)
    assert selected(other) == ["checkout-a1"]
    assert other.inner_text("#details h2") == "checkout-a1"
    large = open_map("large")
    id = large.evaluate("cloudmapper.model.nodes.find((node) => node.name === 'ec2-00500' || node.type === 'rds').id")
    inside = open_map("large", "#select=" + id.replace("/", "%2F"))
    assert len(selected(inside)) == 1 and inside.evaluate("[...cloudmapper.view.selection].map((at) => cloudmapper.model.nodes[at].id)") == [id], "boxes around it are opened"
    lost = open_map("small", "#select=nobody")
    assert "not on this map" in lost.inner_text("#toast")
    found = open_map("small", "#search=bastion")
    assert found.input_value("#search") == "bastion" and found.locator("#found [role=option]").count() == 3


def test_copied_link(open_map, browser):
    page = open_map("small", permissions=["clipboard-read", "clipboard-write"])
    click(page, "shop-alb")
    page.click("#do-zoom-in")
    page.click("summary:has-text('Export')")
    page.click("#do-link")
    page.wait_for_timeout(100)
    link = page.evaluate("navigator.clipboard.readText()")
    other = open_map("small", "#" + link.partition("#")[2])
    assert selected(other) == ["shop-alb"]
    assert abs(other.evaluate("cloudmapper.view.cy.zoom()") - page.evaluate("cloudmapper.view.cy.zoom()")) < 1e-3


def test_dark_mode(open_map):
    ground = "getComputedStyle(document.body).backgroundColor"
    dark = open_map("small", color_scheme="dark")
    assert dark.evaluate("document.documentElement.dataset.theme") == "dark"
    assert dark.evaluate(ground) == "rgb(18, 22, 28)"
    page = open_map("small", color_scheme="light")
    light = page.evaluate("cloudmapper.view.cy.nodes('[type = \"subnet\"]')[0].style('background-color')")
    page.click("#do-theme")
    page.click("#do-theme")
    assert "dark" in page.get_attribute("#do-theme", "aria-label")
    assert page.evaluate(ground) == "rgb(18, 22, 28)"
    assert page.evaluate("cloudmapper.view.cy.nodes('[type = \"subnet\"]')[0].style('background-color')") != light
    page.reload()
    page.wait_for_selector("html[data-wired]", state="attached")
    assert page.evaluate("document.documentElement.dataset.theme") == "dark", "the choice is remembered"


def test_keyboard_only(open_map):
    page = open_map("small")
    page.keyboard.press("o")
    assert page.evaluate("document.activeElement.getAttribute('role')") == "treeitem"
    for key in ["Home", "ArrowDown", "ArrowRight", "ArrowDown", "ArrowRight", "ArrowDown", "ArrowDown", "ArrowDown"]:
        page.keyboard.press(key)
    assert page.evaluate("document.activeElement.getAttribute('aria-label')") == "igw-main, internet gateway"
    page.keyboard.press("Enter")
    assert selected(page) == ["igw-main"]
    assert page.evaluate("document.activeElement.getAttribute('aria-selected')") == "true"
    assert page.evaluate("document.activeElement.getAttribute('role')") == "treeitem", "the place in the outline is kept"
    page.keyboard.press("ArrowLeft")
    assert page.evaluate("document.activeElement.getAttribute('aria-label')").startswith("Production")
    page.keyboard.press("ArrowLeft")
    assert page.evaluate("document.activeElement.getAttribute('aria-expanded')") == "false"
    page.keyboard.press("i")
    assert page.evaluate("document.activeElement.id") == "details-title"
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.tagName") == "BUTTON"
    page.keyboard.press("?")
    assert page.is_visible("#help")
    page.keyboard.press("Escape")
    assert page.is_hidden("#help")
    page.locator("#canvas").focus()
    pan, zoom = page.evaluate("cloudmapper.view.cy.pan()"), page.evaluate("cloudmapper.view.cy.zoom()")
    page.keyboard.press("ArrowRight")
    assert page.evaluate("cloudmapper.view.cy.pan()")["x"] < pan["x"]
    page.keyboard.press("+")
    assert page.evaluate("cloudmapper.view.cy.zoom()") > zoom
    page.keyboard.press("Escape")
    assert selected(page) == []
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.id") == "do-fit":
            break
    else:
        raise AssertionError("Tab does not reach the last button of the map")


def test_names_and_roles(open_map):
    page = open_map("small")
    click(page, "shop-alb")
    nameless = page.evaluate("""() => [...document.querySelectorAll("button, input, summary, [role=treeitem], [role=tree], [role=toolbar], [role=listbox], img, canvas, [role=application]")]
        .filter((one) => !one.closest("[hidden]") && one.getAttribute("aria-hidden") !== "true" && !one.closest("#cy"))
        .filter((one) => !(one.getAttribute("aria-label") || one.getAttribute("aria-labelledby") || one.textContent.trim() || one.hasAttribute("alt") || one.closest("label")?.textContent.trim()))
        .map((one) => one.outerHTML.slice(0, 120))""")
    assert nameless == []
    missing = page.evaluate("""() => [...document.querySelectorAll("[aria-controls], [aria-labelledby]")].flatMap((one) => [one.getAttribute("aria-controls"), one.getAttribute("aria-labelledby")]).filter((id) => id && !document.getElementById(id))""")
    assert missing == []
    twice = page.evaluate("(() => { const ids = [...document.querySelectorAll('[id]')].map((one) => one.id); return ids.filter((id, at) => ids.indexOf(id) !== at); })()")
    assert twice == []
    assert page.evaluate("document.documentElement.lang") == "en"
    assert page.locator("[role=treeitem][tabindex='0']").count() == 1
    assert page.locator("h1").count() == 1
    assert "shop-alb selected" in page.inner_text("#status")


def test_contrast(open_map):
    """Every text on the page against its ground, by WCAG's formula: at least 4.5 to 1."""
    for scheme in ["light", "dark"]:
        page = open_map("small", color_scheme=scheme)
        click(page, "shop-alb")
        weak = page.evaluate("""() => {
            const parse = (text) => { const [r, g, b, a = "1"] = text.match(/[\\d.]+/g) ?? []; return [r, g, b, a].map(Number); };
            const light = ([r, g, b]) => [r, g, b].map((v) => v / 255).map((v) => (v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)).reduce((sum, v, at) => sum + v * [0.2126, 0.7152, 0.0722][at], 0);
            const ground = (one) => { for (let up = one; up; up = up.parentElement) { const c = parse(getComputedStyle(up).backgroundColor); if (c[3] === 1) return c; } return [255, 255, 255]; };
            const found = [];
            for (const one of document.querySelectorAll("body *")) {
                if (![...one.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim()) || !one.checkVisibility({ opacityProperty: true }) || one.closest(":disabled, #toast")) continue;
                const [a, b] = [light(parse(getComputedStyle(one).color)), light(ground(one))];
                const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
                if (ratio < 4.5) found.push(`${one.tagName} ${one.className} ${one.textContent.slice(0, 20)} ${ratio.toFixed(2)}`);
            }
            return found;
        }""")
        assert weak == [], scheme


def test_small_window(open_map):
    page = open_map("small", size=(900, 700))
    assert page.evaluate("document.documentElement.scrollWidth") <= 900
    assert page.evaluate("document.body.classList.contains('no-outline')")
    page.click("#toggle-outline")
    assert page.is_visible("#tree")
    phone = open_map("small", size=(420, 800))
    assert phone.evaluate("document.documentElement.scrollWidth") <= 420


def state(page):
    """What the picture, the outline, the address and the details each say is selected."""
    page.wait_for_timeout(60)
    return page.evaluate("""() => ({
        picture: cloudmapper.view.cy.nodes(":selected").map((one) => cloudmapper.model.nodes[one.data("at")].name),
        outline: [...document.querySelectorAll("[role=treeitem][aria-selected=true]")].map((one) => one.getAttribute("aria-label").split(",")[0]),
        address: new URLSearchParams(location.hash.slice(1)).getAll("select").map((id) => cloudmapper.model.nodes[cloudmapper.model.index.get(id)].name),
        details: [...document.querySelectorAll("#details h2")].filter((one) => one.checkVisibility()).map((one) => one.textContent),
    })""")


def test_what_is_selected_is_said_alike(open_map):
    page = open_map("small")
    find(page, "bastion-a")
    page.locator("#canvas").focus()
    assert set(map(tuple, state(page).values())) == {("bastion-a",)}
    page.keyboard.press("d")
    assert set(map(tuple, state(page).values())) == {()}, "what is hidden is not selected"
    page.keyboard.press("Control+z")
    assert set(map(tuple, state(page).values())) == {("bastion-a",)}, "undone, it is selected again"
    page.keyboard.press("h")
    assert page.get_attribute("#do-highlight", "aria-pressed") == "true" and "Select something" not in page.inner_text("#toast")
    page.keyboard.press("h")
    page.keyboard.press("Control+y")
    assert set(map(tuple, state(page).values())) == {()}
    page.keyboard.press("Control+z")
    page.keyboard.press("c")
    assert set(map(tuple, state(page).values())) == {("public-a (10.0.0.0/24)",)}, "its box stands for it"


BROKEN_WORDS = """() => {
    const broken = [];
    for (const cell of document.querySelectorAll("#details td, #details th")) {
        const walker = document.createTreeWalker(cell, NodeFilter.SHOW_TEXT);
        for (let node = walker.nextNode(); node; node = walker.nextNode()) {
            for (const word of node.data.matchAll(/[A-Za-z0-9_/]+/g)) {
                if (word[0].length > 17) continue;
                const range = document.createRange();
                range.setStart(node, word.index);
                range.setEnd(node, word.index + word[0].length);
                if (new Set([...range.getClientRects()].map((one) => Math.round(one.top))).size > 1) broken.push(word[0]);
            }
        }
    }
    return broken;
}"""


def test_words_in_tables_are_whole(open_map):
    for size in [(1400, 900), (900, 700), (400, 800)]:
        page = open_map("links", size=size)
        find(page, "prod")
        page.evaluate("cloudmapper.actions.choose(cloudmapper.model.nodes.findIndex((node) => node.name === 'prod'))")
        assert "direct-connect" in page.inner_text("#details table >> nth=0")
        assert page.evaluate(BROKEN_WORDS) == [], size
        page = open_map("small", size=size)
        find(page, "checkout-a0")
        assert "allowed" in page.inner_text("#details table >> nth=0")
        assert page.evaluate(BROKEN_WORDS) == [], size
        page.evaluate("""() => { const { view } = cloudmapper; view.select([]); view.cy.edges().filter((one) => view.edgeFacts.get(one.id()).cls === "public")[0].select(); }""")
        page.wait_for_timeout(100)
        assert "ingress" in page.inner_text("#details table")
        assert page.evaluate(BROKEN_WORDS) == [], size


def test_details_in_a_narrow_window(open_map):
    page = open_map("small", size=(400, 800), has_touch=True)
    page.tap("#do-expand-all")
    find(page, "checkout-a1")
    box = page.locator("#details").bounding_box()
    assert box["width"] * box["height"] < 0.55 * 400 * 800, "the map is still there"
    reachable = "(id) => { const one = document.querySelector(id); const { left, top, width, height } = one.getBoundingClientRect(); return one.contains(document.elementFromPoint(left + width / 2, top + height / 2)); }"
    for button in ["#do-undo", "#do-hide", "#do-reset", "#do-fit", "#details [aria-label='Close the details']"]:
        assert page.evaluate(reachable, button), button
    x, y = place(page, "checkout-a1")
    assert page.evaluate("([x, y]) => Boolean(document.elementFromPoint(x, y)?.closest('#canvas'))", [x, y]), "what is selected can be seen"
    page.evaluate("document.querySelector('#details').scrollTop = 1e4")
    assert page.evaluate(reachable, "#details [aria-label='Close the details']"), "scrolling does not take the button away"
    page.tap("#details [aria-label='Close the details']")
    assert page.is_hidden("#details") and set(map(tuple, state(page).values())) == {()}
    at = page.evaluate("cloudmapper.model.nodes.findIndex((node) => node.name === 'eu-alb')")
    page.evaluate("""(at) => { const { view, model } = cloudmapper; const zoom = 0.9; view.cy.viewport({ zoom, pan: { x: view.cy.width() / 2 - model.nodes[at].x * zoom, y: view.cy.height() - 60 - model.nodes[at].y * zoom } }); }""", at)
    page.touchscreen.tap(*place(page, "eu-alb"))
    page.wait_for_timeout(300)
    assert selected(page) == ["eu-alb"]
    x, y = place(page, "eu-alb")
    assert page.evaluate("([x, y]) => Boolean(document.elementFromPoint(x, y)?.closest('#canvas'))", [x, y]), "the map moves what was tapped out from under the details"


def test_collapsed_while_zoomed_in(open_map):
    page = open_map("small")
    inside = """() => {
        const { view, model, overlay } = cloudmapper;
        const [width, height] = [view.cy.width(), view.cy.height()];
        return overlay.toggles.filter((one) => one.x > -10 && one.y > -10 && one.x < width && one.y < height).map((one) => model.nodes[one.at].name);
    }"""
    find(page, "orders")
    page.evaluate("cloudmapper.view.zoomBy(2.5)")
    page.click("#do-collapse-all")
    page.wait_for_timeout(100)
    assert page.evaluate("""() => { const { view, model } = cloudmapper; const seen = view.cy.extent(); return view.shown.nodes.every((at) => { const { x, y, w, h, box } = model.nodes[at]; return !box || (x - w / 2 >= seen.x1 && x + w / 2 <= seen.x2 && y - h / 2 >= seen.y1 && y + h / 2 <= seen.y2); }); }"""), "all of the map is in the window"
    assert "demo" in page.evaluate(inside)
    page.evaluate("cloudmapper.view.zoomBy(6)")
    page.wait_for_timeout(200)
    assert page.evaluate(inside) == ["demo"], "inside of a collapsed box its name is in the window"
    page.keyboard.press("Escape")
    page.click("#do-expand-all")
    find(page, "checkout-a1")
    page.evaluate("cloudmapper.view.zoomBy(3)")
    page.locator("#canvas").focus()
    page.keyboard.press("c")
    page.wait_for_timeout(100)
    assert selected(page)[0] in page.evaluate(inside), "a box collapsed from inside comes into the window"


def test_labels_on_lines_do_not_overlap(open_map):
    for name in ["checkout-a0", "bastion-a", "orders", "Internet"]:
        page = open_map("small")
        find(page, name)
        page.evaluate("cloudmapper.view.highlight || cloudmapper.view.cy.zoom()")
        page.wait_for_timeout(150)
        assert page.evaluate("cloudmapper.view.cy.edges('.hot').every((edge) => edge.style('label') === '')"), "Cytoscape would write all of them, whatever is below"
        labels = page.evaluate("cloudmapper.overlay.labels.map(({ x, y, w, h, text }) => [x, y, x + w, y + h, text])")
        icons = page.evaluate("""() => { const { view, model } = cloudmapper; const [zoom, pan] = [view.cy.zoom(), view.cy.pan()]; return view.shown.nodes.filter((at) => !model.nodes[at].box).map((at) => { const node = model.nodes[at]; const half = ((node.w || 48) * zoom) / 2; const [x, y] = [node.x * zoom + pan.x, node.y * zoom + pan.y]; return [x - half, y - half, x + half, y + half]; }); }""")
        assert len(labels) >= 2 and all(label[4] for label in labels), name
        for at, one in enumerate(labels):
            for other in [*labels[at + 1 :], *icons]:
                assert one[0] >= other[2] or one[2] <= other[0] or one[1] >= other[3] or one[3] <= other[1], (name, one, other)


def test_labels_on_lines_do_not_cover_counts(open_map):
    page = open_map("small", size=(400, 800))
    for name in ["Internet", "eu-west-1a"]:
        page.evaluate("""(name) => { const { view, model } = cloudmapper; view.select([view.shown.nodes.find((at) => model.nodes[at].name === name)]); view.fit(null, false); }""", name)
        page.wait_for_timeout(100)
        written = page.evaluate("""() => {
            const { overlay } = cloudmapper;
            const texts = [];
            const draw = overlay.text;
            overlay.text = (pen, step) => {
                draw.call(overlay, pen, step);
                if (!step.centred) texts.push([step.x, step.y - 6, step.x + pen.measureText(step.text).width, step.y + 6]);
            };
            overlay.draw();
            delete overlay.text;
            return [texts, overlay.labels.map(({ x, y, w, h }) => [x, y, x + w, y + h])];
        }""")
        assert len(written[0]) > 5 and len(written[1]) > 0, name
        for one in written[1]:
            for other in written[0]:
                assert one[0] >= other[2] or one[2] <= other[0] or one[1] >= other[3] or one[3] <= other[1], (name, one, other)


def test_kinds_of_links(open_map):
    for scheme in ["light", "dark"]:
        page = open_map("links", color_scheme=scheme)
        drawn = "(cls) => cloudmapper.view.cy.edges().filter((edge) => cloudmapper.view.edgeFacts.get(edge.id()).cls === cls).map((edge) => [edge.style('line-color'), edge.style('line-style'), edge.style('target-arrow-shape')])"
        looks = {}
        for cls, name in [("public", "from the internet"), ("allowed", "allowed inside"), ("target", "load balancing"), ("endpoint", "to an endpoint"), ("peering", "VPC peering"), ("transit", "transit gateway"), ("vpn", "VPN"), ("direct-connect", "Direct Connect")]:
            row = page.locator("#legend li").filter(has_text=name)
            assert row.count() == 1, name
            lines = page.evaluate(drawn, cls)
            assert lines and lines.count(lines[0]) == len(lines), cls
            looks[cls] = tuple(lines[0])
            row.locator("input").uncheck()
            assert page.evaluate(drawn, cls) == [], f"{cls} can be switched off"
            row.locator("input").check()
            assert page.evaluate(drawn, cls) == lines
        assert len({look[0] for look in looks.values()}) == len(looks), "each kind has a colour of its own"
        assert all(looks[cls][1:] == ("dashed", "none") for cls in ["peering", "transit", "vpn", "direct-connect"]), "links have no direction"


def test_rules_of_every_kind(open_map):
    page = open_map("links")
    for cls in ["allowed", "public", "target", "endpoint"]:
        page.evaluate("""(cls) => { const { view } = cloudmapper; view.select([]); view.cy.edges().filter((one) => view.edgeFacts.get(one.id()).cls === cls)[0].select(); }""", cls)
        page.wait_for_timeout(80)
        details = page.inner_text("#details")
        for text in ["Rules that allow it", {"allowed": "sg-data", "public": "sg-public"}.get(cls, f"sg-{cls}"), "ingress", "made up"]:
            assert text in details, (cls, text)


def test_groups_of_unknown_exposure(open_map):
    page = open_map("links")
    assert page.evaluate("""() => { const { view, model } = cloudmapper; return view.cy.nodes().filter((one) => String(one.style("background-image")).includes("badge-unknown")).map((one) => model.nodes[one.data("at")].type); }""") == ["autoscaling", "grouped_ec2"] * 3
    assert "not fully known" in page.inner_text("#legend .marks")
    find(page, "web-0")
    assert "not fully known" in page.inner_text("#details header") and "6 resources" in page.inner_text("#details dl")
    find(page, "prod-0")
    assert "2 not fully known" in page.inner_text("#details dl")


def test_links_have_no_direction(open_map):
    page = open_map("links")
    page.evaluate("""() => { const { view } = cloudmapper; view.cy.edges().filter((one) => view.edgeFacts.get(one.id()).cls === "vpn")[0].select(); }""")
    page.wait_for_timeout(80)
    details = page.inner_text("#details")
    assert "Data centre ↔ shared-0" in details and "link · VPN" in details and "Source" not in details and "vpn-1" in details
    find(page, "prod-0")
    assert [text.split()[0] for text in page.locator("#details section:has(table) h3").all_inner_texts()] == ["Linked", "Comes"]
    assert "dxgw-1" in page.inner_text("#details section:has-text('Linked with')")
    page.evaluate("cloudmapper.actions.collapseAll()")
    assert "tgw-1 ×2" in page.evaluate("cloudmapper.view.cy.edges('.transit').map((edge) => edge.data('label'))")


def test_names_of_boxes_do_not_cover_their_icons(open_map):
    page = open_map("small")
    page.click("#do-expand-all")
    covered = """() => {
        const { view, model, overlay } = cloudmapper;
        overlay.pills = [];
        overlay.pill = (_, step) => overlay.pills.push(step);
        overlay.draw();
        delete overlay.pill;
        const [zoom, pan] = [view.cy.zoom(), view.cy.pan()];
        const icons = view.shown.nodes.filter((at) => model.nodes[at].parent !== -1 && !model.nodes[at].box).map((at) => { const { x, y } = model.nodes[at]; return [x * zoom + pan.x, y * zoom + pan.y, 24 * zoom, model.nodes[at].parent]; });
        return overlay.pills.filter((one) => model.nodes[one.at].type === "subnet" && icons.some(([x, y, half, parent]) => parent === one.at && x + half > one.x && x - half < one.x + one.w && y + half > one.y && y - half + 3 < one.y + one.h)).map((one) => model.nodes[one.at].name);
    }"""
    for zoom in [0.12, 0.2, 0.28, 0.4, 0.7, 1.2]:
        page.evaluate("(zoom) => { cloudmapper.view.cy.zoom(zoom); cloudmapper.view.cy.center(); }", zoom)
        page.wait_for_timeout(120)
        assert page.evaluate(covered) == [], zoom
    page.evaluate("() => { cloudmapper.view.cy.zoom(0.2); cloudmapper.view.cy.center(); }")
    page.wait_for_timeout(120)
    x, y = page.evaluate("""() => { const { view, model } = cloudmapper; const node = model.nodes.find((one) => one.name.startsWith("data-a")); const { left, top } = document.querySelector("#canvas").getBoundingClientRect(); const [zoom, pan] = [view.cy.zoom(), view.cy.pan()]; return [left + (node.x - node.w / 2 + 12) * zoom + pan.x, top + (node.y + node.h / 2 - 12) * zoom + pan.y]; }""")
    page.mouse.move(x - 300, y)
    page.mouse.move(x, y)
    page.wait_for_timeout(120)
    assert "data-a" in page.inner_text("#tip"), "a name that is not written is told"


def test_names_outside_do_not_overlap(open_map):
    page = open_map("small")
    page.evaluate("""() => {
        const { view, model } = cloudmapper;
        const [first, ...others] = model.nodes.filter((one) => one.parent === -1 && !one.box);
        others.forEach((one, at) => Object.assign(one, { x: first.x - (at + 1) * (first.w / 56) * 150, y: first.y }));
        view.sync();
        view.fit(null, false);
    }""")
    for whole in [True, False]:
        page.evaluate("(whole) => { const { view, model } = cloudmapper; view.fit(whole ? null : view.shown.nodes.filter((at) => model.nodes[at].parent === -1 && !model.nodes[at].box), false); }", whole)
        page.wait_for_timeout(120)
        names = page.evaluate("""() => {
            const { overlay, view, model } = cloudmapper;
            const names = [];
            const draw = overlay.text;
            overlay.text = (pen, step) => {
                draw.call(overlay, pen, step);
                const half = pen.measureText(step.text).width / 2;
                if (step.centred && model.nodes[step.at].parent === -1) names.push([step.x - half, step.x + half, step.text]);
            };
            overlay.draw();
            delete overlay.text;
            return names.sort((a, b) => a[0] - b[0]);
        }""")
        assert all(left[1] <= right[0] for left, right in zip(names, names[1:])), names
    assert {name for _, _, name in names} == {"Internet", "Office Berlin", "192.0.2.17/32"}


def test_files_of_the_old_tool(open_map):
    page = open_map("plain")
    assert "shop-alb" in shown(page) and "Datadog" in shown(page)
    positions = page.evaluate("cloudmapper.model.nodes.map((node) => [node.x, node.y])")
    assert all(isinstance(x, (int, float)) and isinstance(y, (int, float)) for x, y in positions)
    assert page.evaluate("cloudmapper.model.edges.filter((edge) => edge.cls === 'admin').length") == 3


def test_what_is_drawn_is_bounded(open_map):
    page = open_map("large")
    assert page.evaluate("cloudmapper.view.cy.elements().length") <= 1500
    page.click("#do-expand-all")
    assert page.evaluate("cloudmapper.view.cy.nodes().length") <= 1500

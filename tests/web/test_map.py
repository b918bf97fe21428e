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
    assert "59 resources" in page.inner_text("#subtitle")
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

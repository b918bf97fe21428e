"""The page of principals in a real browser: pictures, ways, filters, keys, address, and what it must not do."""

import json
import pathlib
import re
import xml.etree.ElementTree as ET

import inline
import make_principals
import pytest
from conftest import ELEMENTS, WEB, cards, check_alone, check_elements

HERE = pathlib.Path(__file__).parent
SVG = "{http://www.w3.org/2000/svg}"
OWN = ELEMENTS | {"g", "symbol", "circle", "use", "image", "text", "tspan", "h4", "select", "option"}


@pytest.fixture(scope="session")
def graphs(tmp_path_factory):
    """Files by name: nine nodes, fifty, five hundred, five thousand, and hostile ones."""
    folder = tmp_path_factory.mktemp("principals")
    for name, size in {"fifty": (50, 200, 1), "hundreds": (500, 4000, 2), "large": (5000, 100000, 10)}.items():
        (folder / f"{name}.json").write_text(json.dumps(make_principals.estate(*size), separators=(",", ":")))
    (folder / "nine.json").write_bytes((HERE / "principals.json").read_bytes())
    (folder / "hostile.json").write_text(json.dumps(make_principals.hostile()))
    (folder / "empty.json").write_text('{"format": "cloudmapper-principals/1", "nodes": []}')
    (folder / "other.json").write_text('{"format": "cloudmapper-principals/9", "nodes": []}')
    (folder / "broken.json").write_text('{"format": "cloudmapper-princ')
    return folder


@pytest.fixture
def open_page(open_with, graphs):
    """Opens the page with a graph, or a file of its own."""
    return open_with("principals", graphs)


def lines(page):
    return set(page.evaluate("cloudmapper.stage.scene.lines.map((line) => { const { items } = cloudmapper.stage.scene; return `${items[line.from].title} > ${items[line.to].title}`; })"))


def click(page, title):
    index = cards(page).index(title)
    page.locator(f"#world [data-item='{index}'] .face").click()


def pick(page, box, text):
    page.fill(f"#{box}", text)
    page.keyboard.press("Enter")


def check(page, text):
    page.locator("#choices label.check", has_text=text).locator("input").click()


def way(page):
    return [re.sub(r"\s+", " ", text).strip() for text in page.locator("details.route[open] .way > li").all_inner_texts()]


def test_the_first_picture(open_page):
    page = open_page("nine")
    assert page.inner_text("h1") == "Principals of prod"
    assert "Snapshot of 2026-11-22 10:00 UTC" in page.inner_text("#subtitle")
    assert set(cards(page)) == {"platform-admin", "All rights", "ada", "bob", "deploy", "ci", "token.actions.githubusercontent.com", "viewer"}, "services are off at first"
    assert lines(page) == {"ada > platform-admin", "ci > platform-admin", "bob > All rights", "deploy > ci", "token.actions.githubusercontent.com > ci"}
    assert page.locator("#world .line.possible").count() == 2
    columns = page.evaluate("cloudmapper.stage.scene.headings.map((heading) => heading.text)")
    assert {"2 steps", "1 step", "Administrators", "Cannot become administrator"} <= set(columns)
    assert "lambda-list-functions was not collected" in page.text_content("#notes-list")


def test_legend_and_marks(open_page):
    page = open_page("nine")
    legend = page.inner_text("#legend")
    for text in ["administrator", "can become one", "possibly can", "service", "certain", "possible", "group"]:
        assert text in legend, text
    colour = "(one) => getComputedStyle(one).fill"
    assert page.locator("#legend .admin .face").first.evaluate(colour) == "rgb(191, 239, 255)"
    assert page.locator("#legend .escalate .face").first.evaluate(colour) == "rgb(250, 219, 216)"
    assert page.locator("#legend .service .face").evaluate(colour) == "rgb(221, 255, 221)"
    # Not by colour alone: a sign, a line, and words.
    card = page.locator("#world .card", has_text="bob")
    assert card.locator(".sign.up-if").count() == 1 and "possibly 1 step" in card.inner_html()
    assert card.locator(".face").evaluate("(one) => getComputedStyle(one).strokeDasharray") != "none"
    page.click("#do-theme")
    page.click("#do-theme")
    assert page.get_attribute("html", "data-theme") == "dark"
    assert page.locator("#legend .admin .face").first.evaluate(colour) != "rgb(191, 239, 255)"


def test_details_of_a_principal(open_page):
    page = open_page("nine")
    click(page, "ada")
    details = page.inner_text("#details")
    for text in ["ada", "user", "1 step", "Can become administrator in 1 step", "arn:aws:iam::111122223333:user/ada", "team", "checkout", "It can act as", "platform-admin", "deploy", "Lambda", "AssumeRole"]:
        assert text in details, text
    assert page.locator("#world .card.selected").count() == 1
    page.locator("#details tr", has_text="platform-admin").locator("button", has_text="Lambda").click()
    assert "ada → platform-admin" in page.inner_text("#details h2")
    click(page, "platform-admin")
    details = page.inner_text("#details")
    assert "Why it is an administrator" in details and "policy AdministratorAccess, statement 0" in details and "Can act as it" in details


def test_details_of_a_step(open_page):
    page = open_page("nine")
    page.evaluate("cloudmapper.app.clickLine(cloudmapper.stage.scene.lines.find((line) => line.label === 'IAM'))")
    details = page.inner_text("#details")
    for text in ["bob → All rights", "possible", "can put an inline policy on itself", "Only if", "aws:MultiFactorAuthPresent is true", "iam:PutUserPolicy", "policy self-service, statement 2 (OwnPolicies)", "To prevent it", "permissions boundary"]:
        assert text in details.replace("administrator of prod", "All rights"), text
    link = page.locator("#details a")
    assert link.get_attribute("href") == "https://docs.aws.amazon.com/IAM/latest/APIReference/API_PutUserPolicy.html"
    assert link.get_attribute("rel") == "noopener noreferrer"
    assert page.locator("#world .line.hot").count() == 1


def test_search(open_page):
    page = open_page("nine")
    page.keyboard.press("/")
    page.keyboard.type("team=check")
    assert page.locator("#found [role=option]").count() == 1 and "ada" in page.inner_text("#found")
    page.keyboard.press("Enter")
    assert page.inner_text("#details h2") == "ada"
    page.fill("#search", "nothing of that name")
    assert "No principal matches" in page.inner_text("#found")
    page.keyboard.press("Escape")
    assert page.is_hidden("#found")
    pick(page, "search", "lambda.amazonaws")
    assert "lambda.amazonaws.com" in cards(page), "what is asked for is shown, services too"
    assert page.inner_text("#details h2") == "lambda.amazonaws.com"


def test_ways_to_any_administrator(open_page):
    page = open_page("nine")
    pick(page, "from", "token")
    assert "2 steps · 1 shortest way" in page.inner_text("#details header")
    steps = way(page)
    assert len(steps) == 3
    assert steps[0].startswith("token.actions.githubusercontent.com becomes ci certain federation: it may assume the role by web identity")
    assert steps[1].startswith("ci becomes platform-admin certain CloudFormation: it can create a stack with the role")
    assert steps[2].startswith("platform-admin is administrator of prod certain")
    page.locator(".way > li").nth(1).locator("summary").click()
    page.locator(".way > li").nth(1).locator(".checks").wait_for()
    text = page.locator(".way > li").nth(1).inner_text()
    for part in ["iam:PassRole", "cloudformation:CreateStack", "policy ci, statement 0", "Let iam:PassRole only pass roles", "docs.aws.amazon.com"]:
        assert part in text, part
    assert cards(page) == ["token.actions.githubusercontent.com", "ci", "platform-admin"]


def test_ways_under_conditions(open_page):
    page = open_page("nine", "#view=ways&from=arn:aws:iam::111122223333:role/deploy&to=admin:111122223333")
    steps = way(page)
    assert "if aws:SourceIp is in 10.0.0.0/8" in steps[0] and "not known: whether a session policy limits it" in steps[0]
    assert "None of them is certain all the way" in page.inner_text("#details")
    check(page, "Certain only")
    assert "No known steps" in page.inner_text("#details") and "1 step from deploy left out" in page.inner_text("#details")


def test_all_shortest_ways(open_page):
    """Against a search of all ways, written another way."""
    page = open_page("fifty")
    result = page.evaluate(
        """() => {
            const { graph, filter, app } = cloudmapper;
            const out = [];
            for (const node of graph.nodes.filter((one) => filter.steps[one.at] > 0)) {
                let ways = [[node.at]];
                let found = [];
                while (found.length === 0) {
                    ways = ways.flatMap((way) => [...new Set([...graph.outgoing(way.at(-1))].filter((edge) => filter.edgeOn[edge]).map((edge) => graph.to[edge]))].map((to) => [...way, to]));
                    found = ways.filter((way) => filter.isAdministrator(way.at(-1)));
                }
                app.ways(node.at, "any");
                out.push([found.map(String).sort(), app.result.ways.map((way) => String([way[0].from, ...way.map((hop) => hop.to)])).sort(), app.result.count]);
            }
            return out;
        }"""
    )
    assert len(result) >= 5
    for expected, listed, count in result:
        assert listed == expected and count == len(expected)


def test_choosing_a_way(open_page):
    page = open_page("hundreds")
    page.evaluate("""() => { const { app, graph } = cloudmapper; for (const node of graph.nodes) { if (cloudmapper.filter.steps[node.at] < 2) continue; app.ways(node.at, "any"); if (app.result.count > 2) return; } }""")
    page.locator("details.route > summary").nth(1).click()
    hot = page.locator("#world .line.hot").count()
    assert hot == page.evaluate("cloudmapper.app.result.length") and page.locator("#world .card.dim").count() > 0


def test_focus(open_page):
    page = open_page("nine")
    click(page, "ci")
    page.keyboard.press("g")
    assert "Around ci, 2 steps" in page.inner_text("#crumb")
    assert set(cards(page)) == {"ci", "deploy", "ada", "token.actions.githubusercontent.com", "platform-admin", "All rights"}
    page.keyboard.press("1")
    assert set(cards(page)) == {"ci", "deploy", "token.actions.githubusercontent.com", "platform-admin"}
    assert "3 principals within 1 step" in page.inner_text("#shown")
    place = page.evaluate("Object.fromEntries(cloudmapper.stage.scene.items.map((item) => [item.title, item.x]))")
    assert place["deploy"] < place["ci"] < place["platform-admin"]
    page.go_back()
    page.wait_for_timeout(100)
    assert page.inner_text("#crumb") == "All principals"


def test_focus_is_capped(open_page):
    page = open_page("large")
    page.evaluate("""() => { const { app, graph } = cloudmapper; app.state.reach = 3; app.focusOn(graph.nodes.reduce((best, node) => (graph.incoming(node.at).length > graph.incoming(best.at).length ? node : best)).at); }""")
    assert len(cards(page)) < 120
    assert "principals within 3 steps" in page.inner_text("#shown")
    left = page.evaluate("cloudmapper.stage.scene.left")
    assert left == 0 or f"{left:,} of them not drawn one by one" in page.inner_text("#shown")


def test_filters(open_page):
    page = open_page("nine")
    check(page, "Certain only")
    assert lines(page) == {"ada > platform-admin", "ci > platform-admin", "token.actions.githubusercontent.com > ci"}
    check(page, "Certain only")
    check(page, "Services")
    assert "lambda.amazonaws.com" in cards(page)
    check(page, "Users")
    assert "ada" not in cards(page) and "ci" in cards(page)
    check(page, "Users")
    page.locator("details.category", has_text="Pass a role to something new").locator("summary input").click()
    assert "ada > platform-admin" not in lines(page) and "ci > platform-admin" not in lines(page) and "bob > All rights" in lines(page)
    page.locator("details.category", has_text="Pass a role to something new").locator("summary span").first.click()
    check(page, "lambda-001")
    assert "ada > platform-admin" in lines(page) and "ci > platform-admin" not in lines(page)
    check(page, "Only towards administrators")
    assert "ada > deploy" in lines(page)


def test_filter_of_accounts_and_own_edges(open_page):
    page = open_page("hundreds")
    check(page, "staging")
    assert page.evaluate("cloudmapper.stage.scene.boxes.map((box) => box.title)") == ["prod"]
    on = "cloudmapper.filter.edgesOn"
    before = page.evaluate(on)
    check(page, "Hide administrators")
    assert page.evaluate(on) > before, "administrators' own steps were left out"


def test_overview_and_groups(open_page):
    page = open_page("hundreds")
    assert page.inner_text("#crumb") == "Administrators, and who can become one"
    assert page.evaluate("cloudmapper.stage.scene.boxes.map((box) => box.title)") == ["prod", "staging"]
    before = len(cards(page))
    name = next(title for title in cards(page) if title.endswith("principals"))
    click(page, name)
    assert len(cards(page)) > before + 5 and page.inner_text("#details h2") == name
    assert "open=" in page.url
    total = int(name.split()[0])
    assert page.locator("#details .lazy tbody tr").count() == min(60, total)
    page.fill("#details .filter", "role")
    page.fill("#details .filter", "no such name")
    assert page.locator("#details .lazy tbody tr").count() == 0 and f"0 of {total} match" in page.inner_text("#details")
    page.click("#do-fold")
    assert len(cards(page)) == before and page.is_hidden("#do-fold")
    pick(page, "search", "prod audit-instance")
    assert page.inner_text("#details h2") == "audit-instance" and "audit-instance" in cards(page), "groups open for what is found"


def test_large(open_page):
    page = open_page("large", size=(1440, 900))
    mark = page.evaluate("""() => { const loaded = performance.getEntriesByType("resource").find((one) => one.name.endsWith("principals.json")).responseEnd; return [performance.getEntriesByName("cloudmapper:first-picture")[0].startTime, loaded]; }""")
    assert mark[0] < 4000 and mark[0] - mark[1] < 2000, f"first picture {mark[0]:.0f} ms after the start, {mark[0] - mark[1]:.0f} ms after the data came"
    assert len(cards(page)) < 120 and page.locator("#world .card").count() == len(cards(page))
    longest = page.evaluate(
        """() => {
            const { app, filter, graph } = cloudmapper;
            const times = [];
            const climbers = graph.nodes.filter((node) => filter.steps[node.at] > 1).slice(0, 40);
            for (const node of climbers) { app.ways(node.at, "any"); times.push(app.result.time); }
            return [Math.max(...times), climbers.length];
        }"""
    )
    assert longest[1] == 40 and longest[0] < 200, longest
    spent = page.evaluate("""() => { const { app, filter } = cloudmapper; app.setView("overview"); const start = performance.now(); app.setFilter(() => { filter.certainOnly = true; }); return performance.now() - start; }""")
    assert spent < 1000, spent
    pick(page, "search", "payments break-glass")
    assert page.inner_text("#details h2") == "break-glass" and "payments" in page.inner_text("#details")
    assert page.evaluate("document.querySelectorAll('*').length") < 6000


def test_address(open_page):
    page = open_page("nine")
    click(page, "ada")
    check(page, "Certain only")
    check(page, "Services")
    page.locator("details.category", has_text="Raise its own rights").locator("summary input").click()
    fragment = page.evaluate("location.hash")
    assert "select=" in fragment and "certain=1" in fragment and "off=iam-005" in fragment
    page = open_page("nine", fragment)
    assert page.inner_text("#details h2") == "ada"
    state = page.evaluate("({ certain: cloudmapper.filter.certainOnly, kinds: [...cloudmapper.filter.kindsOff], off: cloudmapper.filter.techniquesOff.size })")
    assert state == {"certain": True, "kinds": [], "off": 1}
    assert page.evaluate("location.hash") == fragment
    page = open_page("nine", "#view=focus&node=arn%3Aaws%3Aiam%3A%3A111122223333%3Arole%2Fci&steps=3")
    assert page.inner_text("#crumb") == "Around ci, 3 steps"
    page = open_page("nine", "#select=nobody&view=focus&node=x&steps=9&open=__proto__&hide=constructor&off=toString")
    assert page.inner_text("#crumb") == "All principals" and "not in this graph" in page.inner_text("#toast")


def test_keyboard(open_page):
    page = open_page("nine")
    page.keyboard.press("ArrowRight")
    first = page.evaluate("document.activeElement.getAttribute('aria-label')")
    page.keyboard.press("ArrowRight")
    second = page.evaluate("document.activeElement.getAttribute('aria-label')")
    assert first and second and first != second
    page.keyboard.press("Enter")
    assert second.startswith(page.inner_text("#details h2"))
    page.keyboard.press("a")
    assert page.evaluate("cloudmapper.app.state.view") == "ways"
    page.keyboard.press("b")
    assert page.inner_text("#crumb") == "All principals"
    page.keyboard.press("p")
    assert page.evaluate("document.activeElement.id") == "from"
    page.keyboard.press("Escape")
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("?")
    assert page.is_visible("#help")
    assert page.locator("#world .card[tabindex='0']").count() == 1


def test_export(open_page):
    page = open_page("fifty")
    page.click("summary:has-text('Export')")
    with page.expect_download() as waiting:
        page.click("#do-svg")
    root = ET.fromstring(pathlib.Path(waiting.value.path()).read_text())
    assert root.tag == f"{SVG}svg" and len(list(root.iter(f"{SVG}rect"))) > 20
    texts = "".join(text for one in root.iter(f"{SVG}text") for text in one.itertext())
    assert "backup-task" in texts and "Administrators" in texts
    assert all(one.get("href").startswith("data:image/svg+xml;base64,") for one in root.iter(f"{SVG}image"))
    assert not [one for one in root.iter() if one.get("class") or one.get("style")]
    page.click("summary:has-text('Export')")
    with page.expect_download() as waiting:
        page.click("#do-png")
    assert pathlib.Path(waiting.value.path()).read_bytes().startswith(b"\x89PNG")


def check_document(page):
    check_elements(page, OWN, r"(#|\./icons/|icons/|style\.css|principals\.(css|json)|principals/|(index|principals|trust)\.html$|account-data/|data:)")


def test_hostile_data(open_page):
    page = open_page("hostile")
    check_document(page)
    assert "could not be used" in page.text_content("#notes-list")
    for at in page.evaluate("cloudmapper.graph.nodes.map((node) => node.at)"):
        page.evaluate("(at) => cloudmapper.app.choose(at)", at)
        check_document(page)
        page.evaluate("(at) => cloudmapper.app.focusOn(at)", at)
        page.evaluate("(at) => cloudmapper.app.ways(at, 'any')", at)
        page.evaluate("[...document.querySelectorAll('details')].forEach((one) => { one.open = true; })")
        page.wait_for_timeout(10)
        check_document(page)
    for edge in range(page.evaluate("cloudmapper.graph.edgeCount")):
        page.evaluate("(edge) => cloudmapper.app.showEdges([edge])", edge)
        check_document(page)
    assert page.locator("#details a").count() == 0, "an address that is no https is no link"
    for text in ["<img", "__proto__", "script", "odd="]:
        page.fill("#search", text)
        check_document(page)
    page.evaluate("cloudmapper.app.setView('all')")
    page.mouse.move(700, 400)
    check_document(page)
    assert page.evaluate("({}).polluted") is None
    assert "\\u202e" in page.evaluate("document.querySelector('#world').textContent"), "what turns text around is written out"
    page.evaluate("document.querySelector('#export').open = true")
    with page.expect_download() as waiting:
        page.click("#do-svg")
    names = {one.tag.removeprefix(SVG) for one in ET.fromstring(pathlib.Path(waiting.value.path()).read_text()).iter()}
    assert names <= {"svg", "title", "rect", "g", "path", "text", "tspan", "image"}


def test_hostile_address(open_page):
    for fragment in ["#select=%3Cimg%20src%3Dx%20onerror%3Dalert(1)%3E", "#view=__proto__", "#view=ways&from=x", "#open=%3Csvg%3E&without=%3Cb%3E", "#select=%"]:
        page = open_page("nine", fragment)
        check_document(page)
        assert page.inner_text("#crumb") == "All principals"


def test_no_data(open_page):
    text = open_page("nothing-of-that-name").inner_text("#notice")
    assert "There is no graph of principals yet" in text and "cloudmapper visualize --account NAME --filetype json" in text
    assert "not valid JSON" in open_page("broken").inner_text("#notice")
    assert "not a graph of principals" in open_page("other").inner_text("#notice")
    assert "There are no principals" in open_page("empty").inner_text("#notice")


def test_single_file(open_page, graphs, tmp_path):
    for name in ["nine", "hostile", "hundreds"]:
        file = tmp_path / f"{name}.html"
        file.write_text(inline.single_file(WEB, "principals.html", (graphs / f"{name}.json").read_text()))
        page = open_page(name, url=file.as_uri())
        assert len(cards(page)) > 5
        check_document(page)
        check_alone(page)
    page = open_page("nine", url=(tmp_path / "nine.html").as_uri(), fragment="#select=arn:aws:iam::111122223333:user/bob")
    assert page.inner_text("#details h2") == "bob"
    page.click("summary:has-text('Export')")
    with page.expect_download() as waiting:
        page.click("#do-png")
    assert pathlib.Path(waiting.value.path()).read_bytes().startswith(b"\x89PNG")


def test_the_page_opened_as_a_file(browser):
    page = browser.new_page()
    page.goto((WEB / "principals.html").as_uri())
    assert "Principals" in page.title()
    page.close()


def test_sizes(open_page):
    for size in [(1440, 900), (1024, 700), (390, 800)]:
        page = open_page("fifty", size=size)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), size
        assert page.locator("#picture").bounding_box()["width"] > size[0] * 0.5


def test_the_way_back_from_a_link(open_page):
    """A link to somebody who is in no group of the overview draws around them; going back must leave, not come here again."""
    page = open_page("hundreds")
    name = page.evaluate("cloudmapper.graph.nodes.find((node) => node.kind === 'user' && cloudmapper.filter.steps[node.at] === -1).id")
    page = open_page("hundreds", f"#select={name}")
    assert page.inner_text("#crumb").startswith("Around")
    length = page.evaluate("history.length")
    page.evaluate("dispatchEvent(new PopStateEvent('popstate'))")
    assert page.evaluate("history.length") == length

"""The page of trust between accounts in a real browser: picture, details, filters, blast radius, table, address, and what it must not do."""

import base64
import json
import os
import pathlib
import re
import subprocess

import inline
import make_trust
import pytest
from conftest import ELEMENTS, WEB, cards, check_elements

OWN = ELEMENTS | {"g", "text", "canvas", "pre"}
PROD, STAGING, DEV, SECURITY, DATADOG, UNKNOWN = "111122223333", "222233334444", "333344445555", "444455556666", "464622532012", "999988887777"


@pytest.fixture(scope="session")
def webs(tmp_path_factory):
    folder = tmp_path_factory.mktemp("trust")
    for name, size in {"medium": (40, 200), "large": (500, 5000)}.items():
        (folder / f"{name}.json").write_text(json.dumps(make_trust.estate(*size), separators=(",", ":")))
    (folder / "small.json").write_text(json.dumps(make_trust.small()))
    (folder / "odd.json").write_text(json.dumps(make_trust.odd()))
    (folder / "hostile.json").write_text(json.dumps(make_trust.hostile()))
    (folder / "empty.json").write_text('{"format": "cloudmapper-trust/1", "elements": []}')
    (folder / "other.json").write_text('{"format": "cloudmapper-trust/9", "elements": []}')
    (folder / "broken.json").write_text('{"format": "cloudmapper-tru')
    return folder


@pytest.fixture
def open_page(open_with, webs):
    """Opens the page with a web of trust, or a file of its own."""
    return open_with("trust", webs)


def lines(page):
    return set(page.evaluate("cloudmapper.stage.scene.lines.map((line) => { const { ends } = cloudmapper.stage.scene; return `${ends[line.from].title} ${line.access} ${ends[line.to].title}`; })"))


def screen(page, x, y):
    box = page.locator("#picture").bounding_box()
    at = page.evaluate("([x, y]) => { const { stage } = cloudmapper; return [x * stage.zoom + stage.x, y * stage.zoom + stage.y]; }", [x, y])
    return box["x"] + at[0], box["y"] + at[1]


def place(page, title):
    return screen(page, *page.evaluate("(title) => { const item = cloudmapper.stage.scene.items.find((one) => one.title === title); return [item.x + item.w - 20, item.y + item.h / 2]; }", title))


def click(page, title):
    page.mouse.click(*place(page, title))


def click_line(page, source, access, target):
    found = page.evaluate(
        """([source, access, target]) => {
            const { lines, ends } = cloudmapper.stage.scene;
            const { curve: [a, c, b] } = lines.find((line) => ends[line.from].title === source && line.access === access && ends[line.to].title === target);
            return [0.3, 0.3].map((t, at) => (1 - t) ** 2 * a[at] + 2 * t * (1 - t) * c[at] + t * t * b[at]);
        }""",
        [source, access, target],
    )
    page.mouse.click(*screen(page, *found))


def check(page, text):
    page.locator("#choices label.check, #legend label.check", has_text=re.compile(rf"^V?{re.escape(text)}\s*[\d,]*$")).locator("input").click()


def details(page):
    return page.inner_text("#details")


def test_what_is_no_edge(open_page):
    """Whoever is open to everybody, what was deleted, and what was left out stand in the details; the own organization is no outsider."""
    page = open_page("odd")
    text = details(page)
    assert "0\noutsiders get in" in text.replace("\n\n", "\n"), text
    for words in ["Open to everybody", "role/open", "Deleted principals", "names AROAEXAMPLEEXAMPLE", "made with --admin_only", "2 accounts of AWS"]:
        assert words in text, words
    click(page, "prod")
    assert "role/open" in details(page)


def test_the_first_picture(open_page):
    page = open_page("small")
    assert page.inner_text("h1") == "Trust between 4 accounts"
    assert "4 scanned accounts · 1 identity provider · 1 vendor · 1 unknown account" in page.inner_text("#subtitle")
    assert sorted(cards(page)) == sorted(["prod", "staging", "dev", "security", "Okta", "Datadog", UNKNOWN])
    assert lines(page) == {
        "Okta admin Workloads", "Okta admin security", "security iam Workloads", "security admin prod", "Datadog iam prod", "Datadog iam staging", f"prod vpc {UNKNOWN}", "staging s3_read prod", "dev s3 staging",
    }
    places = page.evaluate("Object.fromEntries(cloudmapper.stage.scene.boxes.map((box) => [box.title, [box.x, box.y, box.w, box.h]]))")
    assert set(places) == {"Workloads", "Core"}
    x, y, w, h = places["Workloads"]
    at = page.evaluate("Object.fromEntries(cloudmapper.stage.scene.items.map((item) => [item.title, [item.x, item.y, item.w, item.h]]))")
    for name in ["prod", "staging", "dev"]:
        assert x < at[name][0] and at[name][0] + at[name][2] < x + w and y < at[name][1] and at[name][1] + at[name][3] < y + h
    assert at[UNKNOWN][0] + at[UNKNOWN][2] < x and at["Datadog"][0] > x + w and at["Okta"][1] + at["Okta"][3] < y, "outsiders stand around"
    notes = page.text_content("#notes-list")
    assert "prod (111122223333): s3-get-bucket-policy in eu-west-1: AccessDenied" in notes and "dev: kms-list-grants" in notes
    text = details(page)
    assert "Not seen" in text and "Okta" in text and "outsiders get in" in text
    assert page.evaluate("[...document.querySelectorAll('nav.pages a')].map((link) => [link.getAttribute('href'), link.getAttribute('aria-current')])") == [["index.html", None], ["principals.html", None], ["trust.html", "page"]]


def test_nothing_overlaps_and_places_stay(open_page):
    for name in ["small", "medium", "large"]:
        page = open_page(name)
        page.evaluate("cloudmapper.app.unfoldAll()")
        crossing = page.evaluate(
            """() => {
                const { items, boxes } = cloudmapper.stage.scene;
                const over = (a, b) => a.x < b.x + b.w && b.x < a.x + a.w && a.y < b.y + b.h && b.y < a.y + a.h;
                let count = 0;
                for (const [at, a] of items.entries()) for (const b of items.slice(at + 1)) count += over(a, b);
                for (const box of boxes) for (const [at, item] of items.entries()) count += !box.inside.includes(at) && over(box, item);
                return count;
            }"""
        )
        assert crossing == 0, name
    where = "cloudmapper.stage.scene.items.map((item) => [item.title, item.x, item.y])"
    assert open_page("medium").evaluate(where) == open_page("medium", size=(900, 700)).evaluate(where)


def test_details_of_an_account(open_page):
    page = open_page("small")
    click(page, "prod")
    text = details(page)
    for part in ["prod", "Scanned account", PROD, "Workloads", "Who gets in 4", "Okta", "Datadog", "security", "staging", "Joined networks 1", UNKNOWN, "Not seen 1", "s3-get-bucket-policy in eu-west-1"]:
        assert part in re.sub(r"\s+", " ", text), part
    page.locator("#details li", has_text="Datadog").locator("button.tag").click()
    assert "Datadog → prod" in page.inner_text("#details h2")
    click(page, "Datadog")
    link = page.locator("#details dl a")
    assert link.get_attribute("href") == "https://docs.datadoghq.com/integrations/amazon_web_services/" and link.get_attribute("rel") == "noopener noreferrer"
    assert "Whom it gets into 2" in re.sub(r"\s+", " ", details(page))
    click(page, UNKNOWN)
    assert "Nobody has said whose account this is" in details(page)


def test_details_of_an_edge(open_page):
    page = open_page("small")
    click_line(page, "Datadog", "iam", "prod")
    text = details(page)
    for part in ["Datadog → prod", "other role", "arn:aws:iam::111122223333:role/DatadogIntegration", "may assume the role", "if sts:ExternalId is abc123", "us-east-1/iam-get-account-authorization-details.json", "/RoleDetailList/0/AssumeRolePolicyDocument/Statement/0"]:
        assert part in text, part
    page.click("#details .statement summary")
    page.locator("#details pre", has_text="Effect").wait_for()
    statement = json.loads(page.inner_text("#details pre"))
    assert statement["Condition"] == {"StringEquals": {"sts:ExternalId": "abc123"}}
    click_line(page, "staging", "s3_read", "prod")
    assert "s3-get-bucket-policy/releases at /Policy, in the policy there at /Statement/0" in re.sub(r"\s+", " ", details(page))
    click_line(page, "prod", "vpc", UNKNOWN)
    assert "/VpcPeeringConnections/0" in details(page) and page.locator("#details summary", has_text="Statement").count() == 0
    page.click("#details summary:has-text('Evidence')")
    page.locator("#details pre", has_text="OwnerId").wait_for()
    assert json.loads(page.inner_text("#details pre")) == {"AccepterVpcInfo": {"OwnerId": UNKNOWN}, "Status": {"Code": "active"}}
    click_line(page, "security", "iam", "Workloads")
    assert "security → 3 accounts" in page.inner_text("#details h2") and page.locator("#details .growing > li").count() == 3
    assert page.evaluate("cloudmapper.stage.scene.lines.filter((line) => line.inside).map((line) => line.share)") == ["all 3", "all 3"], "a line to a box means all of it"
    click_line(page, "security", "admin", "prod")
    assert "security → prod" in page.inner_text("#details h2") and "Also between the two 1" in re.sub(r"\s+", " ", details(page)), "edges of one pair are told apart"


def test_filters(open_page):
    page = open_page("small")
    check(page, "administrator")
    assert not any(" admin " in line for line in lines(page)) and "Okta" not in cards(page), "outsiders are there for their edges"
    assert "5 edges filtered out" in page.inner_text("#shown")
    page.click("#do-clear")
    assert "Okta" in cards(page) and page.is_hidden("#do-clear")
    check(page, "Possible edges too")
    assert "Datadog iam staging" not in lines(page) and "Datadog iam prod" in lines(page)
    check(page, "Possible edges too")
    check(page, "Unknown")
    assert UNKNOWN not in cards(page)
    check(page, "s3")
    assert "staging s3_read prod" not in lines(page)
    page.click("#choices >> text=None")
    assert lines(page) == set() and set(cards(page)) == {"prod", "staging", "dev", "security"}
    page.click("#choices >> text=All")
    assert "staging s3_read prod" in lines(page)


def test_search(open_page):
    page = open_page("large")
    page.keyboard.press("/")
    page.keyboard.type("payments prod")
    assert page.locator("#found [role=option]").count() > 0
    page.keyboard.press("Enter")
    name = page.inner_text("#details h2")
    assert name.startswith("payments-prod") and name in cards(page), "its group opens"
    page.fill("#search", UNKNOWN)
    assert "Nothing matches" in page.inner_text("#found")
    check(page, "Vendors")
    page.fill("#search", "lacework")
    page.keyboard.press("Enter")
    assert page.inner_text("#details h2") == "Lacework" and "Lacework" in cards(page), "filters give way to what is asked for"


def test_folding(open_page):
    page = open_page("small")
    page.mouse.click(*screen(page, *page.evaluate("(() => { const box = cloudmapper.stage.scene.boxes.find((one) => one.title === 'Workloads'); return [box.x + 18, box.y + 17]; })()")))
    assert set(cards(page)) == {"Workloads", "security", "Okta", "Datadog", UNKNOWN}
    assert {"Okta admin Workloads", "Datadog iam Workloads", f"Workloads vpc {UNKNOWN}", "security admin Workloads", "security iam Workloads"} <= lines(page), "edges are joined at the group"
    click_line(page, "Datadog", "iam", "Workloads")
    assert "Datadog → 2 accounts" in page.inner_text("#details h2")
    click(page, "Workloads")
    assert "3 accounts" in details(page) and "staging" in details(page)
    assert "fold=g%3AWorkloads" in page.url
    page.mouse.dblclick(*place(page, "Workloads"))
    assert "staging" in cards(page)
    page.keyboard.press("c")
    assert {"Workloads", "Core"} <= set(cards(page)) and "prod" not in cards(page)
    page.keyboard.press("e")
    assert "prod" in cards(page)


def test_focus(open_page):
    page = open_page("small")
    click(page, "staging")
    page.keyboard.press("g")
    assert set(cards(page)) == {"staging", "prod", "dev", "security", "Okta", "Datadog"}
    assert page.inner_text("#crumb") == "staging and its neighbours"
    assert "security admin prod" not in lines(page), "only its own lines"
    assert page.evaluate("cloudmapper.stage.scene.boxes.every((box) => cloudmapper.stage.scene.items.every((item, at) => !box.inside.includes(at) || (item.x > box.x && item.y > box.y + 20)))"), "boxes have room for their names"
    check(page, "other role")
    assert set(cards(page)) == {"staging", "prod", "dev", "Okta"}
    check(page, "other role")
    page.go_back()
    page.wait_for_timeout(100)
    assert page.inner_text("#crumb") == "All accounts" and UNKNOWN in cards(page)


def reached(page):
    return page.evaluate("Object.fromEntries([...cloudmapper.stage.scene.reached].map(([at, one]) => [cloudmapper.network.nodes[at].name, [one.level, one.hops]]))")


def test_blast_radius(open_page):
    page = open_page("small")
    click(page, "security")
    page.keyboard.press("x")
    assert reached(page) == {"security": ["whole", 0], "prod": ["whole", 1], "staging": ["part", 1], "dev": ["part", 1]}
    numbers = page.locator("#details .numbers strong").all_inner_texts()
    assert numbers == ["1", "2", "0"]
    page.locator("#details label.check input").click()
    assert reached(page)[UNKNOWN] == ["touched", 2] and page.locator("#details .numbers strong").all_inner_texts() == ["1", "2", "1"]
    assert "network=1" in page.url
    page.locator("#details label.check input").click()
    page.keyboard.press("b")
    click(page, "Okta")
    page.keyboard.press("x")
    assert {name: level for name, (level, _) in reached(page).items()} == {"Okta": "whole", "prod": "whole", "staging": "whole", "dev": "whole", "security": "whole"}
    check(page, "administrator")
    assert set(reached(page)) == {"Okta"} and "As the filters are" in details(page)


def test_blast_radius_against_another_search(open_page):
    page = open_page("medium")
    data = make_trust.estate(40, 200)
    edges = [one["data"] for one in data["elements"] if "source" in one["data"]]
    for node in [one["data"] for one in data["elements"] if one["data"].get("kind") in ("scanned", "vendor", "provider")]:
        whole, part = {node["id"]}, {node["id"]}
        for some, fits in [(whole, lambda edge: edge["access"] == "admin" and edge["certain"]), (part, lambda edge: edge["access"] in ("admin", "iam"))]:
            while more := {edge["target"] for edge in edges if edge["source"] in some and fits(edge)} - some:
                some |= more
        touched = {edge["target"] for edge in edges if edge["source"] in part and edge["access"] not in ("vpc", "directconnect", "network")} - part
        page.evaluate("(id) => cloudmapper.app.blastFrom(cloudmapper.network.index.get(id))", node["id"])
        found = page.evaluate("[...cloudmapper.stage.scene.reached].map(([at, one]) => [cloudmapper.network.nodes[at].id, one.level])")
        assert dict(found) == {**dict.fromkeys(touched, "touched"), **dict.fromkeys(part, "part"), **dict.fromkeys(whole, "whole")}, node["name"]


def test_table(open_page):
    page = open_page("medium")
    page.keyboard.press("t")
    assert page.is_visible("#table") and page.is_hidden("#canvas")
    rows = page.locator("#table tbody tr")
    assert rows.count() >= 80 and "administrator" in rows.first.inner_text()
    assert page.locator("#table th[aria-sort=ascending]").inner_text().startswith("Access")
    page.click("#table th >> text=Who gets in")
    first = [text.split("\t")[0].strip() for text in rows.all_inner_texts()]
    assert first == sorted(first, key=str.lower)
    page.click("#table th >> text=Who gets in")
    assert page.locator("#table th[aria-sort=descending]").count() == 1
    page.fill("#table .filter", "okta admin")
    assert 0 < rows.count() < 40 and all("Okta" in text for text in rows.all_inner_texts())
    rows.first.locator("button", has_text="reason").click()
    assert page.inner_text("#details h2").startswith("Okta →")
    page.fill("#table .filter", "")
    page.locator("#table").evaluate("(one) => { one.scrollTop = one.scrollHeight; }")
    rows.nth(150).wait_for(state="attached")
    assert "as=table" in page.url
    page.click("#do-table")
    assert page.is_visible("#canvas")


def test_address(open_page):
    page = open_page("small")
    check(page, "S3")
    check(page, "Possible edges too")
    check(page, "iam")
    check(page, "Unknown")
    click(page, "prod")
    page.click("#do-zoom-in")
    page.wait_for_timeout(400)
    fragment = page.evaluate("location.hash")
    for part in ["off=s3", "certain=1", "kinds=unknown", "select=111122223333", "at="]:
        assert part in fragment, part
    state = "({ cards: cloudmapper.stage.scene.items.map((item) => item.title), lines: cloudmapper.stage.scene.lines.length, place: cloudmapper.stage.place.map((value) => Math.round(value)) })"
    before = page.evaluate(state)
    again = open_page("small", fragment)
    assert again.evaluate(state) == before and again.inner_text("#details h2") == "prod" and again.evaluate("location.hash") == fragment
    page = open_page("small", f"#view=blast&node={SECURITY}&network=1")
    assert page.inner_text("#crumb") == "Blast radius of security" and UNKNOWN in cards(page)
    page = open_page("small", "#edge=e9&fold=g:Workloads")
    assert "Workloads" in cards(page) and page.evaluate("cloudmapper.stage.selectedLine") != -1
    page = open_page("large", "#fold=g:ou-core&only=kms,s3&select=nobody")
    assert "not in these data" in page.inner_text("#toast") and page.evaluate("cloudmapper.network.services.length - cloudmapper.sieve.servicesOff.size") == 2


def test_keyboard(open_page):
    page = open_page("small")
    page.keyboard.press("ArrowRight")
    told = page.text_content("#status")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowUp")
    assert told and page.evaluate("document.activeElement.id") == "picture"
    page.keyboard.press("ArrowLeft")
    told = page.text_content("#status")
    page.keyboard.press("Enter")
    assert told.startswith(page.inner_text("#details h2")) and re.search(r"\d+ lines?", told)
    before = page.evaluate("cloudmapper.stage.x")
    page.keyboard.press("Shift+ArrowRight")
    assert page.evaluate("cloudmapper.stage.x") == before - 60
    page.keyboard.press("i")
    assert page.evaluate("document.activeElement.id") == "details-title"
    page.keyboard.press("Escape")
    assert page.inner_text("#details h2") == "Who is trusted"
    page.keyboard.press("?")
    assert page.is_visible("#help")


def test_colours(open_page):
    page = open_page("small", color_scheme="dark")
    assert page.get_attribute("html", "data-theme") == "dark"
    ground = "cloudmapper.stage.tones.get('canvas')"
    assert page.evaluate(ground) == "#0e1217"
    page.click("#do-theme")
    assert page.get_attribute("html", "data-theme") == "light" and page.evaluate(ground) == "#f3f5f8"
    legend = page.inner_text("#legend")
    for text in ["administrator", "other role", "S3", "S3: read", "VPC peering", "hollow: possible"]:
        assert text in legend, text
    card = page.evaluate("(() => { const { scene, tones } = cloudmapper.stage; return [tones.get('scanned'), tones.get('triangle')]; })()")
    assert card == ["#fff1b8", "#111318"]


def test_png(open_page):
    for name in ["small", "large"]:
        page = open_page(name)
        page.click("summary:has-text('Export')")
        with page.expect_download(timeout=60000) as waiting:
            page.click("#do-png")
        assert waiting.value.suggested_filename == "trust.png" and pathlib.Path(waiting.value.path()).read_bytes().startswith(b"\x89PNG")


def test_logos(open_page):
    def give(logo):
        def change(data):
            next(one for one in data["elements"] if one["data"].get("id") == DATADOG)["data"]["logo"] = logo
            return data

        return change

    page = open_page("small", change=give("icons/logos/Data dog.svg"))
    page.wait_for_function("document.querySelector('#details img.logo') === null")
    assert page.locator("#details .badge").count() > 0, "one that is not there gives way to the initials"
    for logo in ["icons/logos/../aws/ec2.svg", "https://example.com/x.svg", "icons/logos/a/b.svg", "icons/aws/ec2.svg", 7]:
        page = open_page("small", change=give(logo))
        assert page.evaluate("cloudmapper.network.nodes.every((node) => node.logo === '')"), logo
    assert page.evaluate("cloudmapper.network.nodes.find((node) => node.name === 'Datadog').kind") == "vendor"


@pytest.mark.skipif("CLOUDMAPPER_PROGRAM" not in os.environ, reason="no program is given")
def test_logos_of_the_user(open_watched, browser, tmp_path):
    """A logo stands on the page and in the single file, and what an SVG holds does not run, nor when it is opened by itself."""
    account = tmp_path / "account-data" / "prod"
    trust = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{id}:root"}, "Action": "sts:AssumeRole"} for id in (DATADOG, UNKNOWN)]}
    role = {"Arn": f"arn:aws:iam::{PROD}:role/r", "RoleName": "r", "RoleId": "AROAR", "Path": "/", "AssumeRolePolicyDocument": trust, "InstanceProfileList": [], "AttachedManagedPolicies": [], "RolePolicyList": []}
    answers = {"sts-get-caller-identity": {"Account": PROD}, "iam-get-account-authorization-details": {"UserDetailList": [], "RoleDetailList": [role], "GroupDetailList": [], "Policies": []}}
    (account / "us-east-1").mkdir(parents=True)
    (account / "describe-regions.json").write_text('{"Regions": [{"RegionName": "us-east-1"}]}')
    for call, answer in answers.items():
        (account / "us-east-1" / f"{call}.json").write_text(json.dumps(answer))
    logos = tmp_path / "web" / "icons" / "logos"
    logos.mkdir(parents=True)
    (logos / "data&dog.svg").write_text('<svg xmlns="http://www.w3.org/2000/svg" width="12" height="12" onload="alert(1)"><script>alert(2)</script><image href="https://example.com/x.png"/><rect width="12" height="12" fill="#632ca6"/></svg>')
    program = os.environ["CLOUDMAPPER_PROGRAM"]
    subprocess.run([program, "weboftrust", "--accounts", "prod", "--html", "trust.html"], cwd=tmp_path, check=True, capture_output=True)
    data = (tmp_path / "web" / "trust.json").read_text()
    address = "data:image/svg+xml;base64," + base64.b64encode((logos / "data&dog.svg").read_bytes()).decode()
    assert (tmp_path / "trust.html").read_text() == inline.single_file(WEB, "trust.html", data, {"icons/logos/data&dog.svg": address})
    server = subprocess.Popen([program, "webserver", "--port", "0"], cwd=tmp_path, stdout=subprocess.PIPE, text=True)
    try:
        served = re.search(r"http://[^/]*/", server.stdout.readline())[0]
        file = (tmp_path / "trust.html").as_uri()
        for base, url in [(served, f"{served}trust.html"), (file, file)]:
            page = open_watched(base, url)
            page.wait_for_function("cloudmapper.app.pictures.get('icons/logos/data&dog.svg') !== null")
            click(page, "Datadog")
            assert page.evaluate("[...document.querySelectorAll('#details img.logo')].every((one) => one.complete && one.naturalWidth > 0)")
            assert page.locator("#details img.logo").count() >= 1
            colour = page.evaluate(
                """() => {
                    const { scene, zoom, x, y } = cloudmapper.stage;
                    const item = scene.items.find((one) => one.title === "Datadog");
                    const canvas = document.getElementById("picture");
                    const scale = canvas.width / canvas.getBoundingClientRect().width;
                    const at = [(item.x + 23) * zoom + x, (item.y + item.h / 2) * zoom + y].map((one) => Math.round(one * scale));
                    return [...canvas.getContext("2d").getImageData(...at, 1, 1).data];
                }"""
            )
            assert colour == [0x63, 0x2C, 0xA6, 255], colour
            page.click("summary:has-text('Export')")
            with page.expect_download(timeout=60000) as waiting:
                page.click("#do-png")
            assert pathlib.Path(waiting.value.path()).read_bytes().startswith(b"\x89PNG")
        page = browser.new_page()
        dialogs, asked = [], []
        page.on("dialog", lambda dialog: (dialogs.append(dialog.message), dialog.dismiss()))
        page.on("requestfinished", lambda request: asked.append(request.url))
        page.on("requestfailed", lambda request: asked.append(request.failure) if request.failure != "csp" else None)
        answer = page.goto(f"{served}icons/logos/data%26dog.svg")
        assert answer.headers["content-type"] == "image/svg+xml" and "sandbox" in answer.headers["content-security-policy"]
        assert dialogs == [] and all(url.startswith(served) for url in asked), asked
        page.close()
    finally:
        server.kill()
        server.wait()


def test_large(open_page):
    page = open_page("large", size=(1440, 900))
    mark = page.evaluate("performance.getEntriesByName('cloudmapper:first-picture')[0].startTime")
    assert mark < 2000, mark
    assert len(cards(page)) < 60, "groups are folded at first"
    for all_open in [False, True]:
        if all_open:
            spent = page.evaluate("(() => { const start = performance.now(); cloudmapper.app.unfoldAll(); return performance.now() - start; })()")
            assert spent < 2000 and len(cards(page)) == 500, spent
        frames = page.evaluate(
            """() => new Promise((resolve) => {
                const { stage } = cloudmapper;
                const started = performance.now();
                let count = 0;
                const step = () => {
                    if (performance.now() - started > 1000) { resolve(count); return; }
                    count += 1;
                    if (count % 3) stage.panBy(count % 2 ? 7 : -5, 3); else stage.zoomBy(count % 2 ? 1.03 : 0.98);
                    requestAnimationFrame(step);
                };
                requestAnimationFrame(step);
            })"""
        )
        assert frames > 20, f"{frames} frames in a second"
    spent = page.evaluate("(() => { const start = performance.now(); cloudmapper.app.setFilter(() => cloudmapper.sieve.accessOff.add('read')); return performance.now() - start; })()")
    assert spent < 1500, spent


def check_document(page):
    check_elements(page, OWN, r"(#|\./icons/|icons/|style\.css|trust\.(css|json)|trust/|(index|principals|trust)\.html$|account-data/|data:)")


def test_hostile_data(open_page):
    page = open_page("hostile")
    check_document(page)
    assert "could not be used" in page.text_content("#notes-list")
    assert page.evaluate("cloudmapper.network.nodes.find((node) => node.name === 'in loop').group") != -1
    for view in ["choose", "focusOn", "blastFrom"]:
        for at in page.evaluate("cloudmapper.network.nodes.map((node) => node.at)"):
            page.evaluate("([view, at]) => cloudmapper.app[view](at)", [view, at])
            check_document(page)
    page.evaluate("cloudmapper.app.back()")
    for at in range(page.evaluate("cloudmapper.network.edges.length")):
        page.evaluate("(at) => { cloudmapper.app.chooseEdge(cloudmapper.network.edges[at]); for (const one of document.querySelectorAll('details')) one.open = true; }", at)
        page.wait_for_timeout(10)
        check_document(page)
    assert page.locator("#details a").count() == 0
    page.evaluate("cloudmapper.app.clear()")
    page.evaluate("cloudmapper.app.foldAll()")
    for item in page.evaluate("cloudmapper.stage.scene.items.map((_, at) => at)"):
        page.evaluate("(at) => cloudmapper.app.clickItem(cloudmapper.stage.scene.items[at])", item)
        check_document(page)
    for text in ["<img", "__proto__", "script", "group"]:
        page.fill("#search", text)
        check_document(page)
    page.evaluate("cloudmapper.app.setTable(true)")
    check_document(page)
    assert "\\u202e" in page.text_content("#table"), "what turns text around is written out"
    assert page.evaluate("({}).polluted") is None


def test_hostile_address(open_page):
    for fragment in ["#select=%3Cimg%20src%3Dx%20onerror%3Dalert(1)%3E", "#view=__proto__&node=__proto__", "#view=blast&node=x", "#fold=%3Csvg%3E&open=toString&group=g-", "#at=1e999,NaN,0", "#at=1,2,-3", "#off=constructor&kinds=x&only=", "#edge=toString", "#select=%"]:
        page = open_page("small", fragment)
        check_document(page)
        assert page.inner_text("#crumb") == "All accounts"


def test_no_data(open_page):
    page = open_page("nothing-of-that-name")
    assert "There is no web of trust yet" in page.inner_text("#notice") and "cloudmapper weboftrust --accounts all" in page.inner_text("#notice")
    assert "not valid JSON" in open_page("broken").inner_text("#notice")
    assert "not a web of trust" in open_page("other").inner_text("#notice")
    assert "There are no accounts" in open_page("empty").inner_text("#notice")


def test_single_file(open_page, webs, tmp_path):
    for name in ["small", "hostile", "large"]:
        file = tmp_path / f"{name}.html"
        file.write_text(inline.single_file(WEB, "trust.html", (webs / f"{name}.json").read_text()))
        page = open_page(name, url=file.as_uri())
        assert len(cards(page)) > 5
        check_document(page)
        assert page.evaluate("performance.getEntriesByType('resource').filter((one) => !/^(data|blob):/.test(one.name)).length") == 0
        assert page.locator("nav.pages").count() == 0
    page = open_page("small", url=(tmp_path / "small.html").as_uri(), fragment="#select=111122223333")
    assert page.inner_text("#details h2") == "prod"


def test_sizes(open_page):
    for size in [(1400, 900), (1000, 700), (420, 800)]:
        page = open_page("medium", size=size)
        assert page.evaluate("document.documentElement.scrollWidth") <= size[0]
        assert page.locator("#picture").bounding_box()["width"] > size[0] * 0.5

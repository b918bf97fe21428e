"""What the tests share: fixtures made once, a server of web/, a browser, and a page that notes everything it must not do.

CLOUDMAPPER_URL, CLOUDMAPPER_FOLDER  test a running `cloudmapper webserver` instead; the folder is its `web/`, where data.json is put
CHROMIUM                             the browser's program (/usr/bin/chromium)
"""

import functools
import http.server
import json
import os
import pathlib
import re
import threading
import urllib.parse

import make_data
import pytest
from playwright.sync_api import sync_playwright

WEB = pathlib.Path(__file__).resolve().parents[2] / "web"
TYPES = {".html": "text/html; charset=utf-8", ".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".json": "application/json", ".svg": "image/svg+xml"}
POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
# What any page may be made of.
ELEMENTS = {
    "html", "head", "meta", "title", "link", "script", "style", "body", "a", "svg", "path", "rect", "header", "button", "div", "h1", "h2", "h3", "p", "input", "ul", "ol", "li", "details", "summary", "span", "hr", "aside", "main",
    "nav", "footer", "progress", "section", "noscript", "dialog", "dl", "dt", "dd", "kbd", "img", "code", "table", "thead", "tbody", "tr", "th", "td", "label", "strong",
}
WATCH = """
globalThis.violations = [];
document.addEventListener("securitypolicyviolation", (event) => globalThis.violations.push(`${event.violatedDirective} ${event.blockedURI}`));
"""


class Handler(http.server.BaseHTTPRequestHandler):
    """web/, below a first component that names the data.json to serve."""

    protocol_version = "HTTP/1.1"

    def __init__(self, folder, *arguments):
        self.folder = folder
        super().__init__(*arguments)

    def do_GET(self):
        data, _, name = urllib.parse.unquote(urllib.parse.urlsplit(self.path).path).lstrip("/").partition("/")
        path = self.folder / f"{data}.json" if name == "data.json" else WEB / (name or "index.html")
        found = ".." not in self.path and path.is_file()
        body = path.read_bytes() if found else b"there is no such file\n"
        self.send_response(200 if found else 404)
        self.send_header("Content-Type", TYPES.get(path.suffix, "application/octet-stream"))
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Content-Security-Policy", POLICY)
        self.send_header("X-Content-Type-Options", "nosniff")
        self.send_header("Cache-Control", "no-store")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


@pytest.fixture(scope="session")
def data(tmp_path_factory):
    folder = tmp_path_factory.mktemp("data")
    make_data.write(folder)
    return folder


@pytest.fixture(scope="session")
def address(data):
    """Gives the page's address for the name of a fixture."""
    given = os.environ.get("CLOUDMAPPER_URL")
    if given:
        target = pathlib.Path(os.environ["CLOUDMAPPER_FOLDER"]) / "data.json"
        target.parent.mkdir(parents=True, exist_ok=True)

        def place(name):
            source = data / f"{name}.json"
            if source.exists():
                target.write_bytes(source.read_bytes())
            else:
                target.unlink(missing_ok=True)
            return given.rstrip("/") + "/"

        yield place
        return
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Handler, data))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield lambda name: f"http://127.0.0.1:{server.server_port}/{name}/"
    server.shutdown()


@pytest.fixture(scope="session")
def browser():
    with sync_playwright() as playwright:
        program = os.environ.get("CHROMIUM", "/usr/bin/chromium")
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        yield browser
        browser.close()


class Watched:
    """A page, and what it did that no map may do."""

    def __init__(self, page, base):
        self.page, self.base = page, base
        self.outside, self.dialogs, self.errors = [], [], []
        page.on("request", lambda request: None if request.url.startswith((base, "data:", "blob:")) else self.outside.append(request.url))
        page.on("dialog", lambda dialog: (self.dialogs.append(dialog.message), dialog.dismiss()))
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on("console", lambda message: self.errors.append(message.text) if message.type in ("error", "warning") else None)
        page.add_init_script(WATCH)

    def check(self):
        assert self.outside == [], "asked somebody else"
        assert self.dialogs == [], "a script of the data ran"
        assert self.page.evaluate("globalThis.violations") == [], "the content security policy was violated"
        assert [error for error in self.errors if "404" not in error] == []


@pytest.fixture
def open_watched(browser):
    """Opens an address and waits until its page can be used; when the test is done, looks at what the page did."""
    opened = []

    def opener(base, url, size=(1400, 900), prepare=None, **options):
        context = browser.new_context(viewport={"width": size[0], "height": size[1]}, accept_downloads=True, reduced_motion="reduce", **options)
        page = context.new_page()
        watched = Watched(page, base)
        opened.append((context, watched))
        if prepare:
            prepare(page)
        page.goto(url)
        page.wait_for_selector("html[data-wired], html[data-state=notice]", state="attached", timeout=30000)
        return page

    yield opener
    for context, watched in opened:
        watched.check()
        context.close()


@pytest.fixture
def open_map(open_watched, address):
    """Opens a fixture's map, or a file of its own."""

    def opener(name, fragment="", url=None, **options):
        base = url or address(name)
        return open_watched(base, base + fragment, **options)

    return opener


@pytest.fixture
def open_with(open_watched, address):
    """Gives what opens another page of web/ with the files of a folder in place of its own data; `change` makes other data of them."""

    def opener_of(kind, folder):
        def opener(name, fragment="", url=None, change=None, **options):
            path = folder / f"{name}.json"

            def answer(route):
                if not path.exists():
                    route.fulfill(status=404)
                elif change:
                    route.fulfill(body=json.dumps(change(json.loads(path.read_text()))), content_type="application/json")
                else:
                    route.fulfill(path=path, content_type="application/json")

            base = url or address("no-map")
            prepare = None if url else lambda page: page.route(f"**/{kind}.json", answer)
            return open_watched(base, (url or f"{base}{kind}.html") + fragment, prepare=prepare, **options)

        return opener

    return opener_of


def cards(page):
    return page.evaluate("cloudmapper.stage.scene.items.map((item) => item.title)")


def check_elements(page, own, addresses):
    """Nothing in the document but the page's own elements, without handlers or foreign addresses."""
    found = page.evaluate("""() => [...document.querySelectorAll("*")].map((one) => [one.localName, [...one.attributes].map((attribute) => [attribute.name, attribute.value])])""")
    names = {name for name, _ in found}
    assert names <= own, names - own
    for name, attributes in found:
        for key, value in attributes:
            assert not key.startswith("on"), (name, key)
            if key in ("href", "src"):
                assert re.match(addresses, value), (name, value)


def check_alone(page):
    """A page that is one file asks for nothing, and links to no other."""
    assert page.evaluate("performance.getEntriesByType('resource').filter((one) => !/^(data|blob):/.test(one.name)).length") == 0
    assert page.locator("a:not([href^='#'])").count() == 0 and page.locator("nav.pages").count() == 0, "there are no other pages beside it"

"""What the tests share: fixtures made once, a server of web/, a browser, and a page that notes everything it must not do.

CLOUDMAPPER_URL, CLOUDMAPPER_FOLDER  test a running `cloudmapper webserver` instead; the folder is its `web/`, where data.json is put
CHROMIUM                             the browser's program (/usr/bin/chromium)
"""

import functools
import http.server
import os
import pathlib
import threading
import urllib.parse

import make_data
import pytest
from playwright.sync_api import sync_playwright

WEB = pathlib.Path(__file__).resolve().parents[2] / "web"
TYPES = {".html": "text/html; charset=utf-8", ".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".json": "application/json", ".svg": "image/svg+xml"}
POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
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
def open_map(browser, address):
    """Opens a fixture's map and waits until it can be used; when the test is done, looks at what the page did."""
    opened = []

    def opener(name, fragment="", size=(1400, 900), url=None, **options):
        context = browser.new_context(viewport={"width": size[0], "height": size[1]}, accept_downloads=True, reduced_motion="reduce", **options)
        page = context.new_page()
        base = url or address(name)
        watched = Watched(page, base)
        opened.append((context, watched))
        page.goto(base + fragment)
        page.wait_for_selector("html[data-wired], html[data-state=notice]", state="attached", timeout=30000)
        return page

    yield opener
    for context, watched in opened:
        watched.check()
        context.close()

"""Makes a page of web/ and its data one file: what `prepare --html` and `visualize --filetype html` do, in another language, for the tests.

    python inline.py WEB PAGE DATA OUTPUT
"""

import base64
import hashlib
import json
import pathlib
import re
import sys

IMPORT = re.compile(r'^import \{[^}]*\} from "[\w./-]+\.js";\n', re.M)
EXPORT = re.compile(r"^export (?=(?:async )?(?:function|class|const) (\w+))", re.M)


def modules_of(page):
    return "modules.txt" if page == "index.html" else page.replace(".html", ".txt")


def bundle(web, modules):
    """One script of all modules, each in a function of its own; what a module exports is seen by those after it."""
    parts, seen = [], set()
    for name in (web / modules).read_text().split():
        source = IMPORT.sub("", (web / name).read_text())
        names = EXPORT.findall(source)
        source = EXPORT.sub("", source)
        if re.search(r"^(import|export)\b", source, re.M):
            raise ValueError(f"{name}: an import or export that cannot be inlined")
        if seen & set(names):
            raise ValueError(f"{name}: exported twice: {seen & set(names)}")
        seen |= set(names)
        parts.append(f"const {{ {', '.join(names)} }} = (() => {{\n{source}\nreturn {{ {', '.join(names)} }};\n}})();\n")
    return '"use strict";\n' + "".join(parts)


def hash_of(text):
    return "'sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() + "'"


def data_block(id, text):
    return f'<script type="application/json" id="{id}">{text.replace("<", chr(92) + "u003c")}</script>\n'


def replace(page, pattern, new):
    """At least one, or the page is not of the form that it has to have."""
    page, count = re.subn(pattern, new, page)
    if count == 0:
        raise ValueError(f"the page has no {pattern}")
    return page


def single_file(web, page, data, logos=None):
    """`logos`: `data:` addresses by their paths."""
    web = pathlib.Path(web)
    text = (web / page).read_text()
    libraries = re.findall(r'<script src="(vendor/[^"]*)"', text)
    scripts = [(web / name).read_text() for name in libraries] + [bundle(web, modules_of(page))]
    if any(re.search(r"</script|<!--", script, re.I) for script in scripts):
        raise ValueError("a script that ends its own element")
    styles = []

    def style(found):
        styles.append((web / found[1]).read_text())
        return f"<style{found[2]}>{styles[-1]}</style>"

    text = replace(text, r'<link rel="stylesheet" href="([\w.]+)"([^>]*)>', style)
    policy = f"default-src 'none'; script-src {' '.join(map(hash_of, scripts))}; style-src {' '.join(map(hash_of, styles))}; img-src data:; base-uri 'none'; form-action 'none'"
    text = replace(text, r'(<meta http-equiv="Content-Security-Policy" content=")[^"]*', lambda found: found[1] + policy)
    text = replace(text, r'<link rel="icon"[^>]*>', '<link rel="icon" href="data:,">')
    text = replace(text, r'<link rel="preload"[^>]*>\n', "")
    text = replace(text, r"<script src=[^\n]*\n", "")
    icons = {f"icons/aws/{path.name}": path.read_text().strip() for path in sorted((web / "icons/aws").glob("*.svg"))} | (logos or {})
    blocks = {"cloudmapper-icons": json.dumps(icons, separators=(",", ":"), ensure_ascii=False), "cloudmapper-data": data}
    if libraries:
        blocks = {"cloudmapper-style": (web / "style.json").read_text(), **blocks}
    body = "".join(data_block(*block) for block in blocks.items()) + "".join(f"<script>{script}</script>\n" for script in scripts)
    return replace(text, r"</body>", lambda _: body + "</body>")


if __name__ == "__main__":
    pathlib.Path(sys.argv[4]).write_text(single_file(sys.argv[1], sys.argv[2], pathlib.Path(sys.argv[3]).read_text()))

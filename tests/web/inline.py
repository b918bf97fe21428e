"""Makes the single-file map from web/ and a data.json: what `prepare --html` does, in another language, for the tests.

    python inline.py WEB DATA OUTPUT
"""

import base64
import hashlib
import json
import pathlib
import re
import sys

IMPORT = re.compile(r'^import \{[^}]*\} from "\./[\w-]+\.js";\n', re.M)
EXPORT = re.compile(r"^export (?=(?:async )?(?:function|class|const) (\w+))", re.M)


def bundle(web):
    """One script of all modules, each in a function of its own; what a module exports is seen by those after it."""
    parts, seen = [], set()
    for name in (web / "modules.txt").read_text().split():
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


def single_file(web, data):
    web = pathlib.Path(web)
    library, script, style = (web / "vendor/cytoscape/cytoscape.min.js").read_text(), bundle(web), (web / "style.css").read_text()
    for text in (library, script):
        if re.search(r"</script|<!--", text, re.I):
            raise ValueError("a script that ends its own element")
    icons = {f"icons/aws/{path.name}": path.read_text().strip() for path in sorted((web / "icons/aws").glob("*.svg"))}
    policy = f"default-src 'none'; script-src {hash_of(library)} {hash_of(script)}; style-src {hash_of(style)}; img-src data:; base-uri 'none'; form-action 'none'"
    page = (web / "index.html").read_text()
    body = (
        data_block("cloudmapper-style", (web / "style.json").read_text())
        + data_block("cloudmapper-icons", json.dumps(icons, separators=(",", ":"), ensure_ascii=False))
        + data_block("cloudmapper-data", data)
        + f"<script>{library}</script>\n<script>{script}</script>\n"
    )
    for pattern, new in [
        (r'(<meta http-equiv="Content-Security-Policy" content=")[^"]*', lambda found: found[1] + policy),
        (r'<link rel="icon"[^>]*>\n', lambda _: '<link rel="icon" href="data:,">\n'),
        (r'<link rel="stylesheet"[^>]*>', lambda _: f'<style id="__________cytoscape_stylesheet">{style}</style>'),
        (r'(?:<link rel="preload"[^>]*>\n)+', lambda _: ""),
        (r'<script src="vendor[^\n]*\n<script src="map[^\n]*\n', lambda _: ""),
        (r"</body>", lambda _: body + "</body>"),
    ]:
        page, count = re.subn(pattern, new, page, count=1)
        if count != 1:
            raise ValueError(f"index.html has no {pattern}")
    return page


if __name__ == "__main__":
    pathlib.Path(sys.argv[3]).write_text(single_file(sys.argv[1], pathlib.Path(sys.argv[2]).read_text()))

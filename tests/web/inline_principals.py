"""Makes the single-file page of principals from web/ and a principals.json, for the tests: as inline.py does for the map.

    python inline_principals.py WEB DATA OUTPUT

Differences to the map: the page is principals.html, the modules are those of principals.txt, there are two style sheets and no
library; a module may import from "../map/x.js" too.
"""

import json
import pathlib
import re
import sys

from inline import EXPORT, data_block, hash_of

IMPORT = re.compile(r'^import \{[^}]*\} from "\.\.?/(?:map/)?[\w-]+\.js";\n', re.M)


def bundle(web):
    parts, seen = [], set()
    for name in (web / "principals.txt").read_text().split():
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


def single_file(web, data):
    web = pathlib.Path(web)
    script = bundle(web)
    if re.search(r"</script|<!--", script, re.I):
        raise ValueError("a script that ends its own element")
    page = (web / "principals.html").read_text()
    styles = {}

    def style(found):
        styles[found[1]] = (web / found[1]).read_text()
        return f"<style>{styles[found[1]]}</style>"

    page, count = re.subn(r'<link rel="stylesheet" href="([\w.]+)">', style, page)
    if count != 2:
        raise ValueError("principals.html has not its two style sheets")
    policy = f"default-src 'none'; script-src {hash_of(script)}; style-src {' '.join(map(hash_of, styles.values()))}; img-src data:; base-uri 'none'; form-action 'none'"
    icons = {f"icons/aws/{path.name}": path.read_text().strip() for path in sorted((web / "icons/aws").glob("*.svg"))}
    body = data_block("cloudmapper-icons", json.dumps(icons, separators=(",", ":"), ensure_ascii=False)) + data_block("cloudmapper-data", data) + f"<script>{script}</script>\n"
    for pattern, new in [
        (r'(<meta http-equiv="Content-Security-Policy" content=")[^"]*', lambda found: found[1] + policy),
        (r'<link rel="icon"[^>]*>\n', lambda _: '<link rel="icon" href="data:,">\n'),
        (r'<link rel="preload"[^>]*>\n', lambda _: ""),
        (r'<script src="principals[^\n]*\n', lambda _: ""),
        (r"</body>", lambda _: body + "</body>"),
    ]:
        page, count = re.subn(pattern, new, page, count=1)
        if count != 1:
            raise ValueError(f"principals.html has no {pattern}")
    return page


if __name__ == "__main__":
    pathlib.Path(sys.argv[3]).write_text(single_file(sys.argv[1], pathlib.Path(sys.argv[2]).read_text()))

"""Data for the audit report and the page made of it: what `report` does, in another language, for the tests.

`small`, `large` and `hostile` make data of the form that `templates/findings.js` reads; `page` puts data into the templates with the
static part that the product computes. The arrangement of the numbers (`view`) is a stand-in, the data's form is the contract.
"""

import base64
import hashlib
import json
import pathlib
import random
import urllib.parse
import zlib

import jinja2

TEMPLATES = pathlib.Path(__file__).resolve().parents[2] / "templates"
SEVERITIES = ["Critical", "High", "Medium", "Low", "Info"]
FAIL, UNKNOWN, SUPPRESSED = range(3)
REGIONS = ["us-east-1", "eu-west-1", "eu-central-1", "us-west-2", "ap-southeast-2", "us-east-2", "ca-central-1", "ap-northeast-1", "sa-east-1", "eu-north-1"]
NAMES = ["prod", "staging", "security", "management", "log-archive", "shared-services", "network", "data-lake", "payments-prod", "payments-dev", "web-prod", "web-dev", "ml-research", "sandbox", "backup", "identity"]
HOSTILE = [
    "<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "'-alert(1)-'", "</script><svg onload=alert(1)>", "javascript:alert(1)", "&lt;b&gt;&#x27;", "`code`<b>", "a\u202egpj.exe", "zero\u200bwidth\x00\x1b[31m", "__proto__", "constructor",
    "=cmd|'/c calc'!A1", "+1+1", "-2+3", "@SUM(A1)", "\t=1", "\r=1", "{{7*7}}", "${alert(1)}", "]]><!--", "\U000e0041tag", "x" * 3000, "<!--<script>", "\U0001f600\u0301",
]
SVG = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 400 120" width="400" height="120"><rect width="400" height="120" fill="#f6f7f9"/><text x="20" y="60" font-family="sans-serif">one VPC</text></svg>'


def check(id, title, severity, group, compliance=None, description="What is wrong with `it`.\n\nA second paragraph.", references=("https://docs.aws.amazon.com/",), confidence="certain"):
    return {"id": id, "title": title, "severity": severity, "confidence": confidence, "group": group, "description": description, "remediation": "Run `aws fix it`.", "references": list(references), "compliance": compliance or {}}


CHECKS = [
    check("TRAIL_BUCKET_PUBLIC", "Bucket of a trail that is public", "Critical", "CloudTrail", {"cis-aws-5.0": ["3.4"], "pci-dss-4.0": ["10.3.2"]}),
    check("ROOT_KEYS", "Root user has access keys", "High", "IAM", {"cis-aws-5.0": ["1.4"], "fsbp": ["IAM.4"]}),
    check("SNAPSHOT_PUBLIC", "Snapshot that everybody can restore", "High", "EC2", {"fsbp": ["EC2.1"]}),
    check("IMDS_V1", "Instance that answers requests of metadata version 1", "Medium", "EC2", {"cis-aws-5.0": ["5.7"]}),
    check("BUCKET_NO_TLS", "Bucket that can be read without TLS", "Medium", "S3", {"cis-aws-5.0": ["2.1.1"]}),
    check("LOG_GROUP_FOREVER", "Log group that keeps everything", "Low", "CloudWatch", confidence="likely"),
    check("KEY_UNUSED", "Access key that nobody has used", "Low", "IAM", {"cis-aws-5.0": ["1.12"]}),
    check("OLD_INSTANCE", "Instance launched over a year ago", "Info", "EC2"),
    check("SOURCE_CHECK_OFF", "Instance that forwards packets", "Info", "EC2"),
]
ARNS = {
    "S3": "arn:aws:s3:::{name}-{n}", "IAM": "arn:aws:iam::{id}:role/{name}-{n}", "EC2": "arn:aws:ec2:{region}:{id}:instance/i-{hex}", "Lambda": "arn:aws:lambda:{region}:{id}:function:{name}-{n}", "RDS": "arn:aws:rds:{region}:{id}:db:{name}-{n}",
    "KMS": "arn:aws:kms:{region}:{id}:key/{hex}", "SecurityGroup": "arn:aws:ec2:{region}:{id}:security-group/sg-{hex}", "CloudWatch": "arn:aws:logs:{region}:{id}:log-group:/app/{name}-{n}", "SQS": "arn:aws:sqs:{region}:{id}:{name}-{n}",
    "VPC": "arn:aws:ec2:{region}:{id}:vpc/vpc-{hex}", "ECR": "arn:aws:ecr:{region}:{id}:repository/{name}-{n}", "CloudTrail": "arn:aws:cloudtrail:{region}:{id}:trail/{name}-{n}", "Escalation": "arn:aws:iam::{id}:role/{name}-{n}",
}
WORDS = ["orders", "billing", "search", "images", "ledger", "reports", "gateway", "session", "ingest", "catalog", "mail", "metrics", "deploy", "frontend", "backup"]


def hex_of(text, length=64):
    return hashlib.sha256(text.encode()).hexdigest()[:length]


def accounts_of(count):
    names = NAMES + [f"team-{at:02}" for at in range(count)]
    return [{"name": name, "id": str(111122223333 + at * 1000407), "collected": f"2026-11-22T10:{at % 60:02}:41Z"} for at, name in enumerate(names[:count])]


def details_of(random, group, n):
    if group in ("IAM", "Escalation"):
        return {"policy": "arn:aws:iam::aws:policy/AdministratorAccess", "statement": n % 4, "actions": ["iam:PassRole", "lambda:CreateFunction"][: 1 + n % 2], "last_used": "2026-02-11T08:00:00+00:00"}
    if group in ("SecurityGroup", "EC2", "VPC"):
        return {"vpc": f"vpc-{hex_of(str(n), 17)}", "ports": ["tcp/22", "tcp/3389"][: 1 + n % 2], "from": "0.0.0.0/0", "tags": {"Name": random.choice(WORDS), "team": "platform"}, "public": True}
    return random.choice([None, {"encrypted": False, "created": "2024-05-01T12:00:00+00:00"}, {"policy": {"Sid": "open", "Effect": "Allow", "Principal": "*", "Action": "*"}, "block_public_access": None}])


def finding_of(random, data, known, at, account, state):
    """A finding of the check `at`, with the stored file that shows it."""
    one, n = data["checks"][at], random.randrange(9999)
    region = -1 if one["group"] in ("IAM", "Escalation", "Account", "Organizations", "Trust") else min(int(random.expovariate(0.5)), len(data["regions"]) - 1)
    where = data["regions"][region] if region >= 0 else "us-east-1"
    words = {"name": random.choice(WORDS), "n": n, "id": data["accounts"][account]["id"], "region": where, "hex": hex_of(f"{at} {n}", 17), "group": one["group"].lower()}
    resource = "" if state == UNKNOWN else ARNS.get(one["group"], "arn:aws:{group}:{region}:{id}:{name}/{hex}").format(**words)
    file = f"{where}/{one['group'].lower()}-describe-{WORDS[at % len(WORDS)]}.json"
    if (account, file) not in known:
        known[account, file] = len(data["files"])
        data["files"].append({"account": account, "file": file, "time": data["accounts"][account]["collected"], "sha256": hex_of(f"{account} {file}")})
    reason = {FAIL: None, UNKNOWN: "AccessDenied: the identity may not call it", SUPPRESSED: "Accepted until 2027-01-31 (SEC-1412): read only by the build"}[state]
    return [at, account, region, resource, state, None if state == UNKNOWN else details_of(random, one["group"], n), [[known[account, file], f"/Items/{n % 90}"]], reason]


def estate(accounts, findings, checks=None, seed=7):
    rng = random.Random(seed)
    checks = checks or CHECKS
    data = {"accounts": accounts_of(accounts), "regions": REGIONS, "checks": checks, "files": [], "findings": []}
    used = rng.sample(range(len(checks)), min(len(checks), max(9, min(findings // 3, len(checks) * 3 // 5))))
    used = sorted(set(used) | {at for at, one in enumerate(checks) if one["severity"] == "Critical"})
    factor = {"Critical": 0.15, "High": 0.6, "Medium": 1.6, "Low": 2.4, "Info": 1.3}
    weights = [factor[checks[at]["severity"]] / rng.uniform(0.15, 3) for at in used]
    known = {}
    critical = [at for at in used if checks[at]["severity"] == "Critical" and checks[at]["group"] != "ERROR"]
    for turn, at in enumerate(critical + rng.choices(used, weights, k=findings - len(critical))):
        state = FAIL if turn < len(critical) else rng.choices([FAIL, UNKNOWN, SUPPRESSED], [92, 5, 3])[0]
        data["findings"].append(finding_of(rng, data, known, at, min(int(rng.expovariate(4 / accounts)), accounts - 1), state))
    data["findings"].sort(key=lambda one: (one[0], one[1], one[2], one[3]))
    return data | tables(rng, data)


def column(id, title, kind="text"):
    return {"id": id, "title": title, "kind": kind}


def tables(rng, data):
    count = len(data["accounts"])
    some = lambda: rng.randrange(count)
    public = {"columns": [column("account", "Account", "account"), column("verdict", "Verdict", "verdict"), column("kind", "Kind"), column("name", "Name", "mono"), column("region", "Region", "region"), column("ports", "Ports or access", "list"), column("why", "Why")], "rows": []}
    for n in range(count * 4):
        kind, ports, why = rng.choice([("Load balancer", ["tcp/443", "tcp/80"], "internet-facing, security group admits 0.0.0.0/0"), ("Instance", ["tcp/22"], "public address, route to an internet gateway, rule 0.0.0.0/0"), ("Bucket", ["read"], "policy allows s3:GetObject to everybody"), ("Snapshot", ["restore"], "shared with the group all")])
        public["rows"].append([some(), rng.choices(["public", "shared", "unknown"], [6, 3, 1])[0], kind, f"{rng.choice(WORDS)}-{n}", rng.randrange(4), ports, why])
    principals = {"columns": [column("account", "Account", "account"), column("standing", "Standing", "verdict"), column("name", "Principal", "mono"), column("kind", "Kind"), column("because", "Why"), column("steps", "Steps", "steps")], "rows": []}
    for n in range(count * 3):
        name = f"{rng.choice(WORDS)}-{n}"
        if n % 3:
            principals["rows"].append([some(), rng.choice(["administrator", "under conditions"]), f"role/{name}", "Role", "AdministratorAccess (attached)", []])
        else:
            principals["rows"].append([some(), "escalation", f"user/{name}", "User", "iam:PassRole and lambda:CreateFunction", [f"user/{name} passes role/deployer to a new function (lambda:CreateFunction, iam:PassRole)", "The function runs as role/deployer (trust policy names lambda.amazonaws.com)", "role/deployer may attach any policy to itself (iam:AttachRolePolicy on *)"]])
    trust = {"columns": [column("outside", "Outside account", "mono"), column("name", "Name"), column("kind", "Kind"), column("account", "Into", "account"), column("access", "Access", "verdict"), column("how", "How", "list"), column("condition", "Condition")], "rows": []}
    for n in range(count * 2):
        name, kind, id = rng.choice([("Datadog", "vendor", "464622532012"), ("Okta", "identity provider", "okta.example.com"), ("not known", "unknown account", "999988887777"), ("GitHub Actions", "identity provider", "token.actions.githubusercontent.com")])
        trust["rows"].append([id, name, kind, some(), rng.choice(["administrator", "read", "assume role"]), [f"role/{rng.choice(WORDS)}"], rng.choice(["sts:ExternalId", "none", "repo:example/*"])])
    return {"public": public, "principals": principals, "trust": trust, "network": [{"title": "All accounts", "svg": SVG}]}


def hostile():
    """Every text of the data is one that would do harm as markup, as a formula, or as a direction of writing."""
    data = {"accounts": [{"name": text, "id": text, "collected": text} for text in HOSTILE], "regions": HOSTILE, "files": [], "findings": []}
    data["checks"] = [check(text, text, SEVERITIES[at % 5], text, {text: [text]}, text + "`" + text, [text, "https://example.com/" + text, "javascript:alert(1)", "data:text/html,<script>alert(1)</script>", "http://example.com/", "HTTPS://user:p@example.com/ok"]) for at, text in enumerate(HOSTILE)]
    data["files"] = [{"account": at, "file": text, "time": text, "sha256": text} for at, text in enumerate(HOSTILE)]
    for at, text in enumerate(HOSTILE):
        for state in range(3):
            data["findings"].append([at, at, at, text, state, {text: text, "nested": {text: [text, {text: None}]}, "list": [text] * 3}, [[at, text]], text])
    rows = [[at, text, text, [text, text], at] for at, text in enumerate(HOSTILE)]
    table = {"columns": [column("account", "Account", "account"), column(HOSTILE[0], HOSTILE[1], "verdict"), column("m", "Name", "mono"), column("steps", HOSTILE[0], "steps"), column("region", "R", "region")], "rows": rows}
    picture = SVG.replace("<text", "<script>alert(1)</script><image href='https://example.com/x.png'/><text onload='alert(1)'")
    return data | {"public": table, "principals": table, "trust": table, "network": [{"title": HOSTILE[0], "svg": picture}, {"title": HOSTILE[1], "svg": "<not svg"}]}


def empty():
    nothing = {"columns": [column("name", "Name")], "rows": []}
    return {"accounts": accounts_of(1), "regions": REGIONS, "checks": CHECKS, "files": [], "findings": [], "public": nothing, "principals": nothing, "trust": nothing, "network": []}


def small():
    return estate(3, 60)


def large():
    return estate(35, 10_000)


# ---- the page

HIDDEN = set(range(0x20)) | {0x7F, 0xAD, 0x34F, 0x61C, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x2800, 0x3164, 0xFEFF, 0xFFA0} | set(range(0x80, 0xA0)) | set(range(0x180B, 0x1810)) | set(range(0x200B, 0x2010)) | set(range(0x2028, 0x202F)) | set(range(0x2060, 0x2070)) | set(range(0xFE00, 0xFE10)) | set(range(0xFFF0, 0xFFFC)) | set(range(0xE0000, 0xE1000))


def visible(text):
    return "".join(f"⟨U+{ord(one):04X}⟩" if ord(one) in HIDDEN else one for one in str(text))


def moment(time):
    return visible(time.replace("T", " ").replace("Z", " UTC")) if len(time) == 20 else visible(time)


def plural(count, one):
    return f"{count:,} {one}" if count == 1 else f"{count:,} {one}s"


def link(key, value):
    return f"#{key}={urllib.parse.quote(value, safe='')}"


def severity_bars(title, rows, note=""):
    """Panels of bars: rows are (name, {severity: count}); places are per cent of the panel's width."""
    most = max([sum(counts.values()) for _, counts in rows] + [1])
    half = (len(rows) + 1) // 2 if len(rows) > 8 else len(rows)
    panels = []
    for part in filter(None, [rows[:half], rows[half:]]):
        lines = []
        for at, (name, counts) in enumerate(part):
            x, segments = 0.0, []
            for severity in SEVERITIES:
                if count := counts.get(severity, 0):
                    width = count * 100 / most
                    segments.append({"class": severity.lower(), "name": severity, "count": count, "x": f"{x:.2f}%", "width": f"{width:.2f}%", "middle": f"{x + width / 2:.2f}%", "roomy": width > 1.8 * len(f"{count:,}") + 1.2})
                    x += width
            lines.append({"label": name[:32], "urgent": ", ".join(f"{counts[severity]:,} {severity.lower()}" for severity in SEVERITIES[:2] if counts.get(severity)), "full": name, "y": at * 36, "text_y": at * 36 + 12, "bar_y": at * 36 + 17, "count_y": at * 36 + 28, "total": sum(counts.values()), "segments": segments})
        panels.append({"height": len(part) * 36, "rows": lines})
    return {"title": title, "panels": panels, "note": note}


def tally(data):
    """Per check: failing resources, accounts with one, and what is unknown or suppressed."""
    sums = [{"fail": 0, "unknown": 0, "suppressed": 0, "accounts": set()} for _ in data["checks"]]
    for at, account, _, _, state, *_ in data["findings"]:
        sums[at][("fail", "unknown", "suppressed")[state]] += 1
        if state == FAIL:
            sums[at]["accounts"].add(account)
    return sums


def spread(data, key, names):
    counts = [dict.fromkeys(SEVERITIES, 0) for _ in names]
    for one in data["findings"]:
        if one[4] == FAIL:
            counts[key(one)][data["checks"][one[0]]["severity"]] += 1
    return [(name, count) for name, count in zip(names, counts)]


def group_rows(data, most=12):
    groups = sorted({one["group"] for one in data["checks"]})
    rows = [row for row in spread(data, lambda one: groups.index(data["checks"][one[0]]["group"]), groups) if any(row[1].values())]
    rows.sort(key=lambda row: (-sum(row[1].values()), row[0]))
    rest = sum(sum(counts.values()) for _, counts in rows[most:])
    return rows[:most], f"{plural(len(rows) - most, 'more service')}: {plural(rest, 'failing resource')} not shown" if rest else ""


def view(data):
    sums, checks = tally(data), data["checks"]
    order = sorted(range(len(checks)), key=lambda at: (SEVERITIES.index(checks[at]["severity"]), -sums[at]["fail"], -sums[at]["unknown"], checks[at]["title"]))
    by_severity = {name: [sums[at]["fail"] for at, one in enumerate(checks) if one["severity"] == name and sums[at]["fail"]] for name in SEVERITIES}
    tiles = [{"name": name, "class": name.lower(), "href": link("severity", name), "count": sum(hits), "detail": plural(len(hits), "check")} for name, hits in by_severity.items()]
    unknown = sum(one["unknown"] for one in sums)
    tiles.append({"name": "Not known", "class": "unknown", "href": "#state=unknown", "count": unknown, "detail": plural(sum(1 for one in sums if one["unknown"]), "check")})
    lines = [{"id": checks[at]["id"], "href": link("check", checks[at]["id"]), "title": checks[at]["title"], "severity": checks[at]["severity"], "class": checks[at]["severity"].lower(), "group": checks[at]["group"],
              "fail": sums[at]["fail"], "unknown": sums[at]["unknown"], "suppressed": sums[at]["suppressed"], "accounts": len(sums[at]["accounts"]), "why": first_sentence(checks[at]["description"])} for at in order if any(sums[at][key] for key in ("fail", "unknown", "suppressed"))]
    first = [{**line, "resources": plural(line["fail"], "resource"), "in_accounts": plural(line["accounts"], "account")} for line in lines if line["fail"] and line["severity"] != "Info" and line["group"] != "ERROR"][:10]
    failed = sum(1 for one in sums if one["fail"])
    rows = data["public"]["rows"]
    public = sum(1 for row in rows if "public" in row)
    urgent = sum(by_severity["Critical"]), sum(by_severity["High"])
    accounts = [{**one, "complete": True, "calls": 1736 + at, "answered": 1731, "open": 5 + at, "manifest_sha256": hex_of(one["id"]), "path": f"account-data/{one['name']}/manifest.json"} for at, one in enumerate(data["accounts"])]
    spread_accounts = spread(data, lambda one: one[1], [one["name"] for one in data["accounts"]])
    spread_accounts.sort(key=lambda row: tuple(-row[1][name] for name in SEVERITIES))
    badge = lambda key: f"{len(data[key]['rows']):,}"
    return {
        "view": {"title": f"Audit of {plural(len(accounts), 'account')}", "generated": "2026-11-22T10:41:07Z", "tool": "cloudmapper 0.1.0"},
        "sections": [{"id": id, "title": title, "badge": text} for id, title, text in [("summary", "Summary", ""), ("findings", "Findings", f"{sum(one['fail'] for one in sums):,}"), ("public", "Public resources", badge("public")), ("principals", "Administrators", badge("principals")), ("trust", "Trust", badge("trust")), ("network", "Network", ""), ("coverage", "Coverage", ""), ("verify", "Verify this report", "")]],
        "verdict": {"class": "bad" if urgent[0] else "warn" if urgent[1] else "good", "headline": f"{urgent[0]:,} critical and {urgent[1]:,} high findings need work now" if sum(urgent) else "Nothing critical or high was found",
                    "text": f"{failed:,} of {len(checks):,} checks fail on at least one resource. {plural(public, 'resource')} can be reached or read by everybody. {plural(unknown, 'judgement')} could not be made, because answers of AWS are missing: that is not a pass."},
        "facts": [{"label": "Accounts", "value": f"{len(accounts):,}", "detail": "all snapshots complete", "warn": False}, {"label": "Collected", "value": "2026-11-22", "detail": "10:00 to 10:41 UTC, 3 Regions of 17 in use", "warn": False}, {"label": "Calls answered", "value": "99.7 %", "detail": f"{sum(one['open'] for one in accounts):,} without a full answer", "warn": True}, {"label": "Checks", "value": f"{len(checks):,}", "detail": f"{failed:,} fail, {len(checks) - len(lines):,} pass", "warn": False}],
        "tiles": tiles, "first": first, "lines": lines, "bars": [severity_bars("Failing resources by account", spread_accounts), severity_bars("Failing resources by service", *group_rows(data))],
        "severities": [{"name": name, "class": name.lower(), "count": sum(by_severity[name])} for name in SEVERITIES], "accounts": accounts, "pictures": bool(data["network"]), "suppressed": sum(one["suppressed"] for one in sums), "unknown": unknown,
    }


def first_sentence(text):
    sentence = " ".join(text.replace("`", "").split("\n\n")[0].split())
    end = sentence.find(". ")
    return sentence[: end + 1] if 0 < end < 220 else sentence if len(sentence) < 220 else sentence[:219] + "…"


def packed(value):
    engine = zlib.compressobj(9, zlib.DEFLATED, -15)
    return base64.b64encode(engine.compress(json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()) + engine.flush()).decode()


def hash_of(text):
    return "'sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() + "'"


def environment():
    made = jinja2.Environment(loader=jinja2.FileSystemLoader(TEMPLATES), autoescape=True, undefined=jinja2.StrictUndefined)
    made.filters |= {"visible": visible, "number": lambda value: f"{value:,}", "moment": moment}
    return made


BLOCKS = ["findings", "public", "principals", "trust", "network"]


def page(data, blocks=None):
    """One file. `blocks` replaces the packed data, to see what the page does with what it cannot read."""
    style = "".join((TEMPLATES / name).read_text().removesuffix("\n") for name in ["report.css", "findings.css"])
    script = "".join((TEMPLATES / name).read_text().removesuffix("\n") for name in ["report.js", "findings.js"])
    policy = f"default-src 'none'; style-src {hash_of(style)}; script-src {hash_of(script)}; img-src data:; base-uri 'none'; form-action 'none'"
    main = {key: data[key] for key in ["accounts", "regions", "checks", "files", "findings"]}
    packs = {"findings": packed(main), **{name: packed(data[name]) for name in BLOCKS[1:]}} | (blocks or {})
    return environment().get_template("findings.html").render(policy=policy, blocks=[{"id": name, "data": pack} for name, pack in packs.items()], **view(data))

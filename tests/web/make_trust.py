"""Webs of trust for the tests, the same every time: a small one, `estate` of any size, and a hostile one.

    python make_trust.py ACCOUNTS EDGES OUTPUT
    python make_trust.py small OUTPUT
"""

import json
import random
import sys

from make_data import MARKUP

VENDORS = ["Datadog", "Cloudhealth", "Lacework", "Wiz", "Snowflake", "MongoDB Atlas", "New Relic", "Trend Micro", "PagerDuty", "Databricks", "Sumo Logic", "Fivetran", "Orca Security", "Spot.io", "AlertLogic", "CloudCheckr", "Dynatrace", "Vanta", "Drata", "Confluent"]
TEAMS = ["checkout", "payments", "catalogue", "search", "ledger", "media", "identity", "mail", "stock", "pricing", "loyalty", "events", "ingest", "archive", "metrics", "fraud", "partners", "mobile", "risk", "claims", "maps", "routing", "support", "people", "legal"]
STAGES = ["prod", "staging", "dev", "test", "sandbox", "data", "backup", "edge"]
CORE = ["security", "log-archive", "deployment", "network", "shared-services", "audit"]
SERVICES = {"read": ["sqs", "ecr", "kms", "glue", "logs"], "write": ["sqs", "sns", "events", "lambda", "dynamodb"], "use": ["kms", "lambda", "ecr", "secretsmanager"], "network": ["vpce", "ram", "ec2"]}


def statement(access, principal, resource, condition=None):
    actions = {"admin": "sts:AssumeRole", "iam": "sts:AssumeRole", "s3": ["s3:GetObject", "s3:PutObject"], "s3_read": ["s3:GetObject", "s3:ListBucket"], "write": "sqs:SendMessage", "read": "ecr:BatchGetImage", "use": "kms:Decrypt"}
    made = {"Effect": "Allow", "Principal": {"AWS": principal}, "Action": actions.get(access, "sts:AssumeRole")}
    if access not in ("admin", "iam"):
        made["Resource"] = resource
    if condition:
        made["Condition"] = {"StringEquals": {"sts:ExternalId": condition}}
    return made


class Web:
    def __init__(self):
        self.places, self.edges, self.pairs, self.gaps, self.scanned, self.about = [], [], set(), [], [], {}

    def place(self, id, name, kind, parent=None, type=None, **more):
        types = {"scanned": "weboftrust_account", "configured": "known_account", "unknown": "unknown_account", "group": "account_grouping", "location": "directconnect"}
        data = {"id": id, "name": name, "type": type or types.get(kind, kind if kind != "vendor" else name), "weight": 10 * len(name), "kind": kind, **more}
        if parent:
            data["parent"] = parent
        self.places.append({"data": data})
        if kind == "scanned":
            self.scanned.append((id, name))
        return id

    def edge(self, source, target, access, certain=True, service=None, count=1, condition=None, name="access"):
        if source == target or (source, target, access) in self.pairs:
            return False
        self.pairs.add((source, target, access))
        service = service or {"admin": "iam", "iam": "iam", "s3": "s3", "s3_read": "s3", "vpc": "ec2", "directconnect": "directconnect"}.get(access, "sqs")
        reasons = []
        for index in range(count):
            suffix = f"{name}{'' if index == 0 else f'-{index + 1}'}"
            resource = {"iam": f"arn:aws:iam::{target}:role/{suffix}", "s3": f"arn:aws:s3:::{suffix}-{target}", "ec2": f"arn:aws:ec2:eu-west-1:{source}:vpc-peering-connection/pcx-0{index}a1b2c3d4"}.get(service, f"arn:aws:{service}:eu-west-1:{target}:{suffix}")
            why = {"admin": "may assume the role, which is an administrator", "iam": "may assume the role", "s3": "may write objects of the bucket", "s3_read": "may read objects of the bucket", "vpc": "the VPC peering is active", "directconnect": "a connection ends there", "write": "may send to it", "read": "may read from it", "use": "may decrypt with it", "network": "may connect to the endpoint service"}[access]
            reason = {"service": service, "resource": resource, "access": access, "why": why, "certain": certain}
            if condition or not certain:
                reason["condition"] = f"if sts:ExternalId is {condition}" if condition else "if aws:SourceIp is in 198.51.100.0/24"
            if service not in ("ec2", "directconnect"):
                reason.update(file=f"us-east-1/{'iam-get-account-authorization-details.json' if service == 'iam' else f's3-get-bucket-policy/{suffix}' if service == 's3' else f'{service}-get-resource-policy/{suffix}'}", pointer=f"/RoleDetailList/{index}/AssumeRolePolicyDocument/Statement/0" if service == "iam" else "/Policy", **({} if service == "iam" else {"within": "/Statement/0"}), statement=statement(access, f"arn:aws:iam::{source}:root", f"{resource}/*", condition))
            elif access == "vpc":
                reason.update(file="eu-west-1/ec2-describe-vpc-peering-connections.json", pointer=f"/VpcPeeringConnections/{index}", evidence={"AccepterVpcInfo": {"OwnerId": target}, "Status": {"Code": "active"}})
            reasons.append(reason)
        self.edges.append({"data": {"id": f"e{len(self.edges) + 1}", "source": source, "target": target, "type": "edge", "access": access, "certain": certain, "services": [service], "reasons": reasons}, "classes": access})
        return True

    def data(self):
        return {"format": "cloudmapper-trust/1", "about": {"accounts": [f"{name} ({id})" for id, name in self.scanned], "made": "0.1.0", "gaps": self.gaps, **self.about}, "elements": self.places + self.edges}


def small():
    """Three accounts of one group and one of another; Okta, a vendor, and an account that nobody knows, peered with prod."""
    web = Web()
    web.place("Workloads", "Workloads", "group")
    web.place("Core", "Core", "group")
    for id, name, group in [("111122223333", "prod", "Workloads"), ("222233334444", "staging", "Workloads"), ("333344445555", "dev", "Workloads"), ("444455556666", "security", "Core")]:
        web.place(id, name, "scanned", group)
    web.place("okta", "Okta", "provider", type="Okta")
    web.place("464622532012", "Datadog", "vendor", source="https://docs.datadoghq.com/integrations/amazon_web_services/")
    web.place("999988887777", "999988887777", "unknown")
    for account in ("111122223333", "222233334444", "333344445555"):
        web.edge("okta", account, "admin", count=2, name="okta-admin")
        web.edge("444455556666", account, "iam", name="audit")
    web.edge("444455556666", "111122223333", "admin", name="break-glass")
    web.edge("okta", "444455556666", "admin", name="okta-admin")
    web.edge("464622532012", "111122223333", "iam", condition="abc123", name="DatadogIntegration")
    web.edge("464622532012", "222233334444", "iam", certain=False, name="DatadogIntegration")
    web.edge("111122223333", "999988887777", "vpc")
    web.edge("222233334444", "111122223333", "s3_read", name="releases")
    web.edge("333344445555", "222233334444", "s3", name="uploads")
    web.gaps = [{"account": "111122223333", "what": "s3-get-bucket-policy in eu-west-1: AccessDenied", "service": "s3"}, {"account": "dev", "what": "kms-list-grants in us-east-1: AccessDenied", "service": "kms"}]
    return web.data()


def odd():
    """No outsider but the own organization; a role that is open to everybody, a principal that was deleted, and much that is left out."""
    web = Web()
    web.place("111122223333", "prod", "scanned")
    web.place("o-abcdefghij", "o-abcdefghij", "organization", ours=True)
    web.edge("o-abcdefghij", "111122223333", "iam", name="audit")
    web.about = {
        "everybody": {"111122223333": ["arn:aws:iam::111122223333:role/open"]}, "only": "admin", "hidden": 2,
        "dangling": [{"account": "111122223333", "resource": "arn:aws:iam::111122223333:role/left", "principal": "AROAEXAMPLEEXAMPLE"}],
    }
    return web.data()


def estate(accounts, edges, seed=11):
    """About so many accounts, outsiders included, and edges: a core that gets into all, teams that share, vendors in some, and strangers."""
    pick = random.Random(seed)
    web = Web()
    number = iter(pick.sample(range(100000000000, 1000000000000), accounts + 10))
    outsiders = max(6, accounts // 5)
    own = accounts - outsiders
    web.place("ou-root", "Kestrel", "group")
    for id, name in [("ou-core", "Core"), ("ou-work", "Workloads")]:
        web.place(id, name, "group", "ou-root")
    core = [web.place(str(next(number)), name, "scanned", "ou-core") for name in CORE[: max(2, min(6, own // 5))]]
    security, archive, deploy = core[0], core[1], core[min(2, len(core) - 1)]
    teams, members = [], []
    count = max(2, (own - len(core)) // (6 if own < 100 else 16))
    for index in range(count):
        team = TEAMS[index % len(TEAMS)] + ("" if index < len(TEAMS) else str(index // len(TEAMS) + 1))
        teams.append((web.place(f"ou-{team}", team, "group", "ou-work"), team, []))
    for index in range(own - len(core)):
        group, team, accounts_of = teams[index % count]
        number_in = len(accounts_of)
        kind = "configured" if index % 13 == 12 else "scanned"
        id = web.place(str(next(number)), f"{team}-{STAGES[number_in % 8]}{'' if number_in < 8 else number_in // 8 + 1}", kind, group)
        accounts_of.append(id)
        if kind == "scanned":
            members.append(id)
    providers = [web.place(id, name, "provider", type=name) for id, name in [("okta", "Okta"), ("token.actions.githubusercontent.com", "GitHub Actions")]]
    organization = web.place("o-t99z9c84xg", "o-t99z9c84xg", "organization")
    aws = web.place("797873946194", "Elastic Load Balancing", "aws", type="aws")
    location = web.place("EqDC2", "EqDC2", "location")
    vendors = [web.place(str(next(number)), VENDORS[index % 20] + ("" if index < 20 else f" {index // 20 + 1}"), "vendor", **({"source": "https://example.com/accounts"} if index % 4 else {})) for index in range(max(3, outsiders * 2 // 5))]
    strangers = []
    for _ in range(max(2, outsiders - len(vendors) - 5)):
        id = str(next(number))
        strangers.append(web.place(id, id, "unknown"))
    for account in members:
        web.edge(security, account, "iam", name="security-audit")
        web.edge(deploy, account, "admin", name="deployment")
        web.edge(providers[0], account, "admin" if pick.random() < 0.3 else "iam", count=2, name="AWSReservedSSO")
        web.edge(account, archive, "s3", name="trail")
    web.edge(security, deploy, "admin", certain=False, name="break-glass")
    web.edge(core[-1], location, "directconnect")
    for account in pick.sample(members, max(2, len(members) // 8)):
        web.edge(organization, account, "read", service="ecr", name="images")
        web.edge(aws, account, "s3", name="lb-logs")
        web.edge(providers[1], account, "iam", name="github")
    for index, vendor in enumerate(vendors):
        for account in pick.sample(members, max(1, min(len(members), 1 + index % 5))):
            web.edge(vendor, account, "admin" if index % 6 == 5 else "iam", certain=pick.random() < 0.8, condition="k7f3" if index % 2 else None, name=f"{VENDORS[index % 20].replace(' ', '')}Role")
    for index, stranger in enumerate(strangers):
        access = ["vpc", "s3_read", "iam", "s3", "use", "admin", "write"][index % 7]
        account = pick.choice(members)
        web.edge(*((account, stranger) if access == "vpc" else (stranger, account)), access, certain=pick.random() < 0.7, service=None if access not in SERVICES else SERVICES[access][0], name="legacy")
    tries = 0
    while len(web.edges) < edges and tries < edges * 20:
        tries += 1
        _, team, some = pick.choice(teams)
        here = [account for account in some if account in set(members)] if len(members) < 60 else some
        if len(here) < 2:
            continue
        access = pick.choice(["iam", "s3", "s3_read", "write", "read", "use", "network", "vpc", "read"])
        one, other = pick.sample(here, 2)
        if pick.random() < 0.04:
            other = pick.choice(members)
        web.edge(one, other, access, certain=pick.random() < 0.85, service=pick.choice(SERVICES[access]) if access in SERVICES else None, count=1 + (tries % 3 == 0), name=f"{team}-shared")
    for index in range(max(3, accounts // 10)):
        id, name = web.scanned[index % len(web.scanned)]
        web.gaps.append({"account": id if index % 2 else name, "what": f"{['s3-get-bucket-policy', 'kms-get-key-policy', 'sqs-get-queue-attributes'][index % 3]} in {['us-east-1', 'eu-west-1'][index % 2]}: AccessDenied", "service": ["s3", "kms", "sqs"][index % 3]})
    return web.data()


def hostile():
    """Names, resources and statements that would be markup, and elements that cannot be used."""
    web = Web()
    kinds = ["scanned", "configured", "vendor", "aws", "provider", "organization", "location", "unknown"]
    for index, text in enumerate(MARKUP):
        web.place(f"group {text}", text, "group")
        web.place(f"{text} #{index}", text, kinds[index % 8], f"group {MARKUP[(index + 1) % len(MARKUP)]}", source=["javascript:alert(7)", "https://user:pass@example.com/", "http://example.com", text][index % 4], logo=["icons/logos/../../x.svg", "https://example.com/x.png", "data:image/svg+xml,<svg onload=alert(1)>", text][index % 4], type=text)
    for index, text in enumerate(MARKUP):
        other = (index + 1) % len(MARKUP)
        web.edges.append({"data": {"id": text, "source": f"{text} #{index}", "target": f"{MARKUP[other]} #{other}", "type": "edge", "access": text, "certain": index % 2 == 0, "services": [text, None, {}], "reasons": [{"service": text, "resource": text, "access": text, "why": text, "certain": index % 3 == 0, "condition": text, "file": text, "pointer": text, "within": text, "evidence": [text, {text: text}], "statement": {text: [text, {text: text}], "toString": 1}}, None, {"resource": {"toString": None}, "statement": text}]}, "classes": ["admin", text, "vpc", "iam x"][index % 4]})
    data = web.data()
    data["about"] = {"accounts": MARKUP, "made": MARKUP[0], "gaps": [{"account": MARKUP[0], "what": MARKUP[1], "service": MARKUP[2]}, None, {"what": {"toString": 1}}], "everybody": {MARKUP[0]: [MARKUP[1], None, {}], "__proto__": 7}, "dangling": [{"account": MARKUP[0], "resource": MARKUP[1], "principal": MARKUP[2]}, None], "only": MARKUP[0], "hidden": MARKUP[1]}
    data["elements"] += [
        None, 7, "x", [], {}, {"data": None}, {"data": {}}, {"data": {"id": {}, "kind": "vendor"}}, {"data": {"id": "__proto__", "name": "inherited", "kind": "constructor", "parent": "toString"}},
        {"data": {"id": "loop", "kind": "group", "parent": "loop"}}, {"data": {"id": "one", "kind": "group", "parent": "two"}}, {"data": {"id": "two", "kind": "group", "parent": "one"}}, {"data": {"id": "in loop", "name": "in loop", "kind": "scanned", "parent": "two"}},
        {"data": {"source": "__proto__", "target": "nobody", "type": "edge"}}, {"data": {"source": {}, "target": [], "type": "edge"}}, {"data": {"source": "in loop", "target": "__proto__", "type": "edge", "services": "x", "reasons": "y"}, "classes": {}},
    ]
    return data


if __name__ == "__main__":
    made = small() if sys.argv[1] == "small" else estate(int(sys.argv[1]), int(sys.argv[2]))
    with open(sys.argv[-1], "w") as file:
        json.dump(made, file, separators=(",", ":"))

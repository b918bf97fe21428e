"""Principal graphs for the tests, the same every time: `estate` of any size, and a hostile one.

    python make_principals.py NODES EDGES ACCOUNTS OUTPUT
"""

import json
import random
import sys

from make_data import MARKUP

# id, label, category, name
TECHNIQUES = [
    ("administrator", "administrator", "administrator", "is an administrator of the account"),
    ("assume-role", "AssumeRole", "principal-access", "can assume the role"),
    ("lambda-001", "Lambda", "new-passrole", "can create a Lambda function with the role and invoke it"),
    ("lambda-003", "Lambda", "existing-passrole", "can replace the code of a Lambda function that has the role"),
    ("ec2-001", "EC2", "new-passrole", "can start an instance with the role"),
    ("ssm-001", "SSM", "existing-passrole", "can open a session on an instance that has the role"),
    ("codebuild-001", "CodeBuild", "new-passrole", "can create a build project with the role and start it"),
    ("glue-001", "Glue", "new-passrole", "can create a Glue development endpoint with the role"),
    ("cloudformation-001", "CloudFormation", "new-passrole", "can create a stack with the role"),
    ("iam-002", "IAM", "principal-access", "can make an access key of the user"),
    ("iam-005", "IAM", "self-escalation", "can put an inline policy on itself"),
    ("iam-012", "IAM", "principal-access", "can rewrite the trust policy of the role"),
    ("service-trust", "service", "service", "may be given the role"),
    ("instance-role", "instance", "host", "runs with the role"),
    ("federation", "federation", "federation", "may assume the role by web identity or SAML"),
]
AT = {row[0]: index for index, row in enumerate(TECHNIQUES)}
SERVICES = ["lambda.amazonaws.com", "ec2.amazonaws.com", "codebuild.amazonaws.com", "glue.amazonaws.com", "cloudformation.amazonaws.com"]
BY_SERVICE = {"lambda-001": 0, "lambda-003": 0, "ec2-001": 1, "ssm-001": 1, "codebuild-001": 2, "glue-001": 3, "cloudformation-001": 4}
NEEDS = {"lambda-001": ["iam:PassRole", "lambda:CreateFunction", "lambda:InvokeFunction"], "ec2-001": ["iam:PassRole", "ec2:RunInstances"], "ssm-001": ["ssm:StartSession"], "codebuild-001": ["iam:PassRole", "codebuild:CreateProject", "codebuild:StartBuild"], "glue-001": ["iam:PassRole", "glue:CreateDevEndpoint"], "cloudformation-001": ["iam:PassRole", "cloudformation:CreateStack"], "lambda-003": ["lambda:UpdateFunctionCode"], "iam-002": ["iam:CreateAccessKey"], "iam-005": ["iam:PutUserPolicy"], "iam-012": ["iam:UpdateAssumeRolePolicy", "sts:AssumeRole"], "assume-role": ["sts:AssumeRole"]}
PEOPLE = "ada grace edsger barbara donald alan margaret ken dennis leslie frances john radia tim linus katherine annie mary jean evelyn".split()
SYSTEMS = "billing checkout orders search catalogue ledger reports media identity mail stock pricing loyalty events ingest archive metrics audit backup deploy".split()


def techniques():
    return [{"id": id, "label": label, "name": name, "category": category, "fix": "Name the roles in the resource of iam:PassRole, and the service in iam:PassedToService.", "source": "https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies.html"} for id, label, category, name in TECHNIQUES]


class Estate:
    def __init__(self, accounts):
        self.accounts = [{"id": f"{111122223333 + index * 11011}", "name": name} for index, name in enumerate(accounts)]
        self.nodes, self.edges, self.details, self.kept, self.seen = [], [], [], {}, set()

    def node(self, account, kind, name, arn=None, **more):
        number = self.accounts[account]["id"] if account is not None else ""
        node = {"arn": arn or f"arn:aws:iam::{number}:{name}", "name": name, "kind": kind, "account": account, "admin": "no", "escalates": "no", "steps": None, "tags": {}}
        self.nodes.append(node | more)
        return len(self.nodes) - 1

    def detail(self, source, technique, certain):
        actions = NEEDS.get(technique)
        if not actions:
            return -1
        key = (source, technique, certain)
        if key not in self.kept:
            steps = [{"who": self.nodes[source]["arn"], "action": action, "resource": "*" if "Create" in action else "arn:aws:iam::*:role/*", "verdict": "allowed" if certain or index else "if aws:MultiFactorAuthPresent is true", "because": [f"policy {technique}-developers, statement {index} (Sid{index})"]} for index, action in enumerate(actions)]
            self.kept[key] = len(self.details)
            self.details.append({"steps": steps, "conditions": [] if certain else ["aws:MultiFactorAuthPresent is true"], "doubts": [] if certain or technique != "ssm-001" else ["whether the instance is managed by Systems Manager"]})
        return self.kept[key]

    def edge(self, source, target, technique, certain=True, via=-1):
        key = (source, target, technique)
        if source == target or key in self.seen:
            return
        self.seen.add(key)
        self.edges.append([source, target, AT[technique], int(certain), via, self.detail(source, technique, certain)])

    def finish(self, unseen=()):
        """What the program would say of steps and escalation."""
        incoming = {}
        for source, target, technique, certain, *_ in self.edges:
            incoming.setdefault(target, []).append((source, technique == AT["administrator"], certain))
        for only_certain in (False, True):
            steps = {at: 0 for at, node in enumerate(self.nodes) if node["kind"] == "admin" or node["admin"] == "yes" or (node["admin"] == "if" and not only_certain)}
            queue = list(steps)
            for at in queue:
                for source, _, certain in incoming.get(at, []):
                    if source not in steps and (certain or not only_certain):
                        steps[source] = steps[at] + 1
                        queue.append(source)
            for at, count in steps.items():
                if count > 0:
                    self.nodes[at]["escalates"] = "certain" if only_certain else "possible"
                    if not only_certain:
                        self.nodes[at]["steps"] = count
        return {"format": "cloudmapper-principals/1", "collected": "2026-11-22T10:00:00Z", "accounts": self.accounts, "techniques": techniques(), "nodes": self.nodes, "edges": self.edges, "details": self.details, "unseen": list(unseen)}


def estate(nodes, edges, accounts=1, seed=7):
    """About so many nodes and edges: developers who may pass roles to services, deployers, role chains, and many who can do nothing."""
    pick = random.Random(seed)
    names = ["prod", "staging", "dev", "security", "shared-services", "data-platform", "sandbox", "logging", "network", "payments"]
    out = Estate((names + [f"team-{index:02}" for index in range(accounts)])[:accounts])
    services = [out.node(None, "service", name, arn=name) for name in SERVICES]
    out.node(None, "internet", "the internet", arn="internet")
    provider = out.node(0, "provider", "oidc-provider/token.actions.githubusercontent.com")
    each = (nodes - len(out.nodes)) // accounts
    budget = edges // accounts
    for account in range(accounts):
        fill(out, pick, account, each, budget, services, provider)
    return out.finish([{"account": 0, "call": "lambda-list-functions", "techniques": 9}] if nodes > 100 else [])


def fill(out, pick, account, count, budget, services, provider):
    admin = out.node(account, "admin", f"administrator of {out.accounts[account]['name']}", arn=f"admin:{out.accounts[account]['id']}")
    left = count - 1
    roles, users, admins = [], [], []
    for name in ["role/OrganizationAccountAccessRole", "role/aws-reserved/sso.amazonaws.com/AWSReservedSSO_AdministratorAccess_5a1f9c77d2b4e801", "role/break-glass", "user/root-backup"][: max(2, left // 16)]:
        when = "if" if name == "role/break-glass" else "yes"
        admins.append(out.node(account, name.split("/")[0], name, admin=when, **({"when": "aws:MultiFactorAuthPresent is true"} if when == "if" else {})))
        out.edge(admins[-1], admin, "administrator", when == "yes")
    left -= len(admins)
    for index in range(left * 2 // 5):
        users.append(out.node(account, "user", f"user/{PEOPLE[index % 20]}{'' if index < 20 else index // 20 + 1}", tags={"team": SYSTEMS[pick.randrange(20)], "mfa": "yes"}))
    for index in range(left - len(users)):
        roles.append(out.node(account, "role", f"role/{SYSTEMS[index % 20]}-{['task', 'function', 'build', 'instance', 'reader', 'writer'][index // 20 % 6]}{'' if index < 120 else index // 120 + 1}", tags={"stage": out.accounts[account]["name"]}))
    trusted = {}
    for index, role in enumerate(roles):
        service = index % 9
        if service < 5:
            trusted.setdefault(service, []).append(role)
            out.edge(services[service], role, "service-trust")
    # One role for each of three services is an administrator by what is attached to it.
    for service in (0, 2, 4)[: max(1, count // 20)]:
        role = trusted[service][-1]
        out.nodes[role]["admin"] = "yes"
        out.edge(role, admin, "administrator")
    start = len(out.edges)
    groups = max(3, count // 60)
    for group in range(groups):
        members = pick.sample(users, min(len(users), 2 + pick.randrange(max(2, len(users) // 12))))
        if group % 3 == 2:
            members += pick.sample(roles, min(len(roles), 1 + len(roles) // 60))
        for technique in pick.sample(sorted(BY_SERVICE), 1 + group % 2):
            certain = pick.random() < 0.7
            targets = trusted.get(BY_SERVICE[technique], [])
            if group % 4 == 3:
                targets = targets[: max(1, len(targets) // 3)]
            for source in members:
                for target in targets:
                    if len(out.edges) - start < budget:
                        out.edge(source, target, technique, certain)
    deployers = pick.sample(roles, max(1, len(roles) // 40))
    for index, role in enumerate(deployers):
        out.edge(role, admin, "iam-005", index % 3 != 1)
        out.edge(provider, role, "federation")
    for index in range(len(roles) // 4):
        one, other = pick.sample(roles, 2)
        out.edge(one, other, "assume-role", pick.random() < 0.8)
    for user in pick.sample(users, max(1, len(users) // 6)):
        out.edge(user, pick.choice(roles), "assume-role", pick.random() < 0.8)
        if pick.random() < 0.3:
            out.edge(user, pick.choice(users), "iam-002")
    wide = [technique for technique in BY_SERVICE if trusted.get(BY_SERVICE[technique])]
    while count > 200 and len(out.edges) - start < budget:
        technique = pick.choice(wide)
        certain = pick.random() < 0.8
        source = pick.choice(roles if pick.random() < 0.5 else users)
        for target in trusted[BY_SERVICE[technique]]:
            if len(out.edges) - start < budget:
                out.edge(source, target, technique, certain)


def hostile():
    """Names, tags and reasons that would be markup, and rows that cannot be used."""
    out = Estate(MARKUP[:2])
    for index, text in enumerate(MARKUP):
        out.node(index % 2, ["user", "role", text][index % 3], text, arn=f"{text} #{index}", tags={text: text, "odd": {"toString": None}}, when=text, admin=["no", "yes", "if", text][index % 4])
    out.node(0, "admin", MARKUP[0], arn="__proto__")
    for index in range(len(MARKUP)):
        out.edge(index, (index + 1) % len(MARKUP), "lambda-001", index % 2 == 0, via=(index + 3) % len(MARKUP))
        out.edge(index, len(MARKUP), "iam-005")
    data = out.finish([{"account": 0, "call": MARKUP[1], "techniques": 3}, {"account": 77, "call": None}, None, "x"])
    for row in data["techniques"]:
        row.update(label=MARKUP[0], name=MARKUP[1], fix=MARKUP[2], source="javascript:alert(7)", category=MARKUP[3])
    for detail in data["details"]:
        for step in detail["steps"]:
            step.update(who=MARKUP[0], action=MARKUP[1], resource=MARKUP[2], verdict=MARKUP[3], because=[MARKUP[4], {"toString": 1}, None])
        detail.update(conditions=[MARKUP[8], None], doubts=[MARKUP[0], {}])
    data["details"].append(None)
    data["nodes"] += [None, 7, {}, {"arn": 5, "name": {"toString": None}, "kind": {}, "account": "x", "tags": [1], "steps": "many"}]
    data["edges"] += [None, [], [0], [0, 999, 0, 1, -1, -1], [0, 1, 999, 1, 999, 999], ["0", "1", 0, 1], [0, 2, 0, 1, -1, len(data["details"]) - 1], {"0": 1}, [0.5, 1, 0, 1]]
    data["collected"] = MARKUP[0]
    return data


if __name__ == "__main__":
    with open(sys.argv[4], "w") as file:
        json.dump(estate(*map(int, sys.argv[1:4])), file, separators=(",", ":"))

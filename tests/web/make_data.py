"""Writes made-up data.json files for the tests of the network map.

    python make_data.py FOLDER

small.json    one account, two regions, every node type that the map knows
large.json    10,000 resources in 4 accounts, with some 20,000 edges
hostile.json  markup and script in every place where a snapshot's text can get to
plain.json    CloudMapper's own shape: no positions, no edge ids, classes beside data
links.json    two accounts joined by peering, transit gateway, VPN and Direct Connect; groups of which it is not known who reaches them
broken.json   not JSON
"""

import json
import pathlib
import random
import sys

PORTS = ["tcp/443", "tcp/80", "tcp/22", "tcp/5432", "tcp/6379", "udp/53"]
ICON, CELL_W, CELL_H, GAP, PAD = 48, 112, 96, 40, 24
HEAD = {"account": 64, "region": 56, "vpc": 48, "az": 40, "subnet": 40}
MARKUP = [
    "<img src=x onerror=alert(1)>",
    "<script>alert(2)</script>",
    "</script><script>alert(3)</script>",
    "\"><svg onload=alert(4)>",
    "javascript:alert(5)",
    "${alert(6)}{{7*7}}",
    "]]>&lt;b&gt;&#x3c;",
    "__proto__",
    "\u202egnp.exe\u0000\u0007\n\ttail",
    "<!-- <style>*{display:none}</style>",
]


class Estate:
    """A tree of nodes and a list of edges, in the map's shape."""

    def __init__(self):
        self.nodes, self.edges, self.children = {}, [], {}

    def node(self, id, type, name, parent=None, node_data=None, **more):
        data = {"id": id, "name": name, "type": type, "local_id": more.pop("local_id", id.rsplit("/", 1)[-1])}
        data["node_data"] = node_data if node_data is not None else {}
        if parent:
            data["parent"] = parent
        data.update({key: value for key, value in more.items() if value})
        self.nodes[id] = {"data": data}
        self.children.setdefault(id, [])
        if parent:
            self.children[parent].append(id)
        return id

    def edge(self, source, target, cls="allowed", ports=("tcp/443",), group="sg-1", **more):
        data = {"id": f"edge:{source}:{target}:{cls}", "source": source, "target": target, "type": "edge", "class": cls}
        data["ports"], data["label"] = list(ports), ", ".join(ports)
        data["rules"] = [{"group": group, "direction": "ingress", "rule": f"{port} from {source}"} for port in ports]
        data["node_data"] = [{"GroupId": group, "GroupName": "made up"}]
        data.update(more)
        self.edges.append({"data": data})

    def elements(self, **meta):
        place(self)
        first = {"data": {"id": "cloudmapper:meta", "type": "meta", **meta}}
        return [first, *self.nodes.values(), *self.edges]


def rows(sizes, limit, gap):
    """Packs boxes into rows; gives their left top corners and the whole size."""
    x = y = row = width = 0
    corners = []
    for w, h in sizes:
        if x and x + w > limit:
            x, y, row = 0, y + row + gap, 0
        corners.append((x, y))
        x, row, width = x + w + gap, max(row, h), max(width, x + w)
    return corners, (width, y + row)


def shelves(sizes, gap):
    """Rows, broken where the whole comes closest to a window's shape."""
    limits = [sum(w + gap for w, _ in sizes[: count + 1]) for count in range(len(sizes))]
    widest = max((w for w, _ in sizes), default=0)
    return min((rows(sizes, max(limit, widest), gap) for limit in limits), key=lambda placed: max(placed[1][0] / 1.5, placed[1][1]), default=([], (0, 0)))


def place(estate):
    """The nested layout: grids in subnets, subnets as rows of a zone, zones as columns of a VPC, the rest in shelves."""
    size, at = {}, {}

    def is_box(id):
        return bool(estate.children[id]) or estate.nodes[id]["data"]["type"] in HEAD

    scale = 1

    def measure(id):
        outer = estate.nodes[id]["data"]["type"] in ("account", "region")
        wide = max(1, scale / 4) if outer else 1
        gap, pad = GAP * wide, PAD * wide
        kind = estate.nodes[id]["data"]["type"]
        if not is_box(id):
            return (CELL_W, CELL_H)
        boxes = [child for child in estate.children[id] if is_box(child)]
        leaves = [child for child in estate.children[id] if not is_box(child)]
        head = HEAD.get(kind, 40) * (max(1, scale * 0.75) if outer else 1)
        columns = max(1, min(len(leaves), round((len(leaves) * 1.5) ** 0.5) if kind == "subnet" else 8))
        for index, leaf in enumerate(leaves):
            at[leaf] = (pad + (index % columns) * CELL_W + CELL_W / 2, head + (index // columns) * CELL_H + CELL_H / 2 - 10)
        width, height = (columns * CELL_W, -(-len(leaves) // columns) * CELL_H) if leaves else (0, 0)
        if boxes:
            top = head + (height + gap if leaves else 0)
            measured = {box: measure(box) for box in boxes}
            if kind == "az":
                widest, y, corners = max(w for w, _ in measured.values()), 0, []
                for box in boxes:
                    corners.append((0, y))
                    size[box] = (widest, measured[box][1])
                    y += measured[box][1] + GAP
                whole = (widest, y - GAP)
            elif kind == "vpc":
                tallest, x, corners = max(h for _, h in measured.values()), 0, []
                for box in boxes:
                    corners.append((x, 0))
                    size[box] = (measured[box][0], tallest)
                    x += measured[box][0] + GAP
                whole = (x - GAP, tallest)
            else:
                corners, whole = shelves([measured[box] for box in boxes], gap)
                size.update(measured)
            for box, (x, y) in zip(boxes, corners):
                at[box] = (pad + x, top + y)
            width, height = max(width, whole[0]), top - head + whole[1]
        return (max(width, 180) + 2 * pad, max(height, 40) + head + pad)

    def settle(id, x, y):
        node = estate.nodes[id]
        if is_box(id):
            w, h = size[id]
            node["data"].update(w=round(w), h=round(h))
            node["position"] = {"x": round(x + w / 2, 1), "y": round(y + h / 2, 1)}
            for child in estate.children[id]:
                settle(child, x + at[child][0], y + at[child][1])
        else:
            node["position"] = {"x": round(x, 1), "y": round(y, 1)}

    roots = [id for id, node in estate.nodes.items() if "parent" not in node["data"]]
    boxes = [id for id in roots if is_box(id)]
    for _ in range(2):
        for box in boxes:
            size[box] = measure(box)
        corners, whole = shelves([size[box] for box in boxes], GAP * max(1, scale / 4))
        scale = max(1, whole[1] / 1600)
    for box, (x, y) in zip(boxes, corners):
        settle(box, x, y)
    outside = [id for id in roots if not is_box(id)]
    unit = max(1, whole[1] / 1600)  # what stands outside must be seen when the whole is
    count = max(1, min(len(outside), 10))
    for index, id in enumerate(outside):
        estate.nodes[id]["data"].update(w=round(56 * unit), h=round(56 * unit))
        settle(id, (-160 - (index // count) * 150) * unit, whole[1] / 2 + (index % count - (count - 1) / 2) * 130 * unit)


def instance(rng, number, vpc, subnet, groups, public):
    data = {
        "InstanceId": f"i-{number:017x}",
        "InstanceType": rng.choice(["t3.micro", "m6i.large", "c7g.xlarge"]),
        "PrivateIpAddress": f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}",
        "State": {"Name": "running"},
        "SubnetId": subnet,
        "VpcId": vpc,
        "SecurityGroups": [{"GroupId": group} for group in groups],
    }
    if public:
        data["PublicIpAddress"] = f"203.0.113.{number % 250 + 1}"
    return data


def small():
    rng, estate = random.Random(1), Estate()
    number = iter(range(1, 100000))
    account = estate.node("arn:aws:::111122223333:", "account", "demo", local_id="111122223333", node_data={"id": "111122223333"})
    internet = estate.node("0.0.0.0/0", "cloud", "Internet", local_id="0.0.0.0/0", node_data="0.0.0.0/0")
    office = estate.node("198.51.100.0/24", "ip", "Office Berlin", local_id="198.51.100.0/24", node_data="198.51.100.0/24")
    partner = estate.node("192.0.2.17/32", "ip", "192.0.2.17/32", local_id="192.0.2.17/32", node_data="192.0.2.17/32")

    def leaf(kind, name, parent, **more):
        n = next(number)
        known = more.pop("node_data", None) or instance(rng, n, "vpc-1", parent.rsplit("/", 1)[-1], ["sg-web"], more.get("public"))
        return estate.node(f"arn:aws:{kind}:us-east-1:111122223333:instance/{kind}-{n:04x}", kind, name, parent, known, **more)

    def vpc(region, id, name, cidr, zones):
        box = estate.node(f"arn:aws::{region}:111122223333:vpc/{id}", "vpc", f"{name} ({cidr})", f"arn:aws::{region}:111122223333:", {"VpcId": id, "CidrBlock": cidr})
        subnets = {}
        for zone in zones:
            az = estate.node(f"{box}/az/{region}{zone}", "az", f"{region}{zone}", box, local_id=f"{region}{zone}")
            for index, part in enumerate(["public", "app", "data"]):
                block = f"{cidr.rsplit('.', 2)[0]}.{index * 16 + ord(zone) - 97}.0/24"
                subnet = estate.node(f"arn:aws::{region}:111122223333:subnet/subnet-{id}-{part}-{zone}", "subnet", f"{part}-{zone} ({block})", az, {"CidrBlock": block}, public=part == "public")
                subnets[part, zone] = subnet
        return box, subnets

    estate.node("arn:aws::us-east-1:111122223333:", "region", "us-east-1", account, local_id="us-east-1")
    box, nets = vpc("us-east-1", "vpc-1", "Production", "10.0.0.0/16", "ab")
    gateways = [leaf(kind, name, box) for kind, name in [("internet_gateway", "igw-main"), ("nat_gateway", "nat-a"), ("transit_gateway", "tgw-core"), ("vpn_gateway", "vgw-office")]]
    for kind in ["s3", "dynamodb"]:
        leaf(kind, kind, box)
    webs, apps, databases, balancers = [], [], [], []
    for zone in "ab":
        balancers.append(leaf("elbv2", "shop-alb", nets["public", zone], public=True, tags={"team": "shop"}))
        webs.append(leaf("ec2", f"bastion-{zone}", nets["public", zone], public=True, tags={"Name": f"bastion-{zone}", "team": "platform"}))
        apps.append(leaf("autoscaling", "shop-web", nets["app", zone], count=6, tags={"team": "shop"}))
        apps += [leaf("ec2", f"checkout-{zone}{n}", nets["app", zone], tags={"team": "shop", "env": "prod"}) for n in range(3)]
        apps.append(leaf("ecs", "cart:42", nets["app", zone]))
        apps.append(leaf("lambda", "resize-images", nets["app", zone]))
        databases.append(leaf("rds", "orders", nets["data", zone]))
        databases.append(leaf("elasticache", "sessions", nets["data", zone]))
    balancers.append(leaf("elb", "legacy-elb", nets["public", "a"], public=True))
    databases.append(leaf("rds_rr", "orders-replica", nets["data", "b"]))
    databases.append(leaf("redshift", "warehouse", nets["data", "a"], unknown=True))
    databases.append(leaf("elasticsearch", "logs", nets["data", "b"]))
    for kind in ["kinesis", "sqs", "sns", "ecr", "ssm", "secretsmanager", "kms", "apigateway", "codebuild", "codecommit", "codepipeline", "ecs"]:
        endpoint = leaf(kind, kind, nets["app", "b" if len(kind) > 4 else "a"], node_data={"VpcEndpointId": f"vpce-{kind}"})
        estate.edge(apps[0], endpoint, "endpoint")
    box2, nets2 = vpc("us-east-1", "vpc-2", "Analytics", "10.1.0.0/16", "a")
    workers = [leaf("ec2", f"spark-{n}", nets2["app", "a"]) for n in range(7)]
    batch = leaf("grouped_ec2", "batch", nets2["app", "a"], count=12)
    lake = leaf("rds", "metadata", nets2["data", "a"])
    leaf("vpc_endpoint", "vpce-svc-01", nets2["app", "a"])
    del nets2["public", "a"]
    estate.node("arn:aws::eu-west-1:111122223333:", "region", "eu-west-1", account, local_id="eu-west-1")
    box3, nets3 = vpc("eu-west-1", "vpc-3", "Europe", "10.2.0.0/16", "a")
    front = leaf("elbv2", "eu-alb", nets3["public", "a"], public=True)
    eu = [leaf("ec2", f"eu-web-{n}", nets3["app", "a"]) for n in range(2)]
    leaf("eks", "eu-cluster", nets3["app", "a"])

    for balancer in balancers:
        estate.edge(internet, balancer, "public", ["tcp/443", "tcp/80"], "sg-lb")
        for app in apps[:4]:
            estate.edge(balancer, app, "target", ["tcp/8080"], "sg-app")
    for bastion in webs:
        estate.edge(office, bastion, "public", ["tcp/22"], "sg-bastion")
        estate.edge(partner, bastion, "public", ["tcp/22"], "sg-bastion")
        for app in apps:
            estate.edge(bastion, app, "allowed", ["tcp/22"], "sg-app")
    for app in apps:
        for database in databases[:2]:
            estate.edge(app, database, "allowed", ["tcp/5432", "tcp/6379"], "sg-data")
    for worker in [*workers, batch]:
        estate.edge(worker, lake, "allowed", ["tcp/3306"], "sg-lake")
    estate.edge(internet, front, "public", ["tcp/443"], "sg-eu")
    for one in eu:
        estate.edge(front, one, "target", ["tcp/8080"], "sg-eu")
    estate.edge(box, box2, "peering", [], label="pcx-0a1b2c")
    estate.edge(gateways[2], box3, "transit", [], label="tgw-attach-1")
    return estate.elements(title="demo", snapshot="2026-11-22 10:00:00 UTC", accounts=["demo"], notes=["eu-west-1: describe-network-acls was denied; what it would have stopped is not known."])


def links():
    estate = Estate()
    internet = estate.node("0.0.0.0/0", "cloud", "Internet", node_data="0.0.0.0/0")
    office = estate.node("192.168.0.0/16", "on_premises", "Data centre", node_data="192.168.0.0/16")
    vpcs, leaves = [], {}
    for owner, name, count in [("111122223333", "prod", 2), ("444455556666", "shared", 1)]:
        account = estate.node(f"arn:aws:::{owner}:", "account", name, local_id=owner)
        region = estate.node(f"arn:aws::us-east-1:{owner}:", "region", "us-east-1", account, local_id="us-east-1")
        for n in range(count):
            vpc = estate.node(f"arn:aws::us-east-1:{owner}:vpc/vpc-{n}", "vpc", f"{name}-{n} (10.{len(vpcs)}.0.0/16)", region)
            subnet = estate.node(f"arn:aws::us-east-1:{owner}:subnet/subnet-{n}", "subnet", f"{name}-{n}-a", vpc)
            for kind, label, more in [("elbv2", "front", {"public": True}), ("autoscaling", "web", {"count": 6, "exposure": "unknown"}), ("grouped_ec2", "batch", {"count": 12, "unknown": True}), ("rds", "orders", {}), ("vpc_endpoint", "s3-endpoint", {})]:
                leaves[label, len(vpcs)] = estate.node(f"arn:aws:{kind}:us-east-1:{owner}:instance/{label}-{n}", kind, f"{label}-{len(vpcs)}", subnet, **more)
            vpcs.append(vpc)
    for n in range(len(vpcs)):
        estate.edge(internet, leaves["front", n], "public", ["tcp/443"], f"sg-public-{n}")
        estate.edge(leaves["front", n], leaves["web", n], "target", ["tcp/8080"], f"sg-target-{n}")
        estate.edge(leaves["web", n], leaves["s3-endpoint", n], "endpoint", ["tcp/443"], f"sg-endpoint-{n}")
        estate.edge(leaves["web", n], leaves["orders", n], "allowed", ["tcp/5432"], f"sg-data-{n}")
    for source, target, cls, label in [(vpcs[0], vpcs[1], "peering", "pcx-1"), (vpcs[0], vpcs[2], "transit", "tgw-1"), (vpcs[1], vpcs[2], "transit", "tgw-1"), (office, vpcs[2], "vpn", "vpn-1"), (office, vpcs[0], "direct-connect", "dxgw-1")]:
        estate.edge(source, target, cls, [], label=label, rules=[])
    return estate.elements(title="links", snapshot="2026-11-22 10:00:00 UTC", accounts=["prod", "shared"], notes=[])


def large(resources=10000):
    rng, estate = random.Random(7), Estate()
    internet = estate.node("0.0.0.0/0", "cloud", "Internet", node_data="0.0.0.0/0")
    offices = [estate.node(f"198.51.{n}.0/24", "ip", f"Office {n}", node_data=f"198.51.{n}.0/24") for n in range(1, 9)]
    names = ["prod", "staging", "shared", "data"]
    regions = ["us-east-1", "eu-west-1", "ap-southeast-2", "us-west-2"]
    subnets = []
    for a, name in enumerate(names):
        owner = f"{100000000001 + a}"
        account = estate.node(f"arn:aws:::{owner}:", "account", name, local_id=owner)
        for region in regions:
            here = estate.node(f"arn:aws::{region}:{owner}:", "region", region, account, local_id=region)
            for v in range(3):
                cidr = f"10.{len(subnets) // 9 % 250}.0.0/16"
                id = f"vpc-{a}{regions.index(region)}{v}"
                vpc = estate.node(f"arn:aws::{region}:{owner}:vpc/{id}", "vpc", f"{name}-{['web', 'batch', 'tools'][v]} ({cidr})", here, {"VpcId": id})
                for zone in "abc":
                    az = estate.node(f"{vpc}/az/{region}{zone}", "az", f"{region}{zone}", vpc)
                    for part in ["public", "app", "data"]:
                        subnet = estate.node(f"arn:aws::{region}:{owner}:subnet/subnet-{id}{zone}-{part}", "subnet", f"{part}-{zone}", az, {"SubnetId": f"subnet-{id}{zone}-{part}"}, public=part == "public")
                        subnets.append((subnet, part, owner, region, id, []))
    kinds = {"public": ["elbv2", "ec2", "nat_gateway"], "app": ["ec2", "ec2", "lambda", "ecs", "autoscaling"], "data": ["rds", "elasticache", "redshift", "rds_rr"]}
    weights = [{"public": 1, "app": 6, "data": 2}[entry[1]] * rng.uniform(0.4, 1.6) for entry in subnets]
    for number, (subnet, part, owner, region, vpc, leaves) in enumerate(rng.choices(subnets, weights, k=resources), 1):
        kind = rng.choice(kinds[part])
        public = part == "public" and rng.random() < 0.6
        id = f"arn:aws:{kind}:{region}:{owner}:instance/{kind}-{number:06x}"
        data = instance(rng, number, vpc, subnet, [f"sg-{part}"], public)
        leaves.append(estate.node(id, kind, f"{kind}-{number:05d}", subnet, data, public=public, tags={"team": rng.choice(["shop", "core", "ml"])}))
    by_vpc = {}
    for subnet, part, owner, region, vpc, leaves in subnets:
        by_vpc.setdefault(vpc, {"public": [], "app": [], "data": []})[part] += leaves
    for parts in by_vpc.values():
        for leaf in parts["public"]:
            if estate.nodes[leaf]["data"].get("public"):
                estate.edge(internet, leaf, "public", ["tcp/443"], "sg-public")
                if rng.random() < 0.2:
                    estate.edge(rng.choice(offices), leaf, "public", ["tcp/22"], "sg-public")
            for app in rng.sample(parts["app"], min(4, len(parts["app"]))):
                estate.edge(leaf, app, "target", ["tcp/8080"], "sg-app")
        for app in parts["app"]:
            for target in rng.sample(parts["data"], min(2, len(parts["data"]))):
                estate.edge(app, target, "allowed", [rng.choice(PORTS)], "sg-data")
    vpcs = [id for id, node in estate.nodes.items() if node["data"]["type"] == "vpc"]
    for one, other in zip(vpcs[::3], vpcs[2::3]):
        estate.edge(one, other, "peering", [], label="pcx")
    return estate.elements(title="4 accounts", snapshot="2026-11-22 10:00:00 UTC", accounts=names, notes=[])


def hostile():
    estate = Estate()
    account = estate.node(MARKUP[0], "account", MARKUP[1], node_data={MARKUP[2]: MARKUP[3]})
    region = estate.node(MARKUP[2], "region", MARKUP[3], account)
    vpc = estate.node(MARKUP[3], "vpc", MARKUP[0], region)
    subnet = estate.node(MARKUP[5], "subnet", MARKUP[4], vpc)
    leaves = []
    for index, text in enumerate(MARKUP):
        leaves.append(estate.node(f"{text} #{index}", "ec2", f"leaf {text}", subnet, {text: [text, {text: text}]}, tags={text: text}, local_id=text, public=index % 2 == 0))
    odd = ["constructor", "hasOwnProperty", "<b>type</b>", "ec2\"]{}*", "../../etc/passwd", "javascript:alert(1)"]
    for index, kind in enumerate(odd):
        leaves.append(estate.node(f"odd {index}", kind, kind, subnet, {"toString": None, "__proto__x": {}}))
    for one, other in zip(leaves, leaves[1:]):
        estate.edge(one, other, "allowed", [MARKUP[0], MARKUP[2]], MARKUP[1])
    estate.edge(leaves[0], leaves[5], MARKUP[3], [MARKUP[4]], MARKUP[5])
    odd_object = {"toString": 1, "valueOf": None, "toJSON": "x"}
    estate.nodes[leaves[0]]["data"]["tags"]["odd"] = odd_object
    estate.edge(leaves[1], leaves[7], "allowed", ["tcp/1"], "sg-odd")
    estate.edges[-1]["data"].update(ports=[odd_object, None, 7], rules=[odd_object, None, "x", {"group": odd_object, "rule": [odd_object]}], label=odd_object)
    estate.edge(leaves[0], "nobody of that name", "allowed")
    junk = [None, 1, "x", [], {}, {"data": None}, {"data": {"id": "no type"}}, {"data": {"id": 7, "type": 9, "parent": "7"}}, {"data": {"id": "loop", "type": "vpc", "parent": "loop"}}, {"data": {"source": 1, "target": {}, "type": "edge"}}, {"data": {"id": "__proto__", "type": "ec2", "name": "inherited", "parent": "constructor"}}, {"data": {"source": "toString", "target": "__proto__", "type": "edge"}}, {"data": {"id": "place", "type": "ec2"}, "position": {"x": "NaN", "y": None}}]
    elements = estate.elements(title=MARKUP[0], snapshot=MARKUP[1], accounts=[MARKUP[2]], notes=MARKUP[:4], legend=[MARKUP[5]])
    return elements + junk


def plain():
    elements = []
    for element in small()[1:]:
        data = element["data"]
        if data["type"] == "edge":
            elements.append({"data": {"source": data["source"], "target": data["target"], "type": "edge", "node_data": data["node_data"]}})
        else:
            elements.append({"data": {key: data[key] for key in ("id", "name", "type", "local_id", "node_data", "parent") if key in data}})
    trust = [("464622532012", "Datadog", "vendor"), ("210987654321", "audit", "known_account"), ("999988887777", "999988887777", "unknown_account")]
    for id, name, kind in trust:
        elements.append({"data": {"id": id, "name": name, "type": kind, "weight": 70}})
        elements.append({"data": {"source": id, "target": "arn:aws:::111122223333:", "type": "edge"}, "classes": "admin"})
    return elements


def write(folder):
    folder = pathlib.Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    for name, elements in {"small": small(), "large": large(), "hostile": hostile(), "plain": plain(), "links": links()}.items():
        (folder / f"{name}.json").write_text(json.dumps(elements, separators=(",", ":")))
    (folder / "broken.json").write_text('[{"data": {"id": "a", ')
    (folder / "empty.json").write_text("[]")
    (folder / "object.json").write_text('{"not": "an array"}')


if __name__ == "__main__":
    write(sys.argv[1] if len(sys.argv) > 1 else ".")

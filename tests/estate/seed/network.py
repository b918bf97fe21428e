"""VPCs: subnets, gateways, routes, access lists, security groups, endpoints, VPN, flow logs."""

from __future__ import annotations

from typing import Any

from .base import Place, allow, policy, tags
from .names import CONTROL, MANAGEMENT, NON_ASCII, PROD, SCRIPT_DESCRIPTION, VPC_OCTET, office_range

ANYWHERE, ANYWHERE6 = "0.0.0.0/0", "::/0"


def seed(place: Place) -> None:
    """One VPC in each account and region, more in production."""
    place.run(vpc, subnets, gateways, routes, access_lists, security_groups, endpoints, blocked)
    if place.account != MANAGEMENT:
        place.run(prefix_lists, vpn, flow_logs, transit)


def tag(kind: str, name: str) -> list[dict[str, Any]]:
    """TagSpecifications of one new thing."""
    return [{"ResourceType": kind, "Tags": tags(Name=name, Umlaut=NON_ASCII)}]


def ec2(place: Place, operation: str, **parameters: Any) -> dict[str, Any]:
    """Shorthand."""
    return place.call("ec2", operation, **parameters)


def vpc(place: Place) -> None:
    """The company's VPC, with a second range and IPv6; the account's default VPC stays beside it."""
    octet = VPC_OCTET[place.account, place.region]
    place.ids["vpc"] = place.get(
        "Vpc.VpcId",
        "ec2",
        "create_vpc",
        CidrBlock=f"10.{octet}.0.0/16",
        AmazonProvidedIpv6CidrBlock=True,
        TagSpecifications=tag("vpc", f"{place.name}-main"),
    )
    ec2(place, "modify_vpc_attribute", VpcId=place.ids["vpc"], EnableDnsHostnames={"Value": True})
    ec2(place, "associate_vpc_cidr_block", VpcId=place.ids["vpc"], CidrBlock=f"100.64.{octet}.0/24")
    if place.account == PROD and place.primary:
        place.ids["vpc-isolated"] = place.get(
            "Vpc.VpcId", "ec2", "create_vpc", CidrBlock="10.99.0.0/16", TagSpecifications=tag("vpc", "isolated")
        )
        ec2(place, "create_subnet", VpcId=place.ids["vpc-isolated"], CidrBlock="10.99.1.0/24")


def subnets(place: Place) -> None:
    """Public, private and data subnets in two zones."""
    octet = VPC_OCTET[place.account, place.region]
    found = ec2(place, "describe_vpcs", VpcIds=[place.ids["vpc"]])
    six = found["Vpcs"][0]["Ipv6CidrBlockAssociationSet"][0]["Ipv6CidrBlock"].removesuffix("00::/56")
    for tier, start in (("public", 0), ("private", 10), ("data", 20)):
        for number, zone in enumerate("ab"):
            key = f"{tier}-{zone}"
            place.ids[key] = place.get(
                "Subnet.SubnetId",
                "ec2",
                "create_subnet",
                VpcId=place.ids["vpc"],
                CidrBlock=f"10.{octet}.{start + number}.0/24",
                AvailabilityZone=f"{place.region}{zone}",
                Ipv6CidrBlock=f"{six}{start + number:02x}::/64",
                TagSpecifications=tag("subnet", f"{place.name}-{key}"),
            )
            if tier == "public":
                ec2(place, "modify_subnet_attribute", SubnetId=place.ids[key], MapPublicIpOnLaunch={"Value": True})


def gateways(place: Place) -> None:
    """Internet, NAT and egress-only gateways."""
    place.ids["igw"] = place.get(
        "InternetGateway.InternetGatewayId", "ec2", "create_internet_gateway", TagSpecifications=tag("internet-gateway", "main")
    )
    ec2(place, "attach_internet_gateway", InternetGatewayId=place.ids["igw"], VpcId=place.ids["vpc"])
    place.ids["eigw"] = place.get(
        "EgressOnlyInternetGateway.EgressOnlyInternetGatewayId", "ec2", "create_egress_only_internet_gateway", VpcId=place.ids["vpc"]
    )
    place.ids["nat-eip"] = place.get("AllocationId", "ec2", "allocate_address", Domain="vpc", TagSpecifications=tag("elastic-ip", "nat"))
    place.ids["nat"] = place.get(
        "NatGateway.NatGatewayId", "ec2", "create_nat_gateway", SubnetId=place.ids["public-a"], AllocationId=place.ids["nat-eip"]
    )
    place.ids["spare-eip"] = place.get(
        "AllocationId", "ec2", "allocate_address", Domain="vpc", TagSpecifications=tag("elastic-ip", "nobody uses this")
    )


def table(place: Place, name: str, *subnet_keys: str) -> str:
    """A route table for some subnets."""
    made = place.get(
        "RouteTable.RouteTableId", "ec2", "create_route_table", VpcId=place.ids["vpc"], TagSpecifications=tag("route-table", name)
    )
    for key in subnet_keys:
        ec2(place, "associate_route_table", RouteTableId=made, SubnetId=place.ids[key])
    place.ids[f"table-{name}"] = made
    return made


def routes(place: Place) -> None:
    """Public to the internet gateway, private to NAT; the data subnets keep the main table."""
    public = table(place, "public", "public-a", "public-b")
    ec2(place, "create_route", RouteTableId=public, DestinationCidrBlock=ANYWHERE, GatewayId=place.ids["igw"])
    ec2(place, "create_route", RouteTableId=public, DestinationIpv6CidrBlock=ANYWHERE6, GatewayId=place.ids["igw"])
    private = table(place, "private", "private-a", "private-b")
    ec2(place, "create_route", RouteTableId=private, DestinationCidrBlock=ANYWHERE, NatGatewayId=place.ids["nat"])
    ec2(place, "create_route", RouteTableId=private, DestinationIpv6CidrBlock=ANYWHERE6, EgressOnlyInternetGatewayId=place.ids["eigw"])


def access_lists(place: Place) -> None:
    """A list for the data subnets: our ranges in, replies out, one explicit deny."""
    made = place.get(
        "NetworkAcl.NetworkAclId", "ec2", "create_network_acl", VpcId=place.ids["vpc"], TagSpecifications=tag("network-acl", "data")
    )
    entries: list[tuple[int, bool, str, str, str, tuple[int, int]]] = [
        (90, False, "deny", "6", "10.30.0.0/16", (0, 65535)),
        (100, False, "allow", "6", "10.0.0.0/8", (5432, 5432)),
        (110, False, "allow", "6", "10.0.0.0/8", (1024, 65535)),
        (100, True, "allow", "6", "10.0.0.0/8", (1024, 65535)),
    ]
    for number, egress, action, protocol, cidr, (low, high) in entries:
        ec2(
            place,
            "create_network_acl_entry",
            NetworkAclId=made,
            RuleNumber=number,
            Egress=egress,
            RuleAction=action,
            Protocol=protocol,
            CidrBlock=cidr,
            PortRange={"From": low, "To": high},
        )
    ec2(
        place,
        "create_network_acl_entry",
        NetworkAclId=made,
        RuleNumber=120,
        Egress=False,
        RuleAction="deny",
        Protocol="-1",
        Ipv6CidrBlock=ANYWHERE6,
    )
    ec2(
        place,
        "create_network_acl_entry",
        NetworkAclId=made,
        RuleNumber=130,
        Egress=False,
        RuleAction="allow",
        Protocol="1",
        CidrBlock=ANYWHERE,
        IcmpTypeCode={"Type": -1, "Code": -1},
    )
    found = ec2(place, "describe_network_acls", Filters=[{"Name": "association.subnet-id", "Values": [place.ids["data-a"]]}])
    for acl in found.get("NetworkAcls", []):
        for link in acl["Associations"]:
            if link["SubnetId"] == place.ids["data-a"]:
                ec2(place, "replace_network_acl_association", AssociationId=link["NetworkAclAssociationId"], NetworkAclId=made)


def group(place: Place, name: str, description: str, vpc_key: str = "vpc") -> str:
    """A security group."""
    made = place.get(
        "GroupId",
        "ec2",
        "create_security_group",
        GroupName=name,
        Description=description,
        VpcId=place.ids[vpc_key],
        TagSpecifications=tag("security-group", name),
    )
    place.ids[f"sg-{name}"] = made
    return made


def tcp(low: int, high: int, **source: Any) -> dict[str, Any]:
    """One permission."""
    return {"IpProtocol": "tcp", "FromPort": low, "ToPort": high, **source}


def ranges(*cidrs: str, description: str = "") -> dict[str, Any]:
    """IPv4 or IPv6 sources."""
    extra = {"Description": description} if description else {}
    four = [{"CidrIp": cidr, **extra} for cidr in cidrs if ":" not in cidr]
    six = [{"CidrIpv6": cidr, **extra} for cidr in cidrs if ":" in cidr]
    return {**({"IpRanges": four} if four else {}), **({"Ipv6Ranges": six} if six else {})}


def security_groups(place: Place) -> None:
    """Open, closed, chained, IPv6-only, split halves, and one with a hostile description."""
    rules: dict[str, tuple[str, list[dict[str, Any]]]] = {
        "web": (
            "web servers",
            [tcp(80, 80, **ranges(ANYWHERE, ANYWHERE6)), tcp(443, 443, **ranges(ANYWHERE, ANYWHERE6, description="everyone"))],
        ),
        "ssh-open": (SCRIPT_DESCRIPTION if place.account == PROD else "old bastion", [tcp(22, 22, **ranges(ANYWHERE))]),
        "ssh-office": ("bastion for the offices", [tcp(22, 22, **ranges(office_range(), description="offices, Größe & Co"))]),
        "halves": ("the internet in two pieces", [tcp(3389, 3389, **ranges("0.0.0.0/1", "128.0.0.0/1"))]),
        "six-only": ("open on IPv6 alone", [tcp(8443, 8443, **ranges(ANYWHERE6))]),
        "everything": ("all protocols", [{"IpProtocol": "-1", **ranges(ANYWHERE)}]),
        "ping": (
            "icmp",
            [
                {"IpProtocol": "icmp", "FromPort": 8, "ToPort": -1, **ranges(ANYWHERE)},
                {"IpProtocol": "udp", "FromPort": 53, "ToPort": 53, **ranges("10.0.0.0/8")},
            ],
        ),
        "unused": ("nothing uses this", []),
    }
    for name, (description, permissions) in rules.items():
        made = group(place, name, description)
        if permissions:
            ec2(place, "authorize_security_group_ingress", GroupId=made, IpPermissions=permissions)
    place.run(chained_groups)


def chained_groups(place: Place) -> None:
    """load balancer → app → database, and a group that refers to itself; no way out of the database."""
    app, database, cluster = (
        group(place, "app", "application servers"),
        group(place, "database", "databases"),
        group(place, "cluster", "talks to itself"),
    )
    pairs = ((app, place.ids["sg-web"], 8080), (database, app, 5432), (cluster, cluster, 0))
    for target, source, port in pairs:
        permission = tcp(port, port or 65535, UserIdGroupPairs=[{"GroupId": source, "Description": "from the tier in front"}])
        ec2(place, "authorize_security_group_ingress", GroupId=target, IpPermissions=[permission])
    ec2(place, "revoke_security_group_egress", GroupId=database, IpPermissions=[{"IpProtocol": "-1", **ranges(ANYWHERE)}])
    ec2(place, "authorize_security_group_egress", GroupId=database, IpPermissions=[tcp(443, 443, **ranges("10.0.0.0/8"))])
    if "vpc-isolated" in place.ids:
        group(place, "isolated", "VPC without a gateway", "vpc-isolated")


def prefix_lists(place: Place) -> None:
    """A managed prefix list, used by a group and a route."""
    made = place.get(
        "PrefixList.PrefixListId",
        "ec2",
        "create_managed_prefix_list",
        PrefixListName="offices",
        MaxEntries=5,
        AddressFamily="IPv4",
        Entries=[{"Cidr": office_range(), "Description": "head office"}, {"Cidr": "198.51.100.0/24", "Description": "Zürich"}],
    )
    place.ids["prefixes"] = made
    ec2(
        place,
        "authorize_security_group_ingress",
        GroupId=place.ids["sg-app"],
        IpPermissions=[tcp(9090, 9090, PrefixListIds=[{"PrefixListId": made}])],
    )


def endpoints(place: Place) -> None:
    """A gateway endpoint open to all and an interface endpoint with a policy."""
    ec2(
        place,
        "create_vpc_endpoint",
        VpcId=place.ids["vpc"],
        ServiceName=f"com.amazonaws.{place.region}.s3",
        VpcEndpointType="Gateway",
        RouteTableIds=[place.ids["table-private"]],
    )
    if place.account == MANAGEMENT:
        return
    ec2(
        place,
        "create_vpc_endpoint",
        VpcId=place.ids["vpc"],
        ServiceName=f"com.amazonaws.{place.region}.secretsmanager",
        VpcEndpointType="Interface",
        SubnetIds=[place.ids["private-a"]],
        SecurityGroupIds=[place.ids["sg-app"]],
        PrivateDnsEnabled=True,
        PolicyDocument=policy(
            allow("secretsmanager:*", Principal="*", Condition={"StringEquals": {"aws:PrincipalAccount": place.account}})
        ),
    )


def vpn(place: Place) -> None:
    """A VPN to the head office, in the primary region."""
    if not place.primary:
        return
    customer = place.get(
        "CustomerGateway.CustomerGatewayId", "ec2", "create_customer_gateway", Type="ipsec.1", PublicIp="81.187.20.1", BgpAsn=65010
    )
    gateway = place.get("VpnGateway.VpnGatewayId", "ec2", "create_vpn_gateway", Type="ipsec.1", AmazonSideAsn=65020)
    ec2(place, "attach_vpn_gateway", VpnGatewayId=gateway, VpcId=place.ids["vpc"])
    ec2(place, "create_vpn_connection", Type="ipsec.1", CustomerGatewayId=customer, VpnGatewayId=gateway)
    ec2(place, "create_route", RouteTableId=place.ids["table-private"], DestinationCidrBlock="192.168.0.0/16", GatewayId=gateway)
    ec2(place, "create_dhcp_options", DhcpConfigurations=[{"Key": "domain-name", "Values": ["kestrel.internal"]}])
    place.call("directconnect", "create_connection", location="EqDC2", bandwidth="1Gbps", connectionName="head office")


def flow_logs(place: Place) -> None:
    """Flow logs of the VPC into CloudWatch Logs and S3."""
    place.call("logs", "create_log_group", logGroupName="/vpc/flow")
    ec2(
        place,
        "create_flow_logs",
        ResourceIds=[place.ids["vpc"]],
        ResourceType="VPC",
        TrafficType="ALL",
        LogGroupName="/vpc/flow",
        DeliverLogsPermissionArn=place.role("flow-logs"),
    )


def transit(place: Place) -> None:
    """A transit gateway in production."""
    if place.account != PROD or not place.primary:
        return
    gateway = place.get(
        "TransitGateway.TransitGatewayId", "ec2", "create_transit_gateway", Description=CONTROL, Options={"AmazonSideAsn": 64512}
    )
    place.ids["tgw"] = gateway
    ec2(
        place, "create_transit_gateway_vpc_attachment", TransitGatewayId=gateway, VpcId=place.ids["vpc"], SubnetIds=[place.ids["private-a"]]
    )
    ec2(place, "create_transit_gateway_vpc_attachment", TransitGatewayId=gateway, VpcId=place.ids["vpc-isolated"], SubnetIds=[])
    made = place.get(
        "TransitGatewayRouteTable.TransitGatewayRouteTableId", "ec2", "create_transit_gateway_route_table", TransitGatewayId=gateway
    )
    ec2(place, "create_transit_gateway_route", DestinationCidrBlock="10.77.0.0/16", TransitGatewayRouteTableId=made, Blackhole=True)
    ec2(place, "create_route", RouteTableId=place.ids["table-private"], DestinationCidrBlock="10.99.0.0/16", TransitGatewayId=gateway)


def blocked(place: Place) -> None:
    """Account-wide switches of EC2."""
    ec2(place, "enable_ebs_encryption_by_default")
    ec2(place, "create_key_pair", KeyName=f"{place.name}-ops")

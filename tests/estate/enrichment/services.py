"""Services that moto does not implement, or answers with holes."""

from __future__ import annotations

import json
from typing import Any

from .folder import Folder

PRIMARY = "us-east-1"


def enrich(folder: Folder) -> None:
    """Each function stands alone and writes only what the estate would have."""
    for step in (
        analyzers,
        block_public_access,
        lightsail,
        cloudsearch,
        vaults,
        endpoint_connections,
        balancer_policies,
        selectors,
        warehouse,
    ):
        step(folder)


def each_region(folder: Folder, service: str, operation: str, key: str, items: dict[str, list[Any]]) -> None:
    """A list answer in every region, empty where the estate has nothing."""
    for region in folder.regions(service, operation):
        folder.put(region, service, operation, {key: items.get(region, [])})


def analyzers(folder: Folder) -> None:
    """Access Analyzer in production, and for the organization in the security account.

    https://docs.aws.amazon.com/access-analyzer/latest/APIReference/API_AnalyzerSummary.html
    """
    kinds = {"prod": ("account", "ACCOUNT"), "security": ("organization", "ORGANIZATION")}
    found: dict[str, list[Any]] = {}
    if folder.name in kinds:
        name, kind = kinds[folder.name]
        analyzer = {
            "arn": f"arn:aws:access-analyzer:{PRIMARY}:{folder.account}:analyzer/{name}", "name": name, "type": kind, "status": "ACTIVE",
            "createdAt": folder.before(500), "lastResourceAnalyzed": f"arn:aws:s3:::kestrel-{folder.name}-logs",
            "lastResourceAnalyzedAt": folder.before(0.5), "tags": {},
        }  # fmt: skip
        found[PRIMARY] = [analyzer]
    each_region(folder, "accessanalyzer", "ListAnalyzers", "analyzers", found)


def block_public_access(folder: Folder) -> None:
    """VPC Block Public Access: on in the security account, inbound only in production's second region with one subnet left out.

    https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_VpcBlockPublicAccessOptions.html and
    https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_VpcBlockPublicAccessExclusion.html
    """
    modes = {
        ("security", PRIMARY): "block-bidirectional",
        ("security", "eu-west-1"): "block-bidirectional",
        ("prod", "eu-west-1"): "block-ingress",
    }
    for region in folder.regions("ec2", "DescribeVpcBlockPublicAccessOptions"):
        mode = modes.get((folder.name, region), "off")
        options: dict[str, Any] = {
            "AwsAccountId": folder.account,
            "AwsRegion": region,
            "InternetGatewayBlockMode": mode,
            "ManagedBy": "account",
            "ExclusionsAllowed": "allowed",
        }
        if mode == "off":
            options["State"] = "default-state"
        else:
            options |= {"State": "update-complete", "LastUpdateTimestamp": folder.before(90), "Reason": "User initiated"}
        folder.put(region, "ec2", "DescribeVpcBlockPublicAccessOptions", {"VpcBlockPublicAccessOptions": options})
    exclusions = {"eu-west-1": excluded(folder, "eu-west-1")} if folder.name == "prod" else {}
    each_region(folder, "ec2", "DescribeVpcBlockPublicAccessExclusions", "VpcBlockPublicAccessExclusions", exclusions)


def excluded(folder: Folder, region: str) -> list[dict[str, Any]]:
    """The first public subnet of the region stays open."""
    for call, answer in folder.answers("ec2", "DescribeSubnets"):
        for subnet in answer["Subnets"]:
            names = {tag["Key"]: tag["Value"] for tag in subnet.get("Tags", [])}
            if call["region"] == region and names.get("Name", "").endswith("public-a"):
                return [{
                    "ExclusionId": "vpcbpa-exclude-0123456789abcdef0", "InternetGatewayExclusionMode": "allow-bidirectional", "State": "create-complete",
                    "ResourceArn": f"arn:aws:ec2:{region}:{folder.account}:subnet/{subnet['SubnetId']}", "CreationTimestamp": folder.before(80),
                    "LastUpdateTimestamp": folder.before(80), "Tags": [],
                }]  # fmt: skip
    return []


def lightsail(folder: Folder) -> None:
    """A forgotten blog in development.

    https://docs.aws.amazon.com/lightsail/2016-11-28/api-reference/API_Instance.html
    """
    location = {"availabilityZone": f"{PRIMARY}a", "regionName": PRIMARY}
    blog = {
        "name": "blog", "arn": f"arn:aws:lightsail:{PRIMARY}:{folder.account}:Instance/2d3f1a52-6a0c-4f52-9d7e-1c3a5b7d9e11", "supportCode": "100000000003/i-0b10c0b10c0b10c0b",
        "createdAt": folder.before(1300), "location": location, "resourceType": "Instance", "tags": [], "blueprintId": "wordpress", "blueprintName": "WordPress",
        "bundleId": "nano_2_0", "isStaticIp": False, "privateIpAddress": "172.26.4.11", "publicIpAddress": "54.90.12.34", "ipv6Addresses": ["2600:1f18:1111:2222::1"],
        "ipAddressType": "dualstack", "hardware": {"cpuCount": 1, "disks": [], "ramSizeInGb": 0.5}, "state": {"code": 16, "name": "running"}, "username": "bitnami",
        "sshKeyName": "LightsailDefaultKeyPair",
        "networking": {"monthlyTransfer": {"gbPerMonthAllocated": 1024}, "ports": [port(22, "SSH"), port(80, "HTTP"), port(443, "HTTPS")]},
    }  # fmt: skip
    each_region(folder, "lightsail", "GetInstances", "instances", {PRIMARY: [blog]} if folder.name == "dev" else {})
    each_region(folder, "lightsail", "GetLoadBalancers", "loadBalancers", {})


def port(number: int, name: str) -> dict[str, Any]:
    """An open port of a Lightsail instance."""
    return {
        "fromPort": number, "toPort": number, "protocol": "tcp", "accessFrom": "Anywhere (0.0.0.0/0 and ::/0)", "accessType": "Public", "commonName": name,
        "accessDirection": "inbound", "cidrs": ["0.0.0.0/0"], "ipv6Cidrs": ["::/0"], "cidrListAliases": [],
    }  # fmt: skip


def cloudsearch(folder: Folder) -> None:
    """An old search domain in development that everybody may ask.

    https://docs.aws.amazon.com/cloudsearch/latest/developerguide/API_DomainStatus.html and
    https://docs.aws.amazon.com/cloudsearch/latest/developerguide/API_DescribeServiceAccessPolicies.html
    """
    domain = {
        "DomainId": f"{folder.account}/products", "DomainName": "products", "ARN": f"arn:aws:cloudsearch:{PRIMARY}:{folder.account}:domain/products", "Created": True,
        "Deleted": False, "DocService": {"Endpoint": f"doc-products-abcdefghijklmnopqrstuvwxyz.{PRIMARY}.cloudsearch.amazonaws.com"},
        "SearchService": {"Endpoint": f"search-products-abcdefghijklmnopqrstuvwxyz.{PRIMARY}.cloudsearch.amazonaws.com"}, "RequiresIndexDocuments": False,
        "Processing": False, "SearchInstanceType": "search.small", "SearchPartitionCount": 1, "SearchInstanceCount": 1,
        "Limits": {"MaximumReplicationCount": 5, "MaximumPartitionCount": 10},
    }  # fmt: skip
    there = folder.name == "dev" and PRIMARY in folder.regions("cloudsearch", "DescribeDomains")
    each_region(folder, "cloudsearch", "DescribeDomains", "DomainStatusList", {PRIMARY: [domain]} if there else {})
    if there:
        statement = {"Effect": "Allow", "Principal": "*", "Action": "cloudsearch:search"}
        status = {
            "CreationDate": folder.before(2000),
            "UpdateDate": folder.before(1900),
            "UpdateVersion": 9,
            "State": "Active",
            "PendingDeletion": False,
        }
        value = {"AccessPolicies": {"Options": json.dumps({"Version": "2012-10-17", "Statement": [statement]}), "Status": status}}
        folder.put(PRIMARY, "cloudsearch", "DescribeServiceAccessPolicies", value, {"DomainName": "products"})


def vaults(folder: Folder) -> None:
    """A vault that everybody may read, in production's first region; the call was tried wherever there is a vault.

    https://docs.aws.amazon.com/amazonglacier/latest/dev/api-GetVaultAccessPolicy.html
    """
    for call in folder.entries("glacier", "GetVaultAccessPolicy"):
        if folder.name == "prod" and call["region"] == PRIMARY:
            arn = f"arn:aws:glacier:{PRIMARY}:{folder.account}:vaults/{call['parameters']['vaultName']}"
            statement = {"Sid": "read", "Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "glacier:InitiateJob", "Resource": arn}
            folder.store(call, {"policy": {"Policy": json.dumps({"Version": "2012-10-17", "Statement": [statement]})}})


def endpoint_connections(folder: Folder) -> None:
    """Nobody is connected to an endpoint service of ours.

    https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeVpcEndpointConnections.html
    """
    each_region(folder, "ec2", "DescribeVpcEndpointConnections", "VpcEndpointConnections", {})


def balancer_policies(folder: Folder) -> None:
    """Without a name AWS lists its sample policies; one stands for them here.

    https://docs.aws.amazon.com/elasticloadbalancing/2012-06-01/APIReference/API_DescribeLoadBalancerPolicies.html
    """
    names = {"Protocol-TLSv1": "false", "Protocol-TLSv1.2": "true", "Server-Defined-Cipher-Order": "true"}
    attributes = [{"AttributeName": name, "AttributeValue": value} for name, value in names.items()]
    sample = {
        "PolicyName": "ELBSecurityPolicy-TLS-1-2-2017-01",
        "PolicyTypeName": "SSLNegotiationPolicyType",
        "PolicyAttributeDescriptions": attributes,
    }
    regions = folder.regions("elb", "DescribeLoadBalancerPolicies")
    each_region(folder, "elb", "DescribeLoadBalancerPolicies", "PolicyDescriptions", {region: [sample] for region in regions})


def selectors(folder: Folder) -> None:
    """The selectors of a trail are the same from every region of its account; moto knows them in the trail's home only.

    https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_GetEventSelectors.html
    """
    known = {json.dumps(call["parameters"]): answer for call, answer in folder.answers("cloudtrail", "GetEventSelectors")}
    for call in folder.entries("cloudtrail", "GetEventSelectors"):
        answer = known.get(json.dumps(call["parameters"]))
        if call["outcome"] == "not_collected" and answer is not None:
            folder.store(call, answer)


def warehouse(folder: Folder) -> None:
    """The VPC and the nodes of Redshift clusters.

    https://docs.aws.amazon.com/redshift/latest/APIReference/API_Cluster.html and
    https://docs.aws.amazon.com/redshift/latest/APIReference/API_ClusterNode.html
    """
    networks = {
        (call["region"], group["ClusterSubnetGroupName"]): group["VpcId"]
        for call, answer in folder.answers("redshift", "DescribeClusterSubnetGroups")
        for group in answer["ClusterSubnetGroups"]
    }
    for call, answer in folder.answers("redshift", "DescribeClusters"):
        if not answer["Clusters"]:
            continue
        for cluster in answer["Clusters"]:
            cluster["VpcId"] = networks.get((call["region"], cluster.get("ClusterSubnetGroupName")), "")
            roles = ["LEADER", *(f"COMPUTE-{number}" for number in range(cluster["NumberOfNodes"]))]
            cluster["ClusterNodes"] = [
                {
                    "NodeRole": role,
                    "PrivateIPAddress": f"10.20.20.{50 + number}",
                    **({"PublicIPAddress": f"52.20.30.{50 + number}"} if cluster["PubliclyAccessible"] else {}),
                }
                for number, role in enumerate(roles)
            ]
        folder.store(call, answer)

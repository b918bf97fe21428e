"""The organization: accounts, organizational units, and the policies that bound them."""

from __future__ import annotations

from .base import Place, allow, policy, tags
from .names import ACCOUNT_NAMES, COMPANY, DEV, MEMBER_IDS, NON_ASCII, PROD, SECURITY

ROOT_PATH = "Organization.Id"


def create(place: Place) -> dict[str, str]:
    """Make the organization; the ids that the server chose, by account name."""
    place.estate.organization["id"] = place.get(ROOT_PATH, "organizations", "create_organization", FeatureSet="ALL")
    ids = {ACCOUNT_NAMES[place.account]: place.account}
    for wanted in MEMBER_IDS:
        name = ACCOUNT_NAMES[wanted]
        ids[name] = place.get(
            "CreateAccountStatus.AccountId",
            "organizations",
            "create_account",
            AccountName=name,
            Email=f"aws+{name}@{COMPANY}-retail.example",
            Tags=tags(environment=name),
        )
    place.run(arrange, bound, delegate)
    return ids


def arrange(place: Place) -> None:
    """Organizational units, two levels deep, and the accounts in them."""
    root = place.get("Roots.0.Id", "organizations", "list_roots")
    place.ids["root"] = root
    units = {"Workloads": root, "Security": root, "Suspended": root, "Production": "Workloads", "Sandbox": "Workloads"}
    for unit, parent in units.items():
        place.ids[unit] = place.get(
            "OrganizationalUnit.Id",
            "organizations",
            "create_organizational_unit",
            ParentId=place.ids.get(parent, parent),
            Name=unit,
        )
    for number in range(place.bulk(24)):  # moto answers 20 units a page
        place.call("organizations", "create_organizational_unit", ParentId=place.ids["Suspended"], Name=f"Closed {2000 + number}")
    for account, unit in ((PROD, "Production"), (DEV, "Sandbox"), (SECURITY, "Security")):
        place.call("organizations", "move_account", AccountId=account, SourceParentId=root, DestinationParentId=place.ids[unit])


def bound(place: Place) -> None:
    """Service, resource, tag and opt-out policies."""
    for kind in ("RESOURCE_CONTROL_POLICY", "TAG_POLICY", "AISERVICES_OPT_OUT_POLICY"):
        place.call("organizations", "enable_policy_type", RootId=place.ids["root"], PolicyType=kind)
    regions = {
        "Sid": "RegionsInUse",
        "Effect": "Deny",
        "NotAction": ["iam:*", "sts:*", "organizations:*", "route53:*", "cloudfront:*", "support:*"],
        "Resource": "*",
        "Condition": {
            "StringNotEquals": {"aws:RequestedRegion": ["us-east-1", "eu-west-1", "ap-southeast-2"]},
            "ArnNotLike": {"aws:PrincipalARN": "arn:aws:iam::*:role/OrganizationAccountAccessRole"},
        },
    }
    trail = {
        "Sid": "KeepTheTrail",
        "Effect": "Deny",
        "Resource": "*",
        "Action": ["cloudtrail:StopLogging", "cloudtrail:DeleteTrail", "config:StopConfigurationRecorder", "guardduty:DeleteDetector"],
    }
    users = {"Sid": "NoUsers", "Effect": "Deny", "Action": ["iam:CreateUser", "iam:CreateAccessKey"], "Resource": "*"}
    perimeter = {
        "Sid": "OnlyOurIdentities",
        "Effect": "Deny",
        "Principal": "*",
        "Action": ["s3:*", "sqs:*", "kms:*", "secretsmanager:*", "sts:*"],
        "Resource": "*",
        "Condition": {
            "StringNotEqualsIfExists": {"aws:PrincipalOrgID": place.estate.organization["id"]},
            "BoolIfExists": {"aws:PrincipalIsAWSService": "false"},
        },
    }
    make(place, "RegionsInUse", "SERVICE_CONTROL_POLICY", policy(regions), "Workloads")
    make(place, "KeepTheTrail", "SERVICE_CONTROL_POLICY", policy(trail), "root")
    make(place, "NoUsersInProduction", "SERVICE_CONTROL_POLICY", policy(users), "Production")
    make(
        place,
        "SandboxLimits",
        "SERVICE_CONTROL_POLICY",
        policy(
            {
                "Effect": "Deny",
                "Action": "ec2:RunInstances",
                "Resource": "arn:aws:ec2:*:*:instance/*",
                "Condition": {"StringNotLike": {"ec2:InstanceType": ["t3.*", "t4g.*"]}},
            }
        ),
        DEV,
    )
    make(place, "ReadOnlyWhenClosed", "SERVICE_CONTROL_POLICY", policy(allow(["*:Get*", "*:List*", "*:Describe*"])), "Suspended")
    make(place, "DataPerimeter", "RESOURCE_CONTROL_POLICY", policy(perimeter), "Production")
    make(place, "CostCentre", "TAG_POLICY", '{"tags":{"CostCentre":{"tag_key":{"@@assign":"CostCentre"}}}}', "root")
    for number in range(place.bulk(22)):  # one page of policies holds 20
        place.call(
            "organizations",
            "create_policy",
            Name=f"draft-{number:02}",
            Type="SERVICE_CONTROL_POLICY",
            Description=NON_ASCII,
            Content=policy(allow("*")),
        )


def make(place: Place, name: str, kind: str, content: str, target: str) -> None:
    """One policy, attached to a unit or an account."""
    made = place.get(
        "Policy.PolicySummary.Id",
        "organizations",
        "create_policy",
        Name=name,
        Type=kind,
        Description=f"{name} for the company",
        Content=content,
    )
    place.call("organizations", "attach_policy", PolicyId=made, TargetId=place.ids.get(target, target))


def delegate(place: Place) -> None:
    """The security account runs the security services."""
    for service in ("guardduty", "access-analyzer", "config", "cloudtrail"):
        place.call("organizations", "enable_aws_service_access", ServicePrincipal=f"{service}.amazonaws.com")
    for service in ("guardduty", "access-analyzer"):
        place.call("organizations", "register_delegated_administrator", AccountId=SECURITY, ServicePrincipal=f"{service}.amazonaws.com")

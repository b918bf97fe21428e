"""Names and numbers that several areas share. Everything is fixed: the estate is the same each time."""

from __future__ import annotations

MANAGEMENT, PROD, DEV, SECURITY = "100000000001", "100000000002", "100000000003", "100000000004"
MEMBER_IDS = [PROD, DEV, SECURITY]
ACCOUNT_NAMES = {MANAGEMENT: "management", PROD: "prod", DEV: "dev", SECURITY: "security"}
COMPANY = "kestrel"
DOMAIN = "kestrel-retail.example"
PARTNER = "200000000017"  # a supplier's account outside the organization

PRIMARY, SECOND, THIRD = "us-east-1", "eu-west-1", "ap-southeast-2"
REGIONS = {
    MANAGEMENT: [PRIMARY, SECOND],
    PROD: [PRIMARY, SECOND, THIRD],
    DEV: [PRIMARY, SECOND],
    SECURITY: [PRIMARY, SECOND],
}
# The second octet of the VPC in each account and region; all differ, so that peering works.
VPC_OCTET = {
    (MANAGEMENT, PRIMARY): 10,
    (MANAGEMENT, SECOND): 11,
    (PROD, PRIMARY): 20,
    (PROD, SECOND): 21,
    (PROD, THIRD): 22,
    (DEV, PRIMARY): 30,
    (DEV, SECOND): 31,
    (SECURITY, PRIMARY): 40,
    (SECURITY, SECOND): 41,
}

# Names that hurt a careless reader.
SCRIPT_DESCRIPTION = "<script>alert(1)</script>"
NON_ASCII = "Zahlungsverkehr – 支払い 🦅 «Ünïcödé»"
CONTROL = "tab\there\nand a line\u007f"
LONG_ROLE = "kestrel-platform-" + "x" * (64 - len("kestrel-platform-"))
DOTTED_BUCKET = "assets.kestrel-retail.example"
ODD_LOG_GROUP = "/kestrel/payments/#live_1.a-b/*"
PLAIN_LOG_GROUP = "/kestrel/payments/#live_1.a-b"

# The AWS-managed policies that the estate attaches, and the only ones that serve.py loads.
AWS_MANAGED_POLICIES = [
    "arn:aws:iam::aws:policy/AdministratorAccess",
    "arn:aws:iam::aws:policy/PowerUserAccess",
    "arn:aws:iam::aws:policy/ReadOnlyAccess",
    "arn:aws:iam::aws:policy/SecurityAudit",
    "arn:aws:iam::aws:policy/IAMFullAccess",
    "arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess",
    "arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore",
    "arn:aws:iam::aws:policy/AmazonEKSClusterPolicy",
    "arn:aws:iam::aws:policy/AWSLambda_FullAccess",
    "arn:aws:iam::aws:policy/job-function/Billing",
    "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole",
    "arn:aws:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy",
]


def office_range() -> str:
    """The one range that the company's offices use."""
    return "81.187.20.0/22"

"""S3 buckets of every kind, access points, ECR, Glacier, backup vaults."""

from __future__ import annotations

from typing import Any

from .base import Place, allow, policy, tags
from .names import COMPANY, DEV, DOTTED_BUCKET, MANAGEMENT, PARTNER, PROD, SECURITY

EVERYONE = "http://acs.amazonaws.com/groups/global/AllUsers"
SIGNED_IN = "http://acs.amazonaws.com/groups/global/AuthenticatedUsers"
BLOCK_ALL = {"BlockPublicAcls": True, "IgnorePublicAcls": True, "BlockPublicPolicy": True, "RestrictPublicBuckets": True}


def seed(place: Place) -> None:
    """Buckets in each region; the account's own settings once."""
    place.run(buckets)
    if place.primary:
        place.run(account_block)
    if place.account != MANAGEMENT:
        place.run(repositories, vaults)
    if place.account == PROD and place.primary:
        place.run(dotted, website, many_buckets, access_points)


def bucket(place: Place, name: str, public: bool = False, **more: Any) -> str:
    """A bucket; new buckets of AWS block public access, so public ones take that off."""
    where = {} if place.region == "us-east-1" else {"CreateBucketConfiguration": {"LocationConstraint": place.region}}
    place.call("s3", "create_bucket", Bucket=name, **where, **more)
    if not public:
        place.call("s3", "put_public_access_block", Bucket=name, PublicAccessBlockConfiguration=BLOCK_ALL)
    return name


def account_block(place: Place) -> None:
    """Public access is blocked in the management and the security account."""
    block = (
        BLOCK_ALL if place.account in (MANAGEMENT, SECURITY) else {**BLOCK_ALL, "BlockPublicPolicy": False, "RestrictPublicBuckets": False}
    )
    if place.account != DEV:  # development has never set it
        place.call("s3control", "put_public_access_block", AccountId=place.account, PublicAccessBlockConfiguration=block)


def buckets(place: Place) -> None:
    """Logs, orders and a public bucket in each account and region."""
    base = f"{COMPANY}-{place.name}"
    suffix = "" if place.primary else f"-{place.region}"
    logs = bucket(place, f"{base}-logs{suffix}", ObjectOwnership="BucketOwnerPreferred")
    place.ids["bucket-logs"] = logs
    place.call(
        "s3",
        "put_bucket_policy",
        Bucket=logs,
        Policy=policy(
            allow(
                "s3:PutObject",
                f"arn:aws:s3:::{logs}/*",
                Principal={"Service": ["cloudtrail.amazonaws.com", "config.amazonaws.com"]},
                Condition={"StringEquals": {"aws:SourceAccount": place.account}},
            ),
            allow("s3:PutObject", f"arn:aws:s3:::{logs}/*", Principal={"Service": "logging.s3.amazonaws.com"}),
            allow(["s3:GetBucketAcl", "s3:ListBucket"], f"arn:aws:s3:::{logs}", Principal={"Service": "cloudtrail.amazonaws.com"}),
            {
                "Sid": "TlsOnly",
                "Effect": "Deny",
                "Principal": {"AWS": "*"},
                "Action": "s3:*",
                "Resource": [f"arn:aws:s3:::{logs}", f"arn:aws:s3:::{logs}/*"],
                "Condition": {"Bool": {"aws:SecureTransport": "false"}},
            },
        ),
    )
    place.call(
        "s3",
        "put_bucket_lifecycle_configuration",
        Bucket=logs,
        LifecycleConfiguration={
            "Rules": [{"ID": "old", "Status": "Enabled", "Filter": {"Prefix": "AWSLogs/"}, "Expiration": {"Days": 400}}]
        },
    )
    orders = bucket(place, f"{base}-orders{suffix}")
    place.ids["bucket-orders"] = orders
    kms = {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": place.arn("kms", "alias/data")}
    place.call(
        "s3",
        "put_bucket_encryption",
        Bucket=orders,
        ServerSideEncryptionConfiguration={"Rules": [{"ApplyServerSideEncryptionByDefault": kms, "BucketKeyEnabled": True}]},
    )
    place.call("s3", "put_bucket_versioning", Bucket=orders, VersioningConfiguration={"Status": "Enabled"})
    place.call(
        "s3", "put_bucket_logging", Bucket=orders, BucketLoggingStatus={"LoggingEnabled": {"TargetBucket": logs, "TargetPrefix": "orders/"}}
    )
    place.call("s3", "put_bucket_tagging", Bucket=orders, Tagging={"TagSet": tags(data="personal", Grüße="ja")})
    place.call("s3", "put_object", Bucket=orders, Key="2024/02/29/a b+c/ü.json", Body=b"{}")
    if place.account != MANAGEMENT and place.account != SECURITY:
        place.run(public_buckets)


def public_buckets(place: Place) -> None:
    """Public by policy, public by ACL, shared with another account."""
    base, suffix = f"{COMPANY}-{place.name}", "" if place.primary else f"-{place.region}"
    open_policy = bucket(place, f"{base}-downloads{suffix}", public=True)
    place.call(
        "s3", "put_bucket_policy", Bucket=open_policy, Policy=policy(allow("s3:GetObject", f"arn:aws:s3:::{open_policy}/*", Principal="*"))
    )
    place.call(
        "s3", "put_bucket_cors", Bucket=open_policy, CORSConfiguration={"CORSRules": [{"AllowedMethods": ["GET"], "AllowedOrigins": ["*"]}]}
    )
    open_acl = bucket(place, f"{base}-old-uploads{suffix}", public=True, ObjectOwnership="ObjectWriter")
    owner = place.call("s3", "get_bucket_acl", Bucket=open_acl).get("Owner", {})
    grants = [
        {"Grantee": {"Type": "Group", "URI": EVERYONE}, "Permission": "READ"},
        {"Grantee": {"Type": "Group", "URI": SIGNED_IN}, "Permission": "WRITE"},
        {
            "Grantee": {"Type": "CanonicalUser", "ID": "79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be"},
            "Permission": "FULL_CONTROL",
        },
    ]
    place.call("s3", "put_bucket_acl", Bucket=open_acl, AccessControlPolicy={"Owner": owner, "Grants": grants})
    shared = bucket(place, f"{base}-partner{suffix}")
    place.call(
        "s3",
        "put_bucket_policy",
        Bucket=shared,
        Policy=policy(
            allow(["s3:GetObject", "s3:PutObject"], f"arn:aws:s3:::{shared}/*", Principal={"AWS": f"arn:aws:iam::{PARTNER}:root"}),
            allow(
                "s3:ListBucket",
                f"arn:aws:s3:::{shared}",
                Principal={"AWS": "*"},
                Condition={"IpAddress": {"aws:SourceIp": "81.187.20.0/22"}},
            ),
        ),
    )


def dotted(place: Place) -> None:
    """A bucket whose name is a host name."""
    bucket(place, DOTTED_BUCKET, public=True)


def website(place: Place) -> None:
    """A static site."""
    name = bucket(place, f"{COMPANY}-www", public=True)
    place.call(
        "s3",
        "put_bucket_website",
        Bucket=name,
        WebsiteConfiguration={"IndexDocument": {"Suffix": "index.html"}, "ErrorDocument": {"Key": "404.html"}},
    )
    place.call(
        "s3", "put_bucket_policy", Bucket=name, Policy=policy(allow("s3:GetObject", f"arn:aws:s3:::{name}/*", Principal={"AWS": "*"}))
    )


def many_buckets(place: Place) -> None:
    """Enough for a list with length."""
    for number in range(place.bulk(12)):
        place.call("s3", "create_bucket", Bucket=f"{COMPANY}-prod-archive-{2012 + number}")


def access_points(place: Place) -> None:
    """One access point with a policy for the supplier."""
    place.call("s3control", "create_access_point", AccountId=place.account, Name="partner-read", Bucket=place.ids["bucket-orders"])
    place.call(
        "s3control",
        "put_access_point_policy",
        AccountId=place.account,
        Name="partner-read",
        Policy=policy(
            allow("s3:GetObject", place.arn("s3", "accesspoint/partner-read/object/*"), Principal={"AWS": f"arn:aws:iam::{PARTNER}:root"})
        ),
    )


def repositories(place: Place) -> None:
    """Container repositories: private, shared, open to the world, and one without a policy."""
    principals: dict[str, Any] = {"shop/web": None, "shop/api": {"AWS": f"arn:aws:iam::{PARTNER}:root"}, "base-images": "*"}
    for name, principal in principals.items():
        place.call(
            "ecr",
            "create_repository",
            repositoryName=name,
            imageScanningConfiguration={"scanOnPush": name != "shop/web"},
            imageTagMutability="IMMUTABLE" if principal else "MUTABLE",
        )
        if principal:
            place.call(
                "ecr",
                "set_repository_policy",
                repositoryName=name,
                policyText=policy(
                    {
                        "Sid": "pull",
                        "Effect": "Allow",
                        "Principal": principal,
                        "Action": ["ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"],
                    }
                ),
            )


def vaults(place: Place) -> None:
    """Glacier and backup vaults."""
    place.call("glacier", "create_vault", vaultName="old-orders")
    place.call("backup", "create_backup_vault", BackupVaultName="nightly", BackupVaultTags={"team": "platform"})
    plan = {
        "BackupPlanName": "nightly",
        "Rules": [
            {
                "RuleName": "daily",
                "TargetBackupVaultName": "nightly",
                "ScheduleExpression": "cron(0 3 * * ? *)",
                "Lifecycle": {"DeleteAfterDays": 35},
            }
        ],
    }
    place.call("backup", "create_backup_plan", BackupPlan=plan)

"""IAM as it looks after some years: ages, last use, the credential report with its root row, boundaries, access history."""

from __future__ import annotations

import uuid
from typing import Any

from .folder import Folder

COLUMNS = [
    "user",
    "arn",
    "user_creation_time",
    "password_enabled",
    "password_last_used",
    "password_last_changed",
    "password_next_rotation",
    "mfa_active",
    "access_key_1_active",
    "access_key_1_last_rotated",
    "access_key_1_last_used_date",
    "access_key_1_last_used_region",
    "access_key_1_last_used_service",
    "access_key_2_active",
    "access_key_2_last_rotated",
    "access_key_2_last_used_date",
    "access_key_2_last_used_region",
    "access_key_2_last_used_service",
    "cert_1_active",
    "cert_1_last_rotated",
    "cert_2_active",
    "cert_2_last_rotated",
]
BOUNDED = {"hana.sato", "esc-bounded"}  # moto takes the boundary of a user and forgets it
NEVER_USED = {"legacy-ftp", "breakglass", "esc-bounded"}
SERVICES = {
    "s3": "Amazon S3", "ec2": "Amazon EC2", "iam": "AWS Identity and Access Management", "sts": "AWS Security Token Service",
    "lambda": "AWS Lambda", "dynamodb": "Amazon DynamoDB", "kms": "AWS Key Management Service", "sqs": "Amazon SQS",
    "logs": "Amazon CloudWatch Logs", "ssm": "AWS Systems Manager", "secretsmanager": "AWS Secrets Manager", "cloudformation": "AWS CloudFormation",
}  # fmt: skip


def enrich(folder: Folder) -> None:
    """Everything about identities; the steps build on each other."""
    found = folder.answers("iam", "GetAccountAuthorizationDetails")
    if not found:
        return
    call, details = found[0]
    age(folder, details)
    bound(folder, details)
    name_policies(details)
    folder.store(call, details)
    follow(folder, details)
    credential_report(folder, details)
    access_history(folder, details)


def created(folder: Folder, name: str) -> int:
    """How many days ago something of that name was made."""
    return 200 + folder.digest(f"created {name}", 1500)


def used(folder: Folder, name: str) -> int | None:
    """How many days ago it was last used; None: never."""
    number = folder.digest(f"used {name}", 240)
    return None if name in NEVER_USED or number > 200 else number


def age(folder: Folder, details: dict[str, Any]) -> None:
    """Creation dates, and when roles were last used.

    https://docs.aws.amazon.com/IAM/latest/APIReference/API_RoleLastUsed.html: empty when it was not used in the last 400 days.
    """
    for user in details["UserDetailList"]:
        user["CreateDate"] = folder.before(created(folder, user["UserName"]))
    for role in details["RoleDetailList"]:
        role["CreateDate"] = folder.before(created(folder, role["RoleName"]))
        days = used(folder, role["RoleName"])
        role["RoleLastUsed"] = {} if days is None else {"LastUsedDate": folder.before(days), "Region": "us-east-1"}


def bound(folder: Folder, details: dict[str, Any]) -> None:
    """Permission boundaries of users.

    https://docs.aws.amazon.com/IAM/latest/APIReference/API_AttachedPermissionsBoundary.html; the type is `Policy` in every real answer.
    """
    arn = f"arn:aws:iam::{folder.account}:policy/boundaries/developer-boundary"
    for user in details["UserDetailList"]:
        if user["UserName"] in BOUNDED:
            user["PermissionsBoundary"] = {"PermissionsBoundaryType": "Policy", "PermissionsBoundaryArn": arn}


def name_policies(details: dict[str, Any]) -> None:
    """Names, ids and boundary counts of policies.

    https://docs.aws.amazon.com/IAM/latest/APIReference/API_ManagedPolicyDetail.html
    """
    principals = details["UserDetailList"] + details["RoleDetailList"]
    boundaries = [item["PermissionsBoundary"]["PermissionsBoundaryArn"] for item in principals if "PermissionsBoundary" in item]
    for policy in details["Policies"]:
        policy.setdefault("PolicyName", policy["Arn"].rsplit("/", 1)[-1])
        policy.setdefault("PolicyId", f"ANPA{uuid.uuid5(uuid.NAMESPACE_URL, policy['Arn']).hex[:17].upper()}")
        policy.setdefault("PermissionsBoundaryUsageCount", boundaries.count(policy["Arn"]))


def follow(folder: Folder, details: dict[str, Any]) -> None:
    """The single answers about users and roles say what the long one says.

    https://docs.aws.amazon.com/IAM/latest/APIReference/API_User.html: PasswordLastUsed is absent when there is none.
    """
    users = {user["UserName"]: user for user in details["UserDetailList"]}
    roles = {role["RoleName"]: role for role in details["RoleDetailList"]}
    passwords = {row["user"]: row for row in report_rows(folder)}
    for call, answer in folder.answers("iam", "GetUser"):
        if user := users.get(answer["User"]["UserName"]):
            answer["User"] |= {key: user[key] for key in ("CreateDate", "PermissionsBoundary") if key in user}
            days = used(folder, user["UserName"])
            if days is not None and passwords.get(user["UserName"], {}).get("password_enabled") == "true":
                answer["User"]["PasswordLastUsed"] = folder.before(days)
            folder.store(call, answer)
    for call, answer in folder.answers("iam", "GetRole"):
        if role := roles.get(answer["Role"]["RoleName"]):
            answer["Role"] |= {key: role[key] for key in ("CreateDate", "RoleLastUsed")}
            folder.store(call, answer)


def report_rows(folder: Folder) -> list[dict[str, str]]:
    """The rows of the stored credential report, without root."""
    for _, answer in folder.answers("iam", "GetCredentialReport"):
        lines = answer["Content"].strip("\n").split("\n")
        rows = [dict(zip(lines[0].split(","), line.split(","), strict=True)) for line in lines[1:]]
        return [row for row in rows if row["user"] != "<root_account>"]
    return []


def credential_report(folder: Folder, details: dict[str, Any]) -> None:
    """Root row, real dates, no newline at the end.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_getting-report.html: the columns, `<root_account>`, `N/A`,
    `no_information` and `not_supported`.
    """
    rows = report_rows(folder)
    if not rows:
        return
    rows = [root_row(folder), *(user_row(folder, row) for row in rows)]
    content = "\n".join([",".join(COLUMNS), *(",".join(row[column] for column in COLUMNS) for row in rows)])
    value = {"Content": content, "GeneratedTime": folder.before(0), "ReportFormat": "text/csv"}
    folder.put(folder.entries("iam", "GetCredentialReport")[0]["region"], "iam", "GetCredentialReport", value)


def root_row(folder: Folder) -> dict[str, str]:
    """Root: with a key in development, without a second factor in production, used last week in the management account."""
    row = dict.fromkeys(COLUMNS, "N/A") | {f"cert_{number}_active": "false" for number in (1, 2)}
    row |= {f"access_key_{number}_active": "false" for number in (1, 2)}
    row |= {"user": "<root_account>", "arn": f"arn:aws:iam::{folder.account}:root", "user_creation_time": folder.before(2100)}
    row |= {"password_enabled": "not_supported", "password_last_changed": "not_supported", "password_next_rotation": "not_supported"}
    row["password_last_used"] = folder.before(6) if folder.name == "management" else "no_information"
    row["mfa_active"] = "false" if folder.name == "prod" else "true"
    if folder.name == "dev":
        row |= key_columns(folder, 1, 1900, 45)
    return row


def user_row(folder: Folder, row: dict[str, str]) -> dict[str, str]:
    """A user's row with ages that fit the rest."""
    name, row = row["user"], dict.fromkeys(COLUMNS, "N/A") | row
    made, days = created(folder, name), used(folder, name)
    row["user_creation_time"] = folder.before(made)
    if row["password_enabled"] == "true":
        # Development has no password policy, so nothing expires there.
        next_rotation = "N/A" if folder.name == "dev" else folder.before(made // 2 - 90)
        row |= {"password_last_changed": folder.before(made // 2), "password_next_rotation": next_rotation}
        row["password_last_used"] = "no_information" if days is None else folder.before(days)
    else:
        row |= {"password_enabled": "false", "password_last_used": "N/A", "password_last_changed": "N/A", "password_next_rotation": "N/A"}
    for number in (1, 2):
        if row[f"access_key_{number}_last_rotated"] != "N/A":
            active = row[f"access_key_{number}_active"]
            row |= key_columns(folder, number, made - 10 * number, days) | {f"access_key_{number}_active": active}
        else:
            row |= {f"access_key_{number}_last_used_{what}": "N/A" for what in ("date", "region", "service")}
    return row


def key_columns(folder: Folder, number: int, made: int, days: int | None) -> dict[str, str]:
    """An active key's columns."""
    key = f"access_key_{number}"
    last = ("N/A", "N/A", "N/A") if days is None else (folder.before(days), "us-east-1", "s3")
    columns = {f"{key}_last_used_{what}": value for what, value in zip(("date", "region", "service"), last, strict=True)}
    return {f"{key}_active": "true", f"{key}_last_rotated": folder.before(made), **columns}


def access_history(folder: Folder, details: dict[str, Any]) -> None:
    """Which services each user and role has used.

    https://docs.aws.amazon.com/IAM/latest/APIReference/API_GenerateServiceLastAccessedDetails.html and
    https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetServiceLastAccessedDetails.html: a service that was never used has no
    LastAuthenticated and a TotalAuthenticatedEntities of 0; the services listed are those that the policies allow.
    """
    region = folder.entries("iam", "GetAccountAuthorizationDetails")[0]["region"]
    documents = {policy["Arn"]: default_version(policy) for policy in details["Policies"]}
    groups = {group["GroupName"]: statements(group, documents) for group in details["GroupDetailList"]}
    for item in details["UserDetailList"] + details["RoleDetailList"]:
        job = str(uuid.uuid5(uuid.NAMESPACE_URL, item["Arn"]))
        allowed = statements(item, documents)
        for group in item.get("GroupList", []):
            allowed |= groups[group]
        folder.put(region, "iam", "GenerateServiceLastAccessedDetails", {"JobId": job}, {"Arn": item["Arn"]})
        value = {
            "JobStatus": "COMPLETED", "JobType": "SERVICE_LEVEL", "JobCreationDate": folder.before(0), "JobCompletionDate": folder.before(0),
            "ServicesLastAccessed": [history(folder, item, service) for service in sorted(allowed & SERVICES.keys())],
        }  # fmt: skip
        folder.put(region, "iam", "GetServiceLastAccessedDetails", value, {"JobId": job})


def history(folder: Folder, item: dict[str, Any], service: str) -> dict[str, Any]:
    """One service's line."""
    name = item.get("UserName") or item["RoleName"]
    days = used(folder, f"{name} {service}") if used(folder, name) is not None else None
    line: dict[str, Any] = {"ServiceName": SERVICES[service], "ServiceNamespace": service, "TotalAuthenticatedEntities": 0}
    if days is not None:
        line |= {
            "LastAuthenticated": folder.before(days),
            "LastAuthenticatedEntity": item["Arn"],
            "LastAuthenticatedRegion": "us-east-1",
            "TotalAuthenticatedEntities": 1,
        }
    return line


def default_version(policy: dict[str, Any]) -> Any:
    """The document in force."""
    return next((version["Document"] for version in policy["PolicyVersionList"] if version["IsDefaultVersion"]), {})


def statements(item: dict[str, Any], documents: dict[str, Any]) -> set[str]:
    """The services that an identity's own and attached policies allow."""
    inline = item.get("UserPolicyList", []) + item.get("RolePolicyList", []) + item.get("GroupPolicyList", [])
    found = [policy["PolicyDocument"] for policy in inline]
    found += [documents.get(policy["PolicyArn"], {}) for policy in item.get("AttachedManagedPolicies", [])]
    services: set[str] = set()
    for document in found:
        listed = document.get("Statement", [])
        for statement in listed if isinstance(listed, list) else [listed]:
            if statement.get("Effect") != "Allow":
                continue
            actions = statement.get("Action", "*")
            for action in actions if isinstance(actions, list) else [actions]:
                service = action.split(":")[0]
                services |= set(SERVICES) if service == "*" else {service}
    return services

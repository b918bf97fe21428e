"""What the edges of an account hang on and PMapper does not store: read with boto3, so that the judge need not ask either program."""

from __future__ import annotations

from typing import Any

from botocore.exceptions import ClientError


def gather(account: Any) -> dict[str, Any]:
    """Plain data: roles' boundaries, functions, stacks, projects, launch configurations, instances, managed nodes."""
    iam = account.client("iam")
    roles = [role["RoleName"] for page in iam.get_paginator("list_roles").paginate() for role in page["Roles"]]
    users = [user["UserName"] for page in iam.get_paginator("list_users").paginate() for user in page["Users"]]
    return {
        "account": account.id,
        "users": len(users),
        "roles": len(roles),
        "role_boundaries": boundaries(iam, roles),
        "functions": [
            {"arn": item["FunctionArn"], "role": item["Role"]} for item in account.client("lambda").list_functions()["Functions"]
        ],
        "stacks": [
            {"arn": item["StackId"], "role": item.get("RoleARN"), "status": item["StackStatus"]}
            for item in account.client("cloudformation").describe_stacks()["Stacks"]
        ],
        "projects": projects(account.client("codebuild")),
        "launch_configurations": [
            item["IamInstanceProfile"]
            for item in account.client("autoscaling").describe_launch_configurations()["LaunchConfigurations"]
            if item.get("IamInstanceProfile")
        ],
        "managed_instances": managed_instances(account),
    }


def boundaries(iam: Any, roles: list[str]) -> dict[str, str]:
    """ARN of the boundary by ARN of the role."""
    found = {}
    for name in roles:
        role = iam.get_role(RoleName=name)["Role"]
        if role.get("PermissionsBoundary"):
            found[role["Arn"]] = role["PermissionsBoundary"]["PermissionsBoundaryArn"]
    return found


def projects(codebuild: Any) -> list[dict[str, Any]]:
    names = codebuild.list_projects()["projects"]
    answer = codebuild.batch_get_projects(names=names)["projects"] if names else []
    return [
        {
            "arn": item["arn"],
            "role": item["serviceRole"],
            "tags": {tag["key"]: tag["value"] for tag in item.get("tags", [])},
            "batch": "serviceRole" in item.get("buildBatchConfig", {}),
        }
        for item in answer
    ]


def managed_instances(account: Any) -> list[dict[str, str]]:
    """Instances that Systems Manager knows; where it cannot be asked, the running ones. Only those with a profile."""
    pages = account.client("ec2").get_paginator("describe_instances").paginate()
    instances = [instance for page in pages for reservation in page["Reservations"] for instance in reservation["Instances"]]
    try:
        known = {item["InstanceId"] for item in account.client("ssm").describe_instance_information()["InstanceInformationList"]}
    except ClientError:
        known = {instance["InstanceId"] for instance in instances if instance["State"]["Name"] == "running"}
    return [
        {"id": instance["InstanceId"], "profile": instance["IamInstanceProfile"]["Arn"]}
        for instance in instances
        if instance["InstanceId"] in known and "IamInstanceProfile" in instance
    ]

"""Principals that are one or two steps from administrator, each by another way, and some that only look like it."""

from __future__ import annotations

from typing import Any

from .base import Place, allow, policy, trust
from .names import DEV, PROD

WAYS: dict[str, list[dict[str, Any]]] = {
    "create-policy-version": [allow("iam:CreatePolicyVersion")],
    "set-default-version": [allow("iam:SetDefaultPolicyVersion")],
    "attach-user-policy": [allow("iam:AttachUserPolicy")],
    "put-role-policy": [allow(["iam:PutRolePolicy", "sts:AssumeRole"])],
    "create-access-key": [allow("iam:CreateAccessKey")],
    "login-profile": [allow(["iam:CreateLoginProfile", "iam:UpdateLoginProfile"])],
    "add-to-group": [allow("iam:AddUserToGroup", "arn:aws:iam::*:group/*")],
    "update-trust": [allow(["iam:UpdateAssumeRolePolicy", "sts:AssumeRole"])],
    "pass-to-ec2": [allow("iam:PassRole", "arn:aws:iam::*:role/app-*"), allow("ec2:RunInstances")],
    "pass-to-lambda": [allow(["iam:PassRole", "lambda:CreateFunction", "lambda:InvokeFunction"])],
    "edit-lambda": [allow("lambda:UpdateFunctionCode")],
    "pass-to-cloudformation": [allow(["iam:PassRole", "cloudformation:CreateStack"])],
    "pass-to-codebuild": [allow(["iam:PassRole", "codebuild:CreateProject", "codebuild:StartBuild"])],
    "ssm-session": [allow(["ssm:StartSession", "ssm:SendCommand"])],
    "pass-to-sagemaker": [allow(["iam:PassRole", "sagemaker:CreateNotebookInstance", "sagemaker:CreatePresignedNotebookInstanceUrl"])],
    "glue-endpoint": [allow(["iam:PassRole", "glue:CreateDevEndpoint"])],
    # These three look dangerous and are not.
    "denied-again": [allow("iam:*"), {"Effect": "Deny", "Action": "iam:*", "Resource": "*"}],
    "wrong-resource": [allow("iam:CreatePolicyVersion", "arn:aws:iam::999999999999:policy/none")],
    "other-service": [
        allow("iam:PassRole", "*", Condition={"StringEquals": {"iam:PassedToService": "monitoring.rds.amazonaws.com"}}),
        allow("ec2:RunInstances"),
    ],
}


def seed(place: Place) -> None:
    """Both workload accounts have them; half are users, half are roles."""
    if not place.primary or place.account not in (PROD, DEV):
        return
    ways = list(WAYS.items())
    for number, (name, statements) in enumerate(ways[:4] if place.estate.small else ways):
        document = policy(*statements)
        if number % 2:
            place.call(
                "iam",
                "create_role",
                RoleName=f"esc-{name}",
                Path="/escalation/",
                AssumeRolePolicyDocument=trust({"AWS": f"arn:aws:iam::{place.account}:root"}),
            )
            place.call("iam", "put_role_policy", RoleName=f"esc-{name}", PolicyName=name, PolicyDocument=document)
        else:
            place.call("iam", "create_user", UserName=f"esc-{name}", Path="/escalation/")
            place.call("iam", "put_user_policy", UserName=f"esc-{name}", PolicyName=name, PolicyDocument=document)
    place.run(chain, bounded)


def chain(place: Place) -> None:
    """user → role → role → administrator."""
    place.call("iam", "create_user", UserName="esc-chain")
    place.call(
        "iam",
        "put_user_policy",
        UserName="esc-chain",
        PolicyName="one",
        PolicyDocument=policy(allow("sts:AssumeRole", place.role("esc-chain-1"))),
    )
    for number in (1, 2):
        before = f"arn:aws:iam::{place.account}:user/esc-chain" if number == 1 else place.role("esc-chain-1")
        place.call("iam", "create_role", RoleName=f"esc-chain-{number}", AssumeRolePolicyDocument=trust({"AWS": before}))
    place.call(
        "iam",
        "put_role_policy",
        RoleName="esc-chain-1",
        PolicyName="two",
        PolicyDocument=policy(allow("sts:AssumeRole", place.role("esc-chain-2"))),
    )
    place.call(
        "iam",
        "put_role_policy",
        RoleName="esc-chain-2",
        PolicyName="three",
        PolicyDocument=policy(allow("iam:AttachRolePolicy", place.role("esc-chain-*"))),
    )


def bounded(place: Place) -> None:
    """An administrator whose boundary leaves nothing of it."""
    place.call(
        "iam",
        "create_user",
        UserName="esc-bounded",
        PermissionsBoundary=f"arn:aws:iam::{place.account}:policy/boundaries/developer-boundary",
    )
    place.call("iam", "attach_user_policy", UserName="esc-bounded", PolicyArn="arn:aws:iam::aws:policy/AdministratorAccess")

"""Policy statements of the kinds that edges hang on, at random, with realistic and with awkward scopes."""

from __future__ import annotations

from random import Random
from typing import Any

Statement = dict[str, Any]

SERVICE_BUNDLES: list[tuple[str, list[str]]] = [
    ("lambda", ["lambda:CreateFunction", "lambda:InvokeFunction"]),
    ("lambda", ["lambda:CreateFunction"]),
    ("lambda", ["lambda:UpdateFunctionCode", "lambda:InvokeFunction"]),
    ("lambda", ["lambda:UpdateFunctionCode", "lambda:UpdateFunctionConfiguration"]),
    ("ec2", ["ec2:RunInstances"]),
    ("ec2", ["ec2:*"]),
    ("ec2", ["ec2:RunInstances", "iam:CreateInstanceProfile", "iam:AddRoleToInstanceProfile"]),
    ("ec2", ["autoscaling:Create*", "iam:CreateServiceLinkedRole"]),
    ("ec2", ["autoscaling:CreateAutoScalingGroup", "autoscaling:CreateLaunchConfiguration"]),
    ("cloudformation", ["cloudformation:CreateStack"]),
    ("cloudformation", ["cloudformation:*"]),
    ("cloudformation", ["cloudformation:CreateChangeSet", "cloudformation:ExecuteChangeSet"]),
    ("codebuild", ["codebuild:StartBuild"]),
    ("codebuild", ["codebuild:CreateProject", "codebuild:StartBuild"]),
    ("codebuild", ["codebuild:UpdateProject", "codebuild:StartBuildBatch"]),
    ("sagemaker", ["sagemaker:CreateNotebookInstance"]),
    ("sagemaker", ["sagemaker:Create*"]),
    ("ssm", ["ssm:SendCommand"]),
    ("ssm", ["ssm:StartSession", "ssm:DescribeInstanceInformation"]),
]
USER_ACTIONS = ["iam:CreateAccessKey", "iam:UpdateLoginProfile", "iam:CreateLoginProfile", "iam:DeleteAccessKey", "iam:PutUserPolicy"]
HARMLESS = ["s3:Get*", "logs:*", "ec2:Describe*", "cloudwatch:PutMetricData", "dynamodb:Query"]
DENIABLE = [
    (["ec2:RunInstances"], ["arn:aws:ec2:*:*:instance/*"]),
    (["ec2:RunInstances"], ["arn:aws:ec2:*:*:subnet/subnet-0123456789abcdef0"]),
    (["lambda:*"], ["arn:aws:lambda:*:*:function:*"]),
    (["cloudformation:CreateStack", "cloudformation:UpdateStack"], ["arn:aws:cloudformation:*:*:stack/*"]),
    (["sagemaker:Create*"], ["arn:aws:sagemaker:*:*:*"]),
    (["codebuild:*"], ["arn:aws:codebuild:*:*:project/project-0"]),
    (["ssm:StartSession", "ssm:SendCommand"], ["arn:aws:ec2:*:*:instance/*"]),
]


class Grants:
    """Makes statements about the users, roles and policies that it was told of."""

    def __init__(self, random: Random, account: str) -> None:
        self.random = random
        self.account = account
        self.users: list[str] = []
        self.roles: list[str] = []
        self.policies: list[str] = []

    def some(self) -> list[Statement]:
        """One policy: a few statements, most of them harmless or narrow."""
        statements = [self.allow(self.random.sample(HARMLESS, 2), "*")]
        makers = [self.service, self.service, self.service, self.assume, self.assume, self.people, self.roles_trust, self.own, self.policy]
        for maker in self.random.sample(makers, self.random.choice([0, 1, 1, 2, 3])):
            statements += maker()
        if self.random.random() < 0.2:
            statements.append(self.deny())
        if self.random.random() < 0.03:
            statements.append({"Effect": "Allow", "NotAction": ["iam:*", "organizations:*"], "Resource": "*"})
        return statements

    def allow(self, actions: Any, resources: Any) -> Statement:
        statement: Statement = {"Effect": "Allow", "Action": actions, "Resource": resources}
        if self.random.random() < 0.1:
            statement["Condition"] = self.random.choice(
                [
                    {"Bool": {"aws:MultiFactorAuthPresent": "true"}},
                    {"NumericLessThan": {"aws:MultiFactorAuthAge": "3600"}},
                    {"StringEquals": {"aws:PrincipalTag/team": "ops"}},
                    {"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}},
                ]
            )
        return statement

    def scope(self, arns: list[str], kind: str) -> Any:
        """`*`, a prefix, exact names; now and then a prefix whose letters have the wrong case."""
        roll = self.random.random()
        prefix = self.random.choice(["app", "ops", "ci", "data"])
        if roll < 0.35:
            return "*"
        if roll < 0.55:
            return f"arn:aws:iam::{self.account}:{kind}/{prefix}-*"
        if roll < 0.60:
            return f"arn:aws:iam::{self.account}:{kind}/{prefix.upper()}-*"
        return self.random.sample(arns, self.random.choice([1, 2, 4]))

    def service(self) -> list[Statement]:
        """Passing a role to a service, and what makes the service use it."""
        service, actions = self.random.choice(SERVICE_BUNDLES)
        passing = self.allow("iam:PassRole", self.scope(self.roles, "role"))
        if self.random.random() < 0.3:
            passing["Condition"] = {"StringEquals": {"iam:PassedToService": f"{service}.amazonaws.com"}}
        using = self.allow(actions, "*")
        if self.random.random() < 0.1:
            using["Resource"] = f"arn:aws:{service}:*:{self.account}:*"
        return [passing, using]

    def assume(self) -> list[Statement]:
        return [self.allow("sts:AssumeRole", self.scope(self.roles, "role"))]

    def people(self) -> list[Statement]:
        """Credentials of users, of others or only the own ones."""
        actions = self.random.sample(USER_ACTIONS[:4], 2)
        if self.random.random() < 0.3:
            return [self.allow(actions, f"arn:aws:iam::{self.account}:user/${{aws:username}}")]
        return [self.allow(actions, self.scope(self.users, "user"))]

    def roles_trust(self) -> list[Statement]:
        resource = "*" if self.random.random() < 0.12 else self.random.sample(self.roles, 3)
        return [self.allow("iam:UpdateAssumeRolePolicy", resource)]

    def own(self) -> list[Statement]:
        """What raises principals: rarely, or everybody would be an administrator."""
        if self.random.random() < 0.5:
            return []
        return [
            self.random.choice(
                [
                    self.allow("iam:PutUserPolicy", self.random.sample(self.users, 2)),
                    self.allow(["iam:CreateRole", "iam:PutRolePolicy"], "*"),
                    self.allow(["iam:CreateRole", "iam:AttachRolePolicy"], f"arn:aws:iam::{self.account}:role/app-*"),
                    self.allow("iam:AttachUserPolicy", self.random.sample(self.users, 3)),
                    self.allow("iam:AddUserToGroup", "*"),
                ]
            )
        ]

    def policy(self) -> list[Statement]:
        return [self.allow(["iam:CreatePolicyVersion", "iam:GetPolicy"], self.random.sample(self.policies, 2))]

    def deny(self) -> Statement:
        roll = self.random.random()
        if roll < 0.25:
            without_mfa = {"BoolIfExists": {"aws:MultiFactorAuthPresent": "false"}}
            return {"Effect": "Deny", "NotAction": "iam:*", "Resource": "*", "Condition": without_mfa}
        if roll < 0.6:
            actions, resources = self.random.choice(DENIABLE)
            return {"Effect": "Deny", "Action": actions, "Resource": resources}
        if roll < 0.8:
            return {"Effect": "Deny", "Action": ["iam:PassRole", "sts:AssumeRole"], "Resource": self.random.sample(self.roles, 6)}
        actions = self.random.choice([["iam:CreateAccessKey"], ["sts:AssumeRole"], ["s3:Delete*"]])
        return {"Effect": "Deny", "Action": actions, "Resource": "*"}

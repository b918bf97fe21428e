#!/usr/bin/env python3
"""Fill a moto account with IAM of realistic variety, the same for the same seed, and write down what PMapper does not store.

    seed.py SEED|playground --endpoint URL --facts FILE
"""

from __future__ import annotations

import argparse
import io
import json
import sys
import time
import zipfile
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

from facts import gather
from grants import Grants

REGION = "us-east-1"
FOREIGN = "999999999999"
USERS = 25
ROLES = 40
SERVICE_ROLES = 28  # the first ones
GROUPS = 5
SERVICES = [
    "lambda",
    "ec2",
    "ec2",
    "cloudformation",
    "codebuild",
    "sagemaker",
    "ssm",
    "glue",
    "ecs-tasks",
    "states",
]


class Account:
    """One account of the server, and what was made in it."""

    def __init__(self, endpoint: str) -> None:
        self._endpoint = endpoint
        self._clients: dict[str, Any] = {}
        self.id = self.client("sts").get_caller_identity()["Account"]

    def client(self, service: str) -> Any:
        if service not in self._clients:
            config = Config(retries={"total_max_attempts": 1}, read_timeout=60)
            self._clients[service] = boto3.client(
                service,
                region_name=REGION,
                endpoint_url=self._endpoint,
                aws_access_key_id="testing",
                aws_secret_access_key="testing",
                config=config,
            )
        return self._clients[service]

    def arn(self, resource: str) -> str:
        return f"arn:aws:iam::{self.id}:{resource}"


def document(*statements: dict[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def trust(principal: Any, condition: Any = None, effect: str = "Allow") -> dict[str, Any]:
    statement = {"Effect": effect, "Principal": principal, "Action": "sts:AssumeRole"}
    return statement | ({"Condition": condition} if condition else {})


class Generated:
    """An account made of a seed."""

    def __init__(self, account: Account, seed: int) -> None:
        self.account = account
        self.random = Random(seed)
        self.iam = account.client("iam")
        self.users: list[str] = []  # ARNs, as of the roles
        self.roles: list[str] = []
        self.services: dict[str, list[str]] = {}  # roles by the service that they trust
        self.grants = Grants(self.random, account.id)

    def seed(self) -> None:
        self.name_everybody()
        self.managed = self.make_policies()
        self.boundaries = self.make_boundaries()
        self.make_groups()
        self.make_users()
        self.make_roles()
        self.make_admins()
        self.make_profiles()
        self.make_functions()
        self.make_stacks()
        self.make_projects()
        self.iam.create_service_linked_role(AWSServiceName="elasticbeanstalk.amazonaws.com")
        if self.random.random() < 0.5:
            self.iam.create_service_linked_role(AWSServiceName="autoscaling.amazonaws.com")

    def name_everybody(self) -> None:
        """Names first: policies of one name the others."""
        user_kinds = ["dev", "ops", "ci", "data"]
        role_kinds = ["app", "ops", "ci", "data"]
        for number in range(USERS):
            path = self.random.choice(["", "", "", "team/"])
            self.users.append(self.account.arn(f"user/{path}{user_kinds[number % 4]}-{number:02}"))
        for number in range(ROLES):
            path = self.random.choice(["", "", "", "service/"])
            self.roles.append(self.account.arn(f"role/{path}{role_kinds[number % 4]}-{number:02}"))
        self.grants.users = self.users
        self.grants.roles = self.roles

    def make_policies(self) -> list[str]:
        """Customer-managed policies that several principals have."""
        arns = []
        for number in range(14):
            self.grants.policies.append(self.account.arn(f"policy/shared-{number:02}"))
        for number in range(14):
            made = self.iam.create_policy(PolicyName=f"shared-{number:02}", PolicyDocument=document(*self.grants.some()))
            arns.append(made["Policy"]["Arn"])
        return arns

    def make_boundaries(self) -> list[str]:
        documents = [
            [self.allow("*")],
            [self.allow("*"), {"Effect": "Deny", "Action": ["iam:*", "sts:*"], "Resource": "*"}],
            [self.allow(["s3:*", "ec2:*", "lambda:*", "logs:*"])],
            [self.allow(["s3:*", "iam:PassRole", "iam:Create*", "iam:Put*", "ec2:*", "codebuild:*"])],
            [{"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"}],
        ]
        return [
            self.iam.create_policy(PolicyName=f"boundary-{number}", PolicyDocument=document(*statements))["Policy"]["Arn"]
            for number, statements in enumerate(documents)
        ]

    @staticmethod
    def allow(actions: Any) -> dict[str, Any]:
        return {"Effect": "Allow", "Action": actions, "Resource": "*"}

    def make_groups(self) -> None:
        self.groups = [f"group-{number}" for number in range(GROUPS)]
        for name in self.groups:
            self.iam.create_group(GroupName=name)
            self.iam.attach_group_policy(GroupName=name, PolicyArn=self.random.choice(self.managed))
            if self.random.random() < 0.5:
                self.iam.put_group_policy(GroupName=name, PolicyName="own", PolicyDocument=document(*self.grants.some()))

    def boundary(self) -> dict[str, str]:
        return {"PermissionsBoundary": self.random.choice(self.boundaries)} if self.random.random() < 0.2 else {}

    def make_users(self) -> None:
        for number, arn in enumerate(self.users):
            path, name = split(arn, "user")
            tags = [{"Key": "team", "Value": name.split("-")[0]}]
            self.iam.create_user(UserName=name, Path=path, Tags=tags, **self.boundary())
            self.give(
                lambda p, name=name: self.iam.attach_user_policy(UserName=name, PolicyArn=p),
                lambda d, name=name: self.iam.put_user_policy(UserName=name, PolicyName="own", PolicyDocument=d),
            )
            if self.random.random() < 0.4:
                self.iam.add_user_to_group(UserName=name, GroupName=self.random.choice(self.groups))
            if self.random.random() < 0.6:
                self.iam.create_login_profile(UserName=name, Password="Not-a-secret-1")
            for _ in range(self.random.choice([0, 1, 1, 2])):
                self.iam.create_access_key(UserName=name)
            if self.random.random() < 0.4:
                self.give_mfa(name, number)

    def give_mfa(self, name: str, number: int) -> None:
        serial = self.iam.create_virtual_mfa_device(VirtualMFADeviceName=f"phone-{number}")["VirtualMFADevice"]["SerialNumber"]
        self.iam.enable_mfa_device(UserName=name, SerialNumber=serial, AuthenticationCode1="123456", AuthenticationCode2="654321")

    def give(self, attach: Callable[[str], Any], put: Callable[[str], Any]) -> None:
        """Some policies of the account's, some of the principal's own."""
        for arn in self.random.sample(self.managed, self.random.choice([0, 0, 1, 2])):
            attach(arn)
        if self.random.random() < 0.65:
            put(document(*self.grants.some()))

    def make_roles(self) -> None:
        for number, arn in enumerate(self.roles):
            path, name = split(arn, "role")
            # The first ones go round the services, so that each has some in every seed.
            service = SERVICES[number % len(SERVICES)] if number < SERVICE_ROLES else None
            statements = [self.service_trust(service, arn)] if service else self.people_trust(arn)
            tags = [{"Key": "team", "Value": name.split("-")[0]}]
            self.iam.create_role(
                RoleName=name, Path=path, AssumeRolePolicyDocument=document(*statements), Tags=tags, **self.boundary()
            )
            self.give(
                lambda p, name=name: self.iam.attach_role_policy(RoleName=name, PolicyArn=p),
                lambda d, name=name: self.iam.put_role_policy(RoleName=name, PolicyName="own", PolicyDocument=d),
            )

    def service_trust(self, service: str, role: str) -> dict[str, Any]:
        self.services.setdefault(service, []).append(role)
        condition = None
        if service not in ("ec2",) and self.random.random() < 0.15:
            condition = {"StringEquals": {"aws:SourceAccount": self.account.id}}
        names = [f"{service}.amazonaws.com"] + (["edgelambda.amazonaws.com"] if self.random.random() < 0.1 else [])
        return trust({"Service": names if len(names) > 1 else names[0]}, condition)

    def people_trust(self, role: str) -> list[dict[str, Any]]:
        """Who may assume the role: the account, somebody by name, strangers, with and without conditions."""
        root = {"AWS": self.account.arn("root")}
        named = {"AWS": self.random.sample(self.users, 2) + self.random.sample([r for r in self.roles if r != role and self.exists(r)], 1)}
        choices = [
            [trust(root)],
            [trust(root)],
            [trust({"AWS": self.account.id})],
            [trust(named)],
            [trust(named)],
            [trust(named), trust(root)],
            [trust(root, {"Bool": {"aws:MultiFactorAuthPresent": "true"}})],
            [trust(root, {"StringEquals": {"sts:ExternalId": "a-shared-secret"}})],
            [trust(root, {"ArnLike": {"aws:PrincipalArn": self.account.arn("user/dev-*")}})],
            [trust(root), trust(root, {"ArnLike": {"aws:PrincipalArn": self.account.arn("user/ops-*")}}, "Deny")],
            [trust(root), trust({"AWS": self.random.choice(self.users)}, None, "Deny")],
            [trust({"AWS": "*"}, {"StringEquals": {"aws:PrincipalAccount": self.account.id}})],
            [trust({"AWS": f"arn:aws:iam::{FOREIGN}:root"})],
            [trust({"Service": "lambda.amazonaws.com", "AWS": self.account.arn("root")})],
            [trust({"Federated": self.account.arn("saml-provider/Okta")}) | {"Action": "sts:AssumeRoleWithSAML"}],
        ]
        return self.random.choice(choices)

    def exists(self, role: str) -> bool:
        """Roles are made in order; a trust can name only those before."""
        return self.roles.index(role) < SERVICE_ROLES

    def make_admins(self) -> None:
        """One to three: by AWS's policy, by an own one, by what they may do to themselves."""
        admin = "arn:aws:iam::aws:policy/AdministratorAccess"
        kinds: list[Callable[[], Any]] = [
            lambda: self.iam.attach_user_policy(UserName=split(self.random.choice(self.users), "user")[1], PolicyArn=admin),
            lambda: self.iam.attach_role_policy(RoleName=split(self.random.choice(self.roles), "role")[1], PolicyArn=admin),
            lambda: self.iam.put_role_policy(
                RoleName=split(self.random.choice(self.roles), "role")[1], PolicyName="all", PolicyDocument=document(self.allow("*"))
            ),
        ]
        for kind in self.random.sample(kinds, self.random.choice([1, 2, 3])):
            kind()
        if self.random.random() < 0.5:
            user = self.random.choice(self.users)
            self.iam.put_user_policy(
                UserName=split(user, "user")[1],
                PolicyName="self-service",
                PolicyDocument=document(self.allow("iam:PutUserPolicy") | {"Resource": self.account.arn("user/*${aws:username}")}),
            )

    def make_profiles(self) -> None:
        """Instance profiles for most roles that EC2 may have; instances and launch configurations for some."""
        profiles = []
        for role in self.services["ec2"]:
            if self.random.random() < 0.6:
                name = split(role, "role")[1]
                made = self.iam.create_instance_profile(InstanceProfileName=name)["InstanceProfile"]
                self.iam.add_role_to_instance_profile(InstanceProfileName=name, RoleName=name)
                profiles.append((made["Arn"], role))
        for arn, role in profiles:
            if self.random.random() < 0.5:
                self.iam.attach_role_policy(
                    RoleName=split(role, "role")[1], PolicyArn="arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore"
                )
            if self.random.random() < 0.5:
                self.account.client("ec2").run_instances(
                    ImageId="ami-12c6146b", MinCount=1, MaxCount=1, InstanceType="t3.micro", IamInstanceProfile={"Arn": arn}
                )
            if self.random.random() < 0.4:
                self.account.client("autoscaling").create_launch_configuration(
                    LaunchConfigurationName=f"lc-{arn.rsplit('/', 1)[-1]}",
                    ImageId="ami-12c6146b",
                    InstanceType="t3.micro",
                    IamInstanceProfile=arn,
                )

    def make_functions(self) -> None:
        archive = io.BytesIO()
        with zipfile.ZipFile(archive, "w") as file:
            file.writestr(zipfile.ZipInfo("main.py"), "def handler(event, context): pass\n")
        for number, role in enumerate(self.services["lambda"] * 2):
            self.account.client("lambda").create_function(
                FunctionName=f"{self.random.choice(['app', 'ops'])}-function-{number}",
                Runtime="python3.13",
                Role=role,
                Handler="main.handler",
                Code={"ZipFile": archive.getvalue()},
            )

    def make_stacks(self) -> None:
        template = json.dumps({"Resources": {"Topic": {"Type": "AWS::SNS::Topic"}}})
        for number, role in enumerate([*self.services["cloudformation"], None]):
            owner = {"RoleARN": role} if role and self.random.random() < 0.7 else {}
            self.account.client("cloudformation").create_stack(StackName=f"stack-{number}", TemplateBody=template, **owner)

    def make_projects(self) -> None:
        for number, role in enumerate(self.services["codebuild"]):
            self.account.client("codebuild").create_project(
                name=f"project-{number}",
                source={"type": "S3", "location": "bucket/source.zip"},
                artifacts={"type": "NO_ARTIFACTS"},
                environment={"type": "LINUX_CONTAINER", "image": "aws/codebuild/standard:7.0", "computeType": "BUILD_GENERAL1_SMALL"},
                serviceRole=role,
                tags=[{"key": "team", "value": self.random.choice(["app", "ops"])}],
            )


def split(arn: str, kind: str) -> tuple[str, str]:
    """Path and name of a user or role."""
    path, name = arn.split(f":{kind}/", 1)[-1].rpartition("/")[::2]
    return (f"/{path}/" if path else "/"), name


def playground(account: Account) -> None:
    """A small fixed account whose edges are known: two users, three roles, all of them by sts:AssumeRole."""
    iam = account.client("iam")
    instances = "arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore"
    buckets = document(Generated.allow("s3:*"))
    iam.create_user(UserName="admin")
    iam.attach_user_policy(UserName="admin", PolicyArn="arn:aws:iam::aws:policy/AdministratorAccess")
    for name in ("ec2_ssm_role", "ec2_admin_role"):
        iam.create_role(RoleName=name, AssumeRolePolicyDocument=document(trust({"Service": "ec2.amazonaws.com"})))
        iam.attach_role_policy(RoleName=name, PolicyArn=instances)
        iam.create_instance_profile(InstanceProfileName=name)
        iam.add_role_to_instance_profile(InstanceProfileName=name, RoleName=name)
    iam.attach_role_policy(RoleName="ec2_admin_role", PolicyArn="arn:aws:iam::aws:policy/AdministratorAccess")
    trusts = {
        "s3_access_role": ("/", account.arn("root")),
        "s3_access_role_alt": ("/", account.id),
        "external_s3_access_role": ("/", FOREIGN),
        "somerole": ("/somepath/", account.id),
    }
    for name, (path, principal) in trusts.items():
        iam.create_role(RoleName=name, Path=path, AssumeRolePolicyDocument=document(trust({"AWS": principal})))
        iam.put_role_policy(RoleName=name, PolicyName="buckets", PolicyDocument=buckets)
    for name, path in (("jumpuser", "/"), ("some_other_jumpuser", "/somepath/")):
        iam.create_user(UserName=name, Path=path)
        iam.put_user_policy(UserName=name, PolicyName="jump", PolicyDocument=document(Generated.allow("sts:AssumeRole")))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("seed", help="a number, or `playground`")
    parser.add_argument("--endpoint", required=True)
    parser.add_argument("--facts", type=Path, required=True, help="where to write what judge.py needs besides PMapper's files")
    args = parser.parse_args()
    account = Account(args.endpoint)
    started = time.monotonic()
    try:
        if args.seed == "playground":
            playground(account)
        else:
            Generated(account, int(args.seed)).seed()
    except ClientError as error:
        print(f"moto refused: {error}", file=sys.stderr)
        return 1
    facts = gather(account)
    args.facts.write_text(json.dumps(facts, indent=1))
    print(f"{facts['users']} users, {facts['roles']} roles; seeded in {time.monotonic() - started:.1f} s")
    return 0


if __name__ == "__main__":
    sys.exit(main())

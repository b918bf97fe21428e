"""PMapper's rules, each of its mistakes separately removable: what would PMapper say if it did not make this one?

Written from a description of PMapper's behaviour and checked against its answers: `judge.py` counts where the two differ. With every
mistake left in it gives PMapper's edges; an edge that goes away when a mistake is taken out is explained by that mistake.
"""

from __future__ import annotations

import json
from collections.abc import Set
from pathlib import Path
from typing import Any

from policy import Context, Unsupported, applies, glob, listed, matching, statements

Node = dict[str, Any]

ADMINISTRATOR = "arn:aws:iam::aws:policy/AdministratorAccess"
MFA = {"aws:MultiFactorAuthAge": "1", "aws:MultiFactorAuthPresent": "true"}

MISTAKES = {
    "role-boundary": "the permissions boundaries of roles are not gathered",
    "stand-in": "asks about the resource `*` only, so neither a Deny nor a NotResource of certain resources counts",
    "resource-case": "matches resources without regard to case",
    "mfa-assumed": "takes it that every user can give a second factor, also those without a device",
    "named-in-trust": "a trust policy that names the principal overrides its boundary, explicit Deny included",
    "trust-context": "judges conditions of trust policies without what is known of the caller",
    "service-linked": "takes it that trust policies of service-linked roles can be rewritten",
    "denied-after": "rewriting a trust policy counts although a Deny keeps the principal from assuming the role",
    "second-factor": "setting a password counts although the user has an MFA device that cannot be switched off",
    "no-profile": "does not ask for an instance profile, nor for the right to make one",
    "no-instance": "takes it that an instance with the role is running and managed",
    "no-batch": "takes it that every project is set up for batch builds",
    "no-trigger": "does not ask who runs the new Lambda function",
    "still-bounded": "a principal that can write its own policies counts as administrator in spite of its permissions boundary",
    "still-denied": "a principal that can write its own policies counts as administrator in spite of a Deny that stays",
}

# What stands for "some resource": for each action the kinds that a request names, for each kind a few that the caller could choose.
REGIONS = ["us-east-1", "eu-central-1"]


def some(service: str, *names: str, account: bool = True) -> list[list[str]]:
    """One kind of resource for each name, in each region."""
    owner = "{account}" if account else ""
    return [[f"arn:aws:{service}:{region}:{owner}:{name}" for region in REGIONS] for name in names]


INSTANCE = some("ec2", "instance/i-0f9e8d7c6b5a49382")
STAND_INS = {
    "ec2:RunInstances": INSTANCE
    + some("ec2", "image/ami-0f9e8d7c6b5a49382", account=False)
    + some("ec2", *(f"{kind}-0f9e8d7c6b5a49382" for kind in ("subnet/subnet", "security-group/sg", "network-interface/eni", "volume/vol"))),
    "ec2:AssociateIamInstanceProfile": INSTANCE,
    "lambda:CreateFunction": some("lambda", "function:q7"),
    "lambda:InvokeFunction": some("lambda", "function:q7"),
    "lambda:AddPermission": some("lambda", "function:q7"),
    "cloudformation:CreateStack": some("cloudformation", "stack/q7/0f9e8d7c-6b5a-4938-8271-605948372615"),
    "codebuild:CreateProject": some("codebuild", "project/q7"),
    "codebuild:StartBuild": some("codebuild", "project/q7"),
    "codebuild:StartBuildBatch": some("codebuild", "project/q7"),
    "sagemaker:CreateNotebookInstance": some("sagemaker", "notebook-instance/q7"),
    "sagemaker:CreateTrainingJob": some("sagemaker", "training-job/q7"),
    "sagemaker:CreateProcessingJob": some("sagemaker", "processing-job/q7"),
    "autoscaling:CreateAutoScalingGroup": some("autoscaling", "autoScalingGroup:0f9e8d7c:autoScalingGroupName/q7"),
    "autoscaling:CreateLaunchConfiguration": some("autoscaling", "launchConfiguration:0f9e8d7c:launchConfigurationName/q7"),
    "iam:CreateServiceLinkedRole": [
        ["arn:aws:iam::{account}:role/aws-service-role/autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling"]
    ],
    "iam:CreateRole": [["arn:aws:iam::{account}:role/q7", "arn:aws:iam::{account}:role/q7/q7"]],
    "iam:AttachRolePolicy": [["arn:aws:iam::{account}:role/q7", "arn:aws:iam::{account}:role/q7/q7"]],
    "iam:PutRolePolicy": [["arn:aws:iam::{account}:role/q7", "arn:aws:iam::{account}:role/q7/q7"]],
}


class Model:
    """One account; `undone` are the mistakes taken out."""

    def __init__(self, folder: Path, facts: dict[str, Any], undone: frozenset[str] = frozenset()) -> None:
        def read(name: str) -> Any:
            return json.loads((folder / "graph" / f"{name}.json").read_text())

        self.facts = facts
        self.account = facts["account"]
        self.undone = undone
        self.nodes: dict[str, Node] = {node["arn"]: node for node in read("nodes")}
        self._policies = {(item["arn"], item["name"]): item["policy_doc"] for item in read("policies")}
        self._by_arn = {item["arn"]: item["policy_doc"] for item in read("policies")}
        self._groups = {item["arn"]: item for item in read("groups")}
        self._allowed: dict[tuple[str, str, str, str], bool] = {}

    def without(self, *mistakes: str) -> Model:
        """The same account, with these mistakes taken out."""
        model = object.__new__(Model)
        model.__dict__ = self.__dict__ | {"undone": frozenset(mistakes), "_allowed": {}}
        return model

    # Policies of a principal

    def identity(self, node: Node, replaced: Set[str] = frozenset()) -> list[dict[str, Any]]:
        held = [*node["attached_policies"]]
        for group in node["group_memberships"]:
            held += self._groups[group]["attached_policies"]
        return [self._policies[policy["arn"], policy["name"]] for policy in held if policy["arn"] not in replaced]

    def boundary(self, node: Node) -> dict[str, Any] | None:
        if node["permissions_boundary"]:
            return self._by_arn[node["permissions_boundary"]["arn"]]
        if "role-boundary" in self.undone and node["arn"] in self.facts["role_boundaries"]:
            return self._by_arn[self.facts["role_boundaries"][node["arn"]]]
        return None

    def own_context(self, node: Node, given: Context) -> Context:
        known = {
            "aws:userid": node["id_value"],
            "aws:SecureTransport": "true",
            "aws:PrincipalAccount": self.account,
            "aws:PrincipalArn": node["arn"],
        }
        if is_user(node):
            known["aws:username"] = short(node)
        return known | {f"aws:PrincipalTag/{key}": value for key, value in node["tags"].items()} | given

    # One question

    def may(self, node: Node, action: str, resource: str, given: Context | None = None) -> bool:
        """Whether it may; `*` as the resource stands for some resource."""
        key = (node["arn"], action, resource, json.dumps(given))
        if key not in self._allowed:
            self._allowed[key] = self._may(node, action, resource, given or {})
        return self._allowed[key]

    def _may(self, node: Node, action: str, resource: str, given: Context) -> bool:
        if resource == "*" and "stand-in" in self.undone and action in STAND_INS:
            # All kinds by one and the same choice of region or name.
            kinds = STAND_INS[action]
            if not any(all(self._one(node, action, kind[choice].format(account=self.account), given) for kind in kinds)
                       for choice in range(len(kinds[0]))):
                return False
        return self._one(node, action, resource, given)

    def _one(self, node: Node, action: str, resource: str, given: Context) -> bool:
        if self._check(node, action, resource, given):
            return True
        gives = is_user(node) and (node["has_mfa"] or "mfa-assumed" not in self.undone)
        return gives and self._check(node, action, resource, MFA | given)

    def _check(self, node: Node, action: str, resource: str, given: Context) -> bool:
        context = self.own_context(node, given)
        identity, boundary = self.identity(node), self.boundary(node)
        bounds = [boundary] if boundary else []
        if self.matches([*identity, *bounds], "Deny", action, resource, context):
            return False
        if bounds and not self.matches(bounds, "Allow", action, resource, context):
            return False
        return self.matches(identity, "Allow", action, resource, context)

    def matches(self, documents: list[dict[str, Any]], effect: str, action: str, resource: str, context: Context) -> bool:
        return matching(documents, effect, action, resource, context, any_case="resource-case" not in self.undone)

    def denied(self, node: Node, action: str, resource: str) -> bool:
        """An explicit Deny, in the policies or in the boundary, that a second factor does not lift."""
        boundary = self.boundary(node)
        documents = self.identity(node) + ([boundary] if boundary else [])
        return all(self.matches(documents, "Deny", action, resource, self.own_context(node, given)) for given in ({}, MFA))

    def passes(self, node: Node, role: Node, service: str) -> bool:
        return self.may(node, "iam:PassRole", role["arn"], {"iam:PassedToService": service})

    # Trust policies

    def trust(self, role: Node, caller: Node | str) -> str | None:
        """`named`, `account`, `service`, or None. A caller that is a text is a service."""
        found = []
        service = isinstance(caller, str)
        context: Context = {}
        if "trust-context" in self.undone:
            context = {"aws:SourceAccount": self.account} if service else self.own_context(caller, {})
        for statement in statements(role["trust_policy"]):
            if not applies(statement, "sts:AssumeRole", role["arn"], context, any_case=True):
                continue
            how = trusts_service(statement, caller) if service else self.trusts_node(statement, caller)
            if how and statement["Effect"] == "Deny":
                return None
            if how:
                found.append(how)
        return "named" if "named" in found else found[0] if found else None

    def trusts_node(self, statement: dict[str, Any], node: Node) -> str | None:
        if "NotPrincipal" in statement:
            raise Unsupported("NotPrincipal in a trust policy")
        if statement["Principal"] == "*":
            return "named"
        entries = listed(statement["Principal"].get("AWS", []))
        if node["arn"] in entries:
            return "named"
        wide = {"*", self.account, f"arn:aws:iam::{self.account}:root", node["id_value"]}
        return "account" if wide & set(entries) else None

    # Edges

    def edges(self, source: Node, role: Node) -> set[str]:
        """Short reasons of the edges from one principal to another."""
        if source["is_admin"] or source["arn"] == role["arn"]:
            return set()
        if is_user(role):
            return {"IAM"} if self.credentials(source, role) else set()
        found = set()
        if self.rewrites_trust(source, role):
            found.add("IAM")
        if self.assumes(source, role):
            found.add("AssumeRole")
        for service, label, checker in SERVICE_CHECKERS:
            if self.trust(role, service) and checker(self, source, role):
                found.add(label)
        return found

    def credentials(self, source: Node, user: Node) -> bool:
        key = self.may(source, "iam:CreateAccessKey", user["arn"])
        if user["access_keys"] >= 2:
            key = key and self.may(source, "iam:DeleteAccessKey", user["arn"])
        if key:
            return True
        action = "iam:UpdateLoginProfile" if user["active_password"] else "iam:CreateLoginProfile"
        if "second-factor" in self.undone and user["has_mfa"] and not self.may(source, "iam:DeactivateMFADevice", user["arn"]):
            return False
        return self.may(source, action, user["arn"])

    def rewrites_trust(self, source: Node, role: Node) -> bool:
        if "service-linked" in self.undone and ":role/aws-service-role/" in role["arn"]:
            return False
        if "denied-after" in self.undone and not self.comes_in(source, role["arn"]):
            return False
        return self.may(source, "iam:UpdateAssumeRolePolicy", role["arn"])

    def comes_in(self, source: Node, role: str) -> bool:
        """Whether nothing is against it once the trust policy names the source: no Deny, and for a role its boundary."""
        boundary = self.boundary(source)
        bounded = boundary and not is_user(source)
        if bounded and not self.matches([boundary], "Allow", "sts:AssumeRole", role, self.own_context(source, {})):
            return False
        return not self.denied(source, "sts:AssumeRole", role)

    def assumes(self, source: Node, role: Node) -> bool:
        how = self.trust(role, source)
        if how is None:
            return False
        if self.may(source, "sts:AssumeRole", role["arn"]):
            return True
        if how != "named":
            return False
        if "named-in-trust" in self.undone:
            return self.comes_in(source, role["arn"])
        identity = self.identity(source)
        return not all(
            self.matches(identity, "Deny", "sts:AssumeRole", role["arn"], self.own_context(source, given)) for given in ({}, MFA)
        )

    def has_profile(self, source: Node, role: Node) -> bool:
        """A profile with the role is there, or the source can make one."""
        if "no-profile" not in self.undone or role["instance_profile"]:
            return True
        profile = f"arn:aws:iam::{self.account}:instance-profile/q7"
        return self.may(source, "iam:CreateInstanceProfile", profile) and self.may(source, "iam:AddRoleToInstanceProfile", profile)

    def ec2(self, source: Node, role: Node) -> bool:
        if not self.passes(source, role, "ec2.amazonaws.com") or not self.has_profile(source, role):
            return False
        profile = {"ec2:InstanceProfile": role["instance_profile"][0]} if role["instance_profile"] else {}
        if self.may(source, "ec2:RunInstances", "*", profile):
            return True
        return self.may(source, "ec2:RunInstances", "*") and self.may(source, "ec2:AssociateIamInstanceProfile", "*", profile)

    def autoscaling(self, source: Node, role: Node) -> bool:
        linked = "role/aws-service-role/autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling"
        if not any(linked in arn for arn in self.nodes):
            service = {"iam:AWSServiceName": "autoscaling.amazonaws.com"}
            if not self.may(source, "iam:CreateServiceLinkedRole", "*", service):
                return False
        if not self.may(source, "autoscaling:CreateAutoScalingGroup", "*"):
            return False
        if any(profile in self.facts["launch_configurations"] for profile in role["instance_profile"]):
            return True
        new = self.may(source, "autoscaling:CreateLaunchConfiguration", "*") and self.passes(source, role, "ec2.amazonaws.com")
        return new and self.has_profile(source, role)

    def ssm(self, source: Node, role: Node) -> bool:
        context = self.own_context(role, {})
        boundary, channel = self.boundary(role), ("ssmmessages:CreateControlChannel", "*", context)
        layers = [self.identity(role)] + ([[boundary]] if boundary else [])
        if not all(self.matches(layer, "Allow", *channel) and not self.matches(layer, "Deny", *channel) for layer in layers):
            return False
        targets = [f"arn:aws:ec2:us-east-1:{self.account}:instance/{item['id']}" for item in self.instances(role)]
        return any(self.runs_on(source, action, targets) for action in ("ssm:SendCommand", "ssm:StartSession"))

    def runs_on(self, source: Node, action: str, targets: list[str]) -> bool:
        if "no-instance" in self.undone and not targets:
            return False
        if "stand-in" in self.undone and targets and not any(self.may(source, action, target) for target in targets):
            return False
        return self.may(source, action, "*")

    def instances(self, role: Node) -> list[dict[str, str]]:
        return [item for item in self.facts["managed_instances"] if item["profile"] in role["instance_profile"]]

    def lambda_(self, source: Node, role: Node) -> bool:
        passes = self.passes(source, role, "lambda.amazonaws.com")
        if passes and self.may(source, "lambda:CreateFunction", "*") and self.runs_new_function(source):
            return True
        for function in self.facts["functions"]:
            if not self.may(source, "lambda:UpdateFunctionCode", function["arn"]):
                continue
            if function["role"] == role["arn"]:
                return True
            if passes and self.may(source, "lambda:UpdateFunctionConfiguration", function["arn"]):
                return True
        return False

    def runs_new_function(self, source: Node) -> bool:
        if "no-trigger" not in self.undone:
            return True
        # Rights on some functions only are enough: the caller chooses the name.
        starters = ("lambda:InvokeFunction", "lambda:AddPermission", "lambda:CreateEventSourceMapping")
        return any(self.may(source, action, "*") for action in starters) or any(
            statement["Effect"] == "Allow" and any(glob(pattern, starter, True) for starter in starters)
            for document in self.identity(source)
            for statement in statements(document)
            for pattern in listed(statement.get("Action", []))
        )

    def cloudformation(self, source: Node, role: Node) -> bool:
        context = {"cloudformation:RoleArn": role["arn"]}
        passes = self.passes(source, role, "cloudformation.amazonaws.com")
        if passes and self.may(source, "cloudformation:CreateStack", "*", context):
            return True
        for stack in self.facts["stacks"]:
            updates = self.may(source, "cloudformation:UpdateStack", stack["arn"], context)
            if updates and (passes or stack["role"] == role["arn"]):
                return True
            changes = self.may(source, "cloudformation:CreateChangeSet", stack["arn"], context)
            if stack["role"] == role["arn"] and changes and self.may(source, "cloudformation:ExecuteChangeSet", stack["arn"]):
                return True
        return False

    def codebuild(self, source: Node, role: Node) -> bool:
        starts = ("codebuild:StartBuild", "codebuild:StartBuildBatch")
        passes = self.passes(source, role, "codebuild.amazonaws.com")
        if passes and self.may(source, "codebuild:CreateProject", "*") and any(self.may(source, start, "*") for start in starts):
            return True
        for project in self.facts["projects"]:
            tags = {f"aws:ResourceTag/{key}": value for key, value in project["tags"].items()}
            updates = passes and self.may(source, "codebuild:UpdateProject", project["arn"], tags)
            # Whoever may change the project can set it up, with the role that it passes.
            batch = project["batch"] or updates or "no-batch" not in self.undone
            if not any(self.may(source, start, project["arn"], tags) for start in starts[: 2 if batch else 1]):
                continue
            if project["role"] == role["arn"] or updates:
                return True
        return False

    def sagemaker(self, source: Node, role: Node) -> bool:
        makes = ("sagemaker:CreateNotebookInstance", "sagemaker:CreateTrainingJob", "sagemaker:CreateProcessingJob")
        return self.passes(source, role, "sagemaker.amazonaws.com") and any(self.may(source, action, "*") for action in makes)

    # Administrators

    def admin(self, node: Node) -> bool:
        """Whether it can make itself one."""
        ways = [self.writes_own, self.writes_policies, self.writes_groups]
        return any(way(node) for way in ways) or self.makes_role(node)

    def makes_role(self, node: Node) -> bool:
        if "denied-after" in self.undone and not self.comes_in(node, f"arn:aws:iam::{self.account}:role/q7"):
            return False
        attach = self.may(node, "iam:AttachRolePolicy", "*", {"iam:PolicyARN": ADMINISTRATOR})
        return self.may(node, "iam:CreateRole", "*") and (attach or self.may(node, "iam:PutRolePolicy", "*"))

    def writes_own(self, node: Node) -> bool:
        attach = self.may(node, f"iam:Attach{kind(node)}Policy", node["arn"], {"iam:PolicyARN": ADMINISTRATOR})
        put = self.may(node, f"iam:Put{kind(node)}Policy", node["arn"])
        # Whoever can write an inline policy can write over one that denies.
        replaced = {node["arn"]} if put else set()
        return (attach or put) and self.unfettered(node, replaced)

    def writes_policies(self, node: Node) -> bool:
        return any(self.writes_version(node, policy["arn"]) for policy in node["attached_policies"] if policy["arn"] != node["arn"])

    def writes_version(self, node: Node, policy: str) -> bool:
        own = f":{self.account}:policy/" in policy
        return own and self.may(node, "iam:CreatePolicyVersion", policy) and self.unfettered(node, {policy})

    def writes_groups(self, node: Node) -> bool:
        return any(self.writes_group(node, group) for group in node["group_memberships"])

    def writes_group(self, node: Node, group: str) -> bool:
        if self.may(node, "iam:PutGroupPolicy", group) and self.unfettered(node, {group}):
            return True
        if self.may(node, "iam:AttachGroupPolicy", group, {"iam:PolicyARN": ADMINISTRATOR}) and self.unfettered(node, set()):
            return True
        attached = self._groups[group]["attached_policies"]
        return any(self.writes_version(node, policy["arn"]) for policy in attached if policy["arn"] != group)

    def unfettered(self, node: Node, replaced: Set[str]) -> bool:
        """Whether nothing holds it back once it has all rights; `replaced` are policies that it wrote over."""
        if "still-bounded" in self.undone and self.held_by_boundary(node, replaced):
            return False
        return "still-denied" not in self.undone or not self.held_by_deny(node, replaced)

    def held_by_boundary(self, node: Node, replaced: Set[str]) -> bool:
        """A boundary short of everything that it could not take off or replace."""
        boundary = self.boundary(node)
        everything = {"Effect": "Allow", "Action": "*", "Resource": "*"}
        if boundary is None or all(statement == everything for statement in statements(boundary)):
            return False
        verbs = ("Delete", "Put")
        return not any(self.could(node, replaced, f"iam:{verb}{kind(node)}PermissionsBoundary", node["arn"]) for verb in verbs)

    def held_by_deny(self, node: Node, replaced: Set[str]) -> bool:
        """A policy with a Deny that it could not get rid of."""
        removals = [(policy, self.removal(node, policy), node["arn"]) for policy in node["attached_policies"]]
        for group in node["group_memberships"]:
            removals += [(policy, "iam:RemoveUserFromGroup", group) for policy in self._groups[group]["attached_policies"]]
        for policy, action, resource in removals:
            document = self._policies[policy["arn"], policy["name"]]
            denies = any(statement["Effect"] == "Deny" and "Condition" not in statement for statement in statements(document))
            if denies and policy["arn"] not in replaced and not self.could(node, replaced, action, resource):
                return True
        return False

    @staticmethod
    def removal(node: Node, policy: dict[str, str]) -> str:
        return f"iam:{'Delete' if policy['arn'] == node['arn'] else 'Detach'}{kind(node)}Policy"

    def could(self, node: Node, replaced: Set[str], action: str, resource: str) -> bool:
        """Whether it may, once its policies allow everything: what is left against it is a Deny or the boundary."""
        boundary, context = self.boundary(node), self.own_context(node, MFA if is_user(node) else {})
        if boundary and not self.matches([boundary], "Allow", action, resource, context):
            return False
        documents = self.identity(node, replaced) + ([boundary] if boundary else [])
        return not self.matches(documents, "Deny", action, resource, context)


SERVICE_CHECKERS = [
    ("ec2.amazonaws.com", "EC2", Model.ec2),
    ("ec2.amazonaws.com", "EC2 Auto Scaling", Model.autoscaling),
    ("ec2.amazonaws.com", "SSM", Model.ssm),
    ("lambda.amazonaws.com", "Lambda", Model.lambda_),
    ("cloudformation.amazonaws.com", "Cloudformation", Model.cloudformation),
    ("codebuild.amazonaws.com", "CodeBuild", Model.codebuild),
    ("sagemaker.amazonaws.com", "SageMaker", Model.sagemaker),
]


def is_user(node: Node) -> bool:
    return ":user/" in node["arn"]


def kind(node: Node) -> str:
    return "User" if is_user(node) else "Role"


def short(node: Node) -> str:
    return node["arn"].rsplit("/", 1)[-1]


def trusts_service(statement: dict[str, Any], service: str) -> str | None:
    principal = statement["Principal"]
    if principal == "*":
        return "service"
    return "service" if service in listed(principal.get("Service", [])) else None

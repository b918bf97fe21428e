"""IAM: users, groups, roles with every kind of trust, policies, providers and the account's settings."""

from __future__ import annotations

from .base import Place, allow, policy, tags, trust
from .names import (
    AWS_MANAGED_POLICIES,
    COMPANY,
    DEV,
    DOMAIN,
    LONG_ROLE,
    MANAGEMENT,
    NON_ASCII,
    PARTNER,
    PRIMARY,
    PROD,
    SECURITY,
    office_range,
)

MANAGED = {arn.rsplit("/", 1)[-1]: arn for arn in AWS_MANAGED_POLICIES}
SAML_METADATA = (
    '<?xml version="1.0" encoding="UTF-8"?><md:EntityDescriptor entityID="http://www.okta.com/exk1kestrel" '
    'xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata"><md:IDPSSODescriptor WantAuthnRequestsSigned="false" '
    'protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol"><md:KeyDescriptor use="signing">'
    '</md:KeyDescriptor><md:SingleSignOnService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST" '
    f'Location="https://{COMPANY}.okta.com/app/sso/saml"/></md:IDPSSODescriptor></md:EntityDescriptor>' + " " * 1000
)
THUMBPRINT = "6938fd4d98bab03faadb97b34396831e3780aea1"


def seed(place: Place) -> None:
    """Everything of IAM is global: made once, from the first region."""
    if not place.primary:
        return
    place.run(settings, providers, policies, groups, users, service_roles, trusted_roles, many_roles)


def settings(place: Place) -> None:
    """Alias and password policy; the dev account has neither a policy nor a sensible alias."""
    place.call("iam", "create_account_alias", AccountAlias=f"{COMPANY}-{place.name}")
    if place.account == DEV:
        return
    place.call(
        "iam",
        "update_account_password_policy",
        MinimumPasswordLength=8 if place.account == PROD else 14,
        RequireSymbols=True,
        RequireNumbers=True,
        RequireUppercaseCharacters=True,
        RequireLowercaseCharacters=True,
        AllowUsersToChangePassword=True,
        MaxPasswordAge=90,
        PasswordReusePrevention=5,
        HardExpiry=False,
    )


def providers(place: Place) -> None:
    """SAML for people, OIDC for GitHub and for a Kubernetes cluster."""
    place.call("iam", "create_saml_provider", Name="Okta", SAMLMetadataDocument=SAML_METADATA)
    place.call(
        "iam",
        "create_open_id_connect_provider",
        Url="https://token.actions.githubusercontent.com",
        ClientIDList=["sts.amazonaws.com"],
        ThumbprintList=[THUMBPRINT],
    )
    if place.account == PROD:
        place.call(
            "iam",
            "create_open_id_connect_provider",
            Url="https://oidc.eks.us-east-1.amazonaws.com/id/ABCDEF0123456789ABCDEF0123456789",
            ClientIDList=["sts.amazonaws.com"],
            ThumbprintList=[THUMBPRINT],
            Tags=tags(cluster="shop"),
        )


def policies(place: Place) -> None:
    """Customer policies, one with several versions and one that grants everything."""
    documents = {
        "everything": policy(allow("*", Sid="Everything")),
        "almost-everything": policy({"Effect": "Allow", "NotAction": ["iam:*", "organizations:*"], "Resource": "*"}),
        "developer-boundary": policy(
            allow(["s3:*", "ec2:*", "lambda:*", "logs:*", "iam:PassRole"]),
            {"Effect": "Deny", "Action": ["iam:CreateUser", "iam:PutUserPolicy", "organizations:*"], "Resource": "*"},
        ),
        "read-orders": policy(
            allow(["s3:GetObject"], f"arn:aws:s3:::{COMPANY}-{place.name}-orders/${{aws:username}}/*"),
            allow(
                "s3:ListBucket",
                f"arn:aws:s3:::{COMPANY}-{place.name}-orders",
                Condition={"StringLike": {"s3:prefix": ["${aws:username}/*"]}},
            ),
        ),
        "need-mfa": policy(
            {
                "Sid": "DenyWithoutMfa",
                "Effect": "Deny",
                "NotAction": ["iam:ListMFADevices", "iam:EnableMFADevice", "sts:GetSessionToken"],
                "Resource": "*",
                "Condition": {"BoolIfExists": {"aws:MultiFactorAuthPresent": "false"}},
            }
        ),
        "from-offices": policy(
            {
                "Effect": "Deny",
                "Action": "*",
                "Resource": "*",
                "Condition": {
                    "NotIpAddress": {"aws:SourceIp": [office_range(), "2a02:8010:6000::/48"]},
                    "Bool": {"aws:ViaAWSService": "false"},
                },
            }
        ),
    }
    for name, document in documents.items():
        path = "/boundaries/" if name == "developer-boundary" else "/"
        arn = place.get(
            "Policy.Arn",
            "iam",
            "create_policy",
            PolicyName=name,
            Path=path,
            PolicyDocument=document,
            Description=NON_ASCII[:40] if name == "read-orders" else f"{name}",
            Tags=tags(owner="platform"),
        )
        place.ids[f"policy/{name}"] = arn
    for actions in (["s3:GetObject", "s3:PutObject"], ["s3:*"]):
        place.call(
            "iam",
            "create_policy_version",
            PolicyArn=place.ids["policy/read-orders"],
            PolicyDocument=policy(allow(actions, f"arn:aws:s3:::{COMPANY}-{place.name}-orders/*")),
            SetAsDefault=actions == ["s3:*"],
        )


def groups(place: Place) -> None:
    """Groups with attached and inline policies, and one that is empty."""
    attached = {
        "administrators": [MANAGED["AdministratorAccess"]],
        "developers": [MANAGED["PowerUserAccess"], place.ids["policy/need-mfa"]],
        "auditors": [MANAGED["SecurityAudit"], MANAGED["ReadOnlyAccess"]],
        "finance": [MANAGED["Billing"]],
        "nobody": [],
    }
    for name, arns in attached.items():
        place.call("iam", "create_group", GroupName=name, Path="/people/" if name != "nobody" else "/")
        for arn in arns:
            place.call("iam", "attach_group_policy", GroupName=name, PolicyArn=arn)
    place.call(
        "iam",
        "put_group_policy",
        GroupName="developers",
        PolicyName="pass-app-roles",
        PolicyDocument=policy(allow("iam:PassRole", f"arn:aws:iam::{place.account}:role/app-*")),
    )


def users(place: Place) -> None:
    """People and machines; with and without password, second factor, keys and boundary."""
    everyone = {
        MANAGEMENT: {"anna.schmidt": ["administrators"], "ben.okafor": ["finance"]},
        PROD: {
            "carla.mendes": ["administrators"],
            "deploy-bot": [],
            "erik.lindqvist": ["auditors", "developers"],
            "legacy-ftp": [],
            "fatima+ops@kestrel": [],
        },
        DEV: {"gus.tan": ["developers"], "hana.sato": ["developers"], "ci": [], "igor_petrov": ["administrators"]},
        SECURITY: {"judit.nagy": ["auditors"], "breakglass": ["administrators"]},
    }
    for name, belongs in everyone[place.account].items():
        machine = name in ("deploy-bot", "legacy-ftp", "ci")
        boundary = {"PermissionsBoundary": place.ids["policy/developer-boundary"]} if name == "hana.sato" else {}
        place.call(
            "iam",
            "create_user",
            UserName=name,
            Path="/machines/" if machine else "/",
            Tags=tags(team="Ünïcödé" if machine else "shop"),
            **boundary,
        )
        for group in belongs:
            place.call("iam", "add_user_to_group", UserName=name, GroupName=group)
        if machine:
            place.call("iam", "create_access_key", UserName=name)
        else:
            place.call("iam", "create_login_profile", UserName=name, Password="Fixed-Passw0rd-For-Tests!", PasswordResetRequired=False)
    place.run(second_factors, extra_keys)


def second_factors(place: Place) -> None:
    """A second factor for the first person of the account, and one device that nobody uses."""
    first = {MANAGEMENT: "anna.schmidt", PROD: "carla.mendes", DEV: "gus.tan", SECURITY: "judit.nagy"}[place.account]
    serial = place.get("VirtualMFADevice.SerialNumber", "iam", "create_virtual_mfa_device", VirtualMFADeviceName=first)
    place.call("iam", "enable_mfa_device", UserName=first, SerialNumber=serial, AuthenticationCode1="123456", AuthenticationCode2="654321")
    place.call("iam", "create_virtual_mfa_device", VirtualMFADeviceName="spare")


def extra_keys(place: Place) -> None:
    """Second keys, an inactive key, inline and attached policies of users."""
    if place.account == PROD:
        place.call("iam", "create_access_key", UserName="carla.mendes")
        key = place.get("AccessKey.AccessKeyId", "iam", "create_access_key", UserName="legacy-ftp")
        place.call("iam", "update_access_key", UserName="legacy-ftp", AccessKeyId=key, Status="Inactive")
        place.call(
            "iam", "put_user_policy", UserName="legacy-ftp", PolicyName="put files", PolicyDocument=policy(allow("s3:PutObject", "*"))
        )
        place.call("iam", "attach_user_policy", UserName="deploy-bot", PolicyArn=MANAGED["PowerUserAccess"])
        place.call("iam", "attach_user_policy", UserName="deploy-bot", PolicyArn=MANAGED["IAMFullAccess"])
        place.call(
            "iam", "upload_ssh_public_key", UserName="deploy-bot", SSHPublicKeyBody="ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABgQ== deploy"
        )
    if place.account == DEV:
        place.call("iam", "attach_user_policy", UserName="ci", PolicyArn=MANAGED["AdministratorAccess"])
        place.call(
            "iam",
            "put_user_policy",
            UserName="ci",
            PolicyName="into-prod",
            PolicyDocument=policy(allow("sts:AssumeRole", f"arn:aws:iam::{PROD}:role/*")),
        )


def service_roles(place: Place) -> None:
    """Roles that AWS services take, with instance profiles."""
    roles = {
        "app-web": ("ec2.amazonaws.com", [MANAGED["AmazonSSMManagedInstanceCore"], MANAGED["AmazonS3ReadOnlyAccess"]]),
        "app-batch": ("ec2.amazonaws.com", [MANAGED["AdministratorAccess"]]),
        "app-lambda": ("lambda.amazonaws.com", [MANAGED["AWSLambdaBasicExecutionRole"], place.ids["policy/read-orders"]]),
        "app-task": ("ecs-tasks.amazonaws.com", [MANAGED["AmazonECSTaskExecutionRolePolicy"]]),
        "eks-cluster": ("eks.amazonaws.com", [MANAGED["AmazonEKSClusterPolicy"]]),
        "states-runner": ("states.amazonaws.com", []),
        "config-recorder": ("config.amazonaws.com", [MANAGED["SecurityAudit"]]),
        "build-runner": ("codebuild.amazonaws.com", [place.ids["policy/everything"]]),
        "stack-maker": ("cloudformation.amazonaws.com", [place.ids["policy/everything"]]),
        "flow-logs": ("vpc-flow-logs.amazonaws.com", []),
        "glue-etl": ("glue.amazonaws.com", []),
        "firehose-out": ("firehose.amazonaws.com", []),
        "sage-notebook": ("sagemaker.amazonaws.com", []),
        "backup-runner": ("backup.amazonaws.com", []),
    }
    for name, (service, arns) in roles.items():
        place.call(
            "iam", "create_role", RoleName=name, AssumeRolePolicyDocument=trust({"Service": service}), Description=f"taken by {service}"
        )
        for arn in arns:
            place.call("iam", "attach_role_policy", RoleName=name, PolicyArn=arn)
    place.call(
        "iam",
        "put_role_policy",
        RoleName="app-web",
        PolicyName="secrets",
        PolicyDocument=policy(
            allow(["secretsmanager:GetSecretValue", "kms:Decrypt"]), allow("ssm:GetParameter*", "arn:aws:ssm:*:*:parameter/shop/*")
        ),
    )
    place.call(
        "iam",
        "put_role_policy",
        RoleName="app-lambda",
        PolicyName="pass",
        PolicyDocument=policy(allow(["iam:PassRole", "ec2:RunInstances"])),
    )
    for profile in ("app-web", "app-batch"):
        place.call("iam", "create_instance_profile", InstanceProfileName=profile)
        place.call("iam", "add_role_to_instance_profile", InstanceProfileName=profile, RoleName=profile)
    place.call("iam", "create_instance_profile", InstanceProfileName="empty-profile", Path="/unused/")
    for service in ("elasticloadbalancing.amazonaws.com", "autoscaling.amazonaws.com", "guardduty.amazonaws.com"):
        place.call("iam", "create_service_linked_role", AWSServiceName=service)


def trusted_roles(place: Place) -> None:
    """Roles that other accounts, people and pipelines take."""
    account = f"arn:aws:iam::{place.account}"
    github = f"{account}:oidc-provider/token.actions.githubusercontent.com"
    audience = {"token.actions.githubusercontent.com:aud": "sts.amazonaws.com"}
    saml = {"StringEquals": {"SAML:aud": "https://signin.aws.amazon.com/saml"}}
    web = "sts:AssumeRoleWithWebIdentity"
    documents = {
        "okta-admin": trust({"Federated": f"{account}:saml-provider/Okta"}, "sts:AssumeRoleWithSAML", Condition=saml),
        "okta-readonly": trust({"Federated": f"{account}:saml-provider/Okta"}, "sts:AssumeRoleWithSAML", Condition=saml),
        "github-deploy": trust(
            {"Federated": github},
            web,
            Condition={
                "StringEquals": audience,
                "StringLike": {"token.actions.githubusercontent.com:sub": "repo:kestrel/shop:ref:refs/heads/main"},
            },
        ),
        "github-any": trust({"Federated": github}, web, Condition={"StringEquals": audience}),
        "audit-from-security": trust({"AWS": f"arn:aws:iam::{SECURITY}:root"}),
        "partner-monitoring": trust(
            {"AWS": f"arn:aws:iam::{PARTNER}:root"}, Condition={"StringEquals": {"sts:ExternalId": "kestrel-7731"}}
        ),
        "partner-legacy": trust({"AWS": [PARTNER, f"arn:aws:iam::{MANAGEMENT}:root"]}),
        "anyone-in-organization": trust({"AWS": "*"}, Condition={"StringEquals": {"aws:PrincipalOrgID": place.estate.organization["id"]}}),
        "breakglass": trust({"AWS": f"{account}:root"}, Condition={"Bool": {"aws:MultiFactorAuthPresent": "true"}}),
        "deploy-from-dev": trust({"AWS": [f"arn:aws:iam::{DEV}:user/machines/ci", f"arn:aws:iam::{DEV}:role/github-deploy"]}),
    }
    rights = {
        "okta-admin": "AdministratorAccess",
        "okta-readonly": "ReadOnlyAccess",
        "github-deploy": "PowerUserAccess",
        "github-any": "IAMFullAccess",
        "audit-from-security": "SecurityAudit",
        "partner-monitoring": "ReadOnlyAccess",
        "breakglass": "AdministratorAccess",
        "deploy-from-dev": "AdministratorAccess",
    }
    for name, document in documents.items():
        place.call(
            "iam",
            "create_role",
            RoleName=name,
            AssumeRolePolicyDocument=document,
            MaxSessionDuration=14400 if name == "okta-admin" else 3600,
            Tags=tags(owner=NON_ASCII),
        )
        if name in rights:
            place.call("iam", "attach_role_policy", RoleName=name, PolicyArn=MANAGED[rights[name]])
    place.call(
        "iam",
        "create_role",
        RoleName=LONG_ROLE,
        Path="/platform/teams/payments/",
        AssumeRolePolicyDocument=trust({"Service": "ec2.amazonaws.com"}),
        PermissionsBoundary=place.ids["policy/developer-boundary"],
        Description="sixty-four characters and a path",
    )
    place.call(
        "iam",
        "put_role_policy",
        RoleName=LONG_ROLE,
        PolicyName="inline+policy=name@x",
        PolicyDocument=policy(allow("s3:*"), allow("dynamodb:*")),
    )


def many_roles(place: Place) -> None:
    """iam:ListRoles pages at 100."""
    if place.account != PROD:
        return
    for number in range(place.bulk(90)):
        place.call(
            "iam",
            "create_role",
            RoleName=f"team-{number:03}",
            Path=f"/teams/{number % 7}/",
            AssumeRolePolicyDocument=trust(
                {"AWS": f"arn:aws:iam::{PROD}:role/team-{max(number - 1, 0):03}" if number else f"arn:aws:iam::{PROD}:root"}
            ),
        )
    place.call(
        "iam",
        "put_role_policy",
        RoleName="team-002",
        PolicyName="onward",
        PolicyDocument=policy(
            allow("sts:AssumeRole", f"arn:aws:iam::{PROD}:role/teams/*", Condition={"StringEquals": {"aws:RequestedRegion": PRIMARY}})
        ),
    )
    place.call(
        "iam",
        "put_role_policy",
        RoleName="team-001",
        PolicyName="domain",
        PolicyDocument=policy(allow("route53:*", Condition={"StringLike": {"aws:PrincipalTag/domain": DOMAIN}})),
    )

#!/usr/bin/env python3
"""Start a moto server for one account of IAM; prints its address and serves until it is killed.

Differs from `moto_server` in four things: only a few AWS-managed policies exist (all 1,300 make answers of several MB), random ids
come from a fixed seed, iam:GetAccountAuthorizationDetails names the policies, and users can have a permissions boundary. The last two
are what AWS does and moto leaves out; PMapper stops without the names.
"""

from __future__ import annotations

import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
import moto_server

if __name__ == "__main__":
    moto_server.prepare()

from moto.iam import models
from moto.iam.responses import IamResponse

AWS_MANAGED_POLICIES = [
    "AdministratorAccess",
    "AmazonS3ReadOnlyAccess",
    "AmazonSSMManagedInstanceCore",
    "PowerUserAccess",
    "ReadOnlyAccess",
]


def name_policies() -> None:
    """The attributes that moto's serializer looks for in PolicyName and PolicyId."""
    models.Policy.policy_name = property(lambda policy: policy.name)
    models.Policy.policy_id = property(lambda policy: policy.id)


def give_users_boundaries() -> None:
    """Keep the PermissionsBoundary of iam:CreateUser, and answer with it."""
    create = IamResponse.create_user

    def create_user(self: IamResponse) -> object:
        result = create(self)
        boundary = self._get_param("PermissionsBoundary")
        if boundary:
            user = self.backend.get_user(self._get_param("UserName"))
            user.permissions_boundary = {"PermissionsBoundaryType": "Policy", "PermissionsBoundaryArn": boundary}
        return result

    IamResponse.create_user = create_user


def main() -> int:
    moto_server.keep_managed_policies(AWS_MANAGED_POLICIES)
    name_policies()
    give_users_boundaries()
    return moto_server.serve()


if __name__ == "__main__":
    sys.exit(main())

#!/usr/bin/env python3
"""Start a moto server for one account of IAM; prints its address and serves until it is killed.

Differs from `moto_server` in four things: only a few AWS-managed policies exist (all 1,300 make answers of several MB), random ids
come from a fixed seed, iam:GetAccountAuthorizationDetails names the policies, and users can have a permissions boundary. The last two
are what AWS does and moto leaves out; PMapper stops without the names.
"""

from __future__ import annotations

import json
import logging
import os
import signal
import sys
import threading

# Moto answers some sets in their own order. Before the imports below, which take seconds.
if __name__ == "__main__" and os.environ.get("PYTHONHASHSEED") != "0":
    os.execve(sys.executable, [sys.executable, *sys.argv], {**os.environ, "PYTHONHASHSEED": "0"})

os.environ["MOTO_EC2_LOAD_DEFAULT_AMIS"] = "false"
os.environ["MOTO_IAM_LOAD_MANAGED_POLICIES"] = "true"

import moto.iam.models as models
from moto.iam.responses import IamResponse
from moto.moto_api._internal import mock_random
from moto.server import ThreadedMotoServer

AWS_MANAGED_POLICIES = [
    "AdministratorAccess",
    "AmazonS3ReadOnlyAccess",
    "AmazonSSMManagedInstanceCore",
    "PowerUserAccess",
    "ReadOnlyAccess",
]


def keep_few_managed_policies() -> None:
    """Cut moto's copy of the AWS-managed policies down."""
    everything = json.loads(models.aws_managed_policies_data)
    models.aws_managed_policies_data = json.dumps({name: everything[name] for name in AWS_MANAGED_POLICIES})


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
    logging.getLogger("werkzeug").setLevel(logging.CRITICAL)
    keep_few_managed_policies()
    name_policies()
    give_users_boundaries()
    mock_random.seed(20240229)
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    print(f"http://{host}:{port}", flush=True)
    sys.stdout = sys.stderr  # moto prints there too; the address stays the only line
    stop.wait()
    server.stop()
    return 0


if __name__ == "__main__":
    sys.exit(main())

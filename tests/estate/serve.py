#!/usr/bin/env python3
"""Start a moto server that looks more like AWS than moto's own command does.

Prints `http://127.0.0.1:PORT` on one line and serves until it is killed. Four things differ from `moto_server`:

* accounts made by organizations:CreateAccount get the ids of this estate, in order, instead of random ones;
* only the AWS-managed policies that the estate attaches are loaded: all 1,300 make the answer of
  iam:GetAccountAuthorizationDetails several MB long, and AWS itself lists attached ones only;
* addresses that AWS would hand out are public ones, not 127.0.0.0/8;
* every random id comes from a generator with a fixed seed, so two runs give the same ids.
"""

from __future__ import annotations

import argparse
import ipaddress
import itertools
import os
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
import moto_server

if __name__ == "__main__":
    moto_server.prepare()
os.environ.setdefault("MOTO_ALLOW_NONEXISTENT_REGION", "false")

import moto.ec2.models.elastic_ip_addresses as elastic_ips
import moto.organizations.utils as organization_utils
from moto.ec2.models import security_groups

from seed.names import AWS_MANAGED_POLICIES, MEMBER_IDS

# Documentation ranges (RFC 5737) would do, but tools rightly treat them as not public: these are real AWS ranges.
FIRST_ELASTIC_IP = ipaddress.IPv4Address("52.16.10.1")


def keep_estate_account_ids() -> None:
    """CreateAccount answers with the estate's ids first; the first id moto asks for is the management account's, which it throws away."""
    wanted = iter(["999999999999", *MEMBER_IDS])
    random_id = organization_utils.make_random_account_id
    organization_utils.make_random_account_id = lambda: next(wanted, None) or random_id()


def hand_out_public_addresses() -> None:
    """Elastic addresses count up from one public address."""
    numbers = itertools.count()
    elastic_ips.random_ip = lambda: str(FIRST_ELASTIC_IP + 7 * next(numbers))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--port", type=int, default=0, help="port to listen on; 0 takes a free one")
    parser.add_argument("--verbose", action="store_true", help="log each request and the server's stack traces to standard error")
    args = parser.parse_args()
    keep_estate_account_ids()
    moto_server.keep_managed_policies(arn.rsplit("/", 1)[-1] for arn in AWS_MANAGED_POLICIES)
    hand_out_public_addresses()
    security_groups.SecurityGroup.__hash__ = lambda group: hash(group.group_id)  # sets of groups in the same order each time
    return moto_server.serve(args.port, args.verbose)


if __name__ == "__main__":
    sys.exit(main())

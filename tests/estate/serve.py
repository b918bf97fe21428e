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
os.environ.setdefault("MOTO_ALLOW_NONEXISTENT_REGION", "false")

import moto.ec2.models.elastic_ip_addresses as elastic_ips
import moto.iam.models as iam_models
import moto.organizations.utils as organization_utils
from moto.ec2.models import security_groups
from moto.moto_api._internal import mock_random
from moto.server import ThreadedMotoServer

from seed.names import AWS_MANAGED_POLICIES, MEMBER_IDS

RANDOM_SEED = 20240229
# Documentation ranges (RFC 5737) would do, but tools rightly treat them as not public: these are real AWS ranges.
FIRST_ELASTIC_IP = ipaddress.IPv4Address("52.16.10.1")


def keep_estate_account_ids() -> None:
    """CreateAccount answers with the estate's ids first; the first id moto asks for is the management account's, which it throws away."""
    wanted = iter(["999999999999", *MEMBER_IDS])
    random_id = organization_utils.make_random_account_id
    organization_utils.make_random_account_id = lambda: next(wanted, None) or random_id()


def keep_attached_managed_policies() -> None:
    """Cut moto's copy of the AWS-managed policies down to those of the estate."""
    everything = json.loads(iam_models.aws_managed_policies_data)
    names = [arn.rsplit("/", 1)[-1] for arn in AWS_MANAGED_POLICIES]
    kept = {name: everything[name] for name in names if name in everything}
    iam_models.aws_managed_policies_data = json.dumps(kept)


def hand_out_public_addresses() -> None:
    """Elastic addresses count up from one public address."""
    numbers = itertools.count()
    elastic_ips.random_ip = lambda: str(FIRST_ELASTIC_IP + 7 * next(numbers))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--port", type=int, default=0, help="port to listen on; 0 takes a free one")
    parser.add_argument("--verbose", action="store_true", help="log each request and the server's stack traces to standard error")
    args = parser.parse_args()
    if not args.verbose:
        logging.getLogger("werkzeug").setLevel(logging.CRITICAL)
    keep_estate_account_ids()
    keep_attached_managed_policies()
    hand_out_public_addresses()
    security_groups.SecurityGroup.__hash__ = lambda group: hash(group.group_id)  # sets of groups in the same order each time
    mock_random.seed(RANDOM_SEED)
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=args.port, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    print(f"http://{host}:{port}", flush=True)
    sys.stdout = sys.stderr  # moto prints there too; the address stays the only line
    stop.wait()
    server.stop()
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""What the moto servers of the tests share: a fixed order, few AWS-managed policies, an address on standard output."""

from __future__ import annotations

import json
import logging
import os
import signal
import sys
import threading
from collections.abc import Iterable

RANDOM_SEED = 20240229


def prepare() -> None:
    """Start Python anew with hashes that are the same in each run: moto answers some sets in their own order. Call it before moto is imported, which takes seconds."""
    if os.environ.get("PYTHONHASHSEED") != "0":
        os.execve(sys.executable, [sys.executable, *sys.argv], {**os.environ, "PYTHONHASHSEED": "0"})
    os.environ["MOTO_EC2_LOAD_DEFAULT_AMIS"] = "false"
    os.environ["MOTO_IAM_LOAD_MANAGED_POLICIES"] = "true"


def keep_managed_policies(names: Iterable[str]) -> None:
    """Cut moto's copy of the AWS-managed policies down: all 1,300 make the answer of iam:GetAccountAuthorizationDetails several MB long."""
    from moto.iam import models

    everything = json.loads(models.aws_managed_policies_data)
    models.aws_managed_policies_data = json.dumps({name: everything[name] for name in names if name in everything})


def serve(port: int = 0, verbose: bool = False) -> int:
    """Print the server's address as the only line, and serve until killed. Random ids come from a fixed seed."""
    from moto.moto_api._internal import mock_random
    from moto.server import ThreadedMotoServer

    if not verbose:
        logging.getLogger("werkzeug").setLevel(logging.CRITICAL)
    mock_random.seed(RANDOM_SEED)
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=port, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    print(f"http://{host}:{port}", flush=True)
    sys.stdout = sys.stderr  # moto prints there too
    stop.wait()
    server.stop()
    return 0

"""boto3 clients for a local server, one set of credentials for each account."""

from __future__ import annotations

import threading
from typing import Any

import boto3
import botocore.session
from botocore.config import Config

# One attempt: a server that is asked again after it crashed crashes again. S3 Control puts the account in front of the host,
# and 100000000001.127.0.0.1 does not resolve: `inject_host_prefix` is one half of the cure, `plain_host` the other.
CONFIG = Config(retries={"total_max_attempts": 1}, connect_timeout=5, read_timeout=60, inject_host_prefix=False)
ROLE = "OrganizationAccountAccessRole"


class Accounts:
    """Clients by account, region and service; safe to use from several threads."""

    def __init__(self, endpoint: str) -> None:
        self.endpoint = endpoint
        # One session for all accounts: its loader keeps the parsed API models.
        self._session = boto3.Session(botocore_session=botocore.session.Session())
        self.events = self._session.events
        self._clients: dict[tuple[str, str, str], Any] = {}
        self._keys: dict[str, dict[str, str]] = {}
        self._lock = threading.Lock()

    def client(self, account: str, region: str, service: str) -> Any:
        """A cached client of one account in one region."""
        key = (account, region, service)
        with self._lock:
            if key not in self._clients:
                self._clients[key] = self._connect(service, region, self._credentials(account))
            return self._clients[key]

    def offers(self, service: str, region: str) -> bool:
        """Whether botocore's endpoint table has the service in the region; False for services that the table does not know."""
        with self._lock:
            return region in self._session.get_available_regions(service)

    def _connect(self, service: str, region: str, keys: dict[str, str]) -> Any:
        client = self._session.client(service, region_name=region, endpoint_url=self.endpoint, config=CONFIG, **keys)
        if service == "s3control":
            client.meta.events.register("before-call.s3-control", self._plain_host)
        return client

    def _plain_host(self, params: dict[str, Any], **_: Any) -> None:
        """Take the account id off the host again: it travels in a header too."""
        scheme, host = self.endpoint.split("://", 1)
        account = params["headers"].get("x-amz-account-id", "")
        params["url"] = params["url"].replace(f"{scheme}://{account}.{host}", self.endpoint)

    def _credentials(self, account: str) -> dict[str, str]:
        if account not in self._keys:
            sts = self._connect("sts", "us-east-1", {"aws_access_key_id": "testing", "aws_secret_access_key": "testing"})
            keys = sts.assume_role(RoleArn=f"arn:aws:iam::{account}:role/{ROLE}", RoleSessionName="estate")["Credentials"]
            self._keys[account] = {
                "aws_access_key_id": keys["AccessKeyId"],
                "aws_secret_access_key": keys["SecretAccessKey"],
                "aws_session_token": keys["SessionToken"],
            }
        return self._keys[account]

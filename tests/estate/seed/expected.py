"""What moto is known to refuse: (`service.operation`, part of the message)."""

from __future__ import annotations

EXPECTED: list[tuple[str, str]] = [
    # Not implemented: the server answers 500 with an HTML page.
    ("ec2.create_placement_group", "500 Internal Server Error"),
    ("cognito-identity.set_identity_pool_roles", "500 Internal Server Error"),
]

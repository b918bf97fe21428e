"""Keys and secrets first, because others use them; then queues, topics, event buses and parameters."""

from __future__ import annotations

from .base import Place, allow, policy, tags
from .names import COMPANY, DEV, MANAGEMENT, NON_ASCII, PARTNER, PROD


def seed(place: Place) -> None:
    """Everywhere; the management account has only a key."""
    place.run(keys)
    if place.account != MANAGEMENT:
        place.run(secrets, queues, topics, buses, parameters)
    if place.account == PROD and place.primary:
        place.run(many)


def keys(place: Place) -> None:
    """A key for data, one shared with the supplier, one open to everybody, one about to be deleted."""
    root = allow("kms:*", Principal={"AWS": f"arn:aws:iam::{place.account}:root"}, Sid="Enable IAM policies")
    documents = {
        "data": policy(
            root,
            allow(
                ["kms:Decrypt", "kms:GenerateDataKey"],
                Principal={"AWS": "*"},
                Condition={"StringEquals": {"kms:CallerAccount": place.account, "kms:ViaService": f"s3.{place.region}.amazonaws.com"}},
            ),
        ),
        "partner": policy(root, allow("kms:Decrypt", Principal={"AWS": f"arn:aws:iam::{PARTNER}:root"})),
        "open": policy(root, allow("kms:*", Principal="*")),
    }
    for name, document in documents.items():
        if place.account == MANAGEMENT and name != "data":
            continue
        key = place.get(
            "KeyMetadata.KeyId",
            "kms",
            "create_key",
            Policy=document,
            Description=f"{name}: {NON_ASCII}",
            Tags=[{"TagKey": "use", "TagValue": name}],
        )
        place.ids[f"key-{name}"] = key
        place.call("kms", "create_alias", AliasName=f"alias/{name}", TargetKeyId=key)
    place.call("kms", "enable_key_rotation", KeyId=place.ids["key-data"])
    if place.account != MANAGEMENT:
        place.call(
            "kms",
            "create_grant",
            KeyId=place.ids["key-partner"],
            GranteePrincipal=f"arn:aws:iam::{PARTNER}:role/reader",
            Operations=["Decrypt"],
            Name="reader",
        )
        gone = place.get("KeyMetadata.KeyId", "kms", "create_key", Description="rotated out")
        place.call("kms", "schedule_key_deletion", KeyId=gone, PendingWindowInDays=7)
        place.call("kms", "create_key", KeySpec="RSA_2048", KeyUsage="SIGN_VERIFY", Description="signs releases")


def secrets(place: Place) -> None:
    """Secrets without a policy, for the supplier, and for everybody."""
    documents = {"shop/database": None, "shop/partner api": {"AWS": f"arn:aws:iam::{PARTNER}:root"}, "shop/everyone": "*"}
    for name, principal in documents.items():
        name = name.replace(" ", "-")
        place.call(
            "secretsmanager",
            "create_secret",
            Name=name,
            SecretString='{"user":"shop","password":"Fixed-Passw0rd"}',
            Description=NON_ASCII,
            Tags=tags(team="shop"),
        )
        if principal:
            place.call(
                "secretsmanager",
                "put_resource_policy",
                SecretId=name,
                ResourcePolicy=policy(allow("secretsmanager:GetSecretValue", Principal=principal)),
            )


def queues(place: Place) -> None:
    """Queues: private, FIFO, open to a service, open to all."""
    for name, principal, condition in (
        ("orders", {"Service": "sns.amazonaws.com"}, {"ArnEquals": {"aws:SourceArn": place.arn("sns", "orders")}}),
        ("orders-dead", None, {}),
        ("inbox", "*", {}),
        ("partner", {"AWS": PARTNER}, {}),
        ("billing.fifo", None, {}),
    ):
        attributes = {"VisibilityTimeout": "45"}
        if name.endswith(".fifo"):
            attributes |= {"FifoQueue": "true", "ContentBasedDeduplication": "true"}
        if name == "orders-dead":
            attributes |= {"KmsMasterKeyId": "alias/data"}
        if principal:
            attributes["Policy"] = policy(
                {
                    "Effect": "Allow",
                    "Principal": principal,
                    "Action": "sqs:SendMessage",
                    "Resource": place.arn("sqs", name),
                    **({"Condition": condition} if condition else {}),
                }
            )
        place.call("sqs", "create_queue", QueueName=name, Attributes=attributes, tags={"team": "shop", "note": NON_ASCII})


def topics(place: Place) -> None:
    """Topics with subscriptions; one that everybody may publish to."""
    for name in ("orders", "alarms", "public-news"):
        topic = place.get(
            "TopicArn", "sns", "create_topic", Name=name, Attributes={"DisplayName": f"Kestrel {name}"}, Tags=tags(team="shop")
        )
        place.ids[f"topic-{name}"] = topic
        if name == "public-news":
            place.call(
                "sns",
                "set_topic_attributes",
                TopicArn=topic,
                AttributeName="Policy",
                AttributeValue=policy(allow(["SNS:Subscribe", "SNS:Publish"], topic, Principal={"AWS": "*"})),
            )
    place.call("sns", "subscribe", TopicArn=place.ids["topic-orders"], Protocol="sqs", Endpoint=place.arn("sqs", "orders"))
    place.call("sns", "subscribe", TopicArn=place.ids["topic-alarms"], Protocol="email", Endpoint="ops+alarms@kestrel-retail.example")


def buses(place: Place) -> None:
    """Event buses and rules."""
    place.call("events", "create_event_bus", Name="shop")
    other = DEV if place.account == PROD else PROD
    place.call("events", "put_permission", EventBusName="shop", Action="events:PutEvents", Principal=other, StatementId="neighbour")
    place.call("events", "put_permission", EventBusName="default", Action="events:PutEvents", Principal="*", StatementId="open")
    place.call("events", "put_rule", Name="nightly", ScheduleExpression="rate(1 day)", State="ENABLED", Description="night jobs <at> 3")
    place.call("events", "put_rule", Name="root-login", EventPattern='{"detail-type":["AWS Console Sign In via CloudTrail"]}')
    place.call("events", "put_targets", Rule="nightly", Targets=[{"Id": "1", "Arn": place.ids["topic-alarms"]}])


def parameters(place: Place) -> None:
    """SSM parameters, a document and a patch baseline."""
    place.call("ssm", "put_parameter", Name="/shop/database/url", Value="postgres://shop@db", Type="String", Description=NON_ASCII)
    place.call("ssm", "put_parameter", Name="/shop/database/password", Value="Fixed-Passw0rd", Type="SecureString")
    place.call("ssm", "put_parameter", Name="/shop/hosts", Value="a,b,c", Type="StringList")
    content = '{"schemaVersion":"2.2","description":"restart","mainSteps":[{"action":"aws:runShellScript","name":"r","inputs":{"runCommand":["systemctl restart httpd"]}}]}'
    place.call("ssm", "create_document", Name="restart-web", DocumentType="Command", Content=content)
    place.call(
        "ssm",
        "modify_document_permission",
        Name="restart-web",
        PermissionType="Share",
        AccountIdsToAdd=["all" if place.account == DEV else PARTNER],
    )


def many(place: Place) -> None:
    """More than one page: 30 queues, 104 topics, 55 parameters, 103 secrets."""
    for number in range(place.bulk(30)):
        place.call("sqs", "create_queue", QueueName=f"{COMPANY}-worker-{number:02}")
    for number in range(place.bulk(104)):
        place.call("sns", "create_topic", Name=f"device-{number:03}")
    for number in range(place.bulk(55)):
        place.call("ssm", "put_parameter", Name=f"/devices/{number:03}", Value="on", Type="String")
    for number in range(place.bulk(103)):
        place.call("secretsmanager", "create_secret", Name=f"device/{number:03}", SecretString="fixed")

"""CloudTrail, Config, GuardDuty, Security Hub, logs, alarms."""

from __future__ import annotations

from .base import Place, allow, policy, tags
from .names import DEV, MANAGEMENT, NON_ASCII, PLAIN_LOG_GROUP, PROD, SECURITY


def seed(place: Place) -> None:
    """Detection is everywhere but in development, as usual."""
    place.run(log_groups, alarms)
    if place.account != DEV:
        place.run(recorder, detector)
    if place.primary and place.account != DEV:
        place.run(trail)
    if place.account in (SECURITY, PROD) and place.primary:
        place.run(hub, analyzers)


def trail(place: Place) -> None:
    """The organization's trail in the management account, own ones elsewhere."""
    place.call(
        "cloudtrail",
        "create_trail",
        Name="organization" if place.account == MANAGEMENT else "main",
        S3BucketName=place.ids["bucket-logs"],
        IsMultiRegionTrail=True,
        EnableLogFileValidation=place.account != PROD,
        IncludeGlobalServiceEvents=True,
        IsOrganizationTrail=place.account == MANAGEMENT,
    )
    name = "organization" if place.account == MANAGEMENT else "main"
    place.call("cloudtrail", "start_logging", Name=name)
    place.call(
        "cloudtrail",
        "put_event_selectors",
        TrailName=name,
        EventSelectors=[
            {
                "ReadWriteType": "All",
                "IncludeManagementEvents": True,
                "DataResources": [{"Type": "AWS::S3::Object", "Values": ["arn:aws:s3"]}],
            }
        ],
    )
    if place.account == PROD:
        place.call("cloudtrail", "create_trail", Name="stopped", S3BucketName=place.ids["bucket-logs"], IsMultiRegionTrail=False)


def recorder(place: Place) -> None:
    """Config: recorder, channel and rules."""
    place.call(
        "config",
        "put_configuration_recorder",
        ConfigurationRecorder={
            "name": "default",
            "roleARN": place.role("config-recorder"),
            "recordingGroup": {"allSupported": True, "includeGlobalResourceTypes": place.primary},
        },
    )
    place.call("config", "put_delivery_channel", DeliveryChannel={"name": "default", "s3BucketName": place.ids["bucket-logs"]})
    place.call("config", "start_configuration_recorder", ConfigurationRecorderName="default")
    for name, source in (
        ("encrypted-volumes", "ENCRYPTED_VOLUMES"),
        ("s3-bucket-public-read-prohibited", "S3_BUCKET_PUBLIC_READ_PROHIBITED"),
    ):
        place.call("config", "put_config_rule", ConfigRule={"ConfigRuleName": name, "Source": {"Owner": "AWS", "SourceIdentifier": source}})


def detector(place: Place) -> None:
    """GuardDuty; off in production's third region."""
    place.call(
        "guardduty",
        "create_detector",
        Enable=place.region != "ap-southeast-2",
        FindingPublishingFrequency="ONE_HOUR",
        Tags={"team": "security"},
    )


def hub(place: Place) -> None:
    """Security Hub."""
    place.call("securityhub", "enable_security_hub", EnableDefaultStandards=True)


def analyzers(place: Place) -> None:
    """Macie and Inspector."""
    place.call("macie2", "enable_macie", findingPublishingFrequency="ONE_HOUR", status="ENABLED")
    place.call("inspector2", "enable", accountIds=[place.account], resourceTypes=["EC2"])


def log_groups(place: Place) -> None:
    """Log groups; production has more than the 50 of one page. A resource policy and a destination open to others."""
    for name in (PLAIN_LOG_GROUP, "/aws/lambda/orders", "plain"):
        place.call("logs", "create_log_group", logGroupName=name, tags={"note": NON_ASCII})
    place.call("logs", "put_retention_policy", logGroupName="plain", retentionInDays=30)
    place.call(
        "logs",
        "put_resource_policy",
        policyName="route53",
        policyDocument=policy(
            allow("logs:PutLogEvents", place.arn("logs", "log-group:/aws/route53/*"), Principal={"Service": "route53.amazonaws.com"})
        ),
    )
    if place.account == SECURITY:
        place.call(
            "logs",
            "put_destination",
            destinationName="central",
            targetArn=place.arn("kinesis", "stream/central"),
            roleArn=place.role("firehose-out"),
        )
        place.call(
            "logs",
            "put_destination_policy",
            destinationName="central",
            accessPolicy=policy(allow("logs:PutSubscriptionFilter", place.arn("logs", "destination:central"), Principal={"AWS": "*"})),
        )
    if place.account == PROD and place.primary:
        for number in range(place.bulk(55)):
            place.call("logs", "create_log_group", logGroupName=f"/aws/lambda/device-{number:02}")


def alarms(place: Place) -> None:
    """A few alarms; production has more than 100."""
    number = place.bulk(102) if place.account == PROD and place.primary else 1
    for index in range(number):
        place.call(
            "cloudwatch",
            "put_metric_alarm",
            AlarmName=f"cpu-{index:03} > 90 %",
            Namespace="AWS/EC2",
            MetricName="CPUUtilization",
            Statistic="Average",
            Period=300,
            EvaluationPeriods=1,
            Threshold=90.5,
            ComparisonOperator="GreaterThanThreshold",
            AlarmActions=[place.ids.get("topic-alarms", place.arn("sns", "alarms"))],
            Tags=tags(team="ops"),
        )

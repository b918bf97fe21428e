"""Data on the move: Kinesis, Firehose, Glue, Athena, EMR, SageMaker, MSK, MQ, transfer."""

from __future__ import annotations

from .base import Place, allow, policy, tags
from .names import DEV, MANAGEMENT, PARTNER, PROD, SECURITY


def seed(place: Place) -> None:
    """The workload accounts process data."""
    if place.account in (MANAGEMENT, SECURITY):
        return
    place.run(kinesis, glue)
    if place.primary:
        place.run(athena, emr, notebooks, brokers, transfer, replication)


def kinesis(place: Place) -> None:
    """A stream with a consumer and a delivery stream to S3."""
    place.call("kinesis", "create_stream", StreamName="clicks", ShardCount=2)
    place.call("kinesis", "register_stream_consumer", StreamARN=place.arn("kinesis", "stream/clicks"), ConsumerName="reports")
    place.call(
        "kinesis",
        "put_resource_policy",
        ResourceARN=place.arn("kinesis", "stream/clicks"),
        Policy=policy(allow("kinesis:DescribeStreamSummary", place.arn("kinesis", "stream/clicks"), Principal={"AWS": PARTNER})),
    )
    place.call(
        "firehose",
        "create_delivery_stream",
        DeliveryStreamName="clicks-to-s3",
        ExtendedS3DestinationConfiguration={
            "RoleARN": place.role("firehose-out"),
            "BucketARN": f"arn:aws:s3:::{place.ids['bucket-logs']}",
            "Prefix": "clicks/!{timestamp:yyyy}/",
        },
    )


def glue(place: Place) -> None:
    """Jobs with a secret argument, triggers, a crawler, a catalogue with a policy."""
    place.call(
        "glue",
        "create_job",
        Name="nightly etl",
        Role="glue-etl",
        Command={"Name": "glueetl", "ScriptLocation": f"s3://{place.ids['bucket-orders']}/etl.py"},
        DefaultArguments={"--password": "Fixed-Passw0rd"},
    )
    place.call(
        "glue", "create_trigger", Name="nightly", Type="SCHEDULED", Schedule="cron(0 2 * * ? *)", Actions=[{"JobName": "nightly etl"}]
    )
    place.call("glue", "create_database", DatabaseInput={"Name": "sales", "Description": "sales"})
    place.call(
        "glue",
        "create_crawler",
        Name="orders",
        Role="glue-etl",
        DatabaseName="sales",
        Targets={"S3Targets": [{"Path": f"s3://{place.ids['bucket-orders']}/"}]},
    )
    place.call(
        "glue",
        "create_connection",
        ConnectionInput={
            "Name": "crm",
            "ConnectionType": "JDBC",
            "ConnectionProperties": {"USERNAME": "shop", "PASSWORD": "Fixed-Passw0rd"},
        },
    )
    if place.account == DEV:
        place.call("glue", "create_dev_endpoint", EndpointName="notebook", RoleArn=place.role("glue-etl"), PublicKey="ssh-rsa AAAA fixed")
        place.call("glue", "put_resource_policy", PolicyInJson=policy(allow("glue:*", place.arn("glue", "*"), Principal={"AWS": PARTNER})))


def athena(place: Place) -> None:
    """A work group without encryption."""
    place.call(
        "athena",
        "create_work_group",
        Name="analysts",
        Configuration={"ResultConfiguration": {"OutputLocation": f"s3://{place.ids['bucket-logs']}/athena/"}},
    )
    place.call("athena", "create_named_query", Name="orders per day", Database="sales", QueryString="select count(*) from orders -- <x>")


def emr(place: Place) -> None:
    """A cluster with a public master."""
    place.call(
        "emr",
        "run_job_flow",
        Name="reports",
        ReleaseLabel="emr-6.15.0",
        JobFlowRole="app-batch",
        ServiceRole="app-batch",
        LogUri=f"s3://{place.ids['bucket-logs']}/emr/",
        Instances={
            "MasterInstanceType": "m5.xlarge",
            "SlaveInstanceType": "m5.xlarge",
            "InstanceCount": 2,
            "KeepJobFlowAliveWhenNoSteps": True,
            "Ec2SubnetId": place.ids["public-a"],
        },
    )


def notebooks(place: Place) -> None:
    """SageMaker notebooks and models."""
    place.call(
        "sagemaker",
        "create_notebook_instance",
        NotebookInstanceName="explore",
        InstanceType="ml.t3.medium",
        RoleArn=place.role("sage-notebook"),
        SubnetId=place.ids["public-a"],
        SecurityGroupIds=[place.ids["sg-app"]],
        DirectInternetAccess="Enabled",
        RootAccess="Enabled",
    )
    place.call(
        "sagemaker",
        "create_model",
        ModelName="churn",
        ExecutionRoleArn=place.role("sage-notebook"),
        PrimaryContainer={"Image": "100000000002.dkr.ecr.us-east-1.amazonaws.com/churn:1", "Environment": {"TOKEN": "fixed-secret"}},
    )


def brokers(place: Place) -> None:
    """Message brokers."""
    place.call(
        "mq",
        "create_broker",
        BrokerName="legacy",
        EngineType="ACTIVEMQ",
        EngineVersion="5.17.6",
        HostInstanceType="mq.t3.micro",
        DeploymentMode="SINGLE_INSTANCE",
        PubliclyAccessible=True,
        AutoMinorVersionUpgrade=True,
        Users=[{"Username": "shop", "Password": "Fixed-Passw0rd1"}],
    )
    place.call(
        "kafka",
        "create_cluster",
        ClusterName="events",
        KafkaVersion="3.5.1",
        NumberOfBrokerNodes=2,
        BrokerNodeGroupInfo={
            "InstanceType": "kafka.t3.small",
            "ClientSubnets": [place.ids["private-a"], place.ids["private-b"]],
            "SecurityGroups": [place.ids["sg-app"]],
            "ConnectivityInfo": {"PublicAccess": {"Type": "SERVICE_PROVIDED_EIPS"}},
        },
    )


def transfer(place: Place) -> None:
    """A public SFTP server."""
    place.call(
        "transfer",
        "create_server",
        EndpointType="PUBLIC",
        Protocols=["SFTP"],
        IdentityProviderType="SERVICE_MANAGED",
        Tags=tags(Name="sftp"),
    )


def replication(place: Place) -> None:
    """A migration left running."""
    if place.account == PROD:
        place.call(
            "dms",
            "create_replication_subnet_group",
            ReplicationSubnetGroupIdentifier="dms",
            ReplicationSubnetGroupDescription="dms",
            SubnetIds=[place.ids["public-a"], place.ids["public-b"]],
        )
        place.call(
            "dms",
            "create_replication_instance",
            ReplicationInstanceIdentifier="from-oracle",
            ReplicationInstanceClass="dms.t3.medium",
            PubliclyAccessible=True,
            ReplicationSubnetGroupIdentifier="dms",
        )

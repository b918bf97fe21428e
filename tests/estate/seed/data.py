"""Databases, caches, search, file systems and the warehouse."""

from __future__ import annotations

from .base import Place, allow, policy, tags
from .names import DEV, MANAGEMENT, PARTNER, PROD, SECURITY

PASSWORD = "Fixed-Passw0rd1"


def seed(place: Place) -> None:
    """The workload accounts have databases."""
    if place.account in (MANAGEMENT, SECURITY):
        return
    place.run(relational, snapshots, cluster, tables, search, files, caches)
    if place.primary:
        place.run(warehouse)


def relational(place: Place) -> None:
    """A private encrypted database, and a public one that is neither patched nor encrypted."""
    place.call(
        "rds",
        "create_db_subnet_group",
        DBSubnetGroupName="data",
        DBSubnetGroupDescription="data tier",
        SubnetIds=[place.ids["data-a"], place.ids["data-b"]],
    )
    place.call(
        "rds",
        "create_db_subnet_group",
        DBSubnetGroupName="public",
        DBSubnetGroupDescription="public tier",
        SubnetIds=[place.ids["public-a"], place.ids["public-b"]],
    )
    common = {"AllocatedStorage": 20, "MasterUsername": "shop", "MasterUserPassword": PASSWORD, "DBInstanceClass": "db.t3.medium"}
    place.call(
        "rds",
        "create_db_instance",
        DBInstanceIdentifier="orders",
        Engine="postgres",
        EngineVersion="15.5",
        PubliclyAccessible=False,
        StorageEncrypted=True,
        MultiAZ=True,
        KmsKeyId=place.ids["key-data"],
        BackupRetentionPeriod=14,
        DBSubnetGroupName="data",
        VpcSecurityGroupIds=[place.ids["sg-database"]],
        DeletionProtection=True,
        Tags=tags(team="shop"),
        **common,
    )
    place.call(
        "rds",
        "create_db_instance",
        DBInstanceIdentifier="legacy-crm",
        Engine="mysql",
        EngineVersion="5.7.38",
        PubliclyAccessible=True,
        StorageEncrypted=False,
        BackupRetentionPeriod=0,
        DBSubnetGroupName="public",
        VpcSecurityGroupIds=[place.ids["sg-everything"]],
        AutoMinorVersionUpgrade=False,
        **common,
    )
    if place.account == PROD and place.primary:
        for number in range(place.bulk(8)):
            place.call(
                "rds",
                "create_db_instance",
                DBInstanceIdentifier=f"branch-{number:03}",
                Engine="postgres",
                DBSubnetGroupName="data",
                VpcSecurityGroupIds=[place.ids["sg-database"]],
                **common,
            )


def snapshots(place: Place) -> None:
    """Private, shared and public snapshots."""
    for name in ("orders-before-upgrade", "orders-for-partner", "orders-public"):
        place.call("rds", "create_db_snapshot", DBSnapshotIdentifier=name, DBInstanceIdentifier="orders", Tags=tags(reason=name))
    place.call(
        "rds", "modify_db_snapshot_attribute", DBSnapshotIdentifier="orders-for-partner", AttributeName="restore", ValuesToAdd=[PARTNER]
    )
    if place.account == DEV:
        place.call(
            "rds", "modify_db_snapshot_attribute", DBSnapshotIdentifier="orders-public", AttributeName="restore", ValuesToAdd=["all"]
        )


def cluster(place: Place) -> None:
    """An Aurora cluster with a snapshot."""
    place.call(
        "rds",
        "create_db_cluster",
        DBClusterIdentifier="catalogue",
        Engine="aurora-postgresql",
        MasterUsername="shop",
        MasterUserPassword=PASSWORD,
        DBSubnetGroupName="data",
        VpcSecurityGroupIds=[place.ids["sg-database"]],
        StorageEncrypted=True,
    )
    place.call(
        "rds",
        "create_db_instance",
        DBInstanceIdentifier="catalogue-1",
        DBClusterIdentifier="catalogue",
        Engine="aurora-postgresql",
        DBInstanceClass="db.r6g.large",
    )
    place.call("rds", "create_db_cluster_snapshot", DBClusterSnapshotIdentifier="catalogue-monthly", DBClusterIdentifier="catalogue")


def tables(place: Place) -> None:
    """DynamoDB tables; production has more than one page."""
    number = place.bulk(104) if place.account == PROD and place.primary else 2
    for index in range(number):
        place.call(
            "dynamodb",
            "create_table",
            TableName="carts" if index == 0 else f"sessions.{index:03}",
            BillingMode="PAY_PER_REQUEST",
            AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
            KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        )
    place.call(
        "dynamodb",
        "put_resource_policy",
        ResourceArn=place.arn("dynamodb", "table/carts"),
        Policy=policy(allow("dynamodb:GetItem", place.arn("dynamodb", "table/carts"), Principal={"AWS": f"arn:aws:iam::{PARTNER}:root"})),
    )


def search(place: Place) -> None:
    """An open search domain and one in the VPC."""
    open_policy = policy(allow("es:*", place.arn("es", "domain/catalogue/*"), Principal={"AWS": "*"}))
    place.call("es", "create_elasticsearch_domain", DomainName="catalogue", ElasticsearchVersion="7.10", AccessPolicies=open_policy)
    place.call(
        "opensearch",
        "create_domain",
        DomainName="logs",
        EngineVersion="OpenSearch_2.11",
        EncryptionAtRestOptions={"Enabled": True},
        NodeToNodeEncryptionOptions={"Enabled": True},
        VPCOptions={"SubnetIds": [place.ids["private-a"]], "SecurityGroupIds": [place.ids["sg-app"]]},
        AccessPolicies=open_policy.replace("catalogue", "logs"),
    )


def files(place: Place) -> None:
    """A file system with a mount target in a public subnet, and a policy."""
    system = place.get("FileSystemId", "efs", "create_file_system", CreationToken="uploads", Encrypted=True, Tags=tags(Name="uploads"))
    place.call(
        "efs", "create_mount_target", FileSystemId=system, SubnetId=place.ids["public-a"], SecurityGroups=[place.ids["sg-everything"]]
    )
    place.call("efs", "create_access_point", ClientToken="web", FileSystemId=system, PosixUser={"Uid": 1000, "Gid": 1000})
    place.call(
        "efs", "put_file_system_policy", FileSystemId=system, Policy=policy(allow("elasticfilesystem:ClientMount", Principal={"AWS": "*"}))
    )
    place.call("efs", "create_file_system", CreationToken="plain", Encrypted=False)


def caches(place: Place) -> None:
    """Redis and memcached."""
    place.call(
        "elasticache",
        "create_cache_cluster",
        CacheClusterId="sessions",
        Engine="redis",
        CacheNodeType="cache.t3.micro",
        NumCacheNodes=1,
        SecurityGroupIds=[place.ids["sg-app"]],
    )
    place.call(
        "elasticache", "create_cache_cluster", CacheClusterId="pages", Engine="memcached", CacheNodeType="cache.t3.micro", NumCacheNodes=2
    )
    place.call(
        "elasticache",
        "create_replication_group",
        ReplicationGroupId="carts",
        ReplicationGroupDescription="carts",
        Engine="redis",
        CacheNodeType="cache.t3.micro",
    )


def warehouse(place: Place) -> None:
    """Redshift, with a subnet group and a snapshot."""
    place.call(
        "redshift", "create_cluster_subnet_group", ClusterSubnetGroupName="data", Description="data tier", SubnetIds=[place.ids["data-a"]]
    )
    place.call(
        "redshift",
        "create_cluster",
        ClusterIdentifier="warehouse",
        NodeType="ra3.xlplus",
        MasterUsername="shop",
        MasterUserPassword=PASSWORD,
        DBName="sales",
        ClusterType="multi-node",
        NumberOfNodes=2,
        ClusterSubnetGroupName="data",
        VpcSecurityGroupIds=[place.ids["sg-database"]],
        PubliclyAccessible=place.account == DEV,
        Encrypted=place.account == PROD,
    )
    place.call("redshift", "create_cluster_snapshot", SnapshotIdentifier="warehouse-1", ClusterIdentifier="warehouse")

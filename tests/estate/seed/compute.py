"""EC2 instances and what hangs on them: volumes, snapshots, images, addresses; auto scaling and launch templates."""

from __future__ import annotations

import base64
from typing import Any

from .base import Place, tags
from .names import DEV, MANAGEMENT, NON_ASCII, PARTNER, PROD

IMAGE = "ami-0c02fb55956c7d316"
USER_DATA = "#!/bin/bash\nexport DB_PASSWORD='hunter2-fixed'\nexport AWS_SECRET_ACCESS_KEY=wJalrXUtnFEMIK7MDENGbPxRfiCYEXAMPLEKEY\nyum install -y httpd\n"


def seed(place: Place) -> None:
    """Servers everywhere but in the management account."""
    if place.account == MANAGEMENT:
        return
    place.run(instances, interfaces, volumes, snapshots, images, scaling)
    if place.account == PROD and place.primary:
        place.run(fleet)


def launch(place: Place, name: str, subnet: str, groups: list[str], count: int = 1, **more: Any) -> list[str]:
    """Start instances; their ids."""
    answer = place.call(
        "ec2",
        "run_instances",
        ImageId=place.ids.get("image", IMAGE),
        MinCount=count,
        MaxCount=count,
        InstanceType=more.pop("InstanceType", "t3.medium"),
        SubnetId=place.ids[subnet],
        SecurityGroupIds=[place.ids[f"sg-{group}"] for group in groups],
        TagSpecifications=[{"ResourceType": "instance", "Tags": tags(Name=name, Owner=NON_ASCII)}],
        **more,
    )
    found = [instance["InstanceId"] for instance in answer.get("Instances", [])]
    if found:
        place.ids[f"instance-{name}"] = found[0]
    return found


def instances(place: Place) -> None:
    """Web, app and database servers; a bastion that everybody may reach; one stopped."""
    place.ids["image"] = (
        place.get(
            "ImageId",
            "ec2",
            "register_image",
            Name="kestrel-base-2024.02",
            Description="hardened base",
            RootDeviceName="/dev/xvda",
            Architecture="x86_64",
            VirtualizationType="hvm",
            BlockDeviceMappings=[{"DeviceName": "/dev/xvda", "Ebs": {"VolumeSize": 8, "VolumeType": "gp3"}}],
        )
        or IMAGE
    )
    profile = {"IamInstanceProfile": {"Name": "app-web"}}
    launch(place, "web-1", "public-a", ["web", "ssh-office"], UserData=USER_DATA, KeyName=f"{place.name}-ops", **profile)
    launch(
        place,
        "web-2",
        "public-b",
        ["web"],
        MetadataOptions={"HttpTokens": "required", "HttpEndpoint": "enabled", "HttpPutResponseHopLimit": 1},
        **profile,
    )
    launch(place, "bastion", "public-a", ["ssh-open", "halves"], InstanceType="t3.micro", Ipv6AddressCount=1)
    launch(place, "app-1", "private-a", ["app"], IamInstanceProfile={"Arn": place.arn("iam", "instance-profile/app-batch", regional=False)})
    launch(place, "app-2", "private-b", ["app", "cluster"], DisableApiTermination=True, EbsOptimized=True)
    launch(place, "db-1", "data-a", ["database"], InstanceType="r6i.large")
    launch(place, "", "public-a", ["six-only", "everything"], Monitoring={"Enabled": True})
    stopped = launch(place, "<b>old</b> & 'quoted' \"name\"", "private-a", ["unused"])
    place.call("ec2", "stop_instances", InstanceIds=stopped)
    gone = launch(place, "gone", "private-a", ["app"])
    place.call("ec2", "terminate_instances", InstanceIds=gone)


def interfaces(place: Place) -> None:
    """A free interface, a second interface with an address, and an address on an instance."""
    free = place.get(
        "NetworkInterface.NetworkInterfaceId",
        "ec2",
        "create_network_interface",
        SubnetId=place.ids["private-a"],
        Groups=[place.ids["sg-app"]],
        Description="spare interface",
    )
    second = place.get(
        "NetworkInterface.NetworkInterfaceId",
        "ec2",
        "create_network_interface",
        SubnetId=place.ids["public-a"],
        Groups=[place.ids["sg-web"]],
        SecondaryPrivateIpAddressCount=2,
        Description="second interface of the web server",
    )
    place.call("ec2", "attach_network_interface", NetworkInterfaceId=second, InstanceId=place.ids["instance-web-1"], DeviceIndex=1)
    place.ids["interface-free"] = free
    for name in ("web-1", "bastion"):
        address = place.get(
            "AllocationId",
            "ec2",
            "allocate_address",
            Domain="vpc",
            TagSpecifications=[{"ResourceType": "elastic-ip", "Tags": tags(Name=name)}],
        )
        place.call("ec2", "associate_address", AllocationId=address, InstanceId=place.ids[f"instance-{name}"])


def volumes(place: Place) -> None:
    """Encrypted, not encrypted and unattached volumes."""
    zone = f"{place.region}a"
    data = place.get(
        "VolumeId",
        "ec2",
        "create_volume",
        AvailabilityZone=zone,
        Size=100,
        VolumeType="gp3",
        Encrypted=True,
        KmsKeyId=place.ids.get("key-data", "alias/aws/ebs"),
    )
    place.call("ec2", "attach_volume", VolumeId=data, InstanceId=place.ids["instance-db-1"], Device="/dev/sdf")
    place.ids["volume"] = place.get(
        "VolumeId",
        "ec2",
        "create_volume",
        AvailabilityZone=zone,
        Size=20,
        VolumeType="io1",
        Iops=1000,
        TagSpecifications=[{"ResourceType": "volume", "Tags": tags(Name="left over")}],
    )


def snapshots(place: Place) -> None:
    """Private, shared with the supplier, and public."""
    made = [
        place.get("SnapshotId", "ec2", "create_snapshot", VolumeId=place.ids["volume"], Description=f"backup {number} — {NON_ASCII[:20]}")
        for number in range(3)
    ]
    if place.account in (PROD, DEV):
        place.call(
            "ec2",
            "modify_snapshot_attribute",
            SnapshotId=made[0],
            Attribute="createVolumePermission",
            OperationType="add",
            UserIds=[PARTNER],
        )
    if place.account == DEV:
        place.call(
            "ec2",
            "modify_snapshot_attribute",
            SnapshotId=made[1],
            Attribute="createVolumePermission",
            OperationType="add",
            GroupNames=["all"],
        )


def images(place: Place) -> None:
    """One private image and one that everybody may start."""
    made = place.get(
        "ImageId",
        "ec2",
        "create_image",
        InstanceId=place.ids["instance-web-1"],
        Name="web-golden",
        Description="web server, ready to start",
    )
    if place.account == DEV:
        place.call("ec2", "modify_image_attribute", ImageId=made, Attribute="launchPermission", OperationType="add", UserGroups=["all"])
    if place.account == PROD:
        place.call("ec2", "modify_image_attribute", ImageId=made, Attribute="launchPermission", OperationType="add", UserIds=[DEV])


def scaling(place: Place) -> None:
    """A launch template with secrets in its user data, a launch configuration, a group with policies."""
    template = place.get(
        "LaunchTemplate.LaunchTemplateId",
        "ec2",
        "create_launch_template",
        LaunchTemplateName="web",
        VersionDescription="first",
        LaunchTemplateData={
            "ImageId": place.ids["image"],
            "InstanceType": "t3.small",
            "UserData": base64.b64encode(USER_DATA.encode()).decode(),
            "IamInstanceProfile": {"Name": "app-web"},
            "SecurityGroupIds": [place.ids["sg-web"]],
            "TagSpecifications": [{"ResourceType": "instance", "Tags": tags(Name="web-scaled")}],
        },
    )
    place.call(
        "ec2",
        "create_launch_template_version",
        LaunchTemplateId=template,
        SourceVersion="1",
        VersionDescription="second",
        LaunchTemplateData={"InstanceType": "t3.large", "ImageId": place.ids["image"]},
    )
    place.call(
        "autoscaling",
        "create_auto_scaling_group",
        AutoScalingGroupName="web",
        MinSize=1,
        MaxSize=4,
        DesiredCapacity=2,
        LaunchTemplate={"LaunchTemplateId": template, "Version": "$Latest"},
        VPCZoneIdentifier=f"{place.ids['public-a']},{place.ids['public-b']}",
        Tags=[{"Key": "Name", "Value": "web-scaled", "PropagateAtLaunch": True}],
    )
    place.call(
        "autoscaling",
        "put_scaling_policy",
        AutoScalingGroupName="web",
        PolicyName="cpu",
        PolicyType="TargetTrackingScaling",
        TargetTrackingConfiguration={
            "PredefinedMetricSpecification": {"PredefinedMetricType": "ASGAverageCPUUtilization"},
            "TargetValue": 50.5,
        },
    )
    place.call(
        "autoscaling",
        "put_scaling_policy",
        AutoScalingGroupName="web",
        PolicyName="add two",
        PolicyType="SimpleScaling",
        AdjustmentType="ChangeInCapacity",
        ScalingAdjustment=2,
        Cooldown=60,
    )
    place.call(
        "autoscaling",
        "create_launch_configuration",
        LaunchConfigurationName="old-web",
        ImageId=place.ids["image"],
        InstanceType="t2.micro",
        UserData=USER_DATA,
        SecurityGroups=[place.ids["sg-web"]],
        AssociatePublicIpAddress=True,
    )


def fleet(place: Place) -> None:
    """Many instances: answers with real length, and more than one page where pages are small."""
    launch(place, "worker", "private-b", ["app"], count=place.bulk(60), InstanceType="t3.nano")
    place.call("ec2", "create_placement_group", GroupName="workers", Strategy="spread")
    place.call(
        "ec2",
        "request_spot_instances",
        InstanceCount=1,
        LaunchSpecification={"ImageId": place.ids["image"], "InstanceType": "t3.micro", "SubnetId": place.ids["private-a"]},
    )

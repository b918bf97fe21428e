//! ec2Query.

use aws_sdk_ec2::types::{Filter, SnapshotAttributeName};
use conformance::{Case, same, typed, wait};
use serde_json::json;

#[test]
fn describe_instances() {
    let parameters = json!({
        "InstanceIds": ["i-1234567890abcdef0", "i-2"], "NextToken": "a+b/c=&d e",
        "Filters": [{"Name": "instance-state-name", "Values": ["running", "stopped"]}, {"Name": "tag:größe", "Values": ["*"]}],
    });
    let case = Case::new("ec2", "DescribeInstances", parameters, include_str!("../answers/ec2/describe-instances.xml"));
    let call =
        typed!(aws_sdk_ec2, case).describe_instances().instance_ids("i-1234567890abcdef0").instance_ids("i-2").next_token("a+b/c=&d e");
    let states = Filter::builder().name("instance-state-name").values("running").values("stopped").build();
    let tag = Filter::builder().name("tag:größe").values("*").build();
    let output = wait(call.filters(states).filters(tag).send()).unwrap();
    let ours = case.judge(&output);
    let instance = &output.reservations()[0].instances()[0];
    let interface = &instance.network_interfaces()[0];
    same!(ours,
        "/NextToken" => output.next_token(),
        "/Reservations/0/OwnerId" => output.reservations()[0].owner_id(),
        "/Reservations/0/Instances/0/InstanceType" => instance.instance_type().unwrap().as_str(),
        "/Reservations/0/Instances/0/State/Name" => instance.state().unwrap().name().unwrap().as_str(),
        "/Reservations/0/Instances/0/State/Code" => instance.state().unwrap().code(),
        "/Reservations/0/Instances/0/PublicIpAddress" => instance.public_ip_address(),
        "/Reservations/0/Instances/0/SecurityGroups/1/GroupName" => instance.security_groups()[1].group_name(),
        "/Reservations/0/Instances/0/NetworkInterfaces/0/Ipv6Addresses/0/Ipv6Address" => interface.ipv6_addresses()[0].ipv6_address(),
        "/Reservations/0/Instances/0/NetworkInterfaces/0/SourceDestCheck" => interface.source_dest_check(),
        "/Reservations/0/Instances/0/Tags/2/Value" => instance.tags()[2].value(),
        "/Reservations/0/Instances/0/Tags/3/Value" => instance.tags()[3].value(),
        "/Reservations/0/Instances/0/LaunchTime" => "2018-05-08T16:46:19+00:00",
        "/Reservations/0/Instances/0/BlockDeviceMappings/0/Ebs/AttachTime" => "2015-12-22T10:44:09.123000+00:00",
        "/Reservations/0/Instances/1/InstanceType" => output.reservations()[0].instances()[1].instance_type().unwrap().as_str(),
        "/Reservations/1" => json!({}),
    );
}

#[test]
fn describe_security_groups() {
    let case = Case::new(
        "ec2",
        "DescribeSecurityGroups",
        json!({"GroupNames": ["WebServers"], "MaxResults": 1000}),
        include_str!("../answers/ec2/describe-security-groups.xml"),
    );
    let output = wait(typed!(aws_sdk_ec2, case).describe_security_groups().group_names("WebServers").max_results(1000).send()).unwrap();
    let ours = case.judge(&output);
    let [all, ssh, ping] = output.security_groups()[0].ip_permissions() else { panic!("three rules") };
    same!(ours,
        "/SecurityGroups/0/IpPermissions/0/UserIdGroupPairs/0/VpcPeeringConnectionId" => all.user_id_group_pairs()[0].vpc_peering_connection_id(),
        "/SecurityGroups/0/IpPermissions/0/UserIdGroupPairs/1/Description" => all.user_id_group_pairs()[1].description(),
        "/SecurityGroups/0/IpPermissions/1/FromPort" => ssh.from_port(),
        "/SecurityGroups/0/IpPermissions/1/IpRanges/1/Description" => ssh.ip_ranges()[1].description(),
        "/SecurityGroups/0/IpPermissions/1/Ipv6Ranges/0/Description" => ssh.ipv6_ranges()[0].description(),
        "/SecurityGroups/0/IpPermissions/1/PrefixListIds/0/PrefixListId" => ssh.prefix_list_ids()[0].prefix_list_id(),
        "/SecurityGroups/0/IpPermissions/2/ToPort" => ping.to_port(),
        "/SecurityGroups/0/IpPermissionsEgress/0/IpProtocol" => output.security_groups()[0].ip_permissions_egress()[0].ip_protocol(),
        "/SecurityGroups/1" => json!({"GroupId": output.security_groups()[1].group_id()}),
    );
}

#[test]
fn describe_vpcs() {
    let case =
        Case::new("ec2", "DescribeVpcs", json!({"VpcIds": ["vpc-1"], "DryRun": false}), include_str!("../answers/ec2/describe-vpcs.xml"));
    let output = wait(typed!(aws_sdk_ec2, case).describe_vpcs().vpc_ids("vpc-1").dry_run(false).send()).unwrap();
    let ours = case.judge(&output);
    let vpc = &output.vpcs()[0];
    same!(ours,
        "/Vpcs/0/IsDefault" => vpc.is_default(),
        "/Vpcs/0/CidrBlockAssociationSet/1/CidrBlockState/State" => vpc.cidr_block_association_set()[1].cidr_block_state().unwrap().state().unwrap().as_str(),
        "/Vpcs/0/Ipv6CidrBlockAssociationSet/0/Ipv6CidrBlock" => vpc.ipv6_cidr_block_association_set()[0].ipv6_cidr_block(),
        "/Vpcs/0/Ipv6CidrBlockAssociationSet/0/Ipv6CidrBlockState/StatusMessage" => "",
        "/Vpcs/1/VpcId" => output.vpcs()[1].vpc_id(),
    );
}

#[test]
fn describe_route_tables() {
    let case = Case::new(
        "ec2",
        "DescribeRouteTables",
        json!({"RouteTableIds": ["rtb-13ad487a"]}),
        include_str!("../answers/ec2/describe-route-tables.xml"),
    );
    let output = wait(typed!(aws_sdk_ec2, case).describe_route_tables().route_table_ids("rtb-13ad487a").send()).unwrap();
    let ours = case.judge(&output);
    let table = &output.route_tables()[0];
    same!(ours,
        "/RouteTables/0/Routes/1/DestinationIpv6CidrBlock" => table.routes()[1].destination_ipv6_cidr_block(),
        "/RouteTables/0/Routes/2/State" => table.routes()[2].state().unwrap().as_str(),
        "/RouteTables/0/Routes/3/CoreNetworkArn" => table.routes()[3].core_network_arn(),
        "/RouteTables/0/Associations/0/Main" => table.associations()[0].main(),
        "/RouteTables/0/PropagatingVgws/0/GatewayId" => table.propagating_vgws()[0].gateway_id(),
    );
}

#[test]
fn describe_network_acls() {
    let case = Case::new("ec2", "DescribeNetworkAcls", json!({}), include_str!("../answers/ec2/describe-network-acls.xml"));
    let output = wait(typed!(aws_sdk_ec2, case).describe_network_acls().send()).unwrap();
    let ours = case.judge(&output);
    let [tcp, ping, rest] = output.network_acls()[0].entries() else { panic!("three entries") };
    same!(ours,
        "/NetworkAcls/0/IsDefault" => output.network_acls()[0].is_default(),
        "/NetworkAcls/0/Entries/0/PortRange/To" => tcp.port_range().unwrap().to(),
        "/NetworkAcls/0/Entries/1/IcmpTypeCode/Type" => ping.icmp_type_code().unwrap().r#type(),
        "/NetworkAcls/0/Entries/2/RuleAction" => rest.rule_action().unwrap().as_str(),
        "/NetworkAcls/0/Entries/2/PortRange" => json!({}),
    );
}

#[test]
fn describe_snapshot_attribute() {
    let parameters = json!({"Attribute": "createVolumePermission", "SnapshotId": "snap-1234567890abcdef0"});
    let case = Case::new("ec2", "DescribeSnapshotAttribute", parameters, include_str!("../answers/ec2/describe-snapshot-attribute.xml"));
    let call = typed!(aws_sdk_ec2, case).describe_snapshot_attribute().attribute(SnapshotAttributeName::CreateVolumePermission);
    let output = wait(call.snapshot_id("snap-1234567890abcdef0").send()).unwrap();
    let ours = case.judge(&output);
    same!(ours,
        "/CreateVolumePermissions/0/Group" => output.create_volume_permissions()[0].group().unwrap().as_str(),
        "/CreateVolumePermissions/1/UserId" => output.create_volume_permissions()[1].user_id(),
    );
}

#[test]
fn describe_images() {
    let case = Case::new(
        "ec2",
        "DescribeImages",
        json!({"Owners": ["self", "123456789012"], "ExecutableUsers": ["all"]}),
        include_str!("../answers/ec2/describe-images.xml"),
    );
    let output =
        wait(typed!(aws_sdk_ec2, case).describe_images().owners("self").owners("123456789012").executable_users("all").send()).unwrap();
    let ours = case.judge(&output);
    let image = &output.images()[0];
    same!(ours,
        "/Images/0/Public" => image.public(),
        "/Images/0/CreationDate" => image.creation_date(),
        "/Images/0/BlockDeviceMappings/0/Ebs/Encrypted" => image.block_device_mappings()[0].ebs().unwrap().encrypted(),
        "/Images/0/BlockDeviceMappings/1/NoDevice" => image.block_device_mappings()[1].no_device(),
        "/Images/0/StateReason/Message" => image.state_reason().unwrap().message(),
    );
}

#[test]
fn describe_vpc_peering_connections() {
    let case =
        Case::new("ec2", "DescribeVpcPeeringConnections", json!({}), include_str!("../answers/ec2/describe-vpc-peering-connections.xml"));
    let output = wait(typed!(aws_sdk_ec2, case).describe_vpc_peering_connections().send()).unwrap();
    let ours = case.judge(&output);
    let connection = &output.vpc_peering_connections()[0];
    same!(ours,
        "/VpcPeeringConnections/0/AccepterVpcInfo/OwnerId" => connection.accepter_vpc_info().unwrap().owner_id(),
        "/VpcPeeringConnections/0/ExpirationTime" => "2024-02-17T16:00:50.000001+00:00",
    );
}

#[test]
fn describe_vpc_endpoints() {
    let case = Case::new("ec2", "DescribeVpcEndpoints", json!({}), include_str!("../answers/ec2/describe-vpc-endpoints.xml"));
    let output = wait(typed!(aws_sdk_ec2, case).describe_vpc_endpoints().send()).unwrap();
    let ours = case.judge(&output);
    same!(ours,
        "/VpcEndpoints/0/PolicyDocument" => output.vpc_endpoints()[0].policy_document(),
        "/VpcEndpoints/0/RouteTableIds" => output.vpc_endpoints()[0].route_table_ids(),
    );
}

#[test]
fn an_error() {
    let case = Case::new("ec2", "DescribeVpcs", json!({}), include_str!("../answers/ec2/error-unauthorized.xml")).status(403);
    let error = wait(typed!(aws_sdk_ec2, case).describe_vpcs().send()).unwrap_err();
    assert_eq!(case.judge_error(&error).code, "UnauthorizedOperation");
}

//! Every operation of the collection table, and all of the three smaller services: answers made up from our models, with
//! every member in them, and what the typed clients make of them. Left out: bodies that are no structure (`GetObject`,
//! `GetBucketPolicy`, `GetBucketLocation`), and `GetObjectAttributes` and `ListParts`, whose part numbers botocore has as
//! numbers and the typed client as texts.

/// One test for each operation: its name in our models and in the typed client, and the parameters it cannot do without,
/// under both names, and the root of an answer in restXml. What follows `=>` is the typed client's form of a value that is no
/// text and no number.
macro_rules! sampled {
    (
        $sdk:ident, $service:literal,
        $($operation:ident $method:ident($($name:literal $setter:ident = $value:expr $(=> $typed:expr)?),*) $(in $root:literal)?;)+
    ) => {
        $(
            #[test]
            #[allow(deprecated, reason = "AWS still answers them")]
            fn $method() {
                for fill in [conformance::Fill::Full, conformance::Fill::Empty] {
                    let root = concat!($($root)?);
                    let parameters = serde_json::json!({$($name: $value),*});
                    let case = conformance::Case::sampled($service, stringify!($operation), parameters, root, fill);
                    let client = sampled!(@client $sdk case);
                    let output = conformance::wait(client.$method()$(.$setter(sampled!(@form $value $(=> $typed)?)))*.send()).unwrap();
                    case.judge(&output);
                }
            }
        )+
    };
    (@client aws_sdk_s3 $case:ident) => {
        aws_sdk_s3::Client::from_conf(conformance::typed!(@config aws_sdk_s3, $case).force_path_style(true).build())
    };
    (@client $sdk:ident $case:ident) => { conformance::typed!($sdk, $case) };
    (@form $value:expr) => { $value };
    (@form $value:expr => $typed:expr) => { $typed };
}

/// Bodies that are no structure; their tests are those with recorded answers.
const NOT_SAMPLED: [&str; 2] = ["get-bucket-policy", "get-bucket-location"];

#[test]
fn every_row_of_the_collection_table_is_sampled() {
    let rows = include_str!("../../data/collect_commands.yaml").lines().collect::<Vec<_>>();
    let value = |line: &str, key: &str| line.trim_start_matches("- ").trim().strip_prefix(key).map(|rest| rest.trim().to_owned());
    let mut missing = Vec::new();
    for pair in rows.windows(2) {
        let (Some(service), Some(request)) = (value(pair[0], "Service:"), value(pair[1], "Request:")) else { continue };
        let is_ours = ["ec2", "iam", "s3", "directconnect"].contains(&service.as_str());
        let method = format!(" {}(", request.replace('-', ""));
        if is_ours && !NOT_SAMPLED.contains(&request.as_str()) && !include_str!("sampled.rs").replace('_', "").contains(&method) {
            missing.push(format!("{service} {request}"));
        }
    }
    assert_eq!(missing, Vec::<String>::new());
    assert!(rows.contains(&"- Service: ec2"), "the table is in the form that is looked for");
}

mod ec2 {
    sampled! {
        aws_sdk_ec2, "ec2",
        DescribeAccountAttributes describe_account_attributes();
        DescribeAddresses describe_addresses();
        DescribeAddressesAttribute describe_addresses_attribute();
        DescribeAvailabilityZones describe_availability_zones();
        DescribeByoipCidrs describe_byoip_cidrs("MaxResults" max_results = 5);
        DescribeCarrierGateways describe_carrier_gateways();
        DescribeClientVpnAuthorizationRules describe_client_vpn_authorization_rules("ClientVpnEndpointId" client_vpn_endpoint_id = "x");
        DescribeClientVpnEndpoints describe_client_vpn_endpoints();
        DescribeClientVpnRoutes describe_client_vpn_routes("ClientVpnEndpointId" client_vpn_endpoint_id = "x");
        DescribeClientVpnTargetNetworks describe_client_vpn_target_networks("ClientVpnEndpointId" client_vpn_endpoint_id = "x");
        DescribeCoipPools describe_coip_pools();
        DescribeCustomerGateways describe_customer_gateways();
        DescribeDhcpOptions describe_dhcp_options();
        DescribeEgressOnlyInternetGateways describe_egress_only_internet_gateways();
        DescribeFleets describe_fleets();
        DescribeFlowLogs describe_flow_logs();
        DescribeFpgaImageAttribute describe_fpga_image_attribute("FpgaImageId" fpga_image_id = "x", "Attribute" attribute = "x" => "x".into());
        DescribeFpgaImages describe_fpga_images();
        DescribeHosts describe_hosts();
        DescribeIamInstanceProfileAssociations describe_iam_instance_profile_associations();
        DescribeImageAttribute describe_image_attribute("Attribute" attribute = "x" => "x".into(), "ImageId" image_id = "x");
        DescribeImages describe_images();
        DescribeInstanceConnectEndpoints describe_instance_connect_endpoints();
        DescribeInstances describe_instances();
        DescribeInternetGateways describe_internet_gateways();
        DescribeIpamPools describe_ipam_pools();
        DescribeKeyPairs describe_key_pairs();
        DescribeLaunchTemplateVersions describe_launch_template_versions();
        DescribeLaunchTemplates describe_launch_templates();
        DescribeLocalGatewayRouteTables describe_local_gateway_route_tables();
        DescribeLocalGateways describe_local_gateways();
        DescribeManagedPrefixLists describe_managed_prefix_lists();
        DescribeNatGateways describe_nat_gateways();
        DescribeNetworkAcls describe_network_acls();
        DescribeNetworkInterfacePermissions describe_network_interface_permissions();
        DescribeNetworkInterfaces describe_network_interfaces();
        DescribePrefixLists describe_prefix_lists();
        DescribePublicIpv4Pools describe_public_ipv4_pools();
        DescribeReservedInstances describe_reserved_instances();
        DescribeRouteTables describe_route_tables();
        DescribeSecurityGroupRules describe_security_group_rules();
        DescribeSecurityGroupVpcAssociations describe_security_group_vpc_associations();
        DescribeSecurityGroups describe_security_groups();
        DescribeSnapshotAttribute describe_snapshot_attribute("Attribute" attribute = "x" => "x".into(), "SnapshotId" snapshot_id = "x");
        DescribeSnapshots describe_snapshots();
        DescribeSpotFleetRequests describe_spot_fleet_requests();
        DescribeSubnets describe_subnets();
        DescribeTrafficMirrorFilters describe_traffic_mirror_filters();
        DescribeTrafficMirrorSessions describe_traffic_mirror_sessions();
        DescribeTrafficMirrorTargets describe_traffic_mirror_targets();
        DescribeTransitGatewayAttachments describe_transit_gateway_attachments();
        DescribeTransitGatewayConnects describe_transit_gateway_connects();
        DescribeTransitGatewayPeeringAttachments describe_transit_gateway_peering_attachments();
        DescribeTransitGatewayPolicyTables describe_transit_gateway_policy_tables();
        DescribeTransitGatewayRouteTables describe_transit_gateway_route_tables();
        DescribeTransitGatewayVpcAttachments describe_transit_gateway_vpc_attachments();
        DescribeTransitGateways describe_transit_gateways();
        DescribeVerifiedAccessEndpoints describe_verified_access_endpoints();
        DescribeVerifiedAccessGroups describe_verified_access_groups();
        DescribeVerifiedAccessInstances describe_verified_access_instances();
        DescribeVerifiedAccessTrustProviders describe_verified_access_trust_providers();
        DescribeVolumes describe_volumes();
        DescribeVpcBlockPublicAccessExclusions describe_vpc_block_public_access_exclusions();
        DescribeVpcBlockPublicAccessOptions describe_vpc_block_public_access_options();
        DescribeVpcEndpointConnections describe_vpc_endpoint_connections();
        DescribeVpcEndpointServiceConfigurations describe_vpc_endpoint_service_configurations();
        DescribeVpcEndpointServicePermissions describe_vpc_endpoint_service_permissions("ServiceId" service_id = "x");
        DescribeVpcEndpointServices describe_vpc_endpoint_services();
        DescribeVpcEndpoints describe_vpc_endpoints();
        DescribeVpcPeeringConnections describe_vpc_peering_connections();
        DescribeVpcs describe_vpcs();
        DescribeVpnConnections describe_vpn_connections();
        DescribeVpnGateways describe_vpn_gateways();
        GetAllowedImagesSettings get_allowed_images_settings();
        GetClientVpnEndpointAuthorizationPolicy get_client_vpn_endpoint_authorization_policy("ClientVpnEndpointId" client_vpn_endpoint_id = "x");
        GetEbsDefaultKmsKeyId get_ebs_default_kms_key_id();
        GetEbsEncryptionByDefault get_ebs_encryption_by_default();
        GetImageBlockPublicAccessState get_image_block_public_access_state();
        GetInstanceMetadataDefaults get_instance_metadata_defaults();
        GetManagedPrefixListEntries get_managed_prefix_list_entries("PrefixListId" prefix_list_id = "x");
        GetSerialConsoleAccessStatus get_serial_console_access_status();
        GetSnapshotBlockPublicAccessState get_snapshot_block_public_access_state();
        GetTransitGatewayPrefixListReferences get_transit_gateway_prefix_list_references("TransitGatewayRouteTableId" transit_gateway_route_table_id = "x");
        GetTransitGatewayRouteTableAssociations get_transit_gateway_route_table_associations("TransitGatewayRouteTableId" transit_gateway_route_table_id = "x");
        GetTransitGatewayRouteTablePropagations get_transit_gateway_route_table_propagations("TransitGatewayRouteTableId" transit_gateway_route_table_id = "x");
        GetVerifiedAccessEndpointPolicy get_verified_access_endpoint_policy("VerifiedAccessEndpointId" verified_access_endpoint_id = "x");
        GetVerifiedAccessGroupPolicy get_verified_access_group_policy("VerifiedAccessGroupId" verified_access_group_id = "x");
        SearchTransitGatewayRoutes search_transit_gateway_routes(
            "TransitGatewayRouteTableId" transit_gateway_route_table_id = "x",
            "Filters" filters = serde_json::json!([{"Name": "type", "Values": ["static"]}])
                => aws_sdk_ec2::types::Filter::builder().name("type").values("static").build()
        );
    }
}

mod iam {
    sampled! {
        aws_sdk_iam, "iam",
        GenerateCredentialReport generate_credential_report();
        GenerateServiceLastAccessedDetails generate_service_last_accessed_details("Arn" arn = "x");
        GetAccessKeyLastUsed get_access_key_last_used("AccessKeyId" access_key_id = "x");
        GetAccountAuthorizationDetails get_account_authorization_details();
        GetAccountPasswordPolicy get_account_password_policy();
        GetAccountProperties get_account_properties();
        GetAccountSummary get_account_summary();
        GetContextKeysForCustomPolicy get_context_keys_for_custom_policy("PolicyInputList" policy_input_list = ["x"] => "x");
        GetContextKeysForPrincipalPolicy get_context_keys_for_principal_policy("PolicySourceArn" policy_source_arn = "x");
        GetCredentialReport get_credential_report();
        GetDelegationRequest get_delegation_request("DelegationRequestId" delegation_request_id = "x");
        GetGroup get_group("GroupName" group_name = "x");
        GetGroupPolicy get_group_policy("GroupName" group_name = "x", "PolicyName" policy_name = "x");
        GetHumanReadableSummary get_human_readable_summary("EntityArn" entity_arn = "x");
        GetInstanceProfile get_instance_profile("InstanceProfileName" instance_profile_name = "x");
        GetLoginProfile get_login_profile();
        GetMFADevice get_mfa_device("SerialNumber" serial_number = "x");
        GetOpenIDConnectProvider get_open_id_connect_provider("OpenIDConnectProviderArn" open_id_connect_provider_arn = "x");
        GetOrganizationsAccessReport get_organizations_access_report("JobId" job_id = "x");
        GetOutboundWebIdentityFederationInfo get_outbound_web_identity_federation_info();
        GetPolicy get_policy("PolicyArn" policy_arn = "x");
        GetPolicyVersion get_policy_version("PolicyArn" policy_arn = "x", "VersionId" version_id = "x");
        GetRole get_role("RoleName" role_name = "x");
        GetRolePolicy get_role_policy("RoleName" role_name = "x", "PolicyName" policy_name = "x");
        GetRoleTemplateVersion get_role_template_version("TemplateArn" template_arn = "x");
        GetSAMLProvider get_saml_provider("SAMLProviderArn" saml_provider_arn = "x");
        GetSSHPublicKey get_ssh_public_key("UserName" user_name = "x", "SSHPublicKeyId" ssh_public_key_id = "x", "Encoding" encoding = "x" => "x".into());
        GetServerCertificate get_server_certificate("ServerCertificateName" server_certificate_name = "x");
        GetServiceLastAccessedDetails get_service_last_accessed_details("JobId" job_id = "x");
        GetServiceLastAccessedDetailsWithEntities get_service_last_accessed_details_with_entities("JobId" job_id = "x", "ServiceNamespace" service_namespace = "x");
        GetServiceLinkedRoleDeletionStatus get_service_linked_role_deletion_status("DeletionTaskId" deletion_task_id = "x");
        GetUser get_user();
        GetUserPolicy get_user_policy("UserName" user_name = "x", "PolicyName" policy_name = "x");
        ListAccessKeys list_access_keys();
        ListAccountAliases list_account_aliases();
        ListAttachedGroupPolicies list_attached_group_policies("GroupName" group_name = "x");
        ListAttachedRolePolicies list_attached_role_policies("RoleName" role_name = "x");
        ListAttachedUserPolicies list_attached_user_policies("UserName" user_name = "x");
        ListDelegationRequests list_delegation_requests();
        ListEntitiesForPolicy list_entities_for_policy("PolicyArn" policy_arn = "x");
        ListGroupPolicies list_group_policies("GroupName" group_name = "x");
        ListGroups list_groups();
        ListGroupsForUser list_groups_for_user("UserName" user_name = "x");
        ListInstanceProfileTags list_instance_profile_tags("InstanceProfileName" instance_profile_name = "x");
        ListInstanceProfiles list_instance_profiles();
        ListInstanceProfilesForRole list_instance_profiles_for_role("RoleName" role_name = "x");
        ListMFADeviceTags list_mfa_device_tags("SerialNumber" serial_number = "x");
        ListMFADevices list_mfa_devices();
        ListOpenIDConnectProviderTags list_open_id_connect_provider_tags("OpenIDConnectProviderArn" open_id_connect_provider_arn = "x");
        ListOpenIDConnectProviders list_open_id_connect_providers();
        ListOrganizationsFeatures list_organizations_features();
        ListPolicies list_policies();
        ListPoliciesGrantingServiceAccess list_policies_granting_service_access("Arn" arn = "x", "ServiceNamespaces" service_namespaces = ["x"] => "x");
        ListPolicyTags list_policy_tags("PolicyArn" policy_arn = "x");
        ListPolicyVersions list_policy_versions("PolicyArn" policy_arn = "x");
        ListRolePolicies list_role_policies("RoleName" role_name = "x");
        ListRoleTags list_role_tags("RoleName" role_name = "x");
        ListRoles list_roles();
        ListSAMLProviderTags list_saml_provider_tags("SAMLProviderArn" saml_provider_arn = "x");
        ListSAMLProviders list_saml_providers();
        ListSSHPublicKeys list_ssh_public_keys();
        ListServerCertificateTags list_server_certificate_tags("ServerCertificateName" server_certificate_name = "x");
        ListServerCertificates list_server_certificates();
        ListServiceSpecificCredentials list_service_specific_credentials();
        ListSigningCertificates list_signing_certificates();
        ListUserPolicies list_user_policies("UserName" user_name = "x");
        ListUserTags list_user_tags("UserName" user_name = "x");
        ListUsers list_users();
        ListVirtualMFADevices list_virtual_mfa_devices();
    }
}

mod s3 {
    sampled! {
        aws_sdk_s3, "s3",
        GetBucketAbac get_bucket_abac("Bucket" bucket = "x");
        GetBucketAccelerateConfiguration get_bucket_accelerate_configuration("Bucket" bucket = "x") in "AccelerateConfiguration";
        GetBucketAcl get_bucket_acl("Bucket" bucket = "x") in "AccessControlPolicy";
        GetBucketAnalyticsConfiguration get_bucket_analytics_configuration("Bucket" bucket = "x", "Id" id = "x");
        GetBucketCors get_bucket_cors("Bucket" bucket = "x") in "CORSConfiguration";
        GetBucketEncryption get_bucket_encryption("Bucket" bucket = "x");
        GetBucketIntelligentTieringConfiguration get_bucket_intelligent_tiering_configuration("Bucket" bucket = "x", "Id" id = "x");
        GetBucketInventoryConfiguration get_bucket_inventory_configuration("Bucket" bucket = "x", "Id" id = "x");
        GetBucketLifecycleConfiguration get_bucket_lifecycle_configuration("Bucket" bucket = "x") in "LifecycleConfiguration";
        GetBucketLogging get_bucket_logging("Bucket" bucket = "x") in "BucketLoggingStatus";
        GetBucketMetadataConfiguration get_bucket_metadata_configuration("Bucket" bucket = "x");
        GetBucketMetadataTableConfiguration get_bucket_metadata_table_configuration("Bucket" bucket = "x");
        GetBucketMetricsConfiguration get_bucket_metrics_configuration("Bucket" bucket = "x", "Id" id = "x");
        GetBucketNotificationConfiguration get_bucket_notification_configuration("Bucket" bucket = "x");
        GetBucketOwnershipControls get_bucket_ownership_controls("Bucket" bucket = "x");
        GetBucketPolicyStatus get_bucket_policy_status("Bucket" bucket = "x");
        GetBucketReplication get_bucket_replication("Bucket" bucket = "x");
        GetBucketRequestPayment get_bucket_request_payment("Bucket" bucket = "x") in "RequestPaymentConfiguration";
        GetBucketTagging get_bucket_tagging("Bucket" bucket = "x") in "Tagging";
        GetBucketVersioning get_bucket_versioning("Bucket" bucket = "x") in "VersioningConfiguration";
        GetBucketWebsite get_bucket_website("Bucket" bucket = "x") in "WebsiteConfiguration";
        GetObjectAcl get_object_acl("Bucket" bucket = "x", "Key" key = "x") in "AccessControlPolicy";
        GetObjectLegalHold get_object_legal_hold("Bucket" bucket = "x", "Key" key = "x");
        GetObjectLockConfiguration get_object_lock_configuration("Bucket" bucket = "x");
        GetObjectRetention get_object_retention("Bucket" bucket = "x", "Key" key = "x");
        GetObjectTagging get_object_tagging("Bucket" bucket = "x", "Key" key = "x") in "Tagging";
        GetPublicAccessBlock get_public_access_block("Bucket" bucket = "x");
        ListBucketAnalyticsConfigurations list_bucket_analytics_configurations("Bucket" bucket = "x") in "ListBucketAnalyticsConfigurationResult";
        ListBucketIntelligentTieringConfigurations list_bucket_intelligent_tiering_configurations("Bucket" bucket = "x");
        ListBucketInventoryConfigurations list_bucket_inventory_configurations("Bucket" bucket = "x") in "ListInventoryConfigurationsResult";
        ListBucketMetricsConfigurations list_bucket_metrics_configurations("Bucket" bucket = "x") in "ListMetricsConfigurationsResult";
        ListBuckets list_buckets() in "ListAllMyBucketsResult";
        ListDirectoryBuckets list_directory_buckets();
        ListMultipartUploads list_multipart_uploads("Bucket" bucket = "x") in "ListMultipartUploadsResult";
        ListObjectAnnotations list_object_annotations("Bucket" bucket = "x", "Key" key = "x");
        ListObjectVersions list_object_versions("Bucket" bucket = "x") in "ListVersionsResult";
        ListObjects list_objects("Bucket" bucket = "x") in "ListBucketResult";
        ListObjectsV2 list_objects_v2("Bucket" bucket = "x") in "ListBucketResult";
    }
}

mod directconnect {
    sampled! {
        aws_sdk_directconnect, "directconnect",
        DescribeConnectionLoa describe_connection_loa("connectionId" connection_id = "x");
        DescribeConnections describe_connections();
        DescribeConnectionsOnInterconnect describe_connections_on_interconnect("interconnectId" interconnect_id = "x");
        DescribeCustomerMetadata describe_customer_metadata();
        DescribeDirectConnectGatewayAssociationProposals describe_direct_connect_gateway_association_proposals();
        DescribeDirectConnectGatewayAssociations describe_direct_connect_gateway_associations();
        DescribeDirectConnectGatewayAttachments describe_direct_connect_gateway_attachments();
        DescribeDirectConnectGateways describe_direct_connect_gateways();
        DescribeHostedConnections describe_hosted_connections("connectionId" connection_id = "x");
        DescribeInterconnectLoa describe_interconnect_loa("interconnectId" interconnect_id = "x");
        DescribeInterconnects describe_interconnects();
        DescribeLags describe_lags();
        DescribeLoa describe_loa("connectionId" connection_id = "x");
        DescribeLocations describe_locations();
        DescribeRouterConfiguration describe_router_configuration("virtualInterfaceId" virtual_interface_id = "x");
        DescribeTags describe_tags("resourceArns" resource_arns = ["x"] => "x");
        DescribeVirtualGateways describe_virtual_gateways();
        DescribeVirtualInterfaces describe_virtual_interfaces();
        GetResiliencyGroup get_resiliency_group("resiliencyGroupId" resiliency_group_id = "x");
        ListResiliencyGroupAssociations list_resiliency_group_associations("resiliencyGroupId" resiliency_group_id = "x");
        ListResiliencyGroups list_resiliency_groups();
        ListVirtualInterfaceRoutes list_virtual_interface_routes();
        ListVirtualInterfaceTestHistory list_virtual_interface_test_history();
    }
}

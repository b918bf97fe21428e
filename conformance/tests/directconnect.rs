//! awsJson.

use conformance::{Case, same, typed, wait};
use serde_json::json;

#[test]
fn describe_connections() {
    let case = Case::new(
        "directconnect",
        "DescribeConnections",
        json!({"connectionId": "dxcon-\"é\""}),
        include_str!("../answers/directconnect/describe-connections.json"),
    );
    let output = wait(typed!(aws_sdk_directconnect, case).describe_connections().connection_id("dxcon-\"é\"").send()).unwrap();
    let ours = case.judge(&output);
    let [first, second, third, empty] = output.connections() else { panic!("four connections") };
    same!(ours,
        "/connections/0/connectionName" => first.connection_name(),
        "/connections/0/vlan" => first.vlan(),
        "/connections/0/loaIssueTime" => "2015-09-24T22:13:20.123000+00:00",
        "/connections/0/hasLogicalRedundancy" => first.has_logical_redundancy().unwrap().as_str(),
        "/connections/0/tags/1" => json!({"key": first.tags()[1].key()}),
        "/connections/0/macSecKeys/0/secretARN" => first.mac_sec_keys()[0].secret_arn(),
        "/connections/1/connectionState" => second.connection_state().unwrap().as_str(),
        "/connections/1/loaIssueTime" => "2015-09-24T22:13:20+00:00",
        "/connections/2/connectionState" => third.connection_state().unwrap().as_str(),
        "/connections/3" => json!({}),
    );
    assert_eq!((first.lag_id(), empty.connection_id()), (None, None));
}

#[test]
fn describe_virtual_interfaces() {
    let case = Case::new(
        "directconnect",
        "DescribeVirtualInterfaces",
        json!({}),
        include_str!("../answers/directconnect/describe-virtual-interfaces.json"),
    );
    let output = wait(typed!(aws_sdk_directconnect, case).describe_virtual_interfaces().send()).unwrap();
    let ours = case.judge(&output);
    let interface = &output.virtual_interfaces()[0];
    same!(ours,
        "/virtualInterfaces/0/amazonSideAsn" => interface.amazon_side_asn(),
        "/virtualInterfaces/0/authKey" => interface.auth_key(),
        "/virtualInterfaces/0/customerRouterConfig" => interface.customer_router_config(),
        "/virtualInterfaces/0/directConnectGatewayId" => interface.direct_connect_gateway_id(),
        "/virtualInterfaces/0/routeFilterPrefixes/1/cidr" => interface.route_filter_prefixes()[1].cidr(),
        "/virtualInterfaces/0/bgpPeers/0/bgpStatus" => interface.bgp_peers()[0].bgp_status().unwrap().as_str(),
        "/virtualInterfaces/0/tags" => json!([]),
    );
}

#[test]
fn describe_direct_connect_gateways() {
    let parameters = json!({"maxResults": 2, "nextToken": "t"});
    let case = Case::new(
        "directconnect",
        "DescribeDirectConnectGateways",
        parameters,
        include_str!("../answers/directconnect/describe-direct-connect-gateways.json"),
    );
    let output =
        wait(typed!(aws_sdk_directconnect, case).describe_direct_connect_gateways().max_results(2).next_token("t").send()).unwrap();
    let ours = case.judge(&output);
    let gateway = &output.direct_connect_gateways()[1];
    same!(ours,
        "/nextToken" => output.next_token(),
        "/directConnectGateways/1/amazonSideAsn" => gateway.amazon_side_asn(),
        "/directConnectGateways/1/stateChangeError" => gateway.state_change_error(),
        "/directConnectGateways/1/directConnectGatewayState" => gateway.direct_connect_gateway_state().unwrap().as_str(),
    );
}

#[test]
fn describe_direct_connect_gateway_associations() {
    let parameters = json!({"associatedGatewayId": "tgw-1"});
    let body = include_str!("../answers/directconnect/describe-direct-connect-gateway-associations.json");
    let case = Case::new("directconnect", "DescribeDirectConnectGatewayAssociations", parameters, body);
    let call = typed!(aws_sdk_directconnect, case).describe_direct_connect_gateway_associations().associated_gateway_id("tgw-1");
    let output = wait(call.send()).unwrap();
    let ours = case.judge(&output);
    let association = &output.direct_connect_gateway_associations()[0];
    same!(ours,
        "/directConnectGatewayAssociations/0/associatedGateway/type" => association.associated_gateway().unwrap().r#type().unwrap().as_str(),
        "/directConnectGatewayAssociations/0/associatedCoreNetwork/attachmentId" => association.associated_core_network().unwrap().attachment_id(),
        "/directConnectGatewayAssociations/0/allowedPrefixesToDirectConnectGateway" => json!([{"cidr": "192.0.2.0/28"}, {}]),
    );
}

#[test]
fn describe_tags() {
    let arns =
        ["arn:aws:directconnect:us-east-1:123456789012:dxcon/dxcon-abcabc12", "arn:aws:directconnect:us-east-1:123456789012:dxcon/2"];
    let case = Case::new(
        "directconnect",
        "DescribeTags",
        json!({"resourceArns": arns}),
        include_str!("../answers/directconnect/describe-tags.json"),
    );
    let output = wait(typed!(aws_sdk_directconnect, case).describe_tags().resource_arns(arns[0]).resource_arns(arns[1]).send()).unwrap();
    let ours = case.judge(&output);
    let tags = output.resource_tags()[0].tags();
    same!(ours,
        "/resourceTags/0/tags/0" => json!({"key": tags[0].key(), "value": tags[0].value()}),
        "/resourceTags/1/tags" => json!([]),
    );
}

#[test]
fn describe_virtual_gateways() {
    let case = Case::new(
        "directconnect",
        "DescribeVirtualGateways",
        json!({}),
        include_str!("../answers/directconnect/describe-virtual-gateways.json"),
    );
    let output = wait(typed!(aws_sdk_directconnect, case).describe_virtual_gateways().send()).unwrap();
    let ours = case.judge(&output);
    same!(ours,
        "/virtualGateways/0/virtualGatewayState" => output.virtual_gateways()[0].virtual_gateway_state(),
        "/virtualGateways/1" => json!({}),
    );
}

#[test]
fn bytes_that_are_not_text() {
    let case =
        Case::new("directconnect", "DescribeLoa", json!({"connectionId": "c"}), include_str!("../answers/directconnect/describe-loa.json"));
    let output = wait(typed!(aws_sdk_directconnect, case).describe_loa().connection_id("c").send()).unwrap();
    let ours = case.judge(&output);
    same!(ours,
        "/loaContent/$base64" => "JVBERi0xLjT//gA=",
        "/loaContentType" => output.loa_content_type().unwrap().as_str(),
    );
    assert_eq!(output.loa_content().unwrap().as_ref(), b"%PDF-1.4\xff\xfe\x00");
}

#[test]
fn an_error() {
    let case = Case::new("directconnect", "DescribeConnections", json!({}), include_str!("../answers/directconnect/error-client.json"))
        .status(400);
    let error = wait(typed!(aws_sdk_directconnect, case).describe_connections().send()).unwrap_err();
    assert!(error.as_service_error().unwrap().is_direct_connect_client_exception());
    assert_eq!(case.judge_error(&error).code, "DirectConnectClientException");
}

#[test]
fn an_error_named_in_a_header() {
    let case = Case::new("directconnect", "DescribeConnections", json!({}), r#"{"Message": "slow down"}"#)
        .status(400)
        .header("x-amzn-errortype", "ThrottlingException:http://internal.amazon.com/coral/");
    let error = wait(typed!(aws_sdk_directconnect, case).describe_connections().send()).unwrap_err();
    assert_eq!(case.judge_error(&error).code, "ThrottlingException");
}

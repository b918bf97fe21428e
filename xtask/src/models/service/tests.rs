//! Tests of `service`, on small models made up for them.

use super::*;
use crate::models::partitions::tests::sample;

fn source() -> Source {
    let rules = json!({
        "parameters": {"Region": {"type": "string"}, "Plane": {"type": "string", "default": "data"}},
        "rules": [{"type": "endpoint", "conditions": [], "endpoint": {"url": "https://{Plane}.{Region}.com"}}],
    });
    let model = json!({
        "metadata": {"endpointPrefix": "x", "protocol": "smithy-rpc-v2-cbor", "protocols": ["smithy-rpc-v2-cbor", "query", "json"],
                     "jsonVersion": "1.0", "targetPrefix": "X", "apiVersion": "2020-01-01", "serviceId": "X",
                     "signatureVersion": "v4", "awsQueryCompatible": {}},
        "operations": {
            "ListThings": {"name": "ListThings", "http": {"method": "POST", "requestUri": "/", "responseCode": 200},
                "input": {"shape": "In"}, "output": {"shape": "Out", "resultWrapper": "W"}, "errors": [{"shape": "Oops"}],
                "staticContextParams": {"Plane": {"value": "control"}}, "endpoint": {"hostPrefix": "api."}},
            "GetThing": {"name": "GetThing", "http": {"method": "GET", "requestUri": "/{Id}"}, "authtype": "none",
                "staticContextParams": {"Plane": {"value": "data"}}},
            "GetEvents": {"name": "GetEvents", "http": {"method": "POST", "requestUri": "/"}, "output": {"shape": "Stream"}},
            "DeleteThing": {"name": "DeleteThing", "http": {"method": "POST", "requestUri": "/"}},
        },
        "shapes": {
            "In": {"type": "structure", "members": {}}, "Out": {"type": "structure", "members": {}},
            "Oops": {"type": "structure", "members": {}, "exception": true},
            "Stream": {"type": "structure", "members": {"Events": {"shape": "Events"}}},
            "Events": {"type": "structure", "members": {}, "eventstream": true},
        },
    });
    let paginators = json!({"pagination": {"ListThings": {"input_token": "T", "output_token": "T", "result_key": "R"}}});
    Source { version: "2020-01-01".to_owned(), model, paginators, rules }
}

fn built(source: &Source) -> Option<Service> {
    let offered = Offered::parse(&json!({"partitions": []})).unwrap();
    build(source, &sample(), &offered).unwrap()
}

#[test]
fn a_service_is_reduced_to_what_reading_needs() {
    let service = built(&source()).unwrap();
    assert_eq!(service.operations, 2);
    let at = |pointer: &str| service.json.pointer(pointer).cloned();
    assert_eq!(at("/metadata/protocol"), Some(json!("json")));
    assert_eq!(at("/metadata/query_compatible"), Some(json!(true)));
    assert_eq!(at("/regions"), Some(json!(null)));
    assert_eq!(at("/shapes"), Some(json!({"In": {"type": "structure", "members": {}}, "Out": {"type": "structure", "members": {}}})));
    assert_eq!(at("/operations/ListThings/result_wrapper"), Some(json!("W")));
    assert_eq!(at("/operations/ListThings/host_prefix"), Some(json!("api.")));
    assert_eq!(at("/operations/ListThings/paginator/input"), Some(json!(["T"])));
    assert_eq!(at("/operations/ListThings/endpoints/0/url"), Some(json!("https://control.{region}.com")));
    assert_eq!(at("/operations/ListThings/context"), Some(json!({"Plane": "control"})));
    assert_eq!(at("/endpoints/0/url"), Some(json!("https://data.{region}.com")));
}

#[test]
fn context_that_changes_nothing_repeats_no_endpoints() {
    let service = built(&source()).unwrap();
    let expected = json!({"method": "GET", "uri": "/{Id}", "input": null, "output": null, "unsigned": true,
                          "context": {"Plane": "data"}});
    assert_eq!(service.json.pointer("/operations/GetThing"), Some(&expected));
}

#[test]
fn rules_that_insist_on_context_get_the_widest() {
    let mut source = source();
    source.rules = json!({
        "parameters": {"Region": {"type": "string"}, "Plane": {"type": "string", "required": true}},
        "rules": [
            {"type": "error", "error": "no data plane in {Region}", "conditions": [
                {"fn": "stringEquals", "argv": [{"fn": "substring", "argv": [{"ref": "Region"}, 0, 2, false]}, "cn"]},
                {"fn": "stringEquals", "argv": [{"ref": "Plane"}, "data"]}]},
            {"type": "endpoint", "conditions": [], "endpoint": {"url": "https://{Plane}.{Region}.com"}},
        ],
    });
    let service = built(&source).unwrap();
    let at = |pointer: &str| service.json.pointer(pointer).cloned();
    assert_eq!(at("/endpoints/0/url"), Some(json!("https://control.{region}.com")));
    assert_eq!(at("/operations/ListThings/endpoints"), None);
    assert_eq!(at("/operations/GetThing/endpoints/0/url"), Some(json!("https://data.{region}.com")));
}

#[test]
fn services_without_read_operations_are_left_out() {
    let mut source = source();
    let operations = source.model.get_mut("operations").unwrap().as_object_mut().unwrap();
    operations.retain(|name, _| name == "DeleteThing" || name == "GetEvents");
    assert!(built(&source).is_none());
}

#[test]
fn unknown_protocols_are_errors() {
    let metadata = json!({"protocol": "carrier-pigeon"});
    assert!(protocol(metadata.as_object().unwrap()).is_err());
}

//! restXml.

use aws_sdk_s3::types::ObjectAttributes;
use conformance::{Case, same, typed, wait};
use serde_json::json;

/// Bucket in the path: where it goes in the host is decided after the request is written, and not by the protocol.
macro_rules! s3 {
    ($case:expr) => {
        aws_sdk_s3::Client::from_conf(typed!(@config aws_sdk_s3, $case).force_path_style(true).build())
    };
}

#[test]
fn list_buckets() {
    let parameters = json!({"MaxBuckets": 2, "ContinuationToken": "a+/= é", "Prefix": "p&q"});
    let case = Case::new("s3", "ListBuckets", parameters, include_str!("../answers/s3/list-buckets.xml"));
    let output = wait(s3!(case).list_buckets().max_buckets(2).continuation_token("a+/= é").prefix("p&q").send()).unwrap();
    let ours = case.judge(&output);
    same!(ours,
        "/Buckets/0/Name" => output.buckets()[0].name(),
        "/Buckets/1/CreationDate" => "2006-02-03T16:41:58.120000+00:00",
        "/Buckets/1/BucketRegion" => output.buckets()[1].bucket_region(),
        "/Owner/ID" => output.owner().unwrap().id(),
        "/Prefix" => output.prefix(),
    );
}

#[test]
fn get_bucket_acl() {
    let parameters = json!({"Bucket": "my.bucket", "ExpectedBucketOwner": "123456789012"});
    let case = Case::new("s3", "GetBucketAcl", parameters, include_str!("../answers/s3/get-bucket-acl.xml"));
    let output = wait(s3!(case).get_bucket_acl().bucket("my.bucket").expected_bucket_owner("123456789012").send()).unwrap();
    let ours = case.judge(&output);
    let [user, group] = output.grants() else { panic!("two grants") };
    same!(ours,
        "/Grants/0/Grantee/Type" => user.grantee().unwrap().r#type().as_str(),
        "/Grants/0/Grantee/DisplayName" => user.grantee().unwrap().display_name(),
        "/Grants/1/Grantee" => json!({"Type": group.grantee().unwrap().r#type().as_str(), "URI": group.grantee().unwrap().uri()}),
        "/Grants/1/Permission" => group.permission().unwrap().as_str(),
        "/Owner/DisplayName" => output.owner().unwrap().display_name(),
    );
}

#[test]
fn get_bucket_policy() {
    let case = Case::new("s3", "GetBucketPolicy", json!({"Bucket": "b"}), include_str!("../answers/s3/get-bucket-policy.json"));
    let output = wait(s3!(case).get_bucket_policy().bucket("b").send()).unwrap();
    assert_eq!(case.judge(&output), json!({"Policy": output.policy()}));
}

#[test]
fn get_bucket_location_of_us_east_1() {
    let case =
        Case::new("s3", "GetBucketLocation", json!({"Bucket": "b"}), include_str!("../answers/s3/get-bucket-location-us-east-1.xml"));
    let output = wait(s3!(case).get_bucket_location().bucket("b").send()).unwrap();
    // The typed client has an enumeration with an empty text, boto3 nothing.
    assert_eq!(output.location_constraint().map_or("", |region| region.as_str()), "");
    assert_eq!(case.answer().unwrap(), *json!({"LocationConstraint": null}).as_object().unwrap());
}

#[test]
fn get_bucket_location_elsewhere() {
    let case = Case::new("s3", "GetBucketLocation", json!({"Bucket": "b"}), include_str!("../answers/s3/get-bucket-location-eu.xml"));
    let output = wait(s3!(case).get_bucket_location().bucket("b").send()).unwrap();
    same!(case.judge(&output), "/LocationConstraint" => output.location_constraint().unwrap().as_str());
}

#[test]
fn get_public_access_block() {
    let case = Case::new("s3", "GetPublicAccessBlock", json!({"Bucket": "b"}), include_str!("../answers/s3/get-public-access-block.xml"));
    let output = wait(s3!(case).get_public_access_block().bucket("b").send()).unwrap();
    let ours = case.judge(&output);
    let block = output.public_access_block_configuration().unwrap();
    same!(ours, "/PublicAccessBlockConfiguration" => json!({
        "BlockPublicAcls": block.block_public_acls(), "IgnorePublicAcls": block.ignore_public_acls(), "BlockPublicPolicy": block.block_public_policy()
    }));
    assert_eq!(block.restrict_public_buckets(), None);
}

#[test]
fn get_bucket_encryption() {
    let case = Case::new("s3", "GetBucketEncryption", json!({"Bucket": "b"}), include_str!("../answers/s3/get-bucket-encryption.xml"));
    let output = wait(s3!(case).get_bucket_encryption().bucket("b").send()).unwrap();
    let ours = case.judge(&output);
    let rules = output.server_side_encryption_configuration().unwrap().rules();
    let default = rules[0].apply_server_side_encryption_by_default().unwrap();
    same!(ours,
        "/ServerSideEncryptionConfiguration/Rules/0/ApplyServerSideEncryptionByDefault" =>
            json!({"SSEAlgorithm": default.sse_algorithm().as_str(), "KMSMasterKeyID": default.kms_master_key_id()}),
        "/ServerSideEncryptionConfiguration/Rules/0/BucketKeyEnabled" => rules[0].bucket_key_enabled(),
    );
}

#[test]
fn get_bucket_website() {
    let case = Case::new("s3", "GetBucketWebsite", json!({"Bucket": "b"}), include_str!("../answers/s3/get-bucket-website.xml"));
    let output = wait(s3!(case).get_bucket_website().bucket("b").send()).unwrap();
    let ours = case.judge(&output);
    let [docs, errors] = output.routing_rules() else { panic!("two rules") };
    same!(ours,
        "/IndexDocument/Suffix" => output.index_document().unwrap().suffix(),
        "/ErrorDocument/Key" => output.error_document().unwrap().key(),
        "/RoutingRules/0/Redirect/Protocol" => docs.redirect().unwrap().protocol().unwrap().as_str(),
        "/RoutingRules/1/Condition/HttpErrorCodeReturnedEquals" => errors.condition().unwrap().http_error_code_returned_equals(),
    );
}

#[test]
fn get_bucket_lifecycle_configuration() {
    let body = include_str!("../answers/s3/get-bucket-lifecycle-configuration.xml");
    let case = Case::new("s3", "GetBucketLifecycleConfiguration", json!({"Bucket": "b"}), body)
        .header("x-amz-transition-default-minimum-object-size", "all_storage_classes_128K");
    let output = wait(s3!(case).get_bucket_lifecycle_configuration().bucket("b").send()).unwrap();
    let ours = case.judge(&output);
    let rules = output.rules();
    let and = rules[1].filter().unwrap().and().unwrap();
    same!(ours,
        "/TransitionDefaultMinimumObjectSize" => output.transition_default_minimum_object_size().unwrap().as_str(),
        "/Rules/0/Transitions/0/Days" => rules[0].transitions()[0].days(),
        "/Rules/0/Transitions/1/Date" => "2030-01-01T00:00:00+00:00",
        "/Rules/0/Transitions/1/StorageClass" => rules[0].transitions()[1].storage_class().unwrap().as_str(),
        "/Rules/1/Filter/And/Tags/1" => json!({"Key": and.tags()[1].key(), "Value": and.tags()[1].value()}),
        "/Rules/1/Filter/And/ObjectSizeGreaterThan" => and.object_size_greater_than(),
        "/Rules/2/Filter" => json!({}),
    );
}

#[test]
fn get_bucket_tagging() {
    let case = Case::new("s3", "GetBucketTagging", json!({"Bucket": "b"}), include_str!("../answers/s3/get-bucket-tagging.xml"));
    let output = wait(s3!(case).get_bucket_tagging().bucket("b").send()).unwrap();
    let ours = case.judge(&output);
    same!(ours, "/TagSet/1" => json!({"Key": output.tag_set()[1].key(), "Value": output.tag_set()[1].value()}));
}

#[test]
fn get_bucket_notification_configuration() {
    let body = include_str!("../answers/s3/get-bucket-notification-configuration.xml");
    let case = Case::new("s3", "GetBucketNotificationConfiguration", json!({"Bucket": "b"}), body);
    let output = wait(s3!(case).get_bucket_notification_configuration().bucket("b").send()).unwrap();
    let ours = case.judge(&output);
    let [thumbnails, two] = output.lambda_function_configurations() else { panic!("two functions") };
    let events = |events: &[aws_sdk_s3::types::Event]| events.iter().map(|event| event.as_str().to_owned()).collect::<Vec<_>>();
    same!(ours,
        "/TopicConfigurations/0/Events" => events(output.topic_configurations()[0].events()),
        "/LambdaFunctionConfigurations/0/Filter/Key/FilterRules/1/Value" => thumbnails.filter().unwrap().key().unwrap().filter_rules()[1].value(),
        "/LambdaFunctionConfigurations/1/LambdaFunctionArn" => two.lambda_function_arn(),
        "/EventBridgeConfiguration" => json!({}),
    );
}

#[test]
fn get_bucket_replication() {
    let case = Case::new("s3", "GetBucketReplication", json!({"Bucket": "b"}), include_str!("../answers/s3/get-bucket-replication.xml"));
    let output = wait(s3!(case).get_bucket_replication().bucket("b").send()).unwrap();
    let ours = case.judge(&output);
    let destination = output.replication_configuration().unwrap().rules()[0].destination().unwrap();
    same!(ours,
        "/ReplicationConfiguration/Rules/0/Destination/Account" => destination.account(),
        "/ReplicationConfiguration/Rules/0/Destination/ReplicationTime/Time/Minutes" => destination.replication_time().unwrap().time().unwrap().minutes(),
    );
}

#[test]
fn get_bucket_cors() {
    let case = Case::new("s3", "GetBucketCors", json!({"Bucket": "b"}), include_str!("../answers/s3/get-bucket-cors.xml"));
    let output = wait(s3!(case).get_bucket_cors().bucket("b").send()).unwrap();
    let ours = case.judge(&output);
    same!(ours,
        "/CORSRules/0/AllowedOrigins" => output.cors_rules()[0].allowed_origins(),
        "/CORSRules/0/AllowedMethods" => output.cors_rules()[0].allowed_methods(),
        "/CORSRules/0/MaxAgeSeconds" => output.cors_rules()[0].max_age_seconds(),
    );
}

#[test]
fn get_bucket_logging() {
    let case = Case::new("s3", "GetBucketLogging", json!({"Bucket": "b"}), include_str!("../answers/s3/get-bucket-logging.xml"));
    let output = wait(s3!(case).get_bucket_logging().bucket("b").send()).unwrap();
    let ours = case.judge(&output);
    let logging = output.logging_enabled().unwrap();
    same!(ours,
        "/LoggingEnabled/TargetBucket" => logging.target_bucket(),
        "/LoggingEnabled/TargetGrants/0/Grantee/Type" => logging.target_grants()[0].grantee().unwrap().r#type().as_str(),
    );
}

#[test]
fn list_object_versions() {
    let parameters = json!({"Bucket": "b", "Prefix": "my", "Delimiter": "/", "MaxKeys": 5, "KeyMarker": "a b/ü+"});
    let case = Case::new("s3", "ListObjectVersions", parameters, include_str!("../answers/s3/list-object-versions.xml"));
    let call = s3!(case).list_object_versions().bucket("b").prefix("my").delimiter("/").max_keys(5).key_marker("a b/ü+");
    let output = wait(call.send()).unwrap();
    let ours = case.judge(&output);
    same!(ours,
        "/Versions/0/Key" => output.versions()[0].key(),
        "/Versions/0/Size" => output.versions()[0].size(),
        "/Versions/1/VersionId" => output.versions()[1].version_id(),
        "/DeleteMarkers/0/IsLatest" => output.delete_markers()[0].is_latest(),
        "/CommonPrefixes/1/Prefix" => output.common_prefixes()[1].prefix(),
    );
}

#[test]
fn headers_both_ways() {
    let key = "folder/größe a+b&c=d?e#f~g'(h)*.txt";
    let parameters = json!({"Bucket": "b", "Key": key, "VersionId": "v/1", "ObjectAttributes": ["ETag", "ObjectSize"], "MaxParts": 3});
    let case = Case::new("s3", "GetObjectAttributes", parameters, include_str!("../answers/s3/get-object-attributes.xml"))
        .header("last-modified", "Mon, 12 Oct 2009 17:50:30 GMT")
        .header("x-amz-version-id", "v/1")
        .header("x-amz-delete-marker", "false");
    let call = s3!(case).get_object_attributes().bucket("b").key(key).version_id("v/1").max_parts(3);
    let output = wait(call.object_attributes(ObjectAttributes::Etag).object_attributes(ObjectAttributes::ObjectSize).send()).unwrap();
    let ours = case.judge(&output);
    same!(ours,
        "/LastModified" => "2009-10-12T17:50:30+00:00",
        "/VersionId" => output.version_id(),
        "/DeleteMarker" => output.delete_marker(),
        "/ObjectParts/Parts/0/PartNumber" => output.object_parts().unwrap().parts()[0].part_number(),
    );
}

#[test]
fn an_error() {
    let case = Case::new("s3", "GetBucketPolicy", json!({"Bucket": "b"}), include_str!("../answers/s3/error-no-such-bucket-policy.xml"))
        .status(404);
    let error = wait(s3!(case).get_bucket_policy().bucket("b").send()).unwrap_err();
    assert_eq!(case.judge_error(&error).code, "NoSuchBucketPolicy");
}

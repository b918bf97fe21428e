//! One service: its operations and their shapes, with botocore's own keys.

use std::collections::{BTreeMap, HashMap};

use serde::Deserialize;

use super::endpoint::Endpoint;

/// Names of page tokens in parameters, and in answers.
const TOKENS: &[(&str, &str)] = &[
    ("NextToken", "NextToken"),
    ("nextToken", "nextToken"),
    ("nextToken", "NextToken"),
    ("Marker", "NextMarker"),
    ("NextMarker", "NextMarker"),
    ("Marker", "Marker"),
    ("marker", "nextMarker"),
    ("marker", "marker"),
    ("PaginationToken", "PaginationToken"),
    ("paginationToken", "paginationToken"),
    ("pageToken", "nextPageToken"),
    ("position", "position"),
    ("ContinuationToken", "NextContinuationToken"),
    ("ContinuationToken", "ContinuationToken"),
];

/// How requests and answers of a service are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Protocol {
    /// JSON body, operation in `X-Amz-Target`: awsJson 1.0 and 1.1.
    Json,
    /// JSON body, operation in method and path: restJson1.
    RestJson,
    /// XML body, operation in method and path: restXml.
    RestXml,
    /// Form in, XML out: awsQuery.
    Query,
    /// Form in, XML out, lists flattened: ec2Query.
    Ec2,
    /// CBOR body, operation in the path.
    SmithyRpcV2Cbor,
}

/// One service of AWS.
#[derive(Debug, Deserialize)]
pub struct Service {
    /// boto3's name.
    #[serde(skip)]
    pub name: String,
    /// Protocol, version, names to sign with.
    pub metadata: Metadata,
    /// Where it is, most specific first.
    pub endpoints: Vec<Endpoint>,
    /// Partition → regions where it is offered, as far as known.
    pub regions: Option<BTreeMap<String, Vec<String>>>,
    /// Its read operations.
    pub operations: BTreeMap<String, Operation>,
    /// The types that these use.
    pub shapes: HashMap<String, Shape>,
}

/// Facts that hold for all operations of a service.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Metadata {
    /// How it is spoken to.
    pub protocol: Option<Protocol>,
    /// `1.0` or `1.1`.
    pub json_version: Option<String>,
    /// What stands before the operation in `X-Amz-Target`.
    pub target_prefix: Option<String>,
    /// Sent as `Version` by the query protocols.
    pub api_version: String,
    /// What requests are signed for, and the usual prefix of its IAM actions.
    pub signing_name: String,
    /// Namespace of its XML.
    pub xml_namespace: Option<XmlNamespace>,
}

/// An XML namespace, in either of botocore's forms.
#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
pub enum XmlNamespace {
    /// Just the URI.
    Uri(String),
    /// With a prefix.
    Prefixed {
        /// The URI.
        uri: String,
    },
}

impl XmlNamespace {
    /// The URI.
    #[must_use]
    pub fn uri(&self) -> &str {
        match self {
            Self::Uri(uri) | Self::Prefixed { uri } => uri,
        }
    }
}

/// One operation.
#[derive(Debug, Deserialize)]
pub struct Operation {
    /// HTTP method.
    pub method: String,
    /// Path and constant query, with `{Labels}`.
    pub uri: String,
    /// Shape of the parameters.
    pub input: Option<String>,
    /// Shape of the answer.
    pub output: Option<String>,
    /// The element around a query answer's result.
    #[serde(default)]
    pub result_wrapper: Option<String>,
    /// What goes before the host, with `{Labels}`.
    #[serde(default)]
    pub host_prefix: Option<String>,
    /// Whether it takes no signature.
    #[serde(default)]
    pub unsigned: bool,
    /// Endpoints of its own, where they differ from the service's.
    #[serde(default)]
    pub endpoints: Vec<Endpoint>,
    /// How to get all pages.
    #[serde(default)]
    pub paginator: Option<Paginator>,
}

/// How an operation is paged. The texts are JMESPath, of which AWS uses a corner.
#[derive(Debug, Clone, Deserialize)]
pub struct Paginator {
    /// Parameters that take the tokens.
    pub input: Vec<String>,
    /// Where the tokens are in the answer.
    pub output: Vec<String>,
    /// The lists that are cut into pages.
    pub results: Vec<String>,
    /// A flag that says whether there is more.
    #[serde(default)]
    pub more: Option<String>,
}

/// Type of a shape.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// Named members.
    Structure,
    /// Items of one shape.
    List,
    /// Keys and values.
    Map,
    /// Text.
    String,
    /// One character.
    Character,
    /// 32 bits.
    Integer,
    /// 64 bits.
    Long,
    /// Single precision.
    Float,
    /// Double precision.
    Double,
    /// Any precision.
    BigDecimal,
    /// Any length.
    BigInteger,
    /// Yes or no.
    Boolean,
    /// Bytes.
    Blob,
    /// A moment.
    Timestamp,
}

/// A type.
#[derive(Debug, Deserialize)]
pub struct Shape {
    /// What kind of type.
    #[serde(rename = "type")]
    pub kind: Kind,
    /// Members of a structure.
    #[serde(default)]
    pub members: BTreeMap<String, Member>,
    /// Items of a list.
    #[serde(default)]
    pub member: Option<Member>,
    /// Keys of a map.
    #[serde(default)]
    pub key: Option<Member>,
    /// Values of a map.
    #[serde(default)]
    pub value: Option<Member>,
    /// Members that must be given.
    #[serde(default)]
    pub required: Vec<String>,
    /// The member that is the whole body.
    #[serde(default)]
    pub payload: Option<String>,
    /// A list or map without an element around it.
    #[serde(default)]
    pub flattened: bool,
    /// Element name of the shape itself.
    #[serde(default, rename = "locationName")]
    pub location_name: Option<String>,
    /// `iso8601`, `unixTimestamp` or `rfc822`.
    #[serde(default, rename = "timestampFormat")]
    pub timestamp_format: Option<String>,
    /// Any JSON.
    #[serde(default)]
    pub document: bool,
}

/// A use of a shape, with what the use says about its form.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Member {
    /// Name of the shape.
    pub shape: String,
    /// `uri`, `querystring`, `header`, `headers` or `statusCode`; in the body otherwise.
    pub location: Option<String>,
    /// Its name there.
    pub location_name: Option<String>,
    /// Its name in a query form.
    pub query_name: Option<String>,
    /// A list or map without an element around it.
    pub flattened: bool,
    /// An attribute, not an element.
    pub xml_attribute: bool,
    /// `iso8601`, `unixTimestamp` or `rfc822`.
    pub timestamp_format: Option<String>,
    /// JSON in a header.
    pub jsonvalue: bool,
}

impl Service {
    /// The shape of that name.
    #[must_use]
    pub fn shape(&self, name: &str) -> Option<&Shape> {
        self.shapes.get(name)
    }

    /// The parameters an operation cannot do without.
    #[must_use]
    pub fn required<'s>(&'s self, operation: &'s Operation) -> &'s [String] {
        operation.input.as_deref().and_then(|name| self.shape(name)).map_or(&[], |shape| &shape.required)
    }

    /// Gives a way to get all pages to operations that page and for which botocore has none: by the names of their tokens.
    pub(super) fn add_missing_paginators(&mut self) {
        let missing: Vec<(String, Paginator)> = self
            .operations
            .iter()
            .filter(|(_, operation)| operation.paginator.is_none())
            .filter_map(|(name, operation)| Some((name.clone(), self.derived_paginator(operation)?)))
            .collect();
        for (name, paginator) in missing {
            if let Some(operation) = self.operations.get_mut(&name) {
                operation.paginator = Some(paginator);
            }
        }
    }

    fn derived_paginator(&self, operation: &Operation) -> Option<Paginator> {
        let input = self.shape(operation.input.as_deref()?)?;
        let output = self.shape(operation.output.as_deref()?)?;
        let is_text = |shape: &Shape, name: &str| {
            shape.members.get(name).and_then(|member| self.shape(&member.shape)).is_some_and(|shape| shape.kind == Kind::String)
        };
        let (token, next) = TOKENS.iter().find(|(token, next)| is_text(input, token) && is_text(output, next))?;
        let is_list = |member: &Member| self.shape(&member.shape).is_some_and(|shape| matches!(shape.kind, Kind::List | Kind::Map));
        let mut results: Vec<String> = output.members.iter().filter(|(_, member)| is_list(member)).map(|(name, _)| name.clone()).collect();
        for (name, member) in &output.members {
            let inner = self.shape(&member.shape).filter(|shape| shape.kind == Kind::Structure);
            let lists = inner.into_iter().flat_map(|shape| &shape.members).filter(|(_, member)| is_list(member));
            results.extend(lists.map(|(list, _)| format!("{name}.{list}")));
        }
        (!results.is_empty()).then(|| Paginator { input: vec![(*token).to_owned()], output: vec![(*next).to_owned()], results, more: None })
    }

    /// How it is spoken to.
    #[must_use]
    pub fn protocol(&self) -> Protocol {
        self.metadata.protocol.unwrap_or(Protocol::Json)
    }
}

//! The policies of resources, by the ARN of the resource. Where they are in a snapshot is said in
//! `data/resource_policies.yaml`.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::OnceLock;

use serde::Deserialize;
use serde_json::Value;

use super::EstateError;
use super::grants;
use super::store::{Moved, Origin, PolicyId, PolicyKind, Store};
use crate::iam::public::is_public;
use crate::model::Many;
use crate::snapshot::jq::{Data, Program};
use crate::snapshot::layout::unquote;
use crate::snapshot::{Answer, Snapshot};

static EMBEDDED: &str = include_str!("../../../data/resource_policies.yaml");
static EXPOSED: &str = include_str!("../../../data/exposed_policies.yaml");

static SHARED: &str = include_str!("../../../data/shared_policies.yaml");

const VARIABLES: &[&str] = &["$account", "$partition", "$region", "$name", "$second", "$key"];

/// One kind of resources.
#[derive(Debug)]
struct Row {
    kind: String,
    stem: String,
    /// The service in ARNs.
    service: String,
    /// The calls that list such resources.
    list: Vec<String>,
    /// One file for all resources of a region.
    single: bool,
    program: Program,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct RawRow {
    kind: String,
    file: String,
    service: String,
    list: Many,
    resources: String,
}

/// A resource that has, or may have, a policy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Resource {
    /// `S3 bucket`
    pub kind: String,
    /// The id of its account.
    pub account: String,
    /// Its policy.
    pub policy: ResourcePolicy,
    /// Its ACL, its grants: what lets somebody in beside the policy.
    pub grants: Vec<PolicyId>,
    /// S3 keeps other accounts out, for the policy is public and such policies are blocked.
    pub restricted: bool,
    /// It may do so: AWS did not tell whether such policies are blocked.
    pub perhaps_restricted: bool,
    /// The region of a bucket, which its ARN does not tell.
    pub region: Option<String>,
}

impl Resource {
    fn new(kind: &str, account: &str, policy: ResourcePolicy) -> Self {
        Self {
            kind: kind.to_owned(),
            account: account.to_owned(),
            policy,
            grants: Vec::new(),
            restricted: false,
            perhaps_restricted: false,
            region: None,
        }
    }
}

/// What is called for the policies of one kind of resources.
#[derive(Debug, Clone, Copy)]
pub struct PolicyCalls {
    /// `S3 bucket`
    pub kind: &'static str,
    /// The service in ARNs.
    pub service: &'static str,
    /// The calls that list them.
    pub lists: &'static [String],
    /// The call that is made for each of them; nothing where one answer tells of all.
    pub policy: Option<&'static str>,
}

/// What is known of a resource's policy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ResourcePolicy {
    /// It has none.
    None,
    /// This one.
    Known(PolicyId),
    /// It was not collected.
    Unknown,
}

/// Resources by ARN.
#[derive(Debug, Default, Clone)]
pub struct Resources {
    by_arn: BTreeMap<String, Resource>,
    /// The policies of VPC endpoints, by the endpoint's id.
    endpoints: BTreeMap<String, PolicyId>,
    /// Account, service and region of which the resources are not known.
    not_listed: BTreeSet<(String, String, String)>,
}

fn rows() -> Result<&'static [Row], EstateError> {
    static ROWS: OnceLock<Result<Vec<Row>, String>> = OnceLock::new();
    table(&ROWS, EMBEDDED, "data/resource_policies.yaml")
}

fn exposed() -> Result<&'static [Row], EstateError> {
    static ROWS: OnceLock<Result<Vec<Row>, String>> = OnceLock::new();
    table(&ROWS, EXPOSED, "data/exposed_policies.yaml")
}

fn shared() -> Result<&'static [Row], EstateError> {
    static ROWS: OnceLock<Result<Vec<Row>, String>> = OnceLock::new();
    table(&ROWS, SHARED, "data/shared_policies.yaml")
}

fn table(known: &'static OnceLock<Result<Vec<Row>, String>>, text: &str, name: &str) -> Result<&'static [Row], EstateError> {
    let read = || -> Result<Vec<Row>, String> {
        let raw: Vec<RawRow> = serde_saphyr::from_str(text).map_err(|error| format!("{name}: {error}"))?;
        let row = |raw: RawRow| Row {
            single: raw.file.ends_with(".json"),
            stem: raw.file.trim_end_matches(".json").to_owned(),
            program: Program::trusted(&raw.resources, VARIABLES),
            kind: raw.kind,
            service: raw.service,
            list: raw.list.0,
        };
        Ok(raw.into_iter().map(row).collect())
    };
    known.get_or_init(read).as_deref().map_err(|problem| EstateError::Embedded(problem.clone()))
}

impl Resources {
    /// Reads the policies of an account's resources.
    pub(super) fn read(&mut self, snapshot: &Snapshot, account: &str, partition: &str, store: &mut Store) -> Result<(), EstateError> {
        self.rows(rows()?, snapshot, account, partition, store)?;
        for region in &snapshot.regions()? {
            self.endpoints(snapshot, region, store)?;
        }
        self.buckets(snapshot, account, partition)?;
        self.beside_policies(snapshot, account, store)
    }

    /// Takes in those of another account, whose policies were moved.
    pub(super) fn join(&mut self, other: Self, moved: &Moved) {
        for (arn, mut resource) in other.by_arn {
            if let ResourcePolicy::Known(id) = &mut resource.policy {
                *id = moved.place(*id);
            }
            resource.grants.iter_mut().for_each(|id| *id = moved.place(*id));
            self.put(&arn, resource);
        }
        self.endpoints.extend(other.endpoints.into_iter().map(|(name, id)| (name, moved.place(id))));
        self.not_listed.extend(other.not_listed);
    }

    /// Reads those of the second table.
    pub(super) fn read_exposed(
        &mut self,
        snapshot: &Snapshot,
        account: &str,
        partition: &str,
        store: &mut Store,
    ) -> Result<(), EstateError> {
        self.rows(exposed()?, snapshot, account, partition, store)
    }

    /// Reads those of the second and the third table, save roles, whose policies are known already.
    pub(super) fn read_shared(
        &mut self,
        snapshot: &Snapshot,
        account: &str,
        partition: &str,
        store: &mut Store,
    ) -> Result<(), EstateError> {
        let rows = exposed()?.iter().filter(|row| row.service != "iam");
        self.rows(rows.chain(shared()?), snapshot, account, partition, store)
    }

    fn rows(
        &mut self,
        rows: impl IntoIterator<Item = &'static Row>,
        snapshot: &Snapshot,
        account: &str,
        partition: &str,
        store: &mut Store,
    ) -> Result<(), EstateError> {
        let regions = snapshot.regions()?;
        for (row, region) in rows.into_iter().flat_map(|row| regions.iter().map(move |region| (row, region))) {
            self.listed(snapshot, row, region, account)?;
            let files = if row.single { single(row, region) } else { snapshot.files_asked_for(region, &row.stem)? };
            for file in files {
                let place = Place { row, region, account, partition };
                self.file(snapshot, &place, &file, store)?;
            }
        }
        Ok(())
    }

    /// ACLs, grants, and blocks of public access.
    fn beside_policies(&mut self, snapshot: &Snapshot, account: &str, store: &mut Store) -> Result<(), EstateError> {
        let global = snapshot.default_region()?;
        let of_account = grants::account_block(snapshot, global, account)?;
        for (arn, resource) in &mut self.by_arn {
            let mut parts = arn.splitn(6, ':').skip(2);
            match (parts.next(), parts.next(), parts.nth(1)) {
                (Some("s3"), _, Some(bucket)) => {
                    let block = grants::block(snapshot, global, bucket, of_account)?;
                    resource.grants.extend(grants::acl(snapshot, global, bucket, arn, block, store)?);
                    let public = match resource.policy {
                        ResourcePolicy::Known(id) => store.get(id).is_some_and(|stored| is_public(&stored.policy)),
                        ResourcePolicy::None | ResourcePolicy::Unknown => false,
                    };
                    resource.region = grants::region(snapshot, global, bucket)?;
                    resource.restricted = block.restrict_public_buckets && public;
                    resource.perhaps_restricted = block.unknown && public && !resource.restricted;
                }
                (Some("kms"), Some(region), Some(key)) => {
                    let id = key.strip_prefix("key/").unwrap_or(key);
                    resource.grants.extend(grants::of_key(snapshot, region, id, arn, store)?);
                }
                _ => {}
            }
        }
        Ok(())
    }

    fn endpoints(&mut self, snapshot: &Snapshot, region: &str, store: &mut Store) -> Result<(), EstateError> {
        #[derive(Default, Deserialize)]
        #[serde(rename_all = "PascalCase", default)]
        struct Endpoints {
            vpc_endpoints: Vec<Endpoint>,
        }
        #[derive(Default, Deserialize)]
        #[serde(rename_all = "PascalCase", default)]
        struct Endpoint {
            vpc_endpoint_id: String,
            policy_document: Value,
        }
        let answer: Answer<Endpoints> = snapshot.answer(region, "ec2-describe-vpc-endpoints")?;
        for endpoint in answer.value().unwrap_or_default().vpc_endpoints {
            if let Some(policy) = policy_document(&endpoint.policy_document) {
                let id = store.add(format!("the policy of {}", endpoint.vpc_endpoint_id), PolicyKind::Resource, policy);
                self.endpoints.insert(endpoint.vpc_endpoint_id, id);
            }
        }
        Ok(())
    }

    /// The policy of a VPC endpoint, by the endpoint's id.
    #[must_use]
    pub fn endpoint(&self, id: &str) -> Option<PolicyId> {
        self.endpoints.get(id).copied()
    }

    /// Notes where a list of resources is missing, or not whole.
    fn listed(&mut self, snapshot: &Snapshot, row: &Row, region: &str, account: &str) -> Result<(), EstateError> {
        // Buckets of all regions are in one list.
        let global = row.service == "s3";
        if global && region != snapshot.default_region()? {
            return Ok(());
        }
        let Some(list) = row.list.first() else { return Ok(()) };
        if snapshot.answer_bytes(region, list)?.gap().is_some() {
            let region = if global { "" } else { region };
            self.not_listed.insert((account.to_owned(), row.service.clone(), region.to_owned()));
        }
        Ok(())
    }

    /// Buckets carry no account in their ARN: the list says whose they are.
    fn buckets(&mut self, snapshot: &Snapshot, account: &str, partition: &str) -> Result<(), EstateError> {
        #[derive(Default, Deserialize)]
        #[serde(rename_all = "PascalCase", default)]
        struct Buckets {
            buckets: Vec<Bucket>,
        }
        #[derive(Default, Deserialize)]
        #[serde(rename_all = "PascalCase", default)]
        struct Bucket {
            name: String,
        }
        let answer: Answer<Buckets> = snapshot.answer(snapshot.default_region()?, "s3-list-buckets")?;
        for bucket in answer.value().unwrap_or_default().buckets {
            let unknown = || Resource::new("S3 bucket", account, ResourcePolicy::Unknown);
            self.by_arn.entry(format!("arn:{partition}:s3:::{}", bucket.name)).or_insert_with(unknown);
        }
        Ok(())
    }

    /// Takes in what one file says.
    fn file(&mut self, snapshot: &Snapshot, place: &Place<'_>, file: &str, store: &mut Store) -> Result<(), EstateError> {
        let (bytes, known) = match answer(snapshot, place, file)? {
            Answer::Value(bytes) | Answer::Partial(bytes, _) => (bytes, true),
            Answer::Empty => (b"null".to_vec(), true),
            Answer::NotCollected(reason) => {
                if reason.code == "NotCalled" || reason.code == "NoManifest" {
                    return Ok(());
                }
                (b"null".to_vec(), false)
            }
        };
        let below = file.split('/').skip(2).map(unquote).collect::<Vec<_>>();
        let part = |at: usize| Data::text(below.get(at).map(String::as_str).unwrap_or_default());
        let values = [place.account, place.partition, place.region].map(Data::text);
        let values: Vec<Data> = values.into_iter().chain([part(0), part(1), Data::text(&below.join("/"))]).collect();
        let odd = |problem| EstateError::Odd { file: file.to_owned(), account: snapshot.name().to_string(), problem };
        let answer = Data::parse(&bytes).map_err(odd)?;
        let found = place.row.program.run_on(&answer, values).map_err(odd)?;
        for item in found {
            let Some(arn) = item.get("arn").and_then(Value::as_str) else { continue };
            let policy = match item.get("policy").and_then(policy_document) {
                Some(document) if document.is_object() => {
                    let place = item.get("policy").and_then(Value::as_str).and_then(|text| answer.place_of(text));
                    let origin = Origin { file: file.to_owned(), place, made_of: Vec::new() };
                    ResourcePolicy::Known(store.add_of_resource(format!("the policy of {arn}"), document, origin))
                }
                // It is there, and cannot be read.
                Some(_) => ResourcePolicy::Unknown,
                None if known => ResourcePolicy::None,
                None => ResourcePolicy::Unknown,
            };
            self.put(arn, Resource::new(&place.row.kind, place.account, policy));
        }
        Ok(())
    }

    /// Takes a resource in. Of two policies of one resource, both count: the second as what lets in beside the first.
    fn put(&mut self, arn: &str, resource: Resource) {
        match self.by_arn.get_mut(arn).filter(|known| matches!(known.policy, ResourcePolicy::Known(_))) {
            Some(known) => {
                if let ResourcePolicy::Known(second) = resource.policy {
                    known.grants.push(second);
                }
                known.grants.extend(resource.grants);
            }
            None => drop(self.by_arn.insert(arn.to_owned(), resource)),
        }
    }

    /// The resource an ARN is about: itself, or what it is a part of, as an object of a bucket.
    #[must_use]
    pub fn find(&self, arn: &str) -> Option<(&str, &Resource)> {
        let mut whole = arn;
        loop {
            if let Some((arn, resource)) = self.by_arn.get_key_value(whole) {
                return Some((arn, resource));
            }
            let service = arn.split(':').nth(2).unwrap_or_default();
            // Names of repositories and secrets have slashes in them.
            if matches!(service, "ecr" | "secretsmanager" | "kms" | "iam") {
                return None;
            }
            whole = whole.rsplit_once('/')?.0;
        }
    }

    /// Whether the resources of a service in a region of an account are not known.
    #[must_use]
    pub fn lacks(&self, account: &str, service: &str, region: &str) -> bool {
        self.not_listed.contains(&(account.to_owned(), service.to_owned(), region.to_owned()))
    }

    /// Whether the policies of such resources are read at all.
    #[must_use]
    pub fn reads(service: &str) -> bool {
        rows().is_ok_and(|rows| rows.iter().any(|row| row.service == service))
    }

    /// The calls by which policies of resources are known.
    ///
    /// # Errors
    /// When a table cannot be read.
    pub fn calls() -> Result<impl Iterator<Item = PolicyCalls>, EstateError> {
        let rows = rows()?.iter().chain(exposed()?).chain(shared()?);
        Ok(rows.map(|row| PolicyCalls {
            kind: &row.kind,
            service: &row.service,
            lists: &row.list,
            policy: (!row.single).then_some(row.stem.as_str()),
        }))
    }

    /// All of them, by ARN.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Resource)> {
        self.by_arn.iter().map(|(arn, resource)| (arn.as_str(), resource))
    }

    /// Those of one service.
    pub fn of_service<'a>(&'a self, service: &'a str) -> impl Iterator<Item = (&'a str, &'a Resource)> {
        let of = move |partition: &str| {
            let beginning = format!("arn:{partition}:{service}:");
            self.by_arn.range(beginning.clone()..).take_while(move |(arn, _)| arn.starts_with(&beginning))
        };
        self.partitions().flat_map(of).map(|(arn, resource)| (arn.as_str(), resource))
    }

    fn partitions(&self) -> impl Iterator<Item = &str> {
        // Semicolons come right after colons.
        let after = |partition: &str| format!("arn:{partition};");
        let first = move |from: String| self.by_arn.range(from..).next()?.0.split(':').nth(1);
        std::iter::successors(first("arn:".to_owned()), move |partition| first(after(partition)))
    }

    /// Sets the policy of a resource, for questions of what would be.
    pub fn set(&mut self, arn: &str, account: &str, policy: ResourcePolicy) {
        let entry = self.by_arn.entry(arn.to_owned());
        entry.or_insert_with(|| Resource::new("", account, policy)).policy = policy;
    }
}

/// What a program is told.
struct Place<'a> {
    row: &'static Row,
    region: &'a str,
    account: &'a str,
    partition: &'a str,
}

fn single(row: &Row, region: &str) -> Vec<String> {
    vec![format!("{region}/{}.json", row.stem)]
}

fn answer(snapshot: &Snapshot, place: &Place<'_>, file: &str) -> Result<Answer<Vec<u8>>, EstateError> {
    if place.row.single {
        return Ok(snapshot.answer_bytes(place.region, &place.row.stem)?);
    }
    let values: Vec<String> = file.split('/').skip(2).map(unquote).collect();
    let values: Vec<&str> = values.iter().map(String::as_str).collect();
    Ok(snapshot.answer_bytes_for(place.region, &place.row.stem, &values)?)
}

/// A policy, be it an object or its text.
#[must_use]
pub fn policy_document(policy: &Value) -> Option<Value> {
    match policy {
        Value::Object(_) => Some(policy.clone()),
        Value::String(text) if !text.is_empty() => {
            let read = serde_json::from_str::<Value>(text).ok().filter(Value::is_object);
            // API Gateway escapes the text once more.
            let unescaped = || serde_json::from_str(&format!("\"{text}\"")).ok().and_then(|text: String| serde_json::from_str(&text).ok());
            Some(read.or_else(unescaped).unwrap_or_else(|| policy.clone()))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_is_a_program() {
        for row in rows().unwrap().iter().chain(exposed().unwrap()).chain(shared().unwrap()) {
            assert!(Program::compile(row.program.text(), VARIABLES).is_ok(), "{}", row.kind);
        }
    }

    /// Without an answer, a row still says which resource it would have been.
    #[test]
    fn every_row_names_what_it_lacks() {
        let text = |text: &str| Value::String(text.to_owned());
        let mut silent = Vec::new();
        for row in rows().unwrap().iter().chain(exposed().unwrap()).chain(shared().unwrap()).filter(|row| !row.single) {
            let mut found = ["arn:aws:x:eu-west-1:111122223333:y", "y--x-s3"].into_iter().flat_map(|name| {
                let name = text(name);
                let values = [text("111122223333"), text("aws"), text("eu-west-1"), name.clone(), text("z"), name];
                row.program.run(b"null", &values).unwrap()
            });
            if !found.any(|item| item["arn"].is_string() && item["policy"].is_null()) {
                silent.push(&row.kind);
            }
        }
        assert!(silent.is_empty(), "{silent:?}");
    }

    #[test]
    fn policies_as_text() {
        for text in [r#"{"Statement": []}"#, r#"{\"Statement\": []}"#] {
            assert!(policy_document(&Value::String(text.to_owned())).unwrap().is_object(), "{text}");
        }
        assert_eq!(policy_document(&Value::String(String::new())), None);
    }
}

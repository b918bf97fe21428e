//! Makes a snapshot of what PMapper stored: IAM's and Organizations' answers as far as its files tell, so that every command
//! works on it. Edges that it found by what it did not store are kept beside them.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};

use super::form::{Group, Metadata, Node, Organization, Policy, Reference};
use super::{found, tree};
use crate::model::{AccountName, Timestamp};
use crate::snapshot::layout::{ACCOUNT_DATA, home_region, quote};
use crate::snapshot::manifest::{CallRecord, FORMAT, Header, Identity, ManifestAccount, Outcome, RegionRecord};
use crate::snapshot::{Store, StoreError};

/// Why nothing is imported.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ImportError {
    /// There is no graph of PMapper's.
    #[error("`{}` holds no graph of PMapper: name the folder that it calls its storage, or one in it that is called like an account", folder.display())]
    Nothing {
        /// The folder.
        folder: PathBuf,
    },
    /// A file is not there, or not what PMapper writes.
    #[error("`{}` is not what PMapper stores: {problem}", path.display())]
    Odd {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        problem: String,
    },
    /// A name was given for several accounts.
    #[error("`{}` holds {count} accounts: one name does not do for all; leave `--name` out, or name one account's folder", folder.display())]
    Name {
        /// The folder.
        folder: PathBuf,
        /// How many.
        count: usize,
    },
    /// The folder that it would be written to is another snapshot's.
    #[error("`{}` is there already: choose another `--name`, or move it away", folder.display())]
    Taken {
        /// The folder.
        folder: PathBuf,
    },
    /// It cannot be written.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// An answer, as a call would have given it.
pub(super) struct Answer {
    service: &'static str,
    request: &'static str,
    parts: Vec<String>,
    /// None: there is none.
    value: Option<Value>,
}

pub(super) fn answer(service: &'static str, request: &'static str, parts: &[&str], value: Value) -> Answer {
    Answer { service, request, parts: parts.iter().map(|part| (*part).to_owned()).collect(), value: Some(value) }
}

/// One account's files.
struct Read {
    metadata: Metadata,
    partition: String,
    answers: Vec<Answer>,
}

/// Writes a snapshot for each account that `folder` holds, below `base`; returns their names.
///
/// # Errors
/// When a file is not PMapper's, or one cannot be written.
pub fn import(folder: &Path, base: &Path, name: Option<&AccountName>) -> Result<Vec<AccountName>, ImportError> {
    let is_account = |folder: &Path| folder.join("graph/nodes.json").is_file();
    let root = if is_account(folder) { folder.parent().unwrap_or(folder) } else { folder };
    let folders = if is_account(folder) { vec![folder.to_owned()] } else { folders(root, is_account) };
    if folders.is_empty() {
        return Err(ImportError::Nothing { folder: folder.to_owned() });
    }
    if name.is_some() && folders.len() > 1 {
        return Err(ImportError::Name { folder: folder.to_owned(), count: folders.len() });
    }
    let mut accounts = folders.iter().map(|folder| account(folder)).collect::<Result<Vec<Read>, _>>()?;
    for tree in self::folders(root, |folder| folder.join("org_data.json").is_file()) {
        organization(&tree, &mut accounts)?;
    }
    let mut written = Vec::new();
    for account in accounts {
        let own = AccountName::try_from(account.metadata.account_id.clone());
        let own = own.map_err(|problem| ImportError::Odd { path: folder.join("metadata.json"), problem: problem.to_string() })?;
        let name = name.cloned().unwrap_or(own);
        write(&account, base, &name)?;
        written.push(name);
    }
    Ok(written)
}

fn folders(root: &Path, wanted: impl Fn(&Path) -> bool) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(root).into_iter().flatten().filter_map(Result::ok).map(|entry| entry.path());
    let mut found: Vec<PathBuf> = entries.filter(|path| wanted(path)).collect();
    found.sort();
    found
}

fn parse<T: DeserializeOwned>(path: &Path) -> Result<T, ImportError> {
    let odd = |problem: String| ImportError::Odd { path: path.to_owned(), problem };
    let bytes = std::fs::read(path).map_err(|error| odd(error.to_string()))?;
    serde_json::from_slice(&bytes).map_err(|error| odd(error.to_string()))
}

fn organization(folder: &Path, accounts: &mut [Read]) -> Result<(), ImportError> {
    let organization: Organization = parse(&folder.join("org_data.json"))?;
    let scps: Vec<Policy> = parse(&folder.join("scps.json"))?;
    let member = |read: &Read| read.metadata.organization.as_ref() == Some(&organization.org_id);
    for read in accounts.iter_mut().filter(|read| member(read)) {
        read.answers.push(tree::membership(&organization));
    }
    let management = accounts.iter().position(|read| read.metadata.account_id == organization.management_account_id);
    let at = management.or_else(|| accounts.iter().position(member));
    if let Some(read) = at.and_then(|at| accounts.get_mut(at)) {
        read.answers.extend(tree::answers(&organization, &scps));
    }
    Ok(())
}

fn account(folder: &Path) -> Result<Read, ImportError> {
    let metadata: Metadata = parse(&folder.join("metadata.json"))?;
    let nodes: Vec<Node> = parse(&folder.join("graph/nodes.json"))?;
    let groups: Vec<Group> = parse(&folder.join("graph/groups.json"))?;
    let policies: Vec<Policy> = parse(&folder.join("graph/policies.json"))?;
    let edges = folder.join("graph/edges.json");
    let maker = Maker { documents: policies.iter().map(|policy| (&policy.reference, &policy.policy_doc)).collect() };
    let (users, roles): (Vec<&Node>, Vec<&Node>) = nodes.iter().partition(|node| kind(&node.arn) == "user");
    let details = json!({
        "UserDetailList": users.iter().map(|node| maker.user(node)).collect::<Vec<_>>(),
        "RoleDetailList": roles.iter().map(|node| maker.role(node)).collect::<Vec<_>>(),
        "GroupDetailList": groups.iter().map(|group| maker.group(group)).collect::<Vec<_>>(),
        "Policies": maker.managed(&nodes, &groups),
    });
    let mut answers = vec![answer("iam", "get-account-authorization-details", &[], details)];
    answers.extend(users.iter().flat_map(|node| credentials(node)));
    answers.push(answer(found::SERVICE, found::REQUEST, &[], json!({"Edges": parse::<Value>(&edges)?})));
    let partition = nodes.iter().find_map(|node| node.arn.split(':').nth(1)).unwrap_or("aws").to_owned();
    Ok(Read { metadata, partition, answers })
}

/// What PMapper counts of a user's credentials.
fn credentials(node: &Node) -> Vec<Answer> {
    let name = name(&node.arn);
    let keys = vec![json!({"UserName": name, "Status": "Active"}); node.access_keys];
    let devices = vec![json!({"UserName": name}); usize::from(node.has_mfa)];
    let password = node.active_password.then(|| json!({"LoginProfile": {"UserName": name}}));
    vec![
        answer("iam", "list-access-keys", &[name], json!({"AccessKeyMetadata": keys})),
        answer("iam", "list-mfa-devices", &[name], json!({"MFADevices": devices})),
        Answer { service: "iam", request: "get-login-profile", parts: vec![name.to_owned()], value: password },
    ]
}

/// `user`, `role`, `group`, `policy`
fn kind(arn: &str) -> &str {
    arn.split(':').nth(5).and_then(|rest| rest.split('/').next()).unwrap_or_default()
}

fn name(arn: &str) -> &str {
    arn.rsplit('/').next().unwrap_or(arn)
}

fn path(arn: &str) -> &str {
    let rest = arn.splitn(6, ':').nth(5).and_then(|rest| rest.find('/').and_then(|at| rest.get(at..))).unwrap_or("/");
    rest.rfind('/').and_then(|at| rest.get(..=at)).unwrap_or("/")
}

/// Makes entries of IAM's.
struct Maker<'a> {
    documents: BTreeMap<&'a Reference, &'a Value>,
}

impl Maker<'_> {
    fn user(&self, node: &Node) -> Value {
        let mut entry = self.principal(node, "User");
        let groups: Vec<&str> = node.group_memberships.iter().map(|arn| name(arn)).collect();
        entry.insert("GroupList".to_owned(), json!(groups));
        Value::Object(entry)
    }

    fn role(&self, node: &Node) -> Value {
        let mut entry = self.principal(node, "Role");
        let profiles = node.instance_profile.iter().flat_map(|profiles| &profiles.0);
        let profiles: Vec<Value> = profiles.map(|arn| json!({"Arn": arn, "InstanceProfileName": name(arn), "Path": path(arn)})).collect();
        entry.insert("InstanceProfileList".to_owned(), json!(profiles));
        entry.insert("AssumeRolePolicyDocument".to_owned(), node.trust_policy.clone().unwrap_or_else(|| json!({"Statement": []})));
        Value::Object(entry)
    }

    fn principal(&self, node: &Node, kind: &str) -> Map<String, Value> {
        let mut entry = self.entry(&node.arn, &node.attached_policies, kind);
        let tags: Vec<Value> = node.tags.iter().map(|(key, value)| json!({"Key": key, "Value": value})).collect();
        entry.insert(format!("{kind}Id"), json!(node.id_value));
        entry.insert("Tags".to_owned(), json!(tags));
        if let Some(boundary) = &node.permissions_boundary {
            let value = json!({"PermissionsBoundaryType": "Policy", "PermissionsBoundaryArn": boundary.arn});
            entry.insert("PermissionsBoundary".to_owned(), value);
        }
        entry
    }

    fn group(&self, group: &Group) -> Value {
        Value::Object(self.entry(&group.arn, &group.attached_policies, "Group"))
    }

    fn entry(&self, arn: &str, policies: &[Reference], kind: &str) -> Map<String, Value> {
        let (inline, attached): (Vec<&Reference>, Vec<_>) = policies.iter().partition(|policy| policy.arn == arn);
        let document = |policy: &&Reference| json!({"PolicyName": policy.name, "PolicyDocument": self.documents.get(*policy)});
        let named = |policy: &&Reference| json!({"PolicyName": policy.name, "PolicyArn": policy.arn});
        let mut entry = Map::new();
        entry.insert("Arn".to_owned(), json!(arn));
        entry.insert(format!("{kind}Name"), json!(name(arn)));
        entry.insert("Path".to_owned(), json!(path(arn)));
        entry.insert(format!("{kind}PolicyList"), json!(inline.iter().map(document).collect::<Vec<_>>()));
        entry.insert("AttachedManagedPolicies".to_owned(), json!(attached.iter().map(named).collect::<Vec<_>>()));
        entry
    }

    fn managed(&self, nodes: &[Node], groups: &[Group]) -> Vec<Value> {
        let of_nodes = nodes.iter().flat_map(|node| &node.attached_policies);
        let attached: Vec<&Reference> = of_nodes.chain(groups.iter().flat_map(|group| &group.attached_policies)).collect();
        let managed = self.documents.iter().filter(|(policy, _)| kind(&policy.arn) == "policy");
        managed
            .map(|(policy, document)| {
                let count = attached.iter().filter(|known| known.arn == policy.arn).count();
                json!({"Arn": policy.arn, "PolicyName": policy.name, "Path": path(&policy.arn), "DefaultVersionId": "v1", "IsAttachable": true,
                    "AttachmentCount": count,
                    "PolicyVersionList": [{"VersionId": "v1", "IsDefaultVersion": true, "Document": document}]})
            })
            .collect()
    }
}

fn write(read: &Read, base: &Path, name: &AccountName) -> Result<(), ImportError> {
    let folder = base.join(ACCOUNT_DATA).join(name.as_str());
    if folder.exists() {
        return Err(ImportError::Taken { folder });
    }
    let region = home_region(&read.partition).unwrap_or("us-east-1");
    let now = Timestamp::now();
    let header = Header {
        format: FORMAT.to_owned(),
        tool: concat!("cloudmapper ", env!("CARGO_PKG_VERSION")).to_owned(),
        api_models: "none: imported from PMapper".to_owned(),
        account: ManifestAccount { name: name.to_string(), id: read.metadata.account_id.clone(), partition: read.partition.clone() },
        identity: Identity::default(),
        started: now,
        finished: None,
        complete: false,
        with_secrets: false,
        selection: "graph import".to_owned(),
        regions: vec![RegionRecord { name: region.to_owned(), status: "opt-in-not-required".to_owned() }],
    };
    let mut store = Store::open(&folder, header)?;
    let regions = json!({"Regions": [{"RegionName": region, "OptInStatus": "opt-in-not-required"}]});
    let file = "describe-regions.json".to_owned();
    store.record(record("ec2", "describe-regions", region, file, now, true), Some(&regions))?;
    for answer in &read.answers {
        let stem = format!("{region}/{}-{}", answer.service, answer.request);
        let parts: Vec<String> = answer.parts.iter().map(|part| quote(part)).collect();
        let file = if parts.is_empty() { format!("{stem}.json") } else { format!("{stem}/{}", parts.join("/")) };
        store.record(record(answer.service, answer.request, region, file, now, answer.value.is_some()), answer.value.as_ref())?;
    }
    store.finish(true, now)?;
    Ok(())
}

fn record(service: &str, request: &str, region: &str, file: String, time: Timestamp, found: bool) -> CallRecord {
    let camel = |word: &str| word.chars().take(1).flat_map(char::to_uppercase).chain(word.chars().skip(1)).collect::<String>();
    CallRecord {
        service: service.to_owned(),
        request: request.to_owned(),
        operation: request.split('-').map(camel).collect(),
        region: region.to_owned(),
        parameters: Map::new(),
        file,
        outcome: if found { Outcome::Value } else { Outcome::Empty },
        code: None,
        message: None,
        time,
        attempts: 0,
        pages: 1,
        bytes: 0,
        sha256: None,
        redacted: 0,
    }
}

//! `data/escalations.yaml`: how one principal can come to act as another, or raise its own rights. The file's head tells the
//! form.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use serde::{Deserialize, Serialize};

use crate::model::Many;
use crate::snapshot::jq::Program;

static EMBEDDED: &str = include_str!("../../data/escalations.yaml");

/// What programs over answers are told, in this order.
pub(super) const VARIABLES: &[&str] = &["$with", "$name", "$second", "$key", "$account", "$partition", "$region", "$now"];

/// One technique.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct Row {
    /// `lambda-001`
    pub id: String,
    /// Other ids of the same.
    #[serde(default)]
    pub aka: Vec<String>,
    /// Goes on as "the source …".
    pub name: String,
    /// What kind of technique.
    pub category: Category,
    /// What the source must be.
    pub who: Who,
    /// What is reached.
    pub to: To,
    /// Who must be let assume the target.
    #[serde(default)]
    pub trusts: Option<Trusts>,
    /// The target must be in an instance profile.
    #[serde(default)]
    pub profile: bool,
    /// What must be there already.
    #[serde(default)]
    pub things: Vec<Thing>,
    /// What must hold of the target or the source.
    #[serde(default)]
    pub facts: Vec<Fact>,
    /// What must be allowed.
    pub needs: Vec<Need>,
    /// Something must happen that the source does not start.
    #[serde(default)]
    pub trigger: Trigger,
    /// What else must be true that no answer tells.
    #[serde(default)]
    pub doubt: Option<String>,
    /// What comes of it.
    #[serde(default)]
    pub gain: Gain,
    /// What to change.
    pub fix: String,
    /// Where AWS says so.
    pub source: String,
}

/// Kinds of techniques.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Category {
    /// A role is passed to something new.
    NewPassrole,
    /// Something that runs as a role is changed or used.
    ExistingPassrole,
    /// Another principal's credentials or sessions.
    PrincipalAccess,
    /// The source's own rights.
    SelfEscalation,
    /// What limits the source is taken away.
    GuardrailRemoval,
}

/// What a source must be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Who {
    /// A user or a role.
    Any,
    /// A user.
    User,
    /// A role.
    Role,
}

/// What is reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum To {
    /// A role.
    Role,
    /// A user.
    User,
    /// The source itself.
    #[serde(rename = "self")]
    Itself,
}

/// Who starts it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Trigger {
    /// The source.
    #[default]
    Caller,
    /// Something else must happen.
    SomebodyElse,
}

/// What comes of a technique.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Gain {
    /// The source acts as the target.
    #[default]
    Target,
    /// The target can be made an administrator, and then acted as.
    TargetAdmin,
    /// The source can be made one.
    SelfAdmin,
    /// A new administrator can be made.
    NewAdmin,
    /// The source gets a group's policies.
    SelfWithGroup,
    /// The source gets another version of a policy.
    SelfWithVersion,
    /// The source gets rid of a policy.
    SelfWithoutPolicy,
    /// The source leaves a group.
    SelfWithoutGroup,
    /// The source gets rid of its permissions boundary.
    SelfWithoutBoundary,
    /// The target gets rid of its boundary.
    TargetWithoutBoundary,
    /// No SCP limits the account any more.
    SelfWithoutScps,
}

/// Who must be let assume the target.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub enum Trusts {
    /// A service.
    Service(String),
    /// One of some services.
    OneOf(Vec<String>),
    /// A service or provider, with more to it.
    Exactly(TrustedParty),
}

/// Somebody whom a trust policy must let in.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct TrustedParty {
    /// A service.
    #[serde(default)]
    pub service: Option<String>,
    /// Or an identity provider: a template.
    #[serde(default)]
    pub federated: Option<String>,
    /// For these actions, all of them; `sts:AssumeRole` without.
    #[serde(default)]
    pub action: Many,
    /// Keys of the request: templates.
    #[serde(default)]
    pub context: BTreeMap<String, ContextValue>,
}

/// The value of a condition key: templates; none where the key is certainly absent.
#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
pub enum ContextValue {
    /// Some values.
    Values(Many),
    /// The request does not have it.
    Absent,
}

/// Something that must be there.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct Thing {
    /// Its name in templates.
    #[serde(rename = "As", default = "thing")]
    pub name: String,
    /// The call that tells of it.
    #[serde(default)]
    pub file: Option<String>,
    /// Other calls that the program reads.
    #[serde(default)]
    pub with: Vec<String>,
    /// What there is, as jq.
    #[serde(default)]
    pub exists: Option<Jq>,
    /// An ARN that stands for it where the call was not made.
    #[serde(rename = "Else", default)]
    pub otherwise: Option<String>,
    /// What IAM's own answers hold.
    #[serde(default)]
    pub known: Option<Known>,
    /// Of roles: those that this service may assume.
    #[serde(default)]
    pub trusts: Option<String>,
}

fn thing() -> String {
    "thing".to_owned()
}

/// What IAM's own answers hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Known {
    /// Customer-managed policies of the source.
    PoliciesOfSelf,
    /// Those of the target.
    PoliciesOfTarget,
    /// The customer-managed policy that is the source's permissions boundary.
    BoundaryOfSelf,
    /// That of the target.
    BoundaryOfTarget,
    /// Managed policies that give all rights of an administrator.
    AdministratorPolicies,
    /// All that is attached to the source directly.
    AttachedOfSelf,
    /// The source's inline policies.
    InlineOfSelf,
    /// Groups that the source is not in.
    Groups,
    /// Groups that it is in.
    GroupsOfSelf,
    /// Roles.
    Roles,
}

impl Known {
    /// Whether it is another list for each target.
    #[must_use]
    pub fn is_of_target(self) -> bool {
        matches!(self, Self::PoliciesOfTarget | Self::BoundaryOfTarget)
    }
}

/// A jq program.
#[derive(Debug, Deserialize)]
#[serde(from = "String")]
pub struct Jq(pub Program);

impl From<String> for Jq {
    fn from(text: String) -> Self {
        Self(Program::trusted(&text, VARIABLES))
    }
}

/// Something that must hold.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct Fact {
    /// Of whom.
    #[serde(default)]
    pub of: Of,
    /// The call that tells; without one, the principal's own entry.
    #[serde(default)]
    pub file: Option<String>,
    /// Its name.
    #[serde(rename = "As", default)]
    pub name: Option<String>,
    /// Whether it holds, as jq.
    pub ok: Jq,
}

/// Of whom a fact is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Of {
    /// The target.
    #[default]
    Target,
    /// The source.
    #[serde(rename = "self")]
    Itself,
}

/// Something that must be allowed.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct Need {
    /// Each of these.
    #[serde(default)]
    pub action: Many,
    /// On each of these.
    #[serde(default)]
    pub resource: Many,
    /// Keys that the request has.
    #[serde(default)]
    pub context: BTreeMap<String, ContextValue>,
    /// Who asks, if not the source.
    #[serde(default)]
    pub by: Option<String>,
    /// As if the resource's policy named the asker.
    #[serde(default)]
    pub granted: bool,
    /// A no makes it possible only.
    #[serde(default)]
    pub soft: bool,
    /// Only where this field holds.
    #[serde(rename = "If", default)]
    pub only_if: Option<String>,
    /// Not where a role's path and name begin so.
    #[serde(default)]
    pub unless: Option<String>,
    /// One of these, in place of the others.
    #[serde(default)]
    pub any: Vec<Self>,
}

/// Tells this table from others.
pub(super) fn fingerprint() -> String {
    let hash = crate::snapshot::layout::sha256(EMBEDDED.as_bytes());
    hash.get(..12).unwrap_or_default().to_owned()
}

/// All rows.
///
/// # Errors
/// In words, when the table cannot be read.
pub fn rows() -> Result<&'static [Row], String> {
    static ROWS: OnceLock<Result<Vec<Row>, String>> = OnceLock::new();
    let read = || serde_saphyr::from_str(EMBEDDED).map_err(|error| format!("data/escalations.yaml: {error}"));
    ROWS.get_or_init(read).as_deref().map_err(Clone::clone)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::iam::catalog::Catalog;

    fn all_needs(row: &Row) -> impl Iterator<Item = &Need> {
        row.needs.iter().flat_map(|need| if need.any.is_empty() { std::slice::from_ref(need) } else { need.any.as_slice() })
    }

    #[test]
    fn every_row_is_sound() {
        let catalog = Catalog::embedded().unwrap();
        let rows = rows().unwrap();
        let mut ids: Vec<&str> = rows.iter().map(|row| row.id.as_str()).collect();
        ids.sort_unstable();
        assert!(ids.windows(2).all(|pair| pair[0] != pair[1]));
        for row in rows {
            let id = &row.id;
            assert!(row.name.starts_with("can ") && !row.name.ends_with('.'), "{id}");
            assert!(!row.fix.is_empty() && row.source.starts_with("https://docs.aws.amazon.com/"), "{id}");
            assert!(all_needs(row).next().is_some(), "{id}");
            for need in all_needs(row) {
                assert!(!need.action.0.is_empty() && !need.resource.0.is_empty(), "{id}");
                for action in &need.action.0 {
                    assert_eq!(catalog.expand(action).len(), 1, "{id}: {action}");
                }
            }
            for thing in &row.things {
                assert!(thing.file.is_some() != thing.known.is_some(), "{id}: {}", thing.name);
                let programs = thing.exists.iter().map(|jq| &jq.0).chain(row.facts.iter().map(|fact| &fact.ok.0));
                for program in programs {
                    assert!(Program::compile(program.text(), VARIABLES).is_ok(), "{id}: {}", program.text());
                }
            }
        }
    }

    /// The paths of pathfinding.cloud that grant by what AWS calls them; `docs/graph.md` says which are left out.
    #[test]
    fn every_row_has_its_cases() {
        for row in rows().unwrap() {
            let path = format!("{}/tests/escalations/{}.json", env!("CARGO_MANIFEST_DIR"), row.id);
            let text = std::fs::read_to_string(&path).unwrap_or_else(|_| panic!("{path}"));
            let cases: serde_json::Value = serde_json::from_str(&text).unwrap();
            for kind in ["positive", "scoped", "negative"] {
                assert!(cases[kind]["files"].is_object(), "{path}: {kind}");
            }
        }
    }
}

//! The graph: who there is, and which technique leads from whom to whom.

use std::collections::{BTreeMap, HashMap};

use serde::{Deserialize, Serialize};

use super::GraphError;
use super::table::{Category, rows};

/// What a node is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// An IAM user.
    User,
    /// An IAM role.
    Role,
    /// Somebody who signs in by IAM Identity Center.
    Person,
    /// A SAML or OIDC provider.
    Provider,
    /// An account, or a principal of one, that is not among the snapshots.
    Account,
    /// An AWS service.
    Service,
    /// A host that runs as a role.
    Host,
    /// Everybody.
    Internet,
    /// Whoever administers an account.
    Admin,
}

/// Whether somebody is an administrator.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Admin {
    /// No.
    No,
    /// Where this holds.
    If(String),
    /// Yes.
    Yes,
}

/// Somebody.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Node {
    /// The ARN, or what policies call it.
    pub arn: String,
    /// `role/x`, without the path.
    pub name: String,
    /// What it is.
    pub kind: Kind,
    /// The place of its account.
    pub account: Option<usize>,
    /// Whether it is an administrator.
    pub admin: Admin,
    /// The statements that make it one.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub because: Vec<String>,
    /// Its tags.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub tags: BTreeMap<String, String>,
}

/// A way from one to another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Edge {
    /// Who.
    pub from: usize,
    /// Comes to act as whom.
    pub to: usize,
    /// How: its place among the techniques.
    pub technique: u16,
    /// Nothing stands in the way; else it is possible.
    pub certain: bool,
    /// Through whom.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub via: Option<usize>,
}

/// An account of the graph.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GraphAccount {
    /// Its name here.
    pub name: String,
    /// Its id.
    pub id: String,
    /// Its partition.
    pub partition: String,
    /// When it was collected.
    pub collected: Option<String>,
    /// What its snapshot lacks that the graph would need.
    pub gaps: Vec<String>,
    /// Calls that were not made, with the techniques that need them.
    pub unseen: BTreeMap<String, Vec<String>>,
}

/// Who can come to act as whom.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Graph {
    /// The accounts.
    pub accounts: Vec<GraphAccount>,
    /// Everybody.
    pub nodes: Vec<Node>,
    /// The ways, by source.
    pub edges: Vec<Edge>,
    /// What of it could not be seen, in words.
    #[serde(default)]
    pub notes: Vec<String>,
}

/// How somebody comes to act as somebody else.
#[derive(Debug, Clone, Copy)]
pub struct Technique {
    /// The catalogue's id, or a name of ours.
    pub id: &'static str,
    /// Goes on as "the source …".
    pub name: &'static str,
    /// A short name of the service, such as PMapper has.
    pub label: &'static str,
    /// Its kind.
    pub category: Category,
    /// What to change.
    pub fix: &'static str,
    /// Where AWS says so.
    pub source: &'static str,
}

/// What is no technique of the table: how things are.
const FACTS: [Technique; 8] = [
    Technique {
        id: "administrator",
        name: "is an administrator",
        label: "Admin",
        category: Category::PrincipalAccess,
        fix: "Take permissions away that are not used, above all those to change roles and their policies.",
        source: "https://docs.aws.amazon.com/IAM/latest/UserGuide/best-practices.html#grant-least-privilege",
    },
    Technique {
        id: "trusted-principal",
        name: "is let in by the role's trust policy",
        label: "AssumeRole",
        category: Category::PrincipalAccess,
        fix: "Name in the trust policy only those who need the role, and ask for an external id (sts:ExternalId).",
        source: "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_common-scenarios_third-party.html",
    },
    Technique {
        id: "trusted-provider",
        name: "signs people in as the role",
        label: "Federation",
        category: Category::PrincipalAccess,
        fix: "Name in the trust policy's conditions the users, repositories or groups that are meant (sub, aud, SAML attributes).",
        source: "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_create_for-idp.html",
    },
    Technique {
        id: "trusted-service",
        name: "acts as the role on behalf of whoever passes it",
        label: "Service",
        category: Category::ExistingPassrole,
        fix: "Ask in the trust policy for aws:SourceAccount and aws:SourceArn.",
        source: "https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html",
    },
    Technique {
        id: "instance-role",
        name: "hands out credentials of the role",
        label: "Metadata",
        category: Category::PrincipalAccess,
        fix: "Give the instance a role that can do no more than it needs, and require IMDSv2.",
        source: "https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/iam-roles-for-amazon-ec2.html",
    },
    Technique {
        id: "internet-reaches",
        name: "reaches the host",
        label: "Network",
        category: Category::PrincipalAccess,
        fix: "Close the ports that need not be open to everybody.",
        source: "https://docs.aws.amazon.com/vpc/latest/userguide/vpc-security-groups.html",
    },
    Technique {
        id: "imported",
        name: "can get at, as PMapper found,",
        label: "PMapper",
        category: Category::PrincipalAccess,
        fix: "Collect the account, and see by which technique.",
        source: "https://github.com/nccgroup/PMapper",
    },
    Technique {
        id: "identity-center",
        name: "is assigned in IAM Identity Center to the role",
        label: "Identity Center",
        category: Category::PrincipalAccess,
        fix: "Assign permission sets to those who need them, in the accounts where they need them, and keep sessions short.",
        source: "https://docs.aws.amazon.com/singlesignon/latest/userguide/assignusers.html",
    },
];

/// All techniques: those of the table, then how things are.
///
/// # Errors
/// When the table cannot be read.
pub fn techniques() -> Result<Vec<Technique>, GraphError> {
    let rows = rows().map_err(GraphError::Embedded)?;
    let of_row = rows.iter().map(|row| Technique {
        id: &row.id,
        name: &row.name,
        label: label(&row.id),
        category: row.category,
        fix: &row.fix,
        source: &row.source,
    });
    Ok(of_row.chain(FACTS).collect())
}

/// The place of a technique by its id.
pub(super) fn place(id: &str) -> Result<u16, GraphError> {
    let at = techniques()?.iter().position(|technique| technique.id == id).and_then(|at| u16::try_from(at).ok());
    at.ok_or_else(|| GraphError::Embedded(format!("there is no technique `{id}`")))
}

/// What PMapper calls the edge, where it has one; else the service.
fn label(id: &str) -> &'static str {
    const LABELS: [(&str, &str); 31] = [
        ("sts-001", "AssumeRole"),
        ("iam", "IAM"),
        ("organizations", "Organizations"),
        ("lambda", "Lambda"),
        ("ec2instanceconnect", "EC2"),
        ("ec2", "EC2"),
        ("autoscaling", "EC2 Auto Scaling"),
        ("cloudformation", "Cloudformation"),
        ("codebuild", "CodeBuild"),
        ("codedeploy", "CodeDeploy"),
        ("ecs", "ECS"),
        ("glue", "Glue"),
        ("sagemaker", "SageMaker"),
        ("ssm", "SSM"),
        ("apprunner", "App Runner"),
        ("bedrock", "Bedrock"),
        ("datapipeline", "Data Pipeline"),
        ("amplify", "Amplify"),
        ("batch", "Batch"),
        ("braket", "Braket"),
        ("cognitoidentity", "Cognito"),
        ("emrserverless", "EMR"),
        ("emr", "EMR"),
        ("gamelift", "GameLift"),
        ("imagebuilder", "Image Builder"),
        ("kinesisanalytics", "Flink"),
        ("scheduler", "Scheduler"),
        ("stepfunctions", "Step Functions"),
        ("rolesanywhere", "Roles Anywhere"),
        ("eks", "EKS"),
        ("sso", "Identity Center"),
    ];
    LABELS.iter().find(|(beginning, _)| id.starts_with(beginning)).map_or("Service", |(_, label)| *label)
}

impl Graph {
    /// The place of a node by its ARN.
    #[must_use]
    pub fn by_arn(&self) -> HashMap<&str, usize> {
        self.nodes.iter().enumerate().map(|(at, node)| (node.arn.as_str(), at)).collect()
    }

    /// The place of a node that is no user or role of the accounts; it is made if it is not there.
    pub(super) fn node_of(
        &mut self,
        places: &mut HashMap<String, usize>,
        arn: &str,
        name: &str,
        (kind, account): (Kind, Option<usize>),
    ) -> usize {
        if let Some(known) = places.get(arn) {
            return *known;
        }
        let (arn, name) = (arn.to_owned(), name.to_owned());
        places.insert(arn.clone(), self.nodes.len());
        self.nodes.push(Node { arn, name, kind, account, admin: Admin::No, because: Vec::new(), tags: BTreeMap::new() });
        self.nodes.len() - 1
    }

    /// Whether a node is a user or role.
    #[must_use]
    pub fn is_principal(&self, at: usize) -> bool {
        self.nodes.get(at).is_some_and(|node| matches!(node.kind, Kind::User | Kind::Role))
    }
}

//! What of a graph calls for a change.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::Value;

use super::GraphError;
use super::model::{Admin, Graph, Kind, techniques};
use super::paths::{Filter, Hop, Nearest, Ways};
use super::people::is_assignment;
use super::query::{Source, services};
use crate::iam::estate::{Asker, Estate};
use crate::iam::policy::Action;
use crate::iam::query::Prober;
use crate::iam::truth::Truth;
use crate::snapshot::{Answer, Snapshot};

/// How bad it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub enum Severity {
    /// Somebody from outside can take over an account.
    Critical,
    /// Somebody inside can.
    High,
    /// It takes one more mistake.
    Medium,
    /// Worth knowing.
    Low,
}

/// A finding: the same of one or many.
#[derive(Debug, Clone, Serialize)]
pub struct Finding {
    /// Stays the same between versions.
    pub id: &'static str,
    /// In a line.
    pub title: &'static str,
    /// How bad it is.
    pub severity: Severity,
    /// What it comes to.
    pub impact: &'static str,
    /// What was looked for.
    pub description: &'static str,
    /// What to do.
    pub recommendation: &'static str,
    /// Of whom it holds.
    pub of: Vec<Of>,
}

/// One of whom a finding holds.
#[derive(Debug, Clone, Serialize)]
pub struct Of {
    /// Places in the graph: who, and whom else it is about.
    #[serde(skip)]
    pub nodes: Vec<usize>,
    /// The ARNs.
    pub principals: Vec<String>,
    /// Nothing stands in the way.
    pub certain: bool,
    /// The way, step by step.
    #[serde(skip)]
    pub way: Vec<Hop>,
    /// The ids of its techniques.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub techniques: Vec<&'static str>,
    /// More to know.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

/// What was found, and what could not be judged.
#[derive(Debug)]
pub struct Analysis {
    /// The worst first.
    pub findings: Vec<Finding>,
    /// What could not be judged, in words.
    pub unknown: Vec<String>,
    /// The calls that would tell of single users, by ARN.
    pub unseen: Vec<(String, &'static str)>,
}

/// A way in words, a step each.
#[must_use]
pub fn steps(ways: &Ways<'_>, way: &[Hop]) -> Vec<String> {
    let names = techniques().unwrap_or_default();
    let node = |at: usize| ways.graph().nodes.get(at).map_or("?", |node| node.name.as_str());
    let step = |hop: &Hop| {
        let (from, to) = ways.ends(*hop);
        let how = ways.edge(*hop).and_then(|edge| names.get(usize::from(edge.technique))).map_or("acts as", |technique| technique.name);
        format!("{} {how}: {}", node(from), node(to))
    };
    way.iter().map(step).collect()
}

/// Looks for all of them.
///
/// # Errors
/// When an answer cannot be read.
pub fn analyse(graph: &Graph, estate: &Estate, snapshots: &[Snapshot]) -> Result<Analysis, GraphError> {
    let ways = Ways::new(graph);
    let source = Source { graph, ways: &ways, estate };
    let mut work = Work {
        source,
        snapshots,
        findings: Vec::new(),
        unknown: Vec::new(),
        unseen: Vec::new(),
        ids: techniques()?.iter().map(|one| one.id).collect(),
    };
    work.ways_to_admin();
    work.users()?;
    work.roles();
    work.ssm();
    work.circles();
    work.boundaries();
    work.unknown.extend(graph.notes.iter().cloned());
    for account in &graph.accounts {
        let gaps = account.gaps.iter().map(|gap| format!("{}: {gap}", account.name));
        let unseen = account
            .unseen
            .iter()
            .map(|(call, rows)| format!("{}: {call} was not collected, which {} techniques need", account.name, rows.len()));
        work.unknown.extend(gaps.chain(unseen));
    }
    work.findings.retain(|finding| !finding.of.is_empty());
    work.findings.sort_by_key(|finding| finding.severity);
    Ok(Analysis { findings: work.findings, unknown: work.unknown, unseen: work.unseen })
}

struct Work<'a> {
    source: Source<'a>,
    snapshots: &'a [Snapshot],
    findings: Vec<Finding>,
    unknown: Vec<String>,
    unseen: Vec<(String, &'static str)>,
    ids: Vec<&'static str>,
}

impl Work<'_> {
    fn of(&self, nodes: Vec<usize>, certain: bool, way: Vec<Hop>, note: Option<String>) -> Of {
        let graph = self.source.graph;
        let principals = nodes.iter().filter_map(|at| graph.nodes.get(*at)).map(|node| node.arn.clone()).collect();
        let edges = way.iter().filter_map(|hop| self.source.ways.edge(*hop));
        let techniques = edges.filter_map(|edge| self.ids.get(usize::from(edge.technique)).copied()).collect();
        Of { nodes, principals, certain, way, techniques, note }
    }

    /// Whoever can become an administrator: of the account, of another one, from outside, from the internet.
    fn ways_to_admin(&mut self) {
        let (graph, ways) = (self.source.graph, self.source.ways);
        let nearest = Nearest::administrators(ways, &Filter::default());
        let mut found: BTreeMap<&'static str, Vec<Of>> = BTreeMap::new();
        for (at, node) in graph.nodes.iter().enumerate() {
            if matches!(node.kind, Kind::Internet | Kind::Account | Kind::Provider) {
                let id = if node.kind == Kind::Internet { "internet-to-admin" } else { "outsider-to-admin" };
                found.entry(id).or_default().extend(self.doors(at, &nearest));
                continue;
            }
            let (sure, way) = (nearest.certain.has(at), ways.follow(at, nearest.of(at)));
            let Some(to) = way.last().map(|hop| ways.ends(*hop).1) else { continue };
            let account = |at: usize| graph.nodes.get(at).and_then(|node| node.account);
            let id = match node.kind {
                Kind::User | Kind::Role if node.admin != Admin::No => continue,
                Kind::User | Kind::Role if account(at) != account(to) => "cross-account-escalation",
                Kind::User | Kind::Role => "privilege-escalation",
                _ => continue,
            };
            found.entry(id).or_default().push(self.of(vec![at, to], sure, way, None));
        }
        let mut take = |id: &str| found.remove(id).unwrap_or_default();
        let (internet, outside, cross, inside) =
            (take("internet-to-admin"), take("outsider-to-admin"), take("cross-account-escalation"), take("privilege-escalation"));
        self.findings.push(Finding {
            id: "internet-to-admin",
            title: "Hosts on the Internet Lead to Administrative Permissions",
            severity: Severity::Critical,
            impact: "Whoever takes over the host, or uses the role that everybody may assume, administers the account.",
            description: "From the internet there is a way to an administrator: by hosts that it reaches and the roles they run as, or by roles that trust everybody.",
            recommendation: "Close the ports, give the hosts roles that can do no more than they need, and name in trust policies who is meant.",
            of: internet,
        });
        self.findings.push(Finding {
            id: "outsider-to-admin",
            title: "Outsiders Can Become Administrators",
            severity: Severity::High,
            impact: "Whoever controls the other account or the identity provider administers this account.",
            description: "Trust policies let accounts that are not here, or identity providers, take on roles from which there is a way to an administrator.",
            recommendation: "Limit what these roles can do; ask for an external id or for the subject of the token in the trust policy.",
            of: outside,
        });
        self.findings.push(Finding {
            id: "cross-account-escalation",
            title: "Principals Can Become Administrators of Another Account",
            severity: Severity::High,
            impact: "One account falls with another.",
            description: "Principals that are no administrators have a way to administrators of another account.",
            recommendation: "Trust single roles instead of whole accounts, and keep rights on them with those who need them.",
            of: cross,
        });
        self.findings.push(Finding {
            id: "privilege-escalation",
            title: "IAM Principals Can Escalate Privileges",
            severity: Severity::High,
            impact: "A lower-privileged principal can gain administrative permissions.",
            description: "Principals that are no administrators have a way to one.",
            recommendation: "Break the ways: `path` explains them, `cut` says which statements to change.",
            of: inside,
        });
    }

    /// The ways to an administrator by each host or role that lets somebody from outside in: closing one leaves the others.
    fn doors(&self, from: usize, nearest: &Nearest) -> Vec<Of> {
        let ways = self.source.ways;
        let mut doors: BTreeMap<usize, Of> = BTreeMap::new();
        for hop in ways.leaving(from) {
            let (_, door) = ways.ends(hop);
            // Who is assigned to an administrator's role administers: that is no escalation.
            if ways.edge(hop).is_some_and(|edge| is_assignment(ways.graph(), edge)) {
                continue;
            }
            if !nearest.of(door).has(door) {
                continue;
            }
            let sure = nearest.certain.has(door) && ways.edge(hop).is_some_and(|edge| edge.certain);
            let way: Vec<Hop> = [hop].into_iter().chain(ways.follow(door, nearest.of(door))).collect();
            let to = way.last().map_or(door, |hop| ways.ends(*hop).1);
            if doors.get(&door).is_none_or(|known| !known.certain) {
                doors.insert(door, self.of(vec![from, to], sure, way, None));
            }
        }
        doors.into_values().collect()
    }

    /// Administrators among the users.
    fn users(&mut self) -> Result<(), GraphError> {
        let graph = self.source.graph;
        let (mut without, mut keys) = (Vec::new(), Vec::new());
        for (at, node) in graph.nodes.iter().enumerate().filter(|(_, node)| node.kind == Kind::User && node.admin != Admin::No) {
            let devices = self.count(at, "iam-list-mfa-devices", "MFADevices")?;
            let own = self.count(at, "iam-list-access-keys", "AccessKeyMetadata")?;
            let known = [(devices, "iam-list-mfa-devices"), (own, "iam-list-access-keys")];
            self.unseen.extend(known.into_iter().filter(|(count, _)| count.is_none()).map(|(_, call)| (node.arn.clone(), call)));
            if devices.is_none() || own.is_none() {
                self.unknown.push(format!("MFA devices or access keys of {} were not collected", node.arn));
            }
            if devices == Some(0) {
                without.push(self.of(vec![at], true, Vec::new(), None));
            }
            // Who is an administrator under a condition is asked for it: MFA, a network.
            if own.is_some_and(|keys| keys > 0) && node.admin == Admin::Yes {
                keys.push(self.of(vec![at], true, Vec::new(), None));
            }
        }
        self.findings.push(Finding {
            id: "admin-without-mfa",
            title: "IAM Users With Administrative Permissions But No MFA Device",
            severity: Severity::Medium,
            impact: "A stolen password or key is enough to administer the account.",
            description: "Users that are administrators have no MFA device.",
            recommendation: "Give them MFA devices, and deny what they do without; better, replace users by IAM Identity Center.",
            of: without,
        });
        self.findings.push(Finding {
            id: "admin-keys-without-mfa",
            title: "Administrative IAM Users Can Call Sensitive Actions Without MFA",
            severity: Severity::Medium,
            impact: "An access key alone is enough to administer the account.",
            description: "Users that are administrators have access keys, and no policy asks for MFA (aws:MultiFactorAuthPresent).",
            recommendation: "Deny IAM's and STS's actions without MFA, or delete the access keys.",
            of: keys,
        });
        Ok(())
    }

    fn count(&self, at: usize, call: &str, key: &str) -> Result<Option<usize>, GraphError> {
        let Some(node) = self.source.graph.nodes.get(at) else { return Ok(None) };
        let Some((account, principal)) = self.source.estate.principal(&node.arn) else { return Ok(None) };
        let Some(snapshot) = self.snapshots.iter().find(|snapshot| *snapshot.name() == account.name) else { return Ok(None) };
        let answer: Answer<Value> = snapshot.answer_for(account.region, call, &[&principal.name])?;
        Ok(match answer {
            Answer::Value(value) | Answer::Partial(value, _) => Some(value.get(key).and_then(Value::as_array).map_or(0, Vec::len)),
            Answer::Empty => Some(0),
            Answer::NotCollected(_) => None,
        })
    }

    /// Administrators among the roles of services.
    fn roles(&mut self) {
        let graph = self.source.graph;
        let admin = |at: usize| graph.nodes.get(at).is_some_and(|node| node.admin != Admin::No);
        let services = services(&self.source);
        let of = |service: &str| {
            let roles = services.iter().filter(|(name, _)| name.starts_with(service)).flat_map(|(_, roles)| roles);
            roles.filter(|(at, _)| admin(*at)).map(|(at, certain)| self.of(vec![*at], *certain, Vec::new(), None)).collect::<Vec<_>>()
        };
        let (lambda, formation) = (of("lambda.amazonaws.com"), of("cloudformation.amazonaws.com"));
        let profiles = graph.nodes.iter().enumerate().filter(|(at, _)| admin(*at)).filter_map(|(at, node)| {
            let (_, role) = self.source.estate.principal(&node.arn)?;
            let note = Some(role.instance_profiles.join(", "));
            (!role.instance_profiles.is_empty()).then(|| self.of(vec![at], true, Vec::new(), note))
        });
        let profiles = profiles.collect();
        let recommendation = "Take rights out of the role that are not used; give each use a role of its own.";
        self.findings.push(Finding {
            id: "admin-lambda-role",
            title: "IAM Roles Available to Lambda Functions Have Administrative Privileges",
            severity: Severity::Medium,
            impact: "Whoever can make or change a function with the role administers the account.",
            description: "Roles that trust Lambda are administrators.",
            recommendation,
            of: lambda,
        });
        self.findings.push(Finding {
            id: "admin-instance-profile",
            title: "Instance Profiles Have Administrator Privileges",
            severity: Severity::High,
            impact: "Whoever gets onto such an instance, or can run one, administers the account.",
            description: "Roles in instance profiles are administrators.",
            recommendation,
            of: profiles,
        });
        self.findings.push(Finding {
            id: "admin-cloudformation-role",
            title: "IAM Roles Available to CloudFormation Stacks Have Administrative Privileges",
            severity: Severity::Low,
            impact: "Whoever can pass the role to a stack administers the account.",
            description: "Roles that trust CloudFormation are administrators.",
            recommendation,
            of: formation,
        });
    }

    /// Instances that can run commands on other instances.
    fn ssm(&mut self) {
        let estate = self.source.estate;
        let action = |name| Action::new(name, estate.store.catalog());
        let (channel, commands) = (action("ssmmessages:CreateControlChannel"), [action("ssm:SendCommand"), action("ssm:StartSession")]);
        let mut found = Vec::new();
        for (at, node) in self.source.graph.nodes.iter().enumerate().filter(|(_, node)| node.kind == Kind::Role && node.admin == Admin::No)
        {
            let on_instances = estate.principal(&node.arn).is_some_and(|(_, role)| !role.instance_profiles.is_empty());
            let Some(asker) = Asker::by_arn(estate, &node.arn).filter(|_| on_instances) else { continue };
            let prober = Prober::new(estate, &asker);
            let may = |action: &Action| prober.on_everything(action).certain() == Truth::Yes;
            if may(&channel) && commands.iter().any(may) {
                found.push(self.of(vec![at], true, Vec::new(), None));
            }
        }
        self.findings.push(Finding {
            id: "unsafe-ssm-role",
            title: "IAM Roles With Unsafe SSM Permissions",
            severity: Severity::Medium,
            impact: "Whoever is on one instance gets onto all others.",
            description: "Roles of instances may run commands, or open sessions, on every managed node, as the retired policy AmazonEC2RoleforSSM lets them.",
            recommendation: "Attach AmazonSSMManagedInstanceCore instead, and leave ssm:SendCommand and ssm:StartSession to operators.",
            of: found,
        });
    }

    /// Principals that lead to each other.
    fn circles(&mut self) {
        let graph = self.source.graph;
        let mut found = Vec::new();
        for circle in circles(graph) {
            found.push(self.of(circle, true, Vec::new(), None));
        }
        self.findings.push(Finding {
            id: "circular-access",
            title: "IAM Principals with Circular Access",
            severity: Severity::Low,
            impact: "Sessions can be renewed again and again, and whoever has one of these has all of them.",
            description: "Principals that are no administrators can come to act as each other.",
            recommendation: "Break each circle where it is needed least.",
            of: found,
        });
    }

    /// Those who can take off what limits them.
    fn boundaries(&mut self) {
        let graph = self.source.graph;
        let of_guardrails = |technique: u16| {
            let id = self.ids.get(usize::from(technique)).copied().unwrap_or_default();
            ["iam-022", "iam-023", "iam-024", "iam-025", "iam-026", "organizations-leave"].contains(&id)
                || id.ends_with("-boundary")
                || ["iam-detach-role-policy", "iam-delete-role-policy", "iam-remove-user-from-group"].contains(&id)
        };
        let edges = graph.edges.iter().filter(|edge| of_guardrails(edge.technique));
        let note = |technique: u16| self.ids.get(usize::from(technique)).map(|id| (*id).to_owned());
        let found: Vec<Of> = edges.map(|edge| self.of(vec![edge.from], edge.certain, Vec::new(), note(edge.technique))).collect();
        self.findings.push(Finding {
            id: "removable-guardrail",
            title: "Principals Can Remove What Keeps Them From Administrative Permissions",
            severity: Severity::High,
            impact: "A boundary, a Deny or an SCP holds them back only as long as they let it.",
            description: "Principals may take off the permissions boundary, policy, group or organization that alone keeps them from being administrators.",
            recommendation: "Deny these actions in the boundary itself, or by an SCP.",
            of: found,
        });
    }
}

/// Groups of principals, no administrators, each of which certainly leads to all others of the group.
fn circles(graph: &Graph) -> Vec<Vec<usize>> {
    let walks = |at: usize| graph.nodes.get(at).is_some_and(|node| matches!(node.kind, Kind::User | Kind::Role) && node.admin == Admin::No);
    let count = graph.nodes.len();
    let (mut out, mut into) = (vec![Vec::new(); count], vec![Vec::new(); count]);
    for edge in graph.edges.iter().filter(|edge| edge.certain && walks(edge.from) && walks(edge.to)) {
        if let (Some(out), Some(into)) = (out.get_mut(edge.from), into.get_mut(edge.to)) {
            out.push(edge.to);
            into.push(edge.from);
        }
    }
    // Kosaraju: the order in which searches end, then searches against the arrows in the opposite order.
    let mut order = Vec::new();
    let mut seen = vec![false; count];
    for start in 0..count {
        finish(start, &out, &mut seen, &mut order);
    }
    let mut seen = vec![false; count];
    let mut circles = Vec::new();
    for start in order.into_iter().rev() {
        let mut group = Vec::new();
        finish(start, &into, &mut seen, &mut group);
        if group.len() > 1 {
            group.sort_unstable();
            circles.push(group);
        }
    }
    circles.sort();
    circles
}

/// Everybody whom a search reaches first, those where it ends first.
fn finish(start: usize, next: &[Vec<usize>], seen: &mut [bool], order: &mut Vec<usize>) {
    let mut visit = |at: usize| seen.get_mut(at).is_some_and(|seen| !std::mem::replace(seen, true));
    if !visit(start) {
        return;
    }
    let mut stack = vec![(start, 0_usize)];
    while let Some((at, place)) = stack.pop() {
        match next.get(at).and_then(|list| list.get(place)) {
            Some(to) => {
                stack.push((at, place + 1));
                if visit(*to) {
                    stack.push((*to, 0));
                }
            }
            None => order.push(at),
        }
    }
}

//! Who makes a request.

use crate::model::is_account_id;

use super::formula::Atom;
use super::policy::{PrincipalClause, PrincipalName};

/// A principal that makes a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Caller {
    /// What it is.
    pub kind: CallerKind,
    /// Its ARN as policies name it; the name of a service; `*` for anonymous.
    pub arn: String,
    /// Its account; services and the anonymous have none.
    pub account: Option<String>,
    /// The ARN of the role of a session, of the user of a federated user: who lends the permissions.
    pub lender: Option<String>,
    /// The unique id, `AIDA…` or `AROA…`.
    pub id: Option<String>,
    /// The id by which S3 names its account, where it is known.
    pub canonical: Option<String>,
}

/// The kinds of principals.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum CallerKind {
    /// The root user of an account.
    Root,
    /// An IAM user.
    User,
    /// Some session of a role: its name is not known.
    Role,
    /// One session of a role.
    Session,
    /// A session that a user made with `sts:GetFederationToken`.
    FederatedUser,
    /// An AWS service on its own behalf.
    Service,
    /// Somebody whom a SAML or OIDC provider vouches for, before there is a session.
    Provider,
    /// Anybody, unsigned.
    Anonymous,
}

/// Identity providers that AWS knows without being told of them.
///
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html>
const WEB_IDENTITIES: [&str; 4] = ["accounts.google.com", "cognito-identity.amazonaws.com", "graph.facebook.com", "www.amazon.com"];

/// How a resource's policy names the caller: what it grants depends on that.
///
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-denyallow.html>
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Standing {
    /// Its account: the account's own policies decide who may.
    Account,
    /// The role of the session: boundary and session policy still have to allow.
    Lender,
    /// The caller itself, or everybody: in the same account nothing else has to allow.
    Caller,
}

impl Caller {
    /// A caller by an ARN, a service's name, or `*`.
    #[must_use]
    pub fn new(name: &str) -> Self {
        let made = |kind, account: Option<&str>, lender| Self {
            kind,
            arn: name.to_owned(),
            account: account.map(str::to_owned),
            lender,
            id: None,
            canonical: None,
        };
        let parts: Vec<&str> = name.splitn(6, ':').collect();
        match parts.as_slice() {
            ["*"] => made(CallerKind::Anonymous, None, None),
            ["arn", _, "iam", "", account, "root"] => made(CallerKind::Root, Some(account), None),
            ["arn", partition, "sts", "", account, resource] => match resource.split('/').collect::<Vec<_>>().as_slice() {
                ["assumed-role", role, ..] => {
                    made(CallerKind::Session, Some(account), Some(format!("arn:{partition}:iam::{account}:role/{role}")))
                }
                _ => made(CallerKind::FederatedUser, Some(account), None),
            },
            // An origin access identity of CloudFront has no account, and no policies of its own.
            ["arn", _, "iam", "", "cloudfront", _] => made(CallerKind::Service, None, None),
            ["arn", _, "iam", "", account, resource] if resource.starts_with("role/") => made(CallerKind::Role, Some(account), None),
            ["arn", _, "iam", "", account, resource] if resource.starts_with("user/") => made(CallerKind::User, Some(account), None),
            ["arn", ..] => made(CallerKind::Provider, parts.get(4).copied().filter(|account| !account.is_empty()), None),
            _ if WEB_IDENTITIES.contains(&name) => made(CallerKind::Provider, None, None),
            _ if is_account_id(name) => made(CallerKind::Root, Some(name), None),
            _ => made(CallerKind::Service, None, None),
        }
    }

    /// Somebody whom a policy names. An account stands for some principal of it, whose own policies have to allow.
    #[must_use]
    pub fn of(name: &PrincipalName) -> Option<Self> {
        match name {
            PrincipalName::Everyone => Some(Self::new("*")),
            PrincipalName::Account(id) => Some(Self {
                kind: CallerKind::User,
                // It is of whatever partition the policy is of.
                arn: format!("arn:*:iam::{id}:*"),
                account: Some(id.clone()),
                lender: None,
                id: None,
                canonical: None,
            }),
            PrincipalName::Arn(name) | PrincipalName::Service(name) => Some(Self::new(name)),
            PrincipalName::Federated(name) => Some(Self { kind: CallerKind::Provider, ..Self::new(name) }),
            // Some account, of which nothing else is known.
            PrincipalName::Canonical(id) => Some(Self {
                kind: CallerKind::Root,
                arn: format!("canonical user {id}"),
                account: Some(format!("canonical user {id}")),
                lender: None,
                id: None,
                canonical: Some(id.clone()),
            }),
            PrincipalName::Id(_) => None,
        }
    }

    /// Whether it is a role that AWS made for a service. No SCP and no RCP limits those.
    ///
    /// <https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps.html>
    #[must_use]
    pub fn is_service_linked(&self) -> bool {
        let role = self.lender.as_deref().unwrap_or(&self.arn);
        role.contains(":role/aws-service-role/")
    }

    /// Whether SCPs can limit it: not services, not who has no session yet, and not service-linked roles.
    ///
    /// <https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps.html>
    #[must_use]
    pub fn is_under_scps(&self) -> bool {
        self.account.is_some() && self.kind != CallerKind::Provider && !self.is_service_linked()
    }

    /// How one name of a policy names the caller; the atom says on what that depends.
    #[must_use]
    pub fn named(&self, name: &PrincipalName) -> Option<(Standing, Option<Atom>)> {
        let sure = |standing| Some((standing, None));
        match name {
            PrincipalName::Everyone => sure(Standing::Caller),
            PrincipalName::Account(account) if self.account.as_ref() == Some(account) => {
                // The root user is the account: whoever names the account names it.
                sure(if self.kind == CallerKind::Root { Standing::Caller } else { Standing::Account })
            }
            PrincipalName::Service(service) => {
                (self.kind == CallerKind::Service && *service == self.arn).then_some((Standing::Caller, None))
            }
            PrincipalName::Federated(provider) => {
                (self.kind == CallerKind::Provider && *provider == self.arn).then_some((Standing::Caller, None))
            }
            PrincipalName::Canonical(id) => {
                let account = self.account.as_ref()?;
                let standing = if self.kind == CallerKind::Root { Standing::Caller } else { Standing::Account };
                match &self.canonical {
                    Some(own) => (own == id).then_some((standing, None)),
                    None => Some((
                        standing,
                        Some(Atom::other(
                            &format!("canonical user {id}"),
                            &format!("is account {account}"),
                            &format!("is not account {account}"),
                        )),
                    )),
                }
            }
            PrincipalName::Id(id) if self.id.as_ref() == Some(id) => sure(self.own_standing()),
            PrincipalName::Arn(arn) if *arn == self.arn => sure(self.own_standing()),
            PrincipalName::Arn(arn) if self.lender.as_ref() == Some(arn) => sure(Standing::Lender),
            PrincipalName::Arn(arn) if self.kind == CallerKind::Role => {
                let session = session_of(arn, &self.arn)?;
                Some((
                    Standing::Caller,
                    Some(Atom::other("the session", &format!("is named {session}"), &format!("is not named {session}"))),
                ))
            }
            _ => None,
        }
    }

    /// For a role whose session is not known, its own ARN is that of the lender.
    fn own_standing(&self) -> Standing {
        if self.kind == CallerKind::Role { Standing::Lender } else { Standing::Caller }
    }

    /// All ways in which a clause names the caller.
    pub fn names<'a>(&'a self, clause: &'a PrincipalClause) -> impl Iterator<Item = (Standing, Option<Atom>)> + 'a {
        clause.names.iter().filter_map(|name| self.named(name))
    }
}

/// The name of the session, when `arn` is that of a session of the role.
fn session_of(arn: &str, role: &str) -> Option<String> {
    let (head, rest) = arn.split_once(":assumed-role/")?;
    let (name, session) = rest.split_once('/')?;
    let (role_head, role_path) = role.split_once(":role/")?;
    let same_account = head.rsplit(':').next() == role_head.rsplit(':').next();
    (same_account && role_path.rsplit('/').next() == Some(name)).then(|| session.to_owned())
}

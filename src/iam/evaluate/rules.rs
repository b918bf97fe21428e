//! How the policies work together. Nothing here knows of conditions or patterns.

use super::special;
use super::statement::{any, matches};
use super::{Named, OfResource, Owner, Policies, Request};
use crate::iam::caller::{CallerKind, Standing};
use crate::iam::formula::{Atom, Formula};
use crate::iam::logic::Logic;
use crate::iam::policy::{Effect, PrincipalClause};
use crate::iam::truth::Truth;

/// The kinds of policies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Layer {
    /// Of the user or role, and of groups.
    Identity,
    /// The permissions boundary.
    Boundary,
    /// The session policy.
    Session,
    /// The resource's policy.
    Resource,
    /// Service control policies.
    Scp,
    /// Resource control policies.
    Rcp,
    /// The policy of the VPC endpoint.
    Endpoint,
}

/// What each layer says.
#[derive(Debug, Clone)]
pub(super) struct Gates<L> {
    pub(super) denied: L,
    pub(super) identity: L,
    pub(super) boundary: L,
    pub(super) session: L,
    pub(super) resource: Grants<L>,
    pub(super) scp: L,
    pub(super) rcp: L,
    pub(super) endpoint: L,
    /// Whether the resource is in the caller's account.
    pub(super) same: L,
    /// Whether identity policies count only where the resource's policy hands over to them.
    pub(super) needs_resource: bool,
}

/// What the resource's policy allows, by whom it names.
#[derive(Debug, Clone)]
pub(super) struct Grants<L> {
    pub(super) caller: L,
    pub(super) lender: L,
    pub(super) account: L,
}

impl<L: Logic> Grants<L> {
    fn all(value: &L) -> Self {
        Self { caller: value.clone(), lender: value.clone(), account: value.clone() }
    }

    fn and(self, condition: &L) -> Self {
        let Self { caller, lender, account } = self;
        Self { caller: caller.and(condition.clone()), lender: lender.and(condition.clone()), account: account.and(condition.clone()) }
    }

    fn or(self, other: Self) -> Self {
        Self { caller: self.caller.or(other.caller), lender: self.lender.or(other.lender), account: self.account.or(other.account) }
    }

    pub(super) fn any(&self) -> L {
        self.caller.clone().or(self.lender.clone()).or(self.account.clone())
    }
}

/// May the caller?
#[must_use]
pub fn decide<L: Logic>(request: &Request<'_>, policies: &Policies<'_>) -> L {
    match special::settled(request) {
        Some(settled) => L::settled(settled.is_ok()),
        None => {
            let asked = Asked::new(request, policies);
            // Most questions end here.
            if asked.grants_nothing() { L::settled(false) } else { gates_of(asked, request, policies).access(request) }
        }
    }
}

/// Under which conditions the caller may, in few words.
#[must_use]
pub fn conditions(request: &Request<'_>, policies: &Policies<'_>) -> Formula {
    decide::<Formula>(request, policies).condensed()
}

/// What identity and resource policies grant, before boundaries, organizations and denials take it away.
#[must_use]
pub fn granted<L: Logic>(request: &Request<'_>, policies: &Policies<'_>) -> L {
    gates::<L>(request, policies).granted(request, &L::settled(true))
}

/// What identity policies allow, whatever else has a say.
#[must_use]
pub fn identity_allows<L: Logic>(request: &Request<'_>, policies: &Policies<'_>) -> L {
    identity(request, policies)
}

impl<L: Logic> Gates<L> {
    pub(super) fn access(&self, request: &Request<'_>) -> L {
        let limits = self.boundary.clone().and(self.session.clone());
        self.granted(request, &limits)
            .and(self.scp.clone())
            .and(self.rcp.clone())
            .and(self.endpoint.clone())
            .and(self.denied.clone().negate())
    }

    /// What is granted before the organization, the endpoint and the denials take something away.
    pub(super) fn granted(&self, request: &Request<'_>, limits: &L) -> L {
        if request.caller.account.is_none() || request.caller.kind == CallerKind::Provider {
            return self.resource.caller.clone();
        }
        let identity = self.identity.clone().and(limits.clone());
        // https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies.html#policies_session
        let named = match request.caller.kind {
            CallerKind::User => self.resource.caller.clone().and(self.session.clone()),
            _ => self.resource.caller.clone(),
        };
        let handed = if self.needs_resource { self.resource.account.clone() } else { L::settled(true) };
        let same = named.or(self.resource.lender.clone().and(limits.clone())).or(identity.clone().and(handed));
        match self.same.truth() {
            Truth::Yes => same,
            Truth::No => identity.and(self.resource.any()),
            Truth::Unknown => {
                let other = identity.and(self.resource.any());
                self.same.clone().and(same).or(self.same.clone().negate().and(other))
            }
        }
    }
}

/// What identity and resource policies say.
struct Asked<L> {
    identity: L,
    resource: Grants<L>,
}

impl<L: Logic> Asked<L> {
    fn new(request: &Request<'_>, policies: &Policies<'_>) -> Self {
        Self { identity: identity(request, policies), resource: grants(request, policies) }
    }

    fn grants_nothing(&self) -> bool {
        let no = |part: &L| part.truth() == Truth::No;
        no(&self.identity) && no(&self.resource.caller) && no(&self.resource.lender) && no(&self.resource.account)
    }
}

pub(super) fn gates<L: Logic>(request: &Request<'_>, policies: &Policies<'_>) -> Gates<L> {
    gates_of(Asked::new(request, policies), request, policies)
}

fn gates_of<L: Logic>(asked: Asked<L>, request: &Request<'_>, policies: &Policies<'_>) -> Gates<L> {
    let organization = !request.caller.is_service_linked();
    let scps = policies.scps.filter(|_| request.caller.is_under_scps());
    let rcps = policies.rcps.filter(|_| organization && special::supports_rcps(request.action, request.target));
    let session = match (policies.session, request.caller.kind) {
        (Some(session), _) => any_of(session.iter(), request),
        // Who hands no policy to `sts:GetFederationToken` gets no permissions.
        (None, CallerKind::FederatedUser) => L::settled(false),
        (None, _) => L::settled(true),
    };
    Gates {
        denied: denied(request, policies, scps, rcps),
        identity: asked.identity,
        boundary: policies.boundary.map_or_else(|| L::settled(true), |named| any(named.policy, Effect::Allow, request)),
        session,
        resource: asked.resource,
        scp: levels(scps, request),
        rcp: levels(rcps, request),
        endpoint: policies.endpoint.map_or_else(|| L::settled(true), |named| endpoint(named, request)),
        same: same_account(request),
        needs_resource: special::needs_resource_policy(request),
    }
}

fn same_account<L: Logic>(request: &Request<'_>) -> L {
    match (request.owner, &request.caller.account) {
        (Owner::Same, _) => L::settled(true),
        (Owner::Account(owner), Some(account)) => L::settled(owner == account),
        (Owner::Account(_), None) => L::settled(false),
        (Owner::Unknown, account) => L::unknown(|| {
            let account = account.as_deref().unwrap_or_default();
            Atom::other(
                &request.target.to_string(),
                &format!("belongs to account {account}"),
                &format!("does not belong to account {account}"),
            )
        }),
    }
}

fn identity<L: Logic>(request: &Request<'_>, policies: &Policies<'_>) -> L {
    match request.caller.kind {
        // Nothing but denials limits the root user in what identity policies would have to allow.
        CallerKind::Root => L::settled(true),
        _ if policies.identity_unknown => L::unknown(|| not_collected("policies", &request.caller.arn, ("allow it", "do not allow it"))),
        _ => any_of(policies.identity.iter(), request),
    }
}

fn any_of<'a, L: Logic>(policies: impl Iterator<Item = &'a Named<'a>>, request: &Request<'_>) -> L {
    let mut result = L::settled(false);
    for named in policies {
        result = result.or(any(named.policy, Effect::Allow, request));
        if result.truth() == Truth::Yes {
            break;
        }
    }
    result
}

/// On every level, some policy has to allow.
fn levels<L: Logic>(levels: Option<&[Vec<Named<'_>>]>, request: &Request<'_>) -> L {
    let each = |level: &Vec<Named<'_>>| any_of::<L>(level.iter(), request);
    levels.into_iter().flatten().fold(L::settled(true), |all, level| all.and(each(level)))
}

fn denied<L: Logic>(request: &Request<'_>, policies: &Policies<'_>, scps: Option<&[Vec<Named<'_>>]>, rcps: Option<&[Vec<Named<'_>>]>) -> L {
    let own = policies.identity.iter().chain(&policies.boundary).chain(policies.session.unwrap_or_default());
    let organization = scps.into_iter().chain(rcps).flatten().flatten();
    let mut result = L::settled(false);
    for named in own.chain(organization) {
        result = result.or(any(named.policy, Effect::Deny, request));
        if result.truth() == Truth::Yes {
            return result;
        }
    }
    let bounded = policies.boundary.is_some();
    if let OfResource::Policy(named) = policies.resource
        && !special::exempt_from_resource_denials(request)
    {
        result = result.or(denied_by(named, request, bounded));
    }
    if let OfResource::Unknown = policies.resource {
        result = result.or(L::unknown(|| not_collected("policy", &request.target.to_string(), ("denies it", "does not deny it"))));
    }
    match policies.endpoint {
        Some(named) => result.or(denied_by(named, request, bounded)),
        None => result,
    }
}

/// Whether a policy that names principals denies.
fn denied_by<L: Logic>(named: Named<'_>, request: &Request<'_>, bounded: bool) -> L {
    let mut result = L::settled(false);
    for statement in named.policy.statements.iter().filter(|statement| statement.effect == Effect::Deny) {
        let Some(clause) = &statement.principal else { continue };
        let matched = matches::<L>(statement, request);
        if matched.truth() != Truth::No {
            result = result.or(matched.and(meant_by_denial(clause, request, bounded)));
        }
    }
    result
}

pub(super) fn meant_by_denial<L: Logic>(clause: &PrincipalClause, request: &Request<'_>, bounded: bool) -> L {
    // Whoever has a boundary is denied, listed or not:
    // https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notprincipal.html
    if clause.negated && bounded {
        return L::settled(true);
    }
    let mut named = L::settled(false);
    let names: Vec<_> = request.caller.names(clause).collect();
    // A session that is listed itself needs no more.
    let session = names.iter().any(|(standing, atom)| *standing == Standing::Caller && atom.is_none());
    for (standing, atom) in names {
        let meant = match standing {
            // Naming the account alone exempts its root user only; the role alone, perhaps none of its sessions.
            Standing::Account if clause.negated => L::settled(false),
            Standing::Lender if clause.negated && !session => L::unknown(|| of_role_alone(request)),
            _ => depends(atom),
        };
        named = named.or(meant);
    }
    if clause.negated { named.negate() } else { named }
}

/// A session is spared where its own ARN is listed, beside those of the role and the account.
fn of_role_alone(request: &Request<'_>) -> Atom {
    let role = request.caller.lender.as_ref().unwrap_or(&request.caller.arn);
    Atom::other(&format!("NotPrincipal, which lists {role} and not its session,"), "spares it", "does not spare it")
}

fn not_collected(what: &str, whose: &str, (holds, opposite): (&str, &str)) -> Atom {
    Atom::other(&format!("the uncollected {what} of {whose}"), holds, opposite)
}

fn depends<L: Logic>(atom: Option<Atom>) -> L {
    match atom {
        Some(atom) => L::unknown(|| atom),
        None => L::settled(true),
    }
}

/// Whether S3 keeps the caller out of what the resource's policy grants: not those of the account, and not services.
pub(super) fn is_kept_out(request: &Request<'_>, policies: &Policies<'_>) -> bool {
    policies.restricted && is_public_caller(request)
}

/// Whom the block is for.
fn is_public_caller(request: &Request<'_>) -> bool {
    request.caller.kind != CallerKind::Service && same_account::<Truth>(request) == Truth::No
}

fn grants<L: Logic>(request: &Request<'_>, policies: &Policies<'_>) -> Grants<L> {
    let mut grants = match policies.resource {
        OfResource::None | OfResource::Policy(_) => Grants::all(&L::settled(false)),
        OfResource::NotRead if same_account::<Truth>(request) == Truth::Yes => Grants::all(&L::settled(false)),
        OfResource::Unknown | OfResource::NotRead => {
            let words = || not_collected("policy", &request.target.to_string(), ("allows it", "does not allow it"));
            Grants::all(&L::unknown(words))
        }
    };
    if let OfResource::Policy(named) = policies.resource
        && !is_kept_out(request, policies)
    {
        let mut own = Grants::all(&L::settled(false));
        own.add(named, request);
        if policies.perhaps_restricted && is_public_caller(request) {
            own = own.and(&L::unknown(|| {
                Atom::other("S3 Block Public Access, which was not collected,", "lets other accounts in", "keeps other accounts out")
            }));
        }
        grants = grants.or(own);
    }
    for named in policies.grants {
        grants.add(*named, request);
    }
    grants
}

impl<L: Logic> Grants<L> {
    /// What a policy that names principals allows.
    fn add(&mut self, named: Named<'_>, request: &Request<'_>) {
        for statement in named.policy.statements.iter().filter(|statement| statement.effect == Effect::Allow) {
            let Some(clause) = &statement.principal else { continue };
            let matched = matches::<L>(statement, request);
            if matched.truth() == Truth::No {
                continue;
            }
            for (standing, atom) in standings(clause, request) {
                let granted = matched.clone().and(depends(atom));
                let place = match standing {
                    Standing::Caller => &mut self.caller,
                    Standing::Lender => &mut self.lender,
                    Standing::Account => &mut self.account,
                };
                *place = place.clone().or(granted);
            }
        }
    }
}

/// How an Allow names the caller.
pub(super) fn standings(clause: &PrincipalClause, request: &Request<'_>) -> Vec<(Standing, Option<Atom>)> {
    let names = request.caller.names(clause);
    if !clause.negated {
        return names.collect();
    }
    // All but these: whoever is not listed is meant as if by `*`.
    if names.count() == 0 { vec![(Standing::Caller, None)] } else { Vec::new() }
}

/// In endpoint policies, naming an account means its root user.
///
/// <https://docs.aws.amazon.com/vpc/latest/privatelink/vpc-endpoints-access.html>
fn endpoint<L: Logic>(named: Named<'_>, request: &Request<'_>) -> L {
    let mut result = L::settled(false);
    for statement in named.policy.statements.iter().filter(|statement| statement.effect == Effect::Allow) {
        let Some(clause) = &statement.principal else { continue };
        let mut meant = L::settled(false);
        for (standing, atom) in standings(clause, request) {
            if standing != Standing::Account {
                meant = meant.or(depends(atom));
            }
        }
        result = result.or(matches::<L>(statement, request).and(meant));
    }
    result
}

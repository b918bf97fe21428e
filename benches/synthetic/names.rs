//! Who and what there is: names, numbers and dates. Each is a function of the seed and a place, so that any part can refer
//! to any other without a table of them all.

use super::Size;
use super::rng::Rng;

/// The account.
pub(super) const ACCOUNT: &str = "219384756103";
/// The account that manages the organization.
pub(super) const MANAGEMENT: &str = "501928374655";
pub(super) const ORGANIZATION: &str = "o-7fq2m9xk4d";
pub(super) const ROOT: &str = "r-k3wd";
/// Where global services answer.
pub(super) const HOME: &str = "us-east-1";
pub(super) const REGIONS: &[&str] = &["us-east-1", "us-west-2", "eu-west-1", "eu-central-1", "ap-southeast-2"];
pub(super) const ENVIRONMENTS: &[&str] = &["prod", "prod", "prod", "staging", "staging", "dev", "dev", "qa", "sandbox"];
pub(super) const TEAMS: &[&str] = &[
    "payments",
    "checkout",
    "search",
    "identity",
    "data-platform",
    "ml",
    "logistics",
    "pricing",
    "mobile",
    "web",
    "sre",
    "security",
    "finance",
    "support",
];
const APPS: &[&str] = &[
    "orders",
    "invoices",
    "ledger",
    "refunds",
    "cart",
    "catalog",
    "search-api",
    "indexer",
    "ranking",
    "login",
    "sessions",
    "profile",
    "consent",
    "warehouse",
    "etl",
    "events",
    "clickstream",
    "features",
    "training",
    "inference",
    "routing",
    "fleet",
    "tracking",
    "labels",
    "quotes",
    "discounts",
    "push",
    "sms-gateway",
    "app-config",
    "frontend",
    "cms",
    "images",
    "edge",
    "monitoring",
    "alerts",
    "backup",
    "audit-log",
    "vault-sync",
    "reports",
    "tickets",
];
const KINDS: &[&str] = &["data", "assets", "logs", "exports", "uploads", "artifacts", "backups", "tmp", "lake", "config"];
const PURPOSES: &[&str] = &[
    "read",
    "write",
    "access",
    "runtime",
    "deploy",
    "s3-access",
    "dynamodb",
    "queues",
    "secrets",
    "kms",
    "logs",
    "ecs-task",
    "lambda",
    "operator",
    "readonly",
    "pipeline",
];
const FIRST: &[&str] = &[
    "ada", "ben", "chloe", "dmitri", "elena", "farid", "grace", "hiro", "ines", "jonas", "kavya", "liam", "mei", "noor", "olga", "pablo",
    "quinn", "rosa", "sven", "tara", "uma", "viktor", "wen", "xenia", "yusuf", "zoe",
];
const LAST: &[&str] = &[
    "adeyemi", "berg", "castillo", "dubois", "eriksen", "ferrari", "gupta", "hansen", "ito", "jansen", "kowalski", "lopez", "moreau",
    "nguyen", "okafor", "petrov", "rossi", "silva", "tanaka", "weber",
];
/// 2026-11-01T00:00:00Z, the day of the snapshot; no clock is read.
pub(super) const NOW: u64 = 1_793_491_200;
const DAY: u64 = 86_400;

/// What a policy or role is about: the same in all its parts.
#[derive(Clone, Copy)]
pub(super) struct Subject {
    pub(super) app: &'static str,
    pub(super) env: &'static str,
    pub(super) team: &'static str,
}

impl Subject {
    pub(super) fn any(rng: &mut Rng) -> Self {
        Self { app: rng.pick(APPS), env: rng.pick(ENVIRONMENTS), team: rng.pick(TEAMS) }
    }
}

/// Name and path of a user, group, role or policy.
pub(super) struct Named {
    pub(super) name: String,
    pub(super) path: String,
}

impl Named {
    pub(super) fn arn(&self, kind: &str) -> String {
        format!("arn:aws:iam::{ACCOUNT}:{kind}{}{}", self.path, self.name)
    }
}

/// The account as a whole.
pub(super) struct World {
    pub(super) size: Size,
    seed: u64,
}

impl World {
    pub(super) fn new(size: &Size, seed: u64) -> Self {
        Self { size: *size, seed }
    }

    /// The random numbers of one thing.
    pub(super) fn rng(&self, kind: &str, index: usize) -> Rng {
        Rng::of(self.seed, kind, index)
    }

    /// A bucket's name.
    pub(super) fn bucket(&self, index: usize) -> String {
        let mut rng = self.rng("bucket-name", index);
        let subject = Subject::any(&mut rng);
        let kind = rng.pick(KINDS);
        format!("larkfield-{}-{kind}-{}-{index:04}", subject.app, subject.env)
    }

    /// The name of one of the buckets.
    pub(super) fn any_bucket(&self, rng: &mut Rng) -> String {
        self.bucket(rng.index(self.size.buckets))
    }

    /// How many of the first policies are permission boundaries.
    pub(super) fn boundaries(&self) -> usize {
        self.size.managed_policies.min((self.size.managed_policies / 150).max(2))
    }

    /// A customer-managed policy.
    pub(super) fn policy(&self, index: usize) -> (Named, Subject) {
        let mut rng = self.rng("policy-name", index);
        let subject = Subject::any(&mut rng);
        let Subject { app, env, team } = subject;
        if index < self.boundaries() {
            return (Named { name: format!("{team}-boundary-{index}"), path: "/boundaries/".to_owned() }, subject);
        }
        let purpose = rng.pick(PURPOSES);
        let plain = format!("{app}-{env}-{purpose}-{index}");
        let (name, path) = match rng.below(10) {
            0 => (format!("AWSLambdaBasicExecutionRole-{}", rng.uuid()), "/service-role/".to_owned()),
            1 => (format!("{app}-{env}-Policy{}-{}", rng.hex(8).to_uppercase(), upper(&mut rng, 12)), "/".to_owned()),
            2 => (plain, format!("/{team}/")),
            3 => (plain, format!("/teams/{team}/{app}/")),
            _ => (plain, "/".to_owned()),
        };
        (Named { name, path }, subject)
    }

    /// A user; every third is a machine.
    pub(super) fn user(&self, index: usize) -> Named {
        let mut rng = self.rng("user-name", index);
        if index % 3 == 2 {
            let Subject { app, env, .. } = Subject::any(&mut rng);
            let path = rng.weighted(&[(60, "/"), (40, "/service-accounts/")], "/");
            return Named { name: format!("svc-{app}-{env}-{index}"), path: path.to_owned() };
        }
        let (first, last) = (rng.pick(FIRST), rng.pick(LAST));
        let path = rng.weighted(&[(70, "/"), (30, "/people/")], "/");
        let name = if rng.chance(10) { format!("{first}.{last}{index}@larkfield.example") } else { format!("{first}.{last}{index}") };
        Named { name, path: path.to_owned() }
    }

    /// A group.
    pub(super) fn group(&self, index: usize) -> Named {
        let mut rng = self.rng("group-name", index);
        let role = rng.pick(&["developers", "admins", "readonly", "operators", "analysts", "oncall"]);
        let team = rng.pick(TEAMS);
        Named { name: format!("{team}-{role}-{index}"), path: rng.weighted(&[(80, "/"), (20, "/people/")], "/").to_owned() }
    }

    /// Another account of the organization.
    pub(super) fn other_account(&self, index: usize) -> String {
        let mut rng = self.rng("account", index);
        // Accounts made here begin with 3 to 9, outsiders with 1.
        format!("{}{}", 3 + rng.below(7), rng.text("0123456789", 11))
    }

    /// The number of one of the organization's other accounts.
    pub(super) fn any_account(&self, rng: &mut Rng) -> String {
        self.other_account(rng.index(self.size.accounts))
    }

    /// The number of an account outside the organization: one of a few partners.
    pub(super) fn outsider(&self, rng: &mut Rng) -> String {
        let mut partner = self.rng("outsider", rng.index(25));
        format!("1{}", partner.text("0123456789", 11))
    }

    /// A template with its placeholders replaced.
    pub(super) fn fill(&self, rng: &mut Rng, subject: Subject, template: &str) -> String {
        let mut text = String::with_capacity(template.len() + 32);
        let template = template.replace(":@:", ":{region}:{acct}:");
        let mut rest = template.as_str();
        while let Some((before, after)) = rest.split_once('{') {
            text.push_str(before);
            let Some((name, after)) = after.split_once('}') else { break };
            match name {
                "acct" => text.push_str(ACCOUNT),
                "region" => text.push_str(if rng.chance(25) { "*" } else { rng.pick(REGIONS) }),
                "app" => text.push_str(if rng.chance(80) { subject.app } else { rng.pick(APPS) }),
                "env" => text.push_str(subject.env),
                "team" => text.push_str(subject.team),
                "bucket" => text.push_str(&self.bucket_pattern(rng, subject)),
                "user" => text.push_str("${aws:username}"),
                "uuid" => text.push_str(&rng.uuid()),
                _ => text.push_str(&rng.hex(17)),
            }
            rest = after;
        }
        text.push_str(rest);
        text
    }

    fn bucket_pattern(&self, rng: &mut Rng, subject: Subject) -> String {
        match rng.below(10) {
            0 => format!("larkfield-{}-*", subject.app),
            1 => format!("larkfield-*-{}-*", subject.env),
            2 => format!("larkfield-{}-{}-{}-????", subject.app, rng.pick(KINDS), subject.env),
            _ => self.any_bucket(rng),
        }
    }
}

/// Capitals and digits, as CloudFormation appends them.
pub(super) fn upper(rng: &mut Rng, length: usize) -> String {
    rng.text("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789", length)
}

/// A unique id as IAM gives them: `AROA…`.
pub(super) fn unique_id(rng: &mut Rng, prefix: &str) -> String {
    format!("{prefix}{}", rng.text("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", 17))
}

/// A moment at most `days` before the snapshot.
pub(super) fn before(rng: &mut Rng, days: u64) -> u64 {
    NOW - rng.below(days * DAY)
}

/// Seconds since 1970 as boto3 and CloudMapper write them.
pub(super) fn stamp(seconds: u64) -> String {
    let (mut year, mut days) = (1970, seconds / DAY);
    while days >= year_length(year) {
        days -= year_length(year);
        year += 1;
    }
    let mut month = 1;
    for length in [31, year_length(year) - 337, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31] {
        if days < length {
            break;
        }
        days -= length;
        month += 1;
    }
    let (hour, minute, second) = (seconds / 3600 % 24, seconds / 60 % 60, seconds % 60);
    format!("{year}-{month:02}-{:02}T{hour:02}:{minute:02}:{second:02}+00:00", days + 1)
}

fn year_length(year: u64) -> u64 {
    let leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    if leap { 366 } else { 365 }
}

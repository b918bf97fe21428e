//! What the user says of checks: CloudMapper's `audit_config_override.yaml`, and findings that are accepted for a while.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use regex_lite::Regex;
use serde::Deserialize;

use super::Audit;
use super::check::{Check, Engine, Scope, Severity};
use super::finding::{Finding, Suppressed};
use crate::model::{Confidence, epoch_seconds, visible};

/// Why a file of overrides cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum OverridesError {
    /// It cannot be read.
    #[error("`{}` cannot be read: {problem}", .path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// What the system says.
        problem: std::io::Error,
    },
    /// It is not what it should be.
    #[error("`{}`: {problem}", .path.display())]
    Form {
        /// The file.
        path: PathBuf,
        /// What is wrong, and where.
        problem: String,
    },
}

/// What is said of one check.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Raw {
    title: Option<String>,
    description: Option<String>,
    severity: Option<String>,
    group: Option<String>,
    is_global: Option<bool>,
    ignore_resources: Vec<String>,
    suppress: Vec<RawSuppression>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct RawSuppression {
    resources: Vec<String>,
    accounts: Vec<String>,
    regions: Vec<String>,
    reason: String,
    owner: Option<String>,
    until: Option<String>,
}

/// What is said of one check, ready to be used.
#[derive(Debug)]
struct Override {
    id: String,
    raw: Raw,
    severity: Option<Severity>,
    ignored: Vec<(String, Regex)>,
    suppressions: Vec<Suppression>,
}

#[derive(Debug)]
struct Suppression {
    resources: Vec<Regex>,
    accounts: Vec<String>,
    regions: Vec<String>,
    said: Suppressed,
    /// The end of the last day, in seconds of Unix.
    until: Option<i64>,
}

/// All that the user says.
#[derive(Debug, Default)]
pub struct Overrides(Vec<Override>);

impl Overrides {
    /// Reads a file.
    ///
    /// # Errors
    /// When it cannot be read, or is not of the form; the message names the check.
    pub fn load(path: &Path) -> Result<Self, OverridesError> {
        let text = std::fs::read_to_string(path).map_err(|problem| OverridesError::Read { path: path.to_owned(), problem })?;
        Self::parse(&text).map_err(|problem| OverridesError::Form { path: path.to_owned(), problem })
    }

    fn parse(text: &str) -> Result<Self, String> {
        let raw: Option<BTreeMap<String, Option<Raw>>> =
            serde_saphyr::from_str(text).map_err(|error| error.to_string().lines().next().unwrap_or_default().to_owned())?;
        let entries = raw.unwrap_or_default().into_iter();
        entries.map(|(id, raw)| Override::new(id, raw.unwrap_or_default())).collect::<Result<_, _>>().map(Self)
    }

    /// Checks with what the user says of them, and those that only the user knows.
    #[must_use]
    pub fn over(&self, checks: &[Arc<Check>]) -> Vec<Arc<Check>> {
        let known = checks.iter().map(|check| match self.of(&check.id) {
            Some(own) => Arc::new(own.over((**check).clone())),
            None => check.clone(),
        });
        let new = self.0.iter().filter(|own| checks.iter().all(|check| check.id != own.id));
        known.chain(new.map(|own| Arc::new(own.over(unknown(&own.id))))).collect()
    }

    fn of(&self, id: &str) -> Option<&Override> {
        self.0.iter().find(|own| own.id == id)
    }

    /// Marks what is suppressed, as of `now` in seconds of Unix, and takes out what is ignored or muted. Says what of it
    /// matches nothing, or has run out.
    pub fn apply(&self, audit: &mut Audit, now: i64) -> Vec<String> {
        let mut notes = Vec::new();
        for own in &self.0 {
            let of_check = |finding: &&Finding| finding.check.id == own.id;
            if own.severity == Some(Severity::Mute) && !audit.findings.iter().any(|finding| of_check(&finding)) {
                notes.push(format!("{} is muted, and finds nothing", own.id));
            }
            for (text, ignored) in &own.ignored {
                let before = audit.findings.len();
                audit.findings.retain(|finding| finding.check.id != own.id || !names(finding).any(|name| ignored.is_match(name)));
                if audit.findings.len() == before {
                    notes.push(format!("{}: `{}` in ignore_resources matches nothing", own.id, visible(text)));
                }
            }
            for suppression in &own.suppressions {
                notes.extend(suppression.apply(&own.id, &mut audit.findings, now));
            }
        }
        notes
    }
}

/// One that is declared in the overrides, for the user's own programs to use.
fn unknown(id: &str) -> Check {
    Check {
        id: id.to_owned(),
        title: "Unknown".to_owned(),
        severity: Severity::High,
        confidence: Confidence::Certain,
        group: "unknown".to_owned(),
        since: "custom".to_owned(),
        scope: Scope::Region,
        description: "Unknown".to_owned(),
        remediation: String::new(),
        references: Vec::new(),
        compliance: BTreeMap::new(),
        engine: Engine::Coverage,
        of: Vec::new(),
        reads: Vec::new(),
        program: None,
        cases: Vec::new(),
    }
}

/// By which a pattern may mean a finding: CloudMapper's were written for ids and names, ours are mostly ARNs.
fn names(finding: &Finding) -> impl Iterator<Item = &str> {
    let last = finding.resource.rsplit(['/', ':']).next();
    let name = finding.details.get("name").and_then(serde_json::Value::as_str);
    [Some(finding.resource.as_str()), last, name].into_iter().flatten()
}

impl Override {
    fn new(id: String, raw: Raw) -> Result<Self, String> {
        let severity =
            match raw.severity.as_deref() {
                None => None,
                // CloudMapper's file speaks of these too, and stops at them.
                Some(word) if ["verbose", "ignore"].contains(&word.to_lowercase().as_str()) => Some(Severity::Mute),
                Some(word) => Some(Severity::of(word).ok_or_else(|| {
                    format!("`{}` of {id} is no severity: write Critical, High, Medium, Low, Info or Mute", visible(word))
                })?),
            };
        let ignored = raw.ignore_resources.iter().map(|text| Ok((text.clone(), pattern(&id, text)?))).collect::<Result<_, String>>()?;
        let suppressions = raw.suppress.iter().map(|raw| Suppression::new(&id, raw)).collect::<Result<_, _>>()?;
        Ok(Self { id, raw, severity, ignored, suppressions })
    }

    fn over(&self, check: Check) -> Check {
        let text = |own: &Option<String>, known: String| own.clone().unwrap_or(known);
        let scope = match self.raw.is_global {
            Some(true) if check.since == "custom" => Scope::Account,
            _ => check.scope,
        };
        Check {
            title: text(&self.raw.title, check.title),
            description: text(&self.raw.description, check.description),
            group: text(&self.raw.group, check.group),
            severity: self.severity.unwrap_or(check.severity),
            scope,
            ..check
        }
    }
}

/// A regular expression that has to match all of a name, as CloudMapper's do.
fn pattern(id: &str, text: &str) -> Result<Regex, String> {
    Regex::new(&format!("^(?:{text})$")).map_err(|error| format!("`{}` of {id} is no regular expression: {error}", visible(text)))
}

impl Suppression {
    fn new(id: &str, raw: &RawSuppression) -> Result<Self, String> {
        if raw.reason.trim().is_empty() {
            return Err(format!("a suppression of {id} has no reason"));
        }
        let until = match &raw.until {
            None => None,
            Some(day) => Some(
                epoch_seconds(&format!("{day}T23:59:59Z"))
                    .ok_or_else(|| format!("`{}` of {id} is no day: write it as 2027-01-31", visible(day)))?,
            ),
        };
        Ok(Self {
            resources: raw.resources.iter().map(|text| pattern(id, text)).collect::<Result<_, _>>()?,
            accounts: raw.accounts.clone(),
            regions: raw.regions.clone(),
            said: Suppressed { reason: raw.reason.trim().to_owned(), owner: raw.owner.clone(), until: raw.until.clone() },
            until,
        })
    }

    fn means(&self, id: &str, finding: &Finding) -> bool {
        let listed = |list: &[String], names: &[&str]| list.is_empty() || list.iter().any(|one| names.contains(&one.as_str()));
        finding.check.id == id
            && listed(&self.accounts, &[&finding.account.name, &finding.account.id])
            && listed(&self.regions, &[if finding.region.is_empty() { "global" } else { &finding.region }])
            && (self.resources.is_empty() || names(finding).any(|name| self.resources.iter().any(|one| one.is_match(name))))
    }

    fn apply(&self, id: &str, findings: &mut [Finding], now: i64) -> Option<String> {
        let mut meant = findings.iter_mut().filter(|finding| self.means(id, finding)).peekable();
        let reason = visible(&self.said.reason).into_owned();
        if meant.peek().is_none() {
            return Some(format!("the suppression of {id} ({reason}) matches nothing"));
        }
        if self.until.is_some_and(|until| until < now) {
            return Some(format!("the suppression of {id} ({reason}) ran out on {}", self.said.until.as_deref().unwrap_or_default()));
        }
        meant.for_each(|finding| finding.suppressed = Some(self.said.clone()));
        None
    }
}

//! Checks that ask the engines. A check derives nothing that an engine knows.

mod graph;
mod iam;
mod network;
mod public;
mod trust;
mod unused;

use std::cell::OnceCell;
use std::rc::Rc;
use std::sync::Arc;

use super::check::{Check, Engine};
use super::finding::{Finding, Subject, Verdict};
use super::programs::exception;
use super::{Audit, AuditError, Input};
use crate::exposure::{self, Assessment, Entry};
use crate::iam::estate::Estate;
use crate::unused::{Options, Unused};

/// What checks of engines say.
pub(super) fn of(input: &Input<'_>, subjects: &[Arc<Subject>]) -> Result<Audit, AuditError> {
    let mut work =
        Work { input, subjects, exposed: OnceCell::new(), estate: OnceCell::new(), unused: OnceCell::new(), audit: Audit::default() };
    for (engine, judge) in ENGINES {
        let checks: Vec<&Arc<Check>> = input.checks.iter().filter(|check| check.engine == *engine).collect();
        // What one engine cannot read hides nothing that others say.
        if !checks.is_empty()
            && !input.accounts.is_empty()
            && let Err(error) = judge(&mut work, &checks)
        {
            let what = format!("{engine:?}").to_lowercase();
            for subject in subjects {
                work.audit.findings.extend(exception(input.checks, subject, "", &what, &error.to_string())?);
            }
        }
    }
    let unread = work.estate.get().into_iter().flat_map(|estate| &estate.accounts).filter(|account| account.unread);
    work.audit.seen.unread = unread.map(|account| account.id.clone()).collect();
    work.audit.seen.exposed = work.exposed.take().map(|found| found.entries).unwrap_or_default();
    Ok(work.audit)
}

type Judge = fn(&mut Work<'_>, &[&Arc<Check>]) -> Result<(), AuditError>;

const ENGINES: &[(Engine, Judge)] = &[
    (Engine::Public, public::judge),
    (Engine::Unused, unused::judge),
    (Engine::Graph, graph::judge),
    (Engine::Iam, iam::judge),
    (Engine::Network, network::judge),
    (Engine::Trust, trust::judge),
];

/// Since when something has to be unused.
const DAYS: u32 = 90;

/// What engines share.
struct Work<'a> {
    input: &'a Input<'a>,
    subjects: &'a [Arc<Subject>],
    exposed: OnceCell<Assessment>,
    estate: OnceCell<Estate>,
    unused: OnceCell<Rc<[Unused]>>,
    audit: Audit,
}

impl<'a> Work<'a> {
    /// An account by its id or name.
    fn subject(&self, account: &str) -> Option<&'a Arc<Subject>> {
        self.subjects.iter().find(|subject| subject.id == account || subject.name == account)
    }

    /// What stands open, and the networks.
    fn assessed(&self) -> Result<Option<&Assessment>, AuditError> {
        if self.exposed.get().is_none() {
            let _ = self.exposed.set(exposure::assess(self.input.accounts, self.input.others)?);
        }
        Ok(self.exposed.get())
    }

    /// What stands open.
    fn exposed(&self) -> Result<&[Entry], AuditError> {
        Ok(self.assessed()?.map(|assessed| assessed.entries.as_slice()).unwrap_or_default())
    }

    /// Users, roles and policies, with those of resources.
    fn estate(&self) -> Result<Option<&Estate>, AuditError> {
        if self.estate.get().is_none() {
            let read = Estate::read(self.input.accounts, self.input.others)?.with_resources(self.input.accounts)?;
            let _ = self.estate.set(read);
        }
        Ok(self.estate.get())
    }

    /// What nothing uses.
    fn unused(&self) -> Result<Rc<[Unused]>, AuditError> {
        if self.unused.get().is_none() {
            let _ = self.unused.set(crate::unused::find(self.input.accounts, &Options { days: DAYS })?.into());
        }
        Ok(self.unused.get().cloned().unwrap_or_default())
    }

    fn push(&mut self, finding: Finding) {
        self.audit.findings.push(finding);
    }

    /// What a check says of a thing.
    fn say(&mut self, check: &Arc<Check>, account: &Arc<Subject>, verdict: Verdict, finding: impl FnOnce() -> Finding) {
        match verdict {
            Verdict::Pass => self.audit.pass(check, account),
            Verdict::Fail | Verdict::Unknown => self.push(finding()),
        }
    }
}

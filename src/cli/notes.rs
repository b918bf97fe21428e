//! What a command says beside its results, on stderr: what was not collected, and what is odd.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;

use crate::model::visible;
use crate::snapshot::Reason;

/// Of many names, so many are given.
const FEW: usize = 3;

/// Of a class of odd things, so many are told.
const TOLD: usize = 20;

/// Each said once, in order; what is the same in many places, once with their number.
#[derive(Debug, Default)]
pub(super) struct Notes {
    /// By account, call and code.
    gaps: BTreeMap<(String, String, String), Gap>,
    /// By class and words: where.
    odd: BTreeMap<&'static str, BTreeMap<String, BTreeSet<String>>>,
    lines: BTreeSet<String>,
}

#[derive(Debug, Default)]
struct Gap {
    regions: BTreeSet<String>,
    /// What the calls were to be about.
    of: BTreeSet<String>,
}

impl Notes {
    /// A call has no whole answer.
    pub(super) fn gap(&mut self, account: &str, region: &str, call: &str, reason: &Reason) {
        self.at(account, call, reason).regions.insert(region.to_owned());
    }

    /// A call has no whole answer about one thing.
    pub(super) fn gap_of(&mut self, account: &str, region: &str, call: &str, of: &str, reason: &Reason) {
        let gap = self.at(account, call, reason);
        gap.regions.insert(region.to_owned());
        gap.of.insert(of.to_owned());
    }

    fn at(&mut self, account: &str, call: &str, reason: &Reason) -> &mut Gap {
        self.gaps.entry((account.to_owned(), call.to_owned(), reason.code.clone())).or_default()
    }

    /// Something is odd somewhere; of a class, only the first are told.
    pub(super) fn odd(&mut self, class: &'static str, what: &str, place: String) {
        self.odd.entry(class).or_default().entry(what.to_owned()).or_default().insert(place);
    }

    /// Something else.
    pub(super) fn say(&mut self, line: String) {
        self.lines.insert(line);
    }

    /// Prints them.
    pub(super) fn print(&self) -> std::io::Result<()> {
        let mut to = std::io::stderr().lock();
        for line in self.all() {
            writeln!(to, "note: {}", visible(&line))?;
        }
        Ok(())
    }

    fn all(&self) -> Vec<String> {
        let gaps = self.gaps.iter().map(|((account, call, code), gap)| format!("{account}: {}", gap.in_words(call, code)));
        let mut lines: Vec<String> = gaps.collect();
        for (class, found) in &self.odd {
            for (what, places) in found.iter().take(TOLD) {
                let times = if places.len() > 1 { format!("{} times: ", places.len()) } else { String::new() };
                lines.push(format!("{what} ({times}{})", few(places, "; ")));
            }
            if found.len() > TOLD {
                lines.push(format!("{class}: {} more", found.len() - TOLD));
            }
        }
        lines.extend(self.lines.iter().cloned());
        lines
    }
}

impl Gap {
    fn in_words(&self, call: &str, code: &str) -> String {
        let named = few(&self.of, ", ");
        let what = match self.of.len() {
            0 => call.to_owned(),
            1 => format!("{call} of {named}"),
            many => format!("{call} of {many} ({named})"),
        };
        let regions = self.regions.iter().map(String::as_str).collect::<Vec<_>>().join(", ");
        match code {
            "NotCalled" | "NoManifest" => format!("{what} was not asked for in {regions}"),
            "FileMissing" => format!("{what} was collected in {regions}, but its file is gone"),
            code => format!("{what} was not collected in {regions}: {code}"),
        }
    }
}

/// The first few, and how many more there are.
fn few(names: &BTreeSet<String>, between: &str) -> String {
    let first = names.iter().take(FEW).map(String::as_str).collect::<Vec<_>>().join(between);
    if names.len() > FEW { format!("{first} and {} more", names.len() - FEW) } else { first }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_the_same_is_said_once() {
        let mut notes = Notes::default();
        let reason = |code: &str| Reason { code: code.to_owned(), message: String::new() };
        for number in 0..40 {
            notes.gap_of("prod", "us-east-1", "x-list", &format!("f{number:02}"), &reason("NotCalled"));
            notes.odd("large networks", "`9.0.0.0/8` is large", format!("prod, us-east-1, sg-{number:02}"));
            notes.odd("others", &format!("odd {number:02}"), "a".to_owned());
        }
        notes.gap_of("prod", "eu-west-1", "y-list", "f", &reason("AccessDenied"));
        let lines = notes.all();
        assert_eq!(lines[0], "prod: x-list of 40 (f00, f01, f02 and 37 more) was not asked for in us-east-1");
        assert_eq!(lines[1], "prod: y-list of f was not collected in eu-west-1: AccessDenied");
        let places = "prod, us-east-1, sg-00; prod, us-east-1, sg-01; prod, us-east-1, sg-02 and 37 more";
        assert_eq!(lines[2], format!("`9.0.0.0/8` is large (40 times: {places})"));
        assert_eq!((lines[3].as_str(), lines[23].as_str(), lines.len()), ("odd 00 (a)", "others: 20 more", 24));
    }
}

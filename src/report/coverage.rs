//! Groups the calls of a manifest into what the report says about them. It does not read the manifest and does
//! not judge: which calls should have been made is the collector's business.

use std::collections::{BTreeMap, BTreeSet};

use super::view::{Coverage, Missing, Outcome, Problem, Totals};

/// One call of a manifest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CallRecord<'a> {
    /// Position of the account in the list of accounts.
    pub account: usize,
    /// `ec2`
    pub service: &'a str,
    /// `describe-vpcs`
    pub request: &'a str,
    /// `us-east-1`
    pub region: &'a str,
    /// Parameters as compact JSON; empty for a call without.
    pub parameters: &'a str,
    /// See [`Outcome::classify`].
    pub outcome: Outcome,
    /// The error code; empty without an error. For a skipped call the reason, in a few words.
    pub code: &'a str,
    /// What AWS said; empty without an error.
    pub message: &'a str,
    /// When, as in the manifest.
    pub time: &'a str,
}

/// Groups calls; `accounts` are the names, in the order of the report. The order of the calls does not matter.
#[must_use]
pub fn coverage(accounts: &[String], calls: &[CallRecord<'_>]) -> Coverage {
    Coverage {
        accounts: account_totals(accounts.len(), calls),
        services: service_totals(calls),
        problems: problems(accounts, calls),
        missing: missing(accounts, calls),
    }
}

fn account_totals(accounts: usize, calls: &[CallRecord<'_>]) -> Vec<Totals> {
    let mut totals = vec![Totals::default(); accounts];
    for call in calls {
        if let Some(total) = totals.get_mut(call.account) {
            total.add(call.outcome, 1);
        }
    }
    totals
}

fn service_totals(calls: &[CallRecord<'_>]) -> Vec<(String, Totals)> {
    let mut totals: BTreeMap<&str, Totals> = BTreeMap::new();
    for call in calls {
        totals.entry(call.service).or_default().add(call.outcome, 1);
    }
    totals.into_iter().map(|(service, total)| (service.to_owned(), total)).collect()
}

fn is_problem(call: &CallRecord<'_>) -> bool {
    !matches!(call.outcome, Outcome::Value | Outcome::Empty)
}

fn name_of(accounts: &[String], account: usize) -> &str {
    accounts.get(account).map_or("?", String::as_str)
}

/// The call that stands for its group, whatever order the manifest has.
fn first_of<'b, 'a>(calls: &[&'b CallRecord<'a>]) -> Option<&'b CallRecord<'a>> {
    let key = |call: &&&'b CallRecord<'a>| (call.account, call.region, call.service, call.request, call.parameters);
    calls.iter().min_by_key(key).copied()
}

fn distinct<'a>(texts: impl Iterator<Item = &'a str>) -> Vec<String> {
    let set: BTreeSet<&str> = texts.collect();
    set.into_iter().map(str::to_owned).collect()
}

fn problems(accounts: &[String], calls: &[CallRecord<'_>]) -> Vec<Problem> {
    let mut groups: BTreeMap<(Outcome, &str), Vec<&CallRecord<'_>>> = BTreeMap::new();
    for call in calls.iter().filter(|call| is_problem(call)) {
        groups.entry((call.outcome, call.code)).or_default().push(call);
    }
    let mut problems: Vec<Problem> =
        groups.into_iter().filter_map(|((outcome, code), calls)| problem(accounts, outcome, code, &calls)).collect();
    problems.sort_by(|a, b| (a.outcome, b.calls, &a.code).cmp(&(b.outcome, a.calls, &b.code)));
    problems
}

fn problem(accounts: &[String], outcome: Outcome, code: &str, calls: &[&CallRecord<'_>]) -> Option<Problem> {
    let first = first_of(calls)?;
    let mut example = format!("{}, {}: {} {}", name_of(accounts, first.account), first.region, first.service, first.request);
    if !first.parameters.is_empty() {
        example.push(' ');
        example.push_str(first.parameters);
    }
    Some(Problem {
        outcome,
        code: code.to_owned(),
        calls: calls.len() as u64,
        accounts: distinct(calls.iter().map(|call| name_of(accounts, call.account))),
        services: distinct(calls.iter().map(|call| call.service)),
        regions: distinct(calls.iter().map(|call| call.region)),
        message: first.message.to_owned(),
        example,
    })
}

fn missing(accounts: &[String], calls: &[CallRecord<'_>]) -> Vec<Missing> {
    let answered: BTreeSet<(usize, &str, &str)> = calls
        .iter()
        .filter(|call| matches!(call.outcome, Outcome::Value | Outcome::Empty | Outcome::Partial))
        .map(|call| (call.account, call.service, call.request))
        .collect();
    let mut groups: BTreeMap<(usize, Outcome, &str, &str, &str), Vec<&CallRecord<'_>>> = BTreeMap::new();
    for call in calls.iter().filter(|call| is_problem(call) && call.outcome != Outcome::Skipped) {
        let key = (call.account, call.outcome, call.service, call.request, call.code);
        groups.entry(key).or_default().push(call);
    }
    groups
        .into_iter()
        .filter_map(|((account, outcome, service, request, code), calls)| {
            let first = first_of(&calls)?;
            Some(Missing {
                account: name_of(accounts, account).to_owned(),
                service: service.to_owned(),
                request: request.to_owned(),
                outcome,
                code: code.to_owned(),
                message: first.message.to_owned(),
                calls: calls.len() as u64,
                regions: distinct(calls.iter().map(|call| call.region)),
                everywhere: !answered.contains(&(account, service, request)),
                parameters: first.parameters.to_owned(),
                first: calls.iter().map(|call| call.time).min().unwrap_or_default().to_owned(),
                last: calls.iter().map(|call| call.time).max().unwrap_or_default().to_owned(),
            })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn call(region: &'static str, outcome: Outcome, code: &'static str) -> CallRecord<'static> {
        CallRecord {
            account: 0,
            service: "ec2",
            request: "describe-vpcs",
            region,
            parameters: "",
            outcome,
            code,
            message: "no",
            time: "2026-11-22T10:00:00Z",
        }
    }

    #[test]
    fn calls_are_grouped_and_none_is_lost() {
        let names = ["prod".to_owned()];
        let mut calls = vec![
            call("us-east-1", Outcome::Value, ""),
            call("eu-west-1", Outcome::Denied, "AccessDenied"),
            call("eu-central-1", Outcome::Denied, "AccessDenied"),
            call("ap-east-1", Outcome::Skipped, "region not enabled"),
        ];
        let result = coverage(&names, &calls);
        assert_eq!(result.accounts[0].made(), 3);
        assert_eq!(result.accounts[0].skipped, 1);
        assert_eq!(result.problems.iter().map(|problem| problem.calls).sum::<u64>(), 3);
        assert_eq!(result.problems[0].regions, ["eu-central-1", "eu-west-1"]);
        assert_eq!(result.problems[0].example, "prod, eu-central-1: ec2 describe-vpcs");
        assert_eq!(result.missing.len(), 1, "skipped calls are not in the full list");
        assert!(!result.missing[0].everywhere);
        calls.reverse();
        assert_eq!(coverage(&names, &calls), result);
    }
}

//! JUnit's XML, as build servers read it: a suite an account, a case a check; what nobody knows is skipped.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;

use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesEnd, BytesStart, BytesText, Event};

use super::message;
use crate::audit::{Audit, Finding, Verdict};
use crate::model::visible;

/// Findings that a case lists.
const LISTED: usize = 200;

pub(in crate::cli::audit) fn junit(audit: &Audit, out: &mut dyn Write) -> anyhow::Result<()> {
    let mut writer: Writer<&mut (dyn Write + '_)> = Writer::new_with_indent(out, b' ', 1);
    writer.write_event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)))?;
    writer.write_event(Event::Start(BytesStart::new("testsuites").with_attributes([("name", "cloudmapper audit")])))?;
    for account in &audit.accounts {
        let own = audit.findings.iter().filter(|finding| finding.account == *account);
        let mut cases: BTreeMap<&str, Vec<&Finding>> = BTreeMap::new();
        own.for_each(|finding| cases.entry(&finding.check.id).or_default().push(finding));
        let passed: BTreeSet<&str> = audit.passed.keys().filter(|(_, id)| *id == account.id).map(|(check, _)| check.as_str()).collect();
        for id in &passed {
            cases.entry(id).or_default();
        }
        suite(&mut writer, &account.name, &cases)?;
    }
    writer.write_event(Event::End(BytesEnd::new("testsuites")))?;
    writeln!(writer.into_inner())?;
    Ok(())
}

fn has(findings: &[&Finding], verdict: Verdict) -> bool {
    findings.iter().any(|finding| finding.verdict == verdict && finding.suppressed.is_none())
}

fn suite(writer: &mut Writer<&mut (dyn Write + '_)>, name: &str, cases: &BTreeMap<&str, Vec<&Finding>>) -> anyhow::Result<()> {
    let failures = cases.values().filter(|findings| has(findings, Verdict::Fail)).count();
    let skipped = cases.values().filter(|findings| !has(findings, Verdict::Fail) && has(findings, Verdict::Unknown)).count();
    let (tests, failed, left) = (cases.len().to_string(), failures.to_string(), skipped.to_string());
    let name = visible(name);
    let attributes = [("name", &*name), ("tests", &tests), ("failures", &failed), ("errors", "0"), ("skipped", &left)];
    writer.write_event(Event::Start(BytesStart::new("testsuite").with_attributes(attributes)))?;
    for (id, findings) in cases {
        case(writer, (&name, id), findings)?;
    }
    writer.write_event(Event::End(BytesEnd::new("testsuite")))?;
    Ok(())
}

fn case(writer: &mut Writer<&mut (dyn Write + '_)>, (account, id): (&str, &str), findings: &[&Finding]) -> anyhow::Result<()> {
    let start = BytesStart::new("testcase").with_attributes([("classname", account), ("name", id)]);
    let open = |verdict: Verdict| findings.iter().filter(move |one| one.verdict == verdict && one.suppressed.is_none());
    let (element, told): (&str, Vec<_>) = match (has(findings, Verdict::Fail), has(findings, Verdict::Unknown)) {
        (true, _) => ("failure", open(Verdict::Fail).collect()),
        (false, true) => ("skipped", open(Verdict::Unknown).collect()),
        (false, false) => {
            writer.write_event(Event::Empty(start))?;
            return Ok(());
        }
    };
    writer.write_event(Event::Start(start))?;
    let title = told.first().map(|one| visible(&one.check.title).into_owned()).unwrap_or_default();
    let severity = told.first().map_or("", |one| one.severity.word());
    let mut inner = BytesStart::new(element).with_attributes([("message", title.as_str())]);
    if element == "failure" {
        inner.push_attribute(("type", severity));
    }
    let mut lines: Vec<String> = told.iter().take(LISTED).map(|one| format!("{} {}", super::region(one), message(one))).collect();
    if told.len() > LISTED {
        lines.push(format!("and {} more", told.len() - LISTED));
    }
    writer.write_event(Event::Start(inner))?;
    writer.write_event(Event::Text(BytesText::new(&lines.join("\n"))))?;
    writer.write_event(Event::End(BytesEnd::new(element)))?;
    writer.write_event(Event::End(BytesEnd::new("testcase")))?;
    Ok(())
}

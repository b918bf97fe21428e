//! Ways in words, and in JSON.

use std::io::Write;

use serde::Serialize;

use super::opened::Opened;
use crate::graph::{Admin, Edge, Explainer, Hop, Proof, Technique, Ways, techniques};
use crate::model::visible;

/// A way with what makes each of its steps.
#[derive(Debug, Serialize)]
pub(in crate::cli) struct Told {
    pub(in crate::cli) from: String,
    pub(in crate::cli) to: String,
    /// Nothing stands in the way of any step.
    pub(in crate::cli) certain: bool,
    /// Who is reached is an administrator where this holds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in crate::cli) administrator_if: Option<String>,
    pub(in crate::cli) steps: Vec<ToldStep>,
}

/// One step.
#[derive(Debug, Serialize)]
pub(in crate::cli) struct ToldStep {
    from: String,
    to: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    through: Option<String>,
    technique: &'static str,
    name: &'static str,
    certain: bool,
    proof: Proof,
    fix: &'static str,
    source: &'static str,
    #[serde(skip)]
    names: (String, String, Option<String>),
    label: &'static str,
}

/// Tells ways.
pub(in crate::cli) struct Teller<'a> {
    opened: &'a Opened,
    explainer: Explainer<'a>,
    techniques: Vec<Technique>,
}

impl<'a> Teller<'a> {
    pub(in crate::cli) fn new(opened: &'a Opened) -> anyhow::Result<Self> {
        let explainer = Explainer::new(&opened.graph, &opened.estate, &opened.snapshots)?;
        Ok(Self { opened, explainer, techniques: techniques()? })
    }

    pub(in crate::cli) fn technique(&self, at: u16) -> Option<&Technique> {
        self.techniques.get(usize::from(at))
    }

    /// Ways with their reasons.
    pub(in crate::cli) fn tell(&self, ways: &Ways<'_>, all: &[Vec<Hop>]) -> anyhow::Result<Vec<Told>> {
        let edges: Vec<Edge> = all.iter().flatten().filter_map(|hop| ways.edge(*hop).copied()).collect();
        let proofs = self.explainer.proofs(&edges)?;
        let mut proofs = proofs.into_iter();
        let mut told = Vec::new();
        for way in all {
            let mut steps = Vec::new();
            for hop in way {
                let step = match ways.edge(*hop) {
                    Some(edge) => self.step(edge, proofs.next().unwrap_or_default()),
                    None => self.all(*hop),
                };
                steps.extend(step);
            }
            let (Some(first), Some(last)) = (way.first(), way.last()) else { continue };
            let arn = |at: usize| self.opened.graph.nodes.get(at).map(|node| node.arn.clone()).unwrap_or_default();
            let to = ways.ends(*last).1;
            let ends_if = match self.opened.graph.nodes.get(to).map(|node| &node.admin) {
                Some(Admin::If(when)) => Some(when.clone()),
                _ => None,
            };
            let certain = steps.iter().all(|step| step.certain);
            told.push(Told { from: arn(ways.ends(*first).0), to: arn(to), certain, administrator_if: ends_if, steps });
        }
        Ok(told)
    }

    fn step(&self, edge: &Edge, proof: Proof) -> Option<ToldStep> {
        let technique = self.technique(edge.technique)?;
        let arn = |at: usize| self.opened.graph.nodes.get(at).map(|node| node.arn.clone()).unwrap_or_default();
        let name = |at: usize| self.opened.name(at);
        Some(ToldStep {
            from: arn(edge.from),
            to: arn(edge.to),
            through: edge.via.map(arn),
            technique: technique.id,
            name: technique.name,
            certain: edge.certain,
            proof,
            fix: technique.fix,
            source: technique.source,
            names: (name(edge.from), name(edge.to), edge.via.map(name)),
            label: technique.label,
        })
    }

    /// An administrator acts as anybody.
    fn all(&self, hop: Hop) -> Option<ToldStep> {
        let Hop::All { from, to } = hop else { return None };
        let technique = self.techniques.iter().find(|technique| technique.id == "administrator")?;
        let arn = |at: usize| self.opened.graph.nodes.get(at).map(|node| node.arn.clone()).unwrap_or_default();
        Some(ToldStep {
            from: arn(from),
            to: arn(to),
            through: None,
            technique: technique.id,
            name: "can act as anybody of the account",
            certain: true,
            proof: Proof::default(),
            fix: technique.fix,
            source: technique.source,
            names: (self.opened.name(from), self.opened.name(to), None),
            label: technique.label,
        })
    }
}

impl Told {
    /// Who is reached.
    pub(in crate::cli) fn last_name(&self) -> &str {
        self.steps.last().map(|step| step.names.1.as_str()).unwrap_or_default()
    }

    /// A line a step, and below it what makes it.
    pub(in crate::cli) fn print(&self, reasons: bool, out: &mut dyn Write) -> std::io::Result<()> {
        for step in &self.steps {
            step.print(reasons, out)?;
        }
        if let Some(when) = &self.administrator_if {
            writeln!(out, "   {} is an administrator if {}", self.last_name(), visible(when))?;
        }
        Ok(())
    }
}

impl ToldStep {
    fn print(&self, reasons: bool, out: &mut dyn Write) -> std::io::Result<()> {
        let (from, to, through) = &self.names;
        let doubt = if self.certain { "" } else { ", possible" };
        let through = through.as_ref().map(|through| format!(" by {through}")).unwrap_or_default();
        writeln!(out, "   {from} {}{through} -> {to}  [{}{doubt}]", self.name, self.technique)?;
        if !reasons {
            return Ok(());
        }
        for step in &self.proof.steps {
            let who = if step.who == self.from { String::new() } else { format!(" by {}", visible(&step.who)) };
            let when = step.when.as_ref().map(|when| format!(" if {}", visible(when))).unwrap_or_default();
            write!(out, "      {} on {}{who}{when}", visible(&step.action), visible(&step.resource))?;
            let because: Vec<&str> = step.because.iter().map(|because| because.text.as_str()).collect();
            if because.is_empty() { writeln!(out)? } else { writeln!(out, ": {}", because.join("; "))? }
        }
        for thing in &self.proof.things {
            writeln!(out, "      with {}", visible(thing))?;
        }
        for doubt in &self.proof.doubts {
            writeln!(out, "      not certain: {}", visible(doubt))?;
        }
        Ok(())
    }
}

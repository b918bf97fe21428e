//! Answers in words, and in JSON.

use std::io::Write;

use serde::Serialize;
use serde_json::json;

use crate::cli::graph::words::Told;
use crate::graph::Admin;
use crate::graph::query::{Answer, How, Request};
use crate::iam::query::Verdict;
use crate::model::visible;

/// An answer, ready to be told.
pub(super) struct Answered {
    pub(super) name: String,
    pub(super) arn: String,
    pub(super) answer: Answer,
    pub(super) way: Option<Told>,
}

pub(super) fn text(request: &Request, answered: &[Answered], explain: bool, out: &mut dyn Write) -> std::io::Result<()> {
    let what = format!("call action {} for resource {}", visible(&request.action), visible(request.resource.as_deref().unwrap_or("*")));
    for answer in answered {
        let name = &answer.name;
        match (&answer.answer.how, &answer.way) {
            (How::Itself(verdict), _) => writeln!(out, "{name} IS authorized to {what}{}", when(verdict))?,
            (How::Through(_, verdict), Some(way)) => {
                let last = way.last_name();
                let possible = if answer.answer.certain { "" } else { ", possibly," };
                writeln!(out, "{name} CAN{possible} {what} THRU {last}")?;
                way.print(explain, out)?;
                writeln!(out, "   {last} IS authorized to {what}{}", when(verdict))?;
            }
            (How::AsAdmin, _) => writeln!(out, "{name} CAN BECOME authorized to {what} THRU its admin privileges")?,
            (How::No | How::Through(..), _) => writeln!(out, "{name} CANNOT {what}")?,
        }
        writeln!(out)?;
    }
    if answered.is_empty() {
        writeln!(out, "nobody who was asked about can {what}")?;
    }
    Ok(())
}

fn when(verdict: &Verdict) -> String {
    match verdict {
        Verdict::If(when) => format!(" if {}", visible(when)),
        Verdict::Yes | Verdict::No => String::new(),
    }
}

#[derive(Serialize)]
struct V1<'a> {
    principal: &'a str,
    action: &'a str,
    resource: &'a str,
    allowed: &'static str,
    how: &'static str,
    certain: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    condition: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    way: Option<&'a Told>,
}

/// One object a line.
pub(super) fn json(request: &Request, answered: &[Answered], out: &mut dyn Write) -> anyhow::Result<()> {
    for answer in answered {
        let (how, verdict) = match &answer.answer.how {
            How::Itself(verdict) => ("itself", Some(verdict)),
            How::Through(_, verdict) => ("through", Some(verdict)),
            How::AsAdmin => ("as-admin", None),
            How::No => ("no", None),
        };
        let condition = match verdict {
            Some(Verdict::If(when)) => Some(when.to_string()),
            _ => None,
        };
        let allowed = match (&answer.answer.how, answer.answer.certain) {
            (How::No, _) => "no",
            (_, true) => "yes",
            (_, false) => "conditional",
        };
        let line = V1 {
            principal: &answer.arn,
            action: &request.action,
            resource: request.resource.as_deref().unwrap_or("*"),
            allowed,
            how,
            certain: answer.answer.certain,
            condition,
            way: answer.way.as_ref(),
        };
        serde_json::to_writer(&mut *out, &line)?;
        writeln!(out)?;
    }
    Ok(())
}

/// Ways as one document; `rank` is that of who starts.
pub(super) fn ways_json(told: &[Told], total: u64, rank: &Admin, out: &mut dyn Write) -> anyhow::Result<()> {
    let mut document = json!({"total": total, "ways": told, "admin": *rank != Admin::No});
    if let (Admin::If(when), Some(members)) = (rank, document.as_object_mut()) {
        members.insert("condition".to_owned(), json!(when));
    }
    serde_json::to_writer_pretty(&mut *out, &document)?;
    writeln!(out)?;
    Ok(())
}

//! Bars by severity, drawn by the template: places are per cent of the width.

use crate::audit::Severity;

/// The severities that are drawn, the worst first.
pub(super) const SEVERITIES: [Severity; 5] = [Severity::Critical, Severity::High, Severity::Medium, Severity::Low, Severity::Info];

/// How high a row is, in pixels.
const ROW: usize = 36;

/// With more rows, there are two columns.
const ONE_COLUMN: usize = 8;

/// Letters of a label.
const LABEL: usize = 32;

/// Counts by severity, in the order of [`SEVERITIES`].
pub(super) type Counts = [u64; 5];

pub(super) struct Chart {
    pub(super) title: &'static str,
    pub(super) note: String,
    pub(super) panels: Vec<Panel>,
}

pub(super) struct Panel {
    pub(super) height: usize,
    pub(super) rows: Vec<Row>,
}

pub(super) struct Row {
    pub(super) label: String,
    pub(super) full: String,
    pub(super) urgent: String,
    pub(super) total: u64,
    pub(super) text_y: usize,
    pub(super) bar_y: usize,
    pub(super) count_y: usize,
    pub(super) segments: Vec<Segment>,
}

pub(super) struct Segment {
    pub(super) class: String,
    pub(super) name: &'static str,
    pub(super) count: u64,
    pub(super) x: String,
    pub(super) width: String,
    pub(super) middle: String,
    pub(super) roomy: bool,
}

impl Chart {
    pub(super) fn new(title: &'static str, rows: &[(String, Counts)], note: String) -> Self {
        let most = rows.iter().map(|(_, counts)| counts.iter().sum()).max().unwrap_or(0).max(1);
        let half = if rows.len() > ONE_COLUMN { rows.len().div_ceil(2) } else { rows.len().max(1) };
        let panels = rows.chunks(half).map(|part| Panel {
            height: part.len() * ROW,
            rows: part.iter().enumerate().map(|(at, row)| Row::new(at, row, most)).collect(),
        });
        Self { title, note, panels: panels.collect() }
    }
}

impl Row {
    #[expect(clippy::cast_precision_loss, reason = "per cent of a width")]
    fn new(at: usize, (name, counts): &(String, Counts), most: u64) -> Self {
        let mut x = 0.0;
        let mut segments = Vec::new();
        for (severity, count) in SEVERITIES.into_iter().zip(counts).filter(|(_, count)| **count > 0) {
            let width = *count as f64 * 100.0 / most as f64;
            let digits = super::super::filters::thousands(*count).len() as f64;
            segments.push(Segment {
                class: severity.word().to_lowercase(),
                name: severity.word(),
                count: *count,
                x: format!("{x:.2}%"),
                width: format!("{width:.2}%"),
                middle: format!("{:.2}%", x + width / 2.0),
                roomy: width > 1.8 * digits + 1.2,
            });
            x += width;
        }
        let urgent = SEVERITIES.into_iter().zip(counts).take(2).filter(|(_, count)| **count > 0);
        let urgent =
            urgent.map(|(severity, count)| format!("{} {}", super::super::filters::thousands(*count), severity.word().to_lowercase()));
        Self {
            label: name.chars().take(LABEL).collect(),
            full: name.clone(),
            urgent: urgent.collect::<Vec<_>>().join(", "),
            total: counts.iter().sum(),
            text_y: at * ROW + 12,
            bar_y: at * ROW + 17,
            count_y: at * ROW + 28,
            segments,
        }
    }
}

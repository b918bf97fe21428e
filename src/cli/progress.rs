//! How a collection is going: a line per account that is redrawn on a terminal, plain lines elsewhere.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use indicatif::{MultiProgress, ProgressBar, ProgressStyle};

use crate::collector::observe::{Event, Observer};
use crate::model::visible;
use crate::snapshot::manifest::Outcome;

/// Without a terminal, a line each time this has passed.
const LINE_EVERY: Duration = Duration::from_secs(10);

/// Shows all accounts of a run.
#[derive(Debug)]
pub(super) struct Progress {
    accounts: Mutex<BTreeMap<String, Account>>,
    bars: Option<MultiProgress>,
}

#[derive(Debug)]
struct Account {
    planned: u64,
    kept: u64,
    done: u64,
    missing: u64,
    began: Instant,
    shown: Instant,
    bar: Option<ProgressBar>,
}

impl Progress {
    pub(super) fn new(on_terminal: bool) -> Self {
        Self { accounts: Mutex::default(), bars: on_terminal.then(MultiProgress::new) }
    }

    fn begin(&self, name: &str) -> Account {
        let bar = self.bars.as_ref().map(|bars| {
            let bar = bars.add(ProgressBar::new(0));
            // The template is a constant: it parses, or the bar looks plain.
            if let Ok(style) = ProgressStyle::with_template("{prefix:>18} [{bar:30}] {pos}/{len} {msg}") {
                bar.set_style(style.progress_chars("=> "));
            }
            bar.set_prefix(visible(name).into_owned());
            bar
        });
        Account { planned: 0, kept: 0, done: 0, missing: 0, began: Instant::now(), shown: Instant::now(), bar }
    }

    /// Removes the bars; what is printed next stands alone.
    pub(super) fn finish(&self) {
        for account in self.accounts.lock().unwrap_or_else(PoisonError::into_inner).values() {
            if let Some(bar) = &account.bar {
                bar.finish_and_clear();
            }
        }
    }
}

impl Observer for Progress {
    fn event(&self, name: &str, event: &Event<'_>) {
        let mut accounts = self.accounts.lock().unwrap_or_else(PoisonError::into_inner);
        let account = accounts.entry(name.to_owned()).or_insert_with(|| self.begin(name));
        match event {
            Event::Planned { calls, kept } => {
                account.planned += *calls as u64;
                account.kept += *kept as u64;
            }
            Event::Done(call) => {
                // A row that could not be expanded is a gap, not a call.
                account.done += u64::from(call.attempts > 0);
                account.missing += u64::from(matches!(call.outcome, Outcome::NotCollected | Outcome::Partial));
            }
            Event::Notice(text) => line(account, name, text),
        }
        account.show(name);
    }
}

impl Account {
    fn show(&mut self, name: &str) {
        let message = self.message();
        if let Some(bar) = &self.bar {
            bar.set_length(self.planned);
            bar.set_position(self.done);
            bar.set_message(message);
        } else if self.shown.elapsed() >= LINE_EVERY {
            self.shown = Instant::now();
            let text = format!("{}/{} calls, {message}", self.done, self.planned);
            line(self, name, &text);
        }
    }

    fn message(&self) -> String {
        let seconds = self.began.elapsed().as_secs_f64().max(0.1);
        #[expect(clippy::cast_precision_loss, reason = "numbers of calls are far below 2^52")]
        let (rate, left) = (self.done as f64 / seconds, self.planned.saturating_sub(self.done) as f64);
        let mut message = format!("{rate:.0}/s");
        if self.missing > 0 {
            message.push_str(&format!(", {} not collected", self.missing));
        }
        if self.kept > 0 {
            message.push_str(&format!(", {} kept from before", self.kept));
        }
        if rate > 0.0 && left > 0.0 {
            // More calls turn up as answers come in, so this is a lower bound.
            message.push_str(&format!(", {:.0} s or more to go", left / rate));
        }
        message
    }
}

fn line(account: &Account, name: &str, text: &str) {
    let text = format!("{}: {text}", visible(name));
    match &account.bar {
        Some(bar) => bar.println(text),
        // A closed stderr is no reason to stop collecting.
        None => drop(writeln!(std::io::stderr(), "{text}")),
    }
}

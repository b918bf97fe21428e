//! `repl`: one question after another, with history and completion.

use std::io::Write;

use clap::{Args, Parser};
use rustyline::completion::{Completer, Pair};
use rustyline::error::ReadlineError;
use rustyline::highlight::Highlighter;
use rustyline::hint::Hinter;
use rustyline::history::DefaultHistory;
use rustyline::validate::Validator;
use rustyline::{Context, Editor, Helper};

use super::Exit;
use super::accounts::AccountArgs;
use super::graph::opened::Opened;
use super::query::{ArgqueryArgs, Common, run};
use crate::graph::query::parse;
use crate::model::visible;

/// Reads the graph once, and answers questions until `exit`.
#[derive(Debug, Args)]
pub(super) struct ReplArgs {
    #[command(flatten)]
    accounts: AccountArgs,
    /// Keep what was typed in this file, for the next time
    #[arg(long, value_name = "FILE")]
    history: Option<std::path::PathBuf>,
}

/// A line of options.
#[derive(Debug, Parser)]
#[command(name = "", no_binary_name = true, disable_help_subcommand = true, override_usage = USAGE)]
struct Line {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// Ask in words
    Query {
        #[command(flatten)]
        common: Common,
        #[arg(required = true)]
        question: Vec<String>,
    },
    /// Ask by options
    Argquery(ArgqueryArgs),
}

const USAGE: &str = "query [-s] [-u] <question> | argquery [options] | <question> | help | exit";

/// Words that complete a line.
struct Words(Vec<String>);

impl Helper for Words {}
impl Highlighter for Words {}
impl Validator for Words {}
impl Hinter for Words {
    type Hint = String;
}

impl Completer for Words {
    type Candidate = Pair;

    fn complete(&self, line: &str, at: usize, _: &Context<'_>) -> rustyline::Result<(usize, Vec<Pair>)> {
        let typed = line.get(..at).unwrap_or(line);
        let start = typed.rfind(' ').map_or(0, |space| space + 1);
        let word = typed.get(start..).unwrap_or_default();
        let fits = self.0.iter().filter(|known| !word.is_empty() && known.starts_with(word)).take(100);
        Ok((start, fits.map(|known| Pair { display: known.clone(), replacement: known.clone() }).collect()))
    }
}

/// What may stand in a question: its own words, the principals, and AWS's actions.
fn words(opened: &Opened) -> Words {
    const OWN: [&str; 20] = [
        "query",
        "argquery",
        "help",
        "exit",
        "can",
        "who",
        "do",
        "with",
        "when",
        "reach",
        "path",
        "preset",
        "privesc",
        "connected",
        "clusters",
        "endgame",
        "serviceaccess",
        "wrongadmin",
        "admin",
        "--action",
    ];
    let mut words: Vec<String> = OWN.iter().map(|word| (*word).to_owned()).collect();
    words.extend(opened.graph.nodes.iter().map(|node| visible(&node.name).into_owned()));
    let catalog = opened.estate.store.catalog();
    words.extend(catalog.all().iter().map(|action| catalog.name(action).to_owned()));
    words.sort();
    words.dedup();
    Words(words)
}

pub(super) fn repl(args: &ReplArgs, out: &mut dyn Write) -> anyhow::Result<Exit> {
    let mut opened = Opened::of(&args.accounts)?;
    opened.say_gaps()?;
    let mut editor: Editor<Words, DefaultHistory> = Editor::new()?;
    editor.set_helper(Some(words(&opened)));
    if let Some(file) = args.history.as_ref().filter(|file| file.exists()) {
        editor.load_history(file)?;
    }
    writeln!(out, "{USAGE}")?;
    loop {
        out.flush()?;
        match editor.readline("repl> ") {
            Ok(line) => {
                editor.add_history_entry(line.as_str())?;
                if !answer(&mut opened, line.trim(), out)? {
                    break;
                }
            }
            Err(ReadlineError::Eof | ReadlineError::Interrupted) => break,
            Err(error) => return Err(error.into()),
        }
    }
    if let Some(file) = &args.history {
        editor.save_history(file)?;
    }
    Ok(Exit::Complete)
}

/// Answers a line; `false` ends it. What is wrong with a line is told, and the next one is read.
fn answer(opened: &mut Opened, line: &str, out: &mut dyn Write) -> anyhow::Result<bool> {
    let first = line.split_whitespace().next().unwrap_or_default();
    let result = match first {
        "" => return Ok(true),
        "exit" | "quit" => return Ok(false),
        "help" => {
            writeln!(out, "{USAGE}")?;
            parse("").map(|_| ()).map_err(anyhow::Error::from)
        }
        "query" | "argquery" => by_options(opened, line, out),
        _ => parse(line).map_err(anyhow::Error::from).and_then(|query| run::run(opened, &query, &Common::default(), out)),
    };
    if let Err(error) = result {
        if super::is_broken_pipe(&error) {
            return Err(error);
        }
        writeln!(out, "{}", super::describe(&error))?;
    }
    Ok(true)
}

fn by_options(opened: &mut Opened, line: &str, out: &mut dyn Write) -> anyhow::Result<()> {
    let Some(words) = split(line) else { anyhow::bail!("a quotation mark is not closed") };
    // Clap's own words for help and for what is wrong.
    let line = match Line::try_parse_from(words) {
        Ok(line) => line,
        Err(error) => {
            writeln!(out, "{error}")?;
            return Ok(());
        }
    };
    match line.command {
        Command::Query { common, question } => run::run(opened, &parse(&question.join(" "))?, &common, out),
        Command::Argquery(args) => run::run(opened, &args.query()?, &args.common, out),
    }
}

/// Words as a shell splits them: quotation marks keep blanks. None where one is not closed.
fn split(line: &str) -> Option<Vec<String>> {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut quote: Option<char> = None;
    for character in line.chars() {
        match (quote, character) {
            (Some(open), _) if character == open => quote = None,
            (None, '"' | '\'') => {
                quote = Some(character);
                word.get_or_insert_default();
            }
            (None, _) if character.is_whitespace() => words.extend(word.take()),
            _ => word.get_or_insert_default().push(character),
        }
    }
    words.extend(word);
    quote.is_none().then_some(words)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_split_as_in_a_shell() {
        assert_eq!(split(r#"query 'who can' do "s3:*" x"#).unwrap(), ["query", "who can", "do", "s3:*", "x"]);
        assert_eq!(split("a ''").unwrap(), ["a", ""]);
        assert!(split("a 'b").is_none());
    }
}

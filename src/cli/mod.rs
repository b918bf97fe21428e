//! The command line: one file per subcommand. The only part that prints, looks at the environment and uses `anyhow`.

mod accounts;
mod amis;
mod analysis;
mod api_endpoints;
mod audit;
mod can;
mod collect;
pub mod configure;
mod demo;
mod diff;
mod discover;
mod external;
mod failures;
mod find_admins;
mod find_unused;
mod graph;
mod history;
mod iam_report;
mod jq;
mod notes;
mod orgs;
mod plan;
mod prepare;
mod progress;
mod public;
mod query;
mod reach;
mod repl;
mod report;
mod sg_ips;
mod snapshot;
mod stats;
mod vendors;
mod visualize;
mod weboftrust;
mod webserver;

use std::ffi::OsString;
use std::io::Write;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// One snapshot of AWS accounts, and everything that follows from it.
#[derive(Debug, Parser)]
#[command(name = "cloudmapper", version, about, max_term_width = 110, arg_required_else_help = true, subcommand_required = true)]
pub struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Add accounts and address ranges to config.json, or remove them
    Configure(configure::ConfigureArgs),
    /// Ask AWS once, and store every answer below account-data/
    Collect(collect::CollectArgs),
    /// Who can do what, on which resources, and why
    Can(can::CanArgs),
    /// List the administrators, with the conditions and statements that make them so
    #[command(name = "find_admins", alias = "find-admins")]
    FindAdmins(find_admins::FindAdminsArgs),
    /// What accounts have and do not use, what it costs, and what of that is not known
    #[command(name = "find_unused", alias = "find-unused")]
    FindUnused(find_unused::FindUnusedArgs),
    /// Which images the running instances were made of, and whose those are
    Amis(amis::AmisArgs),
    /// The addresses of REST, HTTP and WebSocket APIs, of their custom domains, and of functions
    #[command(name = "api_endpoints", alias = "api-endpoints")]
    ApiEndpoints(api_endpoints::ApiEndpointsArgs),
    /// Which networks outside security groups let in, where those are and whose
    #[command(name = "sg_ips", alias = "sg-ips")]
    SgIps(sg_ips::SgIpsArgs),
    /// What everybody can reach, what is shared outside of the organization, and what of that is not known
    Public(public::PublicArgs),
    /// Draw the network map: web/data.json
    Prepare(prepare::PrepareArgs),
    /// Draw which accounts, vendors and identity providers get into which accounts: web/trust.json and web/data.json
    #[command(visible_alias = "wot")]
    Weboftrust(weboftrust::WeboftrustArgs),
    /// Whether packets get from one place to another, by which way, and what stops them
    Reach(reach::ReachArgs),
    /// Who can come to act as whom: make the principal graph, show and export it
    Graph(graph::GraphArgs),
    /// Ask the principal graph in PMapper's language
    Query(query::QueryArgs),
    /// Ask the principal graph by options
    Argquery(query::ArgqueryCommand),
    /// Ask one question after another
    Repl(repl::ReplArgs),
    /// All shortest ways from one principal to another, or to an administrator
    Path(query::PathArgs),
    /// What of the principal graph calls for a change
    Analysis(analysis::AnalysisArgs),
    /// The fewest statements to change so that nobody new becomes an administrator
    Cut(analysis::CutArgs),
    /// The organization: units, accounts, and the policies that hang on each
    Orgs(orgs::OrgsArgs),
    /// Show the principal graph: in the browser, as one file, as a picture
    Visualize(visualize::VisualizeArgs),
    /// What of the snapshot calls for a change
    Audit(audit::AuditArgs),
    /// What a check of `audit` looks for, why, and what to do
    Explain(audit::ExplainArgs),
    /// What became public, administrator or trusted between two snapshots, and what else changed
    Diff(diff::DiffArgs),
    /// Run a jq program over stored answers of all accounts and Regions
    Jq(jq::JqArgs),
    /// Count the resources of each kind
    Stats(stats::StatsArgs),
    /// Write one self-contained HTML file for people without AWS access
    Report(report::ReportArgs),
    /// Write one self-contained HTML file on users, roles, groups and policies
    #[command(name = "iam_report", alias = "iam-report")]
    IamReport(iam_report::IamReportArgs),
    /// Show what this is, on four made-up accounts
    Demo(demo::DemoArgs),
    /// Show web/ in a browser on this machine
    Webserver(webserver::WebserverArgs),
    /// Put a snapshot into one file, take it out again, or check that nothing in it was changed
    Snapshot(snapshot::SnapshotArgs),
    /// An executable of the user's in private_commands/
    #[command(external_subcommand)]
    External(Vec<OsString>),
}

/// How the program ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// All that was asked for is done.
    Complete,
    /// It is done in part: some calls were not collected, or a check found something.
    Partial,
    /// Nothing could be done.
    Nothing,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        match exit {
            Exit::Complete => Self::SUCCESS,
            Exit::Partial => Self::from(1),
            Exit::Nothing => Self::from(2),
        }
    }
}

/// Runs what the command line says, printing to `out`.
///
/// # Errors
/// When nothing could be done; the message says why, and what to do.
pub fn run(cli: Cli, out: &mut dyn Write) -> anyhow::Result<Exit> {
    match cli.command {
        Command::Configure(args) => configure::configure(&args, &discover::organization_accounts, out).map(|()| Exit::Complete),
        Command::Collect(args) => collect::collect(&args, out),
        Command::Can(args) => can::can(&args, out),
        Command::FindAdmins(args) => find_admins::find_admins(&args, out),
        Command::FindUnused(args) => find_unused::find_unused(&args, out),
        Command::Amis(args) => amis::amis(&args, out),
        Command::ApiEndpoints(args) => api_endpoints::api_endpoints(&args, out),
        Command::Prepare(args) => prepare::prepare(&args, out),
        Command::Public(args) => public::public(&args, out),
        Command::Weboftrust(args) => weboftrust::weboftrust(&args, out),
        Command::Reach(args) => reach::reach(&args, out),
        Command::SgIps(args) => sg_ips::sg_ips(&args, out),
        Command::Graph(args) => graph::graph(&args, out),
        Command::Query(args) => query::query(&args, out),
        Command::Argquery(args) => query::argquery(&args, out),
        Command::Repl(args) => repl::repl(&args, out),
        Command::Path(args) => query::path(&args, out),
        Command::Analysis(args) => analysis::analysis(&args, out),
        Command::Cut(args) => analysis::cut(&args, out),
        Command::Orgs(args) => orgs::orgs(&args, out),
        Command::Visualize(args) => visualize::visualize(&args, out),
        Command::Audit(args) => audit::audit(&args, out),
        Command::Explain(args) => audit::explain(&args, out),
        Command::Diff(args) => diff::diff(&args, out),
        Command::Jq(args) => jq::jq(&args, out),
        Command::External(words) => external::external(&words),
        Command::Stats(args) => stats::stats(&args, out),
        Command::Report(args) => report::report(&args, out),
        Command::IamReport(args) => iam_report::iam_report(&args, out),
        Command::Demo(args) => demo::demo(&args, out),
        Command::Webserver(args) => webserver::webserver(&args, out),
        Command::Snapshot(args) => snapshot::snapshot(&args, out),
    }
}

/// What is wrong with a user's YAML, in a line: the reader's own words go on with a picture of the place, and with the names of its options.
fn yaml_problem(problem: &impl ToString) -> String {
    let text = problem.to_string();
    let line = text.lines().next().unwrap_or_default().trim_start_matches("error: ");
    line.split(", set ").next().unwrap_or(line).to_owned()
}

/// Spreadsheets run what begins like a formula: <https://owasp.org/www-community/attacks/CSV_Injection>.
fn harmless(text: &str) -> String {
    let shown = crate::model::visible(text);
    if shown.starts_with(['=', '+', '-', '@', '\t', '\r']) { format!("'{shown}") } else { shown.into_owned() }
}

/// An error with its causes in one go, each said once, safe to show.
#[must_use]
pub fn describe(error: &anyhow::Error) -> String {
    let mut words = String::new();
    for cause in error.chain() {
        let cause = cause.to_string();
        if !words.contains(&cause) {
            if !words.is_empty() {
                words.push_str(": ");
            }
            words.push_str(&cause);
        }
    }
    // Lists of problems have a line each.
    words.lines().map(|line| crate::model::visible(line).into_owned()).collect::<Vec<_>>().join("\n")
}

/// Whether the reader of our output has gone, as `head` does: no error.
#[must_use]
pub fn is_broken_pipe(error: &anyhow::Error) -> bool {
    error.chain().any(|cause| {
        let io = cause.downcast_ref::<std::io::Error>().map(std::io::Error::kind);
        let json = cause.downcast_ref::<serde_json::Error>().and_then(serde_json::Error::io_error_kind);
        io.or(json) == Some(std::io::ErrorKind::BrokenPipe)
    })
}

//! `demo`: a small company's four accounts, unpacked into `account-data/`, and the real commands run on them.

use std::io::Write;
use std::path::{Path, PathBuf};

use clap::{Args, Parser as _};

use super::accounts::AccountArgs;
use super::webserver::{WebserverArgs, webserver};
use super::{Exit, can, iam_report, report, stats};
use crate::model::visible;
use crate::snapshot::layout::ACCOUNT_DATA;
use crate::snapshot::{make_private_folder, unpack, write_atomic};

/// Made by `tests/estate/run --demo data/demo`: collected by `collect` from a seeded moto server, and completed where
/// moto has no answer.
static SNAPSHOTS: &[(&str, &[u8])] = &[
    ("dev", include_bytes!("../../data/demo/dev.json.zst")),
    ("management", include_bytes!("../../data/demo/management.json.zst")),
    ("prod", include_bytes!("../../data/demo/prod.json.zst")),
    ("security", include_bytes!("../../data/demo/security.json.zst")),
];
static DEMO_CONFIG: &[u8] = include_bytes!("../../data/demo/config.json");

const CONFIG: &str = "config.json";

/// Needs no AWS account. What is in the folder already is left alone.
#[derive(Debug, Args)]
pub(super) struct DemoArgs {
    /// Show the result in a browser afterwards
    #[arg(long)]
    serve: bool,
    /// The port to serve on; 0 for any that is free
    #[arg(long, default_value_t = 8000)]
    port: u16,
}

pub(super) fn demo(args: &DemoArgs, out: &mut dyn Write) -> anyhow::Result<Exit> {
    let config = unpack_config(out)?;
    let names = unpack_accounts(out)?;
    let accounts = || AccountArgs { config: config.clone(), accounts: names.clone() };
    writeln!(out, "\n$ cloudmapper stats --accounts {}", names.join(","))?;
    stats::print_text(&accounts(), out)?;
    let page = Path::new("web/account-data/report.html");
    report::write_report(&accounts(), page)?;
    writeln!(out, "\n$ cloudmapper report --accounts {}\nwrote {}: open it in a browser", names.join(","), page.display())?;
    let page = iam_report::write_demo(&accounts())?;
    writeln!(out, "\n$ cloudmapper iam_report --accounts {}\nwrote {}", names.join(","), page.display())?;
    writeln!(out, "\n$ cloudmapper can --principal user/carla.mendes --action iam:CreateAccessKey --accounts prod")?;
    can::example(&accounts(), out)?;
    shown(&["audit", "--format", "summary", "--html", "web/account-data/audit.html"], &config, &names, 12, out)?;
    shown(&["public", "--no-settings"], &config, &names, 12, out)?;
    // Both write web/data.json: the map is to stay.
    shown(&["weboftrust"], &config, &names, 12, out)?;
    shown(&["prepare", "--html", "web/account-data/map.html", "--svg", "web/account-data/map.svg"], &config, &names, 12, out)?;
    shown(&["path", "--from", "dev:user/gus.tan", "--most", "1"], &config, &names, 12, out)?;
    shown(&["visualize", "--filetype", "json"], &config, &names, 12, out)?;
    if args.serve {
        out.flush()?;
        return webserver(&WebserverArgs { port: args.port, public: false, ipv6: false }, out);
    }
    writeln!(out, "`cloudmapper demo --serve` shows it in a browser; `cloudmapper collect` makes such a snapshot of your own accounts")?;
    Ok(Exit::Complete)
}

/// Runs another command, and shows how its output begins.
fn shown(command: &[&str], config: &Path, names: &[String], lines: usize, out: &mut dyn Write) -> anyhow::Result<()> {
    let names = names.join(",");
    writeln!(out, "\n$ cloudmapper {} --accounts {names}", command.join(" "))?;
    let config = config.to_string_lossy();
    let words = ["cloudmapper"].iter().chain(command).copied().chain(["--config", &config, "--accounts", &names]);
    let mut output = Vec::new();
    super::run(super::Cli::try_parse_from(words)?, &mut output)?;
    let text = String::from_utf8_lossy(&output);
    for line in text.lines().take(lines) {
        writeln!(out, "{line}")?;
    }
    match text.lines().count().checked_sub(lines) {
        Some(more) if more > 0 => Ok(writeln!(out, "… and {more} more lines")?),
        _ => Ok(()),
    }
}

/// The demo's accounts must not get into the user's configuration.
fn unpack_config(out: &mut dyn Write) -> anyhow::Result<PathBuf> {
    let own = Path::new(CONFIG);
    let path = if own.exists() { PathBuf::from("config.demo.json") } else { own.to_owned() };
    write_atomic(&path, DEMO_CONFIG)?;
    writeln!(out, "wrote {}", path.display())?;
    Ok(path)
}

fn unpack_accounts(out: &mut dyn Write) -> anyhow::Result<Vec<String>> {
    make_private_folder(Path::new(ACCOUNT_DATA))?;
    let mut names = Vec::new();
    for (name, packed) in SNAPSHOTS {
        let folder = Path::new(ACCOUNT_DATA).join(name);
        if folder.exists() {
            writeln!(out, "{} is there already", visible(&folder.display().to_string()))?;
        } else {
            // Unpacking reads a file, as it does for everybody.
            let packed_file = Path::new(ACCOUNT_DATA).join(format!(".demo-{name}.json.zst"));
            write_atomic(&packed_file, packed)?;
            let unpacked = unpack(&packed_file, &folder);
            let _ = std::fs::remove_file(&packed_file);
            writeln!(out, "wrote {}: {} files", folder.display(), unpacked?)?;
        }
        names.push((*name).to_owned());
    }
    Ok(names)
}

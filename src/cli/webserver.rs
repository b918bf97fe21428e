//! `webserver`: shows `web/` on this machine.

use std::io::Write;
use std::path::PathBuf;

use anyhow::Context as _;
use clap::Args;

use super::Exit;
use crate::web::{Options, Server};

/// Serves the folder web/, and the pages inside the program, until it is stopped.
#[derive(Debug, Args)]
pub(super) struct WebserverArgs {
    /// The port; 0 for any that is free
    #[arg(long, default_value_t = 8000)]
    pub(super) port: u16,
    /// Listen on all interfaces: everybody who reaches this machine can read everything
    #[arg(long)]
    pub(super) public: bool,
    /// Listen on IPv6
    #[arg(long)]
    pub(super) ipv6: bool,
}

pub(super) fn webserver(args: &WebserverArgs, out: &mut dyn Write) -> anyhow::Result<Exit> {
    let options = Options { port: args.port, public: args.public, ipv6: args.ipv6, folder: PathBuf::from("web") };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().context("cannot start the runtime")?;
    runtime.block_on(async {
        let server = Server::bind(&options).await?;
        if args.public {
            writeln!(out, "WARNING: --public: everybody who reaches this machine can read all that was collected")?;
        }
        if let Some(address) = server.address() {
            writeln!(out, "cloudmapper serves web/ at http://{address}/ until it is stopped (Ctrl-C)")?;
        }
        out.flush()?;
        server.run().await?;
        Ok(Exit::Complete)
    })
}

//! Lists the files of `web/` and `data/checks/`, so that the program carries them.

#![allow(clippy::disallowed_methods, reason = "a build script runs in cargo's environment")]

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// What commands write there is not part of the program.
const GENERATED: [&str; 4] = ["account-data", "data.json", "principals.json", "trust.json"];

fn main() -> io::Result<()> {
    let root = PathBuf::from(std::env::var("CARGO_MANIFEST_DIR").map_err(io::Error::other)?).join("web");
    println!("cargo::rerun-if-changed=web");
    let mut names = Vec::new();
    list(&root, "", &mut names)?;
    names.sort();
    let mut text = String::from("&[\n");
    for name in names {
        let path = root.join(&name);
        text.push_str(&format!("    ({name:?}, include_bytes!({path:?})),\n"));
    }
    text.push_str("]\n");
    let out = PathBuf::from(std::env::var("OUT_DIR").map_err(io::Error::other)?);
    fs::write(out.join("assets.rs"), text)?;
    fs::write(out.join("checks.rs"), checks(&root)?)
}

/// The files of `data/checks`, by name.
fn checks(web: &Path) -> io::Result<String> {
    println!("cargo::rerun-if-changed=data/checks");
    let folder = web.with_file_name("data").join("checks");
    let mut names = Vec::new();
    list(&folder, "", &mut names)?;
    names.retain(|name| name.ends_with(".yaml"));
    names.sort();
    let entry = |name: &String| format!("    ({name:?}, include_str!({:?})),\n", folder.join(name));
    Ok(format!("&[\n{}]\n", names.iter().map(entry).collect::<String>()))
}

fn list(folder: &Path, prefix: &str, names: &mut Vec<String>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let Ok(name) = entry.file_name().into_string() else { continue };
        if prefix.is_empty() && GENERATED.contains(&name.as_str()) {
            continue;
        }
        let name = format!("{prefix}{name}");
        // Whoever builds the program may have logos there.
        if name == "icons/logos" {
            continue;
        }
        if entry.file_type()?.is_dir() {
            list(&entry.path(), &format!("{name}/"), names)?;
        } else {
            names.push(name);
        }
    }
    Ok(())
}

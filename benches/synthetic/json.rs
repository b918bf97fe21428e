//! Writes JSON as snapshots have it: 4 spaces, sorted keys, no final newline. Everything made here is ASCII.

use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::PathBuf;

use serde_json::Value;

const BUFFER: usize = 1 << 18;

/// A folder of the snapshot.
pub(super) struct Folder(PathBuf);

impl Folder {
    /// Makes the folder, with those above it.
    pub(super) fn create(path: PathBuf) -> io::Result<Self> {
        fs::create_dir_all(&path)?;
        Ok(Self(path))
    }

    /// Makes a folder in it.
    pub(super) fn folder(&self, name: &str) -> io::Result<Self> {
        Self::create(self.0.join(name))
    }

    /// Writes one file.
    pub(super) fn write(&self, name: &str, value: &Value) -> io::Result<()> {
        let mut out = BufWriter::with_capacity(BUFFER, File::create(self.0.join(name))?);
        print(&mut out, value, 0)?;
        out.flush()
    }
}

/// `value` as the bytes of a file.
pub(crate) fn to_bytes(value: &Value) -> Vec<u8> {
    let mut bytes = Vec::new();
    // Writing to a `Vec` cannot fail.
    let _ = print(&mut bytes, value, 0);
    bytes
}

fn print(out: &mut impl Write, value: &Value, depth: usize) -> io::Result<()> {
    match value {
        Value::Array(items) if !items.is_empty() => {
            for (place, item) in items.iter().enumerate() {
                out.write_all(if place == 0 { b"[" } else { b"," })?;
                new_line(out, depth + 1)?;
                print(out, item, depth + 1)?;
            }
            new_line(out, depth)?;
            out.write_all(b"]")
        }
        Value::Object(members) if !members.is_empty() => {
            let mut members: Vec<_> = members.iter().collect();
            // A map of serde_json is sorted unless some dependency asks it to keep the order of insertion.
            members.sort_unstable_by_key(|(key, _)| *key);
            for (place, (key, member)) in members.into_iter().enumerate() {
                out.write_all(if place == 0 { b"{" } else { b"," })?;
                new_line(out, depth + 1)?;
                serde_json::to_writer(&mut *out, key)?;
                out.write_all(b": ")?;
                print(out, member, depth + 1)?;
            }
            new_line(out, depth)?;
            out.write_all(b"}")
        }
        other => Ok(serde_json::to_writer(out, other)?),
    }
}

fn new_line(out: &mut impl Write, depth: usize) -> io::Result<()> {
    out.write_all(b"\n")?;
    (0..depth).try_for_each(|_| out.write_all(b"    "))
}

//! What tests share: the real binary in a folder of its own, with an environment of its own, and a stand-in for AWS.

pub mod accounts;
pub mod fake_aws;
pub mod iam_case;
pub mod stored;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// A folder to work in, and the program to run there.
pub struct Workspace {
    folder: tempfile::TempDir,
    endpoint: Option<String>,
}

impl Workspace {
    pub fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap(), endpoint: None }
    }

    /// Sends all calls to `url`, with credentials that only the stand-in believes.
    pub fn with_endpoint(url: &str) -> Self {
        Self { endpoint: Some(url.to_owned()), ..Self::new() }
    }

    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    pub fn write(&self, name: &str, text: &str) -> PathBuf {
        let path = self.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, text).unwrap();
        path
    }

    pub fn read(&self, name: &str) -> String {
        std::fs::read_to_string(self.path().join(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
    }

    /// The program, ready to run: nothing of the tester's AWS configuration gets through.
    pub fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_cloudmapper"));
        command.args(args).current_dir(self.path()).env_clear().env("HOME", self.path()).env("AWS_EC2_METADATA_DISABLED", "true");
        if let Some(path) = std::env::var_os("LLVM_PROFILE_FILE") {
            command.env("LLVM_PROFILE_FILE", path);
        }
        if let Some(url) = &self.endpoint {
            command.env("AWS_ENDPOINT_URL", url).env("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE").env("AWS_SECRET_ACCESS_KEY", "secret");
            command.env("AWS_REGION", "us-east-1");
        }
        command
    }

    pub fn run(&self, args: &[&str]) -> Ran {
        Ran::of(self.command(args).output().unwrap())
    }

    /// The same for a program that reads.
    pub fn run_with_input(&self, args: &[&str], input: &str) -> Ran {
        use std::io::Write as _;
        let pipe = std::process::Stdio::piped;
        let mut child = self.command(args).stdin(pipe()).stdout(pipe()).stderr(pipe()).spawn().unwrap();
        // Whoever has read enough closes its end.
        let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
        Ran::of(child.wait_with_output().unwrap())
    }

    /// Every file below a folder, with its bytes.
    pub fn files(&self, below: &str) -> BTreeMap<String, Vec<u8>> {
        let mut found = BTreeMap::new();
        walk(&self.path().join(below), "", &mut found);
        found
    }
}

fn walk(folder: &Path, prefix: &str, found: &mut BTreeMap<String, Vec<u8>>) {
    for entry in std::fs::read_dir(folder).into_iter().flatten() {
        let entry = entry.unwrap();
        let name = format!("{prefix}{}", entry.file_name().to_string_lossy());
        if entry.file_type().unwrap().is_dir() {
            walk(&entry.path(), &format!("{name}/"), found);
        } else {
            found.insert(name, std::fs::read(entry.path()).unwrap());
        }
    }
}

/// What a run of the program gave.
#[derive(Debug)]
pub struct Ran {
    pub code: Option<i32>,
    pub out: String,
    pub err: String,
}

impl Ran {
    pub fn of(output: Output) -> Self {
        Self {
            code: output.status.code(),
            out: String::from_utf8_lossy(&output.stdout).into_owned(),
            err: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }

    /// Checks the exit code, and that all of `parts` are said somewhere.
    #[track_caller]
    pub fn says(&self, code: i32, parts: &[&str]) {
        assert_eq!(self.code, Some(code), "{self:#?}");
        for part in parts {
            assert!(self.out.contains(part) || self.err.contains(part), "`{part}` is not in {self:#?}");
        }
        assert!(!self.err.contains("panicked"), "{self:#?}");
    }
}

//! A part may use the parts below it, never above, never beside.

use std::path::Path;

/// From the top; parts of one line do not know each other.
const LAYERS: &[&[&str]] = &[
    &["cli"],
    &["report", "web", "collector", "map"],
    &["diff"],
    &["audit"],
    &["trust"],
    &["exposure", "unused", "graph"],
    &["iam", "network"],
    &["snapshot"],
    &["config"],
    &["model"],
];

fn layer(part: &str) -> usize {
    LAYERS.iter().position(|parts| parts.contains(&part)).unwrap_or_else(|| panic!("`{part}` is in no layer"))
}

fn check(file: &Path, part: &str, wrong: &mut Vec<String>) {
    let text = std::fs::read_to_string(file).unwrap();
    for (number, line) in text.lines().enumerate() {
        for used in line.split("crate::").skip(1) {
            let used: String = used.chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '_').collect();
            // Macros at the root, and groups, are not used.
            if !used.is_empty() && used != part && layer(&used) <= layer(part) {
                wrong.push(format!("{}:{}: `{part}` uses `{used}`", file.display(), number + 1));
            }
        }
    }
}

fn walk(folder: &Path, part: &str, wrong: &mut Vec<String>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            walk(&path, part, wrong);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            check(&path, part, wrong);
        }
    }
}

#[test]
fn arrows_point_down() {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut wrong = Vec::new();
    for part in LAYERS.iter().copied().flatten() {
        walk(&source.join(part), part, &mut wrong);
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_folder_is_in_a_layer() {
    for entry in std::fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("src")).unwrap() {
        let entry = entry.unwrap();
        if entry.file_type().unwrap().is_dir() {
            layer(entry.file_name().to_str().unwrap());
        }
    }
}

/// The longest source file, tests apart; style and sense.
const MOST_LINES: usize = 500;

fn long_files(folder: &Path, found: &mut Vec<String>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            long_files(&path, found);
        } else if path.file_name().is_some_and(|name| name != "tests.rs") && path.extension().is_some_and(|extension| extension == "rs") {
            let text = std::fs::read_to_string(&path).unwrap();
            let lines = text.lines().take_while(|line| *line != "mod tests {").count();
            if lines > MOST_LINES {
                found.push(format!("{}: {lines} lines", path.display()));
            }
        }
    }
}

#[test]
fn files_can_be_held_in_the_head() {
    let mut found = Vec::new();
    long_files(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut found);
    assert!(found.is_empty(), "{}", found.join("\n"));
}

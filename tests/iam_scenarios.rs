//! AWS's documented examples: the decision, and the statements that decided.

use std::path::Path;

use crate::support::iam_case::Case;

#[derive(serde::Deserialize)]
pub struct File {
    #[serde(rename = "about")]
    _about: String,
    pub cases: Vec<Case>,
}

fn wrong(case: &Case) -> Option<String> {
    let expected = case.expect.as_ref()?;
    let said = case.decide(&case.context());
    let mut statements = expected.statements.clone();
    statements.sort();
    let same = said.decision == expected.decision
        && said.taken_by == expected.taken_by.as_deref()
        // Of an answer with conditions, the page names some of those that have a say.
        && match said.decision {
            "conditional" => statements.iter().all(|statement| said.statements.contains(statement)),
            _ => said.statements == statements,
        };
    (!same).then(|| format!("{}\n  expected {} {:?} {statements:?}\n  got {said:?}", case.name, expected.decision, expected.taken_by))
}

pub fn files() -> Vec<(String, File)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/iam");
    let read = |path: std::path::PathBuf| {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let file = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap_or_else(|error| panic!("{name}: {error}"));
        (name, file)
    };
    let mut paths: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    paths.into_iter().map(read).collect()
}

#[test]
fn as_documented() {
    let files = files();
    let count: usize = files.iter().map(|(_, file)| file.cases.len()).sum();
    let wrong =
        |(name, file): &(String, File)| file.cases.iter().filter_map(wrong).map(|problem| format!("{name}: {problem}")).collect::<Vec<_>>();
    let failures: Vec<String> = files.iter().flat_map(wrong).collect();
    assert!(count > 600, "{count} cases");
    assert!(failures.is_empty(), "{} of {count}:\n{}", failures.len(), failures.join("\n"));
}

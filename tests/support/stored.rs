//! Snapshots and cases that are written out as JSON.

use std::collections::BTreeSet;
use std::path::Path;

use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};

/// The cases in a folder, by name; of all, those whose names have one of the parts in an environment variable.
pub fn cases<T: DeserializeOwned>(folder: &str, variable: &str) -> Vec<(String, T)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    let mut names: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    names.retain(|path| path.extension().is_some_and(|extension| extension == "json"));
    names.sort();
    let only = std::env::var(variable).ok();
    let names = names.into_iter().filter(|path| {
        let stem = path.file_stem().unwrap().to_string_lossy().into_owned();
        only.as_ref().is_none_or(|only| only.split(',').any(|wanted| stem.contains(wanted)))
    });
    let read =
        |path: &Path| serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    names.map(|path| (path.file_stem().unwrap().to_string_lossy().into_owned(), read(&path))).collect()
}

/// Writes an account that has these answers, and was refused those of `denied`.
pub fn write(base: &Path, name: &str, partition: &str, files: &Map<String, Value>, denied: &[String]) {
    write_of(base, (name, "111122223333"), partition, files, denied);
}

/// The same of an account with a name and an id.
pub fn write_of(base: &Path, (name, id): (&str, &str), partition: &str, files: &Map<String, Value>, denied: &[String]) {
    let own = base.join("account-data").join(name);
    let mut regions: BTreeSet<String> = files.keys().filter_map(|file| file.split('/').next()).map(str::to_owned).collect();
    if regions.is_empty() {
        regions.insert("us-east-1".to_owned());
    }
    let mut calls = Vec::new();
    let mut record = |file: &str, outcome: &str| {
        let call = file.split('/').nth(1).unwrap().trim_end_matches(".json");
        let (service, request) = call.split_once('-').unwrap();
        calls.push(json!({"service": service, "request": request, "operation": "", "region": file.split('/').next(), "parameters": {}, "file": file,
            "outcome": outcome, "time": "2026-11-22T10:00:00Z", "attempts": 1, "pages": 1, "code": "AccessDenied", "message": "no"}));
    };
    let mut files = files.clone();
    for region in &regions {
        files.entry(format!("{region}/sts-get-caller-identity.json")).or_insert(json!({"Account": id}));
        for call in denied {
            if !call.contains('/') {
                record(&format!("{region}/{call}.json"), "not_collected");
            }
            record(&format!("{region}/{call}"), "not_collected");
        }
    }
    for (file, value) in &files {
        record(file, if value.is_null() { "empty" } else { "value" });
        if !value.is_null() {
            let path = own.join(file);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, value.to_string()).unwrap();
        }
    }
    std::fs::create_dir_all(&own).unwrap();
    let listed: Vec<Value> = regions.iter().map(|region| json!({"RegionName": region})).collect();
    std::fs::write(own.join("describe-regions.json"), json!({"Regions": listed}).to_string()).unwrap();
    let known: Vec<Value> = regions.iter().map(|region| json!({"name": region, "status": "opted-in"})).collect();
    let manifest = json!({"format": "cloudmapper-manifest/1", "tool": "cloudmapper 0.1.0", "api_models": "botocore", "with_secrets": false,
        "account": {"name": name, "id": id, "partition": partition}, "identity": {"arn": "", "user_id": ""}, "complete": true,
        "started": "2026-11-22T10:00:00Z", "finished": "2026-11-22T10:00:00Z", "regions": known, "calls": calls});
    std::fs::write(own.join("manifest.json"), manifest.to_string()).unwrap();
}

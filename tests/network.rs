//! Small networks with one thing changed in each: the engine answers as AWS's documentation does, and every rule counts.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use cloudmapper::model::AccountName;
use cloudmapper::network::address::Addresses;
use cloudmapper::network::model::Network;
use cloudmapper::network::reach::{Answer, Engine, Outcome};
use cloudmapper::network::rules::{Rule, Rules};
use cloudmapper::network::services::Services;
use cloudmapper::network::traffic::Side;
use cloudmapper::snapshot::Snapshot;
use cloudmapper::snapshot::layout::quote;
use serde::Deserialize;
use serde_json::{Map, Value, json};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    name: String,
    base: String,
    #[serde(default)]
    change: Vec<Value>,
    ask: Ask,
    expect: Expect,
    #[serde(default)]
    rules: Vec<String>,
    #[serde(default)]
    also: Vec<String>,
    #[expect(dead_code, reason = "for readers")]
    why: String,
    source: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Ask {
    from: String,
    to: String,
    port: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Expect {
    answer: String,
    hops: Vec<String>,
    stopped_by: Vec<String>,
    at: OneOrMany,
    missing: Vec<String>,
    addresses: Vec<String>,
    authentication: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum OneOrMany {
    One(String),
    Many(Vec<String>),
}

impl Default for OneOrMany {
    fn default() -> Self {
        Self::Many(Vec::new())
    }
}

impl OneOrMany {
    fn all(&self) -> Vec<&str> {
        match self {
            Self::One(one) => vec![one],
            Self::Many(many) => many.iter().map(String::as_str).collect(),
        }
    }
}

/// The answers of each account's Regions by call, and the calls that were not answered.
pub type Calls = BTreeMap<(String, String), BTreeMap<String, Option<Value>>>;

fn folder() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/network")
}

fn json_files(name: &str) -> Vec<(String, Value)> {
    let mut files: Vec<_> = std::fs::read_dir(folder().join(name)).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    let read = |path: &std::path::PathBuf| {
        let stem = path.file_stem().unwrap().to_str().unwrap().to_owned();
        (stem, serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap())
    };
    files.iter().map(read).collect()
}

/// The calls of a base.
pub fn base(name: &str) -> Calls {
    json_files("bases").into_iter().find(|(stem, _)| stem == name).map(|(_, base)| calls(&base)).unwrap()
}

fn calls(base: &Value) -> Calls {
    let mut all = Calls::new();
    let accounts = base["accounts"].as_array().cloned().unwrap_or_else(|| vec![base.clone()]);
    for account in &accounts {
        let id = account["account"].as_str().unwrap();
        let regions = match account["regions"].as_object() {
            Some(regions) => regions.clone(),
            None => Map::from_iter([(account["region"].as_str().unwrap().to_owned(), account["calls"].clone())]),
        };
        for (region, calls) in regions {
            let calls = calls.as_object().unwrap().iter().map(|(call, answer)| (call.clone(), Some(answer.clone())));
            all.insert((id.to_owned(), region), calls.collect());
        }
    }
    all
}

/// Splits a path at `/` outside of brackets.
fn members(path: &str) -> Vec<String> {
    let (mut parts, mut depth) = (vec![String::new()], 0);
    for letter in path.chars() {
        match letter {
            '[' => depth += 1,
            ']' => depth -= 1,
            '/' if depth == 0 => {
                parts.push(String::new());
                continue;
            }
            _ => {}
        }
        parts.last_mut().unwrap().push(letter);
    }
    parts
}

fn is_meant(item: &Value, selector: &str) -> bool {
    let text = |value: &Value| match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    if let Some(only) = selector.strip_prefix('=') {
        return text(item) == only;
    }
    selector.split(',').all(|part| {
        let (key, value) = part.split_once('=').unwrap();
        text(&item[key]) == value
    })
}

pub fn apply(calls: &mut Calls, change: &Value) {
    let (verb, path) = ["set", "add", "remove", "not_collected"].iter().find_map(|verb| Some((*verb, change[*verb].as_str()?))).unwrap();
    let (place, rest) =
        match path.split_once(':').filter(|(place, rest)| place.contains('/') && !rest.starts_with(':') && !place.contains("arn")) {
            Some((place, rest)) => {
                let (account, region) = place.split_once('/').unwrap();
                ((account.to_owned(), region.to_owned()), rest)
            }
            None => {
                assert_eq!(calls.len(), 1, "{path}");
                (calls.keys().next().unwrap().clone(), path)
            }
        };
    let own = calls.get_mut(&place).unwrap_or_else(|| panic!("{path}"));
    let Some((call, path)) = rest.split_once("::") else {
        own.insert(rest.to_owned(), None);
        return;
    };
    let answer = own.entry(call.to_owned()).or_insert_with(|| Some(json!({}))).as_mut().unwrap();
    edit(answer, &members(path), verb, &change["value"]);
}

fn edit(at: &mut Value, path: &[String], verb: &str, value: &Value) {
    let (part, rest) = path.split_first().unwrap();
    let (name, selector) = part.split_once('[').map_or((part.as_str(), None), |(name, rest)| (name, rest.strip_suffix(']')));
    let object = at.as_object_mut().unwrap_or_else(|| panic!("{path:?} of no object"));
    if let Some(selector) = selector {
        let list = object[name].as_array_mut().unwrap_or_else(|| panic!("{path:?} of no list"));
        let place = list.iter().position(|item| is_meant(item, selector)).unwrap_or_else(|| panic!("no {part}"));
        if rest.is_empty() {
            match verb {
                "remove" => drop(list.remove(place)),
                _ => list[place] = value.clone(),
            }
        } else {
            edit(&mut list[place], rest, verb, value);
        }
        return;
    }
    if !rest.is_empty() {
        return edit(object.entry(name).or_insert_with(|| json!({})), rest, verb, value);
    }
    match verb {
        "remove" => drop(object.remove(name).unwrap_or_else(|| panic!("no {part}"))),
        "add" => object.entry(name).or_insert_with(|| json!([])).as_array_mut().unwrap().push(value.clone()),
        _ => drop(object.insert(name.to_owned(), value.clone())),
    }
}

/// Writes a snapshot of each account, with a manifest in which every call was made.
pub fn write(base: &Path, calls: &Calls) -> Vec<Snapshot> {
    let accounts: BTreeSet<&String> = calls.keys().map(|(account, _)| account).collect();
    for account in accounts.iter().copied() {
        let own = base.join("account-data").join(account);
        let mut records = Vec::new();
        let mut regions: BTreeSet<&str> = calls.keys().filter(|(id, _)| id == account).map(|(_, region)| region.as_str()).collect();
        regions.insert("us-east-1");
        for region in &regions {
            let none = BTreeMap::new();
            let answers = calls.get(&(account.clone(), (*region).to_owned())).unwrap_or(&none);
            std::fs::create_dir_all(own.join(region)).unwrap();
            for (call, answer) in answers {
                let stem = call.split('/').next().unwrap();
                let file = if call.contains('/') { format!("{region}/{call}") } else { format!("{region}/{call}.json") };
                let outcome = if answer.is_some() { "value" } else { "not_collected" };
                records.push(record(stem, region, &file, outcome));
                if let Some(answer) = answer {
                    let path = own.join(&file);
                    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
                    std::fs::write(path, answer.to_string()).unwrap();
                }
            }
            // Calls that a base does not list were answered with nothing.
            for stem in cloudmapper::network::model::CALLS {
                let single = format!("{region}/{stem}.json");
                if !answers.contains_key(*stem) {
                    records.push(record(stem, region, &single, "empty"));
                    records.push(record(stem, region, &format!("{region}/{stem}"), "empty"));
                }
            }
        }
        let listed: Vec<Value> = regions.iter().map(|region| json!({"name": region, "status": "opt-in-not-required"})).collect();
        let manifest = json!({
            "format": "cloudmapper-manifest/1", "tool": "test", "api_models": "test", "account": {"name": account, "id": account, "partition": "aws"},
            "identity": {"arn": "", "user_id": ""}, "started": "2026-01-01T00:00:00Z", "finished": "2026-01-01T00:00:01Z", "complete": true,
            "with_secrets": false, "regions": listed, "calls": records,
        });
        std::fs::write(own.join("manifest.json"), manifest.to_string()).unwrap();
        let names: Vec<Value> = regions.iter().map(|region| json!({"RegionName": region})).collect();
        std::fs::write(own.join("describe-regions.json"), json!({"Regions": names}).to_string()).unwrap();
    }
    accounts.into_iter().map(|account| Snapshot::open(base, &AccountName::try_from(account.clone()).unwrap()).unwrap()).collect()
}

fn record(stem: &str, region: &str, file: &str, outcome: &str) -> Value {
    let (service, request) = stem.split_once('-').unwrap();
    json!({"service": service, "request": request, "operation": "x", "region": region, "parameters": {}, "file": file, "outcome": outcome,
        "time": "2026-01-01T00:00:00Z", "attempts": 1, "pages": 1})
}

fn ask(network: &Network, rules: Rules, ask: &Ask) -> Result<Answer, String> {
    let mut engine = Engine::new(network, rules);
    let services: Services = ask.port.as_deref().map_or_else(Services::all, |port| port.parse().unwrap());
    let ends = engine.end(&ask.from).and_then(|from| Ok((from, engine.end(&ask.to)?)));
    let (from, to) = ends.map_err(|error| error.to_string())?;
    Ok(engine.reach(&from, &to, &services))
}

fn word(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Yes => "yes",
        Outcome::No => "no",
        Outcome::Unknown => "unknown",
    }
}

/// What is wrong with an answer.
fn judge(case: &Case, answer: &Answer) -> Vec<String> {
    let expect = &case.expect;
    let stops: Vec<String> =
        answer.paths.iter().flat_map(|path| &path.stops).map(|stop| format!("{} at {}", stop.code.0, stop.at)).collect();
    if word(answer.outcome) != expect.answer {
        return vec![format!("{} instead of {}: {stops:?} {:?}", word(answer.outcome), expect.answer, answer.missing())];
    }
    let mut wrong = Vec::new();
    for code in &expect.stopped_by {
        if !stops.iter().any(|stop| stop.starts_with(&format!("{code} "))) {
            wrong.push(format!("no {code} among {stops:?}"));
        }
    }
    for at in expect.at.all() {
        if !stops.iter().any(|stop| stop.ends_with(&format!(" at {at}"))) {
            wrong.push(format!("nothing at {at} among {stops:?}"));
        }
    }
    for call in &expect.missing {
        if !answer.missing().contains(call.as_str()) {
            wrong.push(format!("{call} is not among {:?}", answer.missing()));
        }
    }
    let through = |path: &cloudmapper::network::reach::Path| {
        let mut ids = path.hops.iter().map(|hop| hop.id.as_str());
        expect.hops.iter().all(|hop| ids.any(|id| id == hop))
    };
    if !expect.hops.is_empty() && !answer.paths.iter().any(through) {
        let ids: Vec<Vec<&str>> = answer.paths.iter().map(|path| path.hops.iter().map(|hop| hop.id.as_str()).collect()).collect();
        wrong.push(format!("hops {ids:?} instead of {:?}", expect.hops));
    }
    if !expect.addresses.is_empty() {
        let all =
            expect.addresses.iter().map(|text| Addresses::parse(text).unwrap()).fold(Addresses::default(), |all, one| all.union(&one));
        if answer.addresses(Side::From) != all {
            wrong.push(format!("from {} instead of {all}", answer.addresses(Side::From)));
        }
    }
    if expect.authentication != answer.paths.first().and_then(|path| path.authentication.clone()) {
        wrong.push(format!("authentication {:?}", answer.paths.first().and_then(|path| path.authentication.clone())));
    }
    wrong
}

fn cases() -> Vec<(String, Case)> {
    let mut all = Vec::new();
    for (topic, file) in json_files("cases") {
        let cases: Vec<Case> = serde_json::from_value(file).unwrap_or_else(|error| panic!("{topic}: {error}"));
        all.extend(cases.into_iter().map(|case| (topic.clone(), case)));
    }
    all
}

fn is_asked(topic: &str, only: Option<&str>) -> bool {
    match only {
        Some(only) => only.split(',').any(|only| only == topic),
        None => true,
    }
}

fn rule(id: &str) -> Rule {
    Rule::ALL.iter().find(|(_, known, _)| *known == id).unwrap_or_else(|| panic!("no rule {id}")).0
}

/// The files of a call with parameters are named as `collect` names them.
#[test]
fn bases_name_their_files_well() {
    for (_, base) in json_files("bases") {
        for call in calls(&base).values().flat_map(BTreeMap::keys) {
            for part in call.split('/').skip(1) {
                assert!(quote(&part.replace("%3A", ":").replace("%2F", "/")).len() >= part.len(), "{call}");
            }
        }
    }
}

#[test]
fn as_documented() {
    let bases: BTreeMap<String, Value> = json_files("bases").into_iter().collect();
    let only = std::env::var("NETWORK_CASES").ok();
    let mut wrong = Vec::new();
    let (mut count, mut by_rule) = (0, BTreeMap::<String, usize>::new());
    for (topic, case) in cases().iter().filter(|(topic, _)| is_asked(topic, only.as_deref())) {
        assert!(case.source.starts_with("https://"), "{}", case.name);
        case.also.iter().for_each(|id| assert!(rule(id).id() == id));
        let mut calls = calls(&bases[&case.base]);
        case.change.iter().for_each(|change| apply(&mut calls, change));
        let place = tempfile::tempdir().unwrap();
        let network = Network::read(&write(place.path(), &calls)).unwrap();
        count += 1;
        let answer = match ask(&network, Rules::default(), &case.ask) {
            Ok(answer) => answer,
            Err(error) => {
                wrong.push(format!("{topic}: {}: {error}", case.name));
                continue;
            }
        };
        let found = judge(case, &answer);
        if !found.is_empty() {
            wrong.push(format!("{topic}: {}: {}", case.name, found.join("; ")));
            continue;
        }
        for id in &case.rules {
            let without = ask(&network, Rules::without(rule(id)), &case.ask).unwrap();
            let same = without.outcome == answer.outcome
                && without.paths.first().map(|path| &path.authentication) == answer.paths.first().map(|path| &path.authentication);
            if same && word(answer.outcome) == case.expect.answer {
                wrong.push(format!("{topic}: {}: the same without {id}", case.name));
            } else {
                *by_rule.entry(id.clone()).or_default() += 1;
            }
        }
    }
    assert!(wrong.is_empty(), "{} of {count} cases:\n{}", wrong.len(), wrong.join("\n"));
    if only.is_none() {
        assert!(count >= 500);
        for (_, id, _) in Rule::ALL {
            assert!(by_rule.get(*id).is_some_and(|cases| *cases >= 5), "fewer than five cases fail without {id}");
        }
    }
}

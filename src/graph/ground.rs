//! What one account's snapshot says beside its policies: things that run as roles, keys and passwords of users, instance
//! profiles. Judges nothing.

use std::cell::{Cell, OnceCell, RefCell};
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::rc::Rc;

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::value::RawValue;
use serde_json::{Value, json};

use super::GraphError;
use super::answers::Bits;
use super::found::{Found, Located};
use super::memo::Memo;
use super::plan::FactPlan;
use super::source::truth;
use super::table::{Fact, Row, Thing};
use crate::iam::estate::{Account, Principal, is_global};
use crate::iam::truth::Truth;
use crate::snapshot::answers::{Calls, File, Standing};
use crate::snapshot::jq::{Data, Program};
use crate::snapshot::{Answer, Snapshot};

const DETAILS: &str = "iam-get-account-authorization-details";

/// Things of one kind.
#[derive(Debug, Default)]
pub(super) struct List {
    pub(super) items: Vec<Rc<Located>>,
    /// Calls that would have told of more.
    pub(super) unseen: Vec<String>,
}

/// What is known of a fact, by place.
type Column = Vec<Option<Truth>>;

/// A policy, group or role as an entry of the table sees it, if it does.
type Known = Option<Rc<Located>>;

/// One account.
pub(super) struct Ground<'a> {
    pub(super) account: &'a Account,
    snapshot: &'a Snapshot,
    pub(super) regions: Vec<String>,
    now: String,
    ids: Cell<u32>,
    /// By what they are asked by.
    lists: HashMap<String, Rc<List>>,
    by_name: HashMap<&'a str, usize>,
    by_arn: HashMap<&'a str, usize>,
    /// IAM's own entries of policies and groups, and those of users and roles.
    raw: (OnceCell<Raw>, OnceCell<Raw>),
    outputs: Memo<(usize, usize), Value>,
    /// By the numbers of facts.
    columns: RefCell<Vec<Column>>,
    /// By program and ARN.
    known: Memo<(String, String), Known>,
    beginnings: RefCell<HashMap<&'static str, bool>>,
    user_names: HashSet<&'a str>,
}

/// IAM's own entries, as they are: read one by one when they are asked for.
#[derive(Debug, Default)]
struct Raw {
    by_arn: HashMap<String, Box<RawValue>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct OfPolicies {
    group_detail_list: Vec<Box<RawValue>>,
    policies: Vec<Box<RawValue>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct OfPrincipals {
    user_detail_list: Vec<Box<RawValue>>,
    role_detail_list: Vec<Box<RawValue>>,
}

impl Raw {
    fn read<T: Default + DeserializeOwned>(snapshot: &Snapshot, region: &str, lists: impl Fn(T) -> [Vec<Box<RawValue>>; 2]) -> Self {
        #[derive(Deserialize)]
        #[serde(rename_all = "PascalCase")]
        struct Named {
            arn: String,
        }
        let bytes = snapshot.answer_bytes(region, DETAILS).ok().and_then(Answer::value).unwrap_or_default();
        let entries = lists(serde_json::from_slice(&bytes).unwrap_or_default()).into_iter().flatten();
        let named = |entry: Box<RawValue>| Some((serde_json::from_str::<Named>(entry.get()).ok()?.arn, entry));
        Self { by_arn: entries.filter_map(named).collect() }
    }
}

impl<'a> Ground<'a> {
    pub(super) fn read(account: &'a Account, snapshot: &'a Snapshot, rows: &[Row]) -> Result<Self, GraphError> {
        let calls = Calls::new(snapshot)?;
        let principals = || account.principals.iter().enumerate();
        let mut ground = Self {
            account,
            snapshot,
            regions: if calls.regions.is_empty() { vec![account.region.to_owned()] } else { calls.regions.clone() },
            now: account.collected.clone().unwrap_or_default(),
            ids: Cell::new(0),
            lists: HashMap::new(),
            by_name: principals().filter(|(_, role)| role.is_role).map(|(at, role)| (role.name.as_str(), at)).collect(),
            by_arn: principals().map(|(at, principal)| (principal.arn.as_str(), at)).collect(),
            raw: (OnceCell::new(), OnceCell::new()),
            outputs: Memo::default(),
            columns: RefCell::default(),
            known: Memo::default(),
            beginnings: RefCell::default(),
            user_names: principals().filter(|(_, user)| !user.is_role).map(|(_, user)| user.name.as_str()).collect(),
        };
        for thing in rows.iter().flat_map(|row| &row.things) {
            let key = key(thing);
            if let Some(file) = &thing.file
                && !ground.lists.contains_key(&key)
            {
                let list = ground.list(&calls, thing, file)?;
                ground.lists.insert(key, Rc::new(list));
            }
        }
        Ok(ground)
    }

    /// The things that an entry of the table finds by a call.
    pub(super) fn of(&self, thing: &Thing) -> Option<&Rc<List>> {
        self.lists.get(&key(thing))
    }

    /// Whether there is a user, or a role, of a name.
    pub(super) fn is_taken(&self, name: &str, role: bool) -> bool {
        if role { self.by_name.contains_key(name) } else { self.user_names.contains(name) }
    }

    /// Whether path and name of some role begin so, without the first `/`.
    pub(super) fn has_role(&self, beginning: &'static str) -> bool {
        *self.beginnings.borrow_mut().entry(beginning).or_insert_with(|| {
            let named = |role: &Principal| format!("{}{}", role.path, role.name).get(1..).is_some_and(|name| name.starts_with(beginning));
            self.account.principals.iter().filter(|principal| principal.is_role).any(named)
        })
    }

    /// The place of a user or role.
    pub(super) fn place(&self, arn: &str) -> Option<usize> {
        self.by_arn.get(arn).copied()
    }

    /// Which calls the techniques could not see, and how many techniques that concerns.
    pub(super) fn unseen(&self, rows: &[Row]) -> BTreeMap<String, BTreeSet<String>> {
        let mut unseen: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for row in rows {
            let lists = row.things.iter().filter_map(|thing| self.of(thing));
            for call in lists.flat_map(|list| &list.unseen) {
                unseen.entry(call.clone()).or_default().insert(row.id.clone());
            }
        }
        unseen
    }

    fn list(&self, calls: &Calls<'_>, thing: &Thing, file: &str) -> Result<List, GraphError> {
        let (call, single) = file.strip_suffix(".json").map_or((file, false), |call| (call, true));
        let mut list = List::default();
        if !calls.is_known(call)? {
            list.unseen.push(call.to_owned());
            list.items.extend(thing.otherwise.iter().map(|arn| Rc::new(self.supposed(arn))));
            return Ok(list);
        }
        for region in &calls.regions {
            if matches!(calls.standing(region, call)?, Standing::Missing(_) | Standing::Partial(_)) {
                list.unseen.push(call.to_owned());
            }
            let with = calls.with(region, &thing.with)?;
            for file in calls.files(region, call, single)? {
                match self.run(thing, region, call, &file, &with) {
                    Some(found) => list.items.extend(found.into_iter().map(Rc::new)),
                    None => list.unseen.push(call.to_owned()),
                }
            }
            calls.forget();
        }
        list.unseen.dedup();
        Ok(list)
    }

    fn supposed(&self, arn: &str) -> Located {
        let found = Found { arn: arn.to_owned(), ..Found::default() };
        Located { id: self.id(), found, region: None, supposed: true, roles: None }
    }

    fn id(&self) -> u32 {
        let id = self.ids.get();
        self.ids.set(id.wrapping_add(1));
        id
    }

    /// What a program says of one answer; none where there is no answer, or the program fails on it.
    fn run(&self, thing: &Thing, region: &str, call: &str, file: &File, with: &Data) -> Option<Vec<Located>> {
        let data = match &file.answer {
            Answer::Value(data) | Answer::Partial(data, _) => data.clone(),
            Answer::Empty => Data::empty(),
            Answer::NotCollected(_) => return None,
        };
        let part = |at: usize| file.parts.get(at).map_or_else(Data::null, |part| Data::text(part));
        let key = if file.parts.is_empty() { Data::null() } else { Data::text(&file.parts.join("/")) };
        let names = [part(0), part(1), key];
        let outputs = thing.exists.as_ref()?.0.run_on(&data, self.variables(with, names, region)).ok()?;
        let service = call.split('-').next().unwrap_or_default();
        // Of `sso-admin`, too, one Region tells for all.
        let region = (!is_global(service) && service != "sso").then(|| region.to_owned());
        outputs.into_iter().filter(|output| !output.is_null()).map(|output| self.located(output, region.clone())).collect()
    }

    fn variables(&self, with: &Data, [name, second, key]: [Data; 3], region: &str) -> Vec<Data> {
        let account = self.account;
        vec![
            with.clone(),
            name,
            second,
            key,
            Data::text(&account.id),
            Data::text(&account.partition),
            Data::text(region),
            Data::text(&self.now),
        ]
    }

    /// Of what a program put out.
    fn located(&self, output: Value, region: Option<String>) -> Option<Located> {
        let found: Found = serde_json::from_value(output).ok()?;
        let roles = match (&found.profile, &found.role) {
            (None, None) => None,
            (Some(profile), _) => Some(profile.as_deref().map(|profile| self.in_profile(profile)).unwrap_or_default()),
            (None, Some(role)) => {
                let names = role.as_ref().map(|role| role.0.as_slice()).unwrap_or_default();
                Some(names.iter().flat_map(|name| self.roles(name)).collect())
            }
        };
        let roles = roles.map(|places| Bits::of(places.into_iter(), self.account.principals.len()));
        Some(Located { id: self.id(), found, region, supposed: false, roles })
    }

    /// The roles that a name or ARN means; a name that ends in `*` is a beginning.
    fn roles(&self, name: &str) -> Vec<usize> {
        if let Some(beginning) = name.strip_suffix('*') {
            let all = self.account.principals.iter().enumerate();
            return all.filter(|(_, role)| role.is_role && role.name.starts_with(beginning)).map(|(at, _)| at).collect();
        }
        let found =
            if name.starts_with("arn:") { self.place(name) } else { self.by_name.get(name.rsplit('/').next().unwrap_or(name)).copied() };
        found.into_iter().collect()
    }

    fn in_profile(&self, profile: &str) -> Vec<usize> {
        let is = |known: &String| known == profile || (!profile.starts_with("arn:") && known.rsplit('/').next() == Some(profile));
        let all = self.account.principals.iter().enumerate();
        all.filter(|(_, role)| role.instance_profiles.iter().any(is)).map(|(at, _)| at).collect()
    }

    /// IAM's entry of a user, role, group or managed policy.
    pub(super) fn entry(&self, arn: &str) -> Option<&RawValue> {
        let (policies, principals) = &self.raw;
        let read_policies = || Raw::read(self.snapshot, self.account.region, |lists: OfPolicies| [lists.group_detail_list, lists.policies]);
        let read_principals =
            || Raw::read(self.snapshot, self.account.region, |lists: OfPrincipals| [lists.user_detail_list, lists.role_detail_list]);
        let of_principal = arn.split(':').nth(5).is_some_and(|rest| rest.starts_with("role/") || rest.starts_with("user/"));
        let raw = if of_principal { principals.get_or_init(read_principals) } else { policies.get_or_init(read_policies) };
        raw.by_arn.get(arn).map(Box::as_ref)
    }

    /// A policy, group or role, as an entry of the table sees it.
    pub(super) fn known_thing(&self, thing: &'static Thing, arn: String) -> Option<Rc<Located>> {
        let key = (thing.exists.as_ref().map(|exists| exists.0.text().to_owned()).unwrap_or_default(), arn);
        self.known.of(&key, || {
            let output = match &thing.exists {
                None => Some(json!({"arn": key.1})),
                Some(program) => self.ask_entry(&program.0, &key.1).filter(|output| !output.is_null()),
            };
            output.and_then(|output| self.located(output, None)).map(Rc::new)
        })
    }

    /// The same, for those who have it.
    pub(super) fn thing_of(&self, thing: &'static Thing, arn: String, places: Bits) -> Option<Rc<Located>> {
        let known = self.known_thing(thing, arn)?;
        Some(Rc::new(Located { id: self.id(), found: known.found.clone(), region: None, supposed: known.supposed, roles: Some(places) }))
    }

    /// What a program says of an entry of IAM.
    fn ask_entry(&self, program: &Program, arn: &str) -> Option<Value> {
        let entry = self.entry(arn)?;
        if program.text().contains("Document") {
            return self.first(program, &Data::parse(entry.get().as_bytes()).ok()?);
        }
        self.first(program, &Data::parse(&without_documents(entry)?).ok()?)
    }

    fn first(&self, program: &Program, data: &Data) -> Option<Value> {
        let names = [Data::null(), Data::null(), Data::null()];
        let outputs = program.run_on(data, self.variables(&Data::empty(), names, self.account.region)).ok()?;
        outputs.into_iter().next()
    }

    /// What a fact of the table comes to for a principal; null where nobody knows.
    pub(super) fn fact(&self, fact: &'static Fact, place: usize) -> Value {
        // Facts are the table's: each has its place in memory.
        let key = (place, std::ptr::from_ref(fact).addr());
        self.outputs.of(&key, || self.find(fact, place).unwrap_or(Value::Null))
    }

    /// Whether a fact holds of a principal.
    pub(super) fn holds(&self, plan: &FactPlan, place: usize) -> Truth {
        let known = |columns: &Vec<Column>| columns.get(plan.number).and_then(|column| *column.get(place)?);
        if let Some(known) = known(&self.columns.borrow()) {
            return known;
        }
        let value = self.fact(plan.fact, place);
        let holds = truth(value.get("ok").unwrap_or(&value));
        let mut columns = self.columns.borrow_mut();
        if columns.len() <= plan.number {
            columns.resize_with(plan.number + 1, || vec![None; self.account.principals.len()]);
        }
        if let Some(cell) = columns.get_mut(plan.number).and_then(|column| column.get_mut(place)) {
            *cell = Some(holds);
        }
        holds
    }

    fn find(&self, fact: &Fact, place: usize) -> Option<Value> {
        let principal = self.account.principals.get(place)?;
        let Some(call) = &fact.file else { return self.first(&fact.ok.0, &Data::of(&entry(principal)).ok()?) };
        let data = match self.snapshot.answer_bytes_for(self.account.region, call, &[&principal.name]).ok()? {
            Answer::Value(bytes) | Answer::Partial(bytes, _) => Data::parse(&bytes).ok()?,
            Answer::Empty => Data::empty(),
            Answer::NotCollected(_) => return None,
        };
        self.first(&fact.ok.0, &data)
    }
}

/// The documents of a policy's versions are most of its entry.
fn without_documents(entry: &RawValue) -> Option<Vec<u8>> {
    const VERSIONS: &str = "PolicyVersionList";
    let mut members: BTreeMap<String, &RawValue> = serde_json::from_str(entry.get()).ok()?;
    let mut versions: Vec<BTreeMap<String, &RawValue>> =
        members.get(VERSIONS).and_then(|list| serde_json::from_str(list.get()).ok()).unwrap_or_default();
    versions.iter_mut().for_each(|version| version.retain(|name, _| name != "Document"));
    let list = serde_json::value::to_raw_value(&versions).ok()?;
    if let Some(known) = members.get_mut(VERSIONS) {
        *known = &list;
    }
    serde_json::to_vec(&members).ok()
}

/// What facts may ask of a principal's own entry.
fn entry(principal: &Principal) -> Value {
    json!({"Arn": principal.arn, "Path": principal.path, "CreateDate": principal.created})
}

/// Entries that ask for the same have the same things.
fn key(thing: &Thing) -> String {
    let program = thing.exists.as_ref().map(|exists| exists.0.text());
    format!("{:?} {:?} {program:?} {:?}", thing.file, thing.with, thing.otherwise)
}

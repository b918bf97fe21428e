//! Side by side.

use super::side::{Fact, Key, Side};
use super::things::Things;
use super::{Change, Diff, Event, Topic};

pub(super) fn compare(old: &Side, new: &Side) -> Diff {
    let mut diff = Diff::default();
    let both = |id: &String| old.accounts.contains_key(id) && new.accounts.contains_key(id);
    for (id, name) in old.accounts.iter().filter(|(id, _)| !both(id)) {
        diff.notes.push(format!("account {name} ({id}) is in the old one only: nothing is said of it"));
    }
    for (id, name) in new.accounts.iter().filter(|(id, _)| !both(id)) {
        diff.notes.push(format!("account {name} ({id}) is in the new one only: nothing is said of it"));
    }
    let name = |id: &str| new.accounts.get(id).or_else(|| old.accounts.get(id)).cloned().unwrap_or_default();
    let change = |key: &Key, fact: &Fact, event: Event| {
        let (topic, account, region, kind, thing) = key.clone();
        let (severity, what) = (fact.severity, fact.what.clone());
        Change { topic, event, severity, account: name(&account), account_id: account, region, kind, resource: thing, what }
    };
    for (key, fact) in new.facts.iter().filter(|(key, fact)| fact.certain && both(&key.1)) {
        if old.facts.get(key).is_none_or(|known| !known.certain) {
            // What was not known before may have been so all the time: it is told all the same, in other words.
            let mut change = change(key, fact, Event::New);
            if old.is_unknown(key, new) {
                change.what = format!("{} (it was not known before)", change.what);
            }
            diff.changes.push(change);
        } else if key.0 == Topic::Reachable && old.facts.get(key).is_some_and(|known| known.what != fact.what) {
            diff.changes.push(change(key, fact, Event::Changed));
        }
    }
    for (key, fact) in old.facts.iter().filter(|(key, fact)| fact.certain && both(&key.1)) {
        if new.facts.get(key).is_some_and(|known| known.certain) {
            continue;
        }
        let event = if new.is_unknown(key, old) { Event::NotKnown } else { Event::Gone };
        diff.changes.push(change(key, fact, event));
    }
    for (id, was) in old.things.iter().filter(|(id, _)| both(id)) {
        if let Some(is) = new.things.get(id) {
            diff.changes.extend(things(id, &name(id), was, is));
        }
    }
    diff
}

fn things(id: &str, name: &str, was: &Things, is: &Things) -> Vec<Change> {
    let change = |(region, call, thing): &(String, String, String), event: Event| Change {
        topic: Topic::Resource,
        event,
        severity: None,
        account: name.to_owned(),
        account_id: id.to_owned(),
        region: region.clone(),
        kind: call.clone(),
        resource: thing.clone(),
        what: String::new(),
    };
    let mut changes = Vec::new();
    for (key, hash) in &is.items {
        match was.items.get(key) {
            // What was not asked for before is not new.
            None if was.is_known(key) => changes.push(change(key, Event::New)),
            Some(known) if known != hash => changes.push(change(key, Event::Changed)),
            _ => {}
        }
    }
    for key in was.items.keys().filter(|key| !is.items.contains_key(*key)) {
        changes.push(change(key, if is.is_known(key) { Event::Gone } else { Event::NotKnown }));
    }
    changes
}

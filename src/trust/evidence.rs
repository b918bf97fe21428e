//! Where in a stored answer stands what a reason says: the statement of a policy, or the piece from which a tie was found.

use serde_json::{Map, Value};

use crate::iam::estate::policy_document;

/// Larger pieces are not shown: the place is enough.
const MOST: usize = 8_000;

/// So many forms of pieces are remembered.
const MOST_FORMS: usize = 4;

/// A place in an answer.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Spot {
    /// From the answer's root.
    pub(super) pointer: String,
    /// Where a text stands there that is JSON itself: from that one's root.
    pub(super) within: String,
}

/// Finds a statement in an answer: as it stands, or in a text that is a policy. `at` is where it stands in its policy and
/// `arn` whose it is: of several alike, the one is meant that has the same place, beside a name of the resource.
pub(super) fn statement_in(answer: &Value, statement: &Value, at: &str, arn: &str) -> Option<Spot> {
    let mut search = Search { statement, at, arn, found: None };
    search.walk(answer, &mut String::new(), usize::MAX);
    search.found.map(|(_, spot)| spot)
}

/// How far a name of the resource is, and whether the place is another.
type Rank = (usize, bool);

struct Search<'a> {
    statement: &'a Value,
    at: &'a str,
    arn: &'a str,
    found: Option<(Rank, Spot)>,
}

impl Search<'_> {
    /// `far`: so many levels up, something has the resource's name.
    fn walk(&mut self, value: &Value, pointer: &mut String, far: usize) {
        match value {
            Value::Object(members) => {
                if value == self.statement {
                    self.take(far, pointer, "");
                }
                let named = members.values().filter_map(Value::as_str).any(|text| self.names(text));
                let far = if named { 0 } else { far.saturating_add(1) };
                for (name, member) in members {
                    self.below(member, pointer, &escaped(name), far);
                }
            }
            Value::Array(items) => {
                for (at, item) in items.iter().enumerate() {
                    self.below(item, pointer, &at.to_string(), far);
                }
            }
            Value::String(text) if text.contains("Statement") => {
                let Some(policy) = policy_document(value).filter(Value::is_object) else { return };
                let mut inside = Search { found: None, ..*self };
                inside.walk(&policy, &mut String::new(), 0);
                if let Some((_, spot)) = inside.found {
                    self.take(far, pointer, &spot.pointer);
                }
            }
            _ => {}
        }
    }

    fn below(&mut self, value: &Value, pointer: &mut String, name: &str, far: usize) {
        let length = pointer.len();
        pointer.push('/');
        pointer.push_str(name);
        self.walk(value, pointer, far);
        pointer.truncate(length);
    }

    /// Whether a text is the resource's ARN, or what it ends with.
    fn names(&self, text: &str) -> bool {
        let before = self.arn.strip_suffix(text).filter(|_| !text.is_empty());
        before.is_some_and(|before| before.is_empty() || before.ends_with([':', '/']))
    }

    fn take(&mut self, far: usize, pointer: &str, within: &str) {
        let here = if within.is_empty() { pointer } else { within };
        let rank = (far, !here.ends_with(self.at));
        if self.found.as_ref().is_none_or(|(best, _)| rank < *best) {
            self.found = Some((rank, Spot { pointer: pointer.to_owned(), within: within.to_owned() }));
        }
    }
}

fn escaped(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}

/// A piece of an answer, where it is not too large.
pub(super) fn shown(piece: Value) -> Option<Value> {
    (piece.to_string().len() <= MOST).then_some(piece)
}

/// Where each of `wanted` comes from in an answer, with what of that piece it takes: `run` finds them again in an answer of
/// which something was left out. The pieces are items of lists where it has some.
pub(super) fn pieces<T: PartialEq + Clone>(answer: &Value, wanted: Vec<T>, run: &dyn Fn(&Value) -> Vec<T>) -> Vec<(T, String, Value)> {
    let mut narrowing = Narrowing { run, found: Vec::new(), forms: Vec::new() };
    narrowing.descend(answer, &Place::default(), wanted, false);
    narrowing.found
}

/// A piece in the answer that is left, and in the whole one.
#[derive(Clone, Default)]
struct Place {
    left: String,
    whole: String,
}

impl Place {
    fn member(&self, name: &str) -> Self {
        let name = escaped(name);
        Self { left: format!("{}/{name}", self.left), whole: format!("{}/{name}", self.whole) }
    }
}

struct Narrowing<'a, T> {
    run: &'a dyn Fn(&Value) -> Vec<T>,
    found: Vec<(T, String, Value)>,
    /// What was left of pieces before: most pieces of a file are alike.
    forms: Vec<Value>,
}

impl<T: PartialEq + Clone> Narrowing<'_, T> {
    fn descend(&mut self, left: &Value, place: &Place, wanted: Vec<T>, in_item: bool) {
        match left.pointer(&place.left) {
            Some(Value::Array(items)) => {
                let items = items.clone();
                self.split(left, place, (0, &items), wanted);
            }
            Some(Value::Object(members)) => {
                let members = members.clone();
                self.members(left, place, &members, wanted, in_item);
            }
            _ => wanted.into_iter().for_each(|one| self.stop(left, place, one)),
        }
    }

    /// Goes on into the one list that it takes; outside of lists, into the one object.
    fn members(&mut self, left: &Value, place: &Place, members: &Map<String, Value>, wanted: Vec<T>, in_item: bool) {
        let mut needed: Vec<Vec<(&String, bool)>> = vec![Vec::new(); wanted.len()];
        for (name, member) in members {
            let empty = match member {
                Value::Array(items) if !items.is_empty() => Value::Array(Vec::new()),
                Value::Object(inner) if !inner.is_empty() => Value::Object(Map::new()),
                _ => continue,
            };
            let rest = (self.run)(&with(left, &place.member(name).left, empty));
            for (needed, _) in needed.iter_mut().zip(&wanted).filter(|(_, one)| !rest.contains(one)) {
                needed.push((name, member.is_array()));
            }
        }
        let mut by_member: Vec<(&String, Vec<T>)> = Vec::new();
        for (one, needed) in wanted.into_iter().zip(needed) {
            let lists: Vec<&String> = needed.iter().filter(|(_, list)| *list).map(|(name, _)| *name).collect();
            let plain =
                |name: &String| members.get(name).and_then(Value::as_array).is_some_and(|items| !items.iter().any(Value::is_object));
            let next = match (lists.as_slice(), needed.as_slice()) {
                // A bare id says less than what it stands in.
                ([only], _) if in_item && plain(only) => None,
                ([only], _) => Some(*only),
                ([], [(only, _)]) if !in_item => Some(*only),
                _ => None,
            };
            match next {
                None => self.stop(left, place, one),
                Some(name) => match by_member.iter_mut().find(|(known, _)| *known == name) {
                    Some((_, all)) => all.push(one),
                    None => by_member.push((name, vec![one])),
                },
            }
        }
        for (name, wanted) in by_member {
            self.descend(left, &place.member(name), wanted, in_item);
        }
    }

    /// Halves a list until each has its item; those that need several items stay with the list.
    fn split(&mut self, left: &Value, place: &Place, (first, items): (usize, &[Value]), wanted: Vec<T>) {
        if wanted.is_empty() {
            return;
        }
        if let [item] = items {
            let left = with(left, &place.left, Value::Array(vec![item.clone()]));
            let item = Place { left: format!("{}/0", place.left), whole: format!("{}/{first}", place.whole) };
            return self.descend(&left, &item, wanted, true);
        }
        let (one, other) = items.split_at(items.len() / 2);
        let mut wanted = wanted;
        for (first, half) in [(first, one), (first + one.len(), other)] {
            let found = (self.run)(&with(left, &place.left, Value::Array(half.to_vec())));
            let (here, rest): (Vec<T>, Vec<T>) = wanted.into_iter().partition(|one| found.contains(one));
            self.split(left, place, (first, half), here);
            wanted = rest;
        }
        let whole = with(left, &place.left, Value::Array(items.to_vec()));
        wanted.into_iter().for_each(|one| self.stop(&whole, place, one));
    }

    fn stop(&mut self, left: &Value, place: &Place, one: T) {
        let holds = |left: &Value| (self.run)(left).contains(&one);
        let whole = left.pointer(&place.left).cloned().unwrap_or_default();
        let mut alike = self.forms.iter().filter_map(|form| formed(&whole, form));
        let known = alike.find(|piece| holds(&with(left, &place.left, piece.clone())));
        let is_new = known.is_none();
        let piece = known.unwrap_or_else(|| {
            let mut left = left.clone();
            thin(&mut left, &place.left, &holds);
            left.pointer(&place.left).cloned().unwrap_or_default()
        });
        if is_new && self.forms.len() < MOST_FORMS && formed(&whole, &piece).as_ref() == Some(&piece) {
            self.forms.push(piece.clone());
        }
        self.found.push((one, place.whole.clone(), piece));
    }
}

/// The members of a value that another one has; lists have no form.
fn formed(value: &Value, form: &Value) -> Option<Value> {
    match (value, form) {
        (Value::Object(members), Value::Object(form)) => {
            let kept = form.iter().map(|(name, form)| Some((name.clone(), formed(members.get(name)?, form)?)));
            kept.collect::<Option<Map<String, Value>>>().map(Value::Object)
        }
        (Value::Object(_) | Value::Array(_), _) | (_, Value::Object(_) | Value::Array(_)) => None,
        (plain, _) => Some(plain.clone()),
    }
}

fn with(answer: &Value, pointer: &str, new: Value) -> Value {
    let mut answer = answer.clone();
    if let Some(place) = answer.pointer_mut(pointer) {
        *place = new;
    }
    answer
}

/// Leaves out whatever `holds` does without: other people's business may stand beside, and secrets.
fn thin(answer: &mut Value, pointer: &str, holds: &dyn Fn(&Value) -> bool) {
    let parts: Vec<(String, Value)> = match answer.pointer(pointer) {
        Some(Value::Object(members)) => members.clone().into_iter().collect(),
        Some(Value::Array(items)) => items.iter().cloned().map(|item| (String::new(), item)).collect(),
        _ => return,
    };
    let is_list = answer.pointer(pointer).is_some_and(Value::is_array);
    let built = |parts: &[(String, Value)]| {
        if is_list { Value::Array(parts.iter().map(|(_, value)| value.clone()).collect()) } else { parts.iter().cloned().collect() }
    };
    let mut kept = parts;
    let mut size = kept.len();
    while size > 0 {
        let mut at = 0;
        while at < kept.len() {
            let without: Vec<_> = kept.iter().take(at).chain(kept.iter().skip(at + size)).cloned().collect();
            if holds(&with(answer, pointer, built(&without))) {
                kept = without;
            } else {
                at += size;
            }
        }
        size /= 2;
    }
    *answer = with(answer, pointer, built(&kept));
    for (at, (name, _)) in kept.iter().enumerate() {
        let name = if is_list { at.to_string() } else { escaped(name) };
        thin(answer, &format!("{pointer}/{name}"), holds);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn statements_are_found_where_they_stand() {
        let statement = json!({"Effect": "Allow", "Action": "s3:*"});
        let policy = json!({"Statement": [{"Effect": "Deny"}, statement]});
        let find =
            |answer: &Value, arn: &str| statement_in(answer, &statement, "/Statement/1", arn).map(|spot| (spot.pointer, spot.within));
        let spot = |pointer: &str, within: &str| Some((pointer.to_owned(), within.to_owned()));
        assert_eq!(find(&json!({ "Policy": policy }), "a"), spot("/Policy/Statement/1", ""));
        assert_eq!(find(&json!({"a/b": [{"Policy": policy.to_string()}]}), "a"), spot("/a~1b/0/Policy", "/Statement/1"));
        let escaped = policy.to_string().replace('"', "\\\"");
        assert_eq!(find(&json!({ "policy": escaped }), "a"), spot("/policy", "/Statement/1"));
        // Of several alike, the one beside the resource's name.
        let buses = json!({"EventBuses": [{"Name": "a", "Policy": policy.to_string()}, {"Name": "b", "Policy": policy.to_string()}]});
        assert_eq!(find(&buses, "arn:aws:events:us-east-1:1:event-bus/b"), spot("/EventBuses/1/Policy", "/Statement/1"));
        assert_eq!(find(&buses, "arn:aws:events:us-east-1:1:event-bus/z"), spot("/EventBuses/0/Policy", "/Statement/1"));
        assert_eq!(find(&json!({"Policy": "{}"}), "a"), None);
    }

    /// Ids of others, where their peerings are active.
    fn peers(answer: &Value) -> Vec<String> {
        let all = answer["Peerings"].as_array().cloned().unwrap_or_default();
        let active = all.iter().filter(|one| one["Status"]["Code"] == "active");
        active
            .flat_map(|one| one["Owners"].as_array().cloned().unwrap_or_default())
            .filter_map(|id| id.as_str().map(str::to_owned))
            .collect()
    }

    #[test]
    fn pieces_are_as_small_as_can_be() {
        let one = |owner: &str| json!({"Status": {"Code": "active", "Message": "yes"}, "Owners": ["own", owner], "Secret": "x"});
        let answer = json!({"Token": "x", "Peerings": [one("a"), one("b"), {"Status": {"Code": "deleted"}, "Owners": ["b"]}, one("c")]});
        let found = pieces(&answer, vec!["b".to_owned(), "c".to_owned()], &peers);
        let place =
            |pointer: &str, name: &str| (name.to_owned(), pointer.to_owned(), json!({"Status": {"Code": "active"}, "Owners": [name]}));
        assert_eq!(found, [place("/Peerings/1", "b"), place("/Peerings/3", "c")]);
        let status = |answer: &Value| -> Vec<bool> {
            answer["Peerings"]
                .as_array()
                .into_iter()
                .flatten()
                .filter(|one| one["Secret"] == "x" && one["Status"]["Code"] == "active")
                .map(|_| true)
                .collect()
        };
        let found = pieces(&answer, vec![true], &status);
        assert_eq!(found, [(true, "/Peerings/0".to_owned(), json!({"Secret": "x", "Status": {"Code": "active"}}))]);
        // Without lists, into the one object.
        let alone = |answer: &Value| -> Vec<bool> { answer.pointer("/Administrator/Id").map(|_| true).into_iter().collect() };
        let found = pieces(&json!({"Administrator": {"Id": "a", "More": 1}, "B": {"c": 1}}), vec![true], &alone);
        assert_eq!(found, [(true, "/Administrator".to_owned(), json!({"Id": "a"}))]);
    }
}

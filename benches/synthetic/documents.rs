//! Policy documents of identities: several statements, most of which grant a piece of work in one service.

use serde_json::{Value, json};

use super::conditions;
use super::grants::{GRANTS, Grant};
use super::names::{Subject, World};
use super::rng::Rng;
use super::special;

/// Where a document stands: what AWS lets it be long, and what is usual there.
#[derive(Clone, Copy)]
pub(super) struct Kind {
    /// The most statements.
    pub(super) statements: usize,
    /// The most characters.
    pub(super) budget: usize,
    /// How many statements in a hundred are of the special forms.
    pub(super) special: u64,
}

pub(super) const MANAGED: Kind = Kind { statements: 12, budget: 6_000, special: 16 };
pub(super) const INLINE_OF_ROLE: Kind = Kind { statements: 5, budget: 2_400, special: 10 };
pub(super) const INLINE_OF_USER: Kind = Kind { statements: 2, budget: 900, special: 25 };
pub(super) const INLINE_OF_GROUP: Kind = Kind { statements: 3, budget: 2_000, special: 40 };

/// A policy document.
pub(super) fn document(world: &World, rng: &mut Rng, subject: Subject, kind: Kind) -> Value {
    // Most policies are short: the smaller of two numbers.
    let wanted = rng.between(1, kind.statements).min(rng.between(1, kind.statements + 2));
    let (mut statements, mut length) = (Vec::with_capacity(wanted), 0);
    let with_sids = rng.chance(60);
    for place in 0..wanted {
        let statement = statement(world, rng, subject, kind, with_sids.then_some(place));
        length += statement.to_string().len();
        if length > kind.budget && place > 0 {
            break;
        }
        statements.push(statement);
    }
    let version = if rng.chance(1) { "2008-10-17" } else { "2012-10-17" };
    if rng.chance(4) && statements.len() == 1 {
        return json!({"Statement": statements.pop(), "Version": version});
    }
    json!({"Statement": statements, "Version": version})
}

/// A document of the statements given.
pub(super) fn of(statements: &Value) -> Value {
    json!({"Statement": statements, "Version": "2012-10-17"})
}

fn statement(world: &World, rng: &mut Rng, subject: Subject, kind: Kind, place: Option<usize>) -> Value {
    let (mut statement, sid) = if rng.chance(kind.special) {
        special::statement(world, rng, subject)
    } else {
        match rng.one_of(&GRANTS) {
            Some(grant) => (granted(world, rng, subject, grant), grant.sid),
            None => return Value::Null,
        }
    };
    if let (Some(place), Some(members)) = (place, statement.as_object_mut()) {
        members.insert("Sid".to_owned(), format!("{sid}{place}").into());
    }
    statement
}

/// A statement for what `grant` is about.
pub(super) fn granted(world: &World, rng: &mut Rng, subject: Subject, grant: &Grant) -> Value {
    let actions = actions(rng, grant);
    let templates = &grant.resources;
    let resources = if templates.is_empty() || rng.chance(14) { vec!["*".to_owned()] } else { resources(world, rng, subject, templates) };
    let mut statement = json!({"Action": several(rng, actions), "Effect": "Allow", "Resource": several(rng, resources)});
    if rng.chance(17)
        && let Some(members) = statement.as_object_mut()
    {
        let mut condition = conditions::any(world, rng, subject, grant.service);
        if rng.chance(15) {
            condition = conditions::both(condition, conditions::any(world, rng, subject, ""));
        }
        members.insert("Condition".to_owned(), condition);
    }
    statement
}

fn actions(rng: &mut Rng, grant: &Grant) -> Vec<String> {
    let (exact, patterns) = (&grant.actions, &grant.patterns);
    let chosen = match rng.below(100) {
        0..66 => rng.some(exact, 7),
        66..84 => rng.some(patterns, 3),
        84..94 => [rng.some(exact, 3), rng.some(patterns, 1)].concat(),
        _ => vec!["*"],
    };
    chosen.into_iter().map(|action| format!("{}:{action}", grant.service)).collect()
}

fn resources(world: &World, rng: &mut Rng, subject: Subject, templates: &[&str]) -> Vec<String> {
    let mut found: Vec<String> = rng.some(templates, 4).into_iter().map(|template| world.fill(rng, subject, template)).collect();
    // Lists of like resources are what makes real policies long.
    if rng.chance(18) {
        for _ in 0..rng.between(1, 6) {
            let template = rng.pick(templates);
            found.push(world.fill(rng, subject, template));
        }
    }
    found.sort_unstable();
    found.dedup();
    found
}

/// A list, or what is in it where it is one: policies have both forms.
pub(super) fn several(rng: &mut Rng, mut texts: Vec<String>) -> Value {
    match texts.len() {
        1 if rng.chance(65) => texts.pop().into(),
        _ => texts.into(),
    }
}

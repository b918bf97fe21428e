//! The rows of the table, taken apart once: what each need depends on, and in which order it is best asked.

use std::collections::HashMap;

use super::table::{ContextValue, Fact, Need, Row, Trigger, Trusts};
use super::template::{Depends, Template};
use crate::iam::catalog::{ActionId, Catalog};
use crate::iam::estate::is_global;
use crate::iam::policy::Action;
use crate::iam::query::ResourceSide;

/// A row, ready to be asked.
pub(super) struct Plan {
    pub(super) row: &'static Row,
    /// Names of things; their places are what templates mean.
    pub(super) slots: Vec<&'static str>,
    pub(super) trusts: Option<TrustPlan>,
    /// Needs that stand or fall together: all have to hold.
    pub(super) parts: Vec<Part>,
    /// What the source must be allowed on something.
    pub(super) required: Vec<ActionId>,
    /// What the source must be allowed on the target.
    pub(super) on_target: Vec<ActionId>,
    /// What is asked in some Region.
    pub(super) regional: Vec<Action>,
    pub(super) facts: Vec<FactPlan>,
    /// Something that no snapshot tells.
    pub(super) doubtful: bool,
}

/// A fact; those that ask the same have one number.
pub(super) struct FactPlan {
    pub(super) fact: &'static Fact,
    pub(super) number: usize,
}

/// Whom a target must trust.
pub(super) struct TrustPlan {
    /// Services, or templates of identity providers; one of them is enough.
    pub(super) parties: Vec<Party>,
    /// All of these.
    pub(super) actions: Vec<Action>,
    pub(super) context: Vec<(String, Vec<Template>)>,
    pub(super) depends: Depends,
    /// The same for plans that ask the same.
    pub(super) key: String,
}

#[derive(Debug)]
pub(super) enum Party {
    Service(&'static str),
    Federated(Template),
}

/// Needs that share what the source picks, or one that shares nothing.
pub(super) struct Part {
    /// The same for parts that ask the same, whichever row they are of.
    pub(super) shape: u32,
    pub(super) needs: Vec<NeedPlan>,
    pub(super) depends: Depends,
    /// Texts with a `*` that the source picks.
    pub(super) picks: Vec<Template>,
    /// What its truth for many targets is found by.
    pub(super) form: Form,
    /// Keys of requests that change with the target.
    pub(super) of_target: Vec<OfTarget>,
}

/// A key of requests that changes with the target.
pub(super) struct OfTarget {
    pub(super) action: Action,
    pub(super) key: String,
    /// It is the target's permissions boundary: the same for many.
    pub(super) is_boundary: bool,
}

/// What a part asks, keys apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    /// The source about the target, and nothing else.
    Uniform,
    /// The source about other things than the target.
    Constant,
    /// More than that.
    Various,
}

/// One need.
pub(super) struct NeedPlan {
    pub(super) need: &'static Need,
    pub(super) asks: Vec<Ask>,
    pub(super) context: Vec<(String, KeyPlan)>,
    pub(super) by: By,
    /// A field of a thing, or of a fact by its name.
    pub(super) only_if: Option<(Whose, String)>,
    pub(super) any: Vec<Self>,
}

pub(super) struct Ask {
    pub(super) action: Action,
    pub(super) resource: Resource,
    pub(super) side: ResourceSide,
}

pub(super) enum Resource {
    Target,
    Itself,
    Thing(usize),
    /// `*`
    Any,
    Template(Template),
}

pub(super) enum KeyPlan {
    Absent,
    Present,
    Values(Vec<Template>),
}

pub(super) enum By {
    Source,
    Target,
    Other(Template),
}

pub(super) enum Whose {
    Thing(usize),
    Fact(String),
}

impl TrustPlan {
    /// One service may take the role on.
    pub(super) fn service(service: &'static str, catalog: &'static Catalog) -> Self {
        Self::new(vec![Party::Service(service)], vec![Action::new("sts:AssumeRole", catalog)], Vec::new())
    }

    fn new(parties: Vec<Party>, actions: Vec<Action>, context: Vec<(String, Vec<Template>)>) -> Self {
        let federated = parties.iter().filter_map(|party| match party {
            Party::Federated(template) => Some(template),
            Party::Service(_) => None,
        });
        let templates = federated.chain(context.iter().flat_map(|(_, values)| values));
        let depends = templates.map(Template::depends).fold(Depends::default(), Depends::and);
        let key = format!("{parties:?} {actions:?} {context:?}");
        Self { parties, actions, context, depends, key }
    }
}

/// Takes all rows apart.
pub(super) fn plans(rows: &'static [Row], catalog: &'static Catalog) -> Vec<Plan> {
    let mut numbers = Numbers::default();
    rows.iter().map(|row| plan(row, catalog, &mut numbers)).collect()
}

/// What is the same in several rows has one number.
#[derive(Default)]
struct Numbers {
    shapes: HashMap<String, u32>,
    facts: HashMap<(Option<&'static str>, &'static str), usize>,
}

impl Numbers {
    fn fact(&mut self, fact: &'static Fact) -> FactPlan {
        let next = self.facts.len();
        FactPlan { fact, number: *self.facts.entry((fact.file.as_deref(), fact.ok.0.text())).or_insert(next) }
    }
}

fn plan(row: &'static Row, catalog: &'static Catalog, numbers: &mut Numbers) -> Plan {
    let mut slots: Vec<&'static str> = Vec::new();
    for thing in &row.things {
        if !slots.contains(&thing.name.as_str()) {
            slots.push(&thing.name);
        }
    }
    let reader = Reader { row, slots: &slots, catalog };
    let needs: Vec<NeedPlan> = row.needs.iter().map(|need| reader.need(need)).collect();
    let certain =
        |need: &&NeedPlan| matches!(need.by, By::Source) && !need.need.soft && need.only_if.is_none() && need.need.unless.is_none();
    let asked = |need: &NeedPlan| {
        need.asks.iter().filter(|ask| ask.side != ResourceSide::Granted).filter_map(|ask| ask.action.id).collect::<Vec<_>>()
    };
    // A trust policy can let somebody in whose own policies say nothing.
    let required = needs.iter().filter(certain).flat_map(asked).filter(|id| catalog.service_of(*id) != "sts").collect();
    let about_target = |ask: &&Ask| matches!(ask.resource, Resource::Target) && ask.side == ResourceSide::Own;
    let on_target =
        needs.iter().filter(certain).flat_map(|need| need.asks.iter().filter(about_target).filter_map(|ask| ask.action.id)).collect();
    let parts = reader.parts(needs, &mut numbers.shapes);
    let mut regional: Vec<Action> = Vec::new();
    for action in parts.iter().filter(|part| part.depends.region || part.depends.things != 0).flat_map(|part| &part.needs).flat_map(actions)
    {
        if !regional.contains(&action) {
            regional.push(action);
        }
    }
    Plan {
        trusts: row.trusts.as_ref().map(|trusts| reader.trusts(trusts)),
        facts: row.facts.iter().map(|fact| numbers.fact(fact)).collect(),
        required,
        on_target,
        parts,
        regional,
        doubtful: row.trigger == Trigger::SomebodyElse || row.doubt.is_some(),
        slots,
        row,
    }
}

struct Reader<'r> {
    row: &'static Row,
    slots: &'r [&'static str],
    catalog: &'static Catalog,
}

impl Reader<'_> {
    fn template(&self, text: &str) -> Template {
        Template::new(text, self.slots)
    }

    fn slot(&self, name: &str) -> Option<usize> {
        self.slots.iter().position(|slot| *slot == name)
    }

    fn need(&self, need: &'static Need) -> NeedPlan {
        let asks = need.action.0.iter().flat_map(|action| need.resource.0.iter().map(move |resource| (action, resource)));
        let ask = |(action, text): (&String, &String)| {
            // What is made, or made up, has no policy of its own.
            let made = text.starts_with("arn:") || text.starts_with('{');
            let resource = self.resource(text);
            let side = if need.granted {
                ResourceSide::Granted
            } else if made {
                ResourceSide::New
            } else {
                ResourceSide::Own
            };
            Ask { action: Action::new(action, self.catalog), resource, side }
        };
        NeedPlan {
            need,
            asks: asks.map(ask).collect(),
            context: need.context.iter().map(|(key, value)| (key.clone(), self.key(value))).collect(),
            by: self.by(need),
            only_if: need.only_if.as_deref().and_then(|text| self.field(text)),
            any: need.any.iter().map(|need| self.need(need)).collect(),
        }
    }

    fn by(&self, need: &Need) -> By {
        match need.by.as_deref() {
            None => By::Source,
            Some("target") => By::Target,
            Some(name) => By::Other(self.template(&format!("{{{name}}}"))),
        }
    }

    fn field(&self, text: &str) -> Option<(Whose, String)> {
        let (name, field) = text.split_once('.')?;
        let whose = self.slot(name).map_or_else(|| Whose::Fact(name.to_owned()), Whose::Thing);
        Some((whose, field.to_owned()))
    }

    fn resource(&self, text: &str) -> Resource {
        match text {
            "*" => Resource::Any,
            "target" => Resource::Target,
            "self" => Resource::Itself,
            _ if text.starts_with("arn:") || text.starts_with('{') => Resource::Template(self.template(text)),
            _ => match (self.slot(text), text.contains('.')) {
                (Some(slot), _) => Resource::Thing(slot),
                // What a program said of a thing.
                _ => Resource::Template(self.template(&format!("{{{text}}}"))),
            },
        }
    }

    fn key(&self, value: &ContextValue) -> KeyPlan {
        match value {
            ContextValue::Absent => KeyPlan::Absent,
            ContextValue::Values(values) if values.0 == ["*"] => KeyPlan::Present,
            ContextValue::Values(values) => KeyPlan::Values(values.0.iter().map(|value| self.template(value)).collect()),
        }
    }

    fn trusts(&self, trusts: &'static Trusts) -> TrustPlan {
        let assume = || vec![Action::new("sts:AssumeRole", self.catalog)];
        let services = |names: &'static [String]| names.iter().map(|name| Party::Service(name)).collect();
        let (parties, actions, context): (Vec<Party>, _, Vec<(String, Vec<Template>)>) = match trusts {
            Trusts::Service(name) => (services(std::slice::from_ref(name)), assume(), Vec::new()),
            Trusts::OneOf(names) => (services(names), assume(), Vec::new()),
            Trusts::Exactly(party) => {
                let federated = party.federated.iter().map(|text| Party::Federated(self.template(text)));
                let parties = party.service.iter().map(|name| Party::Service(name)).chain(federated).collect();
                let named: Vec<Action> = party.action.0.iter().map(|name| Action::new(name, self.catalog)).collect();
                let values = |value: &ContextValue| match value {
                    ContextValue::Absent => Vec::new(),
                    ContextValue::Values(values) => values.0.iter().map(|value| self.template(value)).collect(),
                };
                let context = party.context.iter().map(|(key, value)| (key.clone(), values(value))).collect();
                (parties, if named.is_empty() { assume() } else { named }, context)
            }
        };
        TrustPlan::new(parties, actions, context)
    }

    /// Needs that share a pick go together.
    fn parts(&self, needs: Vec<NeedPlan>, shapes: &mut HashMap<String, u32>) -> Vec<Part> {
        let mut groups: Vec<(Vec<NeedPlan>, Vec<Template>)> = Vec::new();
        for need in needs {
            let mut picks = self.picks(&need);
            let (with, without): (Vec<_>, Vec<_>) =
                groups.into_iter().partition(|(_, others)| others.iter().any(|pick| picks.contains(pick)));
            groups = without;
            let mut joined = Vec::new();
            for (others, their) in with {
                joined.extend(others);
                picks.extend(their);
            }
            joined.push(need);
            let mut distinct: Vec<Template> = Vec::new();
            for pick in picks {
                if !distinct.contains(&pick) {
                    distinct.push(pick);
                }
            }
            groups.push((joined, distinct));
        }
        let mut parts: Vec<Part> = groups.into_iter().map(|(needs, picks)| self.part(needs, picks, shapes)).collect();
        // What does not change with the target is asked once.
        parts.sort_by_key(|part| (part.depends.target, part.picks.len()));
        parts
    }

    fn part(&self, needs: Vec<NeedPlan>, picks: Vec<Template>, shapes: &mut HashMap<String, u32>) -> Part {
        let depends = needs.iter().map(|need| depends(need, self.catalog)).fold(Depends::default(), Depends::and);
        let things: Vec<_> = self.row.things.iter().filter(|_| depends.things != 0).map(|thing| format!("{thing:?}")).collect();
        let facts: Vec<_> = self.row.facts.iter().filter(|fact| fact.name.is_some()).map(|fact| format!("{fact:?}")).collect();
        let asked: Vec<_> = needs.iter().map(|need| format!("{:?}", need.need)).collect();
        let next = u32::try_from(shapes.len()).unwrap_or(u32::MAX);
        let shape = *shapes.entry(format!("{asked:?} {things:?} {facts:?}")).or_insert(next);
        let form = if needs.iter().all(is_constant) {
            Form::Constant
        } else if picks.is_empty() && needs.iter().all(is_uniform) {
            Form::Uniform
        } else {
            Form::Various
        };
        let of_target = needs.iter().flat_map(of_target).collect();
        Part { shape, needs, depends, picks, form, of_target }
    }

    /// What of a need the source picks.
    fn picks(&self, need: &NeedPlan) -> Vec<Template> {
        let mut picks: Vec<Template> = Vec::new();
        for ask in &need.asks {
            match &ask.resource {
                Resource::Template(template) if template.has_pick() => picks.push(template.clone()),
                // What was not collected is of the form that its Else says.
                Resource::Thing(slot) if self.may_be_supposed(*slot) => {
                    picks.push(self.template(&format!("{{{}}}", self.slots.get(*slot).copied().unwrap_or_default())))
                }
                _ => {}
            }
        }
        // A key of the request may name what is picked elsewhere.
        for (_, key) in &need.context {
            if let KeyPlan::Values(values) = key {
                picks.extend(values.iter().filter(|value| value.has_pick()).cloned());
            }
        }
        picks.extend(need.any.iter().flat_map(|need| self.picks(need)));
        picks
    }

    fn may_be_supposed(&self, slot: usize) -> bool {
        let name = self.slots.get(slot).copied().unwrap_or_default();
        self.row.things.iter().any(|thing| thing.name == name && thing.otherwise.as_ref().is_some_and(|arn| arn.contains('*')))
    }
}

fn actions(need: &NeedPlan) -> Vec<Action> {
    need.asks.iter().map(|ask| ask.action.clone()).chain(need.any.iter().flat_map(actions)).collect()
}

fn is_uniform(need: &NeedPlan) -> bool {
    let on_target = need.asks.iter().all(|ask| matches!(ask.resource, Resource::Target));
    on_target && matches!(need.by, By::Source) && need.any.is_empty() && need.only_if.is_none() && need.need.unless.is_none()
}

fn is_constant(need: &NeedPlan) -> bool {
    let elsewhere = |ask: &Ask| match &ask.resource {
        Resource::Target => false,
        Resource::Template(template) => !template.depends().target && !template.depends().profile,
        Resource::Itself | Resource::Thing(_) | Resource::Any => true,
    };
    let of_fact = matches!(need.only_if, Some((Whose::Fact(_), _)));
    matches!(need.by, By::Source) && !of_fact && need.asks.iter().all(elsewhere) && need.any.iter().all(is_constant)
}

/// The keys that change with the target or its instance profile, by action.
fn of_target(need: &NeedPlan) -> Vec<OfTarget> {
    let mut found: Vec<OfTarget> = need.any.iter().flat_map(of_target).collect();
    for (key, plan) in &need.context {
        let KeyPlan::Values(values) = plan else { continue };
        let changing = values.iter().filter(|value| value.depends().target || value.depends().profile);
        if changing.clone().next().is_some() {
            let is_boundary = changing.clone().all(Template::is_target_boundary);
            found.extend(need.asks.iter().map(|ask| OfTarget { action: ask.action.clone(), key: key.clone(), is_boundary }));
        }
    }
    found
}

fn depends(need: &NeedPlan, catalog: &Catalog) -> Depends {
    let on_target = Depends { target: true, ..Depends::default() };
    let mut all = Depends::default();
    for ask in &need.asks {
        all = all.and(match &ask.resource {
            Resource::Target => on_target,
            Resource::Itself => Depends::default(),
            Resource::Thing(slot) => Depends::thing(*slot),
            Resource::Any => {
                let global = ask.action.id.is_some_and(|id| is_global(catalog.service_of(id)));
                Depends { region: !global, ..Depends::default() }
            }
            Resource::Template(template) => template.depends(),
        });
    }
    for (_, key) in &need.context {
        if let KeyPlan::Values(values) = key {
            all = values.iter().map(Template::depends).fold(all, Depends::and);
        }
    }
    all = match &need.by {
        By::Source => all,
        By::Target => all.and(on_target),
        By::Other(template) => all.and(template.depends()),
    };
    all = match &need.only_if {
        Some((Whose::Thing(slot), _)) => all.and(Depends::thing(*slot)),
        Some((Whose::Fact(_), _)) => all.and(on_target),
        None => all,
    };
    need.any.iter().map(|need| depends(need, catalog)).fold(all, Depends::and)
}

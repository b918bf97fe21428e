//! Whether what a technique needs is allowed, for one choice of everything.

use std::rc::Rc;

use super::answers::Answers;
use super::found::Located;
use super::plan::{Ask, By, Form, KeyPlan, NeedPlan, OfTarget, Part as PartPlan, Plan, Resource, Whose};
use super::source::{Key, NOBODY, Source, truth};
use super::table::Of;
use super::template::{Case, Filled};
use crate::iam::estate::{Asker, Estate};
use crate::iam::policy::pattern::{Pattern, common};
use crate::iam::policy::template::Resolved;
use crate::iam::policy::{Effect, Target};
use crate::iam::query::{Explained, KeyFact, Probe, Prober, ResourceSide};
use crate::iam::truth::Truth;

/// So many forms of what the source picks are tried.
const MOST_FORMS: usize = 64;

/// A choice.
#[derive(Debug, Clone, Copy)]
pub(super) struct Bound<'b> {
    pub(super) target: usize,
    pub(super) things: &'b [Rc<Located>],
    pub(super) region: &'b Rc<str>,
    pub(super) profile: Option<&'b str>,
    pub(super) profile_at: usize,
}

impl<'b> Bound<'b> {
    /// What variables stand for.
    pub(super) fn case(&self, source: &'b Source<'_, '_>, things: &'b [&'b Located]) -> Case<'b> {
        let target = source.scene.principal(self.target).unwrap_or(source.principal);
        Case { profile: self.profile, things, ..source.scene.case(source.principal, target, self.region) }
    }
}

/// What the source picked: the form, and the text.
type Picks = [(String, String)];

/// One question that was put, with its answer.
#[derive(Debug, Clone)]
pub(super) struct Step {
    pub(super) who: String,
    pub(super) action: String,
    pub(super) resource: String,
    pub(super) explained: Explained,
}

/// A question, apart from who asks and what.
struct Question {
    target: Target,
    keys: Vec<(String, KeyFact)>,
    side: ResourceSide,
}

impl Question {
    fn probe<'q>(&'q self, ask: &'q Ask) -> Probe<'q> {
        Probe { action: &ask.action, target: &self.target, keys: &self.keys, side: self.side }
    }
}

/// Some needs, asked for one source.
pub(super) struct Part<'p, 's, 'a> {
    source: &'p Source<'s, 'a>,
    plan: &'p Plan,
    part: &'p PartPlan,
}

impl<'p, 's, 'a> Part<'p, 's, 'a> {
    pub(super) fn new(source: &'p Source<'s, 'a>, plan: &'p Plan, part: &'p PartPlan) -> Self {
        Self { source, plan, part }
    }

    /// What it comes to for each target, where no more is asked about one than about another; `bound` is for any of them.
    pub(super) fn answers(&self, bound: &Bound<'_>) -> Option<Rc<Answers>> {
        if self.part.form == Form::Various {
            return None;
        }
        self.source.uniform.of(&self.key(bound), || {
            let looked_at = || self.part.of_target.iter().filter(|of| self.source.looks_at(&of.action, &of.key));
            match looked_at().next() {
                None => self.same_for_all(bound),
                Some(_) if looked_at().all(|of| of.is_boundary) => self.by_boundary(bound),
                Some(_) => None,
            }
        })
    }

    fn same_for_all(&self, bound: &Bound<'_>) -> Option<Rc<Answers>> {
        match self.part.form {
            Form::Constant => Some(Rc::new(Answers::all(self.best(bound).0, self.source.scene.askers.len()))),
            _ => self.uniform(bound),
        }
    }

    /// Those who have the same permissions boundary are told together.
    fn by_boundary(&self, bound: &Bound<'_>) -> Option<Rc<Answers>> {
        let scene = self.source.scene;
        let mut all = Answers::none(scene.askers.len());
        let asked = self.part.needs.iter().filter(|need| !need.need.soft).flat_map(|need| &need.asks);
        let candidates: Vec<_> = asked.filter_map(|ask| self.source.candidates(&ask.action, ask.side)).collect();
        for group in scene.by_boundary() {
            if !candidates.iter().all(|candidates| candidates.has_of(group)) {
                continue;
            }
            let Some(target) = group.places().next() else { continue };
            let found = self.same_for_all(&Bound { target, ..*bound })?;
            all.add_of(group, &found);
        }
        Some(Rc::new(all))
    }

    fn uniform(&self, bound: &Bound<'_>) -> Option<Rc<Answers>> {
        let things: Vec<&Located> = bound.things.iter().map(Rc::as_ref).collect();
        let case = bound.case(self.source, &things);
        let mut all: Option<Rc<Answers>> = None;
        for need in &self.part.needs {
            for ask in &need.asks {
                let mut keys = self.keys(need, &case, &[]);
                // Nobody looks at those that change with the target, if this is for any of them.
                let of_any = bound.target == NOBODY;
                let changes = |of: &OfTarget, key: &str| of.action == ask.action && of.key == key && (of_any || !of.is_boundary);
                keys.retain(|(key, _)| !self.part.of_target.iter().any(|of| changes(of, key)));
                let found = self.source.answers(&ask.action, ask.side, &keys)?;
                let found = if need.need.soft { Rc::new(found.or_unknown()) } else { found };
                all = Some(all.map_or_else(|| found.clone(), |all| Rc::new(all.and(&found))));
            }
        }
        all
    }

    /// All that it depends on.
    fn key(&self, bound: &Bound<'_>) -> Key {
        let depends = self.part.depends;
        let thing = |at: usize| bound.things.get(at).filter(|_| depends.things & (1 << at) != 0).map_or(u32::MAX, |thing| thing.id);
        let regional = depends.region || depends.things != 0;
        let region = if regional { bound.region } else { &self.source.scene.nowhere }.clone();
        let target = if depends.target || depends.profile { bound.target } else { usize::MAX };
        let profile = if depends.profile { bound.profile_at } else { 0 };
        (self.part.shape, target, profile, [thing(0), thing(1), thing(2)], region)
    }

    pub(super) fn truth(&self, bound: &Bound<'_>) -> Truth {
        self.source.known.of(&self.key(bound), || self.best(bound).0)
    }

    /// The best that comes of any picks, and by which.
    fn best(&self, bound: &Bound<'_>) -> (Truth, Vec<(String, String)>) {
        let things: Vec<&Located> = bound.things.iter().map(Rc::as_ref).collect();
        let case = bound.case(self.source, &things);
        let mut forms: Vec<String> = self.part.picks.iter().map(|pick| pick.text(&case)).filter(|form| form.contains('*')).collect();
        forms.dedup();
        let mut best = (Truth::No, Vec::new());
        let mut all: Vec<Vec<(String, String)>> = vec![Vec::new()];
        for form in forms {
            let texts = self.texts(&form);
            let each = |picks: &Vec<(String, String)>| {
                let (picks, form) = (picks.clone(), form.clone());
                texts
                    .iter()
                    .map(move |text| picks.iter().cloned().chain([(form.clone(), text.clone())]).collect::<Vec<_>>())
                    .collect::<Vec<_>>()
            };
            all = all.iter().flat_map(each).take(MOST_FORMS).collect();
        }
        for picks in all {
            let truth = self.holds(bound, &case, &picks);
            if truth > best.0 {
                best = (truth, picks);
            }
            if best.0 == Truth::Yes {
                break;
            }
        }
        best
    }

    fn holds(&self, bound: &Bound<'_>, case: &Case<'_>, picks: &Picks) -> Truth {
        let mut all = Truth::Yes;
        for need in &self.part.needs {
            all = all.and(self.need(need, bound, case, picks));
            if all == Truth::No {
                break;
            }
        }
        all
    }

    /// What the source may pick for a form: something that no policy names, and what its policies name.
    fn texts(&self, form: &str) -> Rc<[String]> {
        self.source.forms.of(form, || self.find_texts(form))
    }

    fn find_texts(&self, form: &str) -> Rc<[String]> {
        let mut texts = vec![form.replace('*', "x")];
        // Names are not empty.
        let pattern = Pattern::new(&form.replace('*', "?*"));
        let scene = self.source.scene;
        let policies = scene.ground.account.identity(self.source.principal).filter_map(|id| scene.estate.store.get(id));
        let statements = policies.flat_map(|stored| &stored.policy.statements).filter(|statement| statement.effect == Effect::Allow);
        for resources in statements.filter_map(|statement| statement.resources.as_ref()).filter(|resources| !resources.negated) {
            for resource in &resources.patterns {
                let Resolved::Pattern(allowed) = self.source.prober.resolve(&resource.template) else { continue };
                if allowed.is_any() || begin_otherwise(&allowed, form) {
                    continue;
                }
                // Names have no colons in them.
                let sound = |text: &String| text.matches(':').count() == form.matches(':').count() && !texts.contains(text);
                texts.extend(common(&pattern, &allowed).filter(sound));
            }
        }
        // What is made cannot be there already; of users, roles and policies, the name decides.
        texts.retain(|text| !scene.is_taken(text));
        texts.truncate(MOST_FORMS);
        texts.into()
    }

    fn need(&self, need: &NeedPlan, bound: &Bound<'_>, case: &Case<'_>, picks: &Picks) -> Truth {
        let mut soft = need.need.soft;
        match need.only_if.as_ref().map(|field| self.field(field, bound)) {
            Some(Truth::No) => return Truth::Yes,
            Some(Truth::Unknown) => soft = true,
            Some(Truth::Yes) | None => {}
        }
        if need.need.unless.as_deref().is_some_and(|beginning| self.has_role(beginning)) {
            return Truth::Yes;
        }
        let holds = if need.any.is_empty() {
            Truth::all(need.asks.iter().map(|ask| self.ask(need, ask, bound, case, picks)))
        } else {
            Truth::any(need.any.iter().map(|need| self.need(need, bound, case, picks)))
        };
        if soft { holds.or(Truth::Unknown) } else { holds }
    }

    fn field(&self, (whose, field): &(Whose, String), bound: &Bound<'_>) -> Truth {
        let ground = &self.source.scene.ground;
        match whose {
            Whose::Thing(slot) => bound.things.get(*slot).map_or(Truth::Unknown, |thing| truth(&thing.field(field))),
            Whose::Fact(name) => {
                let fact = self.plan.row.facts.iter().find(|fact| fact.name.as_ref() == Some(name));
                let value = fact.map(|fact| ground.fact(fact, if fact.of == Of::Itself { self.source.place } else { bound.target }));
                value.and_then(|value| value.get(field).map(truth)).unwrap_or(Truth::Unknown)
            }
        }
    }

    fn has_role(&self, beginning: &'static str) -> bool {
        let ground = &self.source.scene.ground;
        ground.has_role(beginning)
    }

    fn ask(&self, need: &NeedPlan, ask: &Ask, bound: &Bound<'_>, case: &Case<'_>, picks: &Picks) -> Truth {
        let source = self.source;
        let question = self.question(need, ask, bound, case, picks);
        let probe = question.probe(ask);
        let other = match &need.by {
            By::Source => return source.may(&ask.action, &question.target, question.side, &question.keys),
            By::Target => Some(bound.target),
            By::Other(template) => source.scene.ground.place(&template.text(case)),
        };
        // One who is not of the snapshot may be allowed anything.
        other.map_or(Truth::Unknown, |other| source.scene.ask_other(other, &probe))
    }

    /// A question in full.
    fn question(&self, need: &NeedPlan, ask: &Ask, bound: &Bound<'_>, case: &Case<'_>, picks: &Picks) -> Question {
        let resource = picked(self.resource(ask, case), picks);
        let mut keys = self.tags(&resource, &ask.action.lower, bound);
        keys.extend(self.keys(need, case, picks));
        if matches!(ask.resource, Resource::Any) {
            let region = if self.part.depends.region { case.region } else { self.source.scene.ground.account.region };
            keys.push(("aws:RequestedRegion".to_owned(), KeyFact::Values(vec![region.to_owned()])));
        }
        let supposed = matches!(ask.resource, Resource::Thing(slot) if bound.things.get(slot).is_some_and(|thing| thing.supposed));
        let side = if supposed && ask.side == ResourceSide::Own { ResourceSide::New } else { ask.side };
        Question { target: Target::Arn(resource), keys, side }
    }

    /// What the table says of the keys of a request.
    fn keys(&self, need: &NeedPlan, case: &Case<'_>, picks: &Picks) -> Vec<(String, KeyFact)> {
        need.context.iter().map(|(key, value)| (key.clone(), fact(value, case, picks))).collect()
    }

    fn resource(&self, ask: &Ask, case: &Case<'_>) -> String {
        match &ask.resource {
            Resource::Target => case.target.to_owned(),
            Resource::Itself => case.itself.to_owned(),
            Resource::Any => "*".to_owned(),
            Resource::Thing(slot) => case.thing(*slot),
            Resource::Template(template) => template.text(case),
        }
    }

    /// Tags of a thing, where they are known.
    fn tags(&self, resource: &str, action: &str, bound: &Bound<'_>) -> Vec<(String, KeyFact)> {
        let thing = bound.things.iter().find(|thing| thing.found.arn == resource);
        let Some(tags) = thing.and_then(|thing| thing.found.tags.as_ref()) else { return Vec::new() };
        let service = action.split(':').next().unwrap_or_default();
        let mut keys = Vec::new();
        for prefix in ["aws:ResourceTag/".to_owned(), format!("{service}:ResourceTag/")] {
            for (key, value) in tags {
                keys.push((format!("{prefix}{key}"), KeyFact::Values(vec![value.clone()])));
            }
            keys.push((prefix, KeyFact::OthersAbsent));
        }
        keys
    }

    /// All questions of the part, by the best picks, with the answers of an estate: this one, or one that differs from it in
    /// what its policies say.
    pub(super) fn steps(&self, bound: &Bound<'_>, estate: &Estate) -> Vec<Step> {
        let things: Vec<&Located> = bound.things.iter().map(Rc::as_ref).collect();
        let case = bound.case(self.source, &things);
        let (_, picks) = self.best(bound);
        let mut steps = Vec::new();
        for need in &self.part.needs {
            self.steps_of(need, bound, (&case, &picks), estate, &mut steps);
        }
        steps
    }

    fn steps_of(&self, need: &NeedPlan, bound: &Bound<'_>, (case, picks): (&Case<'_>, &Picks), estate: &Estate, steps: &mut Vec<Step>) {
        let away = need.only_if.as_ref().is_some_and(|field| self.field(field, bound) == Truth::No);
        if away || need.need.unless.as_deref().is_some_and(|beginning| self.has_role(beginning)) {
            return;
        }
        // Of alternatives, the best one is told.
        if let Some(best) = need.any.iter().max_by_key(|need| self.need(need, bound, case, picks)) {
            self.steps_of(best, bound, (case, picks), estate, steps);
        }
        let scene = self.source.scene;
        for ask in &need.asks {
            let question = self.question(need, ask, bound, case, picks);
            let who = match &need.by {
                By::Source => Some(case.itself),
                By::Target => Some(case.target),
                By::Other(template) => scene.ground.place(&template.text(case)).and_then(|at| Some(scene.principal(at)?.arn.as_str())),
            };
            let Some((who, asker)) = who.and_then(|who| Some((who, Asker::by_arn(estate, who)?))) else { continue };
            steps.push(Step {
                who: who.to_owned(),
                action: ask.action.name.clone(),
                resource: question.target.to_string(),
                explained: Prober::new(estate, &asker).explain(&question.probe(ask)),
            });
        }
    }
}

/// Whether nothing that the pattern matches is of the form, as far as their beginnings tell.
fn begin_otherwise(pattern: &Pattern, form: &str) -> bool {
    let beginning = form.split('*').next().unwrap_or_default();
    pattern.beginning().bytes().zip(beginning.bytes()).any(|(one, other)| one != other)
}

/// What the source picked for a form.
fn picked(text: String, picks: &Picks) -> String {
    picks.iter().find(|(form, _)| *form == text).map_or(text, |(_, picked)| picked.clone())
}

fn fact(plan: &KeyPlan, case: &Case<'_>, picks: &Picks) -> KeyFact {
    let values = match plan {
        KeyPlan::Absent => return KeyFact::Absent,
        KeyPlan::Present => return KeyFact::Present,
        KeyPlan::Values(values) => values,
    };
    let mut texts = Vec::new();
    for value in values {
        match value.fill(case) {
            Filled::Absent => return KeyFact::Absent,
            Filled::Text(text) if text == "*" => return KeyFact::Present,
            Filled::Text(text) => texts.push(picked(text, picks)),
        }
    }
    KeyFact::Values(texts)
}

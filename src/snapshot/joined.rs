//! The answers of several calls in one object, as programs of tables and checks read them, and which of them have gaps.

use std::cell::RefCell;
use std::collections::BTreeMap;

use super::Answer;
use super::answers::{Calls, CallsError, Standing};
use super::jq::Data;
use super::sources::Named;

/// The answers of a call, joined.
#[derive(Clone)]
struct Joined {
    /// `None` where nothing was collected.
    data: Option<Data>,
    /// There may be more.
    gap: bool,
    /// Somebody made the call, or would have if there had been anything to call.
    asked: bool,
}

/// What a program is told.
pub(crate) struct With {
    /// By call.
    pub(crate) data: Data,
    /// Calls of which some answers were not collected.
    pub(crate) gaps: Vec<String>,
}

/// Joins answers, each once.
pub(crate) struct Joiner<'a> {
    calls: &'a Calls<'a>,
    named: &'a Named<'a>,
    /// Single answers that were not collected are there as null.
    refused: bool,
    /// By Region, `*` for all, `?` for the only one, and call.
    cache: RefCell<BTreeMap<(String, String), Joined>>,
}

impl<'a> Joiner<'a> {
    pub(crate) fn new(calls: &'a Calls<'a>, named: &'a Named<'a>) -> Self {
        Self { calls, named, refused: false, cache: RefCell::default() }
    }

    /// The same, where programs tell themselves what of a folder was not collected.
    pub(crate) fn with_refused(self) -> Self {
        Self { refused: true, ..self }
    }

    /// Forgets the answers of single Regions.
    pub(crate) fn forget(&self) {
        self.cache.borrow_mut().retain(|(region, _), _| matches!(region.as_str(), "*" | "?"));
    }

    /// The answers of these calls, as a program run on one of `region` reads them.
    pub(crate) fn with(&self, region: &str, calls: &[String]) -> Result<With, CallsError> {
        let (mut members, mut gaps) = (Vec::new(), Vec::new());
        for name in calls {
            let joined = match name.strip_prefix("*/") {
                Some(call) => self.everywhere(call)?,
                None => self.of(region, name)?,
            };
            if joined.gap {
                gaps.push(name.trim_start_matches("*/").to_owned());
            }
            members.push((name.clone(), joined.data.unwrap_or_else(Data::null)));
        }
        Ok(With { data: Data::object(members), gaps })
    }

    fn everywhere(&self, call: &str) -> Result<Joined, CallsError> {
        self.cached("*", call, || {
            let (mut regions, mut gap) = (Vec::new(), false);
            for region in &self.calls.regions {
                let joined = self.here(region, call)?;
                gap |= joined.gap;
                regions.push((region.clone(), joined.data.unwrap_or_else(Data::null)));
            }
            Ok(Joined { data: Some(Data::object(regions)), gap, asked: true })
        })
    }

    /// From the Region itself; from the only one that has the call, where this has not.
    fn of(&self, region: &str, call: &str) -> Result<Joined, CallsError> {
        let here = self.cached(region, call, || self.here(region, call))?;
        if here.asked {
            return Ok(here);
        }
        let only = self.cached("?", call, || self.only(call))?;
        Ok(if only.asked { only } else { here })
    }

    /// Of the only Region that has the call.
    fn only(&self, call: &str) -> Result<Joined, CallsError> {
        let (mut found, mut several) = (None, false);
        for region in &self.calls.regions {
            let joined = self.here(region, call)?;
            if joined.asked {
                several |= found.is_some();
                found = Some(joined);
            }
        }
        Ok(found.filter(|_| !several).unwrap_or(Joined { data: None, gap: false, asked: false }))
    }

    fn cached(&self, region: &str, call: &str, join: impl Fn() -> Result<Joined, CallsError>) -> Result<Joined, CallsError> {
        let place = (region.to_owned(), call.to_owned());
        if let Some(known) = self.cache.borrow().get(&place) {
            return Ok(known.clone());
        }
        let joined = join()?;
        self.cache.borrow_mut().insert(place, joined.clone());
        Ok(joined)
    }

    fn here(&self, region: &str, call: &str) -> Result<Joined, CallsError> {
        if let Some(file) = self.calls.files(region, call, true)?.into_iter().next() {
            let (data, gap) = match file.answer {
                Answer::Value(data) => (Some(data), false),
                Answer::Partial(data, _) => (Some(data), true),
                Answer::Empty => (Some(Data::empty()), false),
                Answer::NotCollected(_) => (None, false),
            };
            return Ok(Joined { data, gap, asked: true });
        }
        let standing = self.calls.standing(region, call)?;
        let files = self.calls.files(region, call, false)?;
        if files.is_empty() {
            let none = match &standing {
                Standing::Answered => true,
                Standing::NotCalled => self.named.nothing(region, call)?,
                Standing::Partial(_) | Standing::Missing(_) => false,
            };
            return Ok(Joined { data: none.then(Data::empty), gap: false, asked: none || standing != Standing::NotCalled });
        }
        let (mut members, mut gap) = (Vec::new(), matches!(standing, Standing::Missing(_)));
        for file in files {
            let key = file.parts.join("/");
            match file.answer {
                Answer::Value(data) => members.push((key, data)),
                Answer::Empty => members.push((key, Data::empty())),
                Answer::Partial(data, _) => {
                    members.push((key, data));
                    gap = true;
                }
                Answer::NotCollected(_) => {
                    gap = true;
                    if self.refused {
                        members.push((key, Data::null()));
                    }
                }
            }
        }
        // None of them: the program says what that means.
        let data = (!members.is_empty()).then(|| Data::object(members));
        Ok(Joined { gap: gap && data.is_some(), data, asked: true })
    }
}

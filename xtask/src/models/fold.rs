//! From one endpoint per region to a few rows per partition.

use serde_json::{Value, json};

/// The part of a row's texts that stands for the region of the call.
pub(crate) const REGION: &str = "{region}";

/// Where calls from one region go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Place {
    /// The region of the caller.
    pub(crate) region: String,
    /// What the rules answered for it.
    pub(crate) target: Target,
}

/// An endpoint and how to sign for it; a template when in a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Target {
    /// The base URL.
    pub(crate) url: String,
    /// The service name to sign with.
    pub(crate) signing_name: String,
    /// The region to sign for.
    pub(crate) signing_region: String,
}

/// One row of the table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Row {
    /// The partition it belongs to.
    pub(crate) partition: String,
    target: Target,
    global: bool,
    regions: Option<Vec<String>>,
}

impl Row {
    /// Whether the whole partition shares this one endpoint.
    pub(crate) fn is_global(&self) -> bool {
        self.global
    }

    /// The row as it is stored.
    pub(crate) fn to_json(&self) -> Value {
        json!({
            "partition": self.partition,
            "url": self.target.url,
            "signing_name": self.target.signing_name,
            "signing_region": self.target.signing_region,
            "scope": if self.global { "global" } else { "regional" },
            "regions": self.regions,
        })
    }
}

impl Target {
    fn generic(&self, region: &str) -> Self {
        self.map(|text| text.replace(region, REGION))
    }

    fn fits(&self, place: &Place) -> bool {
        self.map(|text| text.replace(REGION, &place.region)) == place.target
    }

    fn map(&self, change: impl Fn(&str) -> String) -> Self {
        Self { url: change(&self.url), signing_name: self.signing_name.clone(), signing_region: change(&self.signing_region) }
    }
}

/// Folds the places of one partition; `complete` says whether every region of it has one. The
/// last row is the general one, for all regions that the rows before do not name.
pub(crate) fn fold(partition: &str, places: &[Place], complete: bool) -> Vec<Row> {
    let row = |target: Target, global, regions| Row { partition: partition.to_owned(), target, global, regions };
    if let Some(target) = shared(places) {
        let regions = (!complete).then(|| names(places.iter()));
        return vec![row(target.clone(), true, regions)];
    }
    let mut rows = Vec::new();
    let mut rest: Vec<&Place> = places.iter().collect();
    while let Some(target) = widest(&rest) {
        let (covered, others): (Vec<&Place>, _) = rest.into_iter().partition(|place| target.fits(place));
        let general = rows.is_empty() && complete;
        rows.push(row(target, false, (!general).then(|| names(covered.into_iter()))));
        rest = others;
    }
    rows.reverse();
    rows
}

/// The one target that all places have in common. A partition with a single region counts as
/// global only when the URL does not name that region.
fn shared(places: &[Place]) -> Option<&Target> {
    let (first, others) = places.split_first()?;
    let same = others.iter().all(|place| place.target == first.target);
    let telling = !others.is_empty() || !first.target.url.contains(&first.region);
    (same && telling).then_some(&first.target)
}

/// The target that serves most places; of equals the first, and a template before a fixed one.
fn widest(places: &[&Place]) -> Option<Target> {
    let both = |place: &&Place| [place.target.generic(&place.region), place.target.clone()];
    let mut best: Option<(usize, Target)> = None;
    for target in places.iter().flat_map(both) {
        let count = places.iter().filter(|place| target.fits(place)).count();
        if best.as_ref().is_none_or(|(most, _)| count > *most) {
            best = Some((count, target));
        }
    }
    best.map(|(_, target)| target)
}

fn names<'a>(places: impl Iterator<Item = &'a Place>) -> Vec<String> {
    places.map(|place| place.region.clone()).collect()
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    pub(in crate::models) fn place(region: &str, url: &str, signing_region: &str) -> Place {
        let target = Target { url: url.to_owned(), signing_name: "x".to_owned(), signing_region: signing_region.to_owned() };
        Place { region: region.to_owned(), target }
    }

    fn short(rows: &[Row]) -> Vec<(&str, &str, bool, Option<Vec<String>>)> {
        let one = |row: &'_ Row| row.regions.clone();
        rows.iter().map(|row| (row.target.url.as_str(), row.target.signing_region.as_str(), row.global, one(row))).collect()
    }

    #[test]
    fn one_template_for_all() {
        let places = ["us-east-1", "eu-west-1"].map(|region| place(region, &format!("https://x.{region}.com"), region));
        assert_eq!(short(&fold("aws", &places, true)), [("https://x.{region}.com", "{region}", false, None)]);
    }

    #[test]
    fn one_endpoint_for_all_is_global_even_where_it_names_a_region() {
        let url = "https://x.us-east-1.com";
        let places = ["us-east-1", "eu-west-1"].map(|region| place(region, url, "us-east-1"));
        assert_eq!(short(&fold("aws", &places, true)), [(url, "us-east-1", true, None)]);
    }

    #[test]
    fn same_url_signed_for_each_region_is_regional() {
        let places = ["us-east-1", "eu-west-1"].map(|region| place(region, "https://x.com", region));
        assert_eq!(short(&fold("aws", &places, true)), [("https://x.com", "{region}", false, None)]);
    }

    #[test]
    fn exceptions_come_before_the_general_row() {
        let mut places: Vec<Place> =
            ["eu-west-1", "eu-west-2"].map(|region| place(region, &format!("https://x.{region}.com"), region)).into();
        places.push(place("us-east-1", "https://x.com", "us-east-1"));
        let exception = Some(vec!["us-east-1".to_owned()]);
        assert_eq!(
            short(&fold("aws", &places, true)),
            [("https://x.com", "{region}", false, exception), ("https://x.{region}.com", "{region}", false, None)]
        );
    }

    #[test]
    fn unresolved_regions_are_not_covered() {
        let places = [place("us-east-1", "https://x.us-east-1.com", "us-east-1")];
        let only = Some(vec!["us-east-1".to_owned()]);
        assert_eq!(short(&fold("aws", &places, false)), [("https://x.{region}.com", "{region}", false, only)]);
        assert_eq!(fold("aws", &[], false), []);
    }

    #[test]
    fn a_single_region_is_global_only_without_its_name() {
        let global = |url| fold("aws-eusc", &[place("eusc-de-east-1", url, "eusc-de-east-1")], true).iter().all(Row::is_global);
        assert!(global("https://iam.amazonaws.eu"));
        assert!(!global("https://ec2.eusc-de-east-1.amazonaws.eu"));
    }
}

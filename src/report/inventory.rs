//! Adds counts of (kind, account, region) up to the rows the report shows. It counts nothing itself: the
//! queries over the snapshot do.

use std::collections::BTreeMap;

use super::view::{Count, Gap, RegionRow, ResourceRow};

/// A kind of resource that is counted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kind {
    /// `Lambda functions`
    pub name: String,
    /// `lambda`
    pub service: String,
    /// Whether it is shown apart, and left out of charts and totals.
    pub verbose: bool,
}

/// How many resources of one kind one account has in one region.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tally {
    /// Position in the list of kinds.
    pub kind: usize,
    /// Position in the list of accounts.
    pub account: usize,
    /// `eu-west-1`
    pub region: String,
    /// The number, or why there is none.
    pub count: Count,
}

/// One row per kind, in the order given. A pair of kind and account without any tally is *not collected*.
#[must_use]
pub fn by_resource(kinds: &[Kind], accounts: usize, tallies: &[Tally]) -> Vec<ResourceRow> {
    let mut sums: BTreeMap<(usize, usize), Count> = BTreeMap::new();
    for tally in tallies {
        add(&mut sums, (tally.kind, tally.account), tally.count.clone());
    }
    let row = |(index, kind): (usize, &Kind)| ResourceRow {
        name: kind.name.clone(),
        service: kind.service.clone(),
        verbose: kind.verbose,
        counts: (0..accounts).map(|account| sums.get(&(index, account)).cloned().unwrap_or_else(no_record)).collect(),
    };
    kinds.iter().enumerate().map(row).collect()
}

/// One row per region, sorted by name, over all kinds that are not verbose.
#[must_use]
pub fn by_region(kinds: &[Kind], accounts: usize, tallies: &[Tally]) -> Vec<RegionRow> {
    let mut sums: BTreeMap<&str, BTreeMap<usize, Count>> = BTreeMap::new();
    let mut services: BTreeMap<&str, BTreeMap<&str, u64>> = BTreeMap::new();
    for tally in tallies {
        let Some(kind) = kinds.get(tally.kind).filter(|kind| !kind.verbose) else { continue };
        add(sums.entry(&tally.region).or_default(), tally.account, tally.count.clone());
        if tally.count.seen() > 0 {
            let seen = services.entry(&tally.region).or_default().entry(&kind.service).or_default();
            *seen = seen.saturating_add(tally.count.seen());
        }
    }
    let row = |(region, counts): (&str, BTreeMap<usize, Count>)| RegionRow {
        region: region.to_owned(),
        counts: (0..accounts).map(|account| counts.get(&account).cloned().unwrap_or_else(not_used)).collect(),
        services: services
            .get(region)
            .map(|seen| seen.iter().map(|(service, count)| ((*service).to_owned(), *count)).collect())
            .unwrap_or_default(),
    };
    sums.into_iter().map(row).collect()
}

fn add<K: Ord>(sums: &mut BTreeMap<K, Count>, key: K, count: Count) {
    let sum = match sums.remove(&key) {
        Some(sum) => sum.plus(count),
        None => count,
    };
    sums.insert(key, sum);
}

fn no_record() -> Count {
    Count::NotCollected(vec![Gap { why: "no call was recorded".to_owned(), regions: Vec::new() }])
}

/// A region that only other accounts have, for example of another partition.
fn not_used() -> Count {
    Count::NotAsked("not a region of this account".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tally(kind: usize, region: &str, count: Count) -> Tally {
        Tally { kind, account: 0, region: region.into(), count }
    }

    #[test]
    fn rows_and_regions_agree() {
        let kinds = [
            Kind { name: "Functions".into(), service: "lambda".into(), verbose: false },
            Kind { name: "Snapshots".into(), service: "ec2".into(), verbose: true },
        ];
        let gap = vec![Gap { why: "lambda list-functions: AccessDenied".into(), regions: vec!["b".into()] }];
        let tallies = [tally(0, "a", Count::Known(2)), tally(0, "b", Count::NotCollected(gap.clone())), tally(1, "a", Count::Known(9))];
        let rows = by_resource(&kinds, 2, &tallies);
        assert_eq!(rows[0].counts[0], Count::AtLeast(2, gap.clone()));
        assert!(matches!(rows[0].counts[1], Count::NotCollected(_)), "no record is not zero");
        let regions = by_region(&kinds, 2, &tallies);
        assert_eq!(regions[0].counts[0], Count::Known(2), "verbose kinds are left out");
        assert_eq!(regions[1].counts[0], Count::NotCollected(gap));
        assert_eq!(regions[0].services, [("lambda".to_owned(), 2)]);
    }
}

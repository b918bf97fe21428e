//! VPC Block Public Access.
//!
//! <https://docs.aws.amazon.com/vpc/latest/userguide/security-vpc-bpa.html>

use super::path::{Code, Path};
use super::{Engine, calls};
use crate::network::model::vpc::Subnet;
use crate::network::model::{BlockMode, Exclusion, Known};
use crate::network::rules::Rule;

/// Which way packets cross the edge of the VPC.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Direction {
    /// From the internet.
    In,
    /// To the internet, through a gateway that also lets in.
    Out,
    /// To the internet, through one that does not.
    OutOnly,
}

impl Engine<'_> {
    pub(super) fn check_block(&self, path: &mut Path, subnet: &Known<Subnet>, direction: Direction) {
        if !self.rules.has(Rule::VpcBlockPublicAccess) {
            return;
        }
        // The owner of a VPC decides, and not those it is shared with:
        // https://docs.aws.amazon.com/vpc/latest/userguide/security-vpc-bpa.html
        let region = self.network.place(subnet.place);
        let owner = self.network.vpcs.get(&subnet.vpc_id).map(|vpc| vpc.owner_id.as_str()).filter(|owner| !owner.is_empty());
        let elsewhere = region.zip(owner).filter(|(region, owner)| region.account != *owner && !region.account.is_empty());
        let decides = match elsewhere {
            None => Some(subnet.place),
            Some((region, owner)) => {
                let found = self.network.place_of(owner, &region.region);
                if found.is_none() {
                    path.missing.insert(format!("{owner}/{}", region.region));
                }
                found
            }
        };
        let Some(place) = decides else { return };
        let mode = self.network.place(place).map_or(BlockMode::Off, |place| place.block);
        let blocks = match mode {
            BlockMode::Off => false,
            BlockMode::Ingress => direction != Direction::OutOnly,
            BlockMode::Bidirectional => true,
            BlockMode::Unknown => {
                self.knows(path, place, calls::BLOCK);
                false
            }
        };
        if !blocks || self.is_excluded(subnet, direction, mode) || !self.knows(path, place, calls::EXCLUSIONS) {
            return;
        }
        let region = self.network.place(subnet.place).map(|place| place.region.clone()).unwrap_or_default();
        path.stop(Code::BLOCKED, &subnet.vpc_id, format!("VPC Block Public Access is on in {region}"));
    }

    fn is_excluded(&self, subnet: &Known<Subnet>, direction: Direction, mode: BlockMode) -> bool {
        if !self.rules.has(Rule::VpcBpaExclusion) {
            return false;
        }
        let of = |id: &str| self.network.exclusions.get(id).copied();
        match of(&subnet.subnet_id).or_else(|| of(&subnet.vpc_id)) {
            Some(Exclusion::Bidirectional) => true,
            Some(Exclusion::Egress) => direction == Direction::OutOnly || (direction == Direction::Out && mode == BlockMode::Bidirectional),
            None => false,
        }
    }
}

//! Address ranges as people write them, in network form. Only for the keys of `cidrs`: ranges in AWS answers
//! are always in network form.

use std::net::IpAddr;

use ipnet::IpNet;

/// A range and how far it is from what was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Range {
    /// The network: no host bits.
    pub(super) net: IpNet,
    /// Why the text is not the network's own, if it is not.
    pub(super) odd: Option<Odd>,
}

/// What CloudMapper accepts, too, but a reader may misread.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Odd {
    /// An address without a prefix length.
    Bare,
    /// Bits beyond the prefix.
    HostBits,
}

impl Range {
    /// Reads `ADDRESS/LENGTH`, or a single address.
    pub(super) fn read(text: &str) -> Option<Self> {
        if let Ok(address) = text.parse::<IpAddr>() {
            return Some(Self { net: address.into(), odd: Some(Odd::Bare) });
        }
        let written: IpNet = text.parse().ok()?;
        let net = written.trunc();
        Some(Self { net, odd: (net != written).then_some(Odd::HostBits) })
    }
}

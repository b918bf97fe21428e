//! Sets of IP addresses of both versions.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::sync::OnceLock;

use ipnet::{IpNet, Ipv4Net, Ipv4Subnets, Ipv6Net, Ipv6Subnets};

use super::ranges::Ranges;

/// A set of addresses.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Addresses {
    /// Of version 4.
    pub v4: Ranges<u32>,
    /// Of version 6.
    pub v6: Ranges<u128>,
}

/// What is not on the internet: the IANA registry of special-purpose addresses, save for those reserved for documentation,
/// which stand for public ones in examples.
///
/// <https://www.iana.org/assignments/iana-ipv4-special-registry/iana-ipv4-special-registry.xhtml>
const NOT_PUBLIC: [&str; 11] = [
    "0.0.0.0/8",
    "10.0.0.0/8",
    "100.64.0.0/10",
    "127.0.0.0/8",
    "169.254.0.0/16",
    "172.16.0.0/12",
    "192.0.0.0/24",
    "192.168.0.0/16",
    "198.18.0.0/15",
    "224.0.0.0/4",
    "240.0.0.0/4",
];

/// Global unicast addresses.
///
/// <https://www.iana.org/assignments/ipv6-address-space/ipv6-address-space.xhtml>
const PUBLIC_V6: &str = "2000::/3";

impl Addresses {
    /// Every address of both versions.
    #[must_use]
    pub fn all() -> Self {
        Self { v4: Ranges::all(), v6: Ranges::all() }
    }

    /// One network, or one address. `None` when the text is neither.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        text.parse::<IpNet>().ok().or_else(|| text.parse::<IpAddr>().ok().map(IpNet::from)).map(Self::from)
    }

    /// Every public address.
    #[must_use]
    pub fn internet() -> &'static Self {
        static INTERNET: OnceLock<Addresses> = OnceLock::new();
        INTERNET.get_or_init(|| {
            let special = NOT_PUBLIC.iter().filter_map(|text| Self::parse(text)).fold(Self::default(), |all, part| all.union(&part));
            let v6 = Self::parse(PUBLIC_V6).unwrap_or_default().v6;
            Self { v4: special.v4.complement(), v6 }
        })
    }

    /// Only those of version 4.
    #[must_use]
    pub fn only_v4(&self) -> Self {
        Self { v4: self.v4.clone(), v6: Ranges::default() }
    }

    /// Only those of version 6.
    #[must_use]
    pub fn only_v6(&self) -> Self {
        Self { v4: Ranges::default(), v6: self.v6.clone() }
    }

    /// Whether there is nothing in it.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.v4.is_empty() && self.v6.is_empty()
    }

    /// Whether an address is in it.
    #[must_use]
    pub fn contains(&self, address: IpAddr) -> bool {
        match address {
            IpAddr::V4(address) => self.v4.contains(address.into()),
            IpAddr::V6(address) => self.v6.contains(address.into()),
        }
    }

    /// Whether some of another are in it.
    #[must_use]
    pub fn overlaps(&self, other: &Self) -> bool {
        self.v4.overlaps(&other.v4) || self.v6.overlaps(&other.v6)
    }

    /// Whether all of another are in it.
    #[must_use]
    pub fn covers(&self, other: &Self) -> bool {
        other.difference(self).is_empty()
    }

    /// What is in one of them.
    #[must_use]
    pub fn union(&self, other: &Self) -> Self {
        Self { v4: self.v4.union(&other.v4), v6: self.v6.union(&other.v6) }
    }

    /// What is in both.
    #[must_use]
    pub fn intersection(&self, other: &Self) -> Self {
        Self { v4: self.v4.intersection(&other.v4), v6: self.v6.intersection(&other.v6) }
    }

    /// What is in the first and not in the second.
    #[must_use]
    pub fn difference(&self, other: &Self) -> Self {
        Self { v4: self.v4.difference(&other.v4), v6: self.v6.difference(&other.v6) }
    }

    /// The networks that it consists of, the fewest.
    #[must_use]
    pub fn networks(&self) -> Vec<IpNet> {
        let v4 = self.v4.iter().flat_map(|(first, last)| Ipv4Subnets::new(first.into(), last.into(), 0).map(IpNet::V4));
        let v6 = self.v6.iter().flat_map(|(first, last)| Ipv6Subnets::new(first.into(), last.into(), 0).map(IpNet::V6));
        v4.chain(v6).collect()
    }
}

impl From<IpNet> for Addresses {
    fn from(network: IpNet) -> Self {
        let (first, last) = (network.network(), network.broadcast());
        match (first, last) {
            (IpAddr::V4(first), IpAddr::V4(last)) => Self { v4: Ranges::range(first.into(), last.into()), v6: Ranges::default() },
            (IpAddr::V6(first), IpAddr::V6(last)) => Self { v4: Ranges::default(), v6: Ranges::range(first.into(), last.into()) },
            _ => Self::default(),
        }
    }
}

impl From<IpAddr> for Addresses {
    fn from(address: IpAddr) -> Self {
        Self::from(IpNet::from(address))
    }
}

impl From<Ipv4Addr> for Addresses {
    fn from(address: Ipv4Addr) -> Self {
        Self::from(IpNet::V4(Ipv4Net::from(address)))
    }
}

impl From<Ipv6Addr> for Addresses {
    fn from(address: Ipv6Addr) -> Self {
        Self::from(IpNet::V6(Ipv6Net::from(address)))
    }
}

/// "the internet", or the networks; of many the first.
impl fmt::Display for Addresses {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_empty() {
            return to.write_str("nothing");
        }
        let (v4, v6) = (self.only_v4().as_internet(&Self::internet().only_v4()), self.only_v6().as_internet(&Self::internet().only_v6()));
        let (name, without) = match (v4, v6) {
            (Some(v4), Some(v6)) => ("the internet", v4.union(&v6)),
            (Some(v4), None) if self.v6.is_empty() => ("the internet (IPv4)", v4),
            (None, Some(v6)) if self.v4.is_empty() => ("the internet (IPv6)", v6),
            _ => return self.write_networks(to),
        };
        to.write_str(name)?;
        if without.is_empty() {
            return Ok(());
        }
        to.write_str(" without ")?;
        without.write_networks(to)
    }
}

impl Addresses {
    /// Of what is the internet but for a few networks, those.
    fn as_internet(&self, internet: &Self) -> Option<Self> {
        const FEW: usize = 3;
        let lacks = internet.difference(self);
        let few = internet.covers(self) && !self.is_empty() && lacks.networks().len() <= FEW;
        few.then_some(lacks)
    }

    /// The first few networks.
    fn write_networks(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        const SHOWN: usize = 4;
        let networks = self.networks();
        let first: Vec<String> = networks.iter().take(SHOWN).map(|network| short(*network)).collect();
        to.write_str(&first.join(", "))?;
        match networks.len().checked_sub(SHOWN) {
            Some(more) if more > 0 => write!(to, " and {more} more networks"),
            _ => Ok(()),
        }
    }
}

/// A single address without its prefix length.
fn short(network: IpNet) -> String {
    if network.prefix_len() == network.max_prefix_len() { network.addr().to_string() } else { network.to_string() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(texts: &[&str]) -> Addresses {
        texts.iter().map(|text| Addresses::parse(text).unwrap()).fold(Addresses::default(), |all, part| all.union(&part))
    }

    #[test]
    fn halves_are_the_whole() {
        assert_eq!(set(&["0.0.0.0/1", "128.0.0.0/1"]), set(&["0.0.0.0/0"]));
        assert!(set(&["0.0.0.0/0", "2000::/4", "3000::/4"]).covers(Addresses::internet()));
        assert!(!set(&["0.0.0.0/0"]).covers(Addresses::internet()));
    }

    #[test]
    fn what_is_public() {
        for (text, public) in [
            ("8.8.8.8", true),
            ("203.0.113.9", true),
            ("10.1.2.3", false),
            ("172.32.0.1", true),
            ("172.31.255.255", false),
            ("100.64.0.1", false),
            ("224.0.0.1", false),
            ("2001:db8::1", true),
            ("fd00::1", false),
            ("fe80::1", false),
        ] {
            assert_eq!(Addresses::internet().contains(text.parse().unwrap()), public, "{text}");
        }
    }

    #[test]
    fn in_words() {
        assert_eq!(Addresses::internet().to_string(), "the internet");
        assert_eq!(set(&["10.0.0.0/9", "10.128.0.0/9", "192.0.2.7"]).to_string(), "10.0.0.0/8, 192.0.2.7");
        assert_eq!(Addresses::default().to_string(), "nothing");
        let but = Addresses::internet().difference(&set(&["2600:1f18::/56"]));
        assert_eq!(but.to_string(), "the internet without 2600:1f18::/56");
        assert_eq!(but.only_v6().to_string(), "the internet (IPv6) without 2600:1f18::/56");
        assert_eq!(set(&["2000::/3"]).to_string(), "the internet (IPv6)");
    }
}

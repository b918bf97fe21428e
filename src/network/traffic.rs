//! Sets of connections: from where, to where, for what.

use super::address::Addresses;
use super::services::Services;

/// Connections from every one of some addresses to every one of others, for any of some services.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Packets {
    /// From these.
    pub from: Addresses,
    /// To these.
    pub to: Addresses,
    /// For these.
    pub services: Services,
}

/// Which end of a connection a rule looks at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// Where it comes from.
    From,
    /// Where it goes to.
    To,
}

impl Packets {
    fn side(&self, side: Side) -> &Addresses {
        match side {
            Side::From => &self.from,
            Side::To => &self.to,
        }
    }

    fn with(&self, side: Side, addresses: Addresses, services: Services) -> Self {
        match side {
            Side::From => Self { from: addresses, to: self.to.clone(), services },
            Side::To => Self { from: self.from.clone(), to: addresses, services },
        }
    }

    fn is_empty(&self) -> bool {
        self.from.is_empty() || self.to.is_empty() || self.services.is_empty()
    }
}

/// A set of connections.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Traffic(Vec<Packets>);

impl Traffic {
    /// All connections between two sets of addresses. No packet is of two versions of IP.
    #[must_use]
    pub fn new(from: &Addresses, to: &Addresses, services: &Services) -> Self {
        let mut traffic = Self::default();
        for (from, to) in [(from.only_v4(), to.only_v4()), (from.only_v6(), to.only_v6())] {
            traffic.add(Packets { from, to, services: services.clone() });
        }
        traffic
    }

    /// Its parts.
    pub fn iter(&self) -> impl Iterator<Item = &Packets> {
        self.0.iter()
    }

    /// Adds a part.
    pub fn add(&mut self, packets: Packets) {
        if !packets.is_empty() && !self.0.contains(&packets) {
            self.0.push(packets);
        }
    }

    /// Whether there is nothing in it.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// All addresses of one side.
    #[must_use]
    pub fn addresses(&self, side: Side) -> Addresses {
        self.0.iter().fold(Addresses::default(), |all, packets| all.union(packets.side(side)))
    }

    /// All services.
    #[must_use]
    pub fn services(&self) -> Services {
        self.0.iter().fold(Services::default(), |all, packets| all.union(&packets.services))
    }

    /// What of it has these addresses on one side, and is for these services.
    #[must_use]
    pub fn only(&self, side: Side, addresses: &Addresses, services: &Services) -> Self {
        let mut kept = Self::default();
        for packets in &self.0 {
            kept.add(packets.with(side, packets.side(side).intersection(addresses), packets.services.intersection(services)));
        }
        kept
    }

    /// What of it has these addresses on one side.
    #[must_use]
    pub fn between(&self, side: Side, addresses: &Addresses) -> Self {
        self.only(side, addresses, &Services::all())
    }

    /// The rest of [`Self::only`].
    #[must_use]
    pub fn but(&self, side: Side, addresses: &Addresses, services: &Services) -> Self {
        let mut rest = Self::default();
        for packets in &self.0 {
            let own = packets.side(side);
            rest.add(packets.with(side, own.difference(addresses), packets.services.clone()));
            rest.add(packets.with(side, own.intersection(addresses), packets.services.difference(services)));
        }
        rest
    }

    /// Both together.
    #[must_use]
    pub fn and(mut self, other: Self) -> Self {
        for packets in other.0 {
            self.add(packets);
        }
        self
    }

    /// The same with other addresses on one side: what a translator makes of it.
    #[must_use]
    pub fn translated(&self, side: Side, addresses: &Addresses) -> Self {
        let mut translated = Self::default();
        for packets in &self.0 {
            let (v4, v6) = (!packets.side(side).v4.is_empty(), !packets.side(side).v6.is_empty());
            let same = Addresses {
                v4: if v4 { addresses.v4.clone() } else { super::ranges::Ranges::default() },
                v6: if v6 { addresses.v6.clone() } else { super::ranges::Ranges::default() },
            };
            translated.add(packets.with(side, same, packets.services.clone()));
        }
        translated
    }

    /// The replies to it.
    #[must_use]
    pub fn replies(&self) -> Self {
        let mut replies = Self::default();
        for packets in &self.0 {
            replies.add(Packets { from: packets.to.clone(), to: packets.from.clone(), services: packets.services.replies() });
        }
        replies
    }

    /// What of it is answered, when these replies come back.
    #[must_use]
    pub fn answered_by(&self, replies: &Self) -> Self {
        let mut answered = Self::default();
        for packets in &self.0 {
            for reply in &replies.0 {
                answered.add(Packets {
                    from: packets.from.intersection(&reply.to),
                    to: packets.to.intersection(&reply.from),
                    services: packets.services.answered_by(&reply.services),
                });
            }
        }
        answered
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(text: &str) -> Addresses {
        Addresses::parse(text).unwrap()
    }

    #[test]
    fn cut_and_put_together() {
        let all = Traffic::new(Addresses::internet(), &set("192.0.2.1"), &Services::all());
        let (office, https) = (set("203.0.113.0/24"), Services::tcp(443));
        let (only, rest) = (all.only(Side::From, &office, &https), all.but(Side::From, &office, &https));
        assert_eq!(only.addresses(Side::From), office);
        assert!(rest.only(Side::From, &office, &https).is_empty());
        assert_eq!(rest.and(only).services(), Services::all());
    }

    #[test]
    fn versions_do_not_mix() {
        assert!(Traffic::new(&set("10.0.0.1"), &set("2001:db8::1"), &Services::all()).is_empty());
    }

    #[test]
    fn what_is_answered() {
        let all = Traffic::new(&set("203.0.113.0/24"), &set("10.0.0.1"), &"tcp/443".parse().unwrap());
        let replies = all.replies();
        assert_eq!(replies.services().to_string(), "tcp/1024-65535");
        let half = replies.between(Side::To, &set("203.0.113.0/25"));
        assert_eq!(all.answered_by(&half).addresses(Side::From), set("203.0.113.0/25"));
        assert!(all.answered_by(&replies.only(Side::To, &Addresses::all(), &Services::of("udp", None))).is_empty());
    }
}

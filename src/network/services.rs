//! What packets are for: protocols and ports, or types of ICMP.

use std::fmt;

use super::ranges::Ranges;

/// A set of protocols and ports.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Services {
    /// Ports of TCP.
    pub tcp: Ranges<u16>,
    /// Ports of UDP.
    pub udp: Ranges<u16>,
    /// Types of ICMP.
    pub icmp: Ranges<u16>,
    /// Types of ICMP of version 6.
    pub icmp6: Ranges<u16>,
    /// Every other protocol, by its number.
    pub others: Ranges<u16>,
}

/// The protocols with ports or types of their own.
const NAMED: [(u16, &str); 4] = [(6, "tcp"), (17, "udp"), (1, "icmp"), (58, "icmpv6")];

/// Protocol numbers but those.
fn other_protocols() -> Ranges<u16> {
    let named: Ranges<u16> = NAMED.iter().map(|(number, _)| (*number, *number)).collect();
    Ranges::range(0, 255).difference(&named)
}

/// The types of ICMP there can be.
fn types() -> Ranges<u16> {
    Ranges::range(0, 255)
}

impl Services {
    /// Everything.
    #[must_use]
    pub fn all() -> Self {
        Self { tcp: Ranges::all(), udp: Ranges::all(), icmp: types(), icmp6: types(), others: other_protocols() }
    }

    /// One port of TCP.
    #[must_use]
    pub fn tcp(port: u16) -> Self {
        Self { tcp: Ranges::range(port, port), ..Self::default() }
    }

    /// Ports of one protocol, as rules have it: the protocol by name or number, `-1` for all of them with all ports.
    #[must_use]
    pub fn of(protocol: &str, ports: Option<(i64, i64)>) -> Self {
        let ends = |(first, last): (i64, i64)| {
            // ICMP: -1 is every type.
            if first < 0 {
                Ranges::all()
            } else {
                Ranges::range(u16::try_from(first).unwrap_or(u16::MAX), u16::try_from(last.max(0)).unwrap_or(u16::MAX))
            }
        };
        // Of ICMP, the first number is the type and the second the code.
        let kinds = ports.map_or_else(Ranges::all, |(kind, _)| ends((kind, kind))).intersection(&types());
        let ports = ports.map_or_else(Ranges::all, ends);
        match protocol {
            "-1" | "all" => Self::all(),
            "tcp" | "6" => Self { tcp: ports, ..Self::default() },
            "udp" | "17" => Self { udp: ports, ..Self::default() },
            "icmp" | "1" => Self { icmp: kinds, ..Self::default() },
            "icmpv6" | "58" => Self { icmp6: kinds, ..Self::default() },
            number => {
                let others = number.parse::<u16>().map(|number| Ranges::range(number, number)).unwrap_or_default();
                Self { others, ..Self::default() }
            }
        }
    }

    /// The same with every port and type.
    #[must_use]
    pub fn any_port(&self) -> Self {
        let all = |ports: &Ranges<u16>, whole: Ranges<u16>| if ports.is_empty() { Ranges::default() } else { whole };
        Self {
            tcp: all(&self.tcp, Ranges::all()),
            udp: all(&self.udp, Ranges::all()),
            icmp: all(&self.icmp, types()),
            icmp6: all(&self.icmp6, types()),
            others: self.others.clone(),
        }
    }

    /// The same ports of every protocol.
    #[must_use]
    pub fn any_protocol(&self) -> Self {
        let ports = [&self.udp, &self.icmp, &self.icmp6].into_iter().fold(self.tcp.clone(), |all, ports| all.union(ports));
        let ports = if self.others.is_empty() { ports } else { Ranges::all() };
        Self {
            icmp: ports.intersection(&types()),
            icmp6: ports.intersection(&types()),
            others: other_protocols(),
            udp: ports.clone(),
            tcp: ports,
        }
    }

    /// What replies may be for: a client picks its port among the higher ones.
    ///
    /// <https://docs.aws.amazon.com/vpc/latest/userguide/custom-network-acl.html#nacl-ephemeral-ports>
    #[must_use]
    pub fn replies(&self) -> Self {
        let high = |ports: &Ranges<u16>| if ports.is_empty() { Ranges::default() } else { Ranges::range(1024, u16::MAX) };
        let any = |kinds: &Ranges<u16>| if kinds.is_empty() { Ranges::default() } else { types() };
        Self { tcp: high(&self.tcp), udp: high(&self.udp), icmp: any(&self.icmp), icmp6: any(&self.icmp6), others: self.others.clone() }
    }

    /// Of these, the protocols that the replies show to come back.
    #[must_use]
    pub fn answered_by(&self, replies: &Self) -> Self {
        let kept = |own: &Ranges<u16>, reply: &Ranges<u16>| if reply.is_empty() { Ranges::default() } else { own.clone() };
        Self {
            tcp: kept(&self.tcp, &replies.tcp),
            udp: kept(&self.udp, &replies.udp),
            icmp: kept(&self.icmp, &replies.icmp),
            icmp6: kept(&self.icmp6, &replies.icmp6),
            others: self.others.intersection(&replies.others),
        }
    }

    /// Whether there is nothing in it.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.parts().iter().all(|(_, ports)| ports.is_empty()) && self.others.is_empty()
    }

    /// Whether all of another are in it.
    #[must_use]
    pub fn covers(&self, other: &Self) -> bool {
        other.difference(self).is_empty()
    }

    /// What is in one of them.
    #[must_use]
    pub fn union(&self, other: &Self) -> Self {
        self.with(other, Ranges::union)
    }

    /// What is in both.
    #[must_use]
    pub fn intersection(&self, other: &Self) -> Self {
        self.with(other, Ranges::intersection)
    }

    /// What is in the first and not in the second.
    #[must_use]
    pub fn difference(&self, other: &Self) -> Self {
        self.with(other, Ranges::difference)
    }

    fn with(&self, other: &Self, put: fn(&Ranges<u16>, &Ranges<u16>) -> Ranges<u16>) -> Self {
        Self {
            tcp: put(&self.tcp, &other.tcp),
            udp: put(&self.udp, &other.udp),
            icmp: put(&self.icmp, &other.icmp),
            icmp6: put(&self.icmp6, &other.icmp6),
            others: put(&self.others, &other.others),
        }
    }

    fn parts(&self) -> [(&'static str, &Ranges<u16>); 4] {
        [("tcp", &self.tcp), ("udp", &self.udp), ("icmp", &self.icmp), ("icmpv6", &self.icmp6)]
    }

    /// `tcp/443`, `tcp/1024-65535`, `udp`, `icmp`, `all`: one word for each range.
    #[must_use]
    pub fn words(&self) -> Vec<String> {
        if *self == Self::all() {
            return vec!["all".to_owned()];
        }
        let mut words = Vec::new();
        for (name, ports) in self.parts() {
            if ports.is_all() || (name.starts_with("icmp") && *ports == types()) {
                words.push(name.to_owned());
                continue;
            }
            for (first, last) in ports.iter() {
                words.push(if first == last { format!("{name}/{first}") } else { format!("{name}/{first}-{last}") });
            }
        }
        if self.others == other_protocols() {
            words.push("other protocols".to_owned());
        } else {
            words.extend(self.others.iter().flat_map(|(first, last)| first..=last).map(|number| format!("protocol {number}")));
        }
        words
    }
}

impl fmt::Display for Services {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        to.write_str(&self.words().join(", "))
    }
}

/// The text is no protocol with a port.
#[derive(Debug, thiserror::Error)]
#[error("`{0}` is no port: write `tcp/443`, `udp/53`, `tcp/8000-8100`, `icmp`, `443` for TCP, or several with commas")]
pub struct NoService(String);

/// Names that people write for what they mean.
///
/// <https://www.iana.org/assignments/service-names-port-numbers/service-names-port-numbers.xhtml>
const NAMES: [(&str, &str); 11] = [
    ("any", "all"),
    ("http", "80"),
    ("https", "443"),
    ("ssh", "22"),
    ("rdp", "3389"),
    ("dns", "53/udp"),
    ("ping", "icmp"),
    ("mysql", "3306"),
    ("postgres", "5432"),
    ("redis", "6379"),
    ("smtp", "25"),
];

impl std::str::FromStr for Services {
    type Err = NoService;

    fn from_str(text: &str) -> Result<Self, NoService> {
        if text.contains(',') {
            return text.split(',').try_fold(Self::default(), |all, part| Ok(all.union(&part.trim().parse()?)));
        }
        let wrong = || NoService(crate::model::visible(text).into_owned());
        let lower = text.to_ascii_lowercase();
        let text = NAMES.iter().find(|(name, _)| *name == lower).map_or(lower.as_str(), |(_, port)| *port);
        let (protocol, ports) = match text.split_once('/') {
            Some((ports, protocol)) if ports.starts_with(|first: char| first.is_ascii_digit()) => (protocol, Some(ports)),
            Some((protocol, ports)) => (protocol, Some(ports)),
            None if text.starts_with(|first: char| first.is_ascii_digit()) => ("tcp", Some(text)),
            None => (text, None),
        };
        if !matches!(protocol, "tcp" | "udp" | "icmp" | "icmpv6" | "all") || (protocol == "all" && ports.is_some()) {
            return Err(wrong());
        }
        let number = |text: &str| text.parse::<u16>().map(i64::from).map_err(|_| wrong());
        let ports = match ports {
            None => None,
            Some(ports) => {
                let (first, last) = ports.split_once('-').unwrap_or((ports, ports));
                Some((number(first)?, number(last)?)).filter(|(first, last)| first <= last)
            }
        };
        if text.contains('/') && ports.is_none() {
            return Err(wrong());
        }
        Ok(Self::of(protocol, ports))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn read_and_said() {
        for (text, words) in [
            ("tcp/443", "tcp/443"),
            ("443", "tcp/443"),
            ("udp/53", "udp/53"),
            ("tcp/8000-8100", "tcp/8000-8100"),
            ("icmp", "icmp"),
            ("tcp", "tcp"),
            ("all", "all"),
            ("TCP/443", "tcp/443"),
            ("443/tcp", "tcp/443"),
            ("https", "tcp/443"),
            ("80, 443", "tcp/80, tcp/443"),
            ("any", "all"),
        ] {
            assert_eq!(text.parse::<Services>().unwrap().to_string(), words);
        }
        for text in ["", "nonsense", "80,", "tcp/", "tcp/70000", "tcp/9-1", "all/1", "tcp/x", "-1"] {
            assert!(text.parse::<Services>().is_err(), "{text}");
        }
    }

    #[test]
    fn rules_of_aws() {
        assert_eq!(Services::of("-1", None), Services::all());
        assert_eq!(Services::of("icmp", Some((-1, -1))).to_string(), "icmp");
        assert_eq!(Services::of("icmp", Some((8, 0))).to_string(), "icmp/8");
        assert_eq!(Services::of("6", Some((0, 65535))).to_string(), "tcp");
        assert_eq!(Services::of("50", None).to_string(), "protocol 50");
        assert!(Services::all().intersection(&Services::of("50", None)) == Services::of("50", None));
    }
}

//! Who is let in, by address: everybody, some on the internet, or nobody there.

use crate::network::address::Addresses;

/// Who a set of addresses is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Sources {
    /// As good as everybody.
    Everybody,
    /// These public addresses.
    Some(Vec<String>),
    /// Nobody on the internet.
    Nobody,
}

impl Sources {
    /// Says who they are.
    ///
    /// Wider than a /8 of IPv4 or a /32 of IPv6 is public, as S3 has it:
    /// <https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html#access-control-block-public-access-policy-status>
    #[must_use]
    pub fn of(addresses: &Addresses) -> Self {
        let public = addresses.intersection(Addresses::internet());
        let size = |networks: &[ipnet::IpNet], bits: u8| -> f64 {
            networks.iter().map(|network| 2_f64.powi(i32::from(bits) - i32::from(network.prefix_len()))).sum()
        };
        let (v4, v6) = (public.only_v4().networks(), public.only_v6().networks());
        if size(&v4, 32) > 2_f64.powi(24) || size(&v6, 128) > 2_f64.powi(96) {
            return Self::Everybody;
        }
        if public.is_empty() { Self::Nobody } else { Self::Some(v4.iter().chain(&v6).map(ToString::to_string).collect()) }
    }

    /// The same of networks as texts; what is none of them is nobody.
    pub fn of_texts<'a>(texts: impl IntoIterator<Item = &'a str>) -> Self {
        let all = texts.into_iter().filter_map(Addresses::parse).fold(Addresses::default(), |all, part| all.union(&part));
        Self::of(&all)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn how_wide_is_public() {
        let of = |texts: &[&str]| Sources::of_texts(texts.iter().copied());
        assert_eq!(of(&["0.0.0.0/0"]), Sources::Everybody);
        assert_eq!(of(&["0.0.0.0/1", "128.0.0.0/1"]), Sources::Everybody);
        assert_eq!(of(&["3.0.0.0/8"]), Sources::Some(vec!["3.0.0.0/8".to_owned()]));
        assert_eq!(of(&["3.0.0.0/8", "4.0.0.0/32"]), Sources::Everybody);
        assert_eq!(of(&["2000::/3"]), Sources::Everybody);
        assert_eq!(of(&["2001:db9::/32"]), Sources::Some(vec!["2001:db9::/32".to_owned()]));
        assert_eq!(of(&["10.0.0.0/8", "nonsense"]), Sources::Nobody);
    }
}

//! Where addresses are, and whose: as location databases in MaxMind's format say. Never asks a server.

use std::net::IpAddr;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, anyhow, bail};
use ipnet::IpNet;
use maxminddb::Reader;
use serde::{Deserialize, Serialize};

/// Where CloudMapper looks.
const USUAL: [&str; 2] = ["data/GeoLite2-City.mmdb", "data/GeoLite2-ASN.mmdb"];

/// What companies' names may do without in a table.
const SUFFIXES: [&str; 8] = [", Inc.", " Inc.", ", LLC", " LLC", ", Ltd.", " Ltd.", " Ltd", " GmbH"];

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    City,
    Country,
    Asn,
}

struct Database {
    kind: Kind,
    name: String,
    path: PathBuf,
    reader: Reader<Vec<u8>>,
}

/// The databases of a run.
pub(super) struct Databases(Vec<Database>);

/// What a record may say; each kind of database has some of it.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
struct Record {
    city: Named,
    country: Named,
    subdivisions: Vec<Named>,
    location: Location,
    autonomous_system_number: Option<u32>,
    autonomous_system_organization: Option<String>,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
struct Named {
    iso_code: Option<String>,
    names: Names,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
struct Names {
    en: Option<String>,
}

#[derive(Debug, Clone, Copy, Default, Deserialize)]
#[serde(default)]
struct Location {
    latitude: Option<f64>,
    longitude: Option<f64>,
}

/// Where a network is, and whose; `None` where that is not known.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub(super) struct Place {
    country: Option<String>,
    country_code: Option<String>,
    subdivision: Option<String>,
    city: Option<String>,
    latitude: Option<f64>,
    longitude: Option<f64>,
    pub(super) isp: Option<String>,
    pub(super) asn: Option<u32>,
    /// Its last address is elsewhere.
    mixed: bool,
}

impl Databases {
    /// Those that were named; else those that are where CloudMapper looks.
    pub(super) fn open(named: &[PathBuf]) -> anyhow::Result<Self> {
        let usual = || USUAL.iter().map(PathBuf::from).filter(|path| path.is_file()).collect();
        let paths: Vec<PathBuf> = if named.is_empty() { usual() } else { named.to_vec() };
        Ok(Self(paths.into_iter().map(open).collect::<anyhow::Result<_>>()?))
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether some have coordinates.
    pub(super) fn has_cities(&self) -> bool {
        self.0.iter().any(|database| database.kind == Kind::City)
    }

    /// Whether some know where addresses are.
    pub(super) fn has_places(&self) -> bool {
        self.0.iter().any(|database| database.kind != Kind::Asn)
    }

    /// Whether some know whose addresses are.
    pub(super) fn has_networks(&self) -> bool {
        self.0.iter().any(|database| database.kind == Kind::Asn)
    }

    /// What the owners of the data want to be said.
    pub(super) fn credits(&self) -> Vec<&'static str> {
        let mut credits = Vec::new();
        for database in &self.0 {
            let credit = match database.name.as_str() {
                name if name.starts_with("DBIP") => "IP Geolocation by DB-IP (https://db-ip.com)",
                name if name.starts_with("GeoLite2") => "This product includes GeoLite2 data created by MaxMind (https://www.maxmind.com)",
                _ => continue,
            };
            if !credits.contains(&credit) {
                credits.push(credit);
            }
        }
        credits
    }

    /// Where a network is: of its first address, and whether the last is there, too.
    pub(super) fn of(&self, network: IpNet) -> anyhow::Result<Place> {
        let mut place = self.of_address(network.network())?;
        let last = self.of_address(network.broadcast())?;
        place.mixed = (&place.country, &place.city) != (&last.country, &last.city);
        Ok(place)
    }

    fn of_address(&self, address: IpAddr) -> anyhow::Result<Place> {
        let mut place = Place::default();
        for database in &self.0 {
            let Some(record) = database.record(address)? else { continue };
            match database.kind {
                Kind::Asn => {
                    place.isp = place.isp.or(record.autonomous_system_organization);
                    place.asn = place.asn.or(record.autonomous_system_number);
                }
                // A place is whole or not at all: parts of two databases may contradict each other.
                Kind::City | Kind::Country if place.country.is_none() || database.kind == Kind::City => place.locate(record),
                Kind::City | Kind::Country => {}
            }
        }
        Ok(place)
    }
}

fn open(path: PathBuf) -> anyhow::Result<Database> {
    let bytes = std::fs::read(&path).with_context(|| format!("cannot read `{}`", path.display()))?;
    let reader = Reader::from_source(bytes)
        .map_err(|error| anyhow!("`{}` is no location database in MaxMind's format (.mmdb): {error}", path.display()))?;
    let name = reader.metadata().database_type.clone();
    let kind = match name.as_str() {
        name if name.contains("City") || name.contains("Enterprise") => Kind::City,
        name if name.contains("Country") => Kind::Country,
        name if name.contains("ASN") || name.contains("ISP") => Kind::Asn,
        _ => bail!("`{}` is a database of the type `{name}`, and none of City, Country or ASN: pass one of those", path.display()),
    };
    Ok(Database { kind, name, path, reader })
}

impl Database {
    fn record(&self, address: IpAddr) -> anyhow::Result<Option<Record>> {
        if address.is_ipv6() && self.reader.metadata().ip_version == 4 {
            return Ok(None);
        }
        let found = self.reader.lookup(address).and_then(|found| found.decode::<Record>());
        found.map_err(|error| damaged(&self.path, &error.to_string()))
    }
}

fn damaged(path: &Path, problem: &str) -> anyhow::Error {
    anyhow!("`{}` is damaged: {problem}; fetch it again", path.display())
}

impl Place {
    fn locate(&mut self, record: Record) {
        let first = record.subdivisions.into_iter().next().unwrap_or_default();
        self.country = record.country.names.en.or_else(|| record.country.iso_code.clone());
        self.country_code = record.country.iso_code;
        self.subdivision = first.iso_code.or(first.names.en);
        self.city = record.city.names.en;
        self.latitude = record.location.latitude;
        self.longitude = record.location.longitude;
    }

    /// What it is sorted by.
    pub(super) fn order(&self) -> (&str, &str, &str) {
        let [country, subdivision, city] = [&self.country, &self.subdivision, &self.city].map(|part| part.as_deref().unwrap_or_default());
        (country, subdivision, city)
    }

    /// Latitude and longitude, where both are on the map.
    pub(super) fn coordinates(&self) -> Option<(f64, f64)> {
        let (latitude, longitude) = self.latitude.zip(self.longitude)?;
        (latitude.abs() <= 90.0 && longitude.abs() <= 180.0).then_some((latitude, longitude))
    }

    /// City, subdivision and country.
    pub(super) fn in_words(&self) -> String {
        self.with_country(self.country.as_deref())
    }

    /// The same with CloudMapper's names of two countries.
    pub(super) fn in_short(&self) -> String {
        self.with_country(self.country.as_deref().map(|country| match country {
            "United States" => "US",
            "United Kingdom" => "UK",
            other => other,
        }))
    }

    fn with_country(&self, country: Option<&str>) -> String {
        let parts: Vec<&str> = [self.city.as_deref(), self.subdivision.as_deref(), country].into_iter().flatten().collect();
        let others = if self.mixed { " (and others)" } else { "" };
        if parts.is_empty() { format!("Unknown{others}") } else { format!("{}{others}", parts.join(", ")) }
    }

    /// Whose it is, without the kind of company.
    pub(super) fn isp_in_short(&self) -> String {
        let isp = self.isp.as_deref().unwrap_or_default();
        SUFFIXES.iter().find_map(|suffix| isp.strip_suffix(suffix)).unwrap_or(isp).to_owned()
    }
}

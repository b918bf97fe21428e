//! AWS's own description of its APIs, as data: which services and operations there are, what goes in and comes out,
//! where the endpoints are. Made by `cargo xtask models` from botocore; see `data/aws-api.txt`.

mod endpoint;
mod names;
mod service;

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, PoisonError};

use serde::Deserialize;

pub use endpoint::{Endpoint, Scope};
pub use names::{hyphenated, operation_named};
pub use service::{Kind, Member, Operation, Paginator, Protocol, Service, Shape};

/// The embedded data file.
static EMBEDDED: &[u8] = include_bytes!("../../../data/aws-api.bin");
const MAGIC: &[u8] = b"CMAPI1\n";

/// The data file is damaged: a mistake in the build, not of the user's.
#[derive(Debug, thiserror::Error)]
#[error("the embedded API models are damaged at {place}: {problem}")]
pub struct ApiError {
    place: String,
    problem: String,
}

impl ApiError {
    fn new(place: impl Into<String>, problem: &dyn ToString) -> Self {
        Self { place: place.into(), problem: problem.to_string() }
    }
}

/// A group of regions with its own ARNs and endpoints.
#[derive(Debug, Clone, Deserialize)]
pub struct Partition {
    /// `aws`, `aws-cn`, `aws-us-gov`, …
    pub id: String,
    /// The region whose folder holds the answers of global services.
    pub default_region: String,
    /// All its regions.
    pub regions: Vec<String>,
}

#[derive(Debug, Deserialize)]
struct Index {
    botocore: String,
    partitions: Vec<Partition>,
    services: BTreeMap<String, Entry>,
}

#[derive(Debug, Deserialize)]
struct Entry {
    offset: usize,
    length: usize,
}

/// All services; each is unpacked when it is first asked for.
#[derive(Debug)]
pub struct Api {
    index: Index,
    frames: &'static [u8],
    unpacked: Mutex<HashMap<String, Arc<Service>>>,
}

impl Api {
    /// The models inside this program.
    ///
    /// # Errors
    /// When the data file is damaged.
    pub fn embedded() -> Result<Self, ApiError> {
        let damaged = || ApiError::new("the header", &"too short");
        let rest = EMBEDDED.strip_prefix(MAGIC).ok_or_else(damaged)?;
        let (length, rest) = rest.split_first_chunk::<4>().ok_or_else(damaged)?;
        let length = usize::try_from(u32::from_le_bytes(*length)).map_err(|error| ApiError::new("the header", &error))?;
        let (index, frames) = rest.split_at_checked(length).ok_or_else(damaged)?;
        Ok(Self { index: unpack("the index", index)?, frames, unpacked: Mutex::default() })
    }

    /// The version of botocore that the models are from.
    #[must_use]
    pub fn botocore(&self) -> &str {
        &self.index.botocore
    }

    /// The partition of that id.
    #[must_use]
    pub fn partition(&self, id: &str) -> Option<&Partition> {
        self.index.partitions.iter().find(|partition| partition.id == id)
    }

    /// The partition a region is in.
    #[must_use]
    pub fn partition_of(&self, region: &str) -> Option<&Partition> {
        self.index.partitions.iter().find(|partition| partition.regions.iter().any(|known| known == region))
    }

    /// Names of all services, sorted.
    pub fn services(&self) -> impl Iterator<Item = &str> {
        self.index.services.keys().map(String::as_str)
    }

    /// The service boto3 calls `name`; `None` when there is no such service.
    ///
    /// # Errors
    /// When the data file is damaged.
    pub fn service(&self, name: &str) -> Result<Option<Arc<Service>>, ApiError> {
        let Some(entry) = self.index.services.get(name) else { return Ok(None) };
        let mut unpacked = self.unpacked.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(service) = unpacked.get(name) {
            return Ok(Some(Arc::clone(service)));
        }
        let frame = entry.offset.checked_add(entry.length).and_then(|end| self.frames.get(entry.offset..end));
        let mut service: Service = unpack(name, frame.ok_or_else(|| ApiError::new(name, &"outside the file"))?)?;
        name.clone_into(&mut service.name);
        service.add_missing_paginators();
        let service = Arc::new(service);
        unpacked.insert(name.to_owned(), Arc::clone(&service));
        Ok(Some(service))
    }
}

fn unpack<T: serde::de::DeserializeOwned>(place: &str, frame: &[u8]) -> Result<T, ApiError> {
    let json = zstd::decode_all(frame).map_err(|error| ApiError::new(place, &error))?;
    serde_json::from_slice(&json).map_err(|error| ApiError::new(place, &error))
}

//! The file format of `aws-api.bin`: a compressed index, then one compressed frame per service,
//! so that a reader unpacks only the services it calls.

use std::collections::BTreeMap;

use anyhow::{Context as _, Result};
use serde_json::{Value, json};

use super::service::Service;

const MAGIC: &[u8] = b"CMAPI1\n";
const LEVEL: i32 = 19;

/// The file under construction.
#[derive(Default)]
pub(crate) struct Container {
    frames: Vec<u8>,
    services: BTreeMap<String, Value>,
}

impl Container {
    /// Adds one service; the caller adds them in a fixed order.
    ///
    /// # Errors
    /// When compression fails.
    pub(crate) fn add(&mut self, name: &str, service: &Service) -> Result<()> {
        let frame = pack(service.json.clone())?;
        let entry = json!({"offset": self.frames.len(), "length": frame.len(), "version": service.version});
        self.frames.extend(frame);
        self.services.insert(name.to_owned(), entry);
        Ok(())
    }

    /// The bytes of the whole file.
    ///
    /// # Errors
    /// When compression fails.
    pub(crate) fn finish(self, botocore: &str, partitions: &Value) -> Result<Vec<u8>> {
        let index = json!({"botocore": botocore, "partitions": partitions, "services": self.services});
        let index = pack(index)?;
        let length = u32::try_from(index.len()).context("the index is too large")?;
        let mut file = MAGIC.to_vec();
        file.extend(length.to_le_bytes());
        file.extend(index);
        file.extend(self.frames);
        Ok(file)
    }
}

fn pack(mut value: Value) -> Result<Vec<u8>> {
    // Another crate of the workspace may switch on `serde_json/preserve_order`: without this the
    // bytes would depend on what is built together.
    value.sort_all_objects();
    Ok(zstd::bulk::compress(&serde_json::to_vec(&value)?, LEVEL)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn unpack(bytes: &[u8]) -> Value {
        serde_json::from_slice(&zstd::decode_all(bytes).unwrap()).unwrap()
    }

    #[test]
    fn every_service_is_found_through_the_index() {
        let mut container = Container::default();
        for name in ["a", "b"] {
            let service = Service { version: "2020-01-01".to_owned(), operations: 1, json: json!({"name": name}) };
            container.add(name, &service).unwrap();
        }
        let file = container.finish("1.2.3", &json!([])).unwrap();
        let (head, rest) = file.split_at(MAGIC.len() + 4);
        let (magic, length) = head.split_at(MAGIC.len());
        assert_eq!(magic, MAGIC);
        let length = u32::from_le_bytes(length.try_into().unwrap());
        let (index, frames) = rest.split_at(length as usize);
        let index = unpack(index);
        for name in ["a", "b"] {
            let entry = index.get("services").unwrap().get(name).unwrap();
            let number = |key: &str| entry.get(key).unwrap().as_u64().unwrap() as usize;
            let (from, size) = (number("offset"), number("length"));
            assert_eq!(unpack(frames.get(from..from + size).unwrap()), json!({"name": name}));
        }
    }
}

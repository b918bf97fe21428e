//! What is known of images: from the accounts of the snapshot, and from lists of public images that the user fetched.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::fs::File;
use std::io::BufReader;
use std::path::PathBuf;

use anyhow::Context as _;
use serde::Deserialize;
use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

use crate::cli::notes::Notes;
use crate::snapshot::answers::Owner;
use crate::snapshot::{Answer, Reason, Snapshot};

/// The call that lists an account's own images.
pub(super) const IMAGES: &str = "ec2-describe-images";

/// The ids that are looked for, by Region.
pub(super) type Wanted = BTreeMap<String, BTreeSet<String>>;

/// An image, as far as it is shown.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(super) struct Image {
    image_id: String,
    name: Option<String>,
    description: Option<String>,
    image_location: Option<String>,
    pub(super) owner_id: Option<String>,
    pub(super) image_owner_alias: Option<String>,
    public: Option<bool>,
    pub(super) creation_date: Option<String>,
    pub(super) deprecation_time: Option<String>,
}

impl Image {
    /// The first that says anything.
    pub(super) fn in_words(&self) -> Option<String> {
        [&self.name, &self.description, &self.image_location].into_iter().flatten().find(|text| !text.is_empty()).cloned()
    }
}

type ById = BTreeMap<String, Image>;

#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct List {
    images: Vec<Image>,
}

/// The images of an account.
struct Account {
    owner: Owner,
    /// By Region, with the reason why there may be more.
    regions: BTreeMap<String, (ById, Option<Reason>)>,
}

impl Account {
    fn image(&self, region: &str, id: &str) -> Option<&Image> {
        self.regions.get(region)?.0.get(id)
    }
}

/// All that is known.
pub(super) struct Images {
    /// Those asked for first.
    accounts: Vec<Account>,
    /// `None` where there is no list.
    public: BTreeMap<String, Option<ById>>,
}

/// What is known of one image.
pub(super) struct Known<'a> {
    pub(super) image: Option<&'a Image>,
    pub(super) is_public: bool,
    /// The account of the snapshot that has it.
    pub(super) shared_by: Option<&'a str>,
    /// Why it may be one of the account's own all the same.
    pub(super) gap: Option<&'a Reason>,
}

impl Images {
    /// Reads all that is said of the images that are looked for.
    pub(super) fn read<'a>(snapshots: impl Iterator<Item = &'a Snapshot>, wanted: &Wanted) -> anyhow::Result<Self> {
        let accounts = snapshots.map(|snapshot| account(snapshot, wanted)).collect::<anyhow::Result<_>>()?;
        let mut public = BTreeMap::new();
        for (region, ids) in wanted {
            public.insert(region.clone(), list_of(region, ids)?);
        }
        Ok(Self { accounts, public })
    }

    /// What is known of an image in an account, by the account's place.
    pub(super) fn of(&self, account: usize, region: &str, id: &str) -> Known<'_> {
        let listed = self.public.get(region).and_then(Option::as_ref).and_then(|list| list.get(id));
        let this = self.accounts.get(account);
        let gap = this.and_then(|account| account.regions.get(region)).and_then(|(_, gap)| gap.as_ref());
        let mut image = this.and_then(|account| account.image(region, id));
        let mut shared_by = None;
        if image.is_none()
            && let Some((other, found)) = self.accounts.iter().find_map(|other| Some((other, other.image(region, id)?)))
        {
            image = Some(found);
            // An older snapshot of the same account shares nothing.
            let same = this.is_some_and(|account| !account.owner.id.is_empty() && account.owner.id == other.owner.id);
            shared_by = (!same).then_some(other.owner.name.as_str());
        }
        let is_public = listed.is_some() || image.is_some_and(|image| image.public == Some(true));
        let image = image.or(listed);
        Known { gap: gap.filter(|_| image.is_none()), image, is_public, shared_by }
    }

    /// Says which lists would tell more; `unknown` are the images of which nothing is known.
    pub(super) fn lacks(&self, unknown: &Wanted, notes: &mut Notes) {
        for (region, ids) in unknown {
            if self.public.get(region).is_some_and(Option::is_none) {
                let (images, are) = if ids.len() == 1 { ("image", "is") } else { ("images", "are") };
                let path = path_of(region);
                notes.say(format!(
                    "no list of public images for `{region}`: {} {images} {are} unknown; `aws ec2 describe-images --executable-users all \
                     --region {region} > {}` fetches it",
                    ids.len(),
                    path.display()
                ));
            }
        }
    }
}

fn account(snapshot: &Snapshot, wanted: &Wanted) -> anyhow::Result<Account> {
    let mut regions = BTreeMap::new();
    for (region, ids) in wanted {
        let answer: Answer<List> = snapshot.answer(region, IMAGES)?;
        let gap = answer.gap().cloned();
        let mut images = answer.value().unwrap_or_default().images;
        images.retain(|image| ids.contains(&image.image_id));
        regions.insert(region.clone(), (images.into_iter().map(|image| (image.image_id.clone(), image)).collect(), gap));
    }
    Ok(Account { owner: Owner::of(snapshot)?, regions })
}

fn path_of(region: &str) -> PathBuf {
    ["data", "aws", region, "ec2-describe-images.json"].iter().collect()
}

/// The list of public images of a Region, as far as it is looked for.
fn list_of(region: &str, ids: &BTreeSet<String>) -> anyhow::Result<Option<ById>> {
    // The Region's name is from the snapshot: it must not lead elsewhere.
    if !region.chars().all(|letter| letter.is_ascii_alphanumeric() || letter == '-') {
        return Ok(None);
    }
    let path = path_of(region);
    if !path.is_file() {
        return Ok(None);
    }
    let file = File::open(&path).with_context(|| format!("cannot read `{}`", path.display()))?;
    let mut found = ById::new();
    let mut json = serde_json::Deserializer::from_reader(BufReader::new(file));
    let list = ListSeed(ImagesSeed { ids, found: &mut found });
    list.deserialize(&mut json)
        .with_context(|| format!("`{}` is not what `aws ec2 describe-images` prints: fetch it again", path.display()))?;
    Ok(Some(found))
}

/// Keeps the images that are looked for: a list has more than fit into memory.
struct ImagesSeed<'a> {
    ids: &'a BTreeSet<String>,
    found: &'a mut ById,
}

impl<'de> DeserializeSeed<'de> for ImagesSeed<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for ImagesSeed<'_> {
    type Value = ();

    fn expecting(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        to.write_str("a list of images")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut images: A) -> Result<(), A::Error> {
        while let Some(image) = images.next_element::<Image>()? {
            if self.ids.contains(&image.image_id) {
                self.found.insert(image.image_id.clone(), image);
            }
        }
        Ok(())
    }
}

/// The object around them.
struct ListSeed<'a>(ImagesSeed<'a>);

impl<'de> DeserializeSeed<'de> for ListSeed<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for ListSeed<'_> {
    type Value = ();

    fn expecting(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        to.write_str("an object with the member `Images`")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<(), A::Error> {
        let ImagesSeed { ids, found } = self.0;
        while let Some(name) = members.next_key::<String>()? {
            if name == "Images" {
                members.next_value_seed(ImagesSeed { ids, found: &mut *found })?;
            } else {
                members.next_value::<IgnoredAny>()?;
            }
        }
        Ok(())
    }
}

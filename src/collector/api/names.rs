//! The two spellings of an operation: `DescribeDBInstances` in the API, `describe-db-instances` on the command line.

use super::Service;

/// Names that the rule below does not give, as boto3 has them.
const SPECIAL: &[(&str, &str)] = &[
    ("CreateCachediSCSIVolume", "create-cached-iscsi-volume"),
    ("DescribeCachediSCSIVolumes", "describe-cached-iscsi-volumes"),
    ("DescribeStorediSCSIVolumes", "describe-stored-iscsi-volumes"),
    ("CreateStorediSCSIVolume", "create-stored-iscsi-volume"),
    ("ListHITsForQualificationType", "list-hits-for-qualification-type"),
];

/// An operation's name as the AWS CLI and boto3 spell it.
#[must_use]
pub fn hyphenated(operation: &str) -> String {
    if let Some((_, special)) = SPECIAL.iter().find(|(name, _)| *name == operation) {
        return (*special).to_owned();
    }
    // A plural abbreviation at the end (`ListHITs`, `DescribeAZs`) is one word.
    let plural = plural_abbreviation(operation);
    let (front, tail) = operation.split_at_checked(operation.len() - plural).unwrap_or((operation, ""));
    let chars: Vec<char> = front.chars().collect();
    let mut name = String::with_capacity(operation.len() + 8);
    for (i, &c) in chars.iter().enumerate() {
        let before = i.checked_sub(1).and_then(|j| chars.get(j));
        let after = chars.get(i + 1);
        if starts_word(before.copied(), c, after.copied()) {
            name.push('-');
        }
        name.extend(c.to_lowercase());
    }
    if !tail.is_empty() {
        name.push('-');
        name.push_str(&tail.to_lowercase());
    }
    name
}

fn starts_word(before: Option<char>, c: char, after: Option<char>) -> bool {
    let Some(before) = before else { return false };
    c.is_ascii_uppercase()
        && (before.is_ascii_lowercase() || before.is_ascii_digit() || after.is_some_and(|next| next.is_ascii_lowercase()))
}

/// Length of a trailing `[A-Z]{2,}s`, e.g. the 4 of `HITs`, when something stands in front of it.
fn plural_abbreviation(name: &str) -> usize {
    let Some(stem) = name.strip_suffix('s') else { return 0 };
    let capitals = stem.bytes().rev().take_while(u8::is_ascii_uppercase).count();
    if capitals >= 2 && capitals < stem.len() { capitals + 1 } else { 0 }
}

/// The operation of `service` that the command line calls `request`.
#[must_use]
pub fn operation_named<'s>(service: &'s Service, request: &str) -> Option<&'s str> {
    service.operations.keys().find(|name| hyphenated(name) == request).map(String::as_str)
}

//! All pages of an answer as one: tokens found and passed on, lists joined where they are.
//!
//! The paths are JMESPath, of which botocore's paginators use a corner: `A.B`, `A[-1].B`, `A || B`.

use serde_json::{Map, Value};

use super::api::Paginator;

/// Keys that CloudMapper drops at the top of every answer.
const DROPPED: &[&str] = &["ResponseMetadata", "Marker", "IsTruncated"];

/// The parameters that ask for the page after `page`; `None` when it is the last.
#[must_use]
pub(super) fn next_tokens(paginator: &Paginator, page: &Map<String, Value>) -> Option<Map<String, Value>> {
    if let Some(more) = &paginator.more
        && find(page, more) != Some(&Value::Bool(true))
    {
        return None;
    }
    let tokens: Map<String, Value> = paginator
        .input
        .iter()
        .zip(&paginator.output)
        .filter_map(|(input, output)| {
            let token = output.split("||").find_map(|path| find(page, path.trim())).filter(|token| is_token(token))?;
            Some((input.clone(), token.clone()))
        })
        .collect();
    (!tokens.is_empty()).then_some(tokens)
}

fn is_token(value: &Value) -> bool {
    match value {
        Value::Null | Value::Bool(false) => false,
        Value::String(text) => !text.is_empty() && text != "None",
        _ => true,
    }
}

/// Adds the lists of `page` to those of `whole`.
pub(super) fn append(paginator: &Paginator, whole: &mut Map<String, Value>, page: Map<String, Value>) {
    let mut page = Value::Object(page);
    let mut merged = Value::Object(std::mem::take(whole));
    for path in &paginator.results {
        for path in path.split("||") {
            let path: Vec<&str> = path.trim().split('.').collect();
            join(&mut merged, &mut page, &path);
        }
    }
    if let Value::Object(fields) = merged {
        *whole = fields;
    }
}

fn join(whole: &mut Value, page: &mut Value, path: &[&str]) {
    let (Some((key, rest)), Value::Object(whole), Value::Object(page)) = (path.split_first(), whole, page) else { return };
    let Some(more) = page.get_mut(*key) else { return };
    let Some(have) = whole.get_mut(*key) else {
        // The first page left an empty list out.
        whole.insert((*key).to_owned(), more.take());
        return;
    };
    if !rest.is_empty() {
        return join(have, more, rest);
    }
    match (have, more.take()) {
        (Value::Array(have), Value::Array(more)) => {
            let added = more.len();
            have.extend(more);
            // CloudFront counts its items beside the list.
            if let Some(quantity) = whole.get("Quantity").and_then(Value::as_u64) {
                whole.insert("Quantity".to_owned(), Value::from(quantity + added as u64));
            }
        }
        (Value::Object(have), Value::Object(more)) => have.extend(more),
        (have @ Value::Null, more) => *have = more,
        _ => {}
    }
}

/// Removes what was only there to get the next page; it says nothing of the account.
pub(super) fn drop_tokens(paginator: Option<&Paginator>, whole: &mut Map<String, Value>) {
    for key in DROPPED {
        whole.remove(*key);
    }
    let Some(paginator) = paginator else { return };
    for path in paginator.output.iter().flat_map(|path| path.split("||")) {
        let path = path.trim();
        // `Users[-1].Name`: the token is part of the data.
        if !path.contains('[') {
            change(whole, &path.split('.').collect::<Vec<_>>(), &|fields, key| drop(fields.remove(key)));
        }
    }
    // All pages are here: the flag of the first would say otherwise.
    if let Some(more) = &paginator.more {
        let off = |fields: &mut Map<String, Value>, key: &str| fields.get_mut(key).into_iter().for_each(|flag| *flag = Value::Bool(false));
        change(whole, &more.split('.').collect::<Vec<_>>(), &off);
    }
}

/// Does something to the field at `path`.
fn change(fields: &mut Map<String, Value>, path: &[&str], what: &dyn Fn(&mut Map<String, Value>, &str)) {
    match path {
        [key] => what(fields, key),
        [key, rest @ ..] => {
            if let Some(Value::Object(inner)) = fields.get_mut(*key) {
                change(inner, rest, what);
            }
        }
        [] => {}
    }
}

fn find<'v>(page: &'v Map<String, Value>, path: &str) -> Option<&'v Value> {
    let mut parts = path.split('.');
    let mut at = part(page, parts.next()?)?;
    for name in parts {
        at = part(at.as_object()?, name)?;
    }
    Some(at)
}

fn part<'v>(fields: &'v Map<String, Value>, name: &str) -> Option<&'v Value> {
    match name.strip_suffix("[-1]") {
        Some(list) => fields.get(list)?.as_array()?.last(),
        None => fields.get(name),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn paginator(input: &str, output: &str, results: &str, more: Option<&str>) -> Paginator {
        Paginator { input: vec![input.into()], output: vec![output.into()], results: vec![results.into()], more: more.map(str::to_owned) }
    }

    #[expect(clippy::needless_pass_by_value, reason = "reads better with `json!` in place")]
    fn object(value: Value) -> Map<String, Value> {
        value.as_object().cloned().unwrap()
    }

    #[test]
    fn nested_lists_are_joined_in_order_and_counted() {
        let cloudfront = paginator("Marker", "DistributionList.NextMarker", "DistributionList.Items", Some("DistributionList.IsTruncated"));
        let mut first = object(json!({"DistributionList": {"Items": [1], "Quantity": 1, "IsTruncated": true, "NextMarker": "m"}}));
        let second = object(json!({"DistributionList": {"Items": [2, 3], "Quantity": 2, "IsTruncated": false}}));
        assert_eq!(next_tokens(&cloudfront, &first), Some(object(json!({"Marker": "m"}))));
        assert_eq!(next_tokens(&cloudfront, &second), None);
        append(&cloudfront, &mut first, second);
        drop_tokens(Some(&cloudfront), &mut first);
        assert_eq!(first, object(json!({"DistributionList": {"IsTruncated": false, "Items": [1, 2, 3], "Quantity": 3}})));
    }

    #[test]
    fn a_list_missing_from_a_page_is_no_problem() {
        let plain = paginator("NextToken", "NextToken", "Reservations", None);
        let mut whole = object(json!({"NextToken": "t"}));
        append(&plain, &mut whole, object(json!({"Reservations": [1], "NextToken": "u"})));
        append(&plain, &mut whole, object(json!({})));
        drop_tokens(Some(&plain), &mut whole);
        assert_eq!(whole, object(json!({"Reservations": [1]})));
    }

    #[test]
    fn tokens_may_be_the_last_item_or_one_of_two() {
        let s3 = paginator("Marker", "NextMarker || Contents[-1].Key", "Contents", Some("IsTruncated"));
        let page = object(json!({"IsTruncated": true, "Contents": [{"Key": "a"}, {"Key": "b"}]}));
        assert_eq!(next_tokens(&s3, &page), Some(object(json!({"Marker": "b"}))));
    }
}

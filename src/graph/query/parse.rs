//! The language: `can user/x do s3:GetObject with arn:aws:s3:::b/* when aws:SourceIp=203.0.113.7`, `who can do …`,
//! `preset privesc *`, and ours: `who can reach role/x`, `path user/x role/y`.

use crate::model::visible;

/// A question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Query {
    /// Whether somebody, or who, can do something, be it by acting as somebody else.
    Can(Request),
    /// A ready-made question.
    Preset(Preset),
    /// Who can come to act as somebody; none for an administrator.
    Reach(Option<String>),
    /// All shortest ways from one to another; none for an administrator.
    Path(String, Option<String>),
}

/// What is to be done.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Request {
    /// By whom; everybody when left out.
    pub principal: Option<String>,
    /// What.
    pub action: String,
    /// To what.
    pub resource: Option<String>,
    /// Condition keys of the request.
    pub conditions: Vec<(String, String)>,
}

/// The ready-made questions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Preset {
    /// Who can become an administrator: one, or all.
    Privesc(Option<String>),
    /// Who can come to act as whom.
    Connected(Option<String>, Option<String>),
    /// Ways between principals with different values of a tag.
    Clusters(String),
    /// Who can make which resources public: of a service, or of all.
    Endgame(Option<String>),
    /// Which services can act as which roles.
    ServiceAccess,
    /// Administrators that do not look like ones.
    WrongAdmin,
}

/// A text that is no question.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "{problem}. Questions are:\n  can <principal> do <action> [with <resource> [when <key>=<value> [and <key>=<value>]...]]\n  who can do <action> [with <resource> [when ...]]\n  who can reach <principal>|admin\n  path <principal> <principal>|admin\n  preset privesc <principal>|*\n  preset connected <principal>|* <principal>|*\n  preset clusters <tag key>\n  preset endgame <service>|*\n  preset serviceaccess\n  preset wrongadmin"
)]
pub struct NotAQuery {
    problem: String,
}

fn no(problem: impl Into<String>) -> NotAQuery {
    NotAQuery { problem: problem.into() }
}

/// Reads a question.
///
/// # Errors
/// When it is none; the message lists what there is.
pub fn parse(text: &str) -> Result<Query, NotAQuery> {
    let words: Vec<&str> = text.split_whitespace().collect();
    match words.as_slice() {
        [] => Err(no("nothing was asked")),
        ["can", who, "do", action, rest @ ..] => request(Some(who), action, rest).map(Query::Can),
        ["who", "can", "do", action, rest @ ..] => request(None, action, rest).map(Query::Can),
        ["who", "can", "reach", whom] => Ok(Query::Reach(one(whom))),
        ["path", from, to] => Ok(Query::Path((*from).to_owned(), one(to))),
        ["preset", name, rest @ ..] => preset(name, rest).map(Query::Preset),
        ["can", ..] => Err(no("after `can <principal>` comes `do <action>`")),
        ["who", ..] => Err(no("after `who can` comes `do <action>` or `reach <principal>`")),
        ["path", ..] => Err(no("`path` needs two principals")),
        ["preset"] => Err(no("`preset` needs a name")),
        [other, ..] => Err(no(format!("`{}` begins no question", visible(other)))),
    }
}

/// `admin` is any administrator.
fn one(name: &str) -> Option<String> {
    (name != "admin").then(|| name.to_owned())
}

/// `*` is everybody.
fn some(name: &str) -> Option<String> {
    (name != "*").then(|| name.to_owned())
}

fn request(who: Option<&str>, action: &str, rest: &[&str]) -> Result<Request, NotAQuery> {
    let mut request = Request { principal: who.and_then(some), action: action.to_owned(), resource: None, conditions: Vec::new() };
    let conditions = match rest {
        [] => return Ok(request),
        ["with"] => return Err(no("after `with` comes a resource")),
        ["with", resource, rest @ ..] => {
            request.resource = some(resource);
            match rest {
                [] => return Ok(request),
                ["when", conditions @ ..] => conditions,
                [other, ..] => return Err(no(format!("`{}` stands where `when` should", visible(other)))),
            }
        }
        [other, ..] => return Err(no(format!("`{}` stands where `with` should", visible(other)))),
    };
    let text = conditions.join(" ");
    for condition in text.split(" and ").filter(|condition| !condition.is_empty()) {
        let (key, value) =
            condition.split_once('=').ok_or_else(|| no(format!("`{}` is no condition: write key=value", visible(condition))))?;
        request.conditions.push((key.trim().to_owned(), value.trim().to_owned()));
    }
    Ok(request)
}

fn preset(name: &str, rest: &[&str]) -> Result<Preset, NotAQuery> {
    match (name, rest) {
        ("privesc", [who]) => Ok(Preset::Privesc(some(who))),
        ("connected", [from, to]) => Ok(Preset::Connected(some(from), some(to))),
        ("clusters", [key]) => Ok(Preset::Clusters((*key).to_owned())),
        ("endgame", [service]) => Ok(Preset::Endgame(some(service))),
        ("serviceaccess", []) => Ok(Preset::ServiceAccess),
        ("wrongadmin", []) => Ok(Preset::WrongAdmin),
        ("privesc" | "connected" | "clusters" | "endgame" | "serviceaccess" | "wrongadmin", _) => {
            let (number, arguments) = match name {
                "privesc" => ("one argument", ": <principal>|*"),
                "connected" => ("two arguments", ": <principal>|* <principal>|*"),
                "clusters" => ("one argument", ": <tag key>"),
                "endgame" => ("one argument", ": <service>|*"),
                _ => ("no arguments", ""),
            };
            Err(no(format!("`preset {name}` has {number}{arguments}")))
        }
        _ => Err(no(format!("there is no preset `{}`", visible(name)))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn questions() {
        let Ok(Query::Can(request)) = parse("can user/x do s3:GetObject with arn:aws:s3:::b/* when aws:SourceIp=1.2.3.4 and a:b=c=d e")
        else {
            panic!()
        };
        assert_eq!(request.principal.as_deref(), Some("user/x"));
        assert_eq!(request.resource.as_deref(), Some("arn:aws:s3:::b/*"));
        assert_eq!(request.conditions, [("aws:SourceIp".to_owned(), "1.2.3.4".to_owned()), ("a:b".to_owned(), "c=d e".to_owned())]);
        assert_eq!(parse("who can reach admin"), Ok(Query::Reach(None)));
        assert_eq!(parse("path user/a role/b"), Ok(Query::Path("user/a".to_owned(), Some("role/b".to_owned()))));
        assert_eq!(parse("preset connected * role/b"), Ok(Query::Preset(Preset::Connected(None, Some("role/b".to_owned())))));
        // A `when` without conditions is none.
        assert!(parse("who can do s3:* with * when").is_ok());
    }

    #[test]
    fn what_is_no_question_is_told() {
        for (text, problem) in [
            ("", "nothing"),
            ("can user/x", "do <action>"),
            ("who can do x:y by *", "`by` stands where `with`"),
            ("who can do x:y with * where a=b", "`where` stands where `when`"),
            ("who can do x:y with * when a", "`a` is no condition"),
            ("preset nonsense", "`nonsense`"),
            ("preset connected a", "`preset connected` has two arguments"),
            ("preset wrongadmin a", "`preset wrongadmin` has no arguments"),
            ("Can user/x do y:z", "`Can` begins no question"),
        ] {
            let error = parse(text).unwrap_err().to_string();
            assert!(error.contains(problem) && error.contains("preset wrongadmin"), "{text}: {error}");
        }
    }
}

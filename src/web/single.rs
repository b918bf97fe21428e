//! A page of `web/` as one file that opens from a disk: the page, its scripts, styles, icons and the data, and nothing else.

use std::fmt::Write as _;

use base64::Engine as _;
use sha2::{Digest as _, Sha256};

use super::{Logo, asset};

/// Why the page cannot be put into one file: only when our own files are not of the form that `docs/map.md` says.
#[derive(Debug, thiserror::Error)]
#[error("web/{file} cannot be put into one file: {problem}")]
pub struct SingleFileError {
    file: String,
    problem: &'static str,
}

pub(super) fn wrong(file: &str, problem: &'static str) -> SingleFileError {
    SingleFileError { file: file.to_owned(), problem }
}

pub(super) fn text(name: &str) -> Result<&'static str, SingleFileError> {
    let bytes = asset(name).ok_or_else(|| wrong(name, "it is not there"))?;
    std::str::from_utf8(bytes).map_err(|_| wrong(name, "it is no text"))
}

/// A page of `web/` that can be one file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Page {
    /// The network map.
    Map,
    /// The principal graph.
    Principals,
    /// The web of trust.
    Trust,
}

/// What a page is made of.
struct Parts {
    page: &'static str,
    modules: &'static str,
    /// A script that is not ours.
    library: Option<&'static str>,
    styles: &'static [&'static str],
    /// JSON that the page asks for, by the id of its element.
    blocks: &'static [(&'static str, &'static str)],
    /// Where its own scripts are.
    scripts: &'static str,
}

impl Page {
    fn parts(self) -> Parts {
        match self {
            Self::Map => Parts {
                page: "index.html",
                modules: "modules.txt",
                library: Some("vendor/cytoscape/cytoscape.min.js"),
                styles: &["style.css"],
                blocks: &[("cloudmapper-style", "style.json")],
                scripts: "<script src=\"map",
            },
            Self::Principals => Parts {
                page: "principals.html",
                modules: "principals.txt",
                library: None,
                styles: &["style.css", "principals.css"],
                blocks: &[],
                scripts: "<script src=\"principals",
            },
            Self::Trust => Parts {
                page: "trust.html",
                modules: "trust.txt",
                library: None,
                styles: &["style.css", "trust.css"],
                blocks: &[],
                scripts: "<script src=\"trust",
            },
        }
    }
}

/// The page with its data, which is JSON, and the user's logos.
///
/// # Errors
/// When a file of `web/` is not of the form that this takes.
pub fn single_file(page: Page, data: &str, logos: &[Logo]) -> Result<String, SingleFileError> {
    let parts = page.parts();
    let bundle = bundle(parts.modules)?;
    let library = parts.library.map(text).transpose()?;
    let scripts: Vec<&str> = library.into_iter().chain([bundle.as_str()]).collect();
    if scripts.iter().map(|script| script.to_ascii_lowercase()).any(|script| script.contains("</script") || script.contains("<!--")) {
        return Err(wrong(parts.modules, "a script would end its own element"));
    }
    let styles = parts.styles.iter().map(|name| text(name)).collect::<Result<Vec<_>, _>>()?;
    let hashes = |texts: &[&str]| texts.iter().map(|text| hash(text)).collect::<Vec<_>>().join(" ");
    let policy = format!(
        "default-src 'none'; script-src {}; style-src {}; img-src data:; base-uri 'none'; form-action 'none'",
        hashes(&scripts),
        hashes(&styles)
    );
    let mut body = String::new();
    for (id, name) in parts.blocks {
        body.push_str(&block(id, text(name)?));
    }
    body.push_str(&block("cloudmapper-icons", &icons(logos)?));
    body.push_str(&block("cloudmapper-data", data));
    for script in &scripts {
        let _ = writeln!(body, "<script>{script}</script>");
    }
    let page = text(parts.page)?.to_owned();
    let page = between(&page, "<meta http-equiv=\"Content-Security-Policy\" content=\"", "\"", &policy)?;
    let mut page = element(&page, "<link rel=\"icon\"", "<link rel=\"icon\" href=\"data:,\">")?;
    for (style, at) in styles.iter().zip(0..) {
        // The library looks for its own style sheet by this name.
        let id = if at == 0 && library.is_some() { " id=\"__________cytoscape_stylesheet\"" } else { "" };
        page = element(&page, "<link rel=\"stylesheet\"", &format!("<style{id}>{style}</style>"))?;
    }
    let page = without_lines(&page, &["<link rel=\"preload\"", "<script src=\"vendor", parts.scripts]);
    between(&page, "</body", ">", "").map(|page| page.replacen("</body>", &format!("{body}</body>"), 1))
}

/// One script of all modules, each in a function of its own; what a module exports is seen by those after it.
fn bundle(modules: &str) -> Result<String, SingleFileError> {
    let mut all = String::from("\"use strict\";\n");
    for name in text(modules)?.split_whitespace() {
        let (source, names) = module(name)?;
        let names = names.join(", ");
        // Writing to a text cannot fail.
        let _ = write!(all, "const {{ {names} }} = (() => {{\n{source}\nreturn {{ {names} }};\n}})();\n");
    }
    Ok(all)
}

/// A module without imports and exports, and what it exported.
fn module(name: &str) -> Result<(String, Vec<&'static str>), SingleFileError> {
    let mut source = String::new();
    let mut names = Vec::new();
    for line in text(name)?.split_inclusive('\n') {
        if line.starts_with("import {") && line.trim_end().ends_with(".js\";") {
            continue;
        }
        let Some(rest) = line.strip_prefix("export ") else {
            if line.starts_with("import ") || line.starts_with("export") {
                return Err(wrong(name, "an import or export that is not of one line"));
            }
            source.push_str(line);
            continue;
        };
        let declared = rest.strip_prefix("async ").unwrap_or(rest);
        let named = ["function ", "class ", "const "].iter().find_map(|kind| declared.strip_prefix(kind));
        let end = |text: &str| text.find(|letter: char| !letter.is_alphanumeric() && letter != '_' && letter != '$').unwrap_or(text.len());
        let exported = named.and_then(|text| text.get(..end(text))).filter(|exported| !exported.is_empty());
        names.push(exported.ok_or_else(|| wrong(name, "an export without a name"))?);
        source.push_str(rest);
    }
    Ok((source, names))
}

/// SVG texts of ours, and `data:` addresses of logos, by their paths.
fn icons(logos: &[Logo]) -> Result<String, SingleFileError> {
    let mut icons = serde_json::Map::new();
    for name in super::names().filter(|name| name.starts_with("icons/aws/") && name.ends_with(".svg")) {
        icons.insert(name.to_owned(), text(name)?.trim().into());
    }
    icons.extend(logos.iter().map(|logo| (logo.path.clone(), logo.data.as_str().into())));
    Ok(serde_json::Value::Object(icons).to_string())
}

fn hash(text: &str) -> String {
    format!("'sha256-{}'", base64::engine::general_purpose::STANDARD.encode(Sha256::digest(text)))
}

/// JSON that ends no element.
fn block(id: &str, json: &str) -> String {
    format!("<script type=\"application/json\" id=\"{id}\">{}</script>\n", json.replace('<', "\\u003c"))
}

/// The page with other text between two others.
fn between(page: &str, start: &str, end: &str, new: &str) -> Result<String, SingleFileError> {
    let missing = || wrong("index.html", "an element that it needs is not there");
    let (before, rest) = page.split_once(start).ok_or_else(missing)?;
    let (_, after) = rest.split_once(end).ok_or_else(missing)?;
    Ok(format!("{before}{start}{new}{end}{after}"))
}

/// The page with another element in the place of the one that begins so.
fn element(page: &str, start: &str, new: &str) -> Result<String, SingleFileError> {
    let missing = || wrong("index.html", "an element that it needs is not there");
    let (before, rest) = page.split_once(start).ok_or_else(missing)?;
    let (_, after) = rest.split_once('>').ok_or_else(missing)?;
    Ok(format!("{before}{new}{after}"))
}

fn without_lines(page: &str, starts: &[&str]) -> String {
    page.split_inclusive('\n').filter(|line| !starts.iter().any(|start| line.starts_with(start))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_loaded_and_nothing_escapes() {
        let page = single_file(Page::Map, r#"[{"data":{"id":"</script><script>alert(1)</script>"}}]"#, &[]).unwrap();
        assert!(!page.contains("src=\"") && !page.contains("rel=\"preload\""));
        assert_eq!(page.matches("</script>").count(), 5, "three blocks of data and two scripts");
        assert!(page.contains("\\u003c/script>") && page.ends_with("</html>\n"));
        let page = single_file(Page::Principals, r#"{"nodes":["</script>"]}"#, &[]).unwrap();
        assert!(!page.contains("src=\"") && !page.contains("rel=\"preload\"") && !page.contains("rel=\"stylesheet\""));
        assert_eq!(page.matches("</script>").count(), 3, "two blocks of data and a script");
        let page = single_file(Page::Trust, r#"{"elements":["</script>"]}"#, &[]).unwrap();
        assert!(!page.contains("src=\"") && !page.contains("rel=\"preload\"") && !page.contains("rel=\"stylesheet\""));
        assert_eq!(page.matches("</script>").count(), 3, "two blocks of data and a script");
    }
}

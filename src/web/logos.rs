//! The user's own logos: pictures in `web/icons/logos/`, each called like whom it stands for. They are shown as pictures and nothing
//! else, so that whatever an SVG holds cannot run.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::Read as _;
use std::path::Path;

use base64::Engine as _;

/// Where they are, below `web/`.
pub const LOGOS: &str = "icons/logos";

/// The largest one that is used, in bytes: all are part of a single file.
const MOST: u64 = 256 * 1024;

/// A logo.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Logo {
    /// `icons/logos/Datadog.svg`
    pub path: String,
    /// The picture as a `data:` address.
    pub data: String,
}

/// All logos that can be used.
#[derive(Debug, Default)]
pub struct Logos {
    by_name: BTreeMap<String, Logo>,
    /// Files that cannot be used, and why.
    pub refused: Vec<String>,
}

impl Logos {
    /// Of a folder `web`.
    ///
    /// # Errors
    /// When the folder, or a file in it, cannot be read.
    pub fn read(web: &Path) -> std::io::Result<Self> {
        let mut logos = Self::default();
        let folder = web.join(LOGOS);
        let entries = match std::fs::read_dir(&folder) {
            Ok(entries) => entries.collect::<Result<Vec<_>, _>>()?,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(logos),
            Err(error) => return Err(error),
        };
        let mut names: Vec<String> = entries.into_iter().filter_map(|entry| entry.file_name().into_string().ok()).collect();
        names.sort();
        for name in names.iter().filter(|name| !name.starts_with('.')) {
            match picture(&folder.join(name))? {
                Ok(data) => {
                    let stem = name.rsplit_once('.').map_or(name.as_str(), |(stem, _)| stem);
                    let logo = Logo { path: format!("{LOGOS}/{name}"), data };
                    logos.by_name.entry(folded(stem)).or_insert(logo);
                }
                Err(problem) => logos.refused.push(format!("web/{LOGOS}/{name} {problem}")),
            }
        }
        Ok(logos)
    }

    /// The logo of somebody: case, spaces and signs do not count.
    #[must_use]
    pub fn find(&self, name: &str) -> Option<&Logo> {
        self.by_name.get(&folded(name))
    }
}

/// Letters and digits, small.
fn folded(name: &str) -> String {
    name.chars().filter(|letter| letter.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// A file as a `data:` address, or why it is no picture that can be used.
fn picture(path: &Path) -> std::io::Result<Result<String, &'static str>> {
    // What a link leads to, the server would not show.
    if !path.symlink_metadata()?.is_file() {
        return Ok(Err("is no file: put the picture itself there"));
    }
    let mut bytes = Vec::new();
    File::open(path)?.take(MOST + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > MOST {
        return Ok(Err("is larger than 256 KiB: make it smaller"));
    }
    let ending = path.extension().and_then(|ending| ending.to_str()).unwrap_or_default().to_lowercase();
    let is_svg = || std::str::from_utf8(&bytes).is_ok_and(|text| text.contains("<svg"));
    let media_type = match ending.as_str() {
        "png" if bytes.starts_with(b"\x89PNG\r\n\x1a\n") => "image/png",
        "jpg" | "jpeg" if bytes.starts_with(b"\xff\xd8\xff") => "image/jpeg",
        "svg" if is_svg() => "image/svg+xml",
        "png" | "jpg" | "jpeg" | "svg" => return Ok(Err("is not what its name says")),
        _ => return Ok(Err("is no .svg, .png or .jpg")),
    };
    Ok(Ok(format!("data:{media_type};base64,{}", base64::engine::general_purpose::STANDARD.encode(bytes))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_pictures_are_taken() {
        let web = tempfile::tempdir().unwrap();
        assert!(Logos::read(web.path()).unwrap().refused.is_empty());
        let folder = web.path().join(LOGOS);
        std::fs::create_dir_all(&folder).unwrap();
        let put = |name: &str, bytes: &[u8]| crate::snapshot::write_atomic(&folder.join(name), bytes).unwrap();
        put("palo-alto networks.SVG", b"<svg xmlns='http://www.w3.org/2000/svg'/>");
        put("Okta.png", b"\x89PNG\r\n\x1a\n");
        put("okta.jpg", b"\xff\xd8\xff\xe0");
        put("a.png", b"<svg/>");
        put("b.svg", b"\xff<svg");
        put("c.html", b"<svg/>");
        put("d.svg", format!("<svg>{}", " ".repeat(256 * 1024)).as_bytes());
        #[cfg(unix)]
        std::os::unix::fs::symlink(folder.join("Okta.png"), folder.join("e.png")).unwrap();
        let logos = Logos::read(web.path()).unwrap();
        assert_eq!(logos.find("Palo Alto Networks").unwrap().path, "icons/logos/palo-alto networks.SVG");
        let okta = logos.find("OKTA").unwrap();
        assert_eq!((okta.path.as_str(), okta.data.as_str()), ("icons/logos/Okta.png", "data:image/png;base64,iVBORw0KGgo="));
        assert!(logos.find("a").is_none());
        let why = logos.refused.join("\n");
        for (name, problem) in
            [("a.png", "not what"), ("b.svg", "not what"), ("c.html", "no .svg"), ("d.svg", "larger"), ("e.png", "no file")]
        {
            assert!(why.contains(&format!("web/icons/logos/{name} is {problem}")), "{name}: {why}");
        }
    }
}

//! The web server: the embedded `web/` and the files that commands wrote into `web/`, on loopback unless told otherwise.
//! It shows files and knows nothing of what is in them.

mod logos;
mod single;

use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

use axum::Router;
use axum::extract::{Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};

/// Every file of `web/`, by its name there: `build.rs` lists them.
static ASSETS: &[(&str, &[u8])] = include!(concat!(env!("OUT_DIR"), "/assets.rs"));

/// What our own page may load: its own files and nothing inline.
const OWN_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";

/// What generated pages may load: nothing from elsewhere. Reports carry a stricter policy of their own.
const POLICY: &str = "default-src 'self'; style-src 'self' 'unsafe-inline'; script-src 'self' 'unsafe-inline'; img-src 'self' data:; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";

pub use logos::{LOGOS, Logo, Logos};
pub use single::{Page, SingleFileError, single_file};

/// What a picture that the user put there may do: nothing, also where it is opened by itself.
const PICTURE_POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'none'; sandbox";

/// An embedded file.
fn asset(name: &str) -> Option<&'static [u8]> {
    ASSETS.iter().find(|(asset, _)| *asset == name).map(|(_, content)| *content)
}

/// The icons of nodes, by their kind, as `style.json` has them.
///
/// # Errors
/// When an embedded file is odd, which is a mistake of ours.
pub fn icons() -> Result<BTreeMap<String, &'static str>, SingleFileError> {
    let style: serde_json::Value =
        serde_json::from_str(single::text("style.json")?).map_err(|_| single::wrong("style.json", "is not JSON"))?;
    let mut icons = BTreeMap::from([("generic".to_owned(), single::text("icons/aws/generic.svg")?)]);
    for rule in style.as_array().into_iter().flatten() {
        let file = rule.pointer("/style/background-image").and_then(serde_json::Value::as_str);
        let kind = rule.get("selector").and_then(serde_json::Value::as_str);
        let kind = kind.and_then(|text| text.strip_prefix("[type = \"")?.strip_suffix("\"]"));
        if let (Some(kind), Some(file)) = (kind, file.filter(|file| file.starts_with("icons/"))) {
            icons.insert(kind.to_owned(), single::text(file)?);
        }
    }
    Ok(icons)
}

/// The names of the embedded files, sorted.
fn names() -> impl Iterator<Item = &'static str> {
    ASSETS.iter().map(|(name, _)| *name)
}

/// Where and how to serve.
#[derive(Debug, Clone)]
pub struct Options {
    /// 0 = any free port.
    pub port: u16,
    /// On all interfaces instead of loopback.
    pub public: bool,
    /// IPv6 instead of IPv4.
    pub ipv6: bool,
    /// The folder of generated files, laid over the embedded ones.
    pub folder: PathBuf,
}

/// Why it cannot serve.
#[derive(Debug, thiserror::Error)]
#[error("cannot serve on {address}: {source}; {}", remedy(source))]
pub struct ServeError {
    address: SocketAddr,
    source: std::io::Error,
}

fn remedy(error: &std::io::Error) -> &'static str {
    match error.kind() {
        std::io::ErrorKind::AddrInUse => "another program uses that port: choose one with --port",
        std::io::ErrorKind::PermissionDenied => "ports below 1024 are the administrator's: choose another with --port",
        _ => "choose another address",
    }
}

/// A server that has its port, and does not answer yet.
#[derive(Debug)]
pub struct Server {
    listener: tokio::net::TcpListener,
    site: Arc<Site>,
}

#[derive(Debug)]
struct Site {
    folder: PathBuf,
    public: bool,
}

impl Server {
    /// Takes the port.
    ///
    /// # Errors
    /// When it is taken, or not ours to take.
    pub async fn bind(options: &Options) -> Result<Self, ServeError> {
        let host: IpAddr = match (options.ipv6, options.public) {
            (false, false) => Ipv4Addr::LOCALHOST.into(),
            (false, true) => Ipv4Addr::UNSPECIFIED.into(),
            (true, false) => Ipv6Addr::LOCALHOST.into(),
            (true, true) => Ipv6Addr::UNSPECIFIED.into(),
        };
        let address = SocketAddr::new(host, options.port);
        let listener = tokio::net::TcpListener::bind(address).await.map_err(|source| ServeError { address, source })?;
        let site = Arc::new(Site { folder: options.folder.clone(), public: options.public });
        Ok(Self { listener, site })
    }

    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> Option<SocketAddr> {
        self.listener.local_addr().ok()
    }

    /// Answers until the program ends.
    ///
    /// # Errors
    /// When the listener breaks.
    pub async fn run(self) -> std::io::Result<()> {
        axum::serve(self.listener, Router::new().fallback(answer).with_state(self.site)).await
    }
}

async fn answer(State(site): State<Arc<Site>>, request: Request) -> Response {
    let mut response = respond(&site, &request);
    let headers = response.headers_mut();
    headers.entry(header::CONTENT_SECURITY_POLICY).or_insert(HeaderValue::from_static(POLICY));
    for (name, value) in [
        (header::CACHE_CONTROL, "no-cache, no-store, must-revalidate"),
        (header::PRAGMA, "no-cache"),
        (header::EXPIRES, "0"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "no-referrer"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    response
}

fn respond(site: &Site, request: &Request) -> Response {
    if !matches!(request.method().as_str(), "GET" | "HEAD") {
        return (StatusCode::METHOD_NOT_ALLOWED, "only GET\n").into_response();
    }
    // A page elsewhere can point its own name at 127.0.0.1 and read what we answer, unless we look at the name.
    let mut hosts = request.headers().get_all(header::HOST).iter();
    let host = hosts.next().and_then(|host| host.to_str().ok()).unwrap_or_default();
    // Who says two names may mean either: https://www.rfc-editor.org/rfc/rfc9112#section-3.2
    if hosts.next().is_some() {
        return (StatusCode::BAD_REQUEST, "one Host only\n").into_response();
    }
    if !site.public && !is_loopback(host) {
        return (StatusCode::MISDIRECTED_REQUEST, "this server only answers to localhost\n").into_response();
    }
    let decoded = percent_encoding::percent_decode_str(request.uri().path().trim_start_matches('/')).decode_utf8_lossy();
    let name = if decoded.is_empty() { "index.html" } else { decoded.as_ref() };
    let kind = (header::CONTENT_TYPE, media_type(name));
    match find(&site.folder, name) {
        Some(Found::Generated(bytes)) if kind.1.starts_with("image/") => {
            ([kind, (header::CONTENT_SECURITY_POLICY, PICTURE_POLICY)], bytes).into_response()
        }
        Some(Found::Generated(bytes)) => ([kind], bytes).into_response(),
        Some(Found::Own(bytes)) => ([kind, (header::CONTENT_SECURITY_POLICY, OWN_POLICY)], bytes).into_response(),
        None => (StatusCode::NOT_FOUND, "there is no such file; was it made yet?\n").into_response(),
    }
}

fn is_loopback(host: &str) -> bool {
    let name = host.rsplit_once(':').filter(|(_, port)| port.bytes().all(|byte| byte.is_ascii_digit())).map_or(host, |(name, _)| name);
    // Names of hosts are the same in any case; a dot at the end says that nothing is to be added.
    matches!(name.trim_end_matches('.').to_ascii_lowercase().as_str(), "localhost" | "127.0.0.1" | "[::1]")
}

/// A file, and where it is from.
#[derive(Debug, PartialEq, Eq)]
enum Found {
    /// Written by a command.
    Generated(Vec<u8>),
    /// Part of the program.
    Own(&'static [u8]),
}

/// A generated file, or an embedded one; never anything outside the folder, and no folder.
fn find(folder: &Path, name: &str) -> Option<Found> {
    let path = Path::new(name);
    if name.contains(['\\', '\0']) || !path.components().all(|part| matches!(part, Component::Normal(_))) {
        return None;
    }
    let file = folder.join(path);
    let inside = || Some(file.canonicalize().ok()?.starts_with(folder.canonicalize().ok()?));
    if file.is_file() && inside()? {
        return std::fs::read(&file).ok().map(Found::Generated);
    }
    asset(name).map(Found::Own)
}

fn media_type(name: &str) -> &'static str {
    match name.rsplit('.').next().unwrap_or_default().to_ascii_lowercase().as_str() {
        "html" => "text/html; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "js" => "text/javascript; charset=utf-8",
        "json" => "application/json",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "jpg" | "jpeg" => "image/jpeg",
        "csv" => "text/csv; charset=utf-8",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every kind of files in `web/` has a media type of its own.
    #[test]
    fn embedded_files_are_of_known_kinds() {
        assert!(ASSETS.iter().any(|(name, _)| *name == "index.html"));
        for (name, _) in ASSETS {
            let text = name.ends_with(".txt") || name.rsplit('/').next().is_some_and(|name| !name.contains('.'));
            assert!(text || media_type(name) != "application/octet-stream", "{name}");
        }
    }

    #[test]
    fn nothing_outside_the_folder_is_found() {
        let folder = tempfile::tempdir().unwrap();
        let inner = folder.path().join("web");
        std::fs::create_dir(&inner).unwrap();
        crate::snapshot::write_atomic(&folder.path().join("secret"), b"x").unwrap();
        crate::snapshot::write_atomic(&inner.join("a.html"), b"a").unwrap();
        assert_eq!(find(&inner, "a.html"), Some(Found::Generated(b"a".to_vec())));
        for name in ["../secret", "/etc/passwd", "a/../../secret", ".", "", "..\\secret", "x\0"] {
            assert!(find(&inner, name).is_none(), "{name:?}");
        }
        #[cfg(unix)]
        {
            std::os::unix::fs::symlink(folder.path().join("secret"), inner.join("link")).unwrap();
            assert!(find(&inner, "link").is_none(), "a link out of the folder");
        }
    }

    #[test]
    fn names_of_this_machine_only() {
        for host in ["localhost:8000", "LOCALHOST", "Localhost.:80", "127.0.0.1", "[::1]:8000"] {
            assert!(is_loopback(host), "{host}");
        }
        for host in ["evil.example", "127.0.0.1.evil.example:80", ""] {
            assert!(!is_loopback(host), "{host}");
        }
    }
}

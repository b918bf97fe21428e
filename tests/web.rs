//! The web server, spoken to over a socket.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::process::{Child, Stdio};

use crate::support::Workspace;

struct Served {
    child: Child,
    address: String,
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn serve(workspace: &Workspace) -> Served {
    let mut child = workspace.command(&["webserver", "--port", "0"]).stdout(Stdio::piped()).spawn().unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
    let address = line.split("http://").nth(1).and_then(|rest| rest.split('/').next()).unwrap().to_owned();
    Served { child, address }
}

fn get(served: &Served, host: &str, path: &str) -> String {
    let mut stream = TcpStream::connect(&served.address).unwrap();
    write!(stream, "GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n").unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
}

#[test]
fn it_serves_the_folder_and_nothing_else() {
    let workspace = Workspace::new();
    workspace.write("web/account-data/report.html", "<p>report");
    workspace.write("secret", "hidden");
    let served = serve(&workspace);
    let page = get(&served, "localhost", "/");
    assert!(page.starts_with("HTTP/1.1 200") && page.contains("cloudmapper") && page.contains("content-security-policy:"), "{page}");
    assert!(page.contains("cache-control: no-cache, no-store, must-revalidate"));
    assert!(get(&served, "localhost", "/account-data/report.html").contains("<p>report"));
    for path in ["/../secret", "/%2e%2e/secret", "/..%2fsecret", "/account-data", "/account-data/", "//etc/passwd"] {
        assert!(get(&served, "localhost", path).starts_with("HTTP/1.1 404"), "{path}");
    }
    assert!(get(&served, "evil.example", "/").starts_with("HTTP/1.1 421"), "DNS rebinding");
}

#[test]
fn a_port_in_use_is_one_clear_error() {
    let workspace = Workspace::new();
    let served = serve(&workspace);
    let port = served.address.rsplit(':').next().unwrap();
    workspace.run(&["webserver", "--port", port]).says(2, &["--port", port]);
}

//! `--serve`: the book in a browser, written anew whenever a file of the course changes.

use std::fs;
use std::path::{Component, Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, mpsc};
use std::thread;
use std::time::Duration;

use anyhow::{Context, Result, anyhow};
use notify::{RecursiveMode, Watcher};
use tiny_http::{Header, Request, Response, Server};

/// What a page asks for, to learn whether it is still as it is here.
const EDITION: &str = "/edition";

/// What each page gets before its end: it asks now and then, and loads itself again if the book is another.
const RELOAD: &str = r#"<script>
(() => {
  let edition = null;
  setInterval(async () => {
    try {
      const now = await (await fetch("/edition")).text();
      if (edition !== null && now !== edition) location.reload();
      edition = now;
    } catch { /* the server is gone */ }
  }, 1000);
})();
</script>
"#;

/// How long files have to be left alone before the book is written: an editor writes several at once.
const QUIET: Duration = Duration::from_millis(300);

/// Serves the folder `book` at `address`, and has it written by `write` whenever something below `watched` changes. Comes back
/// only with an error.
///
/// # Errors
/// If the address cannot be had, or the files not be watched.
pub fn serve(address: &str, book: PathBuf, watched: &[PathBuf], mut write: impl FnMut() -> Result<()>) -> Result<()> {
    let server = Server::http(address).map_err(|error| anyhow!("cannot serve at {address}: {error}"))?;
    println!("http://{}/", server.server_addr());
    let edition = Arc::new(AtomicU64::new(0));
    let current = Arc::clone(&edition);
    thread::spawn(move || {
        for request in server.incoming_requests() {
            // Whoever has gone away need not be answered.
            let _ = answer(request, &book, current.load(Ordering::Relaxed));
        }
    });
    let (send, changes) = mpsc::channel();
    let mut watcher = notify::recommended_watcher(move |event: notify::Result<notify::Event>| {
        if event.is_ok_and(|event| !event.kind.is_access()) {
            // Nobody listens any more once this function is left.
            let _ = send.send(());
        }
    })
    .context("cannot watch files")?;
    for path in watched {
        watcher.watch(path, RecursiveMode::Recursive).with_context(|| format!("cannot watch {}", path.display()))?;
    }
    loop {
        changes.recv().context("nobody watches the files any more")?;
        while changes.recv_timeout(QUIET).is_ok() {}
        match write() {
            Ok(()) => drop(edition.fetch_add(1, Ordering::Relaxed)),
            Err(error) => eprintln!("{error:#}"),
        }
    }
}

fn answer(request: Request, book: &Path, edition: u64) -> std::io::Result<()> {
    let path = request.url().split(['?', '#']).next().unwrap_or_default().to_owned();
    if path == EDITION {
        return request.respond(Response::from_string(edition.to_string()));
    }
    let Some(file) = file_of(&path, book) else {
        return request.respond(Response::from_string("there is no such page").with_status_code(404));
    };
    let kind = match file.extension().and_then(|extension| extension.to_str()) {
        Some("html") => "text/html; charset=utf-8",
        Some("css") => "text/css",
        Some("js") => "text/javascript",
        Some("svg") => "image/svg+xml",
        Some("png") => "image/png",
        Some("woff2") => "font/woff2",
        _ => "application/octet-stream",
    };
    let mut content = fs::read(&file)?;
    if kind.starts_with("text/html") {
        content.extend_from_slice(RELOAD.as_bytes());
    }
    let header = Header::from_bytes("Content-Type", kind).map_err(|()| std::io::Error::other("no such header"))?;
    request.respond(Response::from_data(content).with_header(header))
}

/// The file of the book that a request's path names; nothing outside of it.
fn file_of(path: &str, book: &Path) -> Option<PathBuf> {
    let inside = Path::new(path.trim_start_matches('/'));
    if inside.components().any(|component| !matches!(component, Component::Normal(_))) {
        return None;
    }
    let file = book.join(inside);
    let file = if file.is_dir() { file.join("index.html") } else { file };
    file.is_file().then_some(file)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_outside_of_the_book_is_served() {
        let folder = tempfile::tempdir().unwrap();
        let book = folder.path().join("book");
        fs::create_dir_all(book.join("en")).unwrap();
        fs::write(folder.path().join("secret"), "").unwrap();
        fs::write(book.join("en/index.html"), "").unwrap();
        assert_eq!(file_of("/en/", &book), Some(book.join("en/index.html")));
        assert_eq!(file_of("/en/index.html", &book), Some(book.join("en/index.html")));
        for outside in ["/../secret", "/en/../../secret", "//etc/passwd", "/nothing"] {
            assert_eq!(file_of(outside, &book), None, "{outside}");
        }
    }
}

//! `--pdf`: the book as a file to be printed, made by a browser, which lays out both scripts and draws the pictures.

use std::env;
use std::ffi::OsString;
use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};

/// What browsers that can do it are called.
const BROWSERS: [&str; 5] = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome"];

/// Says which browser is meant.
const CHOICE: &str = "CHROME";

/// A browser that can write a PDF.
///
/// # Errors
/// If there is none.
pub fn browser() -> Result<OsString> {
    if let Some(chosen) = env::var_os(CHOICE) {
        return Ok(chosen);
    }
    let folders: Vec<_> = env::split_paths(&env::var_os("PATH").unwrap_or_default()).collect();
    let found = BROWSERS.iter().find(|name| folders.iter().any(|folder| folder.join(name).is_file()));
    found.map(OsString::from).with_context(|| {
        format!(
            "a PDF is printed by Chromium or Chrome, and neither is here (none of {} is in PATH): install one (Debian, Ubuntu: \
             `apt install chromium fonts-noto-cjk`), or say where it is with {CHOICE}=PATH",
            BROWSERS.join(", ")
        )
    })
}

/// Prints the page of all pages that stands in `folder` to `file`.
///
/// # Errors
/// If the browser cannot be run, or writes nothing.
pub fn print(browser: &OsString, folder: &Path, file: &Path) -> Result<()> {
    let page = folder.join("print.html");
    let html = fs::read_to_string(&page).with_context(|| format!("cannot read {}", page.display()))?;
    // The page would ask for a printer by itself; and what is folded on a screen nobody can unfold on paper.
    let html = html.replace("window.setTimeout(window.print, 100);", "").replace("<details", "<details open");
    fs::write(&page, html).with_context(|| format!("cannot write {}", page.display()))?;
    let page = page.canonicalize().with_context(|| format!("cannot find {}", page.display()))?;

    let profile = folder.join("browser-profile");
    let mut command = Command::new(browser);
    command
        // The outline is what a reader finds a lesson by; browsers that do not know it pass it over.
        .args(["--headless", "--disable-gpu", "--no-pdf-header-footer", "--generate-pdf-document-outline"])
        .arg(option("--user-data-dir=", &profile))
        .arg(option("--print-to-pdf=", file))
        .arg(option("file://", &page))
        .stdin(Stdio::null());
    if fs::metadata("/proc/self").is_ok_and(|me| me.uid() == 0) {
        // Chromium refuses to run as root otherwise. It is shown nothing but our own page.
        command.arg("--no-sandbox");
    }
    let shown = browser.display();
    let output = command.output().with_context(|| format!("cannot run {shown} to print {}", page.display()))?;
    let is_there = fs::read(file).is_ok_and(|bytes| bytes.starts_with(b"%PDF"));
    if !output.status.success() || !is_there {
        let said = String::from_utf8_lossy(&output.stderr);
        let last: Vec<&str> = said.trim().lines().rev().take(5).collect();
        let last: Vec<&str> = last.into_iter().rev().collect();
        bail!("{shown} has not printed {} ({}): {}", file.display(), output.status, last.join("\n"));
    }
    Ok(())
}

fn option(name: &str, value: &Path) -> OsString {
    let mut option = OsString::from(name);
    option.push(value);
    option
}

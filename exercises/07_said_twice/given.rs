//! "start" is written once, and comes twice.

use std::error::Error;
use std::io::{BufWriter, Write, stdout};

use multiprocess::Process;

fn main() -> Result<(), Box<dyn Error>> {
    let mut out = BufWriter::new(stdout());
    writeln!(out, "start")?;
    let mut child = Process::spawn(|| {
        writeln!(out, "child").expect("standard output is open");
        out.flush().expect("standard output is open");
    })?;
    child.join()?;
    writeln!(out, "parent")?;
    out.flush()?;
    Ok(())
}

//! The command `interleave`.

fn main() -> std::process::ExitCode {
    interleave_cli::main(&interleave_cli::Front { command: "interleave", course: None })
}

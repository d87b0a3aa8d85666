//! The environment of a program.

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::OsStrExt;
use std::process::Command;

use crate::shims;

/// What of our environment a program gets, and what else.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Environment {
    /// The names of the variables that it gets from us, where `LC_*` stands for all that begin with `LC_`; `None` for all variables.
    pub inherited: Option<Vec<String>>,
    /// What it has beside these, or in their place.
    pub added: Vec<(OsString, OsString)>,
}

/// Which isolation a helper is to try at best. Its program is not told.
pub const ISOLATION: &str = "INTERLEAVE_ISOLATION";

/// Our environment as a program gets it, the same in explorations and in real time.
pub(crate) fn of_program() -> BTreeMap<OsString, OsString> {
    let mut all: BTreeMap<OsString, OsString> = std::env::vars_os().collect();
    all.remove(OsStr::new(ISOLATION));
    // Python would keep its lines until it ends, and order its sets differently in every run.
    all.entry("PYTHONUNBUFFERED".into()).or_insert_with(|| "1".into());
    all.insert("PYTHONHASHSEED".into(), "0".into());
    // To look up the lines of a backtrace takes longer than all else that a run does.
    all.insert("RUST_BACKTRACE".into(), "0".into());
    all
}

impl Environment {
    /// Sees to it that this command has it.
    pub fn give(&self, command: &mut Command) {
        if let Some(names) = &self.inherited {
            command.env_clear();
            let is_given = |name: &OsStr| names.iter().any(|pattern| matches(pattern, name));
            command.envs(std::env::vars_os().filter(|(name, _)| is_given(name)));
        }
        command.envs(self.added.iter().map(|(name, value)| (name, value)));
    }

    /// The same for a helper, from which its program then gets it.
    pub(crate) fn give_by(&self, helper: &mut Command) {
        self.give(helper);
        let own = helper.get_envs().find(|(name, _)| *name == "PATH").map(|(_, value)| value.map(OsStr::to_owned));
        let is_inherited = self.inherited.as_ref().is_none_or(|names| names.iter().any(|name| name == "PATH"));
        let path = own.unwrap_or_else(|| std::env::var_os("PATH").filter(|_| is_inherited));
        if let Some(path) = path.filter(|_| helper.get_current_dir().is_none_or(|folder| !shims::has_version(folder))) {
            helper.env("PATH", shims::resolved(&path));
        }
        if let Some(isolation) = std::env::var_os(ISOLATION) {
            helper.env(ISOLATION, isolation);
        }
    }
}

fn matches(pattern: &str, name: &OsStr) -> bool {
    match pattern.strip_suffix('*') {
        Some(beginning) => name.as_bytes().starts_with(beginning.as_bytes()),
        None => name == pattern,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_named_is_given() {
        let mut command = Command::new("program");
        let inherited = Some(vec!["PATH".to_owned(), "CARGO_MANIFEST_*".to_owned()]);
        let environment = Environment { inherited, added: vec![("OWN".into(), "1".into())] };
        environment.give(&mut command);
        let given: Vec<&OsStr> = command.get_envs().map(|(name, _)| name).collect();
        assert!(given.contains(&OsStr::new("PATH")) && given.contains(&OsStr::new("OWN")), "{given:?}");
        assert!(given.contains(&OsStr::new("CARGO_MANIFEST_DIR")), "{given:?}");
        assert!(!given.contains(&OsStr::new("CARGO_PKG_NAME")), "{given:?}");
    }
}

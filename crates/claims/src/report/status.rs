//! What a command comes to, and its exit status.

/// What a command comes to, from the best to the worst: of several, the worst counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Status {
    /// Everything holds, and nothing was left out.
    Holds,
    /// Everything held as far as it went: not all was explored, or a claim could not be checked.
    Partly,
    /// It could not be judged.
    Unjudged,
    /// Something failed.
    Failed,
}

impl Status {
    /// The exit status of a command that comes to this.
    pub fn code(self) -> u8 {
        match self {
            Status::Holds => 0,
            Status::Failed => 1,
            Status::Unjudged => 2,
            Status::Partly => 3,
        }
    }

    /// Its name in JSON.
    pub fn name(self) -> &'static str {
        match self {
            Status::Holds => "pass",
            Status::Failed => "fail",
            Status::Unjudged => "unjudged",
            Status::Partly => "incomplete",
        }
    }
}

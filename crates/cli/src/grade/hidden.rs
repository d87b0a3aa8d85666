//! Claims of which a class sees only the words before the deadline.

use std::borrow::Cow;
use std::time::SystemTime;

use super::grades::{Grade, Grades, Hidden, Scored, Told, Verdict};

/// The grades as the class may see them at this time. What is hidden counts for nothing in them, so that no sum tells of it.
pub fn shown(grades: &Grades, now: SystemTime) -> Cow<'_, Grades> {
    let Some(hidden) = grades.hidden.as_ref().filter(|hidden| !is_over(hidden, now)) else {
        return Cow::Borrowed(grades);
    };
    let max = grades.max.saturating_sub(hidden.points);
    Cow::Owned(Grades { max, submissions: grades.submissions.iter().map(open).collect(), ..grades.clone() })
}

/// Whether the deadline has passed. Without one it never does.
fn is_over(hidden: &Hidden, now: SystemTime) -> bool {
    let until = hidden.until.as_deref().and_then(|until| humantime::parse_rfc3339_weak(until).ok());
    until.is_some_and(|until| now >= until)
}

fn open(grade: &Grade) -> Grade {
    let mut grade = grade.clone();
    if let Some(Told { cause, story, hints }) = grade.open.take() {
        (grade.cause, grade.story, grade.hints) = (cause, story, hints);
    }
    grade.claims.iter_mut().filter(|claim| claim.hidden).for_each(|claim| {
        let says = std::mem::take(&mut claim.says);
        *claim = Scored { hidden: true, ..Scored::new(says, 0, Verdict::Hidden) };
    });
    grade.points = grade.claims.iter().map(|claim| claim.points).sum();
    grade
}

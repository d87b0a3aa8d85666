//! The list of exercises, with a search.

use exercises::catalog::{Exercise, Language};
use exercises::progress::Progress;

/// What is looked for, and which of the exercises found is pointed at.
#[derive(Debug, Default)]
pub struct List {
    pub search: String,
    pointed: usize,
}

impl List {
    /// A list that points at the exercise at this place.
    pub fn at(place: usize) -> List {
        List { search: String::new(), pointed: place }
    }

    /// The places of the exercises in whose names or titles, in either language, the words stand.
    pub fn found(&self, exercises: &[Exercise]) -> Vec<usize> {
        let search = self.search.to_lowercase();
        let found = |exercise: &Exercise| {
            let titles = [&exercise.name, &exercise.lesson, &exercise.english.title, &exercise.chinese.title];
            titles.iter().any(|text| text.to_lowercase().contains(&search))
        };
        (0..exercises.len()).filter(|&place| found(&exercises[place])).collect()
    }

    /// The place of the exercise that is pointed at.
    pub fn pointed(&self, exercises: &[Exercise]) -> Option<usize> {
        let found = self.found(exercises);
        found.get(self.pointed.min(found.len().saturating_sub(1))).copied()
    }

    pub fn up(&mut self, exercises: &[Exercise]) {
        let last = self.found(exercises).len().saturating_sub(1);
        self.pointed = self.pointed.min(last).saturating_sub(1);
    }

    pub fn down(&mut self, exercises: &[Exercise]) {
        let last = self.found(exercises).len().saturating_sub(1);
        self.pointed = (self.pointed + 1).min(last);
    }

    /// A character more to look for.
    pub fn add(&mut self, character: char) {
        self.search.push(character);
        self.pointed = 0;
    }

    /// One less.
    pub fn remove(&mut self) {
        self.search.pop();
        self.pointed = 0;
    }

    /// The list in lines of text, no more of it than `rows` around what is pointed at.
    pub fn lines(&self, exercises: &[Exercise], progress: &Progress, language: Language, rows: usize) -> Vec<String> {
        let found = self.found(exercises);
        let pointed = self.pointed(exercises);
        let position = found.iter().position(|place| Some(*place) == pointed).unwrap_or(0);
        let first = position.saturating_sub(rows / 2).min(found.len().saturating_sub(rows));
        let line = |&place: &usize| {
            let exercise = &exercises[place];
            let (at, mark) = (
                if Some(place) == pointed { '>' } else { ' ' },
                if progress.is_done(&exercise.name) { '✓' } else { ' ' },
            );
            format!("{at} {mark} {:24} {}", exercise.name, exercise.text(language).title)
        };
        found.iter().skip(first).take(rows).map(line).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all() -> Vec<Exercise> {
        exercises::catalog::read(&exercises::root()).unwrap()
    }

    #[test]
    fn what_is_typed_is_found_in_both_languages() {
        let all = all();
        let mut list = List::at(5);
        "死锁".chars().for_each(|c| list.add(c));
        let found: Vec<&str> = list.found(&all).iter().map(|&place| all[place].name.as_str()).collect();
        assert_eq!(found, ["23_deadlock"]);
        assert_eq!(list.pointed(&all).map(|place| all[place].name.as_str()), Some("23_deadlock"));
        list.remove();
        list.remove();
        assert_eq!(list.found(&all).len(), all.len());
    }

    #[test]
    fn one_cannot_leave_the_list() {
        let all = all();
        let mut list = List::at(0);
        list.up(&all);
        assert_eq!(list.pointed(&all), Some(0));
        (0..all.len() + 3).for_each(|_| list.down(&all));
        assert_eq!(list.pointed(&all), Some(all.len() - 1));
        "nothing of that kind".chars().for_each(|c| list.add(c));
        list.down(&all);
        assert_eq!(list.pointed(&all), None);
    }

    #[test]
    fn a_low_terminal_shows_what_is_pointed_at() {
        let all = all();
        let folder = tempfile::tempdir().unwrap();
        let progress = Progress::read(&folder.path().join("progress.txt")).unwrap();
        for place in 0..all.len() {
            let lines = List::at(place).lines(&all, &progress, Language::English, 5);
            assert_eq!(lines.len(), 5);
            assert!(lines.iter().any(|line| line.starts_with("> ") && line.contains(&all[place].name)));
        }
    }
}

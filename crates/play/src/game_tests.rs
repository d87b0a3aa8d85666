//! The game played against a toy program, whose processes are a list of deeds each: no process is started.

use interleave::explore::Deed;
use interleave::trace::End as Ended;

use super::*;
use crate::atlas::End;
use crate::scene::{Cell, Done, Ending};

/// A parent that prints p1, starts a child, prints p2, waits for it and ends; the child prints c1 and ends.
fn deeds(task: TaskId) -> Vec<Deed> {
    let print = |text: &str| Deed::Print(format!("{text}\n"));
    match task {
        0 => vec![print("p1"), Deed::Fork, print("p2"), Deed::Wait(Some(1)), Deed::Exit(0)],
        _ => vec![print("c1"), Deed::Exit(0)],
    }
}

/// What there is to see after these steps; the error is a step that cannot be taken.
fn toy(steps: &[TaskId]) -> Result<Scene, String> {
    let mut taken = [0, 0];
    let mut scene = Scene { schedule: format!("{}", steps.len()), ..Scene::default() };
    let actors = |taken: &[usize; 2]| -> Vec<Actor> {
        let tasks = if taken[0] > 1 { 2 } else { 1 };
        let actor = |task: TaskId| {
            let next = deeds(task).get(taken[usize::from(task)]).cloned();
            let stand = match &next {
                None => Stand::Ended,
                Some(Deed::Wait(_)) if taken[1] < 2 => Stand::Waits,
                Some(_) => Stand::Ready,
            };
            Actor { task, process: usize::from(task), stand, next, source: None }
        };
        (0..tasks).map(actor).collect()
    };
    for &task in steps {
        let now = actors(&taken);
        let actor = now.iter().find(|actor| actor.task == task && actor.stand == Stand::Ready);
        let deed = actor.and_then(|actor| actor.next.clone()).ok_or(format!("{task} cannot go on"))?;
        taken[usize::from(task)] += 1;
        let what = match deed {
            Deed::Print(text) => {
                scene.lines.push((usize::from(task), text.trim().to_owned()));
                Done::Line(text.trim().to_owned())
            }
            Deed::Exit(code) => Done::Ended(Ended::Exited(code)),
            deed => Done::Step(deed),
        };
        scene.rows.push(Row { task, cells: vec![Cell { task, what }] });
    }
    scene.actors = actors(&taken);
    scene.ending = scene.actors.iter().all(|actor| actor.stand == Stand::Ended).then_some(Ending::Ended);
    Ok(scene)
}

/// Does what the game wants, as a session does.
fn serve(game: &mut Game, wish: Option<Wish>) {
    let Some(Wish::Run { mut steps, onward, .. }) = wish else { return };
    loop {
        let scene = match toy(&steps) {
            Ok(scene) => scene,
            Err(why) => {
                assert_eq!(game.arrive(Err(why)), None);
                return;
            }
        };
        match scene.next_by_itself() {
            Some(next) if onward == Onward::ToTheEnd => steps.push(next),
            _ => {
                let solves = if scene.lines.iter().map(|(_, line)| line.as_str()).eq(["p1", "c1", "p2"]) {
                    vec![0]
                } else {
                    vec![]
                };
                assert_eq!(game.arrive(Ok(Arrival { steps, scene, solves, ..Arrival::default() })), None);
                return;
            }
        }
    }
}

pub(crate) fn press(game: &mut Game, keys: &str) {
    for key in keys.chars() {
        let key = match key {
            '\n' => Key::Enter,
            '^' => Key::Up,
            'v' => Key::Down,
            '\t' => Key::Tab,
            '<' => Key::Home,
            '>' => Key::End,
            key => Key::Char(key),
        };
        let wish = game.key(key);
        serve(game, wish);
    }
}

pub(crate) fn quest(task: &str) -> Quest {
    Quest::open(task)
}

pub(crate) fn game() -> Game {
    let mut game = Game::new("toy", ("replay".to_owned(), " -- toy".to_owned()));
    let wish = game.begin(Prepared::default());
    serve(&mut game, Some(wish));
    game
}

fn lines(game: &Game) -> Vec<&str> {
    game.scene.lines.iter().map(|(_, line)| line.as_str()).collect()
}

#[test]
fn one_key_lets_one_go_and_who_waits_stays() {
    let mut game = game();
    assert_eq!(game.scene.actors.len(), 1);
    press(&mut game, "112");
    assert_eq!(lines(&game), ["p1", "c1"]);
    press(&mut game, "11");
    assert_eq!(lines(&game), ["p1", "c1", "p2"]);
    assert_eq!(game.message, "a cannot go on: it waits for the end of b.");
    assert_eq!(game.place(), (4, 4));
    press(&mut game, "2");
    press(&mut game, "2");
    assert_eq!(game.message, "b has ended.");
    press(&mut game, "9");
    assert_eq!(game.message, "There is no column 9.");
    press(&mut game, "\n\n");
    assert_eq!(game.scene.ending, Some(Ending::Ended));
    press(&mut game, "1e");
    assert!(game.message.contains("come to its end"), "{}", game.message);
}

#[test]
fn steps_are_undone_and_taken_again_and_forgotten_once_another_way_is_taken() {
    let mut game = game();
    press(&mut game, "112e");
    let (_, all) = game.place();
    assert_eq!(all, 7);
    press(&mut game, "uu");
    assert_eq!(game.place(), (5, 7));
    assert_eq!(game.rows.len(), 7, "what was undone is still shown");
    press(&mut game, "r");
    assert_eq!(game.place(), (6, 7));
    press(&mut game, "<u");
    assert_eq!((game.place(), game.message.as_str()), ((0, 7), "This is the beginning."));
    press(&mut game, ">r");
    assert_eq!(game.place(), (7, 7));
    assert!(game.message.contains("No step is known"), "{}", game.message);
    // The same way again forgets nothing; another way does.
    press(&mut game, "<11");
    assert_eq!(game.place(), (2, 7));
    press(&mut game, "1");
    assert_eq!((game.place(), game.rows.len()), ((3, 3), 3));
    assert_eq!(lines(&game), ["p1", "p2"]);
}

#[test]
fn what_cannot_be_run_is_told_and_changes_nothing() {
    let mut game = game();
    press(&mut game, "11");
    let Some(Wish::Run { .. }) = game.key(Key::Char('1')) else { panic!("no run") };
    assert!(game.is_busy());
    assert_eq!(game.arrive(Err("it cannot be started".to_owned())), None);
    assert!(!game.is_busy());
    assert_eq!((game.place(), game.message.as_str()), ((2, 2), "it cannot be started"));
    press(&mut game, "2");
    assert_eq!(lines(&game), ["p1", "c1"]);
}

#[test]
fn a_program_that_sends_signals_begins_anew_with_more_steps() {
    let mut game = game();
    press(&mut game, "1");
    let Some(Wish::Run { steps, prepared: Prepared { signals: Signals::None, .. }, .. }) = game.key(Key::Char('1'))
    else {
        panic!("no run")
    };
    let scene = toy(&steps).unwrap();
    let arrival = Arrival { steps, scene, has_signals: Signals::Caught, ..Arrival::default() };
    // The same steps are tried; where they are others now, it begins anew.
    let again = game.arrive(Ok(arrival));
    assert_eq!(again, Some(Wish::Run { steps: vec![0, 0], onward: Onward::Stop, prepared: Signals::Caught.into() }));
    let again = game.arrive(Err("these steps cannot be taken".to_owned()));
    assert_eq!(again, Some(Wish::Run { steps: Vec::new(), onward: Onward::Stop, prepared: Signals::Caught.into() }));
    let arrival = Arrival { scene: toy(&[]).unwrap(), has_signals: Signals::Caught, ..Arrival::default() };
    assert_eq!(game.arrive(Ok(arrival)), None);
    assert_eq!(game.place(), (0, 0));
    assert!(matches!(
        game.key(Key::Char('1')),
        Some(Wish::Run { prepared: Prepared { signals: Signals::Caught, .. }, .. })
    ));
}

pub(crate) fn order(steps: &[TaskId], solves: &[usize]) -> Order {
    Order {
        steps: steps.to_vec(),
        lines: toy(steps).unwrap().lines,
        solves: solves.to_vec(),
        prepared: Prepared::default(),
        is_new: true,
    }
}

#[test]
fn quests_are_solved_hinted_at_shown_or_proved_impossible() {
    let mut game = game();
    game.set_quests(vec![quest("make c1 come before p2"), quest("lose a message")]);
    press(&mut game, "h");
    assert!(game.message.contains("Nothing is known yet"), "{}", game.message);
    game.found(order(&[0, 0, 0, 1, 1, 0, 0], &[]));
    game.found(order(&[0, 0, 1, 0, 1, 0, 0], &[0]));
    press(&mut game, "i");
    assert!(game.message.starts_with("No: there is an order"), "{}", game.message);
    press(&mut game, "11h");
    assert_eq!(game.message, "Hint: now let b go on.");
    press(&mut game, "1h");
    assert_eq!(game.message, "Hint: go back one step (u), and let b go on.");
    press(&mut game, "w");
    assert_eq!(game.progress(0), Progress::Open, "what is shown is not solved");
    press(&mut game, "<112u");
    press(&mut game, "21");
    assert_eq!(game.progress(0), Progress::Solved);
    assert_eq!(game.quest, Some(1), "on to the next");
    press(&mut game, "i");
    assert!(game.message.starts_with("Not known"), "{}", game.message);
    game.atlas.close(End::default());
    press(&mut game, "i");
    assert_eq!(game.message, "✓ Proved: impossible. None of all 2 orders does it.");
    assert_eq!(game.progress(1), Progress::Impossible);
}

#[test]
fn nothing_is_proved_where_the_exploration_has_a_but() {
    let mut game = game();
    game.set_quests(vec![quest("lose a message")]);
    game.found(order(&[0, 0, 0, 1, 1, 0, 0], &[]));
    game.atlas.close(End { limit: None, but: vec!["threads share memory".to_owned()] });
    press(&mut game, "i");
    assert_eq!(game.message, "None of all 1 order does it; but threads share memory.");
    assert_eq!(game.progress(0), Progress::Open);
}

#[test]
fn a_quest_that_is_not_told_yet_is_told_once_somebody_solves_it() {
    let mut game = game();
    let mut hidden = quest("break it");
    hidden.is_open = false;
    game.set_quests(vec![hidden]);
    assert_eq!(game.quests().count(), 0);
    press(&mut game, "\t");
    assert_eq!(game.overlay, None);
    game.found(order(&[0, 0, 1, 0, 1, 0, 0], &[0]));
    assert_eq!(game.quests().count(), 1);
    assert_eq!(game.quest, Some(0));
}

#[test]
fn an_order_is_shown_in_which_a_line_comes_before_another() {
    let mut game = game();
    press(&mut game, "/");
    assert_eq!(game.overlay, None, "no lines are known");
    game.found(order(&[0, 0, 0, 1, 1, 0, 0], &[]));
    game.found(order(&[0, 0, 1, 0, 1, 0, 0], &[]));
    // The lines are p1, p2, c1: c1 before p2.
    press(&mut game, "/vv\n^\n");
    assert_eq!(lines(&game), ["p1", "c1", "p2"]);
    assert!(game.message.starts_with("“c1” before “p2”: so it goes"), "{}", game.message);
    press(&mut game, "/v\n^\n");
    assert!(game.message.starts_with("“p2” before “p1”: not found so far among 2 orders"), "{}", game.message);
    game.atlas.close(End::default());
    press(&mut game, "/v\n^\n");
    assert_eq!(game.message, "“p2” before “p1”: impossible. It comes in none of all 2 orders.");
    press(&mut game, "/\n\n");
    assert_eq!(game.message, "A line cannot come before itself.");
}

#[test]
fn a_schedule_is_kept_and_told_once() {
    let mut game = game();
    press(&mut game, "11ss");
    assert_eq!(game.saved, ["replay 2 -- toy"]);
    assert_eq!(game.key(Key::Char('q')), Some(Wish::Quit));
}

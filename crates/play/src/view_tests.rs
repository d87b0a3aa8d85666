//! What is drawn, on a screen in memory.

use ratatui::Terminal;
use ratatui::backend::TestBackend;

use super::*;
use crate::game::tests::{game, order, press, quest};
use crate::scene::tests::print;

/// The screen, line by line; the second half of a wide character is left out.
fn screen(game: &Game, width: u16, height: u16) -> Vec<String> {
    let mut terminal = Terminal::new(TestBackend::new(width, height)).unwrap();
    terminal.draw(|frame| draw(frame, game)).unwrap();
    let buffer = terminal.backend().buffer().clone();
    let line = |y| {
        let mut line = String::new();
        let mut x = 0;
        while x < width {
            let symbol = buffer[(x, y)].symbol();
            line.push_str(symbol);
            x += symbol.width().max(1) as u16;
        }
        line.trim_end().to_owned()
    };
    (0..height).map(line).collect()
}

/// In which cell of a line a text begins.
fn cell(line: &str, text: &str) -> usize {
    line[..line.find(text).unwrap_or_else(|| panic!("no {text} in {line}"))].width()
}

fn find<'a>(screen: &'a [String], text: &str) -> &'a str {
    screen.iter().find(|line| line.contains(text)).unwrap_or_else(|| panic!("no {text} in {screen:#?}"))
}

#[test]
fn each_process_has_a_column_with_its_lines_and_what_it_is_about_to_do() {
    let mut game = game();
    game.roles = [(0, "parent".to_owned()), (1, "child".to_owned())].into();
    game.set_quests(vec![quest("make c1 come before p2")]);
    press(&mut game, "112");
    let screen = screen(&game, 80, 24);
    assert!(screen[0].starts_with("toy  step 3  schedule 3"), "{}", screen[0]);
    let heads = find(&screen, "parent a");
    let (left, right) = (cell(heads, "> 1 parent a"), cell(heads, "> 2 child b"));
    assert_eq!(cell(find(&screen, "p1"), "p1"), left);
    assert_eq!(cell(find(&screen, "  3  "), "c1"), right);
    let next = find(&screen, "is about to print p2");
    assert!(cell(next, "is about to print p2") < right);
    assert!(cell(next, "is about to end") > right, "{next}");
    assert!(find(&screen, "Quest 1 of 1").contains("[ ] make c1 come before p2"));
    press(&mut game, "1");
    assert!(find(&self::screen(&game, 80, 24), "waits for the end of b").contains("is about to end"));
    press(&mut game, "e");
    assert!(find(&self::screen(&game, 80, 24), "the end").contains("step 7"));
}

#[test]
fn wide_characters_keep_the_columns_aligned_and_are_not_cut_in_half() {
    let mut game = game();
    press(&mut game, "112");
    game.rows[0] = print(0, "父进程启动，它打印了一行很长很长的文字，比它的一栏宽得多，所以要分成几行");
    game.rows[2] = print(1, "子进程启动");
    for width in 50..62 {
        let screen = screen(&game, width, 30);
        let right = cell(find(&screen, "> 2 b"), "> 2 b");
        let child = find(&screen, "子进程启动");
        assert_eq!(cell(child, "子进程启动"), right, "{width}: {screen:#?}");
        for line in &screen {
            assert!(line.width() <= usize::from(width), "{width}: {line}");
        }
        let text: String =
            screen.iter().flat_map(|line| line.chars()).filter(|c| "父进程启动，它打印了一行".contains(*c)).collect();
        assert!(text.contains("父进程启动，它打印了"), "{width}: {text}");
    }
}

#[test]
fn what_was_undone_is_shown_below_the_line() {
    let mut game = game();
    press(&mut game, "112u");
    let screen = screen(&game, 80, 24);
    assert!(screen[0].contains("step 2 of 3"), "{}", screen[0]);
    let line = screen.iter().position(|line| line.starts_with('─')).unwrap();
    assert_eq!(screen.iter().position(|line| line.contains("c1")), Some(line + 1));
    assert_eq!(screen.iter().position(|line| line.starts_with("  2")), Some(line - 1));
    // Who is not there yet keeps the column in which it was.
    press(&mut game, "<");
    let screen = self::screen(&game, 80, 24);
    assert_eq!(cell(find(&screen, "c1"), "c1"), cell(&screen[1], "  2 b"));
    assert!(screen.iter().any(|line| line.contains("is not there yet")), "{screen:#?}");
    press(&mut game, "2");
    assert_eq!(game.message, "b is not there yet.");
}

#[test]
fn what_a_program_prints_does_nothing_to_the_terminal() {
    let mut game = game();
    press(&mut game, "1");
    game.rows[0] = print(0, "a\u{1b}[2Jb");
    assert!(find(&screen(&game, 80, 24), "a\\u{1b}[2Jb").contains("  1"));
}

#[test]
fn overlays_lie_over_the_board_and_fit_small_screens() {
    let mut game = game();
    game.set_quests(vec![quest("make c1 come before p2"), quest("lose a message")]);
    game.found(order(&[0, 0, 1, 0, 1, 0, 0], &[0]));
    for (keys, wanted) in
        [("?", "take its next step"), ("\t", "lose a message"), ("/v", "Show me an order"), ("/v\n", "first: p2")]
    {
        press(&mut game, keys);
        assert!(screen(&game, 100, 24).iter().any(|line| line.contains(wanted)), "{keys:?}");
        for (width, height) in [(20, 8), (40, 12), (1, 1), (300, 100)] {
            screen(&game, width, height);
        }
        game.overlay = None;
    }
}

#[test]
fn of_more_columns_than_there_is_room_for_the_chosen_one_is_shown() {
    let mut game = game();
    press(&mut game, "11");
    game.cast.extend((2..9).map(|task| (task, usize::from(task))));
    let seen = |game: &Game, name: &str| screen(game, 80, 24)[1].contains(name);
    game.selected = 0;
    assert!(seen(&game, "1 a") && !seen(&game, "9 i") && screen(&game, 80, 24)[1].starts_with('>'));
    game.selected = 8;
    assert!(seen(&game, "9 i") && !seen(&game, "1 a") && screen(&game, 80, 24)[1].starts_with('<'));
}

#[test]
fn texts_are_broken_between_words_and_cut_where_they_are_too_long() {
    assert_eq!(wrap("one two three", 8, 4), ["one two", "three"]);
    assert_eq!(wrap("子进程启动", 4, 4), ["子进", "程启", "动"]);
    assert_eq!(wrap("a 子进程启动", 6, 4), ["a 子进", "程启动"]);
    assert_eq!(wrap("abcdef", 3, 1), ["ab…"]);
    assert_eq!(wrap("", 3, 1), [""]);
    assert_eq!(fit("子进程", 5), "子进…");
    assert_eq!(fit("子进程", 4), "子…");
    assert_eq!(fit("abc", 3), "abc");
}

#[test]
fn only_in_a_deadlock_somebody_waits_for_ever() {
    let mut game = game();
    press(&mut game, "1121");
    for (ending, for_ever) in [(Ending::Deadlock, true), (Ending::Stopped("its time was up".to_owned()), false)] {
        game.scene.ending = Some(ending);
        let screen = screen(&game, 80, 24);
        assert_eq!(find(&screen, "waits for the end of b").contains("for ever"), for_ever, "{screen:#?}");
    }
}

#[test]
fn a_window_keeps_its_frame_over_wide_characters() {
    let mut game = game();
    press(&mut game, "1121");
    game.overlay = Some(Overlay::Help);
    for line in ["子进程启动".repeat(9), format!(" {}", "子进程启动".repeat(9))] {
        game.rows = vec![print(0, &line); 20];
        let width = 100;
        let mut terminal = Terminal::new(TestBackend::new(width, 30)).unwrap();
        terminal.draw(|frame| draw(frame, &game)).unwrap();
        let buffer = terminal.backend().buffer();
        let cells = |y: u16| (0..width).map(move |x| buffer[(x, y)].symbol());
        let top = (0..30).find(|&y| cells(y).any(|symbol| symbol == "┌") && cells(y).any(|symbol| symbol == "┐"));
        let left = cells(top.unwrap()).position(|symbol| symbol == "┌").unwrap() as u16;
        for y in top.unwrap()..top.unwrap() + 10 {
            assert!(buffer[(left - 1, y)].symbol().width() < 2, "line {y}: half of a character under the frame");
        }
    }
}

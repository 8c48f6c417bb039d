//! What one step costs: turns with a barge-in each, told over and over. `cargo bench -p hearth-session`.
#![allow(clippy::print_stdout, reason = "its only product")]

use std::{
    hint::black_box,
    time::{Duration, Instant},
};

use hearth_session::{Action, Event, Policy, Session, TurnId};

const TURNS: u64 = 20_000;
const WINDOWS_PER_TURN: u64 = 100;
const WINDOW: Duration = Duration::from_millis(32);

fn main() {
    let policy = Policy { session_max: Duration::MAX, ..Policy::default() };
    let (mut session, mut actions) = (Session::new(policy), Vec::new());
    let (mut steps, mut orders) = (0, 0);
    let began = Instant::now();
    for turn in 0..TURNS {
        for window in 0..WINDOWS_PER_TURN {
            let at = WINDOW * u32::try_from(turn * WINDOWS_PER_TURN + window).unwrap_or(u32::MAX);
            for event in facts(window, at, session.answering()).into_iter().flatten() {
                session.step(at, black_box(event), &mut actions);
                steps += 1;
            }
            orders += drain(&mut actions);
        }
    }
    let each = began.elapsed() / steps;
    println!("{steps} steps, {orders} orders, {each:?} each");
}

fn facts(window: u64, at: Duration, turn: Option<TurnId>) -> [Option<Event>; 2] {
    let other = match window {
        10 => Some(Event::SpeechStarted { at }),
        50 => Some(Event::SpeechPaused { at }),
        70 => turn.map(|turn| Event::AnswerBegan { turn }),
        _ => None,
    };
    [Some(Event::MediaReached { at }), other]
}

fn drain(actions: &mut Vec<Action>) -> usize {
    let orders = black_box(&actions).len();
    actions.clear();
    orders
}

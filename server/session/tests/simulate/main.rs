//! Random conversations, watched for the promises on the crate's page. A failure prints its seed and every fact told.

#![allow(clippy::panic, clippy::print_stdout, reason = "a broken promise fails loudly, with its conversation")]

mod nonsense;
mod watcher;
mod world;

use std::collections::BTreeMap;

use hearth_session::{Action, Event, Hangup, Session, State};
use watcher::Watcher;
use world::World;

const CONVERSATIONS: u64 = 20_000;
const FACTS_MAX: usize = 120;

#[test]
fn random_conversations_keep_the_promises() {
    let mut seen = BTreeMap::new();
    for seed in 0..CONVERSATIONS {
        converse(seed, FACTS_MAX, &mut seen);
    }
    println!("{seen:#?}");
    for what in EVERYTHING {
        let times = seen.get(*what).copied().unwrap_or(0);
        assert!(times >= 100, "{what} was reached only {times} times: the simulation proves little about it");
    }
}

#[test]
fn a_very_long_conversation_keeps_the_promises() {
    converse(u64::MAX, 100_000, &mut BTreeMap::new());
}

/// What must have happened often, for the silence of the watcher to mean anything.
const EVERYTHING: &[&str] = &[
    "Listening",
    "UserSpeaking",
    "Endpointing",
    "Thinking",
    "Speaking",
    "Overlap",
    "Closed",
    "BeginUtterance",
    "EndUtterance Silence",
    "EndUtterance Client",
    "EndUtterance Limit",
    "DiscardUtterance",
    "CommitSilence",
    "StartAnswer TurnEnded",
    "StartAnswer Requested",
    "StartAnswer Idle",
    "CancelAnswer TurnDetected",
    "CancelAnswer ClientCancelled",
    "CancelAnswer TimedOut",
    "CancelAnswer SessionEnded",
    "PausePlayout",
    "ResumePlayout",
    "Tell",
    "Close ClientLeft",
    "Close SessionExpired",
    "Close ServerStopping",
];

/// One conversation of at most `facts_max` facts.
fn converse(seed: u64, facts_max: usize, seen: &mut BTreeMap<String, usize>) {
    let mut world = World::new(seed);
    let mut session = Session::new(world.policy);
    let mut watcher = Watcher::new(world.policy);
    let mut told = Told { seed, facts: Vec::new() };
    for _ in 0..facts_max {
        let event = world.next(&session);
        told.facts.push(format!("{:?} {event:?}", world.now));
        if world.chance(8) {
            question(&session, &watcher, &mut world, event);
        }
        let mut actions = Vec::new();
        session.step(world.now, event, &mut actions);
        watcher.watch(world.now, event, &actions, &session);
        count(&session, &actions, seen);
        world.notice(&actions);
        if session.state() == State::Closed {
            break;
        }
    }
    time_alone_returns_the_floor(&session, &world);
    std::mem::forget(told);
}

/// Asks copies of the session what they would do.
fn question(session: &Session, watcher: &Watcher, world: &mut World, event: Event) {
    early_alarms_are_not_believed(session, world);
    hanging_up_cancels_the_work_in_hand(session, watcher, world);
    time_alone_returns_the_floor(session, world);
    if watcher.is_stale(event) {
        let (stale, idle) = (after(session, world, event), after(session, world, Event::Woke));
        assert_eq!(stale, idle, "promise 1: stale work changes nothing and orders nothing");
    }
}

fn after(session: &Session, world: &World, event: Event) -> (Vec<Action>, String) {
    let (mut copy, mut actions) = (session.clone(), Vec::new());
    copy.step(world.now, event, &mut actions);
    (actions, format!("{copy:?}"))
}

fn early_alarms_are_not_believed(session: &Session, world: &mut World) {
    let Some(deadline) = session.deadline().filter(|deadline| *deadline > world.now) else { return };
    let early = world.between(world.now, deadline);
    let (mut copy, mut actions) = (session.clone(), Vec::new());
    copy.step(early, Event::Woke, &mut actions);
    assert_eq!(actions, [], "promise 5: an early alarm is not believed");
    assert_eq!((copy.state(), copy.deadline()), (session.state(), session.deadline()), "promise 5");
}

fn hanging_up_cancels_the_work_in_hand(session: &Session, watcher: &Watcher, world: &World) {
    let (mut copy, mut actions) = (session.clone(), Vec::new());
    copy.step(world.now, Event::HungUp(Hangup::ClientLeft), &mut actions);
    let mut watcher = watcher.clone();
    watcher.watch(world.now, Event::HungUp(Hangup::ClientLeft), &actions, &copy);
    assert_eq!(actions.last(), Some(&Action::Close(Hangup::ClientLeft)), "promise 6");
    assert_eq!((copy.answering(), watcher.making(), watcher.collecting()), (None, None, false), "promise 6");
}

/// Nothing happens but alarms: the floor must be free after every patience was lost once.
fn time_alone_returns_the_floor(session: &Session, world: &World) {
    let (mut copy, mut actions) = (session.clone(), Vec::new());
    let policy = copy.policy();
    let patience = policy.utterance_max
        + policy.stall_max
        + 2 * policy.thinking_max
        + 2 * policy.speaking_max
        + policy.voice().map_or_else(Default::default, |voice| voice.silence_duration);
    let last = world.now + patience;
    while !matches!(copy.state(), State::Listening | State::Closed) {
        let Some(deadline) = copy.deadline() else { panic!("promise 4: {:?} waits for ever", copy.state()) };
        assert!(deadline <= last, "promise 4: {:?} waits too long", copy.state());
        copy.step(deadline, Event::Woke, &mut actions);
        assert!(copy.deadline().is_none_or(|next| next > deadline), "promise 4: an alarm rings for ever");
    }
}

fn count(session: &Session, actions: &[Action], seen: &mut BTreeMap<String, usize>) {
    let mut add = |what: String| *seen.entry(what).or_default() += 1;
    add(format!("{:?}", session.state()));
    for action in actions {
        add(match action {
            Action::BeginUtterance { .. } => "BeginUtterance".into(),
            Action::EndUtterance { cause, .. } => format!("EndUtterance {cause:?}"),
            Action::DiscardUtterance => "DiscardUtterance".into(),
            Action::CommitSilence { .. } => "CommitSilence".into(),
            Action::StartAnswer { cause, .. } => format!("StartAnswer {cause:?}"),
            Action::CancelAnswer { cause, .. } => format!("CancelAnswer {cause:?}"),
            Action::PausePlayout { .. } => "PausePlayout".into(),
            Action::ResumePlayout { .. } => "ResumePlayout".into(),
            Action::Tell(_) => "Tell".into(),
            Action::Close(hangup) => format!("Close {hangup:?}"),
        });
    }
}

/// Prints the conversation when it is dropped by a failure.
struct Told {
    seed: u64,
    facts: Vec<String>,
}

impl Drop for Told {
    fn drop(&mut self) {
        println!("seed {}, the last facts of {}:", self.seed, self.facts.len());
        let from = self.facts.len().saturating_sub(FACTS_MAX);
        for fact in &self.facts[from..] {
            println!("  {fact}");
        }
    }
}

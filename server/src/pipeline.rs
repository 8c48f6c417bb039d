//! The way of the data, on one screen.
//!
//! ```text
//!  packets ─▶ Ingest ─sound─▶ Agent ─speech─▶ Playout ─▶ packets       data: from stage to stage
//!               └──── facts ────┴──────┬────────┘
//!                                    Inbox ─▶ Session ─▶ actions       control: one fact at a time, in one order
//! ```
//! Facts may wait in the inbox: that is the back-pressure. Actions never wait: they are plain calls that return at once.
//! So there is no cycle of waits.

use std::{sync::Arc, time::Duration};

use axum::extract::ws::Message;
use futures_util::{Sink, Stream};
use hearth_session::{Action, Event, Hangup, Session, record};
use tokio::{
    sync::mpsc,
    time::{Instant, timeout},
};

use crate::{
    call::{self, Call, ORDERS_MAX},
    house::House,
    inbox::{self, Fact, Facts, Inbox},
    ingest::Ingest,
    outbox::{self, OUTBOX_AGE_MAX, Outbox},
    panics,
    protocol::realtime::config::SessionConfig,
    senses::{Order, Senses},
};

/// One session, from its first frame to its last. Returns why it ended.
pub async fn run<R, W, E>(house: Arc<House>, config: SessionConfig, reading: R, writing: W) -> Hangup
where
    R: Stream<Item = Result<Message, E>> + Send + Unpin + 'static,
    W: Sink<Message> + Send + Unpin + 'static,
    E: std::error::Error + Send + Sync + 'static,
{
    let (inbox, mut facts) = inbox::open();
    let (orders, ordered) = mpsc::channel(ORDERS_MAX);
    let (out, frames) = outbox::open(Arc::clone(&house.metrics));

    let writer = tokio::spawn(frames.write(writing));
    let mut call = Call::open(Arc::clone(&house), config, &inbox, out.clone(), orders);
    call.greet();
    if !ingest(&house, &call.config, reading, &inbox, &out, ordered) {
        out.close(1011, "The input audio format cannot be heard.");
        return Hangup::Broken;
    }

    let mut session = Session::new(call.policy());
    write_down(Duration::ZERO, &Event::PolicyChanged(call.policy()), &[]);
    let mut actions = Vec::new();
    let began = Instant::now();
    let mut draining = false;
    let hangup = 'call: loop {
        let deadline = session.deadline().map(|deadline| began + deadline);
        let fact = next(&house, &mut facts, &out, deadline, &mut draining).await;
        if let Some(event) = call.take(fact) {
            let now = began.elapsed();
            session.step(now, event, &mut actions);
            write_down(now, &event, &actions);
        }
        for action in actions.drain(..) {
            if let Some(hangup) = call.carry_out(action) {
                break 'call hangup;
            }
        }
        call.settle();
    };

    call.close(hangup);
    // The last frames leave, or nobody wants them.
    let _ = timeout(OUTBOX_AGE_MAX, writer).await;
    hangup
}

/// Writes a call down with `--log hearth::call=trace`: the tests of the session can tell it again, with no sound stored.
fn write_down(now: Duration, event: &Event, actions: &[Action]) {
    tracing::trace!(target: "hearth::call", "{}", record(now, event, actions));
}

/// Opens the senses and lets them read the client; `false` when they cannot hear its format.
fn ingest<R, E>(
    house: &Arc<House>,
    config: &SessionConfig,
    socket: R,
    inbox: &Inbox,
    out: &Outbox,
    ordered: mpsc::Receiver<Order>,
) -> bool
where
    R: Stream<Item = Result<Message, E>> + Send + Unpin + 'static,
    E: std::error::Error + Send + Sync + 'static,
{
    let metrics = Arc::clone(&house.metrics);
    let listening = call::listening(config, &house.policy);
    let senses = Senses::open(house.models.clone(), inbox.clone(), ordered, Arc::clone(&metrics), listening);
    let Ok(senses) = senses else { return false };
    let ingest = Ingest { socket, senses, inbox: inbox.clone(), out: out.clone(), metrics, bytes: Vec::new() };
    tokio::spawn(panics::caught(&house.metrics, inbox, ingest.run()));
    true
}

/// The next fact: from the inbox, from the clock, or that the client does not read or the house is to stop.
async fn next(house: &House, facts: &mut Facts, out: &Outbox, deadline: Option<Instant>, draining: &mut bool) -> Fact {
    tokio::select! {
        biased;
        () = out.stuck() => Fact::HungUp(Hangup::ClientLeft),
        () = house.stopping.cancelled(), if !*draining => {
            *draining = true;
            Fact::Session(Event::DrainBegan)
        }
        fact = facts.next(deadline) => fact,
    }
}

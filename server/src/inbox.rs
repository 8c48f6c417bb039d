//! Facts on their way to the session: one at a time, in one order. Putting one may wait; that is the back-pressure.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use hearth_models::{SpeechSteps, Transcript};
use hearth_session::{Event, Hangup};
use tokio::{
    sync::{mpsc, watch},
    time::Instant,
};

use crate::{conversation::Sound, protocol::realtime::client::Wish, understanding::Understood};

/// Most facts that wait.
const INBOX_FACTS_MAX: usize = 64;

/// Something that happened.
#[derive(Debug)]
pub(crate) enum Fact {
    /// For the session as it is: media and answers.
    Session(Event),
    /// The speech encoder heard on.
    Listened {
        /// Which sound, see [`hearth_models::AudioPart::id`].
        part: u64,
        /// What it made of it.
        steps: SpeechSteps,
    },
    /// An utterance is whole, and understood.
    UtteranceHeard(Result<Heard, hearth_models::Error>),
    /// The client said something.
    Said {
        /// Its id of it.
        event_id: Option<String>,
        /// What it wishes.
        wish: Wish,
        /// Sounds and pictures that came with it, in the order of the wish.
        understood: Vec<Understood>,
        /// Media clock.
        at: Duration,
    },
    /// The connection is gone or must go.
    HungUp(Hangup),
}

/// A whole utterance.
#[derive(Debug)]
pub(crate) struct Heard {
    /// Which sound, see [`hearth_models::AudioPart::id`].
    pub part: u64,
    /// The last steps, or all of them.
    pub steps: SpeechSteps,
    /// Whether these are all steps, and those told before do not count.
    pub whole: bool,
    /// What was said.
    pub transcript: Transcript,
    /// The sound itself.
    pub sound: Sound,
}

/// Where facts are put.
#[derive(Debug, Clone)]
pub(crate) struct Inbox {
    facts: mpsc::Sender<Letter>,
    settled: Arc<Settled>,
}

#[derive(Debug)]
struct Letter {
    fact: Fact,
    settles: bool,
}

/// How many of the facts somebody waits for were put, and how many of them were acted upon.
#[derive(Debug)]
struct Settled {
    put: AtomicU64,
    done: watch::Sender<u64>,
}

/// Nobody reads the facts any more: the session is over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Closed;

impl Inbox {
    /// Puts a fact; waits while too many do.
    ///
    /// # Errors
    /// [`Closed`] when the session is over.
    pub(crate) async fn put(&self, fact: Fact) -> Result<(), Closed> {
        self.facts.send(Letter { fact, settles: false }).await.map_err(|_| Closed)
    }

    /// Puts a fact and waits until everything that follows from it was ordered. So whoever feeds the media clock is
    /// never ahead of the decisions made on it, however fast the client sends.
    ///
    /// # Errors
    /// [`Closed`] when the session is over.
    pub(crate) async fn settle(&self, fact: Fact) -> Result<(), Closed> {
        // One task settles, the one that reads the client, so the numbers go up with the facts.
        let number = self.settled.put.fetch_add(1, Ordering::Relaxed) + 1;
        self.facts.send(Letter { fact, settles: true }).await.map_err(|_| Closed)?;
        let mut done = self.settled.done.subscribe();
        tokio::select! {
            acted = done.wait_for(|done| *done >= number) => acted.map(|_| ()).map_err(|_| Closed),
            // A session that ends does not act on what still waits for it.
            () = self.facts.closed() => Err(Closed),
        }
    }
}

/// Where facts are read.
#[derive(Debug)]
pub(crate) struct Facts {
    letters: mpsc::Receiver<Letter>,
    settled: Arc<Settled>,
    /// Whether somebody waits for the fact that was read last.
    settles: bool,
}

/// A new, empty inbox.
#[must_use]
pub(crate) fn open() -> (Inbox, Facts) {
    let (sender, letters) = mpsc::channel(INBOX_FACTS_MAX);
    let settled = Arc::new(Settled { put: AtomicU64::new(0), done: watch::Sender::new(0) });
    (Inbox { facts: sender, settled: Arc::clone(&settled) }, Facts { letters, settled, settles: false })
}

impl Facts {
    /// The next fact before `deadline`, or that time passed. Reading on says that the fact before was acted upon.
    pub(crate) async fn next(&mut self, deadline: Option<Instant>) -> Fact {
        if std::mem::take(&mut self.settles) {
            self.settled.done.send_modify(|done| *done += 1);
        }
        let woke = async {
            match deadline {
                Some(deadline) => tokio::time::sleep_until(deadline).await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            biased;
            letter = self.letters.recv() => match letter {
                Some(Letter { fact, settles }) => {
                    self.settles = settles;
                    fact
                }
                None => Fact::HungUp(Hangup::Broken),
            },
            () = woke => Fact::Session(Event::Woke),
        }
    }
}

//! How soon a server is ready and how much of the machine it takes. In a file of its own, so that nothing else runs beside it.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails loudly")]

use std::time::Duration;

use hearth_tests::{Line, Server};

const START_MAX: Duration = Duration::from_secs(3);
const IDLE_BYTES_MAX: u64 = 400 << 20;
/// The first start reads the models from the disk; of the others the quickest counts.
const STARTS: usize = 4;

#[tokio::test]
async fn the_second_start_is_quick_and_an_idle_server_is_small() {
    let mut quickest = Duration::MAX;
    let mut resident = 0;
    for start in 0..STARTS {
        let server = Server::start(&[]).await;
        // On a busy machine others take part of the wall clock: what the start itself takes is processor time.
        let took = server.ready_after.min(server.processor_time());
        let mut line = Line::open(server.port).await;
        line.tell("good morning").await;
        assert_eq!(line.answer().await["status"], "completed");
        drop(line);
        server.wait_for_metric("hearth_sessions", 0.0).await;
        resident = resident.max(server.resident_bytes());
        if start > 0 {
            quickest = quickest.min(took);
        }
        server.stop().await;
    }
    println!("ready after {quickest:?} of processor time, {} MiB resident after a conversation", resident >> 20);
    assert!(quickest < START_MAX, "{quickest:?}");
    assert!(resident <= IDLE_BYTES_MAX, "{resident} bytes");
}

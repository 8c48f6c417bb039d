//! Graphs with memory on the pool of workers, and files that are not what they should be.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that unwraps fails loudly")]

mod common;

use std::{
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use common::{Node, block_on, library, poll_once, write_model};
use hearth_runtime::{Error, Graph, GraphSpec, LaneSnapshot, StateNames, StatePair, Tensor, Workers};

/// `next_state_sum = state_sum + x`, `y = next_state_sum + x`.
fn sums(folder: &Path) -> PathBuf {
    let path = folder.join("sums.onnx");
    let nodes = [
        Node::plain("Add", &["state_sum", "x"], &["next_state_sum"]),
        Node::plain("Add", &["next_state_sum", "x"], &["y"]),
    ];
    let border = |name| (name, false, vec![-1, 2]);
    write_model(&path, &nodes, &[border("x"), border("state_sum")], &[border("y"), border("next_state_sum")]);
    path
}

fn row(value: f32) -> Vec<(&'static str, Tensor)> {
    vec![("x", Tensor::f32(&[1, 2], vec![value, -value]).unwrap())]
}

fn pool(folder: &Path, threads: usize, queue_jobs_max: usize) -> Workers {
    Workers::start(&library(), threads, queue_jobs_max, &[GraphSpec::new("sums", sums(folder), 8)]).unwrap()
}

/// What the first lane did, once it has counted `jobs`: it counts a job after it answered it.
fn settled(workers: &Workers, jobs: u64) -> LaneSnapshot {
    let until = Instant::now() + Duration::from_secs(10);
    loop {
        let lane = workers.snapshot().lanes.remove(0);
        if lane.jobs + lane.cancelled >= jobs || Instant::now() > until {
            return lane;
        }
        std::thread::yield_now();
    }
}

#[test]
fn every_stream_keeps_its_own_memory_whatever_it_shares_a_batch_with() {
    let folder = tempfile::tempdir().unwrap();
    let workers = pool(folder.path(), 2, 1000);
    let lane = workers.lane("sums").unwrap();
    block_on(async {
        let mut streams: Vec<_> = (0..40).map(|_| (lane.open(), 0.0_f32)).collect();
        for step in 1..=10_u8 {
            let turns = streams.iter_mut().enumerate().map(|(number, (stream, sum))| async move {
                let x = number as f32 + f32::from(step);
                *sum += x;
                let y = stream.step(row(x)).await.unwrap().take_f32("y").unwrap();
                assert_eq!(y, [*sum + x, -*sum - x]);
            });
            futures_util::future::join_all(turns).await;
        }
    });
    let lane = settled(&workers, 400);
    assert_eq!((lane.jobs, lane.failed, lane.refused, workers.snapshot().waiting), (400, 0, 0, 0));
    assert!(lane.batches < lane.jobs, "{} jobs in {} batches", lane.jobs, lane.batches);
}

#[test]
fn a_dropped_step_is_resumed_and_a_dropped_job_is_taken_back() {
    let folder = tempfile::tempdir().unwrap();
    let workers = pool(folder.path(), 1, 1000);
    let lane = workers.lane("sums").unwrap();
    block_on(async {
        let mut stream = lane.open();
        let first = poll_once(stream.step(row(1.0))).await;
        if first.is_none() {
            assert!(stream.step(row(1.0)).await.is_err(), "one step at a time");
            assert!(stream.resume().await.unwrap().is_some());
        }
        assert_eq!(stream.step(row(2.0)).await.unwrap().take_f32("y").unwrap(), [5.0, -5.0]);
        stream.reset();
        assert_eq!(stream.step(row(2.0)).await.unwrap().take_f32("y").unwrap(), [4.0, -4.0]);
        for _ in 0..50 {
            drop(lane.submit(row(1.0), None).unwrap());
        }
        lane.run(row(1.0)).await.unwrap();
    });
    let lane = settled(&workers, 54);
    assert_eq!(lane.jobs + lane.cancelled, 54);
}

#[test]
fn the_queue_is_bounded_and_lasts_as_long_as_its_users() {
    let folder = tempfile::tempdir().unwrap();
    let workers = pool(folder.path(), 1, 3);
    let lane = workers.lane("sums").unwrap();
    let mut pending = Vec::new();
    let refused = (0..100_000).find_map(|_| match lane.submit(row(1.0), None) {
        Ok(job) => {
            pending.push(job);
            None
        }
        Err(error) => Some(error),
    });
    assert!(matches!(refused, Some(Error::LimitReached(_))), "{refused:?}");
    assert!(workers.snapshot().waiting <= 3);
    drop(workers);
    assert!(block_on(pending.pop().unwrap().wait()).is_ok(), "a lane keeps the threads");
    let last = lane.submit(row(1.0), None).unwrap();
    drop(lane);
    // Done before the end, or failed by it; not waiting for ever.
    let _ = block_on(last.wait());
}

#[test]
fn a_bad_row_is_refused_at_the_door() {
    let folder = tempfile::tempdir().unwrap();
    let workers = pool(folder.path(), 1, 10);
    let lane = workers.lane("sums").unwrap();
    let refused = |inputs: Vec<(&str, Tensor)>| matches!(lane.submit(inputs, None), Err(Error::Malformed(_)));
    let floats = |shape: &[usize]| Tensor::f32(shape, vec![0.0; shape.iter().product()]).unwrap();
    assert!(refused(vec![]));
    assert!(refused(vec![("x", floats(&[1, 3]))]));
    assert!(refused(vec![("x", floats(&[2, 2]))]));
    assert!(refused(vec![("x", floats(&[2]))]));
    assert!(refused(vec![("x", Tensor::i64(&[1, 2], vec![0, 0]).unwrap())]));
    assert!(refused(vec![("x", floats(&[1, 2])), ("z", floats(&[1, 2]))]));
    assert!(workers.lane("products").is_err());
    assert!(lane.submit(row(1.0), None).is_ok());
}

#[test]
fn damaged_and_missing_files_are_named() {
    let folder = tempfile::tempdir().unwrap();
    let library = library();
    let whole = std::fs::read(sums(folder.path())).unwrap();
    let path = folder.path().join("broken.onnx");
    let open = || match Graph::open(&library, &path) {
        Err(error @ Error::File { .. }) => error.to_string(),
        Err(other) => panic!("{other}"),
        Ok(_) => panic!("opened"),
    };
    assert!(open().contains("broken.onnx: is missing"), "{}", open());
    for bytes in [&whole[..whole.len() / 2], b"", b"not a graph at all"] {
        std::fs::write(&path, bytes).unwrap();
        assert!(open().contains("broken.onnx: "), "{}", open());
    }
    let spec = GraphSpec {
        states: StateNames::Listed(vec![StatePair { input: "x".into(), output: "gone".into(), axis: 0 }]),
        ..GraphSpec::new("sums", sums(folder.path()), 8)
    };
    let error = Workers::start(&library, 1, 10, &[spec]).err().unwrap().to_string();
    assert!(error.contains("sums.onnx") && error.contains("`gone`"), "{error}");
}

#[test]
fn a_graph_run_with_wrong_inputs_is_an_error() {
    let folder = tempfile::tempdir().unwrap();
    let mut graph = Graph::open(&library(), &sums(folder.path())).unwrap();
    let fits = Tensor::f32(&[1, 2], vec![1.0, 2.0]).unwrap();
    let nothing = Tensor::f32(&[0, 2], vec![]).unwrap();
    assert!(matches!(graph.run(&[("x", &fits)]), Err(Error::Malformed(_))));
    assert_eq!(graph.run(&[("x", &fits), ("state_sum", &fits)]).unwrap().take_f32("y").unwrap(), [3.0, 6.0]);
    let empty = graph.run(&[("x", &nothing), ("state_sum", &nothing)]).unwrap().take("y").unwrap();
    assert_eq!(empty.shape(), [0, 2]);
}

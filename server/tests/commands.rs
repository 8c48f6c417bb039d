//! The commands as a person types them, where no models are needed.

#![allow(clippy::unwrap_used, reason = "a test that unwraps fails loudly, as it should")]

use std::process::{Command, Output};

fn hearth(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_hearth")).args(arguments).output().unwrap()
}

fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[test]
fn every_command_explains_itself_with_examples() {
    let commands = ["talk", "say", "transcribe", "doctor", "eval", "bench turn", "bench core", "serve"];
    for command in commands {
        let mut arguments: Vec<&str> = command.split(' ').collect();
        arguments.push("--help");
        let output = hearth(&arguments);
        let help = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(output.status.success() && help.contains("Examples:"), "{command}: {help}");
        assert!(help.contains(&format!("hearth {command}")), "{command} shows how it is called");
    }
}

#[test]
fn a_doctor_without_models_names_what_to_do_and_fails() {
    let output = hearth(&["doctor", "--json", "--models", "nowhere/at/all"]);
    assert_eq!(output.status.code(), Some(1));
    let findings: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let models = findings.as_array().unwrap().iter().find(|finding| finding["what"] == "models").unwrap();
    assert_eq!(models["state"], "bad");
    assert!(models["found"].as_str().unwrap().contains("nowhere/at/all"), "{models}");
    assert!(models["mend"].as_str().unwrap().contains("--models"), "{models}");
    assert!(stderr(&output).contains("must be mended"));
}

#[test]
fn a_doctor_names_a_library_that_is_not_there() {
    let output = hearth(&["doctor", "--json", "--ort-lib", "nowhere/libonnxruntime.so"]);
    assert_eq!(output.status.code(), Some(1));
    let findings: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let library = findings.as_array().unwrap().iter().find(|finding| finding["what"] == "ONNX Runtime").unwrap();
    assert_eq!(library["state"], "bad");
    assert!(library["mend"].as_str().unwrap().contains("--ort-lib"), "{library}");
}

#[test]
fn talking_to_nobody_or_about_nothing_is_refused() {
    let output = hearth(&["talk"]);
    assert!(!output.status.success() && stderr(&output).contains("--in FILE"), "{}", stderr(&output));
    let output = hearth(&["talk", "--text", "hello", "--server", "127.0.0.1:9"]);
    assert!(!output.status.success() && stderr(&output).contains("hearth serve"), "{}", stderr(&output));
    let output = hearth(&["talk", "--in", "nowhere.wav"]);
    assert!(!output.status.success() && stderr(&output).contains("nowhere.wav"), "{}", stderr(&output));
}

#[test]
fn commands_without_models_say_which_folder_was_looked_for() {
    for command in [["say", "hello"], ["transcribe", "a.wav"]] {
        let arguments =
            [&command[..], &["--models", "nowhere/at/all"], if command[0] == "say" { &["-o", "a.wav"] } else { &[] }];
        let output = hearth(&arguments.concat());
        assert!(!output.status.success() && stderr(&output).contains("nowhere/at/all"), "{}", stderr(&output));
    }
}

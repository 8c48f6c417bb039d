//! Hearth: one binary that hears, thinks and speaks.

fn main() {}

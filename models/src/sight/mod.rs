//! From pictures to what the core reads of them.

mod encoder;

pub use encoder::PackageEyes;
pub(crate) use encoder::graph;

#[cfg(test)]
mod tests;

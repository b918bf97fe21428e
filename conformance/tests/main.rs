//! One program for all of them: the typed clients are linked once.

mod directconnect;
mod ec2;
mod iam;
mod s3;
mod sampled;

//! Who can come to act as whom: principals, and the techniques that lead from one to another.
//!
//! `data/escalations.yaml` says how; the IAM engine says for whom.

pub mod table;

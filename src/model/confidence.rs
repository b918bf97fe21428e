//! How sure something is that analyses say.

use serde::{Deserialize, Serialize};

/// How sure something is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Confidence {
    /// AWS's answers say so.
    #[default]
    Certain,
    /// Something in it is supposed, or no answer would show what speaks against it.
    Likely,
}

impl Confidence {
    /// In a word.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Certain => "certain",
            Self::Likely => "likely",
        }
    }
}

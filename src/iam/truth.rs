//! Yes, no, and nobody knows.

/// Whether something holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Truth {
    /// It does not.
    No,
    /// That depends on what is not known.
    Unknown,
    /// It does.
    Yes,
}

impl From<bool> for Truth {
    fn from(holds: bool) -> Self {
        if holds { Self::Yes } else { Self::No }
    }
}

impl std::ops::Not for Truth {
    type Output = Self;

    fn not(self) -> Self {
        match self {
            Self::No => Self::Yes,
            Self::Unknown => Self::Unknown,
            Self::Yes => Self::No,
        }
    }
}

impl Truth {
    /// Whether both hold.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        self.min(other)
    }

    /// Whether one of them holds.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        self.max(other)
    }

    /// Whether one of many holds.
    pub fn any(many: impl IntoIterator<Item = Self>) -> Self {
        let mut found = Self::No;
        for one in many {
            found = found.or(one);
            if found == Self::Yes {
                break;
            }
        }
        found
    }

    /// Whether all of many hold.
    pub fn all(many: impl IntoIterator<Item = Self>) -> Self {
        !Self::any(many.into_iter().map(|one| !one))
    }
}

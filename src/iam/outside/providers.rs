//! Identity providers that vouch for anybody who registers: a role that trusts one of them has to say which users it means.
//!
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_oidc_secure-by-default.html>

use crate::iam::policy::pattern::Pattern;

/// A provider, by its host, and the keys by which policies choose users; each value has to have this many characters of
/// its own in front of a wildcard, after the prefix.
struct Provider {
    host: &'static str,
    /// The claims, and how a value that chooses somebody begins: `repo:`, then a name without wildcards, then `/`.
    claims: &'static [(&'static str, &'static str, &'static str)],
}

const PROVIDERS: &[Provider] = &[
    Provider {
        host: "token.actions.githubusercontent.com",
        claims: &[
            ("sub", "repo:", "/"),
            ("sub", "", "/"),
            ("repository", "", "/"),
            ("repository_owner", "", ""),
            ("repository_owner_id", "", ""),
            ("repository_id", "", ""),
            ("job_workflow_ref", "", "/"),
            ("enterprise", "", ""),
        ],
    },
    Provider { host: "vstoken.actions.githubusercontent.com", claims: &[("sub", "repo:", "/")] },
    Provider {
        host: "gitlab.com",
        claims: &[("sub", "project_path:", "/"), ("namespace_id", "", ""), ("project_id", "", ""), ("namespace_path", "", "")],
    },
    Provider { host: "app.terraform.io", claims: &[("sub", "organization:", ":"), ("terraform_organization_id", "", "")] },
    Provider { host: "agent.buildkite.com", claims: &[("sub", "organization:", ":"), ("organization_id", "", "")] },
    Provider { host: "oidc.codefresh.io", claims: &[("sub", "account:", ":")] },
    Provider { host: "app.pulumi.com", claims: &[("sub", "pulumi:", ""), ("aud", "", "")] },
    Provider { host: "oidc.vercel.com", claims: &[("sub", "owner:", ":"), ("aud", "", "")] },
    Provider { host: "accounts.google.com", claims: &[("aud", "", ""), ("sub", "", ""), ("oaud", "", "")] },
    Provider { host: "graph.facebook.com", claims: &[("app_id", "", ""), ("id", "", "")] },
    Provider { host: "www.amazon.com", claims: &[("app_id", "", ""), ("user_id", "", "")] },
    // The audience is an identity pool; whether it has guests is the pool's business.
    Provider { host: "cognito-identity.amazonaws.com", claims: &[("aud", "", ""), ("sub", "", "")] },
];

fn of_host(name: &str) -> Option<&'static Provider> {
    let host = name.rsplit_once(":oidc-provider/").map_or(name, |(_, host)| host).to_ascii_lowercase();
    PROVIDERS.iter().find(|provider| host == provider.host || host.strip_prefix(provider.host).is_some_and(|rest| rest.starts_with('/')))
}

/// Whether anybody can have a token of the provider.
#[must_use]
pub fn is_open_to_all(provider: &str) -> bool {
    of_host(provider).is_some()
}

/// Whether a key of such a provider, held to these values, chooses users.
pub(super) fn narrows(key: &str, values: &[&Pattern]) -> bool {
    let Some((host, claim)) = key.rsplit_once(':') else { return false };
    let Some(provider) = of_host(host) else { return false };
    let claims: Vec<_> = provider.claims.iter().filter(|(name, ..)| *name == claim).collect();
    !claims.is_empty() && values.iter().all(|value| claims.iter().any(|(_, prefix, end)| chooses(&value.to_string(), prefix, end)))
}

/// `repo:acme/app:*` does for `repo:` and `/`; `repo:*` does not.
fn chooses(value: &str, prefix: &str, end: &str) -> bool {
    let Some(rest) = value.strip_prefix(prefix) else { return false };
    let own = rest.split(['*', '?']).next().unwrap_or_default();
    match end {
        "" => !own.is_empty(),
        end => own.split_once(end).is_some_and(|(name, _)| !name.is_empty()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn which_values_choose() {
        let says = |key: &str, value: &str| narrows(key, &[&Pattern::new(value)]);
        let github = "token.actions.githubusercontent.com:sub";
        assert!(says(github, "repo:acme/app:ref:refs/heads/main"));
        assert!(says(github, "repo:acme/*"));
        assert!(!says(github, "repo:*"));
        assert!(!says(github, "repo:acme*"));
        assert!(!says(github, "*"));
        assert!(!says("token.actions.githubusercontent.com:aud", "sts.amazonaws.com"));
        assert!(says("accounts.google.com:aud", "client"));
        assert!(is_open_to_all("arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com/acme"));
        assert!(!is_open_to_all("arn:aws:iam::111122223333:oidc-provider/acme.okta.com"));
    }
}

//! Which identity provider is meant: SAML providers by their metadata and names, OIDC providers by their hosts.

use std::collections::BTreeMap;

use serde_json::Value;

use super::TrustError;
use super::cognito::Pool;
use super::model::Kind;
use crate::iam::estate::Estate;
use crate::snapshot::{Answer, Snapshot};

/// Parts of names and of metadata in lower case, with CloudMapper's id and type, and a name to show.
const SAML: [(&str, &str, &str, &str); 19] = [
    ("okta", "okta", "Okta", "Okta"),
    ("onelogin", "onelogin", "Onelogin", "OneLogin"),
    ("waad", "WAAD", "waad", "Microsoft Entra ID"),
    ("sts.windows.net", "WAAD", "waad", "Microsoft Entra ID"),
    ("microsoftonline", "WAAD", "waad", "Microsoft Entra ID"),
    ("azure", "WAAD", "waad", "Microsoft Entra ID"),
    ("entra", "WAAD", "waad", "Microsoft Entra ID"),
    ("allcloud-sso", "AllCloud-SSO", "AllCloud-SSO", "AllCloud SSO"),
    ("awssso", "AWSSSO", "Amazon", "AWS SSO"),
    ("portal.sso.", "AWSSSO", "Amazon", "AWS SSO"),
    ("adfs", "adfs", "ADFS", "AD FS"),
    ("auth0", "auth0", "auth0", "Auth0"),
    ("gsuite", "gsuite", "gsuite", "Google Workspace"),
    ("google", "google", "google", "Google"),
    ("jumpcloud", "jumpcloud", "JumpCloud", "JumpCloud"),
    ("pingone", "ping", "Ping", "Ping Identity"),
    ("pingfederate", "ping", "Ping", "Ping Identity"),
    ("duosecurity", "duo", "Duo", "Duo"),
    ("keycloak", "keycloak", "Keycloak", "Keycloak"),
];

/// Hosts of OIDC providers, with names.
const HOSTS: [(&str, &str); 16] = [
    ("token.actions.githubusercontent.com", "GitHub Actions"),
    ("vstoken.actions.githubusercontent.com", "GitHub Actions"),
    ("gitlab.com", "GitLab"),
    ("app.terraform.io", "Terraform Cloud"),
    ("agent.buildkite.com", "Buildkite"),
    ("oidc.circleci.com", "CircleCI"),
    ("api.bitbucket.org", "Bitbucket"),
    ("oidc.codefresh.io", "Codefresh"),
    ("app.pulumi.com", "Pulumi"),
    ("oidc.vercel.com", "Vercel"),
    ("accounts.google.com", "Google"),
    ("graph.facebook.com", "Facebook"),
    ("www.amazon.com", "Login with Amazon"),
    ("sts.windows.net", "Microsoft Entra ID"),
    ("oidc.op1.openshiftapps.com", "OpenShift"),
    ("oidc.spacelift.io", "Spacelift"),
];

/// Somebody who vouches.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Provider {
    /// People or pipelines from outside.
    Outside { id: String, name: String, class: String },
    /// The pods of a cluster of this account.
    Cluster(String),
    /// Identity pools: the policy says which.
    Pool,
}

impl Provider {
    pub(super) fn named(&self) -> Option<(String, (String, String, Kind))> {
        let Self::Outside { id, name, class } = self else { return None };
        Some((id.clone(), (name.clone(), class.clone(), Kind::Provider)))
    }
}

/// What snapshots tell of providers.
#[derive(Debug, Default)]
pub(super) struct Providers {
    /// The entity ids of SAML providers, by ARN.
    entities: BTreeMap<String, String>,
    /// The accounts of clusters, by what their OIDC providers are called.
    clusters: BTreeMap<String, String>,
    /// Identity pools, by their ids.
    pub(super) pools: BTreeMap<String, Pool>,
}

impl Providers {
    pub(super) fn read(estate: &Estate, snapshots: &[Snapshot]) -> Result<Self, TrustError> {
        let mut providers = Self::default();
        for (account, snapshot) in estate.accounts.iter().zip(snapshots) {
            for file in snapshot.files_of(account.region, "iam-get-saml-provider")? {
                let arn = file.rsplit('/').next().map(crate::snapshot::layout::unquote).unwrap_or_default();
                let answer: Answer<Value> = snapshot.answer_for(account.region, "iam-get-saml-provider", &[&arn])?;
                let answer = answer.value().unwrap_or_default();
                let entity = answer.get("SAMLMetadataDocument").and_then(Value::as_str).and_then(entity);
                providers.entities.extend(entity.map(|entity| (arn, entity.to_owned())));
            }
            for region in snapshot.regions()? {
                for file in snapshot.files_of(&region, "eks-describe-cluster")? {
                    let name = file.rsplit('/').next().map(crate::snapshot::layout::unquote).unwrap_or_default();
                    let answer: Answer<Value> = snapshot.answer_for(&region, "eks-describe-cluster", &[&name])?;
                    let answer = answer.value().unwrap_or_default();
                    let issuer = answer.pointer("/cluster/identity/oidc/issuer").and_then(Value::as_str);
                    let issuer = issuer.map(|issuer| issuer.trim_start_matches("https://").to_owned());
                    providers.clusters.extend(issuer.map(|issuer| (issuer, account.id.clone())));
                }
                providers.pools(snapshot, &region)?;
            }
        }
        Ok(providers)
    }

    fn pools(&mut self, snapshot: &Snapshot, region: &str) -> Result<(), TrustError> {
        const CALL: &str = "cognito-identity-describe-identity-pool";
        for file in snapshot.files_of(region, CALL)? {
            let id = file.rsplit('/').next().map(crate::snapshot::layout::unquote).unwrap_or_default();
            let answer: Answer<Value> = snapshot.answer_for(region, CALL, &[&id])?;
            let Some(answer) = answer.value() else { continue };
            let name = answer.get("IdentityPoolName").and_then(Value::as_str).unwrap_or(&id).to_owned();
            let guests = answer.get("AllowUnauthenticatedIdentities").and_then(Value::as_bool).unwrap_or_default();
            self.pools.insert(id, Pool { name, guests });
        }
        Ok(())
    }

    /// What a provider calls itself, where that was collected and its ARN does not say it.
    pub(super) fn issuer(&self, provider: &str) -> Option<&str> {
        self.entities.get(provider).map(String::as_str)
    }

    /// Who it is, by its ARN, or by the name of one that AWS knows. Providers of one vendor are one, and so are those of one
    /// issuer; of others it is not known whether they are the same, whatever they are called. What others choose, has a word in
    /// front as an id: it may be called like an account.
    pub(super) fn find(&self, provider: &str) -> Provider {
        let outside =
            |id: &str, name: &str, class: &str| Provider::Outside { id: id.to_owned(), name: name.to_owned(), class: class.to_owned() };
        if let Some((_, name)) = provider.split_once(":saml-provider/") {
            let entity = self.entities.get(provider);
            // What somebody called it counts where the metadata are not known.
            let text = entity.map_or(name, String::as_str).to_lowercase();
            return match (SAML.iter().find(|(part, ..)| says(&text, part)), entity) {
                (Some((_, id, class, shown)), _) => outside(id, shown, class),
                (None, Some(entity)) => outside(&format!("saml:{entity}"), name, "provider"),
                (None, None) => outside(provider, name, "provider"),
            };
        }
        let host = provider.split_once(":oidc-provider/").map_or(provider, |(_, host)| host);
        if host.starts_with("cognito-identity") {
            return Provider::Pool;
        }
        if host.starts_with("cognito-idp.") {
            return outside(host, &format!("Cognito user pool {}", host.rsplit('/').next().unwrap_or(host)), "cognito");
        }
        if let Some(account) = self.clusters.get(host) {
            return Provider::Cluster(account.clone());
        }
        let bare = host.split('/').next().unwrap_or(host).to_lowercase();
        if bare.starts_with("oidc.eks.") {
            return outside(host, &format!("EKS cluster {}", host.rsplit('/').next().unwrap_or(host)), "provider");
        }
        match HOSTS.iter().find(|(known, _)| bare == *known || bare.ends_with(&format!(".{known}"))) {
            Some((known, name)) => outside(known, name, name),
            None if bare.ends_with(".okta.com") => outside("okta", "Okta", "Okta"),
            None if bare.ends_with(".auth0.com") => outside("auth0", "Auth0", "auth0"),
            None => outside(&format!("oidc:{host}"), host, "provider"),
        }
    }
}

/// Whether a text has a part; short ones may also be in the middle of another word: "central" is not Entra.
fn says(text: &str, part: &str) -> bool {
    text.match_indices(part).any(|(at, _)| part != "entra" || !text.get(..at).is_some_and(|before| before.ends_with(char::is_alphabetic)))
}

/// `entityID="http://www.okta.com/exk1"`
fn entity(metadata: &str) -> Option<&str> {
    let (_, rest) = metadata.split_once("entityID=")?;
    let quote = rest.chars().next().filter(|quote| matches!(quote, '"' | '\''))?;
    rest.strip_prefix(quote)?.split(quote).next().filter(|entity| !entity.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_is_meant() {
        let mut providers = Providers::default();
        let called = |providers: &Providers, name: &str| match providers.find(&format!("arn:aws:iam::111122223333:{name}")) {
            Provider::Outside { id, name, .. } => format!("{id}: {name}"),
            other => format!("{other:?}"),
        };
        assert_eq!(called(&providers, "saml-provider/My-Okta"), "okta: Okta");
        assert_eq!(called(&providers, "saml-provider/Corp"), "arn:aws:iam::111122223333:saml-provider/Corp: Corp");
        assert_eq!(called(&providers, "saml-provider/Corp-Entra"), "WAAD: Microsoft Entra ID");
        assert_eq!(called(&providers, "saml-provider/Central"), "arn:aws:iam::111122223333:saml-provider/Central: Central");
        assert_eq!(
            called(&providers, "oidc-provider/cognito-idp.eu-west-1.amazonaws.com/eu-west-1_a"),
            "cognito-idp.eu-west-1.amazonaws.com/eu-west-1_a: Cognito user pool eu-west-1_a"
        );
        assert_eq!(
            called(&providers, "oidc-provider/token.actions.githubusercontent.com"),
            "token.actions.githubusercontent.com: GitHub Actions"
        );
        assert_eq!(called(&providers, "oidc-provider/idp.example.com/x"), "oidc:idp.example.com/x: idp.example.com/x");
        providers.entities.insert(
            "arn:aws:iam::111122223333:saml-provider/Corp".to_owned(),
            entity("<md:EntityDescriptor entityID='https://sts.windows.net/1/'>").unwrap().to_owned(),
        );
        assert_eq!(called(&providers, "saml-provider/Corp"), "WAAD: Microsoft Entra ID");
        providers.entities.insert("arn:aws:iam::111122223333:saml-provider/Okta".to_owned(), "222233334444".to_owned());
        assert_eq!(called(&providers, "saml-provider/Okta"), "saml:222233334444: Okta", "a name is only a name");
        let cluster = "oidc.eks.eu-west-1.amazonaws.com/id/AB12";
        assert_eq!(called(&providers, &format!("oidc-provider/{cluster}")), format!("{cluster}: EKS cluster AB12"));
        providers.clusters.insert(cluster.to_owned(), "111122223333".to_owned());
        assert_eq!(called(&providers, &format!("oidc-provider/{cluster}")), "Cluster(\"111122223333\")");
        assert_eq!(providers.find("cognito-identity.amazonaws.com"), Provider::Pool);
        assert_eq!(entity("<x>"), None);
    }
}

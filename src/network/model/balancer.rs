//! Load balancers with their listeners, rules, target groups and targets, as AWS describes them.

use serde::Deserialize;

/// What kind of load balancer it is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum BalancerKind {
    /// For HTTP.
    #[default]
    Application,
    /// For TCP, UDP and TLS.
    Network,
    /// In front of appliances.
    Gateway,
    /// Of the first generation.
    Classic,
}

/// A load balancer.
#[derive(Debug, Clone, Default)]
pub struct Balancer {
    /// Its name.
    pub name: String,
    /// Its DNS name.
    pub dns: String,
    /// Its ARN; a classic one has none in its description.
    pub arn: String,
    /// Its kind.
    pub kind: BalancerKind,
    /// Its VPC.
    pub vpc: String,
    /// It has private addresses only.
    pub internal: bool,
    /// Its security groups.
    pub groups: Vec<String>,
    /// Its subnets.
    pub subnets: Vec<String>,
    /// Its listeners; `None` when they were not collected.
    pub listeners: Option<Vec<Listener>>,
    /// The instances of a classic one.
    pub instances: Vec<String>,
    /// Its network interfaces, by id.
    pub interfaces: Vec<String>,
    /// Whether nodes send to targets in other zones; `None` where that was not collected.
    pub cross_zone: Option<bool>,
}

/// A listener.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct Listener {
    /// Its ARN.
    pub listener_arn: String,
    /// `HTTP`, `HTTPS`, `TCP`, `UDP`, `TCP_UDP`, `TLS`, `GENEVE`…
    pub protocol: String,
    /// Its port.
    pub port: Option<i64>,
    /// What it does where no rule matches.
    pub default_actions: Vec<Action>,
    /// Its rules; `None` when they were not collected.
    #[serde(skip)]
    pub rules: Option<Vec<ListenerRule>>,
    /// The port of the instances of a classic load balancer.
    #[serde(skip)]
    pub instance_port: Option<i64>,
}

/// A rule of a listener.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct ListenerRule {
    /// A number, or `default`.
    pub priority: String,
    /// All of them have to match.
    pub conditions: Vec<RuleCondition>,
    /// What it does.
    pub actions: Vec<Action>,
}

/// A condition of a rule.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct RuleCondition {
    /// `path-pattern`, `host-header`, `source-ip`…
    pub field: String,
    /// Values, in the older form.
    pub values: Vec<String>,
    /// Paths.
    pub path_pattern_config: Option<Values>,
    /// Hosts.
    pub host_header_config: Option<Values>,
    /// Networks.
    pub source_ip_config: Option<Values>,
}

/// Values of a condition.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct Values {
    /// The values.
    pub values: Vec<String>,
}

/// What a listener or rule does.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct Action {
    /// `forward`, `fixed-response`, `redirect`, `authenticate-oidc`…
    pub r#type: String,
    /// Of several, the order.
    pub order: Option<i64>,
    /// Where it forwards to.
    pub target_group_arn: String,
    /// Where it forwards to, with weights.
    pub forward_config: Option<ForwardConfig>,
    /// Of OIDC, what happens without a session.
    pub authenticate_oidc_config: Option<Unauthenticated>,
    /// The same of Cognito.
    pub authenticate_cognito_config: Option<Unauthenticated>,
}

/// Where an action forwards to.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct ForwardConfig {
    /// The groups.
    pub target_groups: Vec<WeightedGroup>,
}

/// A target group with a weight.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct WeightedGroup {
    /// The group.
    pub target_group_arn: String,
    /// With 0 it gets nothing.
    pub weight: Option<i64>,
}

/// What happens to requests without a session.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct Unauthenticated {
    /// `allow` lets them through.
    pub on_unauthenticated_request: String,
}

impl Action {
    /// The groups that get something.
    pub fn forwards_to(&self) -> Vec<&str> {
        match &self.forward_config {
            Some(config) if !config.target_groups.is_empty() => {
                let some = config.target_groups.iter().filter(|group| group.weight != Some(0));
                some.map(|group| group.target_group_arn.as_str()).collect()
            }
            _ if self.r#type == "forward" && !self.target_group_arn.is_empty() => vec![&self.target_group_arn],
            _ => Vec::new(),
        }
    }

    /// Whether clients have to pass it: its type.
    pub fn authenticates(&self) -> Option<&str> {
        let config = self.authenticate_oidc_config.as_ref().or(self.authenticate_cognito_config.as_ref());
        let open = config.is_some_and(|config| config.on_unauthenticated_request == "allow");
        let kind = self.r#type.as_str();
        (matches!(kind, "authenticate-oidc" | "authenticate-cognito" | "jwt-validation") && !open).then_some(kind)
    }
}

/// A target group.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct TargetGroup {
    /// Its ARN.
    pub target_group_arn: String,
    /// Its name.
    pub target_group_name: String,
    /// `HTTP`, `TCP`, `UDP`…
    pub protocol: String,
    /// The port, where targets have none of their own.
    pub port: Option<i64>,
    /// `instance`, `ip`, `lambda` or `alb`.
    pub target_type: String,
    /// Its VPC.
    pub vpc_id: String,
    /// The load balancers that use it.
    pub load_balancer_arns: Vec<String>,
    /// Its targets; `None` when they were not collected.
    #[serde(skip)]
    pub targets: Option<Vec<Target>>,
    /// Whether targets see the client's address; `None` where AWS's default counts.
    #[serde(skip)]
    pub preserves_client: Option<bool>,
    /// Whether nodes send to targets in other zones; `None` where the load balancer decides.
    #[serde(skip)]
    pub cross_zone: Option<bool>,
}

/// A target.
#[derive(Debug, Clone, Default)]
pub struct Target {
    /// An instance, an address, a function, a load balancer.
    pub id: String,
    /// Its port.
    pub port: Option<i64>,
    /// `healthy`…
    pub state: String,
}

impl TargetGroup {
    /// Whether targets see the client's address.
    ///
    /// <https://docs.aws.amazon.com/elasticloadbalancing/latest/network/edit-target-group-attributes.html#client-ip-preservation>
    #[must_use]
    pub fn sees_client(&self) -> bool {
        match self.protocol.as_str() {
            "UDP" | "TCP_UDP" | "QUIC" | "TCP_QUIC" => true,
            "TCP" | "TLS" => self.preserves_client.unwrap_or(self.target_type == "instance"),
            _ => false,
        }
    }
}

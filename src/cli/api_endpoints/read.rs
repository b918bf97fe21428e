//! Makes endpoints of what API Gateway and Lambda say.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::endpoints::{Endpoint, Kind, Reachable, sort};
use crate::cli::notes::Notes;
use crate::snapshot::answers::Owner;
use crate::snapshot::{Answer, Snapshot, SnapshotError};

const URL_CONFIGS: &str = "lambda-list-function-url-configs";

/// What a custom domain leads to: an API by its id.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Mapping {
    domain: String,
    /// Empty at the root.
    base: String,
    /// `None`: the path names it.
    stage: Option<String>,
    /// Only VPCs reach the domain.
    private: bool,
}

/// An API, whatever its kind.
struct Api {
    kind: Kind,
    id: String,
    name: Option<String>,
    reachable: Reachable,
}

/// What an API answers to.
struct Route {
    method: Option<String>,
    path: Option<String>,
    authorization: Option<String>,
    route: Option<String>,
}

struct Stage {
    name: String,
    as_deployed: bool,
}

struct Reader<'a> {
    snapshot: &'a Snapshot,
    owner: &'a Owner,
    region: &'a str,
    notes: &'a mut Notes,
    /// By API.
    mappings: BTreeMap<String, BTreeSet<Mapping>>,
    found: Vec<Endpoint>,
}

/// The items of an answer.
struct Items {
    items: Vec<Value>,
    /// There may be more.
    gap: bool,
}

/// All endpoints of an account, in order.
pub(super) fn endpoints(snapshot: &Snapshot, notes: &mut Notes) -> Result<Vec<Endpoint>, SnapshotError> {
    let owner = Owner::of(snapshot)?;
    let mut found = Vec::new();
    for region in snapshot.regions()? {
        let mut reader =
            Reader { snapshot, owner: &owner, region: &region, notes: &mut *notes, mappings: BTreeMap::new(), found: Vec::new() };
        reader.domains()?;
        reader.rest()?;
        reader.newer()?;
        reader.functions()?;
        found.append(&mut reader.found);
    }
    sort(&mut found);
    Ok(found)
}

impl Reader<'_> {
    fn items(&mut self, call: &str, of: Option<&str>, member: &str) -> Result<Items, SnapshotError> {
        let answer: Answer<Value> = match of {
            None => self.snapshot.answer(self.region, call)?,
            Some(of) => self.snapshot.answer_for(self.region, call, &[of])?,
        };
        let gap = answer.gap().is_some();
        if let Some(reason) = answer.gap() {
            match of {
                None => self.notes.gap(&self.owner.name, self.region, call, reason),
                Some(of) => self.notes.gap_of(&self.owner.name, self.region, call, of, reason),
            }
        }
        let mut answer = answer.value().unwrap_or_default();
        let items = match answer.get_mut(member).map(Value::take) {
            Some(Value::Array(items)) => items,
            _ => Vec::new(),
        };
        Ok(Items { items, gap })
    }

    /// Custom domains, as both versions of the API list them.
    fn domains(&mut self) -> Result<(), SnapshotError> {
        for domain in self.items("apigateway-get-domain-names", None, "items")?.items {
            let Some(name) = text(&domain, "domainName") else { continue };
            // Private ones may have the same name.
            let file = text(&domain, "domainNameId").map_or_else(|| name.clone(), |id| format!("{name}+{id}"));
            let private = has_type(&domain, "PRIVATE");
            for mapping in self.items("apigateway-get-base-path-mappings", Some(&file), "items")?.items {
                let base = text(&mapping, "basePath").filter(|base| base != "(none)");
                self.map(text(&mapping, "restApiId"), &name, base, text(&mapping, "stage"), private);
            }
        }
        for domain in self.items("apigatewayv2-get-domain-names", None, "Items")?.items {
            let Some(name) = text(&domain, "DomainName") else { continue };
            for mapping in self.items("apigatewayv2-get-api-mappings", Some(&name), "Items")?.items {
                self.map(text(&mapping, "ApiId"), &name, text(&mapping, "ApiMappingKey"), text(&mapping, "Stage"), false);
            }
        }
        Ok(())
    }

    fn map(&mut self, api: Option<String>, domain: &str, base: Option<String>, stage: Option<String>, private: bool) {
        let Some(api) = api else { return };
        let mapping = Mapping { domain: domain.to_owned(), base: base.unwrap_or_default(), stage, private };
        self.mappings.entry(api).or_default().insert(mapping);
    }

    fn rest(&mut self) -> Result<(), SnapshotError> {
        for api in self.items("apigateway-get-rest-apis", None, "items")?.items {
            let Some(id) = text(&api, "id") else { continue };
            let reachable = match (has_type(&api, "PRIVATE"), is(&api, "disableExecuteApiEndpoint")) {
                (_, true) => Reachable::Disabled,
                (true, false) => Reachable::Private,
                (false, false) => Reachable::Public,
            };
            let stages = self.items("apigateway-get-stages", Some(&id), "item")?;
            let resources = self.items("apigateway-get-resources", Some(&id), "items")?;
            let api = Api { kind: Kind::Rest, name: text(&api, "name"), reachable, id };
            // Resources are the API as it is edited.
            let named = stages.items.iter().filter_map(|stage| Some(Stage { name: text(stage, "stageName")?, as_deployed: false }));
            let named: Vec<Stage> = named.collect();
            let routes: Vec<Route> = resources.items.iter().filter_map(methods).collect();
            self.api(&api, &named, &routes, &[("apigateway-get-stages", stages.gap), ("apigateway-get-resources", resources.gap)]);
        }
        Ok(())
    }

    /// HTTP and WebSocket APIs.
    fn newer(&mut self) -> Result<(), SnapshotError> {
        for api in self.items("apigatewayv2-get-apis", None, "Items")?.items {
            let Some(id) = text(&api, "ApiId") else { continue };
            let is_socket = text(&api, "ProtocolType").as_deref() == Some("WEBSOCKET");
            let reachable = if is(&api, "DisableExecuteApiEndpoint") { Reachable::Disabled } else { Reachable::Public };
            let stages = self.items("apigatewayv2-get-stages", Some(&id), "Items")?;
            let routes = self.items("apigatewayv2-get-routes", Some(&id), "Items")?;
            let kind = if is_socket { Kind::Websocket } else { Kind::Http };
            let api = Api { kind, name: text(&api, "Name"), reachable, id };
            let named = stages.items.iter();
            let named = named.filter_map(|stage| Some(Stage { name: text(stage, "StageName")?, as_deployed: is(stage, "AutoDeploy") }));
            let named: Vec<Stage> = named.collect();
            let given: Vec<Route> = match (is_socket, routes.gap && routes.items.is_empty()) {
                (true, true) => Vec::new(),
                (true, false) => vec![connect(&routes.items)],
                (false, _) => routes.items.iter().filter_map(route).collect(),
            };
            self.api(&api, &named, &given, &[("apigatewayv2-get-stages", stages.gap), ("apigatewayv2-get-routes", routes.gap)]);
        }
        Ok(())
    }

    fn api(&mut self, api: &Api, stages: &[Stage], routes: &[Route], gaps: &[(&str, bool)]) {
        let missing: Vec<String> = gaps.iter().filter(|(_, gap)| *gap).map(|(call, _)| (*call).to_owned()).collect();
        if !missing.is_empty() {
            self.found.push(Endpoint { missing, ..self.endpoint(api, None) });
        }
        let mappings: Vec<Mapping> = self.mappings.get(&api.id).into_iter().flatten().cloned().collect();
        for stage in stages {
            for route in routes {
                self.found.push(self.own_address(api, stage, route));
                for mapping in mappings.iter().filter(|mapping| mapping.stage.as_ref().is_none_or(|name| *name == stage.name)) {
                    self.found.push(self.at_domain(api, stage, route, mapping));
                }
            }
        }
    }

    /// Without an address.
    fn endpoint(&self, api: &Api, stage: Option<&Stage>) -> Endpoint {
        Endpoint {
            account: self.owner.name.clone(),
            account_id: self.owner.id.clone(),
            region: self.region.to_owned(),
            kind: api.kind,
            api: api.id.clone(),
            name: api.name.clone(),
            stage: stage.map(|stage| stage.name.clone()),
            method: None,
            path: None,
            domain: None,
            url: None,
            authorization: None,
            reachable: api.reachable,
            route: None,
            as_deployed: stage.is_some_and(|stage| stage.as_deployed),
            missing: Vec::new(),
        }
    }

    fn routed(&self, api: &Api, stage: &Stage, route: &Route, url: String) -> Endpoint {
        Endpoint {
            method: route.method.clone(),
            path: route.path.clone(),
            url: Some(url),
            authorization: route.authorization.clone(),
            route: route.route.clone(),
            ..self.endpoint(api, Some(stage))
        }
    }

    fn own_address(&self, api: &Api, stage: &Stage, route: &Route) -> Endpoint {
        let suffix = match self.owner.partition.as_str() {
            "aws-cn" => "amazonaws.com.cn",
            "aws-eusc" => "amazonaws.eu",
            "aws-iso" => "c2s.ic.gov",
            "aws-iso-b" => "sc2s.sgov.gov",
            "aws-iso-e" => "cloud.adc-e.uk",
            "aws-iso-f" => "csp.hci.ic.gov",
            _ => "amazonaws.com",
        };
        let host = format!("{}.execute-api.{}.{suffix}", api.id, self.region);
        let first = Some(stage.name.as_str()).filter(|name| *name != "$default");
        self.routed(api, stage, route, url(api.kind, &host, [first, None], route))
    }

    fn at_domain(&self, api: &Api, stage: &Stage, route: &Route, mapping: &Mapping) -> Endpoint {
        let base = Some(mapping.base.as_str()).filter(|base| !base.is_empty());
        let named = mapping.stage.is_none().then_some(stage.name.as_str()).filter(|name| *name != "$default");
        let url = url(api.kind, &mapping.domain, [base, named], route);
        let reachable = if mapping.private { Reachable::Private } else { Reachable::Public };
        Endpoint { domain: Some(mapping.domain.clone()), reachable, ..self.routed(api, stage, route, url) }
    }

    fn functions(&mut self) -> Result<(), SnapshotError> {
        for function in self.items("lambda-list-functions", None, "Functions")?.items {
            let Some(name) = text(&function, "FunctionName") else { continue };
            let configs = self.items(URL_CONFIGS, Some(&name), "FunctionUrlConfigs")?;
            let mut api = Api { kind: Kind::FunctionUrl, id: name.clone(), name: Some(name.clone()), reachable: Reachable::Public };
            if configs.gap {
                self.found.push(Endpoint { missing: vec![URL_CONFIGS.to_owned()], ..self.endpoint(&api, None) });
            }
            for config in configs.items {
                let alias = text(&config, "FunctionArn").and_then(|arn| arn.split(':').nth(7).map(str::to_owned));
                api.id = alias.as_ref().map_or_else(|| name.clone(), |alias| format!("{name}:{alias}"));
                let route = Route {
                    method: Some("ANY".to_owned()),
                    path: Some("/".to_owned()),
                    authorization: text(&config, "AuthType"),
                    route: None,
                };
                let stage = Stage { name: alias.clone().unwrap_or_default(), as_deployed: true };
                let url = text(&config, "FunctionUrl");
                self.found.push(Endpoint { stage: alias, url, ..self.routed(&api, &stage, &route, String::new()) });
            }
        }
        Ok(())
    }
}

/// The first parts of the path are those that are given.
fn url(kind: Kind, host: &str, parts: [Option<&str>; 2], route: &Route) -> String {
    let mut url = format!("{}://{host}", if kind == Kind::Websocket { "wss" } else { "https" });
    for part in parts.into_iter().flatten() {
        url.push('/');
        url.push_str(part);
    }
    if let Some(path) = &route.path {
        if !path.starts_with('/') {
            url.push('/');
        }
        url.push_str(path);
    }
    url
}

/// A resource of a REST API; `None` where it is only on the way to others.
fn methods(resource: &Value) -> Option<Route> {
    let methods = resource.get("resourceMethods")?.as_object().filter(|methods| !methods.is_empty())?;
    let names: BTreeSet<&str> = methods.keys().map(String::as_str).collect();
    let authorizations: BTreeSet<String> = methods.values().filter_map(authorization).collect();
    Some(Route {
        method: Some(names.into_iter().collect::<Vec<_>>().join(",")),
        path: text(resource, "path"),
        authorization: Some(authorizations.into_iter().collect::<Vec<_>>().join(",")).filter(|words| !words.is_empty()),
        route: None,
    })
}

fn authorization(method: &Value) -> Option<String> {
    let named = text(method, "authorizationType")?;
    Some(if named == "NONE" && is(method, "apiKeyRequired") { "API_KEY".to_owned() } else { named })
}

/// A route of an HTTP API: `GET /x`, or `$default`, which takes what no other does.
fn route(route: &Value) -> Option<Route> {
    let key = text(route, "RouteKey")?;
    let (method, path) = key.split_once(' ').unwrap_or(("ANY", "/"));
    Some(Route {
        method: Some(method.to_owned()),
        path: Some(path.to_owned()),
        authorization: text(route, "AuthorizationType"),
        route: (!key.contains(' ')).then(|| key.clone()),
    })
}

/// Who connects to a WebSocket API has to pass this route.
fn connect(routes: &[Value]) -> Route {
    let connect = routes.iter().find(|route| text(route, "RouteKey").as_deref() == Some("$connect"));
    Route { method: None, path: None, authorization: connect.and_then(|route| text(route, "AuthorizationType")), route: None }
}

fn has_type(value: &Value, wanted: &str) -> bool {
    let types = value.pointer("/endpointConfiguration/types").and_then(Value::as_array);
    types.into_iter().flatten().any(|one| one.as_str() == Some(wanted))
}

/// A text that says something.
fn text(value: &Value, member: &str) -> Option<String> {
    value.get(member)?.as_str().filter(|text| !text.is_empty()).map(str::to_owned)
}

fn is(value: &Value, member: &str) -> bool {
    value.get(member).and_then(Value::as_bool) == Some(true)
}

//! Which network interfaces are of databases and functions, and which gateways Direct Connect leads to.

use serde::Deserialize;

use super::Known;
use super::read::Reader;
use crate::snapshot::SnapshotError;
use crate::snapshot::layout::unquote;

/// ARN, name and DNS name, what AWS writes on its interfaces, subnets, groups.
type ManagedThing = ([String; 3], &'static str, Vec<String>, Vec<String>, Option<bool>);

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Databases {
    #[serde(rename = "DBInstances")]
    db_instances: Vec<Database>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Database {
    #[serde(rename = "DBInstanceArn")]
    db_instance_arn: String,
    #[serde(rename = "DBInstanceIdentifier")]
    db_instance_identifier: String,
    #[serde(rename = "DBSubnetGroup")]
    db_subnet_group: SubnetGroup,
    #[serde(rename = "VpcSecurityGroups")]
    vpc_security_groups: Vec<MemberGroup>,
    #[serde(rename = "PubliclyAccessible")]
    publicly_accessible: Option<bool>,
    #[serde(rename = "Endpoint")]
    endpoint: DatabaseEndpoint,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct DatabaseEndpoint {
    address: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct Clusters {
    clusters: Vec<Cluster>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct Cluster {
    cluster_identifier: String,
    cluster_namespace_arn: String,
    vpc_id: String,
    endpoint: DatabaseEndpoint,
    cluster_nodes: Vec<ClusterNode>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct ClusterNode {
    #[serde(rename = "PrivateIPAddress")]
    private_ip_address: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Tasks {
    tasks: Vec<Task>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Task {
    task_arn: String,
    group: String,
    attachments: Vec<TaskAttachment>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct TaskAttachment {
    details: Vec<Detail>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Detail {
    name: String,
    value: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct SubnetGroup {
    subnets: Vec<MemberSubnet>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct MemberSubnet {
    subnet_identifier: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct MemberGroup {
    vpc_security_group_id: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct Functions {
    functions: Vec<Function>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct Function {
    function_arn: String,
    function_name: String,
    vpc_config: Option<VpcConfig>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct VpcConfig {
    subnet_ids: Vec<String>,
    security_group_ids: Vec<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct VirtualInterfaces {
    virtual_interfaces: Vec<VirtualInterface>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct VirtualInterface {
    virtual_gateway_id: String,
    virtual_interface_state: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Associations {
    direct_connect_gateway_associations: Vec<DirectAssociation>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct DirectAssociation {
    associated_gateway: AssociatedGateway,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct AssociatedGateway {
    id: String,
}

impl Reader<'_> {
    /// Whatever has interfaces that AWS made for it.
    pub(super) fn managed(&mut self) -> Result<(), SnapshotError> {
        self.databases_and_functions()?;
        self.warehouses()?;
        self.tasks()
    }

    /// The nodes of Redshift clusters have known addresses.
    fn warehouses(&mut self) -> Result<(), SnapshotError> {
        let clusters: Clusters = self.answer("redshift-describe-clusters")?;
        for cluster in clusters.clusters {
            let addresses: Vec<&str> = cluster.cluster_nodes.iter().map(|node| node.private_ip_address.as_str()).collect();
            let own = self.network().interfaces.values().filter(|own| own.vpc_id == cluster.vpc_id);
            let own = own.filter(|own| own.addresses().any(|(address, _)| addresses.contains(&address)));
            let found: Vec<String> = own.map(|own| own.network_interface_id.clone()).collect();
            self.is_managed(&cluster.cluster_namespace_arn, &[&cluster.cluster_identifier, &cluster.endpoint.address], found);
        }
        Ok(())
    }

    /// Tasks say which interface they have; a service means those of all its tasks.
    fn tasks(&mut self) -> Result<(), SnapshotError> {
        let call = "ecs-describe-tasks";
        for file in self.files_of(call)? {
            let value = file.split('/').skip(2).map(unquote).collect::<Vec<_>>();
            let Some(tasks) = self.answer_of::<Tasks>(call, &value.iter().map(String::as_str).collect::<Vec<_>>())? else { continue };
            for task in tasks.tasks {
                let details = task.attachments.iter().flat_map(|own| &own.details);
                let interfaces = details.filter(|detail| detail.name == "networkInterfaceId").map(|detail| detail.value.clone());
                let found: Vec<String> = interfaces.filter(|id| self.network().interfaces.contains_key(id)).collect();
                let Some((cluster, short)) = task.task_arn.rsplit_once('/') else { continue };
                if let Some(service) = task.group.strip_prefix("service:") {
                    let arn = format!("{}/{service}", cluster.replace(":task/", ":service/"));
                    self.is_managed(&arn, &[service], found.clone());
                }
                self.is_managed(&task.task_arn, &[short], found);
            }
        }
        Ok(())
    }

    /// Notes whose interfaces these are, and how that is called.
    fn is_managed(&mut self, arn: &str, names: &[&str], interfaces: Vec<String>) {
        let network = self.network();
        for name in names.iter().filter(|name| !name.is_empty()) {
            network.managed_names.entry((*name).to_owned()).or_default().insert(arn.to_owned());
        }
        network.managed.entry(arn.to_owned()).or_default().extend(interfaces);
    }

    /// Which interfaces are theirs is told by subnets and groups.
    fn databases_and_functions(&mut self) -> Result<(), SnapshotError> {
        let databases: Databases = self.answer("rds-describe-db-instances")?;
        let functions: Functions = self.answer("lambda-list-functions")?;
        let databases = databases.db_instances.into_iter().map(|database| {
            let subnets = database.db_subnet_group.subnets.into_iter().map(|subnet| subnet.subnet_identifier).collect();
            let groups = database.vpc_security_groups.into_iter().map(|group| group.vpc_security_group_id).collect();
            (
                [database.db_instance_arn, database.db_instance_identifier, database.endpoint.address],
                "RDSNetworkInterface",
                subnets,
                groups,
                database.publicly_accessible,
            )
        });
        let functions = functions.functions.into_iter().filter_map(|function| {
            let config = function.vpc_config?;
            Some((
                [function.function_arn, function.function_name, String::new()],
                "AWS Lambda VPC ENI",
                config.subnet_ids,
                config.security_group_ids,
                None,
            ))
        });
        for (names, description, subnets, groups, public) in databases.chain(functions).collect::<Vec<ManagedThing>>() {
            let is_its = |interface: &&Known<super::interface::Interface>| {
                let mut own: Vec<&str> = interface.group_ids().collect();
                let mut wanted: Vec<&str> = groups.iter().map(String::as_str).collect();
                own.sort_unstable();
                wanted.sort_unstable();
                let has_public = interface.addresses().any(|(_, public)| public.is_some());
                let as_told = public.is_none_or(|public| public == has_public);
                interface.description.starts_with(description) && subnets.contains(&interface.subnet_id) && own == wanted && as_told
            };
            let found: Vec<String> =
                self.network().interfaces.values().filter(is_its).map(|interface| interface.network_interface_id.clone()).collect();
            let [arn, name, dns] = names;
            self.is_managed(&arn, &[&name, &dns], found);
        }
        Ok(())
    }

    /// <https://docs.aws.amazon.com/directconnect/latest/UserGuide/virtualgateways.html>
    pub(super) fn direct(&mut self) -> Result<(), SnapshotError> {
        let interfaces: VirtualInterfaces = self.answer("directconnect-describe-virtual-interfaces")?;
        let up = interfaces.virtual_interfaces.into_iter().filter(|interface| interface.virtual_interface_state == "available");
        let mut gateways: Vec<String> = up.map(|interface| interface.virtual_gateway_id).collect();
        let call = "directconnect-describe-direct-connect-gateway-associations";
        for file in self.files_of(call)? {
            let value = file.rsplit('/').next().map(unquote).unwrap_or_default();
            let associations = self.answer_for::<Associations>(call, &value)?.unwrap_or_default().direct_connect_gateway_associations;
            gateways.extend(associations.into_iter().map(|own| own.associated_gateway.id));
        }
        self.network().direct.extend(gateways.into_iter().filter(|id| id.starts_with("vgw-")));
        Ok(())
    }
}

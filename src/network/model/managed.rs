//! Which network interfaces are of databases and functions, and which gateways Direct Connect leads to.

use serde::Deserialize;

use super::Known;
use super::read::Reader;
use crate::snapshot::SnapshotError;
use crate::snapshot::layout::unquote;

/// ARN and name, what AWS writes on its interfaces, subnets, groups.
type ManagedThing = ([String; 2], &'static str, Vec<String>, Vec<String>, Option<bool>);

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
    /// Databases and functions: which interfaces are theirs is told by subnets and groups.
    pub(super) fn managed(&mut self) -> Result<(), SnapshotError> {
        let databases: Databases = self.answer("rds-describe-db-instances")?;
        let functions: Functions = self.answer("lambda-list-functions")?;
        let databases = databases.db_instances.into_iter().map(|database| {
            let subnets = database.db_subnet_group.subnets.into_iter().map(|subnet| subnet.subnet_identifier).collect();
            let groups = database.vpc_security_groups.into_iter().map(|group| group.vpc_security_group_id).collect();
            (
                [database.db_instance_arn, database.db_instance_identifier],
                "RDSNetworkInterface",
                subnets,
                groups,
                database.publicly_accessible,
            )
        });
        let functions = functions.functions.into_iter().filter_map(|function| {
            let config = function.vpc_config?;
            Some((
                [function.function_arn, function.function_name],
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
            let [arn, name] = names;
            self.network().managed_names.entry(name).or_default().insert(arn.clone());
            self.network().managed.insert(arn, found);
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

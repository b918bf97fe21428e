//! Data files and what they are made from stay in step.

use cloudmapper::collector::Secrets;
use cloudmapper::collector::api::Api;
use cloudmapper::collector::permissions::Permissions;
use cloudmapper::collector::table::Table;

#[test]
fn the_models_hold_every_operation_of_the_table() {
    let api = Api::embedded().unwrap();
    let table = Table::embedded(&api).unwrap();
    let permissions = Permissions::embedded().unwrap();
    for row in &table.rows {
        assert!(row.service.operations.contains_key(&row.operation), "{}:{}: run `cargo xtask models`", row.service.name, row.operation);
        assert!(!permissions.of(row).is_empty());
    }
}

#[test]
fn the_text_beside_the_models_is_of_the_same_version() {
    let page = include_str!("../data/aws-api.txt");
    let api = Api::embedded().unwrap();
    assert!(page.contains(api.botocore()), "data/aws-api.txt is not of botocore {}", api.botocore());
}

#[test]
fn nothing_that_hands_out_credentials_is_in_the_table() {
    let table = Table::embedded(&Api::embedded().unwrap()).unwrap();
    let secrets = Secrets::embedded().unwrap();
    let minting: Vec<String> = table
        .rows
        .iter()
        .map(|row| format!("{}:{}", row.service.name, row.operation))
        .filter(|call| secrets.minting().contains(call))
        .collect();
    assert!(minting.is_empty(), "{minting:?}");
}

#[test]
fn all_reads_adds_what_needs_no_parameter() {
    let api = Api::embedded().unwrap();
    let mut table = Table::embedded(&api).unwrap();
    let before = table.rows.len();
    table.add_all_reads(&api, Secrets::embedded().unwrap().minting()).unwrap();
    assert!(table.rows.len() > before + 1500, "{} rows", table.rows.len());
    assert!(!table.rows.iter().any(|row| row.service.name == "sts" && row.operation == "GetSessionToken"));
}

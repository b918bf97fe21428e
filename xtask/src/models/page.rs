//! `aws-api.txt`: one page that says what the data file holds and where it comes from.

use std::collections::BTreeMap;

use super::service::Service;

/// The page as text.
pub(crate) fn render(botocore: &str, services: &BTreeMap<String, Service>, size: usize) -> String {
    let operations: usize = services.values().map(|service| service.operations).sum();
    format!(
        "aws-api.bin: the read calls of every AWS service, as data\n\
         \n\
         source      botocore {botocore}\n\
         services    {}\n\
         operations  {operations}\n\
         size        {size} bytes\n\
         \n\
         It holds the read operations (List, Describe, Get, …) with their input and output shapes,\n\
         paginators and endpoints; documentation, value lists and write operations are left out.\n\
         The facts come from the service models of botocore, Copyright Amazon.com, Inc. or its\n\
         affiliates, licensed under the Apache License, Version 2.0. They have been reduced and\n\
         rearranged; the endpoints are the results of botocore's endpoint rules.\n\
         \n\
         Made by `cargo run -p xtask -- models`; `--check` tells whether it is up to date.\n\
         Do not edit.\n",
        services.len(),
    )
}

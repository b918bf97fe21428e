"""CloudFormation, service catalogue of the rest: what is left when the areas are done."""

from __future__ import annotations

import json

from .base import Place
from .names import DEV, MANAGEMENT, NON_ASCII, PROD, SECURITY

JSON_TEMPLATE = json.dumps(
    {
        "AWSTemplateFormatVersion": "2010-09-09",
        "Description": NON_ASCII,
        "Parameters": {
            "Password": {"Type": "String", "NoEcho": True, "Default": "Fixed-Passw0rd"},
            "Stage": {"Type": "String", "Default": "live"},
        },
        "Resources": {
            "Queue": {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": "from-stack"}},
            "Topic": {"Type": "AWS::SNS::Topic", "Properties": {"TopicName": "from-stack"}},
        },
        "Outputs": {"QueueUrl": {"Value": {"Ref": "Queue"}, "Export": {"Name": "queue"}}},
    },
    ensure_ascii=False,
)  # moto reads templates as YAML, where an escaped surrogate pair is two characters
YAML_TEMPLATE = "# plain YAML\nAWSTemplateFormatVersion: '2010-09-09'\nResources:\n  Bus:\n    Type: AWS::Events::EventBus\n    Properties:\n      Name: from-yaml\n"


def seed(place: Place) -> None:
    """Stacks in the workload accounts; sharing and budgets where they belong."""
    if place.account in (PROD, DEV):
        place.run(stacks)
    if place.primary:
        place.run(contacts)
    if place.account == MANAGEMENT and place.primary:
        place.run(budgets)
    if place.account == SECURITY and place.primary:
        place.run(stack_set)


def stacks(place: Place) -> None:
    """One template in JSON, one in YAML, one with a name that is a path of words."""
    place.call(
        "cloudformation",
        "create_stack",
        StackName="shop-messaging",
        TemplateBody=JSON_TEMPLATE,
        RoleARN=place.role("stack-maker"),
        Tags=[{"Key": "team", "Value": NON_ASCII}],
    )
    place.call("cloudformation", "create_stack", StackName="shop-bus", TemplateBody=YAML_TEMPLATE)


def stack_set(place: Place) -> None:
    """A stack set over the organization."""
    place.call("cloudformation", "create_stack_set", StackSetName="baseline", TemplateBody=JSON_TEMPLATE)


def contacts(place: Place) -> None:
    """The account's security contact and a resource group."""
    place.call(
        "account",
        "put_alternate_contact",
        AlternateContactType="SECURITY",
        EmailAddress="security@kestrel-retail.example",
        Name="Security",
        PhoneNumber="+44 20 7123 4567",
        Title="CISO",
    )
    place.call(
        "resource-groups",
        "create_group",
        Name="shop",
        ResourceQuery={
            "Type": "TAG_FILTERS_1_0",
            "Query": json.dumps({"ResourceTypeFilters": ["AWS::AllSupported"], "TagFilters": [{"Key": "team", "Values": ["shop"]}]}),
        },
    )


def budgets(place: Place) -> None:
    """A budget."""
    place.call(
        "budgets",
        "create_budget",
        AccountId=place.account,
        Budget={"BudgetName": "all", "BudgetLimit": {"Amount": "50000", "Unit": "USD"}, "TimeUnit": "MONTHLY", "BudgetType": "COST"},
    )

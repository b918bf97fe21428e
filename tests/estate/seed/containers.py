"""ECS, EKS, Batch and CodeBuild and what they run."""

from __future__ import annotations

import json

from .base import Place, policy, trust
from .names import MANAGEMENT, PROD, SECURITY

ISSUER_ROLE = "irsa-orders"


def seed(place: Place) -> None:
    """The workload accounts run containers."""
    if place.account in (MANAGEMENT, SECURITY):
        return
    place.run(ecs, eks, builds)
    if place.primary:
        place.run(batch, beanstalk)
    if place.account == PROD and place.primary:
        place.run(many_clusters, pod_role)


def ecs(place: Place) -> None:
    """A service on Fargate with secrets in its environment, and a task on EC2."""
    place.call("ecs", "create_cluster", clusterName="shop", settings=[{"name": "containerInsights", "value": "enabled"}])
    container = {
        "name": "web",
        "image": f"{place.account}.dkr.ecr.{place.region}.amazonaws.com/shop/web:latest",
        "memory": 512,
        "cpu": 256,
        "essential": True,
        "privileged": False,
        "environment": [{"name": "API_TOKEN", "value": "fixed-secret"}],
        "portMappings": [{"containerPort": 8080, "protocol": "tcp"}],
    }
    place.call(
        "ecs",
        "register_task_definition",
        family="web",
        containerDefinitions=[container],
        taskRoleArn=place.role("app-task"),
        executionRoleArn=place.role("app-task"),
        networkMode="awsvpc",
        requiresCompatibilities=["FARGATE"],
        cpu="256",
        memory="512",
    )
    place.call(
        "ecs",
        "register_task_definition",
        family="agent",
        containerDefinitions=[{**container, "name": "agent", "privileged": True}],
        networkMode="host",
    )
    place.call(
        "ecs",
        "create_service",
        cluster="shop",
        serviceName="web",
        taskDefinition="web",
        desiredCount=2,
        launchType="FARGATE",
        networkConfiguration={
            "awsvpcConfiguration": {
                "subnets": [place.ids["public-a"]],
                "securityGroups": [place.ids["sg-web"]],
                "assignPublicIp": "ENABLED",
            }
        },
    )
    instance = place.ids.get("instance-app-2", "")
    document = {"instanceId": instance, "region": place.region, "accountId": place.account, "version": "2017-09-30"}
    place.call("ecs", "register_container_instance", cluster="shop", instanceIdentityDocument=json.dumps(document))
    place.call("ecs", "run_task", cluster="shop", taskDefinition="agent", count=2, launchType="EC2")
    place.call("ecs", "create_cluster", clusterName="empty")


def eks(place: Place) -> None:
    """A Kubernetes cluster whose API answers the internet, with a node group."""
    place.call(
        "eks",
        "create_cluster",
        name="shop",
        version="1.29",
        roleArn=place.role("eks-cluster"),
        resourcesVpcConfig={
            "subnetIds": [place.ids["private-a"], place.ids["private-b"]],
            "securityGroupIds": [place.ids["sg-cluster"]],
            "endpointPublicAccess": True,
            "endpointPrivateAccess": False,
            "publicAccessCidrs": ["0.0.0.0/0"],
        },
    )
    place.call(
        "eks",
        "create_nodegroup",
        clusterName="shop",
        nodegroupName="workers",
        subnets=[place.ids["private-a"]],
        nodeRole=place.role("app-web"),
    )


def pod_role(place: Place) -> None:
    """A role for one service account of the cluster."""
    issuer = "oidc.eks.us-east-1.amazonaws.com/id/ABCDEF0123456789ABCDEF0123456789"
    place.call(
        "iam",
        "create_role",
        RoleName=ISSUER_ROLE,
        AssumeRolePolicyDocument=trust(
            {"Federated": f"arn:aws:iam::{place.account}:oidc-provider/{issuer}"},
            "sts:AssumeRoleWithWebIdentity",
            Condition={"StringEquals": {f"{issuer}:sub": "system:serviceaccount:shop:orders"}},
        ),
    )
    place.call(
        "iam",
        "put_role_policy",
        RoleName=ISSUER_ROLE,
        PolicyName="orders",
        PolicyDocument=policy({"Effect": "Allow", "Action": "dynamodb:*", "Resource": place.arn("dynamodb", "table/carts")}),
    )


def builds(place: Place) -> None:
    """A build project with a plain secret and a webhook-less source."""
    place.call(
        "codebuild",
        "create_project",
        name="shop",
        source={"type": "GITHUB", "location": "https://github.com/kestrel/shop.git"},
        artifacts={"type": "NO_ARTIFACTS"},
        serviceRole=place.role("build-runner"),
        environment={
            "type": "LINUX_CONTAINER",
            "image": "aws/codebuild/standard:7.0",
            "computeType": "BUILD_GENERAL1_SMALL",
            "privilegedMode": True,
            "environmentVariables": [{"name": "NPM_TOKEN", "value": "fixed-secret", "type": "PLAINTEXT"}],
        },
    )
    place.call("codecommit", "create_repository", repositoryName="infrastructure", repositoryDescription="terraform")


def batch(place: Place) -> None:
    """A compute environment and a job definition."""
    place.call(
        "batch", "create_compute_environment", computeEnvironmentName="nightly", type="UNMANAGED", serviceRole=place.role("app-batch")
    )
    place.call(
        "batch",
        "register_job_definition",
        jobDefinitionName="report",
        type="container",
        containerProperties={"image": "report:1", "vcpus": 1, "memory": 128, "environment": [{"name": "PASSWORD", "value": "fixed"}]},
    )


def beanstalk(place: Place) -> None:
    """An application that was given up."""
    place.call("elasticbeanstalk", "create_application", ApplicationName="old-site")
    place.call("elasticbeanstalk", "create_environment", ApplicationName="old-site", EnvironmentName="old-site-live")


def many_clusters(place: Place) -> None:
    """ecs:ListClusters pages at 100 in AWS."""
    for number in range(place.bulk(101)):
        place.call("ecs", "create_cluster", clusterName=f"branch-{number:03}")

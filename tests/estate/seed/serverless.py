"""Lambda with everything around it, API Gateway, Step Functions, Cognito, AppSync."""

from __future__ import annotations

import io
import json
import zipfile

from .base import Place, allow, policy
from .names import COMPANY, DEV, MANAGEMENT, PARTNER, SECURITY

ENVIRONMENT = {"Variables": {"DB_PASSWORD": "Fixed-Passw0rd", "AWS_KEY": "AKIAIOSFODNN7EXAMPLE", "STAGE": "live", "GRÜSSE": "ja"}}


def seed(place: Place) -> None:
    """Everywhere but in the management account; security has one function."""
    if place.account == MANAGEMENT:
        return
    place.run(functions)
    if place.account != SECURITY:
        place.run(layers, rest_api, http_api, machines, people)
        if place.primary:
            place.run(graph_api, schedules)


def code() -> bytes:
    """A function package; the date inside is fixed, so the hash is too."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr(zipfile.ZipInfo("index.py", (2024, 2, 29, 0, 0, 0)), "def handler(event, context):\n    return 'ok'\n")
    return buffer.getvalue()


def function(place: Place, name: str, **more: object) -> str:
    """One function."""
    return place.get(
        "FunctionArn",
        "lambda",
        "create_function",
        FunctionName=name,
        Runtime=more.pop("Runtime", "python3.12"),
        Handler="index.handler",
        Role=place.role("app-lambda"),
        Code={"ZipFile": code()},
        **more,
    )


def functions(place: Place) -> None:
    """In the VPC, with a public URL, open to everybody, on an old runtime, never called."""
    function(
        place,
        "orders",
        Environment=ENVIRONMENT,
        VpcConfig={"SubnetIds": [place.ids["private-a"]], "SecurityGroupIds": [place.ids["sg-app"]]},
        Description="<img src=x onerror=alert(1)>",
        TracingConfig={"Mode": "Active"},
    )
    if place.account == SECURITY:
        return
    function(place, "webhook", Environment=ENVIRONMENT, Description="bell\u0007 and escape\u001b[31m")
    place.call("lambda", "create_function_url_config", FunctionName="webhook", AuthType="NONE", Cors={"AllowOrigins": ["*"]})
    place.call(
        "lambda",
        "add_permission",
        FunctionName="webhook",
        StatementId="url",
        Action="lambda:InvokeFunctionUrl",
        Principal="*",
        FunctionUrlAuthType="NONE",
    )
    function(place, "private-url")
    place.call("lambda", "create_function_url_config", FunctionName="private-url", AuthType="AWS_IAM")
    function(place, "open-invoke", Runtime="python3.7")
    place.call("lambda", "add_permission", FunctionName="open-invoke", StatementId="all", Action="lambda:InvokeFunction", Principal="*")
    place.call("lambda", "add_permission", FunctionName="orders", StatementId="partner", Action="lambda:InvokeFunction", Principal=PARTNER)
    place.call(
        "lambda",
        "add_permission",
        FunctionName="orders",
        StatementId="s3",
        Action="lambda:InvokeFunction",
        Principal="s3.amazonaws.com",
        SourceArn=f"arn:aws:s3:::{place.ids['bucket-orders']}",
    )
    place.call("lambda", "publish_version", FunctionName="orders")
    place.call("lambda", "create_alias", FunctionName="orders", Name="live", FunctionVersion="1")
    place.call("lambda", "create_event_source_mapping", FunctionName="orders", EventSourceArn=place.arn("sqs", "orders"), BatchSize=10)
    place.call("lambda", "put_function_concurrency", FunctionName="orders", ReservedConcurrentExecutions=5)
    if place.account != DEV and place.primary:
        for number in range(place.bulk(55)):  # AWS answers 50 functions a page
            function(place, f"device-{number:02}")


def layers(place: Place) -> None:
    """A layer with two versions, the second open to all."""
    for _ in range(2):
        place.call(
            "lambda",
            "publish_layer_version",
            LayerName="common",
            Content={"ZipFile": code()},
            CompatibleRuntimes=["python3.12"],
            LicenseInfo="MIT",
        )
    place.call(
        "lambda",
        "add_layer_version_permission",
        LayerName="common",
        VersionNumber=2,
        StatementId="all",
        Action="lambda:GetLayerVersion",
        Principal="*",
    )


def rest_api(place: Place) -> None:
    """A REST API with an open method, a signed one, stages, a key and a policy."""
    document = policy(allow("execute-api:Invoke", "*", Principal="*"))
    api = place.get(
        "id",
        "apigateway",
        "create_rest_api",
        name="shop",
        description="public API",
        policy=document,
        endpointConfiguration={"types": ["REGIONAL"]},
    )
    place.call("apigateway", "create_rest_api", name="internal", endpointConfiguration={"types": ["PRIVATE"]})
    root = place.get("items.0.id", "apigateway", "get_resources", restApiId=api)
    orders = place.get("id", "apigateway", "create_resource", restApiId=api, parentId=root, pathPart="orders")
    for resource, verb, kind in ((root, "GET", "NONE"), (orders, "POST", "AWS_IAM")):
        place.call("apigateway", "put_method", restApiId=api, resourceId=resource, httpMethod=verb, authorizationType=kind)
        place.call(
            "apigateway",
            "put_integration",
            restApiId=api,
            resourceId=resource,
            httpMethod=verb,
            type="MOCK",
            requestTemplates={"application/json": '{"statusCode": 200}'},
        )
    place.call("apigateway", "create_deployment", restApiId=api, stageName="live", variables={"token": "fixed-secret"})
    place.call("apigateway", "create_api_key", name="partner", value="fixed-api-key-0123456789", enabled=True)


def http_api(place: Place) -> None:
    """An HTTP API with an open route."""
    api = place.get("ApiId", "apigatewayv2", "create_api", Name="hooks", ProtocolType="HTTP")
    target = place.get(
        "IntegrationId",
        "apigatewayv2",
        "create_integration",
        ApiId=api,
        IntegrationType="AWS_PROXY",
        IntegrationUri=place.arn("lambda", "function:webhook"),
        PayloadFormatVersion="2.0",
    )
    place.call("apigatewayv2", "create_route", ApiId=api, RouteKey="POST /hook", Target=f"integrations/{target}", AuthorizationType="NONE")
    place.call("apigatewayv2", "create_stage", ApiId=api, StageName="$default", AutoDeploy=True)


def machines(place: Place) -> None:
    """A state machine."""
    definition = json.dumps({"StartAt": "Wait", "States": {"Wait": {"Type": "Pass", "End": True}}})
    place.call("stepfunctions", "create_state_machine", name="checkout", definition=definition, roleArn=place.role("states-runner"))


def people(place: Place) -> None:
    """Cognito: self sign-up, and an identity pool for people who have not signed in."""
    pool = place.get(
        "UserPool.Id", "cognito-idp", "create_user_pool", PoolName="customers", AdminCreateUserConfig={"AllowAdminCreateUserOnly": False}
    )
    place.call("cognito-idp", "create_user_pool_client", UserPoolId=pool, ClientName="web")
    place.call("cognito-idp", "create_user_pool_domain", UserPoolId=pool, Domain=f"{COMPANY}-{place.name}-{place.region}")
    identities = place.get(
        "IdentityPoolId", "cognito-identity", "create_identity_pool", IdentityPoolName="visitors", AllowUnauthenticatedIdentities=True
    )
    place.call("cognito-identity", "set_identity_pool_roles", IdentityPoolId=identities, Roles={"unauthenticated": place.role("app-web")})


def graph_api(place: Place) -> None:
    """GraphQL behind a key."""
    api = place.get("graphqlApi.apiId", "appsync", "create_graphql_api", name="catalogue", authenticationType="API_KEY")
    place.call("appsync", "create_api_key", apiId=api, description="app")


def schedules(place: Place) -> None:
    """EventBridge schedules."""
    place.call(
        "scheduler",
        "create_schedule",
        Name="nightly",
        ScheduleExpression="rate(1 days)",
        FlexibleTimeWindow={"Mode": "OFF"},
        Target={"Arn": place.arn("lambda", "function:orders"), "RoleArn": place.role("app-lambda")},
    )

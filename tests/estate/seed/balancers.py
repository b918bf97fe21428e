"""Load balancers: classic, application and network, with listeners, rules, targets and certificates."""

from __future__ import annotations

from .base import Place, tags
from .names import DOMAIN, MANAGEMENT, PROD


def seed(place: Place) -> None:
    """Production and development have all three kinds."""
    if place.account == MANAGEMENT:
        return
    place.run(certificates, application, network_balancer, classic)


def certificates(place: Place) -> None:
    """One certificate for the shop."""
    place.ids["certificate"] = place.get(
        "CertificateArn",
        "acm",
        "request_certificate",
        DomainName=f"shop.{DOMAIN}",
        SubjectAlternativeNames=[f"*.{DOMAIN}"],
        ValidationMethod="DNS",
        Tags=tags(Name="shop"),
    )


def target_group(place: Place, name: str, protocol: str, port: int, kind: str = "instance") -> str:
    """A target group."""
    return place.get(
        "TargetGroups.0.TargetGroupArn",
        "elbv2",
        "create_target_group",
        Name=name,
        Protocol=protocol,
        Port=port,
        VpcId=place.ids["vpc"],
        TargetType=kind,
        **({"HealthCheckPath": "/health?deep=1&x=<y>"} if protocol.startswith("HTTP") else {}),
    )


def application(place: Place) -> None:
    """Internet-facing: plain HTTP redirects, HTTPS forwards by path, one rule answers itself."""
    balancer = place.get(
        "LoadBalancers.0.LoadBalancerArn",
        "elbv2",
        "create_load_balancer",
        Name="shop",
        Type="application",
        Scheme="internet-facing",
        Subnets=[place.ids["public-a"], place.ids["public-b"]],
        SecurityGroups=[place.ids["sg-web"]],
        Tags=tags(Name="shop", team="web"),
    )
    place.ids["alb"] = balancer
    web, api = target_group(place, "shop-web", "HTTP", 80), target_group(place, "shop-api", "HTTP", 8080, "ip")
    place.call(
        "elbv2",
        "register_targets",
        TargetGroupArn=web,
        Targets=[{"Id": place.ids["instance-web-1"]}, {"Id": place.ids["instance-web-2"], "Port": 8081}],
    )
    place.call("elbv2", "register_targets", TargetGroupArn=api, Targets=[{"Id": "10.20.10.10", "Port": 8080}])
    redirect = {"Type": "redirect", "RedirectConfig": {"Protocol": "HTTPS", "Port": "443", "StatusCode": "HTTP_301"}}
    place.call("elbv2", "create_listener", LoadBalancerArn=balancer, Protocol="HTTP", Port=80, DefaultActions=[redirect])
    secure = place.get(
        "Listeners.0.ListenerArn",
        "elbv2",
        "create_listener",
        LoadBalancerArn=balancer,
        Protocol="HTTPS",
        Port=443,
        Certificates=[{"CertificateArn": place.ids["certificate"]}],
        SslPolicy="ELBSecurityPolicy-TLS13-1-2-2021-06",
        DefaultActions=[{"Type": "forward", "TargetGroupArn": web}],
    )
    place.call(
        "elbv2",
        "create_rule",
        ListenerArn=secure,
        Priority=10,
        Conditions=[{"Field": "path-pattern", "Values": ["/api/*"]}],
        Actions=[{"Type": "forward", "TargetGroupArn": api}],
    )
    fixed = {
        "Type": "fixed-response",
        "FixedResponseConfig": {"StatusCode": "503", "ContentType": "text/html", "MessageBody": "<h1>back soon</h1>"},
    }
    place.call(
        "elbv2",
        "create_rule",
        ListenerArn=secure,
        Priority=20,
        Conditions=[{"Field": "host-header", "Values": [f"old.{DOMAIN}"]}],
        Actions=[fixed],
    )
    place.call(
        "elbv2",
        "modify_load_balancer_attributes",
        LoadBalancerArn=balancer,
        Attributes=[{"Key": "deletion_protection.enabled", "Value": "true"}],
    )


def network_balancer(place: Place) -> None:
    """One on the internet, one inside."""
    for name, scheme, subnet in (("ingest", "internet-facing", "public-a"), ("internal", "internal", "private-a")):
        balancer = place.get(
            "LoadBalancers.0.LoadBalancerArn",
            "elbv2",
            "create_load_balancer",
            Name=f"nlb-{name}",
            Type="network",
            Scheme=scheme,
            Subnets=[place.ids[subnet]],
        )
        place.ids[f"nlb-{name}"] = balancer
        group = target_group(place, f"nlb-{name}", "TCP", 5000)
        place.call("elbv2", "register_targets", TargetGroupArn=group, Targets=[{"Id": place.ids["instance-app-1"]}])
        place.call(
            "elbv2",
            "create_listener",
            LoadBalancerArn=balancer,
            Protocol="TCP",
            Port=5000,
            DefaultActions=[{"Type": "forward", "TargetGroupArn": group}],
        )


def classic(place: Place) -> None:
    """A classic balancer with an access log and policies; many of them in production's second region."""
    http = {"Protocol": "HTTP", "LoadBalancerPort": 80, "InstanceProtocol": "HTTP", "InstancePort": 80}
    place.call(
        "elb",
        "create_load_balancer",
        LoadBalancerName="legacy",
        Listeners=[http, {"Protocol": "TCP", "LoadBalancerPort": 22, "InstancePort": 22}],
        Subnets=[place.ids["public-a"]],
        SecurityGroups=[place.ids["sg-everything"]],
        Tags=tags(Name="legacy"),
    )
    place.call(
        "elb", "register_instances_with_load_balancer", LoadBalancerName="legacy", Instances=[{"InstanceId": place.ids["instance-web-1"]}]
    )
    place.call(
        "elb",
        "configure_health_check",
        LoadBalancerName="legacy",
        HealthCheck={"Target": "HTTP:80/", "Interval": 30, "Timeout": 5, "UnhealthyThreshold": 2, "HealthyThreshold": 2},
    )
    place.call("elb", "create_lb_cookie_stickiness_policy", LoadBalancerName="legacy", PolicyName="sticky", CookieExpirationPeriod=600)
    place.call(
        "elb",
        "modify_load_balancer_attributes",
        LoadBalancerName="legacy",
        LoadBalancerAttributes={
            "CrossZoneLoadBalancing": {"Enabled": True},
            "AccessLog": {"Enabled": False},
            "ConnectionDraining": {"Enabled": True, "Timeout": 60},
        },
    )
    if place.account == PROD and not place.primary:
        for number in range(place.bulk(8)):
            place.call(
                "elb",
                "create_load_balancer",
                LoadBalancerName=f"branch-{number}",
                Listeners=[http],
                Subnets=[place.ids["private-a"]],
                Scheme="internal",
            )

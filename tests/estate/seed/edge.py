"""CloudFront, WAF, and names that face the internet."""

from __future__ import annotations

from typing import Any

from .base import Place
from .names import COMPANY, DEV, DOMAIN, PROD


def seed(place: Place) -> None:
    """CloudFront is global: production and development have distributions."""
    if place.account not in (PROD, DEV):
        return
    place.run(firewall)
    if place.primary:
        place.run(distributions, sinks)


def distribution(place: Place, reference: str, origin: dict[str, Any], **more: Any) -> None:
    """One distribution."""
    behaviour = {
        "TargetOriginId": origin["Id"],
        "ViewerProtocolPolicy": more.pop("viewers", "allow-all"),
        "MinTTL": 0,
        "ForwardedValues": {"QueryString": False, "Cookies": {"Forward": "none"}},
        "TrustedSigners": {"Enabled": False, "Quantity": 0},
    }
    config = {
        "CallerReference": reference,
        "Comment": f"{reference} <cdn>",
        "Enabled": True,
        "Origins": {"Quantity": 1, "Items": [origin]},
        "DefaultCacheBehavior": behaviour,
        **more,
    }
    place.call("cloudfront", "create_distribution", DistributionConfig=config)


def distributions(place: Place) -> None:
    """From a bucket with an identity, from a load balancer without TLS, and many more."""
    control = place.get(
        "OriginAccessControl.Id",
        "cloudfront",
        "create_origin_access_control",
        OriginAccessControlConfig={
            "Name": "www",
            "SigningProtocol": "sigv4",
            "SigningBehavior": "always",
            "OriginAccessControlOriginType": "s3",
        },
    )
    origin = {
        "Id": "s3",
        "DomainName": f"{COMPANY}-www.s3.amazonaws.com",
        "S3OriginConfig": {"OriginAccessIdentity": ""},
        "OriginAccessControlId": control,
    }
    distribution(place, "www", origin, viewers="redirect-to-https", Aliases={"Quantity": 1, "Items": [f"www.{DOMAIN}"]})
    custom = {
        "HTTPPort": 80,
        "HTTPSPort": 443,
        "OriginProtocolPolicy": "http-only",
        "OriginSslProtocols": {"Quantity": 1, "Items": ["TLSv1"]},
    }
    distribution(place, "shop", {"Id": "alb", "DomainName": "shop-1234567890.us-east-1.elb.amazonaws.com", "CustomOriginConfig": custom})
    if place.account == PROD:
        for number in range(place.bulk(6)):
            distribution(
                place,
                f"brand-{number:02}",
                {"Id": "s3", "DomainName": f"brand-{number:02}.s3.amazonaws.com", "S3OriginConfig": {"OriginAccessIdentity": ""}},
            )


def firewall(place: Place) -> None:
    """A web ACL, regional and, where it is made, for CloudFront."""
    visibility = {"SampledRequestsEnabled": True, "CloudWatchMetricsEnabled": True, "MetricName": "shop"}
    place.call("wafv2", "create_web_acl", Name="shop", Scope="REGIONAL", DefaultAction={"Allow": {}}, VisibilityConfig=visibility, Rules=[])
    place.call("wafv2", "create_ip_set", Name="offices", Scope="REGIONAL", IPAddressVersion="IPV4", Addresses=["81.187.20.0/22"])


def sinks(place: Place) -> None:
    """Mail identities."""
    place.call("ses", "verify_domain_identity", Domain=DOMAIN)
    place.call("ses", "verify_email_identity", EmailAddress=f"shop@{DOMAIN}")

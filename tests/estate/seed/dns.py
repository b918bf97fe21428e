"""Route 53: a public and a private zone of the same name, records of all kinds, a domain."""

from __future__ import annotations

from typing import Any

from .base import Place
from .names import DEV, DOMAIN, NON_ASCII, PROD

CONTACT = {
    "FirstName": "Anna",
    "LastName": "Schmidt",
    "ContactType": "COMPANY",
    "OrganizationName": "Kestrel Retail",
    "AddressLine1": "1 High Street",
    "City": "London",
    "CountryCode": "GB",
    "ZipCode": "N1 1AA",
    "PhoneNumber": "+44.2071234567",
    "Email": "dns@kestrel-retail.example",
}


def seed(place: Place) -> None:
    """Production owns the names; development has one zone."""
    if not place.primary or place.account not in (PROD, DEV):
        return
    if place.account == DEV:
        zone(place, f"dev.{DOMAIN}", "dev")
        return
    place.run(zones, records, many_records, many_zones, health, domains)


def zone(place: Place, name: str, reference: str, private: bool = False) -> str:
    """One hosted zone."""
    more: dict[str, Any] = {"VPC": {"VPCRegion": place.region, "VPCId": place.ids["vpc"]}} if private else {}
    made = place.get(
        "HostedZone.Id",
        "route53",
        "create_hosted_zone",
        Name=name,
        CallerReference=reference,
        HostedZoneConfig={"Comment": NON_ASCII[:30], "PrivateZone": private},
        **more,
    )
    place.ids[f"zone-{reference}"] = made
    return made


def zones(place: Place) -> None:
    """The same name twice."""
    zone(place, DOMAIN, "public")
    zone(place, DOMAIN, "private", private=True)


def change(place: Place, reference: str, *sets: dict[str, Any]) -> None:
    """Create record sets."""
    changes = [{"Action": "CREATE", "ResourceRecordSet": record} for record in sets]
    place.call("route53", "change_resource_record_sets", HostedZoneId=place.ids[f"zone-{reference}"], ChangeBatch={"Changes": changes})


def record(name: str, kind: str, *values: str, **more: Any) -> dict[str, Any]:
    """A plain record set."""
    return {"Name": f"{name}.{DOMAIN}", "Type": kind, "TTL": 300, "ResourceRecords": [{"Value": value} for value in values], **more}


def records(place: Place) -> None:
    """Aliases, weights, wildcards, text, and a name that points at nothing any more."""
    alias = {
        "HostedZoneId": "Z35SXDOTRQ7X7K",
        "DNSName": "dualstack.shop-1234567890.us-east-1.elb.amazonaws.com",
        "EvaluateTargetHealth": False,
    }
    change(
        place,
        "public",
        {"Name": f"shop.{DOMAIN}", "Type": "A", "AliasTarget": alias},
        record("old", "CNAME", "kestrel-gone.s3-website-us-east-1.amazonaws.com"),
        record("*.preview", "CNAME", "previews.example"),
        record("mail", "MX", "10 mx1.example", "20 mx2.example"),
        record("_verify", "TXT", '"v=1; <script>alert(2)</script>"'),
        record("bastion", "A", "52.16.10.1"),
        record("api", "A", "52.16.10.8", SetIdentifier="blue", Weight=90),
        record("api", "A", "52.16.10.15", SetIdentifier="green", Weight=10),
        record("six", "AAAA", "2a05:d018::1"),
    )
    change(place, "private", record("db", "CNAME", "orders.cluster.us-east-1.rds.amazonaws.com"), record("shop", "A", "10.20.10.10"))


def many_records(place: Place) -> None:
    """route53:ListResourceRecordSets pages at 300."""
    names = [record(f"device-{number:03}", "A", f"10.20.{number // 250}.{number % 250 + 1}") for number in range(place.bulk(310))]
    for start in range(0, len(names), 100):
        change(place, "public", *names[start : start + 100])


def many_zones(place: Place) -> None:
    """route53:ListHostedZones pages at 100."""
    for number in range(place.bulk(101)):
        zone(place, f"brand-{number:03}.example", f"brand-{number:03}")


def health(place: Place) -> None:
    """A health check."""
    place.call(
        "route53",
        "create_health_check",
        CallerReference="shop",
        HealthCheckConfig={"Type": "HTTPS", "FullyQualifiedDomainName": f"shop.{DOMAIN}", "Port": 443, "ResourcePath": "/health"},
    )


def domains(place: Place) -> None:
    """A registered domain."""
    place.call(
        "route53domains",
        "register_domain",
        DomainName="kestrel-retail.com",
        DurationInYears=2,
        AutoRenew=True,
        AdminContact=CONTACT,
        RegistrantContact=CONTACT,
        TechContact=CONTACT,
    )

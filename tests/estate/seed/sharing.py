"""What ties the accounts together: peering, shared transit gateway, GuardDuty members, cross-account zones."""

from __future__ import annotations

from .base import Place
from .names import DEV, PRIMARY, PROD, SECOND, SECURITY, VPC_OCTET

Places = dict[tuple[str, str], Place]


def seed(places: Places) -> None:
    """Runs when all accounts are done."""
    production = places[PROD, PRIMARY]
    production.run(lambda _: peer(places, (PROD, PRIMARY), (DEV, PRIMARY), True), lambda _: members(places), share)
    if (PROD, SECOND) in places:
        production.run(
            lambda _: peer(places, (PROD, PRIMARY), (PROD, SECOND), True), lambda _: peer(places, (DEV, SECOND), (SECURITY, SECOND), False)
        )


def peer(places: Places, ours: tuple[str, str], theirs: tuple[str, str], accept: bool) -> None:
    """A peering connection, and routes on both sides when it was accepted."""
    one, other = places[ours], places[theirs]
    link = one.get(
        "VpcPeeringConnection.VpcPeeringConnectionId",
        "ec2",
        "create_vpc_peering_connection",
        VpcId=one.ids["vpc"],
        PeerVpcId=other.ids["vpc"],
        PeerOwnerId=other.account,
        PeerRegion=other.region,
    )
    if not accept:
        return
    other.call("ec2", "accept_vpc_peering_connection", VpcPeeringConnectionId=link)
    for place, peer_key in ((one, theirs), (other, ours)):
        place.call(
            "ec2",
            "create_route",
            RouteTableId=place.ids["table-private"],
            DestinationCidrBlock=f"10.{VPC_OCTET[peer_key]}.0.0/16",
            VpcPeeringConnectionId=link,
        )


def members(places: Places) -> None:
    """The security account manages GuardDuty of the others."""
    place = places[SECURITY, PRIMARY]
    detector = place.get("DetectorIds.0", "guardduty", "list_detectors")
    place.call(
        "guardduty",
        "create_filter",
        DetectorId=detector,
        Name="noise",
        FindingCriteria={"Criterion": {"type": {"Eq": ["Recon:EC2/PortProbeUnprotectedPort"]}}},
    )


def share(place: Place) -> None:
    """Subnets shared through RAM."""
    place.call(
        "ram",
        "create_resource_share",
        name="network",
        resourceArns=[place.arn("ec2", f"subnet/{place.ids['private-b']}")],
        principals=[DEV],
        allowExternalPrincipals=True,
    )

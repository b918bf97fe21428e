// The kinds of accounts and of access, and what is said of them. Texts only.

import { oneLine, plural } from "../common/dom.js";

export const ACCESSES = ["admin", "iam", "s3", "s3_read", "write", "read", "use", "network", "vpc", "directconnect"];
const ACCESS_NAMES = {
  admin: "administrator", iam: "other role", s3: "S3", s3_read: "S3: read", write: "other: write", read: "other: read", use: "other: use", network: "other: network",
  vpc: "VPC peering", directconnect: "Direct Connect",
};
const ACCESS_LONG = {
  admin: "may become administrator", iam: "may assume a role that is no administrator", s3: "may change what is in S3", s3_read: "may read from S3", write: "may change things of other services",
  read: "may read things of other services", use: "may use things of other services", network: "is connected by other networks", vpc: "is connected by VPC peering", directconnect: "is connected by Direct Connect",
};

// Both sides can reach each other: such lines have no arrow.
const MUTUAL = new Set(["vpc", "directconnect"]);
const NETWORKS = new Set(["vpc", "directconnect", "network"]);

export const OWN_KINDS = ["scanned", "configured"];
export const OUTSIDE_KINDS = ["provider", "organization", "vendor", "unknown", "aws", "location"];
const KIND_SHORT = { scanned: "Scanned", configured: "Not scanned", provider: "Identity providers", organization: "Organizations", vendor: "Vendors", unknown: "Unknown", aws: "AWS services", location: "Locations" };
const KIND_NAMES = {
  scanned: ["scanned account", "scanned accounts"], configured: ["account not scanned", "accounts not scanned"], provider: ["identity provider", "identity providers"], organization: ["organization", "organizations"],
  vendor: ["vendor", "vendors"], unknown: ["unknown account", "unknown accounts"], aws: ["AWS service account", "AWS service accounts"], location: ["location", "locations"],
};

export function accessName(access) {
  return ACCESS_NAMES[access] ?? "other";
}

export function accessLong(access) {
  return ACCESS_LONG[access] ?? "has access";
}

export function isMutual(access) {
  return MUTUAL.has(access);
}

export function isNetwork(access) {
  return NETWORKS.has(access);
}

export function accountKind(kind, count = 1) {
  return KIND_NAMES[kind][count === 1 ? 0 : 1];
}

export function kindShort(kind) {
  return KIND_SHORT[kind];
}

export function capital(text) {
  return text === "" ? text : text[0].toUpperCase() + text.slice(1);
}

export function countedKind(kind, count) {
  return `${count.toLocaleString("en")} ${accountKind(kind, count)}`;
}

// "administrator, S3": the accesses of some edges, strongest first.
export function accessWords(edges) {
  const found = new Set(edges.map((edge) => edge.access));
  return ACCESSES.filter((access) => found.has(access)).map(accessName).join(", ");
}

export function serviceWords(edges, most = 4) {
  const found = [...new Set(edges.flatMap((edge) => edge.services))].sort();
  return found.length <= most ? found.join(", ") : `${found.slice(0, most).join(", ")} +${found.length - most}`;
}

// "Datadog (464622532012)", or the id alone.
export function nodeWords(node) {
  return node.name === node.shownId ? node.name : `${node.name} (${oneLine(node.shownId)})`;
}

export function hopWords(hops) {
  return plural(hops, "hop");
}

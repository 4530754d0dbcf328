import { definitions, fullType, type ResourceDefinition, type VersionRule } from "@arcfleet/contract";

const intro = `# Api-versions

Every call of the management API names an \`api-version\`. A client sends the one that it was written for; this page says which are taken, and what each knows.
Tables are made from \`contract/src/resources/*/versions.ts\` by \`npm run check -- --update\`; a test compares the two.

## What an older api-version means

- An answer shows the properties that the version has, and no others.
- A property that the version does not have is ignored in a request, as if it had not been sent.
- A PUT with an older version **keeps** what that version cannot say: a client of 2021 that reads, changes and writes a cluster does not reset what a newer client set. What the
  version can say and the request leaves out gets its default, as with every PUT.
- A value that only later versions know, such as \`AzureBlob\` for \`sourceKind\`, is refused with \`ValidationFailed\`. One that the record has already may be sent back.
- A record is one thing, whichever version it was written with. ETags are the same in all of them.
- Versions are ordered by their date: a preview has what earlier stable versions have.

Missing: 400 \`MissingApiVersionParameter\`. Not of the form \`YYYY-MM-DD[-preview]\`: 400 \`InvalidApiVersionParameter\`. Not one of the type's: 400 \`NoRegisteredProviderFound\`, which lists
those there are. \`api-Version\`, \`api%2Dversion\` and several of them are taken, the first counts. Links to operations take any version.
`;

/** The page of api-versions, from the definitions of the types. */
export const apiVersionsPage = (): string =>
  `${[intro, ...definitions.map(sectionOf), others].join("\n")}`.replaceAll(/\n{3,}/g, "\n\n");

function sectionOf(definition: ResourceDefinition): string {
  const { apiVersions, patch, versionRules = [] } = definition;
  const later = patch.later && [
    `A PATCH is answered with 202 and links to its operation, and takes ${patch.later.fields.map((field) => `\`${field}\``).join(", ")}, from ${patch.later.since} on; with 200 before.`,
    "",
  ];
  const rules = versionRules.map(rowOf).sort();
  return [
    `## ${fullType(definition)}`,
    "",
    `Taken: ${apiVersions.map((version) => `\`${version}\``).join(", ")}.`,
    "",
    ...(later ?? []),
    ...(rules.length === 0
      ? ["All of them know the same.", ""]
      : ["| from | what | until |", "| --- | --- | --- |", ...rules, "", "Everything else is in all of them.", ""]),
  ].join("\n");
}

function rowOf({ path, value, since, until, formerly, shownAs }: VersionRule): string {
  const name = `\`${path.replace(/^properties\./, "")}\``;
  const notes = [
    value === undefined ? name : `${name}: the value \`${value}\``,
    ...(formerly === undefined ? [] : [`\`${formerly.name}\` before, from ${formerly.since} on`]),
    ...(shownAs === undefined ? [] : [`shown as \`${shownAs}\` before`]),
  ];
  return `| ${since ?? "the first"} | ${notes.join("; ")} | ${until === undefined ? "" : `before ${until}`} |`;
}

const others = `## Around them

Extension types, by location and by cluster: \`2024-11-01-preview\`, \`2023-05-01-preview\`, and \`2022-01-15-preview\`, whose types have \`releaseTrains\` and \`clusterTypes\` instead. Resource groups, subscriptions,
tags and the lists across types take every version.

Below clusters of another kind, such as \`Microsoft.ContainerService/managedClusters\`, nothing is managed here: 400 \`ClusterTypeNotSupported\`. \`listClusterUserCredential\` is checked as in Azure and
then refused, with \`ClusterNotConnected\` or \`ClusterConnectNotSupported\`: this control plane has no tunnel to clusters.
`;

import { kindOf } from "@arcfleet/provider/lifecycle";
import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { differencesFrom } from "../../src/inputs/differences.ts";
import { inputsOfRecord } from "../../src/inputs/inputs-of-record.ts";

const clusterId = "/subscriptions/s/resourceGroups/g/providers/Microsoft.Kubernetes/connectedClusters/c";
const secret = (path: readonly string[]): string => `<${path.join(".")}>`;
const rarely = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined });
const texts = fc.dictionary(fc.stringMatching(/^[a-z]{1,6}$/), fc.string({ maxLength: 8 }), { maxKeys: 3 });

/** Properties as somebody PUT them, and the record that the service makes of them. */
const records = {
  connectedCluster: fc.record({
    agentPublicKeyCertificate: fc.constantFrom("", "key"),
    distribution: rarely(fc.constantFrom("k3s", "eks")),
    distributionVersion: rarely(fc.string({ maxLength: 8 })),
    azureHybridBenefit: rarely(fc.constantFrom("True", "NotApplicable")),
    arcAgentProfile: rarely(
      fc.record({
        desiredAgentVersion: rarely(fc.constant("1.40.0")),
        agentAutoUpgrade: rarely(fc.constantFrom("Enabled", "Disabled")),
      }),
    ),
  }),
  extension: fc.record({
    extensionType: fc.constantFrom("microsoft.flux", "Acme.Monitor"),
    version: rarely(fc.constant("1.2.3")),
    // The service always tells it.
    autoUpgradeMinorVersion: fc.boolean(),
    releaseTrain: rarely(fc.constantFrom("Stable", "Preview")),
    scope: rarely(fc.constant({ cluster: { releaseNamespace: "monitoring" } })),
    configurationSettings: rarely(texts),
    configurationProtectedSettings: rarely(
      texts.map((map) => Object.fromEntries(Object.keys(map).map((key) => [key, ""]))),
    ),
  }),
  fluxConfiguration: fc.record({
    sourceKind: fc.constant("GitRepository"),
    gitRepository: fc.record({
      url: fc.constant("https://git.example.com/fleet.git"),
      timeoutInSeconds: rarely(fc.constantFrom(600, 30)),
      httpsUser: rarely(fc.constant("reader")),
      repositoryRef: rarely(fc.record({ branch: rarely(fc.constant("main")) })),
    }),
    suspend: rarely(fc.boolean()),
    kustomizations: rarely(
      fc.dictionary(
        fc.stringMatching(/^[a-z]{1,6}$/),
        fc.record({ path: rarely(fc.constant("./apps")), prune: rarely(fc.boolean()), wait: rarely(fc.boolean()) }),
        { maxKeys: 2 },
      ),
    ),
  }),
} as const;

const idOf = {
  connectedCluster: clusterId,
  extension: `${clusterId}/x/y/one`,
  fluxConfiguration: `${clusterId}/x/y/one`,
};

describe.each(["connectedCluster", "extension", "fluxConfiguration"] as const)("a program for a record: %s", (key) => {
  const kind = kindOf(key);
  const record = (given: object) => ({
    id: idOf[key].replace("/x/y/", `/providers/${kind.definition.namespace}/${kind.definition.type}/`),
    name: "one",
    type: "t",
    location: "westeurope",
    tags: { ring: "one" },
    properties: { ...kind.definition.properties.parse(given), provisioningState: "Succeeded" },
  });

  test("says everything that an update would otherwise take away: adopting finds no difference", () => {
    fc.assert(
      fc.property(records[key], (given: object) => {
        const found = record(given);
        expect(differencesFrom(kind, inputsOfRecord(kind, found, secret), found)).toEqual([]);
      }),
    );
  });

  test("says nothing that goes without saying", () => {
    const { example } = kind.definition;
    const inputs = inputsOfRecord(kind, record(example.properties), secret);
    expect(Object.values(inputs).filter((value) => JSON.stringify(value) === "{}")).toEqual([]);
    expect(inputs).not.toHaveProperty("arcAgentProfile");
    expect(inputs).not.toHaveProperty("releaseTrain");
    expect(inputs).not.toHaveProperty("suspend");
  });
});

test("secrets are replaced where they stand, by their path", () => {
  const kind = kindOf("connectedCluster");
  const features = [{ feature: "proxy", settings: { a: "b" }, protectedSettings: { password: "" } }];
  const properties = { agentPublicKeyCertificate: "", arcAgentryConfigurations: features };
  const found = { id: clusterId, name: "c", type: "t", location: "x", properties };
  expect(inputsOfRecord(kind, found, secret)).toMatchObject({
    agents: { install: false },
    arcAgentryConfigurations: [
      { ...features[0], protectedSettings: { password: "<arcAgentryConfigurations.0.protectedSettings.password>" } },
    ],
  });
  expect(inputsOfRecord(kind, found)).not.toHaveProperty("arcAgentryConfigurations");
});

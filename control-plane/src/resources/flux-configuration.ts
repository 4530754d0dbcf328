import {
  FluxConfigurationProperties,
  fluxConfiguration,
  type Kustomization,
  sourceBlockOf,
  sourceControlConfiguration,
} from "@arcfleet/contract";
import { invalid } from "../errors.ts";
import { isJsonObject, type JsonObject } from "../json.ts";
import { oneNameWith } from "./one-name.ts";
import type { ResourceHooks } from "./resource-hooks.ts";

const sourceBlocks = Object.values(sourceBlockOf);

const hooks: ResourceHooks = {
  check(_services, values) {
    const properties = values as FluxConfigurationProperties;
    checkSource(properties);
    checkBlob(properties.azureBlob);
    checkOci(properties.ociRepository);
    checkDependencies(properties.kustomizations);
    return null;
  },

  // Defaults that the schema gained after a record was written are no change.
  comparable: (values) => FluxConfigurationProperties.safeParse(values).data ?? values,

  beforeSave: oneNameWith(fluxConfiguration, sourceControlConfiguration),

  // Clients that switch kinds send `{}` for the block that goes; to a merge that would mean "no change".
  preparePatch(patch) {
    const prepared: Record<string, unknown> = { ...patch };
    for (const block of sourceBlocks) {
      const value = prepared[block];
      if (isJsonObject(value) && Object.keys(value).length === 0) prepared[block] = null;
    }
    return prepared;
  },

  // What was compliant was so with what was wanted before: whoever waits for compliance must not see the old answer.
  outputAfterWrite: (output) => ({ ...output, complianceState: "Pending", errorMessage: "" }),

  present(_services, { kustomizations }) {
    return {
      ...(isJsonObject(kustomizations) && { kustomizations: withNames(kustomizations) }),
      complianceState: "Pending",
      errorMessage: "",
      statuses: [],
    };
  },
};

/** Each kustomization says its name once more, which clients show. */
const withNames = (kustomizations: JsonObject): JsonObject =>
  Object.fromEntries(
    Object.entries(kustomizations).map(([name, one]) => [name, isJsonObject(one) ? { name, ...one } : one]),
  );

export const fluxConfigurationHooks = { definition: fluxConfiguration, hooks };

function checkSource(properties: FluxConfigurationProperties): void {
  const wanted = sourceBlockOf[properties.sourceKind];
  const given = sourceBlocks.filter((block) => properties[block] !== undefined);
  if (given.length === 1 && given[0] === wanted) return;
  const found = given.length === 0 ? "no source is given" : `'${given.join("' and '")}' is given`;
  throw invalid(
    `'sourceKind' is '${properties.sourceKind}', which needs '${wanted}' and nothing else, but ${found}.`,
    "properties.sourceKind",
  );
}

/** A storage account is signed in to in one way. */
function checkBlob(blob: FluxConfigurationProperties["azureBlob"]): void {
  if (blob === undefined) return;
  const ways = (["servicePrincipal", "accountKey", "sasToken", "managedIdentity", "localAuthRef"] as const).filter(
    (way) => blob[way] !== undefined,
  );
  if (ways.length > 1) {
    throw invalid(
      `'azureBlob' has '${ways.join("' and '")}', and there can be one way to sign in. Leave the others out.`,
      `properties.azureBlob.${ways[1]}`,
    );
  }
  const { servicePrincipal: principal } = blob;
  if (principal === undefined) return;
  const proofs = [principal.clientSecret, principal.clientCertificate].filter((proof) => proof !== undefined);
  if (principal.clientId !== undefined && principal.tenantId !== undefined && proofs.length === 1) return;
  throw invalid(
    "'azureBlob.servicePrincipal' needs 'clientId', 'tenantId' and one of 'clientSecret' and 'clientCertificate'.",
    "properties.azureBlob.servicePrincipal",
  );
}

function checkOci(oci: FluxConfigurationProperties["ociRepository"]): void {
  if (oci === undefined) return;
  const { tlsConfig: tls, verify } = oci;
  if ((tls?.clientCertificate === undefined) !== (tls?.privateKey === undefined)) {
    throw invalid(
      "'ociRepository.tlsConfig' has one of 'clientCertificate' and 'privateKey'; they are needed together.",
      "properties.ociRepository.tlsConfig",
    );
  }
  if (oci.useWorkloadIdentity && oci.localAuthRef !== undefined) {
    throw invalid(
      "'ociRepository' has both 'useWorkloadIdentity' and 'localAuthRef'; there can be one way to sign in.",
      "properties.ociRepository.useWorkloadIdentity",
    );
  }
  if (verify?.provider !== "notation") return;
  if (verify.matchOidcIdentity?.length || verify.verificationConfig === undefined) {
    throw invalid(
      "'ociRepository.verify' with the provider 'notation' needs 'verificationConfig', and knows no 'matchOidcIdentity'.",
      "properties.ociRepository.verify",
    );
  }
}

function checkDependencies(kustomizations: Readonly<Record<string, Kustomization>>): void {
  const path: string[] = [];
  const done = new Set<string>();
  const visit = (name: string): void => {
    const target = `properties.kustomizations.${name}.dependsOn`;
    if (path.includes(name)) {
      throw invalid(`The kustomizations depend on each other in a circle: ${[...path, name].join(" -> ")}.`, target);
    }
    if (done.has(name)) return;
    path.push(name);
    for (const dependency of kustomizations[name]?.dependsOn ?? []) {
      if (!Object.hasOwn(kustomizations, dependency)) {
        throw invalid(
          `The kustomization '${name}' depends on '${dependency}', which this configuration does not have. It has: ${Object.keys(kustomizations).join(", ")}.`,
          target,
        );
      }
      visit(dependency);
    }
    path.pop();
    done.add(name);
  };
  for (const name of Object.keys(kustomizations)) visit(name);
}

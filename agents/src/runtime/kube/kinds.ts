/** The kinds that more than one agent reads, with the fields they rely on. */
import { z } from "zod";
import { defineKind } from "./kube-kind.ts";

const stringMap = z.record(z.string(), z.string());

export const namespaces = defineKind(
  { apiVersion: "v1", kind: "Namespace", plural: "namespaces", isNamespaced: false },
  { status: z.looseObject({ phase: z.string().optional() }).optional() },
);

/** `data` is base64, as the API server keeps it: {@link readSecret} and {@link secretData} translate. */
export const secrets = defineKind(
  { apiVersion: "v1", kind: "Secret", plural: "secrets", isNamespaced: true },
  { data: stringMap.nullish(), type: z.string().optional() },
);

export const configMaps = defineKind(
  { apiVersion: "v1", kind: "ConfigMap", plural: "configmaps", isNamespaced: true },
  { data: stringMap.nullish() },
);

export const nodes = defineKind(
  { apiVersion: "v1", kind: "Node", plural: "nodes", isNamespaced: false },
  {
    spec: z.looseObject({ providerID: z.string().optional() }).optional(),
    status: z
      .looseObject({
        capacity: stringMap.optional(),
        nodeInfo: z
          .looseObject({ kubeletVersion: z.string().optional(), operatingSystem: z.string().optional() })
          .optional(),
      })
      .optional(),
  },
);

/** Kept whole: `explainPods` of @arcfleet/helm reads them. */
export const pods = defineKind({ apiVersion: "v1", kind: "Pod", plural: "pods", isNamespaced: true });

export const deployments = defineKind(
  { apiVersion: "apps/v1", kind: "Deployment", plural: "deployments", isNamespaced: true },
  {
    spec: z.looseObject({
      replicas: z.int().optional(),
      selector: z.looseObject({ matchLabels: stringMap.optional() }),
    }),
    status: z
      .looseObject({
        observedGeneration: z.int().optional(),
        replicas: z.int().optional(),
        updatedReplicas: z.int().optional(),
        availableReplicas: z.int().optional(),
        conditions: z
          .array(
            z.looseObject({
              type: z.string(),
              status: z.string(),
              reason: z.string().optional(),
              message: z.string().optional(),
              lastTransitionTime: z.string().optional(),
            }),
          )
          .optional(),
      })
      .optional(),
  },
);

/** One field of a secret as text. */
export const readSecret = (secret: { data?: Record<string, string> | null | undefined } | undefined, field: string) => {
  const value = secret?.data?.[field];
  return value === undefined ? undefined : Buffer.from(value, "base64").toString("utf8");
};

/** Text fields in the form that a Secret's `data` has. */
export const secretData = (fields: Readonly<Record<string, string | Buffer>>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(fields).map(([name, value]) => [
      name,
      (typeof value === "string" ? Buffer.from(value) : value).toString("base64"),
    ]),
  );

import { z } from "zod";

export const ObjectMeta = z.looseObject({
  name: z.string(),
  namespace: z.string().optional(),
  uid: z.string().optional(),
  resourceVersion: z.string().optional(),
  generation: z.int().optional(),
  labels: z.record(z.string(), z.string()).optional(),
  annotations: z.record(z.string(), z.string()).optional(),
  finalizers: z.array(z.string()).optional(),
  creationTimestamp: z.string().nullish(),
  deletionTimestamp: z.string().optional(),
});
export type ObjectMeta = z.infer<typeof ObjectMeta>;

/** The least that every object has. */
export const KubeObject = z.looseObject({
  apiVersion: z.string().optional(),
  kind: z.string().optional(),
  metadata: ObjectMeta,
});
export type KubeObject = z.infer<typeof KubeObject>;

/** Any object of a kind: its own part of the schema comes on top of this. */
export interface HasMetadata {
  readonly metadata: ObjectMeta;
}

/** A kind of object as the API server knows it, with the schema of what an agent relies on. */
export interface KubeKind<T extends HasMetadata = KubeObject> {
  /** `v1`, `apps/v1`, `clusterconfig.azure.com/v1beta1`. */
  readonly apiVersion: string;
  readonly kind: string;
  readonly plural: string;
  readonly isNamespaced: boolean;
  readonly schema: z.ZodType<T>;
}

type KindName = Omit<KubeKind, "schema">;

/**
 * Declares a kind. Give `shape` what you read beyond the metadata (everything else is kept, unchecked); without it the
 * objects are {@link KubeObject}s.
 */
export function defineKind(name: KindName): KubeKind;
export function defineKind<S extends z.ZodRawShape>(
  name: KindName,
  shape: S,
): KubeKind<z.infer<z.ZodObject<S, z.core.$loose>> & HasMetadata>;
export function defineKind<S extends z.ZodRawShape>(name: KindName, shape?: S): KubeKind<HasMetadata> {
  return { ...name, schema: KubeObject.extend(shape ?? {}) };
}

export interface ObjectRef {
  readonly name: string;
  readonly namespace?: string | undefined;
}

/** `namespace/name`, or the name alone for cluster-scoped objects: the key of sources. */
export const keyOf = (object: HasMetadata): string =>
  object.metadata.namespace === undefined
    ? object.metadata.name
    : `${object.metadata.namespace}/${object.metadata.name}`;

export const refOf = (object: HasMetadata): ObjectRef => ({
  name: object.metadata.name,
  namespace: object.metadata.namespace,
});

/** The path of a kind's collection, or of one object in it. */
export function pathOf<T extends HasMetadata>(
  kind: KubeKind<T>,
  ref: Partial<ObjectRef>,
  subresource?: string,
): string {
  const root = kind.apiVersion.includes("/") ? `/apis/${kind.apiVersion}` : `/api/${kind.apiVersion}`;
  const scope =
    kind.isNamespaced && ref.namespace !== undefined ? `/namespaces/${encodeURIComponent(ref.namespace)}` : "";
  const name = ref.name === undefined ? "" : `/${encodeURIComponent(ref.name)}`;
  return `${root}${scope}/${kind.plural}${name}${subresource === undefined ? "" : `/${subresource}`}`;
}

import { z } from "zod";

const ExecUser = z.looseObject({
  command: z.string().min(1),
  args: z.array(z.string()).nullish(),
  env: z.array(z.object({ name: z.string(), value: z.string() })).nullish(),
  apiVersion: z.string().optional(),
  installHint: z.string().nullish(),
  interactiveMode: z.string().nullish(),
  provideClusterInfo: z.boolean().nullish(),
});
/** How a program hands out the credentials of a user. */
export type ExecUser = z.infer<typeof ExecUser>;

const Cluster = z.looseObject({
  server: z.string(),
  "insecure-skip-tls-verify": z.boolean().nullish(),
  "certificate-authority": z.string().nullish(),
  "certificate-authority-data": z.string().nullish(),
});

const User = z.looseObject({
  "client-certificate": z.string().nullish(),
  "client-certificate-data": z.string().nullish(),
  "client-key": z.string().nullish(),
  token: z.string().nullish(),
  tokenFile: z.string().nullish(),
  exec: ExecUser.nullish(),
  "auth-provider": z.looseObject({ name: z.string().optional() }).nullish(),
});
export type KubeconfigUser = z.infer<typeof User>;

const listOf = <S extends z.ZodType>(item: S) =>
  z
    .array(item)
    .nullish()
    .transform((list) => list ?? []);

/** A kubeconfig as kubectl knows it, as far as we read it. */
export const KubeconfigDocument = z.looseObject({
  "current-context": z.string().nullish(),
  clusters: listOf(z.looseObject({ name: z.string(), cluster: Cluster })),
  users: listOf(
    z.looseObject({
      name: z.string(),
      user: User.nullish().transform((user) => user ?? {}),
    }),
  ),
  contexts: listOf(
    z.looseObject({ name: z.string(), context: z.looseObject({ cluster: z.string(), user: z.string() }) }),
  ),
});
export type KubeconfigDocument = z.infer<typeof KubeconfigDocument>;

const KubeconfigFile = z.strictObject({ path: z.string().min(1), context: z.string().min(1).optional() });
const InCluster = z.strictObject({ inCluster: z.literal(true) });
/** Read as a document when it is used. */
const KubeconfigObject = z.looseObject({
  clusters: z.array(z.unknown()),
  users: z.array(z.unknown()),
  contexts: z.array(z.unknown()),
});

/** Where a kubeconfig comes from: its text, a file, the pod that Pulumi runs in, or what EKS gives, an object. */
export const KubeconfigSource = z.union([z.string().min(1), KubeconfigFile, InCluster, KubeconfigObject], {
  error:
    "must be the text of a kubeconfig, { path: … } with an optional context, { inCluster: true }, or a kubeconfig as an object " +
    "with clusters, users and contexts",
});
export type KubeconfigSource = z.infer<typeof KubeconfigSource>;

export const isKubeconfigFile = (source: unknown): source is z.infer<typeof KubeconfigFile> =>
  KubeconfigFile.safeParse(source).success;

export const isInCluster = (source: unknown): source is z.infer<typeof InCluster> =>
  InCluster.safeParse(source).success;

/** The context that is asked for: beside the path of a file or as the input `context`. */
export function contextOf(source: KubeconfigSource, context: unknown): string | undefined {
  const beside = isKubeconfigFile(source) ? source.context : undefined;
  return beside ?? (typeof context === "string" ? context : undefined);
}

import type { z } from "zod";

/** What a caller must be to get an answer other than a refusal. */
export type Access =
  /** Anyone, without a token. */
  | { readonly kind: "anyone" }
  /** Any caller with a valid token; the answer holds what that caller may see. */
  | { readonly kind: "authenticated" }
  /** Who holds a role that allows the action at the scope that the path names. */
  | { readonly kind: "action"; readonly action: string; readonly isDataAction?: boolean }
  /** A cluster, with the token or certificate of its own identity. */
  | { readonly kind: "cluster" };

/** One call that the control plane answers: what documents, tests of permissions and fuzzing are derived from. */
export interface Operation {
  /** `ConnectedClusters_CreateOrReplace`: unique, the name of the call in generated clients. */
  readonly id: string;
  readonly method: "GET" | "HEAD" | "PUT" | "PATCH" | "POST" | "DELETE";
  /** With parameters as `{name}` and the fixed parts as ARM writes them. */
  readonly path: string;
  /** One sentence for people. */
  readonly summary: string;
  /** The heading under which the reference shows it. */
  readonly area: string;
  readonly access: Access;
  /** The values of `api-version` that are taken, newest stable first; absent where there is no such parameter. */
  readonly apiVersions?: readonly string[];
  /** Parameters of the query besides `api-version`. */
  readonly query?: z.ZodObject;
  /** The body, and how it is written: JSON unless said. */
  readonly body?: { readonly schema: z.ZodType; readonly mediaType?: string };
  /** The answers besides errors, by status code; `undefined` where there is no body. */
  readonly answers: Readonly<Record<number, { readonly description: string; readonly schema?: z.ZodType }>>;
}

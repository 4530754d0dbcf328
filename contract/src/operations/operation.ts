import type { z } from "zod";

/** What a caller must be to get an answer other than a refusal. */
export type Access =
  /** Anyone, without a token. */
  | { readonly kind: "anyone" }
  /** Any caller with a valid token; the answer holds what that caller may see. */
  | { readonly kind: "authenticated" }
  /** Who holds a role that allows the action at the scope that the path names, or at what `at` says instead. */
  | {
      readonly kind: "action";
      readonly action: string;
      readonly isDataAction?: boolean;
      readonly at?: string;
      /** A list that who holds the role somewhere below may read as well: it then shows what lies there. */
      readonly isFiltered?: boolean;
    }
  /** A cluster, with the token or certificate of its own identity. */
  | { readonly kind: "cluster" };

/** The methods of HTTP that calls have. */
export const operationMethods = ["GET", "HEAD", "PUT", "PATCH", "POST", "DELETE"] as const;
export type OperationMethod = (typeof operationMethods)[number];

export interface OperationBody {
  readonly schema: z.ZodType;
  /** JSON unless said. */
  readonly mediaType?: string;
  /** A JSON merge patch: what is left out stays as it is. */
  readonly isMergePatch?: boolean;
  /** An example that is valid where nothing else is known. */
  readonly example?: unknown;
}

export interface OperationAnswer {
  readonly description: string;
  /** Absent where there is no body. */
  readonly schema?: z.ZodType;
  /** JSON unless said. */
  readonly mediaType?: string;
}

/** One call that the control plane answers: what documents, tests of permissions and fuzzing are derived from. */
export interface Operation {
  /** `Extensions_Create`: unique, the name of the call in generated clients; Azure's where it has one. */
  readonly id: string;
  readonly method: OperationMethod;
  /** With parameters as `{name}` and the fixed parts as ARM writes them. Names are explained in path-parameters.ts. */
  readonly path: string;
  /** One sentence for people. */
  readonly summary: string;
  /** The heading under which the reference shows it. */
  readonly area: string;
  readonly access: Access;
  /** The values of `api-version` that are taken, newest stable first; absent where there is no such parameter. */
  readonly apiVersions?: readonly string[];
  /** True where every well-formed `api-version` is taken; `apiVersions` then holds those that clients are known to send. */
  readonly takesAnyVersion?: boolean;
  /** Parameters of the query besides `api-version`. */
  readonly query?: z.ZodObject;
  /** Headers that mean something to this call, besides those of all calls. */
  readonly headers?: z.ZodObject;
  readonly body?: OperationBody;
  /** The answers besides errors, by status code. */
  readonly answers: Readonly<Record<number, OperationAnswer>>;
  /** True when the work may go on after the answer, and is polled under `Azure-AsyncOperation` or `Location`. */
  readonly isLongRunning?: boolean;
  /** True when the answer is a page, `value` and `nextLink`. */
  readonly isPaged?: boolean;
  /**
   * Who refuses in another form than ARM's: the token issuer as OAuth says, the chart registry as OCI says, and what people open in a
   * browser as a page. Pages set cookies.
   */
  readonly errorForm?: "oauth" | "registry" | "page";
}

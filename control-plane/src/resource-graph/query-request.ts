/** The body of a query as clients send it. */
import { GraphQuery } from "@arcfleet/contract";
import { DomainError, invalidContent } from "../errors.ts";

const defaultPageSize = 100;

export interface ParsedRequest {
  readonly query: string;
  readonly subscriptions: readonly string[];
  readonly managementGroups: readonly string[];
  readonly top: number;
  readonly skip: number;
  readonly skipToken?: string | undefined;
  readonly isTable: boolean;
}

export function parseRequest(body: unknown, isTableByDefault: boolean): ParsedRequest {
  const parsed = GraphQuery.safeParse(body);
  if (!parsed.success) {
    const details = parsed.error.issues.map(({ path, message }) => ({
      code: "InvalidRequestContent",
      message,
      target: path.join("."),
    }));
    const [first] = details;
    throw invalidContent(
      `The body is no query: '${first?.target || "body"}': ${first?.message ?? ""}. A query looks like {"query": "resources | take 5"}.`,
      details,
    );
  }
  const { query, subscriptions, managementGroups, options, facets } = parsed.data;
  if ((facets ?? []).length > 0) {
    throw new DomainError(
      "BadRequest",
      "'facets' are not served here. Ask for the same with 'summarize count() by …'.",
      {
        target: "facets",
      },
    );
  }
  return {
    query,
    subscriptions: subscriptions ?? [],
    managementGroups: managementGroups ?? [],
    top: options?.$top ?? defaultPageSize,
    skip: options?.$skip ?? 0,
    skipToken: options?.$skipToken ?? undefined,
    isTable: options?.resultFormat === "table" || (isTableByDefault && !options?.resultFormat),
  };
}

import { randomUUID } from "node:crypto";
import { identityApiVersion, identityNamespace } from "@arcfleet/contract";
import { type ArmClient, createArmClient } from "@arcfleet/provider/inventory";
import { z } from "zod";
import { settingsFor } from "../connection-settings.ts";

const authorizationApiVersion = "2022-04-01";
const provider = "providers/Microsoft.Authorization";
const guid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** What every command about people and applications can be told. */
export const DirectoryOptions = z.object({
  connection: z.string().min(1).optional(),
  json: z.boolean().default(false),
});
export type DirectoryOptions = z.infer<typeof DirectoryOptions>;

const Tenant = z.object({ tenantId: z.string() });
const RoleDefinition = z.object({ name: z.string(), properties: z.object({ roleName: z.string() }) });

/** The directory of a running control plane, asked with the rights of whoever the connection names. */
export class Directory {
  readonly endpoint: string;
  readonly subscription: string;
  readonly #client: ArmClient;

  constructor(options: DirectoryOptions) {
    const settings = settingsFor(options);
    this.#client = createArmClient(settings);
    this.endpoint = this.#client.endpoint;
    this.subscription = `/subscriptions/${settings.subscriptionId}`;
  }

  #url(path: string): string {
    return `${this.subscription}/providers/${identityNamespace}/${path}?api-version=${identityApiVersion}`;
  }

  async send<T extends z.ZodType>(
    method: "GET" | "PUT" | "POST",
    path: string,
    schema: T,
    body?: object,
  ): Promise<{ readonly isNew: boolean; readonly answer: z.output<T> }> {
    const { status, body: answer } = await this.#client.send({
      method,
      url: this.#url(path),
      ...(body === undefined ? {} : { body }),
    });
    return { isNew: status === 201, answer: schema.parse(answer) };
  }

  async tenantId(): Promise<string> {
    const { value } = await this.#page(`${this.endpoint}/tenants?api-version=2022-12-01`, Tenant);
    return value[0]?.tenantId ?? "";
  }

  /** Answers whether there was something to do. */
  async run(method: "POST" | "DELETE", path: string): Promise<boolean> {
    const body = method === "POST" ? { body: {} } : {};
    const { status } = await this.#client.send({ method, url: this.#url(path), ...body });
    return method === "POST" || status !== 204;
  }

  async list<T>(path: string, schema: z.ZodType<T>): Promise<T[]> {
    const found: T[] = [];
    for (let url: string | undefined = this.#url(path); url !== undefined; ) {
      const page: { readonly value: T[]; readonly next: string | undefined } = await this.#page(url, schema);
      found.push(...page.value);
      url = page.next;
    }
    return found;
  }

  async #page<T>(url: string, schema: z.ZodType<T>): Promise<{ value: T[]; next: string | undefined }> {
    const { body } = await this.#client.send({ method: "GET", url });
    const { value, nextLink } = z.object({ value: z.array(schema), nextLink: z.string().nullish() }).parse(body);
    return { value, next: nextLink ?? undefined };
  }

  /** Gives a role, by its name or GUID. That it is there already is as good. Answers the role's name. */
  async assignRole(principalId: string, role: string, scope: string): Promise<string> {
    const found = await this.#findRole(role);
    const roleDefinitionId = `${this.subscription}/${provider}/roleDefinitions/${found.name}`;
    const url = `${scope}/${provider}/roleAssignments/${randomUUID()}?api-version=${authorizationApiVersion}`;
    try {
      await this.#client.send({ method: "PUT", url, body: { properties: { roleDefinitionId, principalId } } });
    } catch (error) {
      if (!(error instanceof Error && "code" in error && error.code === "RoleAssignmentExists")) throw error;
    }
    return found.properties.roleName;
  }

  async #findRole(role: string): Promise<z.infer<typeof RoleDefinition>> {
    const url = new URL(`${this.endpoint}${this.subscription}/${provider}/roleDefinitions`);
    url.searchParams.set("api-version", authorizationApiVersion);
    if (!guid.test(role)) url.searchParams.set("$filter", `roleName eq '${role.replaceAll("'", "''")}'`);
    const { value } = await this.#page(url.href, RoleDefinition);
    const found = guid.test(role) ? value.find(({ name }) => name === role.toLowerCase()) : value[0];
    if (found === undefined) throw new Error(`There is no role '${role}' at ${this.endpoint}.`);
    return found;
  }
}

/** Where a role is given: a group by its name, a scope as it is, or the whole subscription. */
export function scopeOf(
  { subscription }: Directory,
  { scope, resourceGroup }: { readonly scope?: string | undefined; readonly resourceGroup?: string | undefined },
): string {
  if (scope !== undefined && resourceGroup !== undefined) throw new Error("Give one of --scope and --resource-group.");
  if (resourceGroup !== undefined) return `${subscription}/resourceGroups/${resourceGroup}`;
  if (scope === undefined) return subscription;
  if (!scope.toLowerCase().startsWith("/subscriptions/")) {
    throw new Error(
      `The scope '${scope}' must begin with /subscriptions/; a group can be named with --resource-group.`,
    );
  }
  return scope.replace(/\/+$/, "");
}

export const say = (text: string): void => void process.stdout.write(`${text}\n`);

/** Columns for people. */
export function table(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}

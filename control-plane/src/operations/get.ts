import { loadResource } from "../db/resources.ts";
import type { Services } from "../services.ts";
import { notFound, type VerbAnswer, type VerbRequest } from "./verb.ts";

export async function get(services: Services, request: VerbRequest): Promise<VerbAnswer> {
  const row = await loadResource(services.store.read, request.target.key);
  if (!row) throw notFound(request.target);
  return { outcome: "ok", row };
}

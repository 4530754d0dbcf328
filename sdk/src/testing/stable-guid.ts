import { createHash } from "node:crypto";

/** The subscription that ids under mocks begin with. */
export const mockSubscription = "00000000-0000-4000-8000-000000000001";

/** A GUID that is the same for the same text in every run. */
export function stableGuid(text: string): string {
  const hex = createHash("sha256").update(text.toLowerCase()).digest("hex");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

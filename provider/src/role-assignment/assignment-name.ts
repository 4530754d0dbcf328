import { createHash } from "node:crypto";

/**
 * The GUID that names an assignment unless the program chose one: the same scope, role and principal always give the same, so that
 * a repeated create finds what an interrupted one left. How ids are spelt does not matter.
 */
export function assignmentName([scope, role, principal]: readonly string[]): string {
  const parts = [scope?.replace(/\/+$/, ""), role?.split("/").at(-1), principal].map((part) => part?.toLowerCase());
  const hex = createHash("sha256").update(parts.join("\n")).digest("hex");
  // The form of a name-based GUID (RFC 9562, version 8).
  const variant = ((Number.parseInt(hex.charAt(16), 16) & 0x3) | 0x8).toString(16);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

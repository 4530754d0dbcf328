import { describeError } from "../describe-error.ts";

/** What one look at something found. `fix` says what to do, for everything that is not ok. */
export interface Finding {
  readonly check: string;
  readonly status: "ok" | "warn" | "fail";
  readonly found: string;
  readonly fix?: string;
}

type Found = Omit<Finding, "check">;

export const ok = (found: string): Found => ({ status: "ok", found });
export const warn = (found: string, fix: string): Found => ({ status: "warn", found, fix });
export const fail = (found: string, fix: string): Found => ({ status: "fail", found, fix });

/** Looks at one thing; what it throws is a failure with this fix. */
export async function check(name: string, fix: string, look: () => Promise<Found> | Found): Promise<Finding> {
  try {
    return { check: name, ...(await look()) };
  } catch (error) {
    return { check: name, ...fail(describeError(error), fix) };
  }
}

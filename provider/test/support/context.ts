import type { ArmClient } from "../../src/arm-client/arm-client.ts";
import type { Hints, LifecycleContext } from "../../src/lifecycle/context.ts";
import type { Settings } from "../../src/settings/read-settings.ts";

interface ContextParts {
  readonly hints?: Hints;
  readonly say?: (text: string) => void;
  readonly warn?: (text: string) => void;
  readonly get?: ArmClient["get"];
  readonly signal?: AbortSignal;
}

const unused = (): never => {
  throw new Error("this test does not expect such a request");
};

/** What a verb may use, with the parts that a test plays itself. */
export const contextOf = (parts: ContextParts): LifecycleContext => ({
  settings: { subscriptionId: "s" } as Settings,
  client: {
    endpoint: "https://test",
    get: parts.get ?? unused,
    read: unused,
    page: unused,
    put: unused,
    delete: unused,
    poll: unused,
    send: unused,
  },
  hints: parts.hints ?? {},
  say: parts.say ?? (() => {}),
  warn: parts.warn ?? (() => {}),
  signal: parts.signal ?? new AbortController().signal,
});

import type { PreparedKind } from "../kinds/resource-kind.ts";
import { check } from "./check.ts";
import { diff } from "./diff.ts";
import { inputsBefore } from "./inputs-before.ts";
import type { Lifecycle } from "./lifecycle.ts";

/** The lifecycle of a record of the control plane. Verbs are loaded when they run: a preview needs none of them. */
export const armLifecycle = (kind: PreparedKind): Lifecycle => ({
  placeOf: (inputs) => kind.place.idOf(inputs, "").toLowerCase(),
  check(given, before, hints) {
    const completed = kind.complete?.(given) ?? given;
    const inputs = kind.goOn?.(completed, inputsBefore(hints.urn, before), hints) ?? completed;
    const notice = kind.notice?.(before, inputs);
    return { inputs, failures: check(kind, inputs, before, hints), ...(notice === undefined ? {} : { notice }) };
  },
  diff: (state, inputs) => diff(kind, state, inputs),
  create: async (...given) => (await import("./create.ts")).create(kind, ...given),
  read: async (...given) => (await import("./read.ts")).read(kind, ...given),
  update: async (...given) => (await import("./update.ts")).update(kind, ...given),
  remove: async (...given) => (await import("./delete.ts")).remove(kind, ...given),
});

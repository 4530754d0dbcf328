import { ExtensionTypeProperties } from "@arcfleet/contract";
import type { Hooks } from "../kinds/resource-kind.ts";
import { uploadChart } from "./upload-chart.ts";

/** Charts are there before the record names them, so that a record never promises what cannot be pulled. */
export const extensionTypeHooks: Hooks = {
  async prepare(context, { id, inputs }) {
    const { versions } = ExtensionTypeProperties.pick({ versions: true }).parse(inputs);
    for (const [version, { chartDigest }] of Object.entries(versions)) {
      await uploadChart(context, { typeId: id, version, digest: chartDigest });
    }
    return {};
  },
};

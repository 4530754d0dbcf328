/** The tables of one caller. A type is in the table that its namespace or its location puts it in; nothing here lists types. */
import { definitions, fullType } from "@arcfleet/contract";
import type { Caller } from "../../identity/caller.ts";
import type { Services } from "../../services.ts";
import type { Table, Tables } from "../run/tables.ts";
import { authorizationTable } from "./authorization-table.ts";
import { containerTable } from "./container-table.ts";
import { resourceTable } from "./resource-table.ts";

export function openTables(services: Services, caller: Caller): Tables {
  const ofNamespace = (namespace: string) =>
    definitions.filter((definition) => fullType(definition).startsWith(`${namespace}/`));
  return new Map<string, Table>([
    [
      "resources",
      resourceTable(
        services,
        caller,
        definitions.filter(({ tracked }) => tracked),
      ),
    ],
    [
      "kubernetesconfigurationresources",
      resourceTable(services, caller, ofNamespace("Microsoft.KubernetesConfiguration")),
    ],
    ["extendedlocationresources", resourceTable(services, caller, ofNamespace("Microsoft.ExtendedLocation"))],
    ["resourcecontainers", containerTable(services, caller)],
    ["authorizationresources", authorizationTable(services, caller)],
  ]);
}

import { extension, fluxConfiguration } from "@arcfleet/contract";
import { placeOf } from "../kinds/place.ts";
import type { Member } from "./gate-inputs.ts";

const extensionPlace = placeOf(extension);
const configurationPlace = placeOf(fluxConfiguration);

export const extensionId = ({ cluster }: Member, name: string): string => extensionPlace.idOf({ cluster, name }, "");

export const configurationId = ({ cluster }: Member, name: string): string =>
  configurationPlace.idOf({ cluster, name }, "");

/** The ids of all that a gate looks at for one cluster. */
export const idsOf = (member: Member): readonly string[] => [
  member.cluster,
  ...member.extensions.map((name) => extensionId(member, name)),
  ...member.configurations.map((name) => configurationId(member, name)),
];

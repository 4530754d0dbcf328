import { normalizeLocation } from "@arcfleet/contract";

/** The locations that resources can have: the public regions under their usual names, and `local` for one's own machines. */
const displayNames = [
  "West Europe",
  "North Europe",
  "East US",
  "East US 2",
  "West US",
  "West US 2",
  "West US 3",
  "Central US",
  "North Central US",
  "South Central US",
  "West Central US",
  "Canada Central",
  "Canada East",
  "Brazil South",
  "UK South",
  "UK West",
  "France Central",
  "Germany West Central",
  "Italy North",
  "Norway East",
  "Poland Central",
  "Spain Central",
  "Sweden Central",
  "Switzerland North",
  "UAE North",
  "Qatar Central",
  "Israel Central",
  "South Africa North",
  "Australia East",
  "Australia Southeast",
  "Central India",
  "South India",
  "East Asia",
  "Southeast Asia",
  "Japan East",
  "Japan West",
  "Korea Central",
  "Korea South",
  "Local",
] as const;

export interface Location {
  /** The short form in ids and resources, `westeurope`. */
  readonly name: string;
  /** What lists and providers show, `West Europe`. */
  readonly displayName: string;
}

export const locations: readonly Location[] = displayNames.map((displayName) => ({
  name: normalizeLocation(displayName),
  displayName,
}));

export const locationNames: readonly string[] = locations.map(({ name }) => name);

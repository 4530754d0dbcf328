export type { FieldDocs } from "./component-schemas.ts";
export * from "./document.ts";
export * from "./json.ts";

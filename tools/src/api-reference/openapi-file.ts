import { type OpenApiDocument, openApiDocument } from "@arcfleet/contract/openapi";
import { readFieldDocs } from "./field-docs.ts";

/** The document with the doc comments as they are now, not as they were when field-docs.ts was made. */
export const currentDocument = async (): Promise<OpenApiDocument> => openApiDocument(undefined, await readFieldDocs());

export const openApiFile = async (): Promise<string> => `${JSON.stringify(await currentDocument(), null, 2)}\n`;

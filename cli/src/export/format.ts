import * as babel from "prettier/plugins/babel";
import * as estree from "prettier/plugins/estree";
import { format } from "prettier/standalone";

/** Lays out a piece of a program as a person would. */
export const formatted = (source: string): Promise<string> =>
  // The plug-in's types lack the printer that it has.
  format(source, { parser: "babel", plugins: [babel, estree.default], printWidth: 120 });

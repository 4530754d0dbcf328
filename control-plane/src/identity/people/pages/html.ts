import { htmlEscape } from "escape-goat";

/** Text that is HTML already. */
export class Html {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

type Value = Html | string | undefined;

/** HTML with values in it: what is not HTML already is escaped, so that nothing that came from outside becomes markup. */
export function html(parts: TemplateStringsArray, ...values: readonly Value[]): Html {
  const text = values.map((value) => (value instanceof Html ? value.text : htmlEscape(value ?? "")));
  return new Html(parts.map((part, index) => part + (text[index] ?? "")).join(""));
}

export const nothing = new Html("");

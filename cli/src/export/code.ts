/** A piece of a program that is written as it is, such as a variable or a call. */
export class Code {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

export const call = (name: string, argument: unknown): Code => new Code(`${name}(${codeOf(argument)})`);

/** A value as an expression. How it is laid out is the formatter's matter. */
export function codeOf(value: unknown): string {
  if (value instanceof Code) return value.text;
  if (Array.isArray(value)) return `[${value.map(codeOf).join(", ")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  return `{${fieldsOf(value).join(", ")}}`;
}

/** The fields of an object literal, those that are undefined left out. */
export const fieldsOf = (value: object): string[] =>
  Object.entries(value)
    .filter(([, one]) => one !== undefined)
    .map(([key, one]) => `${JSON.stringify(key)}: ${codeOf(one)}`);

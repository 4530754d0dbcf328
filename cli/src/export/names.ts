/** Words that cannot name a variable of a module. */
const reserved = new Set(
  (
    "arguments await break case catch class const continue debugger default delete do else enum eval export extends false finally for " +
    "function if implements import in instanceof interface let new null package private protected public return static super switch " +
    "this throw true try typeof undefined var void while with yield"
  ).split(" "),
);

/** Names that are given once each; a second use of one gets a number. */
export class Names {
  readonly #taken: Set<string>;

  constructor(taken: Iterable<string> = []) {
    this.#taken = new Set(taken);
  }

  /** The first of the suggestions that is free; else the last one with a number. */
  choose(...suggestions: readonly [string, ...string[]]): string {
    const free = suggestions.find((name) => !this.#taken.has(name)) ?? this.#numbered(suggestions.at(-1) ?? "");
    this.#taken.add(free);
    return free;
  }

  #numbered(name: string): string {
    let number = 2;
    while (this.#taken.has(`${name}${number}`)) number++;
    return `${name}${number}`;
  }
}

/**
 * The variable that a person would take for the resource of a name: `shop-berlin` becomes `shopBerlin`.
 * @param noun goes before a name that is none by itself, such as `7` or `new`
 */
export function variableFor(name: string, noun: string): string {
  const [first = "", ...rest] = name.split(/[^\p{L}\p{N}]+/u).filter((word) => word !== "");
  const camel = lowerFirst(first) + rest.map(upperFirst).join("");
  return /^\p{ID_Start}/u.test(camel) && !reserved.has(camel) ? camel : `${noun}${upperFirst(camel)}`;
}

/** `AKS` begins with an abbreviation, which stays in one piece. */
const lowerFirst = (word: string): string =>
  word.replace(/^\p{Lu}+(?!\p{Ll})|^\p{Lu}/u, (start) => start.toLowerCase());
const upperFirst = (word: string): string => word.charAt(0).toUpperCase() + word.slice(1);

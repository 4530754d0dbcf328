/** `contains`, `has` and their kin. Both texts come in the form in which they are compared. */
import type { TextTest } from "../language/ast.ts";

type Test = (text: string, wanted: string) => boolean;

const isWordCharacter = (text: string, index: number): boolean => /[\p{L}\p{N}]/u.test(text.charAt(index));

/** Whether `wanted` occurs where words begin or end; `has` asks for whole words, the other two for one of the ends. */
const hasWord =
  (mustBegin: boolean, mustEnd: boolean): Test =>
  (text, wanted) => {
    if (wanted === "") return true;
    for (let index = text.indexOf(wanted); index !== -1; index = text.indexOf(wanted, index + 1)) {
      const end = index + wanted.length;
      const begins = !mustBegin || index === 0 || !isWordCharacter(text, index - 1);
      if (begins && (!mustEnd || end === text.length || !isWordCharacter(text, end))) return true;
    }
    return false;
  };

export const textTests: Readonly<Record<Exclude<TextTest, "matches regex">, Test>> = {
  contains: (text, wanted) => text.includes(wanted),
  startswith: (text, wanted) => text.startsWith(wanted),
  endswith: (text, wanted) => text.endsWith(wanted),
  has: hasWord(true, true),
  hasprefix: hasWord(true, false),
  hassuffix: hasWord(false, true),
};

import { createHash, randomBytes, randomInt, timingSafeEqual } from "node:crypto";

/** Something that nobody can guess: 256 bits. */
export const newToken = (): string => randomBytes(32).toString("base64url");

/** What is kept of it. Without salt and fast, because a random value of 256 bits cannot be found by trying. */
export const hashToken = (token: string): string => createHash("sha256").update(token).digest("base64url");

/** No vowels, so that no words appear, and nothing that is mistaken for something else. */
const letters = "BCDFGHJKLMNPQRSTVWXZ";

/** Eight letters for people to type, 34 bits: enough for a code that lives for minutes behind a limit of tries. */
export const newUserCode = (): string => Array.from({ length: 8 }, () => letters[randomInt(letters.length)]).join("");

/** What somebody typed as it is stored: case, blanks and dashes do not matter. */
export const normalUserCode = (typed: string): string => typed.toUpperCase().replace(/[^A-Z]/g, "");

export const showUserCode = (code: string): string => `${code.slice(0, 4)}-${code.slice(4)}`;

/** Compares without telling by its time how much was right. */
export function isSameText(one: string, other: string): boolean {
  const digest = (text: string): Buffer => createHash("sha256").update(text).digest();
  return timingSafeEqual(digest(one), digest(other));
}

/** What a caller writes: `2024-01-01` or `2024-07-01-preview`. */
export const apiVersionPattern = /^\d{4}-\d{2}-\d{2}(-[a-z]+)?$/;

/**
 * Whether `version` is `other` or came after it. Versions are ordered by their date, whatever they are called; of two with one date
 * the preview came first.
 */
export function isSameOrLater(version: string, other: string): boolean {
  const [date, otherDate] = [version.slice(0, 10), other.slice(0, 10)];
  if (date !== otherDate) return date > otherDate;
  return version.length <= other.length;
}

/** Takes a reference such as `arcfleet.local/pause:1.0.0` apart. */
export function nameAndTag(reference: string): { name: string; tag: string } {
  const colon = reference.lastIndexOf(":");
  if (colon <= reference.lastIndexOf("/")) throw new Error(`the image reference "${reference}" has no tag`);
  return { name: reference.slice(0, colon), tag: reference.slice(colon + 1) };
}

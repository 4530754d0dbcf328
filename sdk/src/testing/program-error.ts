/** What `pulumi preview` would refuse, or what kept the program from being read to its end. */
export class ProgramError extends Error {
  override readonly name = "ProgramError";
}

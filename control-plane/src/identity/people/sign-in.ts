/** One sign-in of a person, as codes and refresh tokens carry it on. */
export interface SignIn {
  readonly userId: string;
  readonly sessionVersion: number;
  /** When the password was typed. */
  readonly signedInAt: string;
}

import { z } from "zod";

export const userName = {
  pattern: /^[A-Za-z0-9][A-Za-z0-9._@+-]{0,99}$/,
  rule: "1 to 100 letters, digits and the characters . _ - @ +, beginning with a letter or a digit",
};

/** Long enough that guessing is hopeless behind the waits after wrong ones. */
export const NewPassword = z.string().min(12).max(1024);

/** What a PUT of a person takes. */
export const UserPut = z.object({
  properties: z
    .object({
      /** Shown to people. Default: the name. */
      displayName: z.string().trim().min(1).max(200).nullish(),
      /** True: may not sign in, and everything that was given has ended. */
      isDisabled: z.boolean().nullish(),
      /** Only for a new person. Default: one is made and answered once. */
      password: NewPassword.nullish(),
    })
    .nullish(),
});
export type UserPut = z.infer<typeof UserPut>;

/** A person who signs in with a password. */
export const DirectoryUser = z.object({
  id: z.string(),
  name: z.string(),
  type: z.string(),
  properties: z.object({
    /** What roles are assigned to. */
    principalId: z.string(),
    displayName: z.string(),
    isDisabled: z.boolean(),
    createdTime: z.string(),
    /** Only in the answer that made it, once. */
    password: z.string().optional(),
  }),
});
export type DirectoryUser = z.infer<typeof DirectoryUser>;

export const PasswordReset = z.object({ password: NewPassword.nullish() });

/** The new password, unless the request brought it. */
export const PasswordResetAnswer = z.object({ password: z.string().optional() });

/** People, applications and keys: who can sign in. */
import { identityApiVersion, identityNamespace } from "../identity/namespace.ts";
import {
  DirectoryPrincipal,
  NewPrincipalCredential,
  PrincipalCredential,
  PrincipalPut,
} from "../identity/principal.ts";
import { KeyRotation, SigningKey } from "../identity/signing-key.ts";
import { DirectoryUser, PasswordReset, PasswordResetAnswer, UserPut } from "../identity/user.ts";
import type { Access, Operation } from "./operation.ts";
import { subscriptionPath } from "./path-parameters.ts";
import { named, pageSchema, pagingQuery } from "./schemas.ts";

const base = { area: "Directory", apiVersions: [identityApiVersion] } as const;
const root = `${subscriptionPath}/providers/${identityNamespace}`;
/** Whoever changes something here also needs the right to assign roles: a new secret of an Owner is as good as the role. */
const may = (action: string): Access => ({ kind: "action", action: `${identityNamespace}/${action}` });

named("DirectoryUser", DirectoryUser);
named("DirectoryUserPut", UserPut, "UserPut");
named("PasswordReset", PasswordReset);
named("PasswordResetAnswer", PasswordResetAnswer);
named("DirectoryPrincipal", DirectoryPrincipal);
named("DirectoryPrincipalPut", PrincipalPut, "PrincipalPut");
named("NewPrincipalCredential", NewPrincipalCredential);
named("PrincipalCredential", PrincipalCredential);
named("KeyRotation", KeyRotation);
named("SigningKey", SigningKey);
const credentials = pageSchema("PrincipalCredentialList", PrincipalCredential);
const signingKeys = pageSchema("SigningKeyList", SigningKey);

const users = `${root}/users`;
const user = `${users}/{userName}`;
const principals = `${root}/principals`;
const principal = `${principals}/{principalName}`;

export const directoryOperations: readonly Operation[] = [
  {
    ...base,
    id: "Users_List",
    method: "GET",
    path: users,
    summary: "People who can sign in.",
    access: may("users/read"),
    query: pagingQuery,
    isPaged: true,
    answers: { 200: { description: "A page.", schema: pageSchema("DirectoryUserList", DirectoryUser) } },
  },
  {
    ...base,
    id: "Users_Get",
    method: "GET",
    path: user,
    summary: "One person.",
    access: may("users/read"),
    answers: { 200: { description: "The person.", schema: DirectoryUser } },
  },
  {
    ...base,
    id: "Users_CreateOrUpdate",
    method: "PUT",
    path: user,
    summary: "Lets a person sign in, or changes what is shown of them. Needs the right to assign roles as well.",
    access: may("users/write"),
    body: { schema: UserPut },
    answers: {
      200: { description: "The person was there already.", schema: DirectoryUser },
      201: { description: "The new person; a password that was made is answered this once.", schema: DirectoryUser },
    },
  },
  {
    ...base,
    id: "Users_Delete",
    method: "DELETE",
    path: user,
    summary: "Removes a person with their roles. Needs the right to assign roles as well.",
    access: may("users/delete"),
    answers: { 200: { description: "Removed." }, 204: { description: "There was no such person." } },
  },
  {
    ...base,
    id: "Users_ResetPassword",
    method: "POST",
    path: `${user}/resetPassword`,
    summary: "Gives a person a new password and ends all their sessions. Needs the right to assign roles as well.",
    access: may("users/resetPassword/action"),
    body: { schema: PasswordReset },
    answers: { 200: { description: "The password, if one was made.", schema: PasswordResetAnswer } },
  },
  {
    ...base,
    id: "Users_EndSessions",
    method: "POST",
    path: `${user}/endSessions`,
    summary: "Ends all sessions and tokens of a person. Needs the right to assign roles as well.",
    access: may("users/endSessions/action"),
    answers: { 204: { description: "Ended." } },
  },
  {
    ...base,
    id: "Principals_List",
    method: "GET",
    path: principals,
    summary: "Applications that can sign in. Managed identities of clusters are not among them.",
    access: may("principals/read"),
    query: pagingQuery,
    isPaged: true,
    answers: { 200: { description: "A page.", schema: pageSchema("DirectoryPrincipalList", DirectoryPrincipal) } },
  },
  {
    ...base,
    id: "Principals_Get",
    method: "GET",
    path: principal,
    summary: "One application.",
    access: may("principals/read"),
    answers: { 200: { description: "The application.", schema: DirectoryPrincipal } },
  },
  {
    ...base,
    id: "Principals_CreateOrUpdate",
    method: "PUT",
    path: principal,
    summary: "Makes an application, or changes it. Needs the right to assign roles as well.",
    access: may("principals/write"),
    body: { schema: PrincipalPut },
    answers: {
      200: { description: "The application was there already.", schema: DirectoryPrincipal },
      201: { description: "The new application, without credentials.", schema: DirectoryPrincipal },
    },
  },
  {
    ...base,
    id: "Principals_Delete",
    method: "DELETE",
    path: principal,
    summary: "Removes an application with its credentials and roles. Needs the right to assign roles as well.",
    access: may("principals/delete"),
    answers: { 200: { description: "Removed." }, 204: { description: "There was no such application." } },
  },
  {
    ...base,
    id: "Principals_ListCredentials",
    method: "GET",
    path: `${principal}/credentials`,
    summary: "How an application can prove itself, without what is secret.",
    access: may("principals/credentials/read"),
    answers: { 200: { description: "All of them.", schema: credentials } },
  },
  {
    ...base,
    id: "Principals_AddCredential",
    method: "POST",
    path: `${principal}/addCredential`,
    summary: "Adds a secret, a certificate or a federated issuer. Needs the right to assign roles as well.",
    access: may("principals/addCredential/action"),
    body: { schema: NewPrincipalCredential },
    answers: { 201: { description: "The credential; a secret is answered this once.", schema: PrincipalCredential } },
  },
  {
    ...base,
    id: "Principals_DeleteCredential",
    method: "DELETE",
    path: `${principal}/credentials/{credentialId}`,
    summary: "Removes a credential: it buys no token any more. Needs the right to assign roles as well.",
    access: may("principals/credentials/delete"),
    answers: { 200: { description: "Removed." }, 204: { description: "There was no such credential." } },
  },
  {
    ...base,
    id: "SigningKeys_List",
    method: "GET",
    path: `${root}/signingKeys`,
    summary: "The keys of the token issuer.",
    access: may("signingKeys/read"),
    answers: { 200: { description: "All of them.", schema: signingKeys } },
  },
  {
    ...base,
    id: "SigningKeys_Rotate",
    method: "POST",
    path: `${root}/rotateSigningKeys`,
    summary: "Makes a new key for the token issuer. Needs the right to assign roles as well.",
    access: may("rotateSigningKeys/action"),
    body: { schema: KeyRotation },
    answers: { 200: { description: "The keys afterwards.", schema: signingKeys } },
  },
];

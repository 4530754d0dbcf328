import type { User } from "../users.ts";
import { type Html, html, nothing } from "./html.ts";
import type { Page } from "./page.ts";

export interface Field {
  readonly name: string;
  readonly value: string;
}

const hidden = (fields: readonly Field[]): Html =>
  fields.reduce(
    (before, { name, value }) => html`${before}<input type="hidden" name="${name}" value="${value}">`,
    nothing,
  );

const alert = (problem: string | undefined): Html =>
  problem === undefined ? nothing : html`<p role="alert" id="problem">${problem}</p>`;

export interface SignInPage {
  /** The program that asks. */
  readonly clientName: string;
  readonly csrf: string;
  /** What the form carries on. */
  readonly fields?: readonly Field[];
  readonly name?: string | undefined;
  readonly problem?: string | undefined;
  readonly status?: number;
  readonly formTarget?: string | undefined;
}

/** Asks for name and password. */
export function signInPage({ clientName, csrf, fields = [], name, problem, status, formTarget }: SignInPage): Page {
  const [atName, atPassword] = name ? [nothing, html` autofocus`] : [html` autofocus`, nothing];
  const described = problem === undefined ? nothing : html` aria-describedby="problem"`;
  return {
    title: "Sign in",
    status: status ?? 200,
    ...(formTarget === undefined ? {} : { formTarget }),
    body: html`<p>to continue to ${clientName}</p>
${alert(problem)}
<form method="post">
${hidden([{ name: "csrf", value: csrf }, ...fields])}
<label for="username">Name</label>
<input id="username" name="username" value="${name}" autocomplete="username" autocapitalize="none" spellcheck="false" maxlength="320" required${atName}${described}>
<label for="password">Password</label>
<input id="password" name="password" type="password" autocomplete="current-password" maxlength="1024" required${atPassword}${described}>
<button name="action" value="sign-in">Sign in</button>
<button name="action" value="cancel" formnovalidate>Cancel</button>
</form>`,
  };
}

export interface ContinuePage {
  readonly clientName: string;
  readonly csrf: string;
  readonly user: User;
  readonly formTarget: string;
}

/** Asks whether the person who is signed in here is the one to go on as. */
export const continuePage = ({ clientName, csrf, user, formTarget }: ContinuePage): Page => ({
  title: "Continue?",
  formTarget,
  body: html`<p>${clientName} wants to act as <strong>${user.displayName}</strong> (${user.name}). Continue only if you began this yourself.</p>
<form method="post">
${hidden([{ name: "csrf", value: csrf }])}
<button name="action" value="continue" autofocus>Continue</button>
<button name="action" value="other">Use another account</button>
<button name="action" value="cancel">Cancel</button>
</form>`,
});

export interface DevicePage {
  readonly csrf: string;
  readonly code?: string | undefined;
  readonly problem?: string | undefined;
  readonly status?: number;
}

/** Asks for the code that a device shows. */
export const devicePage = ({ csrf, code, problem, status }: DevicePage): Page => ({
  title: "Sign in on a device",
  status: status ?? 200,
  body: html`<p>Type the code that the device or the terminal shows.</p>
${alert(problem)}
<form method="post">
${hidden([{ name: "csrf", value: csrf }])}
<label for="user_code">Code</label>
<input id="user_code" name="user_code" class="code" value="${code}" autocomplete="off" autocapitalize="characters" spellcheck="false" maxlength="20" required autofocus>
<button name="action" value="find">Next</button>
</form>`,
});

export interface ApprovePage {
  readonly csrf: string;
  readonly clientName: string;
  readonly user: User;
  /** As the device shows it. */
  readonly code: string;
}

/** Asks whether the device is to be let in. */
export const approvePage = ({ csrf, clientName, user, code }: ApprovePage): Page => ({
  title: "Let the device in?",
  body: html`<p>${clientName} on the device that shows this code wants to act as <strong>${user.displayName}</strong> (${user.name}):</p>
<p class="code">${code}</p>
<p>Continue only if you began this yourself and see the same code there. Nobody else has a reason to send you one.</p>
<form method="post">
${hidden([
  { name: "csrf", value: csrf },
  { name: "user_code", value: code },
])}
<button name="action" value="approve">Continue</button>
<button name="action" value="other">Use another account</button>
<button name="action" value="decline">Decline</button>
</form>`,
});

/** Asks before a browser is signed out, so that no link of others can do it. */
export const signOutPage = (csrf: string, user: User, formTarget: string | undefined): Page => ({
  title: "Sign out?",
  ...(formTarget === undefined ? {} : { formTarget }),
  body: html`<p>This browser is signed in as <strong>${user.displayName}</strong> (${user.name}). Programs that you signed in to stay signed in.</p>
<form method="post">
${hidden([{ name: "csrf", value: csrf }])}
<button name="action" value="end" autofocus>Sign out</button>
</form>`,
});

/** Says something, and asks for nothing. */
export const messagePage = (title: string, message: string, status = 200): Page => ({
  title,
  status,
  body: html`<p>${message}</p>`,
});

/** Carries an answer to a program in a form, which keeps it out of addresses and their histories. */
export const formPostPage = (target: string, fields: readonly Field[]): Page => ({
  title: "Signing in",
  formTarget: target,
  isSubmitted: true,
  body: html`<form method="post" action="${target}">
${hidden(fields)}
<p>If nothing happens:</p>
<button>Continue</button>
</form>`,
});

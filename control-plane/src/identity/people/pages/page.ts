import { createHash } from "node:crypto";
import type { FastifyReply } from "fastify";
import { Html, html } from "./html.ts";

const style = `
:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }
body { margin: 0; min-height: 100vh; display: grid; place-items: center; background: Canvas; color: CanvasText; }
main { width: min(24rem, calc(100vw - 3rem)); padding: 1.5rem 0; }
h1 { font-size: 1.5rem; margin: 0 0 .5rem; }
label { display: block; margin: 1rem 0 .25rem; font-weight: 600; }
input { box-sizing: border-box; width: 100%; padding: .6rem; font: inherit; border: 1px solid GrayText; border-radius: .3rem; }
button { margin: 1.25rem .75rem 0 0; padding: .6rem 1.2rem; font: inherit; border: 1px solid GrayText; border-radius: .3rem; cursor: pointer; }
button[value=sign-in], button[value=continue], button[value=approve], button[value=find], button[value=end] { background: #14508c; border-color: #14508c; color: #fff; }
:focus-visible { outline: 3px solid #d98200; outline-offset: 2px; }
[role=alert] { border-left: .3rem solid #c62828; padding: .25rem .75rem; }
.code { font: 1.4rem/1.5 ui-monospace, monospace; letter-spacing: .1em; }
`;

/** Sends the answer on its way; who has no scripts presses the button instead. */
const submitScript = "document.forms[0].submit();";

const hashOf = (text: string): string => `'sha256-${createHash("sha256").update(text).digest("base64")}'`;
const [styleHash, scriptHash] = [hashOf(style), hashOf(submitScript)];

export interface Page {
  readonly title: string;
  readonly body: Html;
  readonly status?: number;
  /** Where its form leads besides ourselves: browsers hold redirects after a form against this too. */
  readonly formTarget?: string;
  /** The form is sent at once. */
  readonly isSubmitted?: boolean;
}

/** An origin as a source of a content security policy; addresses in brackets cannot be written there. */
function sourceOf(url: string): string {
  const { protocol, host, origin } = new URL(url);
  return host.startsWith("[") ? protocol : origin;
}

/** Sends a page that loads nothing, runs nothing of others, and shows in no frame. */
export function sendPage(reply: FastifyReply, page: Page): FastifyReply {
  const { title, body, status = 200, formTarget, isSubmitted = false } = page;
  const policy = [
    "default-src 'none'",
    `style-src ${styleHash}`,
    ...(isSubmitted ? [`script-src ${scriptHash}`] : []),
    `form-action 'self'${formTarget === undefined ? "" : ` ${sourceOf(formTarget)}`}`,
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ];
  const script = isSubmitted ? new Html(`<script>${submitScript}</script>`) : undefined;
  const document = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>${title} - arcfleet</title>
<style>${new Html(style)}</style>
</head>
<body>
<main>
<h1>${title}</h1>
${body}
</main>
${script}
</body>
</html>
`;
  return reply
    .code(status)
    .headers({
      "content-security-policy": policy.join("; "),
      "x-frame-options": "DENY",
      // Not less: without it browsers send no origin with our own forms.
      "referrer-policy": "same-origin",
      "cross-origin-opener-policy": "same-origin",
      "cache-control": "no-store",
    })
    .type("text/html; charset=utf-8")
    .send(document.text);
}

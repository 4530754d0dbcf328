// Run with NODE_EXTRA_CA_CERTS, which Node reads only at its start. Unmodified identity libraries against a control plane, one by name;
// prints what each got as JSON.
import {
  AuthorizationCodeCredential,
  ClientAssertionCredential,
  ClientCertificateCredential,
  ClientSecretCredential,
  DefaultAzureCredential,
  DeviceCodeCredential,
  EnvironmentCredential,
  WorkloadIdentityCredential,
} from "@azure/identity";
import { PublicClientApplication } from "@azure/msal-node";

const facts = JSON.parse(process.argv[2]);
const { endpoint, tenantId, clientId } = facts;
const options = { authorityHost: endpoint, disableInstanceDiscovery: true };
const scope = `${endpoint}/.default`;
const commandLine = "04b07795-8ddb-461a-bbee-02f9e1bf7b46";

/** Fills in and sends the forms of our pages, as a person in a browser would. */
async function person(url, steps) {
  const cookies = new Map();
  const send = async (target, form) => {
    const answer = await fetch(target, {
      method: form ? "POST" : "GET",
      redirect: "manual",
      headers: { cookie: [...cookies].map((pair) => pair.join("=")).join("; "), ...(form && { origin: endpoint }) },
      ...(form && { body: new URLSearchParams(form) }),
    });
    for (const line of answer.headers.getSetCookie()) {
      const [, name, value] = /^([^=]+)=([^;]*)/.exec(line);
      cookies.set(name, value);
    }
    return { answer, text: await answer.text() };
  };
  const decode = (text) =>
    text
      .replaceAll("&quot;", '"')
      .replaceAll("&#39;", "'")
      .replaceAll("&lt;", "<")
      .replaceAll("&gt;", ">")
      .replaceAll("&amp;", "&");
  const fieldsOf = (text) =>
    Object.fromEntries(
      [...text.matchAll(/<input type="hidden" name="([^"]*)" value="([^"]*)">/g)].map(([, name, value]) => [
        name,
        decode(value),
      ]),
    );
  let page = await send(url);
  for (const step of steps) page = await send(url, { ...fieldsOf(page.text), ...step });
  const target = /<form method="post" action="([^"]+)">/.exec(page.text)?.[1];
  if (target === undefined) return page.answer.headers.get("location");
  const posted = await fetch(decode(target), {
    method: "POST",
    body: new URLSearchParams(fieldsOf(page.text)),
    redirect: "manual",
  });
  return `${posted.status}`;
}
const signIn = { username: facts.user, password: facts.password, action: "sign-in" };

const msal = (authority = `${endpoint}/${tenantId}`) =>
  new PublicClientApplication({
    auth: { clientId: commandLine, authority, knownAuthorities: [new URL(endpoint).host] },
  });

const clients = {
  secret: () => new ClientSecretCredential(tenantId, clientId, facts.clientSecret, options).getToken(scope),
  environment: () => new EnvironmentCredential(options).getToken(scope),
  default: () => new DefaultAzureCredential(options).getToken(scope),
  certificate: () => new ClientCertificateCredential(tenantId, clientId, facts.certificate, options).getToken(scope),
  chain: () =>
    new ClientCertificateCredential(tenantId, clientId, facts.certificate, {
      ...options,
      sendCertificateChain: true,
    }).getToken(scope),
  assertion: () => new ClientAssertionCredential(tenantId, clientId, async () => facts.token, options).getToken(scope),
  workload: () =>
    new WorkloadIdentityCredential({ ...options, tenantId, clientId, tokenFilePath: facts.tokenFile }).getToken(scope),
  async device() {
    const credential = new DeviceCodeCredential({
      ...options,
      tenantId,
      userPromptCallback: ({ verificationUri, userCode }) =>
        void person(verificationUri, [{ user_code: userCode, action: "find" }, signIn, { action: "approve" }]),
    });
    const first = await credential.getToken(scope);
    const silent = await credential.getToken(scope);
    return { token: first.token, isSame: silent.token === first.token };
  },
  async interactive() {
    const app = msal();
    const result = await app.acquireTokenInteractive({
      scopes: [scope],
      openBrowser: (url) => void person(url, [signIn]),
    });
    const silent = await app.acquireTokenSilent({ account: result.account, scopes: [scope], forceRefresh: true });
    const again = await app.acquireTokenSilent({ account: silent.account, scopes: [scope], forceRefresh: true });
    return {
      token: again.accessToken,
      isNew: silent.accessToken !== result.accessToken,
      username: result.account.username,
    };
  },
  async organizations() {
    const app = msal(`${endpoint}/organizations`);
    const result = await app.acquireTokenInteractive({
      scopes: [scope],
      openBrowser: (url) => void person(url, [signIn]),
    });
    const { accessToken } = await app.acquireTokenSilent({
      account: result.account,
      scopes: [scope],
      authority: `${endpoint}/${tenantId}`,
      forceRefresh: true,
    });
    return { token: accessToken };
  },
  async code() {
    const query = {
      client_id: clientId,
      redirect_uri: facts.redirectUri,
      response_type: "code",
      scope: `${scope} openid offline_access`,
    };
    const location = await person(`${endpoint}/${tenantId}/oauth2/v2.0/authorize?${new URLSearchParams(query)}`, [
      signIn,
    ]);
    const code = new URL(location).searchParams.get("code");
    const args = [tenantId, clientId, facts.clientSecret, code, facts.redirectUri, options];
    return new AuthorizationCodeCredential(...args).getToken(scope);
  },
};

try {
  const { token, ...rest } = await clients[facts.client]();
  const answer = await fetch(`${endpoint}/subscriptions?api-version=2022-12-01`, {
    headers: { authorization: `Bearer ${token}` },
  });
  console.log(JSON.stringify({ status: answer.status, ...rest }));
} catch (error) {
  console.log(JSON.stringify({ error: error.message }));
}

// Run with NODE_EXTRA_CA_CERTS, which Node reads only at its start. Prints what an unmodified client gets.
import { ClientSecretCredential } from "@azure/identity";

const { authority, endpoint, tenantId, clientId, clientSecret } = JSON.parse(process.argv[2] ?? "{}");
const credential = new ClientSecretCredential(tenantId, clientId, clientSecret, {
  authorityHost: authority,
  disableInstanceDiscovery: true,
});
try {
  const { token, expiresOnTimestamp } = await credential.getToken(`${endpoint}/.default`);
  const answer = await fetch(`${endpoint}/subscriptions?api-version=2022-12-01`, {
    headers: { authorization: `Bearer ${token}` },
  });
  console.log(JSON.stringify({ token, expiresOnTimestamp, status: answer.status, body: await answer.json() }));
} catch (error) {
  console.log(JSON.stringify({ error: error.message }));
}

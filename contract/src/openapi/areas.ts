/** What the reference says below the headings that are not clear by themselves. */
export const areas: Readonly<Record<string, string>> = {
  "Extension types": "Teams' own Helm charts as extension types. Azure has no such resource.",
  "Catalogue of extension types":
    "Which extension types there are, own ones included, as Azure shows them by location and by cluster.",
  Operations:
    "What `Azure-AsyncOperation` and `Location` of answers point at. Follow those links; there is no need to make such a path.",
  Authorization: "Who may do what: roles, and who holds them at which scope.",
  Tokens: "The token issuer, as the identity libraries of Azure speak to it. Refuses in the form of OAuth.",
  Directory:
    "Who can sign in: people, applications with their credentials, and the keys of the token issuer. Azure has this elsewhere.",
  "Directory as Graph":
    "The few questions of Microsoft Graph that Azure's tools ask to turn names into object ids and back. Read only.",
  "Sign-in pages": "What people see in a browser. Refusals are pages too.",
  "Data plane of the agents":
    "For the agents of a cluster alone, with the identity of the cluster or of one of its extensions. No role, not even Owner, opens it: it hands out secrets.",
  "Data plane of attaching": "For tools that attach clusters, such as `az connectedk8s connect`.",
  "Chart registry": "An OCI registry to read from. Refuses in the form of the distribution specification.",
  Service: "For supervisors and monitoring.",
};

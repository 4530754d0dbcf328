/** By which the agent asks for its token; the chart's rights name it. */
export const identityRequestName = "fluxconfig-agent-identity-request";

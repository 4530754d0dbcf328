// Makes a resource group for a fleet and says who may attach clusters to it: no more than that.
import { ResourceGroup, RoleAssignment } from "@arcfleet/sdk";
import { Config } from "@pulumi/pulumi";

const config = new Config();

const fleet = new ResourceGroup("fleet", {
  location: config.require("location"),
  tags: { purpose: "clusters" },
});

const onboarding = new RoleAssignment("onboarding", {
  scope: fleet,
  roleDefinition: "Kubernetes Cluster - Azure Arc Onboarding",
  principalId: config.require("onboardingPrincipalId"),
});

export const group = fleet.id;
export const role = onboarding.roleDefinitionId;

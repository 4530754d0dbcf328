import * as pulumi from "@pulumi/pulumi";

type Dependencies = pulumi.CustomResourceOptions["dependsOn"];

/** What the program says a resource comes after, and what else it has to come after. */
export const withDependencies = (given: Dependencies, more: readonly pulumi.Resource[]): Dependencies =>
  given === undefined
    ? [...more]
    : pulumi.output(given).apply((list): pulumi.Resource[] => [...(Array.isArray(list) ? list : [list]), ...more]);

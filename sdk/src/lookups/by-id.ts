import type * as pulumi from "@pulumi/pulumi";

/** A resource by its ARM id. */
export interface GetByIdArgs {
  /** The ARM id. */
  id: string;
  resourceGroup?: never;
  cluster?: never;
  name?: never;
}

/** The same with an id that is known later. */
export interface GetByIdOutputArgs {
  /** The ARM id. */
  id: pulumi.Input<string>;
  resourceGroup?: never;
  cluster?: never;
  name?: never;
}

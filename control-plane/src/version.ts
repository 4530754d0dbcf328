/** The version of arcfleet, as in package.json: a test compares them, because a bundle has no package.json. */
export const version = "0.1.0";

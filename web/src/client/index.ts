export type * from "./admin";
export { Connection } from "./connection";
export type { NamedFile } from "./http";
export { KeepsakeError, sentenceOf, withoutWait } from "./errors";
export { type ClientOptions, KeepsakeClient } from "./keepsakeClient";
export { type NewAccount, register, renew, revoke, signIn, signInLocally } from "./signIn";
export type * from "./types";

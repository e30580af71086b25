import { KeepsakeError } from "./errors";
import { request } from "./http";
import type { Tokens, User } from "./types";

const AUTH = "/api/v1/auth";

/** Sign in without a form; null where Keepsake asks for an account. */
export async function signInLocally(baseUrl = ""): Promise<string | null> {
  try {
    const tokens = await request<Tokens>(`${baseUrl}${AUTH}/local`, { method: "POST" });
    return tokens.access_token;
  } catch (error) {
    if (error instanceof KeepsakeError && error.status === 404) return null;
    throw error;
  }
}

/** Sign in with an account; answers the access token. */
export async function signIn(email: string, password: string, baseUrl = ""): Promise<string> {
  const form = new URLSearchParams({ grant_type: "password", username: email, password });
  const tokens = await request<Tokens>(`${baseUrl}${AUTH}/token`, { method: "POST", body: form });
  return tokens.access_token;
}

export interface NewAccount {
  email: string;
  password: string;
  displayName: string;
}

/** Make an account. It still has to be signed in to. */
export async function register(account: NewAccount, baseUrl = ""): Promise<User> {
  return request<User>(`${baseUrl}${AUTH}/register`, { method: "POST", body: account });
}

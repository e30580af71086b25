import { KeepsakeError } from "./errors";
import { request } from "./http";
import type { Tokens, User } from "./types";

const AUTH = "/api/v1/auth";

/** Sign in without a form; null where Keepsake asks for an account. */
export async function signInLocally(baseUrl = ""): Promise<Tokens | null> {
  try {
    return await request<Tokens>(`${baseUrl}${AUTH}/local`, { method: "POST" });
  } catch (error) {
    if (error instanceof KeepsakeError && error.status === 404) return null;
    throw error;
  }
}

/** Sign in with an account. */
export async function signIn(email: string, password: string, baseUrl = ""): Promise<Tokens> {
  const body = new URLSearchParams({ grant_type: "password", username: email, password });
  return request<Tokens>(`${baseUrl}${AUTH}/token`, { method: "POST", body });
}

/** Get new tokens for an old refresh token; null when it has run out too. */
export async function renew(refreshToken: string, baseUrl = ""): Promise<Tokens | null> {
  const body = new URLSearchParams({ grant_type: "refresh_token", refresh_token: refreshToken });
  try {
    return await request<Tokens>(`${baseUrl}${AUTH}/token`, { method: "POST", body });
  } catch (error) {
    if (error instanceof KeepsakeError && error.status === 401) return null;
    throw error;
  }
}

/** End a refresh token and everything that came of its sign-in. */
export async function revoke(refreshToken: string, baseUrl = ""): Promise<void> {
  const body = new URLSearchParams({ token: refreshToken });
  await request(`${baseUrl}${AUTH}/revoke`, { method: "POST", body });
}

export interface NewAccount {
  email: string;
  password: string;
  displayName: string;
  /** An IANA name; UTC if absent. */
  timeZone?: string;
}

/** Make an account. It still has to be signed in to. */
export async function register(account: NewAccount, baseUrl = ""): Promise<User> {
  return request<User>(`${baseUrl}${AUTH}/register`, { method: "POST", body: account });
}

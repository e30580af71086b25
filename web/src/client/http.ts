import { KeepsakeError } from "./errors";

export interface HttpOptions {
  method?: "GET" | "POST" | "PATCH" | "DELETE";
  /** Sent as JSON, or as a form when it is URLSearchParams. */
  body?: object;
  token?: string;
}

/**
 * One request to Keepsake's REST API; answers the parsed body, or undefined when it is empty.
 *
 * @throws KeepsakeError with the sentence of the problem+json answer.
 */
export async function request<Value>(url: string, options: HttpOptions = {}): Promise<Value> {
  const response = await fetchOrExplain(url, options);
  const text = await response.text();
  if (!response.ok) throw problemOf(response, text);
  return (text ? JSON.parse(text) : undefined) as Value;
}

export interface NamedFile {
  /** As the server calls it; empty if it doesn't say. */
  name: string;
  content: Blob;
}

/**
 * A whole file.
 *
 * @throws KeepsakeError as with `request`.
 */
export async function requestFile(url: string, token: string): Promise<NamedFile> {
  const response = await fetchOrExplain(url, { token });
  if (!response.ok) throw problemOf(response, await response.text());
  const name = fileNameIn(response.headers.get("Content-Disposition"));
  try {
    return { name, content: await response.blob() };
  } catch {
    throw KeepsakeError.unreachable(); // it broke off
  }
}

/**
 * A picture as a data URL, which needs no token any more.
 *
 * @throws KeepsakeError as with `request`.
 */
export async function requestPicture(url: string, token: string): Promise<string> {
  const response = await fetchOrExplain(url, { token });
  if (!response.ok) throw problemOf(response, await response.text());
  const picture = await response.blob();
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(String(reader.result));
    reader.onerror = () => reject(reader.error);
    reader.readAsDataURL(picture);
  });
}

/** The name that a Content-Disposition header gives a file, without any path; empty if none. */
export function fileNameIn(disposition: string | null): string {
  const [, quoted, bare] = /;\s*filename=(?:"([^"]*)"|([^\s;]+))/i.exec(disposition ?? "") ?? [];
  return (quoted ?? bare ?? "").split(/[\\/]/).at(-1) ?? "";
}

async function fetchOrExplain(url: string, { method, body, token }: HttpOptions) {
  const headers: Record<string, string> = { Accept: "application/json" };
  if (token) headers.Authorization = `Bearer ${token}`;
  const isForm = body instanceof URLSearchParams;
  if (body && !isForm) headers["Content-Type"] = "application/json";
  const payload = isForm ? body : body && JSON.stringify(body);
  try {
    return await fetch(url, { method: method ?? "GET", headers, body: payload });
  } catch {
    throw KeepsakeError.unreachable();
  }
}

function problemOf(response: Response, text: string): KeepsakeError {
  const problem = parsed(text);
  const sentence = problem.detail ?? problem.title ?? `The server answered ${response.status}.`;
  const retryAfter = Number(response.headers.get("Retry-After")) || undefined;
  return new KeepsakeError(problem.code ?? "http_error", sentence, response.status, retryAfter);
}

function parsed(text: string): { code?: string; title?: string; detail?: string } {
  try {
    const body: unknown = JSON.parse(text);
    return body && typeof body === "object" ? body : {};
  } catch {
    return {}; // a proxy's HTML page, for one
  }
}

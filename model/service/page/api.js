// The service, asked by HTTP; every failure becomes a message for people.

const TOKEN = "classify-news token";
const ADVICE = {
  413: "The article is too long for this service. Shorten it, or mark it in parts.",
  422: "The service can't work with this text.",
  429: "Too many requests in a short time.",
  503: "The service can't do this just now.",
};

let token = stored();

/** An answer that isn't one; `status` is 0 where the service wasn't reached. */
export class ServiceError extends Error {
  constructor(status, message) {
    super(message);
    this.status = status;
  }
}

/** Keep the token until the tab is closed; what can't stand in a header is left out. */
export function useToken(value) {
  token = value.replace(/[^\x20-\x7e]/g, "").trim();
  try {
    sessionStorage.setItem(TOKEN, token);
  } catch {
    // Storage may be forbidden; then the token lasts as long as the page.
  }
}

/** Label one article. */
export async function classify(text, signal) {
  const [answer] = await ask("v1/articles", { articles: [{ id: "page", text }] }, signal);
  return answer;
}

/** Ask which words decided, label by label. */
export function explain(sentence) {
  return ask("v1/explain", { sentence });
}

/** Ask what is known of the model and of the service's limits. */
export function describe() {
  return ask("v1/model");
}

/** Store what a person says of a sentence. */
export function correct(sentence, given, labels) {
  return ask("v1/corrections", { article: "", sentence, given, labels });
}

async function ask(path, body, signal) {
  const headers = { Accept: "application/json" };
  if (token) headers.Authorization = `Bearer ${token}`;
  if (body) headers["Content-Type"] = "application/json";
  let response;
  let answer;
  try {
    response = await fetch(path, { method: body ? "POST" : "GET", headers, body: body && JSON.stringify(body), signal });
    answer = parsed(await response.text());
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new ServiceError(0, "The service can't be reached. Is it still running?");
  }
  if (response.ok && answer) return answer;
  throw new ServiceError(response.status, message(response, answer?.detail));
}

function message(response, detail) {
  if (response.status === 401) return token ? "The service doesn't take this token." : "This service wants a token.";
  const wait = Number(response.headers.get("Retry-After"));
  const parts = [ADVICE[response.status] ?? `The service answered with an error (${response.status}).`];
  if (response.status === 429 || response.status === 503) {
    parts.push(wait > 0 ? `Try again in ${wait} s.` : "Try again in a moment.");
  }
  if (detail) parts.push(`It says: ${detail}`);
  return parts.join(" ");
}

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function stored() {
  try {
    return sessionStorage.getItem(TOKEN) ?? "";
  } catch {
    return "";
  }
}

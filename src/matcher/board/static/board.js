// What every page needs: the token that goes along with changes, notices, forms that are sent once, menus that close.

const notices = document.getElementById("notices");

/** The token the server asks for beside the session's cookie: the cookie's own, since another tab may have signed in again. */
export function csrf() {
  const found = /(?:^|; )(?:__Host-)?matcher_csrf=([^;]+)/.exec(document.cookie);
  return found ? decodeURIComponent(found[1]) : document.querySelector('meta[name="csrf"]').content;
}

/** Show a notice: text, or the HTML of a problem as the server rendered it. It stays until closed if it is a problem. */
export function notify(content, { problem = false } = {}) {
  const box = document.createElement("div");
  box.className = problem ? "notice bad" : "notice";
  if (content instanceof Node) box.append(content);
  else box.append(String(content));
  const close = document.createElement("button");
  close.type = "button";
  close.className = "plain close";
  close.setAttribute("aria-label", notices.dataset.close);
  close.textContent = "×";
  close.addEventListener("click", () => box.remove());
  box.append(close);
  notices.append(box);
  if (!problem) setTimeout(() => box.remove(), 6000);
  return box;
}

/** The sentences of a problem document as nodes. */
export function problemNode(problem) {
  const box = document.createElement("div");
  const faults = problem.faults?.length ? problem.faults : [{ message: problem.detail || problem.title }];
  for (const fault of faults) {
    const line = document.createElement("p");
    line.textContent = fault.message;
    box.append(line);
    if (fault.advice) {
      const advice = document.createElement("p");
      advice.className = "advice";
      advice.textContent = fault.advice;
      box.append(advice);
    }
  }
  if (problem.onward) box.append(Object.assign(document.createElement("a"), { className: "button", ...problem.onward }));
  return box;
}

function signedOut() {
  const href = `/board/login?next=${encodeURIComponent(location.pathname + location.search)}`;
  return { title: notices.dataset.signedOut, faults: [], onward: { href, textContent: notices.dataset.signIn } };
}

/** Ask the API. Resolves to {status, body, etag}; throws {status, problem} when it refuses, {status: 0} without an answer. */
export async function ask(method, path, { json, ifMatch, once, signal } = {}) {
  const headers = { Accept: "application/json", "Accept-Language": document.documentElement.lang.slice(0, 2) };
  if (json !== undefined) headers["Content-Type"] = "application/json";
  if (method !== "GET") {
    headers["X-CSRF-Token"] = csrf();
    headers["Idempotency-Key"] = once ?? crypto.randomUUID?.() ?? `${Date.now()}-${Math.random()}`;
  }
  if (ifMatch) headers["If-Match"] = ifMatch;
  let answer;
  try {
    answer = await fetch(path, { method, headers, body: json === undefined ? undefined : JSON.stringify(json), signal });
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw { status: 0, problem: { title: notices.dataset.offline, faults: [] } };
  }
  const text = await answer.text();
  let body = null;
  try {
    body = text ? JSON.parse(text) : null;
  } catch {
    throw { status: answer.status, problem: { title: notices.dataset.noAnswer, faults: [] } }; // somebody between us and the server
  }
  if (answer.status === 401) throw { status: 401, problem: signedOut() };
  if (!answer.ok) throw { status: answer.status, problem: body ?? { title: notices.dataset.noAnswer, faults: [] } };
  return { status: answer.status, body, etag: answer.headers.get("ETag") };
}

document.addEventListener("htmx:configRequest", (event) => {
  event.detail.headers["X-CSRF-Token"] = csrf();
});

document.addEventListener("htmx:responseError", (event) => {
  const told = new DOMParser().parseFromString(event.detail.xhr.responseText, "text/html").querySelector(".problem");
  notify(told ?? notices.dataset.noAnswer, { problem: true });
});

for (const name of ["htmx:sendError", "htmx:timeout"]) {
  document.addEventListener(name, () => notify(notices.dataset.offline, { problem: true }));
}

// A form is sent once: a second click on its button does nothing until the page is back.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || form.hasAttribute("hx-post")) return;
  if (form.dataset.sent) {
    event.preventDefault();
    return;
  }
  form.dataset.sent = "1";
  form.setAttribute("aria-busy", "true");
  if (form.elements.csrf) form.elements.csrf.value = csrf();
});
window.addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sent]")) {
    delete form.dataset.sent;
    form.removeAttribute("aria-busy");
  }
});

// Menus close when one looks elsewhere.
document.addEventListener("click", (event) => {
  for (const menu of document.querySelectorAll("details.menu[open]")) if (!menu.contains(event.target)) menu.open = false;
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    menu.open = false;
    menu.querySelector("summary").focus();
  }
});

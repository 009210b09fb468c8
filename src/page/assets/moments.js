// A session's trace as moments: what there is to see at each event, and the state of the user then.

/** Rows of the timeline and moments to step through, of the events of a session. */
export function moments(events) {
  const rows = [];
  const steps = new Map();
  let state = null;
  let depth = 0;
  events.forEach((event, index) => {
    const kind = event.event;
    const before = state;
    if (event.state !== undefined && event.state !== null) state = event.state;
    const row = { index, event, from: event.at, to: event.at, depth, before, state, tone: "", name: "", note: "" };
    if (kind === "step_began") {
      steps.set(event.step, row);
      Object.assign(row, { name: event.phase === "step" ? event.name : event.name, tone: "step", depth: 0 });
      depth = 1;
    } else if (kind === "step_ended") {
      const began = steps.get(event.step);
      if (began) Object.assign(began, { to: event.at, result: event.result, ended: event });
      Object.assign(row, { name: `${event.name} ${event.result}`, tone: event.result === "ok" ? "good" : "bad", depth: 0, hidden: true, began });
      depth = 0;
    } else if (kind === "call") {
      Object.assign(row, { from: event.began, to: event.began + event.seconds, name: `${event.method} ${path(event.url)}`, note: event.error ? event.error.kind : String(event.status ?? "none"), tone: event.outcome });
    } else if (kind === "think") {
      Object.assign(row, { to: event.at + event.seconds, name: "think", tone: "think" });
    } else {
      Object.assign(row, { ...words(event) });
    }
    rows.push(row);
  });
  const end = Math.max(1e-6, ...events.map((event) => event.at));
  for (const row of rows) {
    if (row.tone === "step" && !row.ended) row.to = end;
    row.to = Math.min(row.to, end);
  }
  return { rows, end };
}

/** What an event that is no step and no call is called. */
export function words(event) {
  switch (event.event) {
    case "session_began":
      return { name: event.is_under_way ? "recording began" : "session began", tone: "mark", depth: 0 };
    case "session_ended":
      return { name: `session ${event.result}`, note: event.why ?? "", tone: event.result === "failed" ? "bad" : "mark", depth: 0 };
    case "check":
      return { name: `check ${event.name}`, note: event.passed ? "passed" : "failed", tone: event.passed ? "good" : "bad" };
    case "log":
      return { name: `log ${event.level}`, note: event.text, tone: event.level === "error" ? "bad" : event.level === "warn" ? "warn" : "dim" };
    case "error":
      return { name: "script error", note: `${event.place}: ${event.message}`, tone: "bad" };
    case "judged":
      return { name: `call ${event.call} judged a failure`, note: event.why, tone: "bad" };
    case "retry":
      return { name: `retry ${event.attempt}`, tone: "warn" };
    case "typed":
      return { name: `> ${event.line}`, note: event.said ?? "", tone: event.failed ? "bad" : "dim" };
    case "omitted":
      return { name: `${event.events} events were not kept`, tone: "warn" };
    case "gone":
      return { name: "the user is gone", note: event.why, tone: "warn" };
    default:
      return { name: event.event.replaceAll("_", " "), tone: "dim" };
  }
}

/** What differs between two states, by path: `cart[2].price`. */
export function differences(before, after, path = "", found = []) {
  if (JSON.stringify(before) === JSON.stringify(after)) return found;
  // An empty table is a list and has fields, whatever it becomes.
  const isEmpty = (value) => JSON.stringify(value) === "{}";
  if (isEmpty(before) && Array.isArray(after)) return differences([], after, path, found);
  if (Array.isArray(before) && isEmpty(after)) return differences(before, [], path, found);
  const both = (test) => test(before) && test(after);
  const isList = Array.isArray;
  const isFields = (value) => value !== null && typeof value === "object" && !isList(value);
  if (both(isFields)) {
    for (const key of [...new Set([...Object.keys(before), ...Object.keys(after)])].sort()) member(before, after, key, path ? `${path}.${key}` : key, found);
  } else if (both(isList)) {
    for (let at = 0; at < Math.max(before.length, after.length); at += 1) member(before, after, at, `${path}[${at + 1}]`, found);
  } else found.push({ path: path || "state", before, after });
  return found;
}

function member(before, after, key, path, found) {
  if (!Object.hasOwn(before, key)) found.push({ path, after: after[key] });
  else if (!Object.hasOwn(after, key)) found.push({ path, before: before[key] });
  else differences(before[key], after[key], path, found);
}

/** A URL without its host. */
export function path(url) {
  const at = url.indexOf("/", url.indexOf("://") + 3);
  return at < 0 ? url : url.slice(at);
}

/** JSON indented; another text as it is. */
export function pretty(text) {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}

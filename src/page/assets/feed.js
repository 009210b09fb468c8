// What the run tells, read by fetch: so the token can go with it in a header, where it is needed.

const RETRY = [500, 1000, 2000, 4000, 8000];
/** A run tells something each second. */
const SILENCE = 15_000;

/**
 * Calls `hears.history`, `hears.now`, `hears.end` with what came, and `hears.lost(why)` when nothing comes any more; then it tries again by
 * itself. Each connection begins with the whole history, so nothing is missed or seen twice.
 */
export async function follow(token, hears) {
  for (let tries = 0; ; ) {
    const quiet = new AbortController();
    let timer = 0;
    const alive = () => {
      clearTimeout(timer);
      timer = setTimeout(() => quiet.abort(), SILENCE);
    };
    try {
      alive();
      const answer = await fetch("/api/v1/feed", { headers: authorization(token()), signal: quiet.signal, cache: "no-store" });
      if (!answer.ok) {
        const trouble = await answer.json().catch(() => ({}));
        hears.lost(trouble.error ?? `the run responded ${answer.status}`, answer.status);
        if (answer.status === 401) await hears.unlocked();
      } else {
        for await (const { event, data } of events(answer.body)) {
          alive();
          tries = 0;
          hears[event]?.(data);
          if (event === "end") return;
        }
        hears.lost("throng has ended; these are its last figures");
      }
    } catch {
      hears.lost("throng does not respond; these are its last figures");
    } finally {
      clearTimeout(timer);
    }
    await new Promise((done) => setTimeout(done, RETRY[Math.min(tries, RETRY.length - 1)]));
    tries += 1;
  }
}

export const authorization = (token) => (token ? { Authorization: `Bearer ${token}` } : {});

/** Server-sent events, one after the other. */
export async function* events(stream) {
  const reader = stream.pipeThrough(new TextDecoderStream()).getReader();
  let waiting = "";
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return;
    const blocks = (waiting + value).split("\n\n");
    waiting = blocks.pop();
    for (const block of blocks) {
      const fields = Object.fromEntries(block.split("\n").map((line) => [line.slice(0, line.indexOf(":")), line.slice(line.indexOf(":") + 2)]));
      if (fields.data) yield { event: fields.event, data: JSON.parse(fields.data) };
    }
  }
}

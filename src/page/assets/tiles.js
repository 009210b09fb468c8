// The figures that one looks at first.

import { by, element, say } from "./dom.js";
import { clock, count, of, rate, share, time } from "./format.js";

/** Who there should be beside those who are: of an open crowd, how many come. */
function planned({ users, arrivals }, point) {
  if (!arrivals) return [`of ${count(users.planned)}`, ...(users.away ? [`${count(users.away)} away`] : [])];
  const coming = point?.arrivals && point.seconds >= 0.5 ? point.arrivals.total / point.seconds : null;
  return [`${rate(coming)} arrivals/s of ${rate(arrivals.planned)}`, ...(arrivals.dropped ? [`${count(arrivals.dropped)} dropped`] : [])];
}

const TILES = ["Users", "Requests", "Requests/s", "OK", "Expected refusals", "Failures", "Service p50", "Service p95", "Service p99", "Response p99", "Sessions", "Scheduler lag"];

export class Tiles {
  constructor() {
    this.places = TILES.map((name) => {
      const [value, small] = [element("span"), element("small")];
      by("tiles").append(element("div", {}, element("dt", {}, name), element("dd", {}, value, small)));
      return { value, small };
    });
  }

  /** `point`: the newest one of the charts. */
  show({ run, latency_seconds: service, response_latency_seconds: response, types }, point) {
    const { requests, users } = run;
    const failed = requests.unexpected + requests.error;
    const sessions = types.reduce((sums, one) => sums.map((sum, place) => sum + one.sessions[place]), [0, 0, 0]);
    const part = (value) => share(of(value, requests.total));
    const rows = [
      [count(users.alive), planned(run, point).join(", "), run.arrivals?.dropped ? "bad" : null],
      [count(requests.total), `${count(requests.cancelled)} cancelled`],
      [rate(run.rates.requests), `mean ${rate(run.rates.requests_mean)}`],
      [part(requests.ok), count(requests.ok)],
      [part(requests.expected), count(requests.expected)],
      [part(failed), `${count(failed)}, now ${share(run.rates.failures)}`, failed ? "bad" : "good"],
      [time(service[0]), `now ${time(run.latency_seconds.p50)}`],
      [time(service[1]), `now ${time(run.latency_seconds.p95)}`],
      [time(service[2]), `now ${time(run.latency_seconds.p99)}`],
      [time(response[2]), "incl. queueing"],
      [count(sessions[0]), `${count(sessions[1])} failed, ${count(sessions[2])} interrupted`],
      [time(run.health.lag_p99_seconds), `p99, at most ${time(run.health.lag_seconds)}`, run.health.overloaded ? "bad" : null],
    ];
    for (const [place, [value, small, color]] of rows.entries()) {
      say(this.places[place].value, value);
      say(this.places[place].small, small);
      this.places[place].value.className = color ?? "";
    }
    by("tiles").dataset.requests = requests.total;
    say(by("run"), `${run.target}  run ${run.run}  seed ${run.seed}`);
    const left = run.left?.seconds !== undefined ? `${clock(run.left.seconds)} left` : run.left?.sessions !== undefined ? `${count(run.left.sessions)} sessions left` : "no end";
    say(by("clock"), `${clock(run.elapsed_seconds)}, ${run.phase === "done" ? "over" : left}`);
    document.title = `${count(users.alive)} users, ${rate(run.rates.requests ?? 0)}/s – throng`;
  }
}

// Holds examples/deploy/compose.yml to what is there, with the real program and without Docker:
//   node tests/dashboards/compose.mjs THRONG

import { execFileSync, spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

import { parse } from "yaml";

const DEPLOY = join(dirname(fileURLToPath(import.meta.url)), "../../examples/deploy");
const PATIENCE_MS = 20_000;
const throng = resolve(process.argv[2]);
const scratch = mkdtempSync(join(tmpdir(), "throng-compose-"));
const faults = [];
let checked = 0;
const say = (holds, what) => {
  checked += 1;
  if (!holds) faults.push(what);
};

/** As Compose fills in `${NAME:-default}`. */
const filled = (text) => text.replace(/\$\{\w+:-([^}]*)\}/g, "$1");
const compose = parse(filled(readFileSync(join(DEPLOY, "compose.yml"), "utf8")));
const { services, secrets } = compose;

for (const [name, service] of Object.entries(services)) {
  for (const volume of service.volumes ?? []) say(existsSync(join(DEPLOY, volume.split(":")[0])), `${name}: there is no ${volume}`);
  for (const port of service.ports ?? []) say(/^127\.0\.0\.1:(\d+):\1$/.test(port), `${name}: port ${port} is open beyond this machine`);
  for (const secret of service.secrets ?? []) say(secret in secrets, `${name}: no secret is called ${secret}`);
  for (const other of service.depends_on ?? []) say(other in services, `${name}: no service is called ${other}`);
  if (service.build) say(existsSync(join(DEPLOY, service.build.context, service.build.dockerfile)), `${name}: no Dockerfile`);
}

/** What Prometheus scrapes there listens there, and with the token. */
const scraped = parse(readFileSync(join(DEPLOY, "prometheus/prometheus.compose.yml"), "utf8")).scrape_configs;
const listens = { "service:9501": services.service.command.includes("0.0.0.0:9501"), "throng:9900": services.throng.environment.THRONG_LISTEN === "0.0.0.0:9900" };
const targets = scraped.flatMap((job) => job.static_configs.flatMap((one) => one.targets));
say(JSON.stringify(targets.sort()) === JSON.stringify(Object.keys(listens).sort()), `it scrapes ${targets}`);
for (const [target, is] of Object.entries(listens)) say(is, `nobody listens at ${target}`);
const credentials = scraped.find((job) => job.job_name === "throng").authorization.credentials_file;
say(`@${credentials}` === services.throng.environment.THRONG_TOKEN, `Prometheus and the run read other tokens: ${credentials}`);
say(credentials === `/run/secrets/${services.throng.secrets[0]}`, `${credentials} is not where Compose puts the secret`);
say(services.prometheus.command[0].endsWith("/etc/prometheus/prometheus.compose.yml"), "Prometheus reads another file");
const provided = parse(readFileSync(join(DEPLOY, "grafana/provisioning/dashboards/throng.yml"), "utf8")).providers[0].options.path;
say(services.grafana.volumes.some((volume) => volume.split(":")[1] === provided), `Grafana looks for dashboards at ${provided}`);

/** The run's line and variables are taken by the program: a dry run of them would be an hour of a crowd. */
const token = join(scratch, "token");
writeFileSync(token, "a-token-of-this-test");
const run = { ...process.env, ...strings(services.throng.environment), THRONG_TOKEN: `@${token}`, THRONG_STATE_DIR: scratch };
try {
  const [command, ...options] = services.throng.command;
  say(command === "run", `it begins with ${command}`);
  const plan = execFileSync(throng, ["plan", ...options], { env: run, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
  say(plan.includes("http://service:9501"), `the plan has another target:\n${plan}`);
} catch (error) {
  say(false, `the run's line is refused: ${error.stderr ?? error}`);
}

/** The service begins with its line, on a free port. */
const words = services.service.command.map((word) => (word === "0.0.0.0:9501" ? "127.0.0.1:0" : word));
const service = spawn(throng, words, { env: { ...process.env, ...strings(services.service.environment) }, stdio: ["ignore", "pipe", "pipe"] });
const began = await new Promise((done) => {
  const timer = setTimeout(() => done("it says nothing"), PATIENCE_MS);
  const listen = (text) => /127\.0\.0\.1:\d+/.test(text) && (clearTimeout(timer), done(""));
  service.stdout.on("data", listen);
  service.stderr.on("data", listen);
  service.on("exit", (code) => (clearTimeout(timer), done(`it ended with ${code}`)));
});
say(began === "", `the service's line: ${began}`);
service.kill();
rmSync(scratch, { recursive: true, force: true });

for (const fault of faults) console.log(`WRONG: ${fault}`);
console.log(`${checked - faults.length} passed, ${faults.length} failed: compose.yml`);
process.exit(faults.length ? 1 : 0);

function strings(variables) {
  return Object.fromEntries(Object.entries(variables).map(([name, value]) => [name, String(value)]));
}

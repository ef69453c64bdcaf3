const NEEDS_PROVIDER =
  'changes an account at a provider; operate/deploy/deploy.test.ts plays its answers';
const NEEDS_DOCKER = 'needs a Docker engine; operate/compose.test.ts reads compose.yaml';
const NEEDS_SERVER = 'changes the machine: packages, accounts, units of systemd';
const STARTS = 'startDeployment() of e2e/testing runs it, for every test here';
const PICTURE = 'a picture';
const PRINTED = 'what a command prints or a server sends';

/** Blocks that no test runs, by file and first line, and why. */
export const NOT_RUN: Readonly<Record<string, string>> = {
  'README.md: npm start      # runs everything on this machine,': STARTS,
  'README.md: Waypost is ready.': PRINTED,
  'README.md: your program                 edge/ (Worker)': PICTURE,
  'docs/architecture.md: customer ──POST /v1/messages/text──▶ Worker (edge/': PICTURE,
  'docs/deployment/backup.md: docker compose stop edge runner': NEEDS_DOCKER,
  'docs/deployment/backup.md: docker compose create --build': NEEDS_DOCKER,
  'docs/deployment/cloud.md: npm run deploy -- --dry-run    # checks everything': NEEDS_PROVIDER,
  'docs/deployment/one-machine.md: git clone <this repository> waypost && cd waypost': NEEDS_DOCKER,
  'docs/deployment/one-machine.md: sudo useradd --system --create-home --home-dir /va':
    NEEDS_SERVER,
  'docs/deployment/one-machine.md: # systemd': NEEDS_SERVER,
  'docs/fleet.md: fly apps create waypost-runners': NEEDS_PROVIDER,
  'docs/limits-and-origins.md: RateLimit-Policy: "minute";q=60;w=60, "hour";q=100': PRINTED,
  'docs/live-smoke-test.md: npm run smoke:live -- --to +15550100002':
    'needs a phone; e2e/routes.test.ts runs it with a sandbox session',
  'docs/operations.md: openssl rand -hex 32 | npx wrangler secret put MET': NEEDS_PROVIDER,
  'docs/operations.md: # prometheus.yml':
    'read by Prometheus; e2e/metrics.test.ts scrapes both doors',
  'docs/quick-start.md: git clone <this repository> waypost && cd waypost': STARTS,
  'docs/realtime.md: wscat -c "ws${API#http}/v1/realtime?types=message.':
    'wscat is a package of others; e2e/routes/realtime.ts opens the same address',
  'docs/realtime.md: { "type": "ready", "cursor": 41 }':
    'frames; e2e/routes/realtime.ts reads them',
  'docs/realtime.md: retry: 2000': PRINTED,
  'docs/reliability.md: npm run chaos -- --seeds 20 --sessions 4 --seconds':
    'takes half an hour; e2e/chaos runs shorter ones',
  'docs/self-hosting.md: BASE_URL=https://wa.example.com CLIENT_IP_HEADER=x':
    'e2e/public-address.test.ts starts so',
  'docs/self-hosting.md: # Caddy':
    'read by Caddy; e2e/public-address.test.ts has a proxy in its place',
  'docs/sessions.md: stateDiagram-v2': PICTURE,
  'docs/tracing.md: your span': PICTURE,
};

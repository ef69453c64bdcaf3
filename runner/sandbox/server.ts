import type { Server } from 'node:http';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { loadCertificate } from './certificate.ts';
import { createControlServer } from './control/http.ts';
import type { Info } from './control/http.ts';
import { sandboxConfigSchema } from './env.ts';
import type { SandboxConfigInput } from './env.ts';
import { chromiumArgs, profiles } from './profiles.ts';
import { resumeReceipts } from './traffic/receipts.ts';
import { createWebServer } from './web-server.ts';
import { faultsSchema, noFaults } from './world/faults.ts';
import { Hub } from './world/hub.ts';
import { Presences } from './world/presences.ts';
import { Ledger } from './world/ledger.ts';
import { openSql, readDoc } from './world/sql.ts';
import type { Sql } from './world/sql.ts';
import type { World } from './world/world.ts';

export type Sandbox = { controlUrl: string; info: Info; close: () => Promise<void> };

type StartOptions = {
  now?: () => number;
  /** Called when no connection has been open for `idleMs`, and again after each later such time. */
  onIdle?: () => void;
  /** Where errors go that no caller sees; by default one structured line each on stderr. */
  report?: (error: unknown) => void;
};

const reportToStderr = (error: unknown): void => {
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  process.stderr.write(`${JSON.stringify({ event: 'sandbox.error', error: text })}\n`);
};

const listen = (server: Server, port: number, host: string): Promise<number> =>
  new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      const address = server.address();
      if (address === null || typeof address === 'string') reject(new Error('no TCP address'));
      else resolve(address.port);
    });
  });

const stopServer = (server: Server): Promise<void> =>
  new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });

/** Timers that end with the sandbox. */
function createTimers(report: (error: unknown) => void): {
  later: World['later'];
  clear: () => void;
} {
  const timers = new Set<NodeJS.Timeout>();
  return {
    later: (delayMs, task) => {
      const timer = setTimeout(() => {
        timers.delete(timer);
        Promise.resolve().then(task).catch(report);
      }, delayMs);
      timers.add(timer);
    },
    clear: () => {
      for (const timer of timers) clearTimeout(timer);
      timers.clear();
    },
  };
}

/** Calls back each time when no connection to any of the servers has been open for so long. Ends with `stop`. */
function watchIdle(servers: Server[], idleMs: number, onIdle: () => void): { stop: () => void } {
  let open = 0;
  let timer = setTimeout(onIdle, idleMs);
  for (const server of servers)
    server.on('connection', (socket) => {
      open += 1;
      clearTimeout(timer);
      socket.once('close', () => {
        open -= 1;
        if (open === 0) timer = setTimeout(onIdle, idleMs);
      });
    });
  return { stop: () => clearTimeout(timer) };
}

function keptFaults(sql: Sql): typeof noFaults {
  const row = sql.one<{ doc: string }>(`select doc from setting where name = 'faults'`);
  // Files of earlier versions may lack newer fields.
  return row === undefined
    ? noFaults
    : faultsSchema.parse({ ...noFaults, ...readDoc<object>(row.doc) });
}

type Ports = Record<keyof typeof profiles, number>;

/** Browsers get the ports by argument, and must find them again when the sandbox was restarted under them. */
function keptPorts(sql: Sql): Ports {
  const row = sql.one<{ doc: string }>(`select doc from setting where name = 'ports'`);
  return row === undefined ? { stock: 0, '2026-09': 0 } : readDoc<Ports>(row.doc);
}

function keepPorts(sql: Sql, ports: Ports): void {
  sql.run(
    `insert into setting (name, doc) values ('ports', ?) on conflict (name) do update set doc = excluded.doc`,
    JSON.stringify(ports),
  );
}

/**
 * Starts the simulated WhatsApp: one HTTPS + WSS server per profile, and the control API on loopback.
 * @throws when a port is taken or the data directory cannot be written.
 */
export async function startSandbox(
  input: SandboxConfigInput,
  options: StartOptions = {},
): Promise<Sandbox> {
  const config = sandboxConfigSchema.parse(input);
  const report = options.report ?? reportToStderr;
  await mkdir(config.dataDir, { recursive: true });
  const [certificate, script] = await Promise.all([loadCertificate(config.dataDir), buildPage()]);
  const sql = openSql(join(config.dataDir, 'world.db'));
  const ledger = new Ledger(sql, report);
  const now = options.now ?? Date.now;
  const hub = new Hub(sql, now);
  const timers = createTimers(report);
  const world: World = {
    ledger,
    hub,
    presences: new Presences(),
    limits: new Map(),
    now,
    later: timers.later,
    defaults: { faults: keptFaults(sql), build: [] },
    mediaDir: join(config.dataDir, 'media'),
    report,
  };
  let connections = 0;
  const web = (name: keyof typeof profiles): Server =>
    createWebServer(world, profiles[name], certificate, script, () => ++connections);
  const stock = web('stock');
  const newer = web('2026-09');
  const kept = keptPorts(sql);
  const stockPort = await listen(stock, config.tlsPort || kept.stock, config.host);
  const newerPort = await listen(newer, kept['2026-09'], config.host);
  keepPorts(sql, { stock: stockPort, '2026-09': newerPort });
  const entry = (tlsPort: number): { tlsPort: number; chromiumArgs: string[] } => ({
    tlsPort,
    chromiumArgs: chromiumArgs(config.host, tlsPort, certificate.spki),
  });
  const info: Info = {
    tlsHost: config.host,
    ...entry(stockPort),
    spki: certificate.spki,
    profiles: { stock: entry(stockPort), '2026-09': entry(newerPort) },
  };
  const control = createControlServer(world, () => info, config.controlToken);
  const controlPort = await listen(control, config.controlPort, config.host);
  resumeReceipts(world);
  const idle = watchIdle([stock, newer, control], config.idleMs, options.onIdle ?? (() => {}));
  return {
    controlUrl: `http://${config.host}:${String(controlPort)}`,
    info,
    close: async () => {
      timers.clear();
      hub.terminateAll();
      await Promise.all([stock, newer, control].map(stopServer));
      idle.stop();
      ledger.close();
    },
  };
}

/** Bundles page/main.ts into the one script the simulated page loads. */
async function buildPage(): Promise<string> {
  const result = await build({
    entryPoints: [fileURLToPath(new URL('page/main.ts', import.meta.url))],
    bundle: true,
    write: false,
    format: 'iife',
    target: 'chrome120',
    legalComments: 'none',
    logLevel: 'silent',
  });
  const [script] = result.outputFiles;
  if (script === undefined) throw new Error('esbuild wrote no page script');
  return script.text;
}

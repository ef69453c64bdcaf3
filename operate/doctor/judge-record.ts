import type { z } from 'zod';
import type { Diagnosis, Facts } from './facts.ts';
import { bad, good, type Line, warn } from './line.ts';

type Known = NonNullable<z.infer<typeof Diagnosis>['record']>;

/** Signatures are good for 60 s, and leases are on the database's clock. */
const CLOCK_TOLERANCE_MS = 5_000;
/** Cron comes round each minute, and may be late once. */
const CRON_STALE_SECONDS = 180;
/** A runner beats every 5 s. */
const SILENT_SECONDS = 30;

/** What the database knows of clocks, cron, migrations and runners. Pure. */
export const judgeRecord = (known: Known, own: Facts['own']): Line[] => [
  judgeClock(known.clockAheadMs),
  judgeCron(known.cronAgeSeconds),
  judgeMigrations(known.migrations, own.migrations),
  ...judgeRunners(known.runners, own.version),
];

const judgeClock = (aheadMs: number): Line =>
  Math.abs(aheadMs) <= CLOCK_TOLERANCE_MS
    ? good('clocks', 'edge and database agree')
    : bad(
        'clocks',
        `the edge’s is ${Math.round(aheadMs / 1_000)} s ahead of the database’s`,
        'Let NTP set the clocks of both machines.',
      );

function judgeCron(ageSeconds: number | null): Line {
  const todo =
    'Look at the triggers of the Worker in Cloudflare’s dashboard, and for lines with event=job and outcome=failed in its log. Until then nothing is swept, expired or reported.';
  if (ageSeconds === null) return bad('cron', 'has never come round', todo);
  const age = Math.round(ageSeconds);
  return age <= CRON_STALE_SECONDS
    ? good('cron', `came round ${age} s ago`)
    : bad('cron', `came round ${age} s ago, and should each minute`, todo);
}

function judgeMigrations(applied: number, own: number): Line {
  if (applied === own) return good('migrations', `all ${own} are applied`);
  return applied < own
    ? bad('migrations', `${own - applied} are not applied`, 'Run npm run migrate.')
    : warn(
        'migrations',
        `the database has ${applied - own} that this copy does not know`,
        'Run the doctor of the version that was deployed last.',
      );
}

function judgeRunners(runners: Known['runners'], version: string): Line[] {
  const alive = runners.filter(({ heartbeatAgeSeconds }) => heartbeatAgeSeconds <= SILENT_SECONDS);
  if (alive.length === 0)
    return [
      bad(
        'runners',
        'none has reported lately',
        'Start one. Look at EDGE_URL and the signing keys in its log. With FLEET=fly: look for fleet lines in the Worker’s log.',
      ),
    ];
  return alive.map((runner) => {
    const name = `runner ${runner.id}`;
    if (runner.probe?.status === 'down')
      return bad(
        name,
        'reports, and is not reached',
        'Look at its PUBLIC_URL and the firewall. Until then commands fail, and messages wait for its next heartbeat.',
      );
    if (runner.version !== version)
      return warn(
        name,
        `is ${runner.version ?? 'older than 0.1.0'}, and this copy is ${version}`,
        'Replace it: docs/deployment/cloud.md.',
      );
    return good(name, runner.draining ? 'is reached; it is shutting down' : 'is reached');
  });
}

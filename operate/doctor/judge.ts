import type { Answer, Facts } from './facts.ts';
import { judgeRecord } from './judge-record.ts';
import { bad, good, type Line, warn } from './line.ts';

/** An answer takes a while, and its date may have whole seconds. */
const CLOCK_TOLERANCE_MS = 5_000;

const DEPENDENCIES = {
  database: 'Look at the provider’s status, DATABASE_URL, and the limit of connections.',
  redis:
    'Look at UPSTASH_REDIS_REST_URL and its token. Until then each isolate counts limits alone.',
  qstash: 'Look at QSTASH_URL and QSTASH_TOKEN. Until then the sweeper sends webhooks, later.',
  objects:
    'Look at S3_ENDPOINT, S3_BUCKET and the S3 keys. Until then no file is sent or received.',
} as const;

/** One line for each check. Those that need an answer which did not come are left out. Pure. */
export function judge(facts: Facts): Line[] {
  const { health, readiness, diagnosis } = facts;
  const lines = [judgeHealth(facts)];
  if (!health.ok) return lines;
  lines.push(judgeOwnClock(health));
  if (readiness?.ok === true)
    for (const [name, todo] of Object.entries(DEPENDENCIES)) {
      const isUp = readiness.data.dependencies[name as keyof typeof DEPENDENCIES].status === 'up';
      lines.push(isUp ? good(name, 'answers') : bad(name, 'does not answer', todo));
    }
  else
    lines.push(
      bad('dependencies', readiness?.problem ?? 'were not asked', 'Read the Worker’s log.'),
    );
  if (diagnosis === null) return lines;
  lines.push(judgeToken(diagnosis));
  if (!diagnosis.ok) return lines;
  const { version, baseUrl, callback, mail, record } = diagnosis.data;
  lines.push(
    version === facts.own.version
      ? good('edge version', version)
      : warn(
          'edge version',
          `${version}, and this copy is ${facts.own.version}`,
          'Deploy this copy, or run the doctor of the version that runs.',
        ),
    new URL(baseUrl).origin === new URL(facts.url).origin
      ? good('public address', baseUrl)
      : warn(
          'public address',
          `BASE_URL is ${baseUrl}, and you asked at ${facts.url}`,
          'Set BASE_URL to the address that others use: links in mails have it.',
        ),
    callback.status === 'up'
      ? good('callbacks', `the Worker is reached at ${callback.url}`)
      : bad(
          'callbacks',
          `the Worker is not reached at ${callback.url}`,
          'QStash and runners call there. Set CALLBACK_URL, or BASE_URL, to an address that they reach.',
        ),
    mail.status === 'up'
      ? good('mail', 'the provider takes the token')
      : bad(
          'mail',
          'the provider does not answer, or refuses the token',
          'Look at MAIL_URL and MAIL_TOKEN. Until then nobody can confirm an address or reset a password.',
        ),
  );
  return record === null ? lines : [...lines, ...judgeRecord(record, facts.own)];
}

function judgeHealth({ url, health }: Facts): Line {
  if (health.ok) return good('edge', `answers at ${url} in ${health.tookMs} ms`);
  if (health.status === null)
    return bad(
      'edge',
      `cannot be reached at ${url}: ${health.problem}`,
      'Look at the address, DNS, the TLS proxy in front, and whether the Worker is deployed.',
    );
  if (health.status === 500)
    return bad(
      'configuration',
      health.problem,
      'Set the bindings, variables and secrets that it names (docs/environment.md), and deploy again. If it names none, the METRICS_TOKEN here is not the Worker’s: read its log.',
    );
  return bad(
    'edge',
    `answers ${health.status} at ${url}: ${health.problem}`,
    'Something else answers there: look at the route, or at the proxy in front.',
  );
}

function judgeOwnClock(health: Extract<Answer<unknown>, { ok: true }>): Line {
  if (health.serverTime === null)
    return warn('clock here', 'the answer has no date', 'Let the proxy in front pass it on.');
  const { serverTime, askedAt, tookMs } = health;
  const early = askedAt - serverTime;
  const late = serverTime - (askedAt + tookMs);
  const skew = Math.max(early, late);
  return skew <= CLOCK_TOLERANCE_MS
    ? good('clock here', 'agrees with the edge')
    : bad(
        'clock here',
        `differs from the edge’s by ${Math.round(skew / 1_000)} s`,
        'Let NTP set the clock of this machine. If a runner is on it, its requests are refused after 60 s.',
      );
}

function judgeToken(diagnosis: NonNullable<Facts['diagnosis']>): Line {
  if (diagnosis.ok) return good('operator’s token', 'is accepted');
  if (diagnosis.status === 404)
    return bad(
      'operator’s token',
      'the Worker has no METRICS_TOKEN, or is older than the doctor',
      'Set it: openssl rand -hex 32 | npx wrangler secret put METRICS_TOKEN',
    );
  if (diagnosis.status === 401)
    return bad(
      'operator’s token',
      'is refused',
      'Set METRICS_TOKEN in this shell to the one that the Worker has.',
    );
  return bad('diagnosis', diagnosis.problem, 'Read the Worker’s log.');
}

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createWwebjsEngine } from './engine/wwebjs/engine.ts';
import { killTree, processesOfProfile } from './engine/process-tree.ts';
import { testChromium } from './engine/wwebjs/testing/env.ts';
import { descendants, isThere, renderersOf } from './engine/wwebjs/testing/processes.ts';
import { startTestSandbox, type TestSandbox } from './engine/wwebjs/testing/sandbox-link.ts';
import { ENGINE_TIMES } from './engine/wwebjs/times.ts';
import { SESSION_TIMING } from './session/timing.ts';
import { Stage } from './testing/harness.ts';
import { until } from './testing/until.ts';

/**
 * Everything that is known to go wrong with WhatsApp Web in a browser (docs/sessions.md, "What goes wrong and is
 * noticed"), one `describe` each. What needs the whole session, its retries and a real browser is here; the rest is held
 * by a test next to its code, which is named.
 */
const FOUND_WITHIN_MS = 90_000;
const PHONE = '15557770001';

let sandbox: TestSandbox;
let stage: Stage;
let session: string;
let browserPid = 0;
let starts = 0;

beforeAll(async () => {
  sandbox = await startTestSandbox();
  stage = new Stage();
  await stage.edge.start();
  session = stage.edge.addSession({ mode: 'sandbox', sandboxProfile: 'stock' });
  await stage.startHere({
    sandbox: sandbox.phone,
    engineFactory: (options, emit) =>
      createWwebjsEngine(options, emit, {
        chromiumPath: testChromium(),
        sandboxArgs: sandbox.chromiumArgs('stock'),
        log: () => undefined,
        onBrowser: (pid) => {
          browserPid = pid ?? 0;
          starts += 1;
        },
        times: {
          watchMs: 100,
          readyMs: 2_000,
          closeMs: 500,
          lineQuietMs: 1_000,
          lineAnswerMs: 500,
        },
      }),
    timing: {
      retry: { baseMs: 20, maxMs: 100 },
      liveness: { everyMs: 200, deadlineMs: 400, failures: 3 },
    },
  });
  const { qr } = await until(
    'there is a code',
    () => stage.edge.told(session, 'session.qr').at(0),
    30_000,
  );
  await sandbox.phone.scan({ world: world(), qr, phone: PHONE });
  await stage.edge.online(session);
}, 60_000);

afterAll(async () => {
  await stage.end();
  await sandbox.close();
});

const world = (): string => stage.edge.session(session).assignment.workspaceId;
const at = () => ({ world: world(), account: PHONE });
const status = () => stage.edge.session(session).statuses.at(-1);
const reasons = (): string[] =>
  stage.edge.told(session, 'session.status').map(({ reason }) => reason);
const onPage = (js: string) => sandbox.phone.pageEval({ ...at(), js });
const browsers = (): number[] =>
  processesOfProfile(join(stage.dataDir, 'data/sessions', session, 'profile'));

/** Breaks it; resolves when the session is online again in another browser, and of the old one nothing is left. */
async function heals(breaks: () => unknown): Promise<{ reason: string }> {
  const before = { starts, told: reasons().length, pids: [browserPid, ...descendants(browserPid)] };
  await breaks();
  const reason = await until(
    'it is noticed',
    () =>
      reasons()
        .slice(before.told)
        .find((each) => /^(crashed|unresponsive|start_failed)/.test(each)),
    30_000,
  );
  await until('another browser', () => starts > before.starts, 30_000);
  await until('it is online again', () => status() === 'online', 30_000);
  // Zombies count: a process table that fills up ends the machine.
  await until('nothing is left of the old browser', () => !before.pids.some(isThere), 20_000);
  expect(before.pids).not.toContain(browserPid);
  const body = `in browser ${browserPid}`;
  const message = stage.edge.queue(session, body);
  await stage.edge.call(`/v1/sessions/${session}/doorbell`, { queueSeq: message.queueSeq });
  expect(await stage.edge.settled(message)).toBe('sent');
  const { records } = await sandbox.phone.wire(at());
  expect(records.filter((record) => record.body === body)).toMatchObject([{ attempts: 1 }]);
  expect(await sandbox.phone.violations({ world: world() })).toEqual({ violations: [] });
  return { reason };
}

/** Fails when the test that holds an item goes away, is called something else, or is not run. */
function heldBy(file: string, title: string): void {
  it(`${file}: ${title}`, () => {
    const text = readFileSync(new URL(file, import.meta.url), 'utf8');
    expect(text).toMatch(new RegExp(`^(?!\\s*(//|\\*)).*['"\`].*${title}`, 'm'));
    expect(text).not.toMatch(/\b(it|describe)\.(skip|only|todo|fails)\b/);
  });
}

describe('all of it is found within 90 s', () => {
  const { liveness } = SESSION_TIMING;
  it.each([
    ['a page that does not answer', liveness.failures * (liveness.everyMs + liveness.deadlineMs)],
    ['a line that is dead', ENGINE_TIMES.lineQuietMs + 2 * ENGINE_TIMES.lineAnswerMs],
    ['a start that hangs', ENGINE_TIMES.startMs],
    ['linked and never connected', ENGINE_TIMES.connectMs],
    ['connected and never ready', ENGINE_TIMES.readyMs],
    ['an engine that does not get on and says nothing', SESSION_TIMING.readyMs],
  ])('%s', (_what, ms) => {
    expect(ms).toBeLessThanOrEqual(FOUND_WITHIN_MS);
  });
});

describe('7.0 sendMessage returns undefined on builds that keep a key under $1', () => {
  heldBy('engine/wwebjs/engine.test.ts', 'sends a text under the given wire id');
  heldBy('engine/wwebjs/engine.test.ts', 'sends a reply with its quote');
  heldBy('engine/wwebjs/engine-inbound.test.ts', 'reports a text that came in');
});

describe('7.1 a renderer that crashes says nothing', () => {
  heldBy('engine/wwebjs/engine-faults.test.ts', 'closes when the page crashes');
  it('is noticed and replaced', async () => {
    const { reason } = await heals(() => {
      for (const renderer of renderersOf(browserPid)) process.kill(renderer, 'SIGKILL');
    });
    expect(reason).toMatch(/^crashed/);
  }, 60_000);
});

describe('7.2 a browser that is killed says nothing and leaves zombies', () => {
  heldBy('engine/wwebjs/engine-faults.test.ts', 'closes when the browser ends');
  it('is noticed and replaced, and its processes are reaped within 2 s', async () => {
    const { reason } = await heals(() => killTree(browserPid));
    expect(reason).toMatch(/^crashed/);
  }, 60_000);
});

describe('7.3 what is frozen answers nothing', () => {
  heldBy('engine/wwebjs/engine-faults.test.ts', 'kills a frozen browser when it is stopped');
  heldBy('faults.test.ts', 'whose browser is frozen takes it along all the same');
  it('a browser: is noticed by its silence, killed and replaced', async () => {
    const { reason } = await heals(() => {
      for (const pid of browsers()) process.kill(pid, 'SIGSTOP');
    });
    expect(reason).toMatch(/^(unresponsive|crashed: WhatsApp answers no more)/);
  }, 60_000);
  it('a page in an endless loop: likewise', async () => {
    const { reason } = await heals(() => onPage('setTimeout(() => { for (;;); }, 0); 1'));
    expect(reason).toMatch(/^(unresponsive|crashed: WhatsApp answers no more)/);
  }, 60_000);
});

describe('7.4 ready never comes', () => {
  heldBy('engine/wwebjs/readiness.test.ts', 'gets ready although the sync came before');
  heldBy('engine/wwebjs/readiness.test.ts', 'reloads once when it never gets ready');
  heldBy('engine/wwebjs/readiness.test.ts', 'gives up when it is linked and never gets connected');
  heldBy('session/phone-link.test.ts', 'is replaced within 90 s; from anew');
  it('the page is reloaded, then replaced, until it comes', async () => {
    await sandbox.phone.faults({ ...at(), hasSynced: 'never' });
    const tries = (): string[] =>
      stage.edge.told(session, 'session.reconnect').map((told) => told.reason);
    const { reason } = await heals(async () => {
      killTree(browserPid);
      await until('it gave up', () => tries().some((each) => each.includes('never ready')), 30_000);
      await sandbox.phone.faults({ ...at(), hasSynced: 'normal' });
    });
    expect(reason).toMatch(/^crashed/);
  }, 60_000);
});

describe('a dead line that the page calls CONNECTED', () => {
  it('is noticed by asking, and replaced', async () => {
    const { reason } = await heals(() => sandbox.phone.deafen(at()));
    expect(reason).toContain('WhatsApp answers no more');
  }, 60_000);

  it('is not seen in one that is only quiet', async () => {
    const before = { starts, told: reasons().length };
    const asked = `window.__asked ??= (() => {
      const job = window.require('WAWebQueryExistsJob');
      const original = job.queryWidExists;
      window.__count = 0;
      job.queryWidExists = (...all) => { window.__count += 1; return original(...all); };
      return 1;
    })()`;
    await onPage(asked);
    await until(
      'it was asked often enough to be given up',
      async () => Number((await onPage('window.__count')).value) >= 3,
      20_000,
    );
    expect({ starts, told: reasons().length }).toEqual(before);
  }, 60_000);
});

describe('7.5 ready comes eight times', () => {
  heldBy('engine/wwebjs/engine-faults.test.ts', 'says ready once, whatever frames and syncs come');
});

describe('7.6 rejections that nobody handles end the process', () => {
  heldBy('engine/process/child.test.ts', 'an unhandled rejection ends this session');
  heldBy('engine/process/process-engine.test.ts', 'turns the death of the process into an end');
});

describe('7.7 the page reloads itself', () => {
  heldBy('engine/wwebjs/send-faults.test.ts', 'finds out what became of a send when the page is');
  heldBy(
    'engine/wwebjs/engine.test.ts',
    'sends under the given wire id after the page was loaded anew',
  );
  heldBy('engine/wwebjs/engine-faults.test.ts', 'comes up although the page is reloaded while');
});

describe('7.8 after LOGOUT the page works and persists nothing', () => {
  heldBy(
    'engine/wwebjs/linking.test.ts',
    'by the phone: the engine ends, and a new one links anew',
  );
  heldBy('session/lifecycle.test.ts', 'never comes back by itself after LOGOUT from the phone');
});

describe('7.9 a logout of our own is told by nobody', () => {
  heldBy('engine/wwebjs/linking.test.ts', 'by logout: the phone lists the device no more');
});

describe('7.10 conflict and unpaired', () => {
  heldBy('engine/wwebjs/engine-faults.test.ts', 'closes on a conflict');
  heldBy('engine/wwebjs/engine-faults.test.ts', 'closes when the link is gone');
  heldBy('engine/wwebjs/engine-faults.test.ts', 'shows new codes, also after the page went idle');
});

describe('7.11 an initialize() that fails leaves its browser running', () => {
  heldBy('engine/wwebjs/engine-faults.test.ts', 'fails to start within its deadline');
});

describe('7.12 a stop during the start', () => {
  heldBy(
    'engine/wwebjs/engine-faults.test.ts',
    'leaves nothing behind when it is stopped while it starts',
  );
});

describe('7.13 a profile held by the browser of a dead parent', () => {
  heldBy('engine/wwebjs/engine-faults.test.ts', 'takes the profile from a browser that outlived');
  heldBy('engine/process/process-engine.test.ts', 'ends with its runner, and so does the browser');
});

describe('7.14 what came while it was down makes no event', () => {
  heldBy('engine/wwebjs/backfill.test.ts', 'all that the page has only on its disk, oldest first');
});

describe('7.15 sendMessage resolves before the server has it; unknown numbers make no error', () => {
  heldBy('engine/wwebjs/engine.test.ts', 'says accepted when the ack stays away');
  heldBy('engine/wwebjs/engine.test.ts', 'says failed when WhatsApp refuses the message');
  heldBy('engine/wwebjs/engine.test.ts', 'refuses a number that is not on WhatsApp');
  heldBy('engine/wwebjs/phone-watch.test.ts', 'has as much to read after a send of ours as before');
});

describe('7.16 media takes four times its size', () => {
  heldBy('engine/wwebjs/engine-inbound.test.ts', 'reports a file that came in, byte for byte');
  heldBy('engine/wwebjs/file-limits.test.ts', 'a file that is too large is not fetched');
  heldBy('engine/wwebjs/file-limits.test.ts', 'a file that is too large is not sent');
});

describe('7.17 the default user agent is of another browser', () => {
  heldBy('engine/wwebjs/launch-options.test.ts', 'windowedIdentity');
  it('the page and its server see that of this browser', async () => {
    const { value } = await onPage(
      `({ agent: navigator.userAgent, brands: navigator.userAgentData?.brands.map(({ brand }) => brand) })`,
    );
    expect(value).toMatchObject({ agent: expect.stringMatching(/Chrome\/1[3-9]\d\./) });
    expect(JSON.stringify(value)).not.toMatch(/Headless|Chrome\/101/);
  });
});

describe('7.18 options of the library are shared between clients', () => {
  heldBy('engine/wwebjs/linking.test.ts', 'carries all of its session and nothing of another');
});

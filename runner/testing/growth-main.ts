import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { processEngineFactory } from '../engine/process/process-engine.ts';
import { wwebjsHost } from '../engine/wwebjs/host.ts';
import { commandLine } from '../engine/process-tree.ts';
import { testChromium } from '../engine/wwebjs/testing/env.ts';
import { descendants } from '../engine/wwebjs/testing/processes.ts';
import { newWireId, SandboxLink, startTestSandbox } from '../engine/wwebjs/testing/sandbox-link.ts';
import { bundlePrograms } from '../programs/programs.ts';
import { until } from './until.ts';

/**
 * Measures what a session's processes grow by under traffic, on the sandbox: rounds of as many sends as inbound messages.
 * Arguments: messages each way in a round (2000), rounds (2). Writes a line of MiB (PSS) before and after each round.
 */
const [, , countText = '2000', roundsText = '2'] = process.argv;
const count = Number(countText);

const dir = mkdtempSync(join(tmpdir(), 'waypost-growth-'));
const sandbox = await startTestSandbox();
let received = 0;
const make = processEngineFactory({
  program: (await bundlePrograms(dir)).session,
  hosts: {
    wwebjs: wwebjsHost({
      chromiumPath: testChromium(),
      sandboxChromiumArgs: (profile) => sandbox.chromiumArgs(profile),
    }),
  },
  log: () => undefined,
});
const link = new SandboxLink(sandbox, 'stock', (options, emit) =>
  make(options, (event) => {
    if (event.type === 'fact' && event.fact.kind === 'message.received') received += 1;
    // Kept facts would be this script's own growth.
    if (event.type !== 'fact') emit(event);
  }),
);

function pssMiB(pids: readonly number[]): number {
  const kiB = pids.map((pid) => {
    const found = /^Pss:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'));
    return Number(found?.[1] ?? 0);
  });
  return Math.round(kiB.reduce((sum, each) => sum + each, 0) / 1024);
}

function measure(what: string, seconds = 0): void {
  const family = descendants(process.pid).filter((pid) => commandLine(pid) !== null);
  const are = (mark: string): number[] =>
    family.filter((pid) => commandLine(pid)?.includes(mark) === true);
  const line = {
    what,
    session: pssMiB(are('session-process.cjs')),
    renderer: pssMiB(are('--type=renderer')),
    chromium: pssMiB(are('--user-data-dir=').concat(are('--type='))),
    thisProcess: pssMiB([process.pid]),
    seconds,
  };
  process.stdout.write(`${JSON.stringify(line)}\n`);
}

async function round(number: number): Promise<void> {
  const begun = performance.now();
  const before = received;
  for (let sent = 0; sent < count; sent += 10) {
    await Promise.all(
      Array.from({ length: 10 }, (_, index) =>
        link.engine.send({
          wireId: newWireId(),
          chatId: `1555010000${index % 5}@c.us`,
          content: { type: 'text', text: `out ${number} ${sent + index}`, linkPreview: false },
        }),
      ),
    );
  }
  for (let sent = 0; sent < count; sent += 20) {
    await Promise.all(
      Array.from({ length: 20 }, (_, index) =>
        sandbox.phone.message({
          ...link.at,
          from: `1555010001${index % 10}`,
          body: `in ${number} ${sent + index}`,
        }),
      ),
    );
  }
  await until('all that came in is told', () => received - before >= count, 120_000);
  measure(`after round ${number}`, Math.round((performance.now() - begun) / 1000));
}

await link.link();
measure('linked');
for (let number = 1; number <= Number(roundsText); number += 1) await round(number);
await link.end();
await sandbox.close();
rmSync(dir, { recursive: true, force: true });

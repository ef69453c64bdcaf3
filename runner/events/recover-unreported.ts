import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { FactReport } from '../../shared/protocol/runner-reports.ts';
import type { Log } from '../log.ts';
import { foldersOfSessions, SessionFolder } from '../session/session-folder.ts';
import { readLines } from '../storage/read-lines.ts';
import type { ReportSpool } from './spool.ts';
import { SpooledFile } from './spool-store.ts';

/** What earlier versions called the file; one that they left is still read. */
const FORMER_NAME = 'untold.jsonl';

const Unreported = z.object({
  epoch: z.number().int(),
  report: FactReport,
  file: SpooledFile.exactOptional(),
});

type RecoverDeps = { dataDir: string; spool: Pick<ReportSpool, 'add'>; log: Log };

/**
 * Puts into the spool the facts that sessions' processes saved because an earlier boot did not store them. A fact has the
 * same id each time it is reported, so the edge records it once.
 */
export async function recoverUnreported(deps: RecoverDeps): Promise<void> {
  for (const sessionId of foldersOfSessions(deps.dataDir)) {
    const { unreportedFile } = new SessionFolder(deps.dataDir, sessionId);
    for (const file of [join(dirname(unreportedFile), FORMER_NAME), unreportedFile])
      if (existsSync(file)) await recoverFile(file, sessionId, deps);
  }
}

async function recoverFile(
  file: string,
  sessionId: string,
  { spool, log }: RecoverDeps,
): Promise<void> {
  let facts = 0;
  for await (const { text } of readLines(file)) {
    const line = Unreported.safeParse(parse(text));
    if (!line.success) {
      log.error('unreported.unreadable', { sessionId });
      continue;
    }
    await spool.add({ sessionId, ...line.data });
    facts += 1;
  }
  await rm(file);
  log.warn('unreported.recovered', { sessionId, facts });
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null; // torn by the end of the process that wrote it
  }
}

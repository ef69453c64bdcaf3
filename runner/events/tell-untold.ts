import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { z } from 'zod';
import { FactReport } from '../../shared/protocol/runner-reports.ts';
import type { Log } from '../log.ts';
import { foldersOfSessions, SessionFolder } from '../session/profile.ts';
import { readLines } from '../storage/read-lines.ts';
import type { ReportSpool } from './spool.ts';
import { SpooledFile } from './spool-store.ts';

const Untold = z.object({
  epoch: z.number().int(),
  report: FactReport,
  file: SpooledFile.exactOptional(),
});

/**
 * Puts into the spool what sessions' processes wrote down because an earlier boot did not take it. Facts have the same id
 * however often they are told, so that nothing is said twice.
 */
export async function tellUntold(deps: {
  dataDir: string;
  spool: Pick<ReportSpool, 'add'>;
  log: Log;
}): Promise<void> {
  const { dataDir, spool, log } = deps;
  for (const sessionId of foldersOfSessions(dataDir)) {
    const { untoldFile } = new SessionFolder(dataDir, sessionId);
    if (!existsSync(untoldFile)) continue;
    let told = 0;
    for await (const { text } of readLines(untoldFile)) {
      const line = Untold.safeParse(parse(text));
      if (!line.success) {
        log.error('untold.unreadable', { sessionId });
        continue;
      }
      await spool.add({ sessionId, ...line.data });
      told += 1;
    }
    await rm(untoldFile);
    log.warn('untold.told', { sessionId, facts: told });
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null; // torn by the end of whoever wrote it
  }
}
